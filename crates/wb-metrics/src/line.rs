//! The straight line of least squares.

use crate::moments::ROUNDING;

/// `y = intercept + slope x`, with the least sum of squared distances along `y`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Line {
    /// By how much `y` changes where `x` is greater by one.
    pub slope: f64,
    /// `y` where `x` is zero.
    pub intercept: f64,
    /// The share of the variance of `y` that the line explains; absent where `y` is always the same.
    pub r_squared: Option<f64>,
}

impl Line {
    /// The line through points, which are finite; absent where `x` is always the same.
    pub fn through(points: &[(f64, f64)]) -> Option<Line> {
        let count = points.len() as f64;
        let (x_sum, y_sum) = points.iter().fold((0.0, 0.0), |(xs, ys), (x, y)| (xs + x, ys + y));
        let (x_mean, y_mean) = (x_sum / count, y_sum / count);
        let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
        for (x, y) in points {
            let (x, y) = (x - x_mean, y - y_mean);
            xx += x * x;
            xy += x * y;
            yy += y * y;
        }
        let spread = |squares: f64| (squares / count).sqrt() > ROUNDING;
        spread(xx).then(|| Line {
            slope: xy / xx,
            intercept: y_mean - xy / xx * x_mean,
            r_squared: spread(yy).then(|| xy * xy / (xx * yy)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_anscombes_quartet_has_the_line_he_published() {
        // F. Anscombe, "Graphs in statistical analysis", The American Statistician 27 (1973): y = 3 + 0.5 x, R² 0.667.
        let x = [10.0, 8.0, 13.0, 9.0, 11.0, 14.0, 6.0, 4.0, 12.0, 7.0, 5.0];
        let y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68];
        let points: Vec<(f64, f64)> = x.into_iter().zip(y).collect();
        let line = Line::through(&points).expect("a line");
        assert!((line.slope - 0.5).abs() < 5e-4, "{line:?}");
        assert!((line.intercept - 3.0).abs() < 5e-3, "{line:?}");
        assert!((line.r_squared.expect("a spread") - 0.667).abs() < 5e-4, "{line:?}");
    }

    #[test]
    fn points_above_each_other_have_no_line_and_points_beside_each_other_nothing_to_explain() {
        assert_eq!(Line::through(&[(1.0, 2.0), (1.0, 3.0)]), None);
        assert_eq!(Line::through(&[]), None);
        let flat = Line { slope: 0.0, intercept: 2.0, r_squared: None };
        assert_eq!(Line::through(&[(1.0, 2.0), (3.0, 2.0)]), Some(flat));
    }
}
