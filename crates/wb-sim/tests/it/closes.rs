//! Closes of several instruments, timers, and strategies that answer everything.

use std::sync::mpsc;

use wb_core::Side::{Buy, Sell};
use wb_core::{OrderId, Span};
use wb_kernel::Context;
use wb_sim::{FillModel, LatencyModel, SimConfig};

use crate::script::{Call, Rig};
use crate::support::{A, B, config, instruments, limit, market, of};

const NO_LATENCY: LatencyModel = LatencyModel { feed: Span::ZERO, order: Span::ZERO, report: Span::ZERO };
/// So little that only the other path through the session differs.
const REPORTS_LATE: LatencyModel = LatencyModel { report: Span(1), ..NO_LATENCY };

#[test]
fn the_strategy_sees_every_bar_and_then_the_close_once() {
    let (log, seen) = mpsc::channel();
    let mut rig = Rig::new(config(), instruments(2), move |call: Call<'_>, _: &mut Context<'_>| {
        log.send(match call {
            Call::Bar(n, bar) => format!("{n} at {}", bar.close),
            other => format!("{other:?}"),
        })
        .expect("the test listens");
    });
    rig.close(&[(A, [100.0; 4]), (B, [50.0; 4])]);
    rig.close(&[(B, [51.0; 4])]);
    let expected = ["0 at 100", "1 at 50", "BarsClosed", "1 at 51", "BarsClosed"];
    assert_eq!(seen.try_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn an_order_sent_at_a_close_never_fills_on_a_bar_of_that_close() {
    for latency in [NO_LATENCY, REPORTS_LATE] {
        let mut sent = false;
        let config = SimConfig { latency, ..config() };
        let mut rig = Rig::new(config, instruments(2), move |call: Call<'_>, ctx: &mut Context<'_>| {
            if let Call::Bar(0, bar) = call
                && bar.close > 100.0
                && !std::mem::replace(&mut sent, true)
            {
                ctx.submit(of(B, market(Buy, 1)));
                ctx.submit(of(B, limit(Buy, 1, 45)));
            }
        });
        rig.close(&[(A, [100.0; 4]), (B, [50.0; 4])]);
        let falls = (B, [50.0, 50.0, 40.0, 42.0]);
        assert!(rig.close(&[(A, [101.0; 4]), falls]).is_empty(), "{latency:?}");
        let mut said = rig.close(&[(A, [101.0; 4]), (B, [43.0; 4])]);
        said.extend(rig.finish());
        assert_eq!(said, ["1 buy 1 at 43", "2 buy 1 at 43"], "{latency:?}");
    }
}

#[test]
fn a_cancel_sent_at_a_close_cannot_undo_what_a_bar_of_that_close_has_filled() {
    for latency in [NO_LATENCY, REPORTS_LATE] {
        let mut bars = 0;
        let config = SimConfig { latency, ..config() };
        let mut rig = Rig::new(config, instruments(2), move |call: Call<'_>, ctx: &mut Context<'_>| {
            if let Call::Bar(0, _) = call {
                bars += 1;
                match bars {
                    2 => {
                        ctx.submit(of(B, limit(Buy, 1, 45)));
                    }
                    3 => ctx.cancel(OrderId(1)),
                    _ => {}
                }
            }
        });
        rig.close(&[(A, [100.0; 4]), (B, [50.0; 4])]);
        rig.close(&[(A, [100.0; 4]), (B, [50.0; 4])]);
        // A's bar is shown first; at its close B's has been through 45.
        let mut said = rig.close(&[(A, [100.0; 4]), (B, [50.0, 50.0, 40.0, 50.0])]);
        said.extend(rig.finish());
        assert_eq!(said[0], "1 buy 1 at 45 as maker", "{latency:?}");
    }
}

#[test]
fn at_this_close_orders_fill_in_every_instrument_that_has_closed() {
    let config = SimConfig { fill: FillModel::ThisClose, ..config() };
    let mut rig = Rig::new(config, instruments(2), |call: Call<'_>, ctx: &mut Context<'_>| {
        if let Call::Bar(0, _) = call {
            ctx.submit(of(A, market(Buy, 1)));
            // B is sized at its last price but filled at this close.
            if ctx.mark(B).is_some() {
                ctx.submit(of(B, market(Sell, 1)));
            }
        }
    });
    assert_eq!(rig.close(&[(A, [100.0; 4]), (B, [50.0; 4])]), ["1 buy 1 at 100"]);
    let said = rig.close(&[(A, [101.0; 4]), (B, [52.0; 4])]);
    assert_eq!(said, ["2 buy 1 at 101", "3 sell 1 at 52"]);
    assert_eq!(rig.close(&[(A, [102.0; 4])]), ["4 buy 1 at 102"], "B has no bar at this close");
    assert_eq!(rig.close(&[(B, [53.0; 4])]), ["5 sell 1 at 53"]);
}

#[test]
fn timers_run_in_time_order_before_the_bar_that_closes_with_them() {
    for latency in [NO_LATENCY, REPORTS_LATE] {
        let (log, seen) = mpsc::channel();
        let mut first = true;
        let config = SimConfig { latency, ..config() };
        let mut rig =
            Rig::new(config, instruments(1), move |call: Call<'_>, ctx: &mut Context<'_>| match call {
                Call::Bar(..) if std::mem::replace(&mut first, false) => {
                    for after in [60, 20, 40] {
                        ctx.set_timer(ctx.now() + Span::from_seconds(after));
                    }
                }
                Call::Bar(..) => log.send("bar".to_string()).expect("the test listens"),
                Call::Timer(id) => {
                    let second = ctx.now().time_of_day().0 / 1_000_000_000;
                    log.send(format!("{} at {second}", id.0)).expect("the test listens");
                }
                _ => {}
            });
        rig.close(&[(A, [100.0; 4])]);
        rig.close(&[(A, [100.0; 4])]);
        rig.finish();
        let expected = ["2 at 80", "3 at 100", "1 at 120", "bar"];
        assert_eq!(seen.try_iter().collect::<Vec<_>>(), expected, "{latency:?}");
    }
}

#[test]
fn an_order_sent_by_a_timer_inside_a_bar_waits_for_the_next() {
    let mut rig = Rig::new(config(), instruments(1), |call: Call<'_>, ctx: &mut Context<'_>| match call {
        Call::Timer(_) => {
            ctx.submit(market(Buy, 1));
        }
        Call::Bar(_, bar) if bar.close < 101.0 => {
            ctx.set_timer(ctx.now() + Span::from_seconds(30));
        }
        _ => {}
    });
    rig.close(&[(A, [100.0; 4])]);
    assert!(rig.close(&[(A, [101.0; 4])]).is_empty());
    assert_eq!(rig.close(&[(A, [102.0; 4])]), ["1 buy 1 at 102"]);
}

#[test]
fn a_strategy_that_answers_everything_at_once_does_not_hang_a_run() {
    for latency in [NO_LATENCY, LatencyModel { feed: Span(1), ..NO_LATENCY }] {
        let config = SimConfig { latency, ..config() };
        let mut rig = Rig::new(config, instruments(1), |call: Call<'_>, ctx: &mut Context<'_>| match call {
            Call::Order | Call::BarsClosed => {
                ctx.submit(limit(Buy, 1, 1));
            }
            Call::Timer(_) | Call::Bar(..) => {
                ctx.set_timer(ctx.now());
            }
        });
        for _ in 0..3 {
            rig.close(&[(A, [100.0; 4])]);
        }
        rig.finish();
        assert_eq!(rig.session.kernel().portfolio(), rig.session.venue().portfolio());
    }
}

#[test]
fn many_reports_at_one_close_are_all_told_at_it() {
    let mut rig = Rig::new(config(), instruments(1), |call: Call<'_>, ctx: &mut Context<'_>| {
        if let Call::Bar(_, bar) = call
            && bar.close < 101.0
        {
            for _ in 0..15_000 {
                ctx.submit(market(Buy, 1));
                ctx.submit(market(Sell, 1));
            }
        }
    });
    rig.close(&[(A, [100.0; 4])]);
    assert_eq!(rig.close(&[(A, [101.0; 4])]).len(), 30_000);
}
