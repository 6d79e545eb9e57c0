//! Margin, liquidation and the cost of borrowing, against figures by hand.

use wb_core::Side::{Buy, Sell};
use wb_core::TimeInForce::Fok;
use wb_core::{Event, Interval, OrderRequest, Span, Ts};
use wb_sim::{FeeModel, SimConfig, SlippageModel};

use crate::support::{A, B, Hand, config, instruments, limit, market, of, reducing, with_tif};

fn fees(change: impl FnOnce(&mut FeeModel)) -> FeeModel {
    let mut fees = FeeModel::default();
    change(&mut fees);
    fees
}

/// Sends one order to an account with 10,000 in cash, and compares the lots that a bar at 100 fills of it.
fn check(config: SimConfig, request: OrderRequest, lots: i64) {
    let mut hand = Hand::new(config);
    hand.send(request);
    let said = hand.bar([100.0; 4]);
    let filled = hand.position().abs();
    assert_eq!(filled, lots, "{request:?} {config:?}");
    assert_eq!(said.last().is_some_and(|s| s == "1 cancelled margin"), filled < request.qty.lots());
}

#[test]
fn a_purchase_is_cut_to_what_leverage_allows_after_fees() {
    let of_fees = |fees, leverage| SimConfig { fees, leverage, ..config() };
    check(config(), market(Buy, 100), 100);
    check(config(), market(Buy, 101), 100);
    check(config(), market(Sell, 101), 100);
    // 10,000 / 100.1 = 99.9
    check(of_fees(fees(|f| f.taker_bps = 10.0), 1.0), market(Buy, 200), 99);
    // 2 * (10,000 - 0.1 n) = 100 n: n = 199.6
    check(of_fees(fees(|f| f.taker_bps = 10.0), 2.0), market(Buy, 300), 199);
    check(of_fees(fees(|f| f.taker_bps = 10.0), 2.0), market(Sell, 300), 199);
    // 10,000 / 100.5 = 99.5
    check(of_fees(fees(|f| f.per_unit = 0.5), 1.0), market(Buy, 200), 99);
    check(of_fees(fees(|f| f.per_order = 200.0), 1.0), market(Buy, 200), 98);
    check(of_fees(fees(|f| f.minimum = 150.0), 1.0), market(Buy, 200), 98);
    // A maker's fee for a maker.
    check(of_fees(fees(|f| f.taker_bps = 500.0), 1.0), limit(Buy, 200, 100), 95);
    let rebate = of_fees(fees(|f| f.maker_bps = -500.0), 1.0);
    let mut hand = Hand::new(rebate);
    hand.send(limit(Buy, 200, 90));
    assert_eq!(hand.bar([100.0, 100.0, 90.0, 90.0])[0], "1 buy 111 at 90 as maker", "no rebate in advance");
}

#[test]
fn an_order_that_cannot_be_carried_at_all_is_cancelled_and_all_or_nothing_is_nothing() {
    check(SimConfig { cash: 99.0, ..config() }, market(Buy, 1), 0);
    check(config(), with_tif(market(Buy, 101), Fok), 0);
}

#[test]
fn margin_is_checked_at_the_price_of_the_fill_not_of_the_order() {
    let mut hand = Hand::new(config());
    hand.send(market(Buy, 100));
    assert_eq!(hand.bar([125.0; 4]), ["1 buy 80 at 125", "1 cancelled margin"]);
}

#[test]
fn what_is_held_counts_at_its_market_value() {
    let mut hand = Hand::new(config());
    hand.send(market(Buy, 50));
    hand.bar([100.0; 4]);
    hand.send(market(Buy, 100));
    // Worth 11,000 at 120, 6,000 of it used: 41 more at 120 each.
    assert_eq!(hand.bar([120.0; 4]), ["2 buy 41 at 120", "2 cancelled margin"]);
}

#[test]
fn all_instruments_share_one_margin() {
    let mut hand = Hand::empty(config(), instruments(2));
    hand.close(&[(A, [100.0; 4]), (B, [50.0; 4])]);
    hand.send(market(Buy, 60));
    hand.send(of(B, market(Sell, 100)));
    let said = hand.close(&[(A, [100.0; 4]), (B, [50.0; 4])]);
    assert_eq!(said, ["1 buy 60 at 100", "2 sell 80 at 50", "2 cancelled margin"]);
}

#[test]
fn a_reduction_always_passes_and_a_turn_is_cut_after_it() {
    let mut hand = Hand::new(config());
    hand.send(market(Buy, 50));
    hand.bar([100.0; 4]);
    hand.send(market(Sell, 200));
    assert_eq!(hand.bar([100.0; 4]), ["2 sell 150 at 100", "2 cancelled margin"], "50 out, 100 short");
    // A loss of 9,000 leaves 1,000 for 19,000 short.
    hand.send(market(Buy, 90));
    assert_eq!(hand.bar([190.0; 4]), ["3 buy 90 at 190"]);
}

#[test]
fn a_sale_at_the_same_open_pays_for_a_purchase_in_an_instrument_that_fills_first() {
    // A holder of 100 B moves everything into A. The sale comes first or second, but at the same close.
    let both = [(A, [100.0; 4]), (B, [100.0; 4])];
    let holder = |config: SimConfig| {
        let mut hand = Hand::empty(config, instruments(2));
        hand.close(&both);
        hand.send(of(B, market(Buy, 100)));
        hand.close(&both);
        hand
    };
    let moves = [of(B, market(Sell, 100)), market(Buy, 100)];
    for orders in [moves, [moves[1], moves[0]]] {
        let mut hand = holder(config());
        hand.send_all(&orders);
        hand.close(&both);
        assert_eq!(hand.venue.portfolio().position(A).qty.0, 100, "{orders:?}");
        assert_eq!(hand.venue.portfolio().position(B).qty.0, 0, "{orders:?}");
    }
    let lots_of_a = |hand: &mut Hand| {
        hand.close(&both);
        hand.venue.portfolio().position(A).qty.0
    };

    let mut hand = holder(config());
    hand.send(market(Buy, 100));
    hand.send(of(B, reducing(market(Sell, 40))));
    assert_eq!(lots_of_a(&mut hand), 40, "a sale of 40 frees 4,000");

    let mut hand = holder(config());
    hand.send(market(Buy, 100));
    hand.send_at(Span(1), of(B, market(Sell, 100)));
    assert_eq!(lots_of_a(&mut hand), 0, "a sale that came later");

    let mut hand = holder(SimConfig { max_participation: Some(0.5), ..config() });
    hand.send_all(&moves);
    assert_eq!(lots_of_a(&mut hand), 0, "nobody knows how much will be sold");

    let mut hand = holder(config());
    hand.close(&both[..1]);
    hand.send_all(&moves);
    assert_eq!(lots_of_a(&mut hand), 0, "B did not trade last time and may not this time");

    // The holder's own purchase cost 10 in fees: 99 B. The sale will cost 9.9 in fees and 9.9 in slippage.
    let costly = SimConfig {
        fees: fees(|f| f.taker_bps = 10.0),
        slippage: SlippageModel { bps: 10.0, ..SlippageModel::default() },
        ..config()
    };
    let mut hand = holder(costly);
    hand.send_all(&moves);
    assert_eq!(lots_of_a(&mut hand), 99, "9,960.4 / 100.2001 = 99.4");
}

#[test]
fn an_account_below_its_maintenance_margin_is_closed_out_at_the_close() {
    let config = SimConfig {
        leverage: 4.0,
        maintenance_margin: 0.1,
        fees: fees(|f| f.taker_bps = 10.0),
        slippage: SlippageModel { half_spread: 0.5, ..SlippageModel::default() },
        ..config()
    };
    let mut hand = Hand::new(SimConfig { cash: 10_398.0, ..config });
    hand.send(market(Buy, 396));
    hand.bar([99.5; 4]);
    hand.send(limit(Buy, 1, 50));
    // 396 at 100 and a fee of 39.6: cash of -29,241.6. At a close p equity is 396 p - 29,241.6, and a tenth of the
    // position 39.6 p: they meet at 82.05.
    assert!(hand.bar([90.0, 90.0, 60.0, 82.1]).is_empty(), "only the close counts");
    let said = hand.bar([82.1, 82.1, 82.0, 82.0]);
    assert_eq!(said, ["2 cancelled liquidation", "0 sell 396 at 81.5"]);
    let expected = -29_241.6 + 396.0 * 81.5 * 0.999;
    assert!((hand.venue.portfolio().cash() - expected).abs() < 1e-9);
    assert!(hand.venue.is_idle());
}

#[test]
fn shorts_pay_for_each_midnight_that_they_are_held_over() {
    // A basis point a day: 365 a year.
    let mut hand = Hand::empty(SimConfig { borrow_bps: 365.0, ..config() }, instruments(2));
    hand.interval = Interval::Days(1);
    let two = |price: f64| [(A, [price; 4]), (B, [50.0; 4])];
    hand.wait(Span(3 * Span::DAY.0));
    hand.close(&two(100.0));
    assert_eq!(hand.now(), Ts::parse("2024-01-05").expect("a Friday"));
    hand.send(market(Sell, 10));
    hand.send(of(B, market(Buy, 10)));
    let cash = |hand: &Hand| hand.venue.portfolio().cash() - (10_000.0 + 1_000.0 - 500.0);
    let mut check = |price: f64, paid: f64| {
        hand.close(&two(price));
        assert!((cash(&hand) + paid).abs() < 1e-9, "at {}: {} paid", hand.now(), -cash(&hand));
        if hand.now() == Ts::parse("2024-01-06").expect("a Saturday") {
            hand.wait(Span(2 * Span::DAY.0));
        }
        if hand.now() == Ts::parse("2024-01-09").expect("a Tuesday") {
            hand.send(market(Buy, 10));
        }
    };
    check(100.0, 0.1); // Friday's bar, up to Saturday's midnight
    check(110.0, 0.1 + 0.2 + 0.11); // the weekend at Friday's close, Monday night at Monday's
    let bought = 10.0 * 120.0;
    check(120.0, 0.41 + bought); // bought back at Tuesday's open: nothing for Tuesday night
}

#[test]
fn a_short_that_does_not_see_midnight_pays_nothing() {
    let mut hand = Hand::new(SimConfig { borrow_bps: 365.0, ..config() });
    hand.wait(Span::from_seconds(86_400 - 240));
    hand.bar([100.0; 4]);
    hand.send(market(Sell, 10));
    hand.bar([100.0; 4]);
    hand.send(market(Buy, 10));
    hand.bar([100.0; 4]);
    assert_eq!(hand.now(), Ts::parse("2024-01-02").expect("midnight"));
    hand.send(market(Sell, 10));
    hand.bar([100.0; 4]);
    assert_eq!(hand.venue.portfolio().cash().to_bits(), 11_000_f64.to_bits());
}

#[test]
fn what_borrowing_costs_is_told() {
    let mut hand = Hand::new(SimConfig { borrow_bps: 365.0, ..config() });
    hand.send(market(Sell, 10));
    hand.bar([100.0; 4]);
    hand.wait(Span::DAY);
    let bar = crate::support::bar(hand.interval, [100.0; 4], 1000.0);
    hand.venue.on_market(&crate::support::market_event(hand.now(), A, true, bar));
    let told = hand.venue.poll(hand.now()).expect("a charge");
    let Event::Cash { ts, instrument, amount } = told else { panic!("{told:?}") };
    assert_eq!((ts, instrument), (hand.now(), A));
    assert!((amount + 0.1).abs() < 1e-12);
}

#[test]
fn one_more_day_of_a_short_costs_one_more_day() {
    let paid = |days: i64| {
        let mut hand = Hand::new(SimConfig { borrow_bps: 365.0, ..config() });
        hand.send(market(Sell, 10));
        hand.bar([100.0; 4]);
        hand.wait(Span(days * Span::DAY.0));
        hand.bar([100.0; 4]);
        11_000.0 - hand.venue.portfolio().cash()
    };
    for days in 1..10 {
        assert!((paid(days) - 0.1 * days as f64).abs() < 1e-9, "{days} days: {}", paid(days));
    }
}
