//! At which price and in which bar each kind of order is filled.

use wb_core::OrderType;
use wb_core::Side::{Buy, Sell};
use wb_core::{OrderRequest, Span, Ts};
use wb_sim::{FillModel, SimConfig};

use crate::support::{
    A, B, Hand, config, instruments, limit, market, of, stop, stop_limit, trailing, with_tif,
};

/// Sends an order at a close of 100 and compares what the next bars say.
fn check(request: OrderRequest, bars: &[[f64; 4]], expected: &[&[&str]]) {
    let mut hand = Hand::new(config());
    assert!(hand.send(request).is_empty(), "{request:?} waits for the next bar");
    let said: Vec<Vec<String>> = bars.iter().map(|bar| hand.bar(*bar)).collect();
    assert_eq!(said, expected, "{request:?}");
}

#[test]
fn a_market_order_fills_at_the_next_open() {
    check(market(Buy, 3), &[[101.0, 105.0, 99.0, 104.0]], &[&["1 buy 3 at 101"]]);
    check(market(Sell, 3), &[[101.0, 105.0, 99.0, 104.0]], &[&["1 sell 3 at 101"]]);
}

#[test]
fn a_fill_at_the_open_is_stamped_there_and_one_inside_at_the_close() {
    let mut hand = Hand::new(config());
    let open = hand.now();
    hand.send(market(Buy, 1));
    hand.send(limit(Buy, 1, 90));
    hand.bar([95.0, 95.0, 85.0, 88.0]);
    assert_eq!(hand.fills.iter().map(|fill| fill.ts).collect::<Vec<Ts>>(), [open, hand.now()]);
}

#[test]
fn a_market_order_fills_at_this_close_where_that_is_the_model() {
    let mut hand = Hand::new(SimConfig { fill: FillModel::ThisClose, ..config() });
    assert_eq!(hand.send(market(Buy, 3)), ["1 buy 3 at 100"]);
    assert_eq!(hand.send(limit(Sell, 3, 99)), ["2 sell 3 at 100"], "a limit that crosses as well");
    assert!(hand.send(limit(Sell, 3, 101)).is_empty());
    assert!(hand.send_at(Span::from_seconds(1), market(Buy, 1)).is_empty(), "the close has passed");
    assert!(hand.bar([100.0; 4]).is_empty(), "it was not there at the open");
    assert_eq!(hand.bar([99.0, 99.0, 99.0, 99.0]), ["4 buy 1 at 99"]);
}

#[test]
fn a_limit_fills_at_its_price_inside_a_bar_that_touches_it() {
    check(limit(Buy, 1, 98), &[[100.0, 101.0, 98.0, 99.0]], &[&["1 buy 1 at 98 as maker"]]);
    check(limit(Sell, 1, 102), &[[100.0, 102.0, 98.0, 99.0]], &[&["1 sell 1 at 102 as maker"]]);
    check(limit(Buy, 1, 98), &[[100.0, 101.0, 98.1, 99.0]], &[&[]]);
    check(limit(Sell, 1, 102), &[[100.0, 101.9, 98.0, 99.0]], &[&[]]);
}

#[test]
fn a_gap_through_a_limit_fills_at_the_open() {
    check(limit(Buy, 1, 98), &[[97.0, 101.0, 96.0, 99.0]], &[&["1 buy 1 at 97 as maker"]]);
    check(limit(Sell, 1, 102), &[[103.0, 104.0, 98.0, 99.0]], &[&["1 sell 1 at 103 as maker"]]);
}

#[test]
fn a_limit_that_crosses_on_arrival_takes_and_one_that_has_rested_makes() {
    check(limit(Buy, 1, 101), &[[99.0, 99.0, 99.0, 99.0]], &[&["1 buy 1 at 99"]]);
    // The open is above the limit, so it rests; the bar after opens below it.
    check(
        limit(Buy, 1, 101),
        &[[102.0, 102.0, 102.0, 102.0], [99.0, 99.0, 99.0, 99.0]],
        &[&[], &["1 buy 1 at 99 as maker"]],
    );
}

#[test]
fn a_stop_fills_at_its_trigger_inside_a_bar_that_touches_it() {
    check(stop(Sell, 1, 98), &[[100.0, 101.0, 98.0, 100.0]], &[&["1 sell 1 at 98"]]);
    check(stop(Buy, 1, 102), &[[100.0, 102.0, 99.0, 100.0]], &[&["1 buy 1 at 102"]]);
    check(stop(Sell, 1, 98), &[[100.0, 101.0, 98.1, 100.0]], &[&[]]);
    check(stop(Buy, 1, 102), &[[100.0, 101.9, 99.0, 100.0]], &[&[]]);
}

#[test]
fn a_gap_through_a_stop_fills_at_the_open() {
    check(stop(Sell, 1, 98), &[[95.0, 101.0, 94.0, 100.0]], &[&["1 sell 1 at 95"]]);
    check(stop(Buy, 1, 102), &[[105.0, 106.0, 99.0, 100.0]], &[&["1 buy 1 at 105"]]);
}

#[test]
fn a_stop_limit_that_is_touched_becomes_a_limit() {
    // Bought at the trigger, which is within the limit.
    check(stop_limit(Buy, 1, 102, 103), &[[100.0, 104.0, 99.0, 104.0]], &[&["1 buy 1 at 102"]]);
    check(stop_limit(Sell, 1, 98, 97), &[[100.0, 101.0, 96.0, 96.0]], &[&["1 sell 1 at 98"]]);
    // A gap that stays within the limit fills at the open.
    check(stop_limit(Buy, 1, 102, 106), &[[105.0, 107.0, 104.0, 106.0]], &[&["1 buy 1 at 105"]]);
}

#[test]
fn a_stop_limit_rests_where_the_market_gaps_beyond_its_limit() {
    check(
        stop_limit(Buy, 1, 102, 103),
        &[[105.0, 107.0, 104.0, 106.0], [106.0, 107.0, 103.0, 104.0]],
        &[&[], &["1 buy 1 at 103 as maker"]],
    );
    // Triggered at the open, it works inside this very bar.
    check(stop_limit(Buy, 1, 102, 103), &[[105.0, 107.0, 103.0, 106.0]], &[&["1 buy 1 at 103 as maker"]]);
    check(stop_limit(Sell, 1, 98, 97), &[[95.0, 97.0, 94.0, 96.0]], &[&["1 sell 1 at 97 as maker"]]);
}

#[test]
fn a_stop_limit_whose_limit_lies_before_its_trigger_waits_for_the_next_bar() {
    // The bar does not tell whether it was at 99 after it had been at 102.
    check(
        stop_limit(Buy, 1, 102, 99),
        &[[100.0, 103.0, 98.0, 101.0], [101.0, 101.0, 99.0, 100.0]],
        &[&[], &["1 buy 1 at 99 as maker"]],
    );
}

#[test]
fn a_trailing_stop_is_tested_at_its_old_trigger_first() {
    // From 100 at a distance of 3: trigger 97, touched although the bar also rose to 110.
    check(trailing(Sell, 1, 3), &[[100.0, 110.0, 97.0, 109.0]], &[&["1 sell 1 at 97"]]);
    check(trailing(Buy, 1, 3), &[[100.0, 103.0, 90.0, 91.0]], &[&["1 buy 1 at 103"]]);
    check(trailing(Sell, 1, 3), &[[95.0, 96.0, 94.0, 95.0]], &[&["1 sell 1 at 95"]]);
}

#[test]
fn a_trailing_stop_follows_the_best_price_and_never_back() {
    // 97, then 105 - 3 = 102; the next bar's high of 104 does not lower it.
    check(
        trailing(Sell, 1, 3),
        &[[100.0, 105.0, 98.0, 104.0], [104.0, 104.0, 103.0, 103.0], [103.0, 103.0, 101.0, 102.0]],
        &[&[], &[], &["1 sell 1 at 102"]],
    );
    check(
        trailing(Buy, 1, 3),
        &[[100.0, 102.0, 95.0, 96.0], [96.0, 97.0, 96.0, 97.0], [97.0, 99.0, 97.0, 98.0]],
        &[&[], &[], &["1 buy 1 at 98"]],
    );
}

#[test]
fn a_trailing_stop_fills_where_the_bar_closes_beyond_its_new_trigger() {
    // The high of 106 moves the trigger to 103, and from there the bar fell to close at 102.
    check(trailing(Sell, 1, 3), &[[100.0, 106.0, 99.0, 102.0]], &[&["1 sell 1 at 103"]]);
    check(trailing(Sell, 1, 3), &[[100.0, 106.0, 99.0, 103.1]], &[&[]]);
    check(trailing(Buy, 1, 3), &[[100.0, 101.0, 94.0, 98.0]], &[&["1 buy 1 at 97"]]);
}

#[test]
fn at_the_open_orders_fill_in_the_order_of_arrival_then_stops_then_limits() {
    let mut hand = Hand::new(config());
    hand.send(limit(Buy, 1, 101));
    hand.send(stop(Sell, 2, 99));
    hand.send(market(Sell, 3));
    hand.send(market(Buy, 4));
    let said = hand.bar([98.0, 98.0, 98.0, 98.0]);
    assert_eq!(said, ["3 sell 3 at 98", "4 buy 4 at 98", "2 sell 2 at 98", "1 buy 1 at 98"]);
}

#[test]
fn inside_a_bar_stops_fill_before_limits() {
    let mut hand = Hand::new(config());
    hand.send(limit(Sell, 1, 103));
    hand.send(stop(Sell, 2, 97));
    assert_eq!(hand.bar([100.0, 104.0, 96.0, 100.0]), ["2 sell 2 at 97", "1 sell 1 at 103 as maker"]);
}

#[test]
fn an_order_that_arrives_while_a_bar_goes_on_waits_for_the_next() {
    for request in [market(Buy, 1), limit(Buy, 1, 100), stop(Buy, 1, 100), trailing(Buy, 1, 1)] {
        let mut hand = Hand::new(config());
        hand.send_at(Span(1), request);
        assert!(hand.bar([100.0, 110.0, 90.0, 100.0]).is_empty(), "{request:?} is not there at the open");
        assert_eq!(hand.bar([100.0, 110.0, 90.0, 100.0]).len(), 1, "{request:?}");
    }
}

#[test]
fn an_order_fills_on_bars_of_its_own_instrument_only() {
    let mut hand = Hand::empty(config(), instruments(2));
    hand.close(&[(A, [100.0; 4]), (B, [50.0; 4])]);
    hand.send(of(B, market(Buy, 1)));
    assert!(hand.close(&[(A, [101.0; 4])]).is_empty());
    assert_eq!(hand.close(&[(A, [102.0; 4]), (B, [51.0; 4])]), ["1 buy 1 at 51"]);
}

#[test]
fn prices_between_two_ticks_are_filled_on_the_worse_tick() {
    check(market(Buy, 1), &[[100.03, 101.0, 99.0, 100.0]], &[&["1 buy 1 at 100.1"]]);
    check(market(Sell, 1), &[[100.07, 101.0, 99.0, 100.0]], &[&["1 sell 1 at 100"]]);
    // A bar whose low lies above 98 by less than a tick has not touched it.
    check(limit(Buy, 1, 98), &[[100.0, 101.0, 98.03, 99.0]], &[&[]]);
    check(stop(Sell, 1, 98), &[[100.0, 101.0, 98.03, 99.0]], &[&[]]);
}

#[test]
fn a_post_only_order_that_would_take_is_refused() {
    let post_only = |side, at| OrderRequest {
        kind: OrderType::Limit { price: crate::support::price(at), post_only: true },
        ..market(side, 1)
    };
    let mut hand = Hand::new(config());
    let refused = "post-only order would take liquidity";
    assert_eq!(hand.send(post_only(Buy, 100)), [format!("1 rejected: {refused}")], "at the last price");
    assert_eq!(hand.send(post_only(Sell, 99)), [format!("2 rejected: {refused}")]);
    assert!(hand.send(post_only(Buy, 99)).is_empty());
    assert_eq!(hand.bar([100.0, 100.0, 98.0, 98.0]), ["3 buy 1 at 99 as maker"]);
}

#[test]
fn stops_of_one_chance_have_one() {
    use wb_core::TimeInForce::{Fok, Ioc};
    let thin = SimConfig { max_participation: Some(0.001), ..config() };
    for request in [stop(Sell, 5, 98), stop_limit(Sell, 5, 98, 97), trailing(Sell, 5, 2)] {
        let mut hand = Hand::new(thin);
        hand.send(with_tif(request, Ioc));
        assert!(hand.bar([100.0, 100.0, 99.0, 99.0]).is_empty(), "not triggered yet: {request:?}");
        let said = hand.bar([99.0, 99.0, 97.5, 97.5]);
        assert_eq!(said, ["1 sell 1 at 98", "1 cancelled time-in-force"], "{request:?}");
        let mut hand = Hand::new(thin);
        hand.send(with_tif(request, Fok));
        assert_eq!(hand.bar([100.0, 100.0, 97.5, 97.5]), ["1 cancelled time-in-force"], "{request:?}");
    }
    let mut hand = Hand::new(SimConfig { fill: FillModel::ThisClose, ..config() });
    hand.send(with_tif(stop(Sell, 5, 98), Ioc));
    assert_eq!(hand.bar([100.0, 100.0, 97.0, 97.0]), ["1 sell 5 at 98"], "it waits for its trigger");
}
