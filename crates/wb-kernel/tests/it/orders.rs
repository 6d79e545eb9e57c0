//! What the context sends: targets, exits, what closes a position, and what refusals do.

use std::sync::mpsc;

use wb_core::Side::{Buy, Sell};
use wb_core::{CancelReason, OrderEvent, OrderId, OrderRequest, Price, Qty, Reject};
use wb_kernel::{Context, Exits, RiskLimits, Size};

use crate::support::{A, Call, Hand};

/// A market at 100 (A) and 50 (B), nothing held.
fn flat() -> Hand {
    let mut hand = Hand::new(RiskLimits::default());
    hand.close(&[100.0, 50.0]);
    hand
}

/// The same with so many lots of A.
fn holding(lots: i64) -> Hand {
    let mut hand = flat();
    let side = if lots > 0 { Buy } else { Sell };
    hand.fill(0, OrderRequest::market(A, side, Qty::new(1)), lots.abs(), 100.0);
    hand
}

fn target(units: f64) -> impl FnOnce(&mut Context<'_>) + Send + 'static {
    move |ctx| {
        ctx.target(A, Size::Units(units));
    }
}

fn close(ctx: &mut Context<'_>) {
    ctx.close(A);
}

/// Holds so many lots, aims at so many, and compares what is sent.
fn check(held: i64, meant: f64, expected: &[&str]) {
    let mut hand = if held == 0 { flat() } else { holding(held) };
    assert_eq!(hand.act(target(meant)), expected, "{held} to {meant}");
}

#[test]
fn a_target_sends_the_difference_and_can_only_reduce_where_it_shrinks() {
    check(0, 10.0, &["1 buy 10 A"]);
    check(0, -10.0, &["1 sell 10 A"]);
    check(10, 15.9, &["1 buy 5 A"]);
    check(10, 10.0, &[]);
    check(10, 4.0, &["1 sell 6 A reduce"]);
    check(10, 0.0, &["1 sell 10 A reduce"]);
    check(10, -5.0, &["1 sell 15 A"]);
    check(-10, -4.0, &["1 buy 6 A reduce"]);
    check(-10, 0.0, &["1 buy 10 A reduce"]);
    check(-10, 3.0, &["1 buy 13 A"]);
    check(10, f64::NAN, &["1 sell 10 A reduce"]);
    check(-10, 1e30, &["1 buy 9007199254741002 A"]);
    check(10, f64::NEG_INFINITY, &["1 sell 9007199254741002 A"]);
}

#[test]
fn a_target_counts_what_is_on_its_way() {
    let mut hand = flat();
    assert_eq!(hand.act(target(10.0)), ["1 buy 10 A"]);
    assert!(hand.act(target(10.0)).is_empty());
    assert_eq!(hand.act(target(4.0)), ["2 sell 6 A reduce"]);
    assert_eq!(hand.act(target(0.0)), ["3 sell 4 A reduce"]);
    assert!(hand.act(close).is_empty());
    assert_eq!(hand.act(target(-5.0)), ["4 sell 5 A"]);
    hand.fill(1, OrderRequest::market(A, Buy, Qty::new(10)), 10, 100.0);
    assert!(hand.act(target(-5.0)).is_empty());
    hand.cancelled(2, CancelReason::Requested);
    assert_eq!(hand.act(target(-5.0)), ["5 sell 6 A"]);
}

#[test]
fn closing_sends_what_is_held_and_on_its_way_once() {
    assert!(flat().act(close).is_empty());
    let mut hand = holding(10);
    assert_eq!(hand.act(close), ["1 sell 10 A reduce"]);
    assert!(hand.act(close).is_empty(), "it is on its way");
    hand.fill(1, OrderRequest::market(A, Sell, Qty::new(10)), 4, 100.0);
    assert!(hand.act(close).is_empty(), "as is the rest of it");
    hand.cancelled(1, CancelReason::Requested);
    assert_eq!(hand.act(close), ["2 sell 6 A reduce"]);

    let mut hand = flat();
    hand.act(target(-7.0));
    assert_eq!(hand.act(close), ["2 buy 7 A reduce"], "an entry that has not filled");
}

#[test]
fn exits_are_sent_with_their_entry_and_rounded_to_be_safe() {
    let exits = Exits { stop_loss: Some(94.96), take_profit: Some(110.01), trailing: Some(2.04) };
    let enter = |units: f64, exits: Exits| {
        flat().act(move |ctx| {
            ctx.enter(A, Size::Units(units), exits);
        })
    };
    assert_eq!(
        enter(10.0, exits),
        [
            "1 buy 10 A",
            "2 sell 10 A stop 95 reduce",
            "3 sell 10 A limit 110.1 reduce",
            "4 sell 10 A trailing 2 reduce"
        ]
    );
    let exits = Exits { stop_loss: Some(105.04), take_profit: Some(90.09), trailing: Some(0.001) };
    assert_eq!(
        enter(-10.0, exits),
        [
            "1 sell 10 A",
            "2 buy 10 A stop 105 reduce",
            "3 buy 10 A limit 90 reduce",
            "4 buy 10 A trailing 0.1 reduce"
        ]
    );
    assert!(enter(0.4, exits).is_empty());
}

#[test]
fn every_group_is_new() {
    let (log, groups) = mpsc::channel();
    flat().act(move |ctx| {
        log.send(ctx.new_group()).expect("the test listens");
        ctx.enter(A, Size::Units(1.0), Exits { stop_loss: Some(90.0), ..Exits::default() });
        log.send(ctx.new_group()).expect("the test listens");
    });
    // The exits have the one in between.
    assert_eq!(groups.try_iter().map(|group| group.0).collect::<Vec<_>>(), [1, 3]);
}

#[test]
fn an_entry_that_is_refused_has_no_exits() {
    let mut hand = Hand::new(RiskLimits { max_order_notional: Some(1.0), ..RiskLimits::default() });
    hand.close(&[100.0, 50.0]);
    let said = hand.act(|ctx| {
        ctx.enter(A, Size::Units(1.0), Exits { stop_loss: Some(90.0), ..Exits::default() });
    });
    assert_eq!(said, ["1 buy 1 A refused: risk limit max_order_notional"]);
}

#[test]
fn only_open_orders_are_cancelled() {
    let mut hand = flat();
    let order = OrderRequest::limit(A, Buy, Qty::new(1), Price(900));
    hand.act(move |ctx| {
        ctx.submit(order);
    });
    let cancel = |ctx: &mut Context<'_>| ctx.cancel(OrderId(1));
    assert_eq!(hand.act(cancel), ["cancel 1"]);
    hand.cancelled(1, CancelReason::Requested);
    assert!(hand.act(cancel).is_empty());
    assert!(hand.act(|ctx| ctx.cancel_all(A)).is_empty());
}

#[test]
fn a_refusal_is_told_one_event_later() {
    let (log, heard) = mpsc::channel();
    let risk = RiskLimits { max_order_notional: Some(1.0), ..RiskLimits::default() };
    let mut hand = Hand::with(1, risk, move |setup| {
        let instrument = setup.instrument("all").expect("one");
        setup.bars(instrument);
        move |call: Call<'_>, ctx: &mut Context<'_>| match call {
            Call::BarsClosed => {
                ctx.submit(OrderRequest::market(A, Buy, Qty::new(1)));
            }
            Call::Order(OrderEvent::Rejected(id, reason)) => {
                log.send((id.0, *reason, ctx.mark(A))).expect("the test listens");
            }
            _ => {}
        }
    });
    let refused = |n| vec![format!("{n} buy 1 A refused: risk limit max_order_notional")];
    assert_eq!(hand.close(&[100.0]), refused(1));
    assert_eq!(heard.try_iter().count(), 0);
    assert_eq!(hand.close(&[101.0]), refused(2));
    let reason = Reject::Risk(wb_core::RiskLimit::OrderNotional);
    assert_eq!(heard.try_iter().collect::<Vec<_>>(), [(1, reason, Some(100.0))], "before the event is seen");
}

#[test]
fn a_strategy_that_answers_each_refusal_with_the_same_order_does_not_hang() {
    let mut hand = Hand::with(1, RiskLimits::default(), |setup| {
        let instrument = setup.instrument("all").expect("one");
        setup.bars(instrument);
        |_: Call<'_>, ctx: &mut Context<'_>| {
            ctx.submit(OrderRequest::market(A, Buy, Qty::ZERO));
        }
    });
    // A call for the bar and one for the close; from then on one more for each refusal of the event before.
    let refusals: Vec<usize> = (0..4).map(|_| hand.close(&[100.0]).len()).collect();
    assert_eq!(refusals, [2, 4, 6, 8]);
}

#[test]
#[should_panic(expected = "which has 3 left")]
fn a_fill_of_more_than_is_left_is_a_panic() {
    let mut hand = flat();
    hand.act(target(10.0));
    let order = OrderRequest::market(A, Buy, Qty::new(10));
    hand.fill(1, order, 7, 100.0);
    hand.fill(1, order, 4, 100.0);
}

#[test]
fn a_fill_that_comes_after_its_cancel_is_booked() {
    let mut hand = flat();
    hand.act(target(10.0));
    hand.cancelled(1, CancelReason::Requested);
    hand.fill(1, OrderRequest::market(A, Buy, Qty::new(10)), 10, 100.0);
    assert_eq!(hand.kernel.portfolio().position(A).qty.0, 10);
    assert_eq!(hand.act(close), ["2 sell 10 A reduce"]);
}
