//! Fewer points that look the same.

/// The rows of a series to draw so that about `keep` points show its shape: largest-triangle-three-buckets
/// (S. Steinarsson, *Downsampling Time Series for Visual Representation*, University of Iceland, 2013).
///
/// `x` and `y` give the coordinates of a row; `x` ascends. The first and the last row are always kept; all rows
/// where there are no more than `keep`, which is taken to be at least three.
pub(crate) fn largest_triangles(
    rows: usize,
    keep: usize,
    x: impl Fn(usize) -> f64,
    y: impl Fn(usize) -> f64,
) -> Vec<usize> {
    let keep = keep.max(3);
    if rows <= keep {
        return (0..rows).collect();
    }
    let buckets = keep - 2;
    // Bucket b holds the inner rows edge(b)..edge(b + 1).
    let edge = |b: usize| 1 + ((rows - 2) as u128 * b as u128 / buckets as u128) as usize;
    let mut out = Vec::with_capacity(keep);
    let mut previous = 0;
    out.push(previous);
    for b in 0..buckets {
        let next = edge(b + 1)..if b + 1 == buckets { rows } else { edge(b + 2) };
        let n = next.len() as f64;
        let (next_x, next_y) = next.fold((0.0, 0.0), |(sx, sy), i| (sx + x(i), sy + y(i)));
        let (dx, dy) = (next_x / n - x(previous), next_y / n - y(previous));
        let (from_x, from_y) = (x(previous), y(previous));
        let mut best = (f64::NEG_INFINITY, edge(b));
        for i in edge(b)..edge(b + 1) {
            let twice_area = (dx * (y(i) - from_y) - (x(i) - from_x) * dy).abs();
            if twice_area > best.0 {
                best = (twice_area, i);
            }
        }
        previous = best.1;
        out.push(previous);
    }
    out.push(rows - 1);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use wb_core::Rng;

    #[test]
    fn few_points_are_all_kept() {
        for rows in 0..=5 {
            let kept = largest_triangles(rows, 5, |i| i as f64, |_| 0.0);
            assert_eq!(kept, (0..rows).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_lone_spike_survives() {
        let kept = largest_triangles(1_000_000, 100, |i| i as f64, |i| if i == 123_456 { 1.0 } else { 0.0 });
        assert_eq!(kept.len(), 100);
        assert!(kept.contains(&123_456));
    }

    #[test]
    fn the_choice_follows_the_definition_worked_by_hand() {
        // Four inner rows in two buckets {1, 2} and {3, 4}. From (0,0) towards the mean (3.5, 2) of the second
        // bucket: twice the areas are |3.5*1 - 1*2| = 1.5 and |3.5*5 - 2*2| = 13.5, so row 2. From (2,5)
        // towards the last row (5,0): |3*(4-5) - 1*(-5)| = 2 and |3*(0-5) - 2*(-5)| = 5, so row 4.
        let y = [0.0, 1.0, 5.0, 4.0, 0.0, 0.0];
        assert_eq!(largest_triangles(6, 4, |i| i as f64, |i| y[i]), [0, 2, 4, 5]);
    }

    #[test]
    fn rows_ascend_and_the_ends_are_kept_on_random_series() {
        let seed = 11;
        let mut rng = Rng::new(seed);
        for _ in 0..200 {
            let rows = 3 + rng.below(5_000) as usize;
            let keep = 3 + rng.below(200) as usize;
            let values: Vec<f64> = (0..rows).map(|_| rng.uniform()).collect();
            let kept = largest_triangles(rows, keep, |i| i as f64, |i| values[i]);
            assert_eq!(kept.len(), rows.min(keep), "seed {seed}");
            assert_eq!((kept[0], kept[kept.len() - 1]), (0, rows - 1), "seed {seed}");
            assert!(kept.windows(2).all(|w| w[0] < w[1]), "seed {seed}");
        }
    }
}
