//! In lockstep the runner does what a backtest does, to the bit.

use wb_core::ParamValue;
use wb_engine::{Retelling, Retold, RunInput, run};
use wb_kernel::{Digest, Execution, Patience};
use wb_live::runner::Severity;
use wb_metrics::{Outcome, Tearsheet};
use wb_store::JournalRecord;

use crate::market::{Run, bars};
use crate::rig::Rig;

/// Two averages of few bars: it trades often.
pub(crate) fn sma(seed: u64, minutes: i64) -> Run {
    weighted(0.95, seed, minutes)
}

fn weighted(weight: f64, seed: u64, minutes: i64) -> Run {
    let params =
        [("fast", ParamValue::Int(3)), ("slow", ParamValue::Int(10)), ("weight", ParamValue::Float(weight))];
    Run::new("sma-cross", &params, bars(seed, 0, minutes))
}

/// Rehearses a run; gives how many fills it had.
fn rehearse(run_of: &Run) -> usize {
    let expected = run(&run_of.input(), &mut |_| {}).expect("it runs");
    let mut rig = Rig::new(run_of);
    rig.connect();
    rig.finish();
    let halts: Vec<&String> = rig
        .notices
        .iter()
        .filter(|(severity, _)| *severity == Severity::Halt)
        .map(|(_, text)| text)
        .collect();
    assert!(halts.is_empty(), "{halts:?}");
    assert_eq!(rig.runner.digest(), expected.digest, "{} {:?}", run_of.spec.strategy, rig.notices);
    let equity = expected.outcome.equity.equity.last().expect("bars");
    assert_eq!(rig.runner.kernel().portfolio().equity().to_bits(), equity.to_bits());
    let told = retold(run_of, &rig.journal);
    assert_eq!(told.decision_marks.len(), expected.outcome.orders.len());
    // What a venue's prices cost beyond the fee it does not say.
    let silent = without_slippage(expected.outcome.clone());
    assert_eq!(Tearsheet::of(&told.result.outcome), Tearsheet::of(&silent));
    let told = told.result.outcome;
    assert!(told.equity == silent.equity && told.fills == silent.fills, "another curve, or other fills");
    assert!(told.round_trips == silent.round_trips, "other round trips");
    expected.outcome.fills.len()
}

/// What the journal says, told to a fresh kernel.
fn retold(run_of: &Run, journal: &[JournalRecord]) -> Retold {
    let input = RunInput { bars: &[], ..run_of.input() };
    let mut retelling = Retelling::new(&input).expect("it builds");
    for record in journal {
        let same = match record {
            JournalRecord::Event(event) => retelling.event(event),
            JournalRecord::Command(ts, command) => retelling.command(*ts, command),
            JournalRecord::Digest(_, bits) => retelling.digest(Digest::from_bits(*bits)),
            JournalRecord::Prediction(..) | JournalRecord::Observation(..) => Ok(()),
        };
        same.expect("a fresh kernel answers what was recorded");
    }
    retelling.finish()
}

fn without_slippage(mut outcome: Outcome) -> Outcome {
    outcome.fills.iter_mut().for_each(|fill| fill.slippage = 0.0);
    outcome.round_trips.iter_mut().for_each(|trip| trip.slippage = 0.0);
    outcome
}

#[test]
fn a_rehearsal_in_lockstep_has_the_digest_and_the_tear_sheet_of_the_backtest() {
    for seed in 1..=6 {
        for weight in [0.5, 0.95, 1.0] {
            let fills = rehearse(&weighted(weight, seed, 300));
            assert!(fills > 10, "weight {weight}, seed {seed}: {fills} fills prove little");
        }
    }
}

#[test]
fn so_has_one_of_several_instruments() {
    assert!(rehearse(&three_coins()) > 3);
}

#[test]
fn so_has_one_whose_exits_wake_trail_and_end_each_other_inside_bars() {
    for seed in 1..=4 {
        assert!(rehearse(&with_stop_and_target(seed, 400)) > 10);
        assert!(rehearse(&with_trailing_stop(seed, 400)) > 10);
    }
}

#[test]
fn so_has_one_that_reaches_its_targets_by_limits_that_give_up() {
    for seed in 1..=4 {
        let mut run = sma(seed, 400);
        run.spec.execution = Execution::Limit(Patience { offset_bps: 30.0, cross_after: 2 });
        assert!(rehearse(&run) > 10);
    }
}

/// Positions that end at a stop or a target, both near.
pub(crate) fn with_stop_and_target(seed: u64, minutes: i64) -> Run {
    let params = [
        ("period", ParamValue::Int(3)),
        ("oversold", ParamValue::Float(40.0)),
        ("stop_atr", ParamValue::Float(1.0)),
        ("target_atr", ParamValue::Float(1.0)),
        ("short", ParamValue::Bool(false)),
    ];
    Run::new("rsi-reversion", &params, bars(seed, 0, minutes))
}

/// Positions that end at a stop that follows the market.
pub(crate) fn with_trailing_stop(seed: u64, minutes: i64) -> Run {
    let params = [
        ("entry", ParamValue::Int(5)),
        ("exit", ParamValue::Int(3)),
        ("stop", ParamValue::Choice("trailing".to_string())),
        ("short", ParamValue::Bool(false)),
    ];
    Run::new("donchian-breakout", &params, bars(seed, 0, minutes))
}

/// A strategy that holds one of three coins.
pub(crate) fn three_coins() -> Run {
    let symbols = ["NEARUSDT", "BTCUSDT", "ETHUSDT"];
    let params = [("lookback", ParamValue::Int(5)), ("hold", ParamValue::Int(3))];
    let specs = wb_strategies::STRATEGIES.iter().find(|e| e.name == "momentum-rotation").expect("listed");
    let known: Vec<String> =
        (specs.specs)(&wb_core::ParamSet::new()).expect("specs").iter().map(|s| s.name.to_string()).collect();
    let params: Vec<(&str, ParamValue)> =
        params.into_iter().filter(|(name, _)| known.iter().any(|k| k == name)).collect();
    let bars = (0..3).map(|n| bars(40 + n, 0, 400)).collect();
    Run::of("momentum-rotation", &params, &symbols, bars)
}
