//! Connections that are open and dead: nothing comes, and nothing says so.

use wb_core::Span;
use wb_live::runner::{Reason, RunnerState, Severity};
use wb_live::venues::Line;

use crate::lockstep::sma;
use crate::market::Run;
use crate::rig::{Flight, Rig};

/// A rig that trades.
fn trading(run: &Run) -> Rig<'_> {
    let mut rig = Rig::new(run);
    rig.connect();
    while rig.runner.state() != RunnerState::Trading {
        if !rig.deliver() {
            rig.tick();
        }
    }
    rig
}

fn has(rig: &Rig<'_>, reason: Reason) -> bool {
    rig.runner.reasons().any(|held| held == reason)
}

#[test]
fn a_connection_for_orders_that_does_not_answer_is_made_anew_and_the_order_on_it_is_found() {
    let run = sma(3, 300);
    let mut rig = trading(&run);
    while rig.runner.open_orders() == 0 {
        if !rig.deliver() {
            rig.tick();
        }
    }
    // The order arrives; its answer does not.
    while let Some(Flight::ToExchange(..)) = rig.wire.front() {
        rig.deliver();
    }
    rig.pass_without(Line::Trading, Span::from_seconds(6));
    assert_eq!(rig.reconnects, [Line::Trading], "once");
    assert!(has(&rig, Reason::TradingLine) && rig.runner.state() == RunnerState::Starting);
    let says = "the connection for orders is made anew: it does not answer";
    assert!(rig.notices.iter().any(|(_, text)| text == says), "{:?}", rig.notices);

    rig.cut(Line::Trading);
    rig.open(Line::Trading);
    rig.finish();
    let halts: Vec<_> = rig.notices.iter().filter(|(severity, _)| *severity == Severity::Halt).collect();
    assert!(halts.is_empty(), "{halts:?}");
    let held = rig.runner.kernel().portfolio().position(run.instruments[0].id).qty.0;
    assert_eq!(rig.exchange_position(), held);
}

#[test]
fn an_idle_connection_for_orders_is_found_dead_by_the_next_comparison_of_books() {
    let run = sma(3, 300);
    let mut rig = trading(&run);
    // A market that has fallen silent as well must not hide it.
    rig.pass_without(Line::Market, Span::from_seconds(10));
    rig.wire.clear();
    rig.pass_without(Line::Trading, Span::from_seconds(66));
    assert!(rig.reconnects.contains(&Line::Trading), "{:?}", rig.notices);
}

#[test]
fn a_connection_on_which_reports_never_begin_is_made_anew() {
    let run = sma(3, 300);
    let mut rig = Rig::new(&run);
    rig.connect();
    rig.pass_without(Line::Trading, Span::from_seconds(30));
    assert_eq!(rig.reconnects, [Line::Trading], "once for each connection");
    rig.cut(Line::Trading);
    rig.open(Line::Trading);
    rig.finish();
}

#[test]
fn a_connection_for_the_market_on_which_nothing_comes_is_made_anew() {
    let run = sma(3, 300);
    let mut rig = trading(&run);
    rig.pass_without(Line::Market, Span::from_seconds(601));
    assert!(has(&rig, Reason::Stale));
    assert!(rig.reconnects.iter().all(|line| *line == Line::Market) && !rig.reconnects.is_empty());
}
