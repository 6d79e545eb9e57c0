//! The table of indicators by name against the indicators themselves.

use crate::table::{FromSample, Values, Visit, every};
use std::collections::{BTreeMap, BTreeSet};
use wb_core::{Interval, UtcOffsets};
use wb_indicators::{Definition, INDICATORS, Indicator, IndicatorEntry, Make};

fn made(entry: &IndicatorEntry, args: &[f64]) -> (Definition, usize) {
    match entry.make {
        Make::Number(make) => (make(args).definition(), make(args).warmup()),
        Make::Pair(make) => (make(args).definition(), make(args).warmup()),
        Make::Bar(make) => (make(args).definition(), make(args).warmup()),
        Make::StampedBar(make) => {
            let made = make(UtcOffsets::default(), Interval::Minutes(15));
            (made.definition(), made.warmup())
        }
    }
}

/// Arguments that a line accepts: defaults, else numbers that differ from each other.
fn some_args(entry: &IndicatorEntry) -> Vec<f64> {
    let args = entry.args.iter().enumerate();
    args.map(|(n, arg)| arg.default.unwrap_or_else(|| (arg.min + n as f64).max(0.25).min(arg.max))).collect()
}

#[test]
fn a_line_makes_the_indicator_of_its_name_with_its_arguments_in_order() {
    for entry in INDICATORS {
        let args = some_args(entry);
        assert_eq!(entry.check(&args), Ok(args.clone()), "{entry}");
        let (definition, _) = made(entry, &args);
        assert_eq!((definition.name, definition.outputs), (entry.name, entry.outputs));
        if !entry.args.is_empty() {
            assert_eq!(definition.args, args, "{entry}");
        }
    }
}

#[test]
fn every_indicator_of_the_crate_has_a_line_that_makes_it() {
    struct Same(BTreeMap<&'static str, &'static IndicatorEntry>, BTreeSet<&'static str>);
    impl Visit for Same {
        fn visit<I: Indicator<Input: FromSample, Output: Values>>(&mut self, fresh: I) {
            let definition = fresh.definition();
            let entry = self.0.get(definition.name).unwrap_or_else(|| panic!("no line {}", definition.name));
            self.1.insert(entry.name);
            let args = if entry.args.is_empty() { &[] } else { &definition.args[..] };
            let equals = match entry.make {
                Make::Number(make) => make(args).equals(&fresh),
                Make::Pair(make) => make(args).equals(&fresh),
                Make::Bar(make) => make(args).equals(&fresh),
                Make::StampedBar(make) => make(UtcOffsets::default(), Interval::Minutes(15)).equals(&fresh),
            };
            assert!(equals, "{definition}");
        }
    }
    let mut same = Same(INDICATORS.iter().map(|entry| (entry.name, entry)).collect(), BTreeSet::new());
    every(&mut same);
    assert_eq!(same.1.len(), INDICATORS.len(), "a line for no indicator, or two of a name");
}

#[test]
fn arguments_left_out_take_their_defaults_and_wrong_ones_are_named() {
    let check = |name: &str, given: &[f64]| IndicatorEntry::find(name).expect(name).check(given);
    assert_eq!(check("macd", &[5.0]), Ok(vec![5.0, 26.0, 9.0]));
    let wrong = |name: &str, given: &[f64], position: usize, message: &str| {
        assert_eq!(check(name, given), Err((position, message.to_string())));
    };
    wrong("sma", &[], 0, "`sma` needs `n`: sma(x, n)");
    wrong("sma", &[2.0, 3.0], 1, "`sma` takes one argument behind its input: sma(x, n)");
    wrong("sma", &[2.5], 0, "`n` of `sma` is a whole number in 1..=1000000, not 2.5");
    wrong("hurst", &[7.0], 0, "`n` of `hurst` is a whole number in 8..=1000000, not 7");
    wrong("quantile", &[7.0, 1.5], 1, "`share` of `quantile` is a number in 0..=1, not 1.5");
    let macd = "`macd` needs fast below slow: macd(x, fast = 12, slow = 26, signal = 9)";
    wrong("macd", &[26.0], 0, macd);
    wrong("obv", &[1.0], 0, "`obv` takes no argument behind its input: obv()");
}

#[test]
fn the_least_window_of_every_line_makes_an_indicator() {
    for entry in INDICATORS {
        let mut args: Vec<f64> = entry.args.iter().map(|arg| arg.min).collect();
        if entry.name == "macd" {
            args[1] = 2.0;
        }
        assert!(made(entry, &args).1 >= 1, "{entry}");
    }
}
