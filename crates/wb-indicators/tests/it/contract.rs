//! What every indicator promises.

use crate::market::{sample, wandering};
use crate::table::{FromSample, Sample, Values, Visit, every};
use std::any::{Any, type_name};
use std::collections::BTreeSet;
use wb_core::Rng;
use wb_indicators::{Indicator, WHOLE_HISTORY, column};

const SEEDS: std::ops::Range<u64> = 0..20;

/// Shared inputs after the remembered ones, over which values must go on agreeing.
const AFTER: usize = 100;

fn fold<I: Indicator<Input: FromSample>>(fresh: &I, samples: &[Sample]) -> Vec<I::Output> {
    column(fresh.clone(), samples.iter().map(FromSample::from_sample))
}

/// Each value agrees to 1e-9 of itself or, where it passes through zero, of its usual size.
fn assert_agree<O: Values>(a: &[O], b: &[O], what: &str) {
    for output in 0..a[0].values().len() {
        let of = |column: &[O]| column.iter().map(|v| v.values()[output]).collect::<Vec<f64>>();
        let (a, b) = (of(a), of(b));
        let usual = a.iter().map(|x| x.abs()).sum::<f64>() / a.len() as f64;
        for (row, (x, y)) in a.iter().zip(&b).enumerate() {
            let size = x.abs().max(y.abs()).max(usual);
            assert!((x - y).abs() <= 1e-9 * size, "{what}, output {output}, {row} later: {x} and {y}");
        }
    }
}

#[test]
fn the_last_inputs_within_memory_determine_the_value() {
    struct Forgets {
        seed: u64,
    }
    impl Visit for Forgets {
        fn visit<I: Indicator<Input: FromSample, Output: Values>>(&mut self, fresh: I) {
            let memory = fresh.memory();
            if memory == WHOLE_HISTORY {
                return;
            }
            let mut rng = Rng::new(self.seed);
            let before = 300 + rng.below(300) as usize;
            let shared = wandering(&mut rng, 100.0, before, before + memory + AFTER);
            let start = memory - 1;
            let cold = fold(&fresh, &shared);
            for level in [100.0, 40.0, 1_000.0] {
                let mut longer = wandering(&mut rng, level, 0, before);
                longer.extend_from_slice(&shared);
                let what = format!("{} after a market at {level}, seed {}", fresh.definition(), self.seed);
                assert_agree(&cold[start..], &fold(&fresh, &longer)[before + start..], &what);
            }
        }
    }
    for seed in SEEDS {
        every(&mut Forgets { seed });
    }
}

#[test]
fn a_running_total_never_forgets_where_it_began() {
    struct Remembers(Vec<&'static str>);
    impl Visit for Remembers {
        fn visit<I: Indicator<Input: FromSample, Output: Values>>(&mut self, fresh: I) {
            if fresh.memory() != WHOLE_HISTORY {
                return;
            }
            let mut rng = Rng::new(1);
            let whole = wandering(&mut rng, 100.0, 0, 1_000);
            let (late, early) = (fold(&fresh, &whole[500..]), fold(&fresh, &whole));
            let apart: Vec<f64> =
                late.iter().zip(&early[500..]).map(|(a, b)| b.values()[0] - a.values()[0]).collect();
            // The first bar of a series has no close before it, so the difference settles with the second.
            assert!(apart.iter().skip(1).all(|d| (d - apart[1]).abs() < 1e-6), "{}", fresh.definition());
            assert!(apart[1].abs() > 1.0, "{}: not a running total", fresh.definition());
            self.0.push(fresh.definition().name);
        }
    }
    let mut totals = Remembers(Vec::new());
    every(&mut totals);
    assert_eq!(totals.0, ["obv", "ad_line"]);
}

#[test]
fn memory_is_never_shorter_than_warmup() {
    struct Compare;
    impl Visit for Compare {
        fn visit<I: Indicator<Input: FromSample, Output: Values>>(&mut self, fresh: I) {
            assert!(fresh.warmup() > 0 && fresh.memory() >= fresh.warmup(), "{}", fresh.definition());
        }
    }
    every(&mut Compare);
}

/// `count` bars of the sort that breaks formulas: rests, jumps, zeros, huge and tiny prices of either sign,
/// no volume.
fn hostile(rng: &mut Rng, count: usize) -> Vec<Sample> {
    const PRICES: [f64; 10] = [0.0, -0.0, 0.1, -0.1, 1e60, -1e60, 1e-60, 5e-324, 100.0, 100.000_000_001];
    const VOLUMES: [f64; 5] = [0.0, 5e-324, 1e-60, 1.0, 1e60];
    let mut price = 100.0;
    let mut volume = 1.0;
    (0..count)
        .map(|number| {
            let before = price;
            if rng.below(4) == 0 {
                price = PRICES[rng.below(PRICES.len() as u64) as usize];
                volume = VOLUMES[rng.below(VOLUMES.len() as u64) as usize];
            }
            let reach = if rng.below(3) == 0 { price.abs() * rng.uniform() } else { 0.0 };
            sample(number, [before, before.max(price) + reach, before.min(price) - reach, price, volume])
        })
        .collect()
}

#[test]
fn finite_inputs_give_finite_outputs() {
    struct Survives {
        seed: u64,
    }
    impl Visit for Survives {
        fn visit<I: Indicator<Input: FromSample, Output: Values>>(&mut self, fresh: I) {
            let samples = hostile(&mut Rng::new(self.seed), 3_000);
            for (row, value) in fold(&fresh, &samples).iter().enumerate() {
                let finite = value.values().iter().all(|x| x.is_finite());
                assert!(
                    finite,
                    "{}, seed {}, row {row}: {:?}",
                    fresh.definition(),
                    self.seed,
                    value.values()
                );
            }
        }
    }
    for seed in SEEDS {
        every(&mut Survives { seed });
    }
}

#[test]
fn fresh_indicators_are_equal_exactly_when_their_definitions_are() {
    struct Compare {
        seen: Vec<(String, Box<dyn Any>)>,
    }
    impl Visit for Compare {
        fn visit<I: Indicator<Input: FromSample, Output: Values>>(&mut self, fresh: I) {
            let definition = fresh.definition().to_string();
            assert!(fresh == fresh.clone(), "{definition} is not itself");
            for (other, indicator) in &self.seen {
                assert_ne!(*other, definition, "two entries, one definition");
                let same = indicator.downcast_ref::<I>().is_some_and(|i| *i == fresh);
                assert!(!same, "{definition} and {other} are equal");
            }
            self.seen.push((definition, Box::new(fresh)));
        }
    }
    every(&mut Compare { seen: Vec::new() });
}

#[test]
fn names_of_outputs_are_as_many_as_outputs() {
    struct Count;
    impl Visit for Count {
        fn visit<I: Indicator<Input: FromSample, Output: Values>>(&mut self, fresh: I) {
            let outputs = fold(&fresh, &wandering(&mut Rng::new(1), 100.0, 0, 1))[0].values().len();
            let named = fresh.definition().outputs.len();
            assert!(named == outputs || (outputs == 1 && named == 0), "{}", fresh.definition());
        }
    }
    every(&mut Count);
}

#[test]
fn the_table_has_every_indicator_of_the_crate() {
    struct Names(BTreeSet<String>);
    impl Visit for Names {
        fn visit<I: Indicator<Input: FromSample, Output: Values>>(&mut self, _: I) {
            let name = type_name::<I>().rsplit("::").next().expect("a last part");
            self.0.insert(name.to_string());
        }
    }
    let mut table = Names(BTreeSet::new());
    every(&mut table);
    let not_indicators = [
        "Arg",
        "BoxedIndicator",
        "Definition",
        "INDICATORS",
        "Indicator",
        "IndicatorEntry",
        "Make",
        "Outputs",
        "WHOLE_HISTORY",
        "column",
    ];
    let exported: BTreeSet<String> = include_str!("../../src/lib.rs")
        .lines()
        .filter_map(|line| line.strip_prefix("pub use ")?.split_once("::"))
        .flat_map(|(_, names)| names.split(|c: char| !c.is_alphanumeric() && c != '_'))
        .filter(|name| !name.is_empty() && !not_indicators.contains(name))
        .map(str::to_string)
        .collect();
    assert_eq!(table.0, exported);
}
