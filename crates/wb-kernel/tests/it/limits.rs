//! Risk limits: each refuses with its own reason, and none keeps anyone from getting out.

use wb_core::Side::{Buy, Sell};
use wb_core::{CancelReason, OrderRequest, OrderType, Price, Qty, Side};
use wb_kernel::{RiskLimits, Size};

use crate::support::{A, B, Hand};

fn market(side: Side, lots: i64) -> OrderRequest {
    OrderRequest::market(A, side, Qty::new(lots))
}

fn limit(side: Side, lots: i64, at: i64) -> OrderRequest {
    OrderRequest::limit(A, side, Qty::new(lots), Price(10 * at))
}

fn stop(side: Side, lots: i64, at: i64) -> OrderRequest {
    OrderRequest::stop(A, side, Qty::new(lots), Price(10 * at))
}

fn limits(change: impl FnOnce(&mut RiskLimits)) -> RiskLimits {
    let mut limits = RiskLimits::default();
    change(&mut limits);
    limits
}

/// An account with 10,000 in cash whose market has been at 100 (A) and 50 (B).
fn at_100(risk: RiskLimits) -> Hand {
    let mut hand = Hand::new(risk);
    hand.close(&[100.0, 50.0]);
    hand
}

/// The same that holds so many lots of A; below zero is short.
fn holding(risk: RiskLimits, lots: i64) -> Hand {
    let mut hand = at_100(risk);
    let entry = market(if lots > 0 { Buy } else { Sell }, lots.abs());
    hand.act(move |ctx| {
        ctx.submit(entry);
    });
    hand.fill(1, entry, lots.abs(), 100.0);
    hand
}

/// Sends orders and compares the reason, if any, for which each is refused.
fn check(hand: &mut Hand, orders: &[(OrderRequest, Option<&str>)]) {
    for (request, expected) in orders {
        let request = *request;
        let said = hand.act(move |ctx| {
            ctx.submit(request);
        });
        let refused = said[0].split_once(" refused: ").map(|(_, reason)| reason);
        assert_eq!(refused, *expected, "{request:?}");
    }
}

#[test]
fn an_order_worth_too_much_is_refused() {
    let over = Some("risk limit max_order_notional");
    let mut hand = at_100(limits(|l| l.max_order_notional = Some(1000.0)));
    check(
        &mut hand,
        &[
            (market(Buy, 10), None),
            (market(Buy, 11), over),
            (market(Sell, 11), over),
            (limit(Buy, 10, 90), None),
            (limit(Sell, 10, 101), over),
            (stop(Buy, 10, 101), over),
            (stop(Sell, 10, 90), None),
        ],
    );
}

#[test]
fn a_position_worth_too_much_is_refused_with_all_that_is_on_its_way() {
    let over = Some("risk limit max_position_notional");
    let risk = limits(|l| l.max_position_notional = Some(2000.0));
    check(&mut holding(risk, 10), &[(market(Buy, 10), None), (market(Buy, 1), over)]);
    check(&mut holding(risk, 10), &[(limit(Buy, 10, 90), None), (limit(Buy, 1, 90), over)]);
    check(&mut holding(risk, 10), &[(market(Sell, 30), None), (market(Sell, 1), over)]);
    check(
        &mut holding(risk, 10),
        &[(market(Sell, 10), None), (market(Buy, 20), None), (market(Buy, 1), over)],
    );
    check(&mut holding(risk, -10), &[(market(Buy, 31), over), (market(Buy, 30), None)]);
}

#[test]
fn a_cancelled_order_no_longer_counts() {
    let risk = limits(|l| l.max_position_notional = Some(1000.0));
    let mut hand = at_100(risk);
    check(
        &mut hand,
        &[(limit(Buy, 10, 90), None), (market(Buy, 1), Some("risk limit max_position_notional"))],
    );
    hand.cancelled(1, CancelReason::Requested);
    check(&mut hand, &[(market(Buy, 10), None)]);
}

#[test]
fn one_instrument_that_is_too_large_a_share_is_refused() {
    let over = Some("risk limit max_concentration");
    let risk = limits(|l| l.max_concentration = Some(0.25));
    check(&mut at_100(risk), &[(market(Buy, 26), over), (market(Sell, 25), None), (market(Sell, 1), over)]);
    // A loss of 5,000 halves what a quarter is.
    let mut hand = holding(risk, 25);
    hand.close(&[100.0, 50.0]);
    hand.act(|ctx| {
        ctx.target(A, Size::Units(0.0));
    });
    hand.fill(2, market(Sell, 25), 25, 0.1);
    check(&mut hand, &[(market(Buy, 19), over), (market(Buy, 18), None)]);
}

#[test]
fn too_much_leverage_is_refused_over_all_instruments() {
    let over = Some("risk limit max_leverage");
    let risk = limits(|l| l.max_leverage = Some(1.5));
    let of_b = |side, lots| OrderRequest { instrument: B, ..market(side, lots) };
    check(&mut holding(risk, 100), &[(of_b(Sell, 101), over), (of_b(Sell, 100), None)]);
    // What is on its way in A counts as if it were held.
    check(&mut at_100(risk), &[(market(Buy, 100), None), (of_b(Buy, 101), over), (of_b(Buy, 100), None)]);
    check(&mut at_100(risk), &[(limit(Sell, 100, 100), None), (of_b(Buy, 101), over)]);
    // What is being sold makes room.
    check(
        &mut holding(risk, 100),
        &[(market(Sell, 50), None), (of_b(Buy, 201), over), (of_b(Buy, 200), None)],
    );
}

#[test]
fn without_equity_nothing_is_opened() {
    let mut hand = holding(limits(|l| l.max_leverage = Some(5.0)), 400);
    hand.close(&[70.0, 50.0]);
    check(&mut hand, &[(market(Sell, 400), None)]);
    let mut hand = holding(limits(|l| l.max_leverage = Some(5.0)), 400);
    hand.close(&[70.0, 50.0]);
    let of_b = OrderRequest { instrument: B, ..market(Buy, 1) };
    check(&mut hand, &[(of_b, Some("risk limit max_leverage"))]);
}

#[test]
fn orders_beyond_the_rate_are_refused_until_a_minute_is_over() {
    let over = Some("risk limit max_orders_per_minute");
    let mut hand = at_100(limits(|l| l.max_orders_per_minute = Some(2)));
    let order = market(Buy, 1);
    check(&mut hand, &[(order, None), (order, None), (order, over)]);
    hand.close(&[100.0, 50.0]);
    check(&mut hand, &[(order, None), (order, None), (order, over)]);
}

#[test]
fn orders_that_always_pass_use_up_the_rate() {
    let over = Some("risk limit max_orders_per_minute");
    let mut hand = holding(limits(|l| l.max_orders_per_minute = Some(3)), 10);
    let out = OrderRequest { reduce_only: true, ..market(Sell, 1) };
    check(&mut hand, &[(out, None), (out, None), (out, None), (out, None), (market(Buy, 1), over)]);
}

#[test]
fn an_order_that_only_reduces_passes_every_limit() {
    let nothing = RiskLimits {
        max_order_notional: Some(0.0),
        max_position_notional: Some(0.0),
        max_concentration: Some(0.0),
        max_leverage: Some(0.0),
        max_orders_per_minute: Some(0),
        max_drawdown: Some(0.1),
    };
    let mut hand = holding(RiskLimits::default(), 10);
    check(&mut hand, &[(market(Sell, 10), None)]);
    let over = Some("risk limit max_order_notional");
    let mut hand = at_100(nothing);
    check(&mut hand, &[(market(Buy, 1), over)]);
    // A position that another way of filling has brought.
    hand.fill(0, market(Buy, 10), 10, 100.0);
    let out = |request| OrderRequest { reduce_only: true, ..request };
    check(&mut hand, &[(out(market(Sell, 99)), None), (out(stop(Sell, 10, 90)), None)]);
    hand.cancelled(2, CancelReason::Group);
    check(&mut hand, &[(market(Sell, 11), over), (market(Sell, 4), None), (market(Sell, 6), None)]);
    check(&mut hand, &[(market(Sell, 1), over)]);
}

#[test]
fn two_orders_that_each_would_close_do_not_both_pass_as_reducing() {
    let risk = limits(|l| l.max_order_notional = Some(500.0));
    let over = Some("risk limit max_order_notional");
    check(&mut holding_any(risk, 10), &[(market(Sell, 10), None), (market(Sell, 10), over)]);
    check(&mut holding_any(risk, 10), &[(stop(Sell, 10, 90), None), (market(Sell, 10), over)]);
    let out = OrderRequest { reduce_only: true, ..market(Sell, 10) };
    check(&mut holding_any(risk, 10), &[(out, None), (market(Sell, 10), over)]);
    check(&mut holding_any(risk, 10), &[(stop(Sell, 10, 90), None), (out, None)]);
}

/// A position that came past the limits.
fn holding_any(risk: RiskLimits, lots: i64) -> Hand {
    let mut hand = at_100(risk);
    hand.fill(0, market(Buy, lots), lots, 100.0);
    hand
}

#[test]
fn what_makes_no_sense_is_refused_whatever_the_limits() {
    let none = RiskLimits::default();
    let zero = Some("quantity rounds to zero");
    let bad = Some("price is not above zero");
    let offset = |ticks| OrderRequest {
        kind: OrderType::TrailingStop { offset: Price(ticks) },
        reduce_only: true,
        ..market(Sell, 1)
    };
    check(
        &mut at_100(none),
        &[
            (market(Buy, 0), zero),
            (limit(Buy, 1, 0), bad),
            (limit(Buy, 1, -1), bad),
            (stop(Sell, 1, 0), bad),
            (offset(0), bad),
            (offset(1), None),
        ],
    );
    let unseen = OrderRequest { instrument: B, ..market(Buy, 1) };
    let mut hand = Hand::new(none);
    hand.close(&[100.0]);
    let no_price = Some("no market price yet");
    let reducing = OrderRequest { reduce_only: true, ..unseen };
    check(&mut hand, &[(unseen, no_price), (reducing, no_price), (market(Buy, 1), None)]);
}
