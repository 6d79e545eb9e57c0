//! Targets reached by limit orders: where they are put, when they give up, and what a new target does to them.

use wb_core::Side::{Buy, Sell};
use wb_core::{CancelReason, Control, OrderEvent, OrderId, OrderRequest, Qty, Reject};
use wb_kernel::{Context, Patience, Size};

use crate::support::{A, Hand};

const NOTHING: [&str; 0] = [];

/// A market at 100 (A) and 50 (B), limits 50 basis points from it that cross after two closes.
fn flat() -> Hand {
    let mut hand = Hand::patient(Patience { offset_bps: 50.0, cross_after: 2 });
    hand.close(&[100.0, 50.0]);
    hand
}

fn target(units: f64) -> impl FnOnce(&mut Context<'_>) + Send + 'static {
    move |ctx| {
        ctx.target(A, Size::Units(units));
    }
}

fn buy() -> OrderRequest {
    OrderRequest::market(A, Buy, Qty::new(10))
}

#[test]
fn a_target_is_a_limit_below_a_buy_and_above_a_sell() {
    let mut hand = flat();
    assert_eq!(hand.act(target(10.0)), ["1 buy 10 A limit 99.5"]);
    hand.fill(1, buy(), 10, 99.5);
    // 100.123 + 0.5 % is 100.6236: away from the market on a grid of tenths.
    hand.close(&[100.123, 50.0]);
    assert_eq!(hand.act(target(4.0)), ["2 sell 6 A limit 100.7 reduce"]);
}

#[test]
fn what_is_left_crosses_after_so_many_closes() {
    let mut hand = flat();
    hand.act(target(10.0));
    assert_eq!(hand.fill(1, buy(), 3, 99.5), NOTHING);
    assert_eq!(hand.close(&[101.0, 50.0]), NOTHING);
    assert_eq!(hand.close(&[102.0, 50.0]), NOTHING, "the close at which it was sent does not count");
    assert_eq!(hand.close(&[103.0, 50.0]), ["cancel 1"]);
    // A fill crosses the cancel on the wire.
    assert_eq!(hand.fill(1, buy(), 1, 99.5), NOTHING);
    assert_eq!(hand.cancelled(1, CancelReason::Requested), ["2 buy 6 A"]);
    hand.fill(2, buy(), 6, 103.0);
    assert_eq!(hand.act(target(10.0)), NOTHING);
}

#[test]
fn one_that_was_filled_before_its_cancel_came_leaves_nothing_to_cross() {
    let mut hand = flat();
    hand.act(target(10.0));
    (0..3).for_each(|_| drop(hand.close(&[101.0, 50.0])));
    assert_eq!(hand.fill(1, buy(), 10, 99.5), NOTHING);
    assert_eq!(hand.tell(OrderEvent::CancelRejected(OrderId(1))), NOTHING);
}

#[test]
fn a_new_target_replaces_the_limit_of_the_old_one() {
    let mut hand = flat();
    hand.act(target(10.0));
    assert_eq!(hand.act(target(10.0)), NOTHING, "it is on its way");
    assert_eq!(hand.act(target(12.0)), ["cancel 1"]);
    assert_eq!(hand.act(target(15.0)), NOTHING, "asked once");
    hand.close(&[102.0, 50.0]);
    assert_eq!(hand.cancelled(1, CancelReason::Requested), ["2 buy 15 A limit 101.4"]);
    // The same way as before: no new patience.
    assert_eq!(hand.close(&[102.0, 50.0]), NOTHING);
    assert_eq!(hand.close(&[102.0, 50.0]), ["cancel 2"]);
    assert_eq!(hand.act(target(0.0)), NOTHING);
    assert_eq!(hand.cancelled(2, CancelReason::Requested), NOTHING, "nothing is held, nothing is meant");
}

#[test]
fn whoever_cancels_the_limit_ends_the_way_to_the_target() {
    let mut hand = flat();
    hand.act(target(10.0));
    assert_eq!(hand.act(|ctx| ctx.cancel_all(A)), ["cancel 1"]);
    assert_eq!(hand.cancelled(1, CancelReason::Requested), NOTHING);
    hand.act(target(10.0));
    (0..3).for_each(|_| drop(hand.close(&[101.0, 50.0])));
    // Flattened while it was being withdrawn to cross.
    assert_eq!(hand.control(Control::Flatten), ["cancel 2"]);
    assert_eq!(hand.cancelled(2, CancelReason::Requested), NOTHING);
}

#[test]
fn a_limit_that_is_refused_leaves_room_for_the_next_target() {
    let mut hand = flat();
    hand.act(target(10.0));
    assert_eq!(hand.tell(OrderEvent::Rejected(OrderId(1), Reject::Margin)), NOTHING);
    assert_eq!(hand.act(target(5.0)), ["2 buy 5 A limit 99.5"]);
}

#[test]
fn a_cancel_that_came_too_late_is_asked_again_at_the_next_close() {
    let mut hand = flat();
    hand.act(target(10.0));
    (0..3).for_each(|_| drop(hand.close(&[101.0, 50.0])));
    assert_eq!(hand.tell(OrderEvent::CancelRejected(OrderId(1))), NOTHING);
    assert_eq!(hand.close(&[101.0, 50.0]), ["cancel 1"]);
}

#[test]
fn closes_cross_at_once() {
    let mut hand = flat();
    hand.fill(0, OrderRequest::market(A, Sell, Qty::new(1)), 10, 100.0);
    let close = |ctx: &mut Context<'_>| {
        ctx.close(A);
    };
    assert_eq!(hand.act(close), ["1 buy 10 A reduce"]);
}
