//! Agglomerative clustering by average linkage.

/// Two clusters that become one. A cluster is called by its lowest member.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Merge {
    /// The lower of the two names, which the union keeps.
    pub(super) first: usize,
    /// The higher.
    pub(super) second: usize,
    /// Mean distance of a member of one to a member of the other.
    height: f64,
}

/// Joins the two nearest clusters until one is left; gives all merges, the lowest first.
///
/// R. Sokal and C. Michener (1958), by the nearest-neighbour chain of F. Murtagh, "A survey of recent advances in
/// hierarchical clustering algorithms", The Computer Journal 26(4), 1983: quadratic in the number of items.
/// `distances` are by row and column, symmetric.
pub(super) fn average_linkage(items: usize, mut distances: Vec<f64>) -> Vec<Merge> {
    assert_eq!(distances.len(), items * items, "a distance of every pair");
    let mut sizes = vec![1.0; items];
    let mut alive: Vec<usize> = (0..items).collect();
    let mut chain: Vec<usize> = Vec::new();
    let mut merges = Vec::new();
    while alive.len() > 1 {
        let end = *chain.last().unwrap_or(&alive[0]);
        if chain.is_empty() {
            chain.push(end);
        }
        let before = chain.len().checked_sub(2).map(|place| chain[place]);
        let nearest = nearest(end, before, &alive, &distances[end * items..][..items]);
        if Some(nearest) != before {
            chain.push(nearest);
            continue;
        }
        chain.truncate(chain.len() - 2);
        let (first, second) = (end.min(nearest), end.max(nearest));
        merges.push(Merge { first, second, height: distances[first * items + second] });
        alive.retain(|cluster| *cluster != second);
        for other in alive.iter().copied().filter(|other| *other != first) {
            let (a, b) = (distances[first * items + other], distances[second * items + other]);
            let mean = (sizes[first] * a + sizes[second] * b) / (sizes[first] + sizes[second]);
            distances[first * items + other] = mean;
            distances[other * items + first] = mean;
        }
        sizes[first] += sizes[second];
    }
    // A chain finds merges in the order of its walk. A cluster's own merges are never above the one it takes part in.
    merges.sort_by(|a, b| a.height.total_cmp(&b.height));
    named_by_lowest(items, merges)
}

/// The cluster nearest to `end`; of equals the one `before` it in the chain, so that the chain ends, then the lowest.
fn nearest(end: usize, before: Option<usize>, alive: &[usize], distances: &[f64]) -> usize {
    let candidates = before.into_iter().chain(alive.iter().copied().filter(|other| *other != end));
    candidates
        .reduce(|best, other| if distances[other] < distances[best] { other } else { best })
        .expect("two clusters are left")
}

/// Calls both sides of each merge by what has been joined before it: rounding may have exchanged two of one height.
fn named_by_lowest(items: usize, mut merges: Vec<Merge>) -> Vec<Merge> {
    let mut within: Vec<usize> = (0..items).collect();
    for merge in &mut merges {
        let (a, b) = (name(&within, merge.first), name(&within, merge.second));
        (merge.first, merge.second) = (a.min(b), a.max(b));
        within[merge.second] = merge.first;
    }
    merges
}

/// The name of the cluster that an item is in, where `within` leads from each name to the one that took it in.
fn name(within: &[usize], mut item: usize) -> usize {
    while within[item] != item {
        item = within[item];
    }
    item
}

/// The cluster of each item, by its name, after the first `count` merges.
pub(super) fn members(items: usize, merges: &[Merge], count: usize) -> Vec<usize> {
    let mut within: Vec<usize> = (0..items).collect();
    merges[..count].iter().for_each(|merge| within[merge.second] = merge.first);
    (0..items).map(|item| name(&within, item)).collect()
}

#[cfg(test)]
mod tests {
    use wb_core::Rng;

    use super::*;

    /// Distances of points on a line.
    fn on_a_line(points: &[f64]) -> Vec<f64> {
        points.iter().flat_map(|a| points.iter().map(move |b| (a - b).abs())).collect()
    }

    #[test]
    fn merges_are_those_of_a_hand_calculation() {
        let merges = average_linkage(5, on_a_line(&[0.0, 10.0, 1.0, 12.0, 4.0]));
        // 0 with 1; 10 with 12; 4 with both of 0 and 1, at (4 + 3) ÷ 2; then (10 + 12 + 9 + 11 + 6 + 8) ÷ 6.
        let expected = [(0, 2, 1.0), (1, 3, 2.0), (0, 4, 3.5), (0, 1, 56.0 / 6.0)];
        for (got, (first, second, height)) in merges.iter().zip(expected) {
            assert_eq!((got.first, got.second), (first, second));
            assert!((got.height - height).abs() < 1e-12, "{got:?}");
        }
        assert_eq!(members(5, &merges, 3), [0, 1, 0, 1, 0]);
        assert_eq!(members(5, &merges, 0), [0, 1, 2, 3, 4]);
    }

    #[test]
    fn the_chain_finds_what_looking_at_every_pair_finds() {
        for seed in 0..20 {
            let mut rng = Rng::new(seed);
            let points: Vec<f64> = (0..24).map(|_| rng.uniform()).collect();
            let merges = average_linkage(24, on_a_line(&points));
            let mut clusters: Vec<Vec<usize>> = (0..24).map(|item| vec![item]).collect();
            for merge in merges {
                let mean = |a: &[usize], b: &[usize]| {
                    let sum: f64 =
                        a.iter().flat_map(|i| b.iter().map(|j| (points[*i] - points[*j]).abs())).sum();
                    sum / (a.len() * b.len()) as f64
                };
                let pairs = (0..clusters.len()).flat_map(|b| (0..b).map(move |a| (a, b)));
                let (a, b) = pairs
                    .min_by(|x, y| {
                        let of = |(a, b): (usize, usize)| mean(&clusters[a], &clusters[b]);
                        of(*x).total_cmp(&of(*y))
                    })
                    .expect("two clusters are left");
                assert_eq!((merge.first, merge.second), (clusters[a][0], clusters[b][0]), "seed {seed}");
                assert!((merge.height - mean(&clusters[a], &clusters[b])).abs() < 1e-12, "seed {seed}");
                let taken = clusters.remove(b);
                clusters[a].extend(taken);
            }
        }
    }

    #[test]
    fn equal_distances_are_joined_in_order() {
        let merges = average_linkage(4, vec![0.0; 16]);
        let pairs: Vec<_> = merges.iter().map(|m| (m.first, m.second)).collect();
        assert_eq!(pairs, [(0, 1), (0, 2), (0, 3)]);
        assert_eq!(average_linkage(1, vec![0.0]), []);
        assert_eq!(average_linkage(0, Vec::new()), []);
    }
}
