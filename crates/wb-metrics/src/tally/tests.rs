//! A tally against the tear sheet of the same outcome.

use wb_core::{Interval, Rng};

use super::*;
use crate::example;

/// Every figure that a tally can know.
fn keys() -> Vec<&'static str> {
    TABLE.iter().filter(|row| row.source != Source::Outcome).map(|row| row.key).collect()
}

fn check(outcome: &Outcome, split: usize, note: &str) {
    let keys = keys();
    let figures = FigureSet::of(&keys).expect("all are figures");
    let mut tally = Tally::new(&figures, outcome.start_equity);
    for part in outcome.equity.equity.chunks(split) {
        tally.on_equity(part);
    }
    tally.on_held(outcome.equity.gross.iter().filter(|gross| **gross > 0.0).count());
    outcome.round_trips.iter().for_each(|trip| tally.on_trip(trip));
    for fill in &outcome.fills {
        tally.on_fill(fill, &outcome.instruments[fill.instrument.index()]);
    }
    let ends = outcome.equity.ts.first().zip(outcome.equity.ts.last());
    let frame = Frame {
        span: ends.map(|(first, last)| (*first - outcome.interval.span(), *last)),
        bars_per_year: outcome.bars_per_year,
        zone: outcome.zone(),
    };
    let got = tally.values(&figures, &frame);
    for ((key, got), want) in keys.iter().zip(got).zip(figures.of_outcome(outcome)) {
        assert_eq!(got.map(f64::to_bits), want.map(f64::to_bits), "{key}: {got:?} for {want:?}, {note}");
    }
}

#[test]
fn a_tally_gives_the_figures_of_the_tear_sheet_to_the_bit() {
    for seed in 0..40 {
        let mut rng = Rng::new(seed);
        let bars = 1 + rng.below(5000) as usize;
        let mut equity = vec![1000.0; bars];
        let mut value = 1000.0;
        for (row, slot) in equity.iter_mut().enumerate() {
            if (row / 50) % 2 == 1 {
                value *= 1.0 + 0.01 * (rng.uniform() - 0.5);
            }
            *slot = value;
        }
        let outcome = example::outcome(Interval::Minutes(1), 1000.0, equity);
        check(&outcome, 1 + 37 * seed as usize, &format!("seed {seed}"));
    }
}

#[test]
fn a_curve_that_falls_below_zero_has_no_returns_and_a_fall() {
    check(&example::outcome(Interval::Minutes(1), 10.0, vec![12.0, 6.0, -1.0, 2.0]), 1, "below zero");
    check(&example::outcome(Interval::Minutes(1), 10.0, vec![]), 1, "no bars");
    check(&example::outcome(Interval::Minutes(1), 10.0, vec![f64::INFINITY, 3.0]), 1, "infinite");
    check(&example::reference(), 1, "the reference");
}

#[test]
fn a_key_that_is_no_figure_is_told() {
    assert_eq!(FigureSet::of(&["sharpe", "sharp"]).expect_err("it is unknown"), "sharp");
    assert!(!FigureSet::of(&["sharpe", "var_95"]).expect("both are figures").can_be_tallied());
}
