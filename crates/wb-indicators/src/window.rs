//! The window of the last inputs, summed up anew at each of its turns.
//!
//! A sum that subtracts what leaves keeps the rounding error of all that ever passed through it. Here nothing
//! is subtracted: at each turn of the ring its slots are rewritten as the aggregates of themselves and all
//! younger slots, and one running aggregate takes what came since (the "two stacks" sliding window; K.
//! Tangwongsan, M. Hirzel, S. Schneider, "Low-latency sliding-window aggregation in worst-case constant
//! time", 2017). An update is two combinations, three with its share of the turn, and the aggregate may be a
//! sum, an extreme or a set of moments alike. A window of equal inputs has exactly no variance, whatever was
//! before it.

use wb_core::Bar;

/// What a window sums up to.
pub(crate) trait Aggregate: Copy + PartialEq + Send + 'static {
    /// Of no inputs.
    const EMPTY: Self;
    /// Of the inputs of `self` followed by those of `newer`.
    fn then(self, newer: Self) -> Self;
}

/// An aggregate of the last `period` inputs; of fewer while there were fewer.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Rolling<A> {
    /// Before `at`: inputs since the turn. From `at` on: each the aggregate of itself and all after it.
    slots: Box<[A]>,
    at: usize,
    since_turn: A,
}

impl<A: Aggregate> Rolling<A> {
    /// A window of `period` inputs.
    ///
    /// # Panics
    /// If `period` is zero.
    pub(crate) fn new(period: u32) -> Rolling<A> {
        assert!(period > 0, "a window needs at least one input");
        Rolling { slots: vec![A::EMPTY; period as usize].into(), at: 0, since_turn: A::EMPTY }
    }

    /// Lets the oldest input go and takes the next.
    #[inline]
    pub(crate) fn push(&mut self, input: A) -> A {
        self.slots[self.at] = input;
        self.at += 1;
        if self.at == self.slots.len() {
            self.turn();
        } else {
            self.since_turn = self.since_turn.then(input);
        }
        self.slots[self.at].then(self.since_turn)
    }

    fn turn(&mut self) {
        let mut younger = A::EMPTY;
        for slot in self.slots.iter_mut().rev() {
            younger = slot.then(younger);
            *slot = younger;
        }
        self.at = 0;
        self.since_turn = A::EMPTY;
    }

    /// The number of inputs of a full window.
    pub(crate) fn period(&self) -> usize {
        self.slots.len()
    }
}

/// A sum.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Sum(pub(crate) f64);

impl Aggregate for Sum {
    const EMPTY: Sum = Sum(0.0);

    fn then(self, newer: Sum) -> Sum {
        Sum(self.0 + newer.0)
    }
}

/// Two sums that move together.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct TwoSums(pub(crate) f64, pub(crate) f64);

impl Aggregate for TwoSums {
    const EMPTY: TwoSums = TwoSums(0.0, 0.0);

    fn then(self, newer: TwoSums) -> TwoSums {
        TwoSums(self.0 + newer.0, self.1 + newer.1)
    }
}

/// A sum with weights that rise by one with each input, 1 for the oldest.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct WeightedSum {
    count: f64,
    sum: f64,
    /// The weighted sum.
    pub(crate) weighted: f64,
}

impl WeightedSum {
    pub(crate) fn of(x: f64) -> WeightedSum {
        WeightedSum { count: 1.0, sum: x, weighted: x }
    }
}

impl Aggregate for WeightedSum {
    const EMPTY: WeightedSum = WeightedSum { count: 0.0, sum: 0.0, weighted: 0.0 };

    fn then(self, newer: WeightedSum) -> WeightedSum {
        WeightedSum {
            count: self.count + newer.count,
            sum: self.sum + newer.sum,
            weighted: self.weighted + newer.weighted + self.count * newer.sum,
        }
    }
}

/// The highest value.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Highest(pub(crate) f64);

impl Aggregate for Highest {
    const EMPTY: Highest = Highest(f64::NEG_INFINITY);

    fn then(self, newer: Highest) -> Highest {
        if newer.0 >= self.0 { newer } else { self }
    }
}

/// The lowest value.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Lowest(pub(crate) f64);

impl Aggregate for Lowest {
    const EMPTY: Lowest = Lowest(f64::INFINITY);

    fn then(self, newer: Lowest) -> Lowest {
        if newer.0 <= self.0 { newer } else { self }
    }
}

/// The range of values: the highest of what is high and the lowest of what is low.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Range {
    pub(crate) high: f64,
    pub(crate) low: f64,
}

impl Range {
    pub(crate) fn of_bar(bar: &Bar) -> Range {
        Range { high: bar.high, low: bar.low }
    }

    pub(crate) fn of(x: f64) -> Range {
        Range { high: x, low: x }
    }
}

impl Aggregate for Range {
    const EMPTY: Range = Range { high: Highest::EMPTY.0, low: Lowest::EMPTY.0 };

    fn then(self, newer: Range) -> Range {
        let Highest(high) = Highest(self.high).then(Highest(newer.high));
        let Lowest(low) = Lowest(self.low).then(Lowest(newer.low));
        Range { high, low }
    }
}

/// The input of `period` inputs ago.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Lag {
    values: Box<[f64]>,
    at: usize,
}

impl Lag {
    /// Looks back by `period` inputs.
    ///
    /// # Panics
    /// If `period` is zero.
    pub(crate) fn new(period: u32) -> Lag {
        assert!(period > 0, "a lag needs at least one input");
        Lag { values: vec![0.0; period as usize].into(), at: 0 }
    }

    /// Takes the next input and gives the one `period` inputs before it; zero where there was none.
    #[inline]
    pub(crate) fn push(&mut self, x: f64) -> f64 {
        let old = std::mem::replace(&mut self.values[self.at], x);
        self.at += 1;
        if self.at == self.values.len() {
            self.at = 0;
        }
        old
    }

    /// The inputs held, in no order that a caller may rely on.
    pub(crate) fn values(&self) -> &[f64] {
        &self.values
    }

    /// How far it looks back.
    pub(crate) fn period(&self) -> usize {
        self.values.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wb_core::Rng;

    fn check<A: Aggregate + std::fmt::Debug>(of: fn(f64) -> A, whole: fn(&[f64]) -> A) {
        let mut rng = Rng::new(11);
        // Whole numbers, so that sums are exact in any order.
        let xs: Vec<f64> = (0..200).map(|_| rng.below(1_000) as f64).collect();
        for period in [1, 2, 3, 10, 64] {
            let mut window = Rolling::new(period);
            for (i, x) in xs.iter().enumerate() {
                let oldest = (i + 1).saturating_sub(period as usize);
                assert_eq!(window.push(of(*x)), whole(&xs[oldest..=i]), "period {period}, input {i}");
            }
        }
    }

    #[test]
    fn a_rolling_sum_is_the_sum_of_the_last_inputs() {
        check(Sum, |xs| Sum(xs.iter().sum()));
    }

    #[test]
    fn a_rolling_weighted_sum_weighs_the_newest_most() {
        check(WeightedSum::of, |xs| WeightedSum {
            count: xs.len() as f64,
            sum: xs.iter().sum(),
            weighted: xs.iter().enumerate().map(|(i, x)| (i + 1) as f64 * x).sum(),
        });
    }

    #[test]
    fn rolling_extremes_are_those_of_the_last_inputs() {
        check(Highest, |xs| Highest(xs.iter().copied().fold(f64::NEG_INFINITY, f64::max)));
        check(Lowest, |xs| Lowest(xs.iter().copied().fold(f64::INFINITY, f64::min)));
    }

    #[test]
    fn a_huge_input_leaves_no_trace_once_it_has_left() {
        let mut window = Rolling::new(3);
        let sums: Vec<Sum> = [1e16, 0.1, 0.2, 0.3, 0.4].map(|x| window.push(Sum(x))).to_vec();
        assert_eq!(sums[3], Sum(0.1 + 0.2 + 0.3));
    }

    #[test]
    fn a_lag_gives_the_input_of_so_many_inputs_ago() {
        let mut lag = Lag::new(3);
        let out: Vec<f64> = (1..=7).map(|i| lag.push(f64::from(i))).collect();
        assert_eq!(out, [0.0, 0.0, 0.0, 1.0, 2.0, 3.0, 4.0]);
    }
}
