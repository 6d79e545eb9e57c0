//! Children of parents, for the genetic methods: crossover and mutation of numbers and of words.

use libm::pow;
use wb_core::Rng;

use crate::axis::Axis;
use crate::rounds::Round;
use crate::{Point, Space};

/// Chance that a pair of parents is crossed, not copied.
const CROSSOVER: f64 = 0.9;

/// Distribution index of the crossover: the higher, the nearer children are to their parents.
const CROSSOVER_INDEX: f64 = 15.0;

/// Distribution index of the mutation: the higher, the smaller the change.
const MUTATION_INDEX: f64 = 20.0;

/// Variations tried for a child that is new.
const ATTEMPTS: u32 = 20;

/// The first population: the start and random points, none twice.
pub(crate) fn founders(round: &mut Round<'_>, start: &Point, count: usize) -> Vec<Point> {
    let mut founders = Vec::with_capacity(count);
    if round.claim(start) {
        founders.push(start.clone());
    }
    while founders.len() < count {
        let Some(point) = round.claim_random() else { break };
        founders.push(point);
    }
    founders
}

/// A generation of children, none of which was tried before; `parent` picks one by tournament.
pub(crate) fn children<'p>(
    round: &mut Round<'_>,
    count: usize,
    mut parent: impl FnMut(&mut Rng) -> &'p Point,
) -> Vec<Point> {
    let mut children = Vec::with_capacity(count);
    while children.len() < count {
        let before = children.len();
        for _ in 0..ATTEMPTS {
            let (mother, father) = (parent(&mut round.rng), parent(&mut round.rng));
            for mut child in crossed(round.space, mother, father, &mut round.rng) {
                mutate(round.space, &mut child, &mut round.rng);
                if children.len() < count && round.claim(&child) {
                    children.push(child);
                }
            }
            if children.len() > before {
                break;
            }
        }
        if children.len() == before {
            // Everything near the parents is known: a stranger takes the place.
            let Some(stranger) = round.claim_random() else { break };
            children.push(stranger);
        }
    }
    children
}

fn crossed(space: &Space, mother: &[f64], father: &[f64], rng: &mut Rng) -> [Point; 2] {
    let mut pair = [mother.to_vec(), father.to_vec()];
    if rng.uniform() >= CROSSOVER {
        return pair;
    }
    for (i, axis) in space.axes().iter().enumerate() {
        if rng.uniform() < 0.5 {
            continue;
        }
        let (a, b) = if axis.is_ordered() {
            simulated_binary(pair[0][i], pair[1][i], rng.uniform())
        } else {
            (pair[1][i], pair[0][i])
        };
        (pair[0][i], pair[1][i]) = if rng.uniform() < 0.5 { (a, b) } else { (b, a) };
    }
    pair
}

/// Simulated binary crossover of two places in `[0, 1]`, none beyond the bounds (K. Deb and R. Agrawal, 1995;
/// bounded as in K. Deb, "An efficient constraint handling method for genetic algorithms", 2000).
fn simulated_binary(a: f64, b: f64, u: f64) -> (f64, f64) {
    let (low, high) = (a.min(b), a.max(b));
    let distance = high - low;
    if distance < 1e-14 {
        return (a, b);
    }
    let spread = |room: f64| {
        let alpha = 2.0 - pow(1.0 + 2.0 * room / distance, -(CROSSOVER_INDEX + 1.0));
        let base = if u <= 1.0 / alpha { u * alpha } else { 1.0 / (2.0 - u * alpha) };
        pow(base, 1.0 / (CROSSOVER_INDEX + 1.0))
    };
    let middle = low + high;
    let near_low = 0.5 * (middle - spread(low) * distance);
    let near_high = 0.5 * (middle + spread(1.0 - high) * distance);
    (near_low.clamp(0.0, 1.0), near_high.clamp(0.0, 1.0))
}

/// Changes one coordinate on average.
fn mutate(space: &Space, point: &mut Point, rng: &mut Rng) {
    let chance = 1.0 / point.len() as f64;
    for (axis, place) in space.axes().iter().zip(point) {
        if rng.uniform() < chance {
            *place = mutated(axis, *place, rng);
        }
    }
}

/// Another value near this one, or another word.
fn mutated(axis: &Axis, place: f64, rng: &mut Rng) -> f64 {
    if !axis.is_ordered() {
        return rng.uniform();
    }
    let moved = polynomial(place, rng.uniform());
    let Some(count) = axis.count().filter(|_| axis.snap(moved).to_bits() == axis.snap(place).to_bits())
    else {
        return moved;
    };
    // The change is too small to reach another value of the axis: one step up or down.
    let step = if rng.uniform() < 0.5 { 1.0 } else { -1.0 } / count as f64;
    let stepped = axis.snap(place) + step;
    if (0.0..=1.0).contains(&stepped) { stepped } else { axis.snap(place) - step }
}

/// Polynomial mutation of a place in `[0, 1]` (K. Deb and M. Goyal, 1996, in its bounded form).
fn polynomial(place: f64, u: f64) -> f64 {
    let power = MUTATION_INDEX + 1.0;
    let change = if u < 0.5 {
        pow(2.0 * u + (1.0 - 2.0 * u) * pow(1.0 - place, power), 1.0 / power) - 1.0
    } else {
        1.0 - pow(2.0 * (1.0 - u) + 2.0 * (u - 0.5) * pow(place, power), 1.0 / power)
    };
    (place + change).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{int, space};

    #[test]
    fn crossed_places_keep_their_mean_where_the_bounds_are_far_and_never_leave_them() {
        let seed = 4;
        let mut rng = Rng::new(seed);
        for _ in 0..1_000 {
            let (a, b) = simulated_binary(0.49, 0.51, rng.uniform());
            assert!((a + b - 1.0).abs() < 1e-9, "seed {seed}: {a} {b}");
            let (a, b) = simulated_binary(0.01, 0.9, rng.uniform());
            assert!((0.0..=1.0).contains(&a) && (0.0..=1.0).contains(&b), "seed {seed}: {a} {b}");
        }
        // u = 1/2 is a spread of one but for the bounds: the children are the parents.
        let (a, b) = simulated_binary(0.4, 0.6, 0.5);
        assert!((a - 0.4).abs() < 1e-6 && (b - 0.6).abs() < 1e-6, "{a} {b}");
    }

    #[test]
    fn a_mutated_whole_number_is_another_one() {
        let space = space(&[int("n", 1, 3, 1)]);
        let axis = &space.axes()[0];
        let seed = 5;
        let mut rng = Rng::new(seed);
        for _ in 0..300 {
            let place = axis.snap(rng.uniform());
            let moved = mutated(axis, place, &mut rng);
            assert_ne!(axis.at(moved), axis.at(place), "seed {seed}");
        }
    }

    #[test]
    fn mutations_stay_within_the_bounds() {
        for i in 0..=10 {
            for j in 0..=10 {
                let moved = polynomial(f64::from(i) / 10.0, f64::from(j) / 10.0);
                assert!((0.0..=1.0).contains(&moved));
            }
        }
    }
}
