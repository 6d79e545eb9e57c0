//! The Sobol sequence: points that fill the cube evenly, shifted by the seed.
//!
//! Of the crates that make it, `sobol_burley` ends after 65,536 points, fewer than a sweep has trials.

use std::collections::BTreeSet;

use wb_core::{ParamSet, Rng};

use crate::Space;

/// Primitive polynomial and first direction numbers of every axis but the first, whose numbers are all one
/// (S. Joe and F. Kuo, "Constructing Sobol sequences with better two-dimensional projections", 2008; the first
/// lines of their table `new-joe-kuo-6.21201`). A polynomial's bits are its coefficients.
const DIRECTIONS: &[(u32, &[u32])] = &[
    (3, &[1]),
    (7, &[1, 3]),
    (11, &[1, 3, 1]),
    (13, &[1, 1, 1]),
    (19, &[1, 1, 3, 3]),
    (25, &[1, 3, 5, 13]),
    (37, &[1, 1, 5, 5, 17]),
    (41, &[1, 1, 5, 5, 5]),
    (47, &[1, 1, 7, 11, 19]),
    (55, &[1, 1, 5, 1, 1]),
    (59, &[1, 1, 1, 3, 11]),
    (61, &[1, 3, 5, 5, 31]),
    (67, &[1, 3, 3, 9, 7, 49]),
    (91, &[1, 1, 1, 15, 21, 21]),
    (97, &[1, 3, 1, 13, 27, 49]),
    (103, &[1, 1, 1, 15, 7, 5]),
    (109, &[1, 3, 1, 15, 13, 25]),
    (115, &[1, 1, 5, 5, 19, 61]),
    (131, &[1, 3, 7, 11, 23, 15, 103]),
    (137, &[1, 3, 7, 13, 13, 15, 69]),
    (143, &[1, 1, 3, 13, 7, 35, 63]),
    (145, &[1, 3, 5, 9, 1, 25, 53]),
    (157, &[1, 3, 1, 13, 9, 35, 107]),
    (167, &[1, 3, 1, 5, 27, 61, 31]),
    (171, &[1, 1, 5, 11, 19, 41, 61]),
    (185, &[1, 3, 5, 3, 3, 13, 69]),
    (191, &[1, 1, 7, 13, 1, 19, 1]),
    (193, &[1, 3, 7, 5, 13, 19, 59]),
    (203, &[1, 1, 3, 9, 25, 29, 41]),
    (211, &[1, 3, 5, 13, 23, 1, 55]),
    (213, &[1, 3, 7, 3, 13, 59, 17]),
];

/// The most axes that the table serves.
pub(crate) const MAX_AXES: usize = DIRECTIONS.len() + 1;

/// Points in a row that may hold nothing new before the sequence ends.
const MAX_REPEATS: u32 = 1_000_000;

const BITS: usize = 32;

/// The sequence over a space, each combination once where they can be counted.
pub(crate) struct Sobol {
    space: Space,
    axes: Vec<Sequence>,
    next: u32,
    /// Combinations handed out, of a space whose combinations are counted.
    seen: Option<BTreeSet<Vec<u64>>>,
}

impl Sobol {
    /// # Panics
    /// If the space has more axes than the table.
    pub(crate) fn new(space: Space, seed: u64) -> Sobol {
        let mut rng = Rng::new(seed);
        // A digital shift keeps the evenness of the sequence and makes another of every seed.
        let axes = (0..space.axes().len()).map(|axis| Sequence::new(axis, rng.next_u64() as u32)).collect();
        let seen = space.size().map(|_| BTreeSet::new());
        Sobol { space, axes, next: 0, seen }
    }

    /// Whether the point's combination comes for the first time.
    fn is_new(&mut self, point: &[f64]) -> bool {
        let Some(seen) = &mut self.seen else { return true };
        seen.insert(self.space.snap(point).iter().map(|place| place.to_bits()).collect())
    }
}

/// The combinations that the space's constraint allows.
impl Iterator for Sobol {
    type Item = ParamSet;

    fn next(&mut self) -> Option<ParamSet> {
        if self.seen.as_ref().is_some_and(|seen| self.space.size() == Some(seen.len() as u128)) {
            return None;
        }
        for _ in 0..MAX_REPEATS {
            let index = self.next;
            self.next = index.checked_add(1)?;
            let point: Vec<f64> = self.axes.iter().map(|axis| axis.at(index)).collect();
            if self.is_new(&point) {
                let params = self.space.decode(&point);
                if self.space.allows(&params) {
                    return Some(params);
                }
            }
        }
        None
    }
}

/// One coordinate of the sequence.
struct Sequence {
    directions: [u32; BITS],
    shift: u32,
}

impl Sequence {
    fn new(axis: usize, shift: u32) -> Sequence {
        let mut directions = std::array::from_fn(|bit| 1_u32 << (BITS - 1 - bit));
        if axis > 0 {
            let (polynomial, first) = DIRECTIONS[axis - 1];
            let degree = first.len();
            for bit in 0..BITS {
                directions[bit] = match first.get(bit) {
                    Some(number) => number << (BITS - 1 - bit),
                    None => (1..degree)
                        .filter(|i| polynomial >> (degree - i) & 1 == 1)
                        .fold(directions[bit - degree] ^ (directions[bit - degree] >> degree), |v, i| {
                            v ^ directions[bit - i]
                        }),
                };
            }
        }
        Sequence { directions, shift }
    }

    /// The `index`-th place in `(0, 1)`, in the order of the Gray code.
    fn at(&self, index: u32) -> f64 {
        let gray = index ^ (index >> 1);
        let bits = (0..BITS)
            .filter(|bit| gray >> bit & 1 == 1)
            .fold(self.shift, |bits, bit| bits ^ self.directions[bit]);
        (f64::from(bits) + 0.5) / 4_294_967_296.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hundredth_point_is_that_of_the_published_table() {
        // scipy 1.17.1: stats.qmc.Sobol(32, scramble=False).random(128)[100], times 128.
        let expected = [
            53, 33, 99, 93, 113, 95, 3, 61, 81, 89, 59, 87, 61, 109, 41, 63, 87, 95, 107, 43, 97, 51, 1, 63,
            3, 1, 121, 85, 31, 93, 91, 53,
        ];
        for (axis, expected) in expected.into_iter().enumerate() {
            let place = Sequence::new(axis, 0).at(100);
            assert_eq!((place * 128.0).floor() as u32, expected, "axis {axis}");
        }
        assert_eq!(MAX_AXES, expected.len());
    }

    #[test]
    fn the_first_points_fall_into_every_stretch_of_an_axis_once() {
        for axis in 0..MAX_AXES {
            let sequence = Sequence::new(axis, 0x9E37_79B9);
            let stretches: BTreeSet<u32> = (0..256).map(|i| (sequence.at(i) * 256.0) as u32).collect();
            assert_eq!(stretches.len(), 256, "axis {axis}");
        }
    }
}
