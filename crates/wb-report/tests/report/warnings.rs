//! Each warning is given when its numbers call for it, and only then.

use wb_core::{Interval, OrderState, Reject};
use wb_metrics::{ExitReason, Outcome, Tearsheet};
use wb_report::warnings;

use crate::sample::Plan;

/// Three years of days with a steady rise, sixty equal trades, fair costs: nothing to warn of.
fn sound() -> Outcome {
    let plan = Plan { seed: 9, bars: 1_100, interval: Interval::Days(1), trips: 60, symbol: "WALK" };
    let mut outcome = plan.sample().outcome;
    let mut value = outcome.start_equity;
    for (i, equity) in outcome.equity.equity.iter_mut().enumerate() {
        value *= if i % 3 == 0 { 0.993 } else { 1.005 };
        *equity = value;
    }
    outcome.equity.gross.fill(0.0);
    for trip in &mut outcome.round_trips {
        (trip.pnl, trip.exit_reason) = (1_000.0, ExitReason::Signal);
    }
    for fill in &mut outcome.fills {
        (fill.fee, fill.slippage) = (5.0, 1.0);
    }
    outcome.fills.truncate(20);
    outcome.orders.iter_mut().for_each(|order| order.state = OrderState::Filled);
    outcome.round_trips.truncate(50);
    outcome
}

fn keys(outcome: &Outcome) -> Vec<&'static str> {
    warnings(outcome, &Tearsheet::of(outcome)).into_iter().map(|w| w.key).collect()
}

/// After `change`, exactly `expected` is warned of, in words that contain `said`.
fn check(change: impl Fn(&mut Outcome), expected: &[&str], said: &str) {
    let mut outcome = sound();
    change(&mut outcome);
    assert_eq!(keys(&outcome), expected);
    let found = warnings(&outcome, &Tearsheet::of(&outcome));
    assert!(found.iter().any(|w| w.text.contains(said)), "{found:?}");
}

#[test]
fn a_sound_run_has_no_warning() {
    assert_eq!(keys(&sound()), [""; 0]);
}

#[test]
fn few_trades_are_counted() {
    check(|o| o.round_trips.truncate(7), &["few_trades"], "Only 7 trades");
    check(|o| o.round_trips.truncate(1), &["few_trades"], "Only 1 trade:");
    check(|o| o.round_trips.clear(), &["few_trades"], "No trade was closed");
}

#[test]
fn one_trade_that_carries_the_run_is_named() {
    let change = |o: &mut Outcome| o.round_trips[3].pnl = 100_000.0;
    check(change, &["dominant_trade"], "won 100,000 of a net 149,000 USDT; the other 49 made +49,000");
}

#[test]
fn costs_are_held_against_the_profit_before_them() {
    let heavy = |o: &mut Outcome| o.fills.iter_mut().for_each(|f| f.fee = 20_000.0);
    check(heavy, &["heavy_costs"], "Costs decide the result: fees and slippage took 400,020 USDT");
    let free = |o: &mut Outcome| o.fills.iter_mut().for_each(|f| (f.fee, f.slippage) = (0.0, 0.0));
    check(free, &["no_costs"], "No fees and no slippage");
}

#[test]
fn turnover_is_said_in_what_a_basis_point_would_cost() {
    let churn = |o: &mut Outcome| o.fills = o.fills.iter().cycle().take(8_000).copied().collect();
    let mut outcome = sound();
    churn(&mut outcome);
    let found = warnings(&outcome, &Tearsheet::of(&outcome));
    assert!(
        found.iter().any(|w| w.key == "high_turnover" && w.text.contains("times equity a year")),
        "{found:?}"
    );
}

#[test]
fn refused_orders_are_counted_by_reason() {
    let refuse = |o: &mut Outcome| {
        for (order, reject) in o.orders.iter_mut().zip([Reject::Margin, Reject::Margin, Reject::NoPrice]) {
            (order.state, order.reject) = (OrderState::Rejected, Some(reject));
        }
    };
    check(refuse, &["refused_orders"], "2 for not enough margin, 1 for no market price yet.");
}

#[test]
fn liquidation_ruin_and_open_positions_are_said() {
    let liquidated = |o: &mut Outcome| o.round_trips[0].exit_reason = ExitReason::Liquidation;
    check(liquidated, &["liquidation"], "1 trade was closed by liquidation");
    let open = |o: &mut Outcome| o.equity.gross[1_099] = 5_000.0;
    check(open, &["open_position"], "A position of 5,000 USDT");
    let mut outcome = sound();
    outcome.equity.equity[700] = -1.0;
    assert!(keys(&outcome).contains(&"ruin"));
}

#[test]
fn what_looks_too_good_short_or_lucky_is_said() {
    let smooth = |o: &mut Outcome| {
        let rise = |i: usize| 1.001 + 0.0005 * (i % 2) as f64;
        let mut value = o.start_equity;
        for (i, equity) in o.equity.equity.iter_mut().enumerate() {
            value *= rise(i);
            *equity = value;
        }
    };
    check(smooth, &["too_good"], "A Sharpe ratio of");
    let mut outcome = sound();
    outcome.equity.ts.truncate(100);
    outcome.equity.equity.truncate(100);
    outcome.equity.gross.truncate(100);
    outcome.benchmark = None;
    let found = keys(&outcome);
    assert!(found.contains(&"short_run") && found.contains(&"unsure"), "{found:?}");
}
