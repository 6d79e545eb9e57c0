//! On which bar things happen when messages take time.

use std::sync::mpsc;

use wb_core::Side::{Buy, Sell};
use wb_core::{OrderEvent, OrderId, OrderRequest, Span, Ts};
use wb_kernel::{Context, Exits, Size};
use wb_sim::{LatencyModel, SimConfig};

use crate::script::{Call, Rig, order_events};
use crate::support::{A, config, instruments, limit, market};

fn seconds(n: i64) -> Span {
    Span::from_seconds(n)
}

/// A rig with these latencies whose strategy sends an order at its first bar, and cancels it at its second if told
/// to.
fn rig(latency: LatencyModel, request: OrderRequest, cancels: bool) -> Rig {
    let mut bars = 0;
    Rig::new(
        SimConfig { latency, ..config() },
        instruments(1),
        move |call: Call<'_>, ctx: &mut Context<'_>| {
            if let Call::Bar(..) = call {
                bars += 1;
                match bars {
                    1 => {
                        ctx.submit(request);
                    }
                    2 if cancels => ctx.cancel(OrderId(1)),
                    _ => {}
                }
            }
        },
    )
}

/// Sends a market order at the first close, at 100; bar n then opens at 100 + n. Compares the open at which it is
/// filled, and how many seconds after the first close the strategy hears of it.
fn check(latency: LatencyModel, open: i64, heard: i64) {
    let mut rig = rig(latency, market(Buy, 1), false);
    let mut fills: Vec<(i64, Ts)> = Vec::new();
    rig.close(&[(A, [100.0; 4])]);
    let first = rig.now();
    for n in 1..6 {
        rig.close(&[(A, [100.0 + f64::from(n); 4])]);
        fills.extend(order_events(&rig.session).filter_map(|(ts, event)| match event {
            OrderEvent::Filled(fill) => Some((fill.price.0 / 10, ts)),
            _ => None,
        }));
    }
    assert_eq!(fills, [(open, first + seconds(heard))], "{latency:?}");
}

#[test]
fn an_order_fills_on_the_first_bar_that_begins_after_its_way() {
    let latency = |feed, order, report| LatencyModel {
        feed: seconds(feed),
        order: seconds(order),
        report: seconds(report),
    };
    // The bar that opens at 101 begins at the first close; a bar is known when it closes, 60 seconds later.
    check(LatencyModel::default(), 101, 60);
    check(LatencyModel { order: Span(1), ..LatencyModel::default() }, 102, 120);
    check(latency(0, 59, 0), 102, 120);
    check(latency(0, 60, 0), 102, 120);
    check(latency(0, 61, 0), 103, 180);
    check(latency(1, 0, 0), 102, 120);
    check(latency(30, 30, 0), 102, 120);
    check(latency(30, 31, 0), 103, 180);
    check(latency(0, 0, 7), 101, 67);
    check(latency(1, 1, 70), 102, 190);
}

/// Sends a limit order to buy at 99 at the first close and cancels it at the second, both on their way for a second;
/// the third bar, in which the cancel arrives, is given. Compares what the strategy hears.
fn check_cancel(third: [f64; 4], expected: &[&str]) {
    let latency = LatencyModel { order: seconds(1), report: seconds(1), ..LatencyModel::default() };
    let mut rig = rig(latency, limit(Buy, 1, 99), true);
    let mut heard = Vec::new();
    for bar in [[100.0; 4], [100.0; 4], third, [100.0, 100.0, 90.0, 100.0]] {
        heard.extend(rig.close(&[(A, bar)]));
    }
    assert_eq!(heard, expected, "{third:?}");
}

#[test]
fn a_cancel_that_arrives_inside_a_bar_is_too_late_for_its_open_only() {
    check_cancel([100.0, 100.0, 98.0, 98.0], &["1 cancelled requested"]);
    check_cancel([98.0, 98.0, 98.0, 98.0], &["1 buy 1 at 98 as maker", "1 too late"]);
}

#[test]
fn a_cancel_that_arrives_after_the_fill_is_rejected() {
    // A minute on its way, it arrives at the third close, after the bar that has filled the order.
    let latency = LatencyModel { order: seconds(60), ..LatencyModel::default() };
    let mut rig = rig(latency, limit(Buy, 1, 99), true);
    let mut heard = Vec::new();
    for low in [100.0, 100.0, 98.0, 98.0] {
        heard.extend(rig.close(&[(A, [100.0, 100.0, low, 100.0])]));
    }
    assert_eq!(heard, ["1 buy 1 at 99 as maker", "1 too late"]);
}

#[test]
fn what_is_on_its_way_at_the_end_is_delivered() {
    let latency = LatencyModel { report: seconds(3600), ..LatencyModel::default() };
    let mut rig = rig(latency, market(Buy, 2), false);
    rig.close(&[(A, [100.0; 4])]);
    rig.close(&[(A, [100.0; 4])]);
    assert_eq!(rig.session.kernel().portfolio().position(A).qty.0, 0);
    assert_eq!(rig.finish(), ["1 buy 2 at 100"]);
    assert_eq!(rig.session.kernel().portfolio(), rig.session.venue().portfolio());
}

#[test]
fn nothing_new_is_begun_after_the_end() {
    let latency = LatencyModel { feed: seconds(1), order: seconds(1), report: seconds(1) };
    let (log, seen) = mpsc::channel();
    let mut rig = Rig::new(
        SimConfig { latency, ..config() },
        instruments(1),
        move |call: Call<'_>, ctx: &mut Context<'_>| {
            // Answers whatever happens, and wants to be called every second for ever.
            match call {
                Call::Timer(_) => log.send(ctx.now()).expect("the test listens"),
                _ => {
                    ctx.submit(market(Sell, 1));
                }
            }
            ctx.set_timer(ctx.now() + seconds(1));
        },
    );
    rig.close(&[(A, [100.0; 4])]);
    rig.close(&[(A, [100.0; 4])]);
    rig.finish();
    assert!(seen.try_iter().all(|ts| ts <= rig.now()));
}

#[test]
fn leaving_next_to_exits_never_turns_the_position() {
    // Held since the second bar with a stop at 95, left at the third close; the bar after that trades at the stop, in
    // time or not for the order that leaves.
    for (order, to_zero) in [(0, false), (0, true), (1, false), (1, true)] {
        let latency = LatencyModel { order: Span(order), ..LatencyModel::default() };
        let mut bars = 0;
        let mut rig = Rig::new(
            SimConfig { latency, ..config() },
            instruments(1),
            move |call: Call<'_>, ctx: &mut Context<'_>| {
                let Call::Bar(..) = call else { return };
                bars += 1;
                match bars {
                    1 => {
                        let exits = Exits { stop_loss: Some(95.0), ..Exits::default() };
                        ctx.enter(A, Size::Units(10.0), exits);
                    }
                    4 if to_zero => {
                        ctx.target(A, Size::Units(0.0));
                    }
                    4 => {
                        ctx.close(A);
                    }
                    _ => {}
                }
            },
        );
        let mut heard = Vec::new();
        for low in [100.0, 100.0, 100.0, 100.0, 94.0, 100.0, 100.0] {
            heard.extend(rig.close(&[(A, [100.0, 100.0, low, 100.0])]));
        }
        let expected = if order == 0 {
            ["1 buy 10 at 100", "3 sell 10 at 100", "2 cancelled group"]
        } else {
            ["1 buy 10 at 100", "2 sell 10 at 95", "3 cancelled group"]
        };
        assert_eq!(heard, expected, "order latency {order}, to zero: {to_zero}");
    }
}
