//! Each rule at its bound, and the words in which it is broken.

use wb_core::{Calendar, Grid, InstrumentId, InstrumentKind};

use super::*;

fn instrument() -> Instrument {
    Instrument {
        id: InstrumentId(0),
        symbol: "BTCUSDT".into(),
        venue: "binance".into(),
        kind: InstrumentKind::Spot,
        currency: "USDT".into(),
        tick: Grid::decimal(2),
        lot: Grid::decimal(5),
        multiplier: 1.0,
        calendar: Calendar::always_open(),
    }
}

fn rules() -> OrderRules {
    OrderRules {
        kinds: vec!["limit", "market", "stop-limit", POST_ONLY],
        min_price: Some(Price(1_000)),
        max_price: Some(Price(10_000_000)),
        qty: QtyRule { min: Qty::new(10), max: Qty::new(900_000_000), step: Qty::new(1) },
        market_qty: QtyRule { min: Qty::ZERO, max: Qty::new(11_000_000), step: Qty::new(10) },
        min_notional: Some(NotionalRule { value: 5.0, market: true }),
        max_notional: Some(NotionalRule { value: 9_000_000.0, market: false }),
        buy_band: Some(PriceBand { low: 0.2, high: 1.2 }),
        sell_band: Some(PriceBand { low: 0.8, high: 5.0 }),
        max_orders: Some(20),
        max_stops: Some(5),
        max_position: Some(10.0),
        keeps_links: false,
    }
}

const SITUATION: Situation = Situation { market: Some(50_000.0), orders: 0, stops: 0, position: 0.0 };

fn limit(side: Side, lots: i64, ticks: i64) -> OrderRequest {
    OrderRequest::limit(InstrumentId(0), side, Qty::new(lots), Price(ticks))
}

fn market(side: Side, lots: i64) -> OrderRequest {
    OrderRequest::market(InstrumentId(0), side, Qty::new(lots))
}

fn check(request: &OrderRequest, situation: &Situation, says: Option<&str>) {
    let broken = rules().check(&instrument(), request, situation).err().map(|breach| breach.to_string());
    let expected = says.map(|says| says.replace('@', "of an order of binance:BTCUSDT is"));
    assert_eq!(broken, expected, "{request:?}");
}

#[test]
fn an_order_at_every_bound_passes_and_one_beyond_is_refused() {
    let now = &SITUATION;
    check(&limit(Side::Buy, 10, 5_000_000), now, None);
    check(&limit(Side::Buy, 9, 5_000_000), now, Some("the quantity 0.00009 @ below the venue's 0.0001"));
    check(&market(Side::Buy, 900_000_001), now, Some("the quantity 9000.00001 @ above the venue's 9000"));
    check(&market(Side::Sell, 11_000_000), now, None);
    check(&market(Side::Sell, 11_000_010), now, Some("the quantity 110.0001 @ above the venue's 110"));
    check(&limit(Side::Sell, 15_000_010, 5_000_000), now, None);
    let step =
        "the quantity 0.00101 of a market order of binance:BTCUSDT is no multiple of the venue's 0.0001";
    check(&market(Side::Buy, 101), now, Some(step));
    check(&limit(Side::Buy, 100_000, 999), now, Some("the price 9.99 @ below the venue's 10"));
    check(
        &limit(Side::Sell, 100_000, 10_000_001),
        now,
        Some("the price 100000.01 @ above the venue's 100000"),
    );
}

#[test]
fn the_band_is_that_of_the_side_and_needs_a_market() {
    let now = &SITUATION;
    check(&limit(Side::Buy, 100, 6_000_000), now, None);
    check(&limit(Side::Buy, 100, 6_000_001), now, Some("the price 60000.01 @ above the venue's 60000"));
    check(&limit(Side::Sell, 100, 6_000_001), now, None);
    check(&limit(Side::Sell, 100, 3_999_999), now, Some("the price 39999.99 @ below the venue's 40000"));
    check(&limit(Side::Sell, 100, 3_999_999), &Situation { market: None, ..SITUATION }, None);
}

#[test]
fn value_counts_at_the_limit_or_the_market() {
    let now = &SITUATION;
    check(&limit(Side::Buy, 10, 4_000_000), now, Some("the value 4 @ below the venue's 5"));
    check(&market(Side::Buy, 10), now, None);
    check(
        &market(Side::Buy, 10),
        &Situation { market: Some(40_000.0), ..SITUATION },
        Some("the value 4 @ below the venue's 5"),
    );
    check(&market(Side::Buy, 10), &Situation { market: None, ..SITUATION }, None);
    check(
        &limit(Side::Sell, 20_000_000, 5_000_000),
        now,
        Some("the value 10000000 @ above the venue's 9000000"),
    );
    // The greatest value binds no order at the market's price.
    check(&market(Side::Sell, 11_000_000), &Situation { market: Some(90_000.0), ..SITUATION }, None);
}

#[test]
fn open_orders_and_what_is_held_count() {
    let stop = OrderRequest {
        kind: OrderType::StopLimit { trigger: Price(5_000_000), price: Price(5_000_000) },
        ..limit(Side::Sell, 100, 1)
    };
    let with = |orders, stops, position| Situation { orders, stops, position, ..SITUATION };
    check(&limit(Side::Buy, 100, 5_000_000), &with(19, 5, 0.0), None);
    check(
        &limit(Side::Buy, 100, 5_000_000),
        &with(20, 5, 0.0),
        Some("binance:BTCUSDT has 20 open orders, and the venue allows 20"),
    );
    check(
        &stop,
        &with(19, 5, 0.0),
        Some("binance:BTCUSDT has 5 open orders that wait for a trigger, and the venue allows 5"),
    );
    check(&limit(Side::Buy, 100_000, 5_000_000), &with(0, 0, 9.0), None);
    check(
        &limit(Side::Buy, 100_000, 5_000_000),
        &with(0, 0, 9.5),
        Some("the position 10.5 @ above the venue's 10"),
    );
    check(&limit(Side::Sell, 100_000, 5_000_000), &with(0, 0, 99.0), None);
}

#[test]
fn a_kind_that_the_venue_does_not_take_is_refused_with_a_hint() {
    check(
        &OrderRequest::stop(InstrumentId(0), Side::Sell, Qty::new(100), Price(5_000_000)),
        &SITUATION,
        Some("binance:BTCUSDT takes no stop orders"),
    );
    let rules = OrderRules { kinds: vec!["limit"], ..rules() };
    let post_only = OrderRequest {
        kind: OrderType::Limit { price: Price(5_000_000), post_only: true },
        ..limit(Side::Buy, 100, 1)
    };
    let breach = rules.check(&instrument(), &post_only, &SITUATION).expect_err("it takes none");
    assert_eq!(breach.to_string(), "binance:BTCUSDT takes no post-only orders");
    assert_eq!(breach.hint(), "let the kernel keep the trigger, or use another kind of order");
}
