//! Random search, without repetition where the combinations can be counted.

use wb_core::{ParamSet, Rng};

use crate::Space;

/// Draws in a row that the constraint may refuse before the search gives up.
const MAX_REFUSED: u32 = 1_000_000;

/// Combinations in an order that a seed decides.
pub(crate) struct Random {
    space: Space,
    seed: u64,
    order: Option<Permutation>,
    next: u64,
}

impl Random {
    pub(crate) fn new(space: Space, seed: u64) -> Random {
        let order = space.size().map(|size| Permutation::new(size, seed));
        Random { space, seed, order, next: 0 }
    }

    /// The combination drawn at this place of the sequence; `None` beyond the last.
    fn drawn(&self, place: u64) -> Option<ParamSet> {
        match &self.order {
            Some(order) if u128::from(place) >= order.size => None,
            Some(order) => Some(self.space.combination(order.at(u128::from(place)))),
            None => Some(self.space.decode(&self.space.random_point(&mut Rng::for_part(self.seed, place)))),
        }
    }
}

/// The combinations that the space's constraint allows.
impl Iterator for Random {
    type Item = ParamSet;

    fn next(&mut self) -> Option<ParamSet> {
        for _ in 0..MAX_REFUSED {
            let params = self.drawn(self.next)?;
            self.next += 1;
            if self.space.allows(&params) {
                return Some(params);
            }
        }
        None
    }
}

/// A shuffle of `0..size` that is computed and not stored: a Feistel network over the next power of four,
/// walked until it lands below `size` (J. Black and P. Rogaway, "Ciphers with Arbitrary Finite Domains", 2002).
struct Permutation {
    size: u128,
    half_bits: u32,
    keys: [u64; 8],
}

impl Permutation {
    fn new(size: u128, seed: u64) -> Permutation {
        let mut rng = Rng::new(seed);
        let bits = 128 - size.saturating_sub(1).leading_zeros();
        Permutation {
            size,
            half_bits: bits.div_ceil(2).max(1),
            keys: std::array::from_fn(|_| rng.next_u64()),
        }
    }

    /// What stands at this place; `place` is below the size.
    fn at(&self, place: u128) -> u128 {
        let mask = u64::MAX >> (64 - self.half_bits);
        let mut x = place;
        loop {
            let (mut left, mut right) = ((x >> self.half_bits) as u64, x as u64 & mask);
            for key in self.keys {
                (left, right) = (right, left ^ (Rng::for_part(key, right).next_u64() & mask));
            }
            x = u128::from(left) << self.half_bits | u128::from(right);
            if x < self.size {
                return x;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_permutation_holds_every_number_once() {
        for size in [1, 2, 3, 5, 16, 17, 100, 1_000] {
            let order = Permutation::new(size, 7);
            let seen: BTreeSet<u128> = (0..size).map(|i| order.at(i)).collect();
            assert_eq!(seen.len() as u128, size);
            assert!(seen.iter().all(|x| *x < size));
        }
    }

    #[test]
    fn the_largest_permutation_stays_in_its_range() {
        let order = Permutation::new(u128::MAX, 7);
        assert!(order.at(u128::MAX - 1) < u128::MAX);
        assert_ne!(order.at(0), order.at(1));
    }

    #[test]
    fn a_permutation_is_even_over_its_range() {
        let order = Permutation::new(1_000, 11);
        let mean = (0..200).map(|i| order.at(i) as f64).sum::<f64>() / 200.0;
        // 200 draws without repetition from 0..1000: mean 499.5, standard error 18.3.
        assert!((mean - 499.5).abs() < 3.0 * 18.3, "{mean}");
    }
}
