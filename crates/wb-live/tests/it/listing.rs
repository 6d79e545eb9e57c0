//! What a venue lists, and orders against it.

use wb_core::{Grid, InstrumentKind, OrderRequest, Price, Qty, Side};
use wb_live::venues::binance::{read_rules, rules_path};
use wb_live::venues::{NotionalRule, PriceBand, QtyRule, RateKind, Situation};

use crate::listed::RULES;
use crate::messages::symbols;

#[test]
fn an_instrument_is_listed_with_its_steps_and_rules() {
    let rules = read_rules(RULES.as_bytes(), &symbols()).expect("the listing is well formed");
    let [btc, eth, bnb] = rules.listings.as_slice() else { panic!("three were asked for") };
    assert_eq!((&*btc.base, &*btc.quote, btc.trading, btc.instrument.id.0), ("BTC", "USDT", true, 0));
    assert_eq!((&*eth.base, &*eth.quote, eth.trading, eth.instrument.id.0), ("ETH", "USDT", false, 1));
    assert_eq!((bnb.instrument.tick, bnb.instrument.lot), (Grid::decimal(6), Grid::decimal(3)));
    let instrument = &btc.instrument;
    assert_eq!((instrument.name().as_str(), instrument.kind), ("binance:BTCUSDT", InstrumentKind::Spot));
    assert_eq!(
        (instrument.currency.as_str(), instrument.tick, instrument.lot),
        ("USDT", Grid::decimal(2), Grid::decimal(5))
    );
    let kept = &btc.rules;
    assert_eq!(kept.kinds, ["limit", "post-only", "market", "stop", "stop-limit"]);
    assert_eq!((kept.min_price, kept.max_price), (Some(Price(1)), Some(Price(100_000_000))));
    assert_eq!(kept.qty, QtyRule { min: Qty::new(1), max: Qty::new(900_000_000), step: Qty::new(1) });
    assert_eq!(kept.market_qty, QtyRule { min: Qty::ZERO, max: Qty::new(11_221_108), step: Qty::ZERO });
    assert_eq!(kept.min_notional, Some(NotionalRule { value: 5.0, market: true }));
    assert_eq!(kept.max_notional, Some(NotionalRule { value: 9_000_000.0, market: false }));
    assert_eq!(kept.buy_band, Some(PriceBand { low: 0.2, high: 5.0 }));
    assert_eq!((kept.max_orders, kept.max_stops, kept.max_position), (Some(200), Some(5), Some(10.0)));
    let order = OrderRequest::market(instrument.id, Side::Buy, Qty::new(1));
    let situation = Situation { market: Some(60_000.0), ..Situation::default() };
    let breach = kept.check(instrument, &order, &situation).expect_err("60 cents");
    assert_eq!(
        breach.to_string(),
        "the value 0.6000000000000001 of an order of binance:BTCUSDT is below the venue's 5"
    );
    assert_eq!(breach.hint(), "trade larger: raise weight or capital");
}

#[test]
fn limits_are_listed_and_new_kinds_of_them_passed_over() {
    let rules = read_rules(RULES.as_bytes(), &symbols()).expect("the listing is well formed");
    let limits: Vec<_> = rules.limits.iter().map(|l| (l.kind, l.window.to_string(), l.limit)).collect();
    let expected = [
        (RateKind::Weight, "1m".to_string(), 6_000),
        (RateKind::Orders, "10s".to_string(), 100),
        (RateKind::Orders, "1d".to_string(), 200_000),
        (RateKind::Requests, "5m".to_string(), 300_000),
    ];
    assert_eq!(limits, expected);
}

#[test]
fn what_cannot_be_traded_is_named() {
    let check = |body: &str, symbol: &str, says: &str, hint: Option<&str>| {
        let error = read_rules(body.as_bytes(), &[symbol.to_string()]).expect_err(says);
        assert_eq!((error.to_string().as_str(), error.hint()), (says, hint));
    };
    let hint = "look for the spelling: symbols have capitals and no dash, like BTCUSDT";
    check(RULES, "BTC-USDT", "the venue lists no BTC-USDT", Some(hint));
    let without = RULES.replace("\"stepSize\":\"0.00001000\"", "\"stepSize\":\"0.00000000\"");
    check(&without, "BTCUSDT", "the venue lists BTCUSDT without steps of price and quantity", None);
    check("{\"symbols\":[]}", "BTCUSDT", "the message has no `rateLimits`", None);
}

#[test]
fn the_path_of_the_listing_is_encoded() {
    let symbols = ["BTCUSDT".to_string(), "币USDT".to_string()];
    let expected = "/api/v3/exchangeInfo?symbols=%5B%22BTCUSDT%22%2C%22%E5%B8%81USDT%22%5D";
    assert_eq!(rules_path(&symbols), expected);
}
