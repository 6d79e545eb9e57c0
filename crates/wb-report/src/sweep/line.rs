//! The straight line of least squares.

/// `y = intercept + slope x`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Line {
    pub(crate) slope: f64,
    pub(crate) intercept: f64,
    /// The share of the variance of `y` that it explains.
    pub(crate) r_squared: f64,
}

impl Line {
    /// The line through finite points; none where they have no spread along an axis.
    pub(crate) fn through(points: &[(f64, f64)]) -> Option<Line> {
        let n = points.len() as f64;
        let (sum_x, sum_y) = points.iter().fold((0.0, 0.0), |(sx, sy), (x, y)| (sx + x, sy + y));
        let (mean_x, mean_y) = (sum_x / n, sum_y / n);
        let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
        for (x, y) in points {
            let (dx, dy) = (x - mean_x, y - mean_y);
            xx += dx * dx;
            xy += dx * dy;
            yy += dy * dy;
        }
        if !(xx > 0.0 && yy > 0.0) {
            return None;
        }
        let slope = xy / xx;
        Some(Line { slope, intercept: mean_y - slope * mean_x, r_squared: xy * xy / (xx * yy) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_anscombes_quartet_has_the_line_he_published() {
        // F. Anscombe, Graphs in Statistical Analysis (1973): y = 3.00 + 0.500 x, R² 0.667.
        let x = [10.0, 8.0, 13.0, 9.0, 11.0, 14.0, 6.0, 4.0, 12.0, 7.0, 5.0];
        let y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68];
        let points: Vec<(f64, f64)> = x.into_iter().zip(y).collect();
        let line = Line::through(&points).expect("a line");
        assert!((line.slope - 0.500).abs() < 5e-4, "{line:?}");
        assert!((line.intercept - 3.00).abs() < 5e-3, "{line:?}");
        assert!((line.r_squared - 0.667).abs() < 5e-4, "{line:?}");
    }

    #[test]
    fn points_above_each_other_have_no_line() {
        assert_eq!(Line::through(&[(1.0, 2.0), (1.0, 3.0)]), None);
        assert_eq!(Line::through(&[]), None);
    }
}
