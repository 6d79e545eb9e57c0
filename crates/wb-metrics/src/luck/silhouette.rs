//! How many clusters there are: the step of a hierarchy at which items lie clearest in their own.

use crate::luck::average_linkage::Merge;
use crate::moments::{Moments, ROUNDING};

/// How many of `merges` to carry out, so that the mean of all items' silhouettes ÷ their standard deviation is highest;
/// of equals, the fewest. Every number of clusters from two to one less than there are items is looked at. Where none has
/// a mean above zero all items are one cluster.
///
/// Silhouettes: P. Rousseeuw, Journal of Computational and Applied Mathematics 20, 1987. Their quality as a criterion: M.
/// López de Prado and M. Lewis, "Detection of false investment strategies using unsupervised learning methods",
/// Quantitative Finance 19(9), 2019. `distances` are by row and column, symmetric.
pub(super) fn best_cut(items: usize, merges: &[Merge], distances: Vec<f64>) -> usize {
    let mut partition = Partition::of_singles(items, distances);
    let mut best = (merges.len(), 0.0);
    for (done, merge) in merges.iter().enumerate().take(items.saturating_sub(2)) {
        partition.join(*merge);
        let quality = partition.quality();
        if quality > best.1 {
            best = (done + 1, quality);
        }
    }
    best.0
}

/// Items in clusters, with what their silhouettes are computed from.
struct Partition {
    items: usize,
    /// Names of the clusters, in order.
    alive: Vec<usize>,
    /// How many items each cluster has.
    sizes: Vec<f64>,
    /// The cluster of each item.
    own: Vec<usize>,
    /// By item and then by cluster, the sum of distances to its members.
    sums: Vec<f64>,
    /// Of each item, the nearest cluster that is not its own.
    nearest: Vec<usize>,
}

impl Partition {
    fn of_singles(items: usize, distances: Vec<f64>) -> Partition {
        assert_eq!(distances.len(), items * items, "a distance of every pair");
        let mut partition = Partition {
            items,
            alive: (0..items).collect(),
            sizes: vec![1.0; items],
            own: (0..items).collect(),
            sums: distances,
            nearest: vec![0; items],
        };
        if items > 1 {
            (0..items).for_each(|item| partition.look_around(item));
        }
        partition
    }

    /// Joins two of at least three clusters.
    fn join(&mut self, merge: Merge) {
        let Merge { first, second, .. } = merge;
        self.alive.retain(|cluster| *cluster != second);
        self.sizes[first] += self.sizes[second];
        for item in 0..self.items {
            self.sums[item * self.items + first] += self.sums[item * self.items + second];
            if self.own[item] == second {
                self.own[item] = first;
            }
            // A union is never nearer than the nearer of its parts, so only whoever was nearest to a part may change.
            if self.nearest[item] == first || self.nearest[item] == second {
                self.look_around(item);
            }
        }
    }

    fn look_around(&mut self, item: usize) {
        let others = self.alive.iter().copied().filter(|cluster| *cluster != self.own[item]);
        self.nearest[item] = others
            .reduce(|best, other| if self.mean(item, other) < self.mean(item, best) { other } else { best })
            .expect("there is another cluster");
    }

    /// Mean distance of an item to a cluster that is not its own.
    fn mean(&self, item: usize, cluster: usize) -> f64 {
        self.sums[item * self.items + cluster] / self.sizes[cluster]
    }

    /// From -1, nearer to another cluster, to 1; 0 for the only member of a cluster.
    fn silhouette(&self, item: usize) -> f64 {
        let others = self.sizes[self.own[item]] - 1.0;
        if others < 1.0 {
            return 0.0;
        }
        let inside = self.sums[item * self.items + self.own[item]] / others;
        let outside = self.mean(item, self.nearest[item]);
        let longer = inside.max(outside);
        if longer > 0.0 { (outside - inside) / longer } else { 0.0 }
    }

    fn quality(&self) -> f64 {
        let mut moments = Moments::default();
        (0..self.items).for_each(|item| moments.push(self.silhouette(item)));
        let (mean, deviation) = (moments.mean().unwrap_or(0.0), moments.deviation().unwrap_or(0.0));
        mean / deviation.max(ROUNDING)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::luck::average_linkage::average_linkage;

    fn on_a_line(points: &[f64]) -> Vec<f64> {
        points.iter().flat_map(|a| points.iter().map(move |b| (a - b).abs())).collect()
    }

    #[test]
    fn qualities_are_those_of_scikit_learn() {
        // scipy 1.17.1 and scikit-learn: linkage(…, "average"), silhouette_samples(…, metric="precomputed"), mean ÷ std
        // (ddof=1), from eight clusters to two.
        let expected = [
            0.333_333_333_333_333_3,
            0.653_815_530_157_205_2,
            1.045_795_401_649_753,
            1.692_256_084_084_693,
            2.476_192_782_303_618_5,
            2.102_384_281_133_626,
            4.271_511_230_853_55,
        ];
        let distances = on_a_line(&[0.0, 10.0, 1.0, 12.0, 4.0, 11.5, 0.5, 5.5, 20.0]);
        let merges = average_linkage(9, distances.clone());
        let mut partition = Partition::of_singles(9, distances.clone());
        for (merge, expected) in merges.iter().zip(expected) {
            partition.join(*merge);
            assert!((partition.quality() - expected).abs() < 1e-12, "{} for {expected}", partition.quality());
        }
        assert_eq!(best_cut(9, &merges, distances), 7);
    }

    #[test]
    fn what_has_no_clusters_is_one() {
        let check = |points: &[f64]| {
            let distances = on_a_line(points);
            let merges = average_linkage(points.len(), distances.clone());
            assert_eq!(best_cut(points.len(), &merges, distances), points.len().saturating_sub(1));
        };
        check(&[]);
        check(&[1.0]);
        check(&[1.0, 5.0]);
        check(&[2.0; 6]);
    }
}
