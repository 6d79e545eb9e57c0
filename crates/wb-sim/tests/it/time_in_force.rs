//! How long orders work.

use wb_core::Side::{Buy, Sell};
use wb_core::TimeInForce::{Day, Fok, Ioc};
use wb_core::{Calendar, Instrument, InstrumentKind, OrderRequest, Span, Ts, UtcOffsets};
use wb_sim::{FillModel, SimConfig};

use crate::support::{Hand, config, exit_of, instruments, limit, market, stop, with_tif};

/// Sends an order at a close of 100 to a venue that lets us trade 4 lots a bar, and compares what the next bar and
/// the one after say.
fn check(request: OrderRequest, expected: [&[&str]; 2]) {
    let mut hand = Hand::new(SimConfig { max_participation: Some(0.004), ..config() });
    assert!(hand.send(request).is_empty());
    let bar = [101.0, 103.0, 99.0, 100.0];
    assert_eq!([hand.bar(bar), hand.bar(bar)], expected, "{request:?}");
}

#[test]
fn immediate_or_cancel_fills_what_the_next_open_gives_and_ends() {
    check(with_tif(market(Buy, 10), Ioc), [&["1 buy 4 at 101", "1 cancelled time-in-force"], &[]]);
    check(with_tif(limit(Buy, 10, 101), Ioc), [&["1 buy 4 at 101", "1 cancelled time-in-force"], &[]]);
    check(with_tif(limit(Buy, 10, 100), Ioc), [&["1 cancelled time-in-force"], &[]]);
    check(with_tif(limit(Sell, 4, 101), Ioc), [&["1 sell 4 at 101"], &[]]);
}

#[test]
fn fill_or_kill_fills_all_at_the_next_open_or_nothing() {
    check(with_tif(market(Buy, 5), Fok), [&["1 cancelled time-in-force"], &[]]);
    check(with_tif(market(Buy, 4), Fok), [&["1 buy 4 at 101"], &[]]);
    check(with_tif(limit(Sell, 5, 101), Fok), [&["1 cancelled time-in-force"], &[]]);
    check(with_tif(limit(Sell, 4, 101), Fok), [&["1 sell 4 at 101"], &[]]);
    check(with_tif(limit(Sell, 4, 102), Fok), [&["1 cancelled time-in-force"], &[]]);
}

#[test]
fn good_till_cancelled_works_on_over_several_bars() {
    check(market(Buy, 7), [&["1 buy 4 at 101"], &["1 buy 3 at 101"]]);
    check(limit(Buy, 7, 99), [&["1 buy 4 at 99 as maker"], &["1 buy 3 at 99 as maker"]]);
}

#[test]
fn at_this_close_one_chance_is_this_close() {
    let mut hand =
        Hand::new(SimConfig { fill: FillModel::ThisClose, max_participation: Some(0.004), ..config() });
    assert_eq!(hand.send(with_tif(market(Buy, 5), Fok)), ["1 cancelled time-in-force"]);
    assert_eq!(hand.send(with_tif(market(Buy, 3), Fok)), ["2 buy 3 at 100"]);
    assert_eq!(hand.send(with_tif(limit(Buy, 5, 101), Ioc)), ["3 buy 1 at 100", "3 cancelled time-in-force"]);
    assert_eq!(hand.send(with_tif(limit(Buy, 5, 99), Ioc)), ["4 cancelled time-in-force"]);
}

#[test]
fn a_day_order_ends_with_its_day() {
    let mut hand = Hand::new(config());
    hand.send(with_tif(limit(Buy, 1, 90), Day));
    hand.wait(Span::from_seconds(86_400 - 180));
    assert!(hand.bar([100.0; 4]).is_empty(), "ends a minute before midnight");
    assert!(hand.bar([100.0; 4]).is_empty(), "ends at midnight");
    assert_eq!(hand.bar([100.0, 100.0, 80.0, 80.0]), ["1 expired"], "begins on the next day");
}

#[test]
fn a_day_ends_at_midnight_of_the_instruments_zone() {
    // New York in winter: five hours behind, so that its midnight is at 05:00.
    let zone = UtcOffsets::new(vec![(Ts::MIN, Span::from_seconds(-5 * 3600))]);
    let calendar = Calendar { zone, zone_name: "America/New_York".to_string(), ..Calendar::always_open() };
    let spec = Instrument { kind: InstrumentKind::Spot, calendar, ..instruments(1)[0].clone() };
    let mut hand = Hand::empty(config(), [spec].into());
    hand.wait(Span::from_seconds(23 * 3600));
    hand.bar([100.0; 4]);
    hand.send(with_tif(limit(Buy, 1, 90), Day));
    hand.wait(Span::from_seconds(2 * 3600));
    assert!(hand.bar([100.0; 4]).is_empty(), "past midnight UTC it is 20:02 in New York");
    hand.wait(Span::from_seconds(4 * 3600));
    assert_eq!(hand.bar([100.0, 100.0, 80.0, 80.0]), ["1 expired"], "00:03 in New York");
}

#[test]
fn what_a_day_order_has_filled_stays_and_keeps_its_exits() {
    let mut hand = Hand::new(SimConfig { max_participation: Some(0.004), ..config() });
    hand.send(with_tif(market(Buy, 10), Day));
    hand.send(exit_of(1, stop(Sell, 10, 95)));
    assert_eq!(hand.bar([100.0; 4]), ["1 buy 4 at 100"]);
    hand.wait(Span::DAY);
    assert_eq!(hand.bar([100.0; 4]), ["1 expired"]);
    assert_eq!(hand.bar([95.0; 4]), ["2 sell 4 at 95", "2 cancelled group"]);
}

#[test]
fn a_day_order_and_its_day_exits_end_once() {
    let mut hand = Hand::new(config());
    hand.send(with_tif(limit(Buy, 1, 90), Day));
    hand.send(with_tif(exit_of(1, stop(Sell, 1, 85)), Day));
    hand.wait(Span::DAY);
    assert_eq!(hand.bar([100.0; 4]), ["1 expired", "2 cancelled parent"]);
    assert!(hand.venue.is_idle());
}
