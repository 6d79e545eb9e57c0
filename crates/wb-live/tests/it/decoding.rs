//! What messages say. They are written by hand after the venue's documentation, so that this holds without its samples.

use wb_core::{
    Bar, CancelReason, Fill, InstrumentId, Interval, MarketData, MarketEvent, OrderEvent, OrderId, Price,
    Qty, Quote, Reject, Side, Trade, Ts,
};
use wb_live::venues::{
    Answer, Answered, Balance, CodecError, Commission, Decoded, DepthChange, Level, Meaning, Message,
    OrderReport, OtherOrder, Owner, RateKind, RequestKey, VenueCodec, VenueError,
};

use crate::listed::BTC;
use crate::messages::{CLOSED_BAR, DEPTH, FILL, QUOTE, TRADE, codec};

const NOW: Ts = Ts(1_759_347_763_200_000_000);

fn decode(message: &str) -> Decoded {
    let mut out = Decoded::default();
    codec().decode(NOW, message.as_bytes(), &mut out).unwrap_or_else(|error| panic!("{error} in {message}"));
    out
}

fn market(ts_event: Ts, data: MarketData) -> Vec<Message> {
    vec![Message::Market(MarketEvent { ts_event, ts_recv: NOW, instrument: BTC, last: true, data })]
}

const fn ms(milliseconds: i64) -> Ts {
    Ts(milliseconds * 1_000_000)
}

#[test]
fn market_data_is_what_the_message_says() {
    let quote = Quote { bid: 60_650.0, bid_qty: 31.21, ask: 60_650.01, ask_qty: 40.66 };
    assert_eq!(decode(QUOTE).messages, market(NOW, MarketData::Quote(quote)));
    let trade = Trade { price: 60_650.01, qty: 0.001, aggressor: Side::Sell };
    assert_eq!(decode(TRADE).messages, market(ms(1_672_515_782_135), MarketData::Trade(trade)));
    let bought = TRADE.replace("\"m\":true", "\"m\":false");
    let trade = Trade { aggressor: Side::Buy, ..trade };
    assert_eq!(decode(&bought).messages, market(ms(1_672_515_782_135), MarketData::Trade(trade)));
}

#[test]
fn a_bar_is_stamped_at_its_end_and_says_nothing_before_it_has_closed() {
    let bar = Bar {
        interval: Interval::Minutes(1),
        open: 60_600.0,
        high: 60_700.0,
        low: 60_599.5,
        close: 60_650.01,
        volume: 12.345,
    };
    assert_eq!(decode(CLOSED_BAR).messages, market(ms(1_672_515_840_000), MarketData::Bar(bar)));
    assert_eq!(decode(&CLOSED_BAR.replace("\"x\":true", "\"x\":false")).messages, []);
    assert_eq!(
        decode(&CLOSED_BAR.replace("\"i\":\"1m\"", "\"i\":\"1M\"")).messages,
        [],
        "a month is no length"
    );
    let week = decode(&CLOSED_BAR.replace("\"i\":\"1m\"", "\"i\":\"1w\"")).messages;
    let bar = Bar { interval: Interval::Days(7), ..bar };
    assert_eq!(week, market(ms(1_672_515_840_000), MarketData::Bar(bar)));
}

#[test]
fn a_message_says_the_same_with_and_without_its_stream() {
    for message in [QUOTE, TRADE, CLOSED_BAR, DEPTH] {
        let start = message.find("\"data\":").expect("it has a stream") + 7;
        let bare = &message[start..message.len() - 1];
        assert_eq!(decode(bare), decode(message));
        let other_order = format!("{{\"data\":{bare},\"stream\":\"x\"}}");
        assert_eq!(decode(&other_order), decode(message));
    }
}

#[test]
fn a_change_of_the_book_counts_ticks_and_lots() {
    let out = decode(DEPTH);
    let change = DepthChange {
        instrument: BTC,
        ts_event: ms(1_672_515_782_136),
        first: 157,
        last: 160,
        levels: 0..10,
    };
    assert_eq!(out.messages, [Message::Depth(change)]);
    let level = |side, price, qty| Level { side, price: Price(price), qty: Qty::new(qty) };
    assert_eq!(out.levels[0], level(Side::Buy, 6_065_000, 213));
    assert_eq!(out.levels[3], level(Side::Buy, 6_064_800, 0));
    assert_eq!(out.levels[9], level(Side::Sell, 6_065_787, 2_000));
}

#[test]
fn a_number_that_is_not_on_the_grid_is_an_error_that_names_it() {
    let check = |from: &str, to: &str, says: &str| {
        let message = DEPTH.replace(from, to);
        let error = codec().decode(NOW, message.as_bytes(), &mut Decoded::default()).expect_err(says);
        assert_eq!(error.to_string(), says);
    };
    let changed = "is not on the grid of BTCUSDT: the venue has changed its steps";
    check("60648.08000000", "60648.08500000", &format!("price 60648.08500000 {changed}"));
    check("0.06346000", "0.06346010", &format!("quantity 0.06346010 {changed}"));
    check("0.06346000", "-0.06346000", &format!("quantity -0.06346000 {changed}"));
    check("\"0.06346000\"", "null", "data.b: a decimal number should stand at byte 161");
    check("\"U\":157,", "", "the message has no `data.U`");
    check("BTCUSDT", "LTCUSDT", "nobody asked for LTCUSDT");
}

fn report(event: &str, status: &str, more: &[(&str, &str)]) -> String {
    let mut text = FILL.replace("\"TRADE\"", &format!("\"{event}\"")).replace("PARTIALLY_FILLED", status);
    for (from, to) in more {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    text
}

#[test]
fn a_fill_carries_its_trade_and_its_fee() {
    let fill = Fill {
        order: OrderId(7),
        instrument: BTC,
        side: Side::Buy,
        price: Price(6_065_000),
        qty: Qty::new(200),
        fee: 0.000_002 * 60_650.0,
        slippage: 0.0,
        maker: true,
        ts: ms(1_759_347_763_167),
    };
    let expected = OrderReport {
        ts_event: fill.ts,
        ts_told: told(FILL),
        event: OrderEvent::Filled(fill),
        venue_order: 1_234_567_890,
        trade: Some(98_765_432),
        filled: Qty::new(300),
        commission: Some(Commission { asset: "BTC".into(), amount: 0.000_002 }),
    };
    assert_eq!(decode(FILL).messages, [Message::Order(expected.clone())]);
    for (asset, fee) in [("USDT", 0.000_002), ("BNB", 0.0)] {
        let event = OrderEvent::Filled(Fill { fee, ..fill });
        let commission = Some(Commission { asset: asset.into(), amount: 0.000_002 });
        let expected = OrderReport { event, commission, ..expected.clone() };
        let message = FILL.replace("\"N\":\"BTC\"", &format!("\"N\":\"{asset}\""));
        assert_eq!(decode(&message).messages, [Message::Order(expected)]);
    }
}

/// When a report says that it was sent.
fn told(message: &str) -> Ts {
    let (_, rest) = message.split_once("\"E\":").expect("reports say when they were sent");
    ms(rest.chars().take_while(char::is_ascii_digit).collect::<String>().parse().expect("a number"))
}

#[test]
fn each_report_is_the_event_that_the_kernel_knows() {
    let id = OrderId(7);
    let check = |message: String, event: OrderEvent| {
        let expected = OrderReport {
            ts_event: ms(1_759_347_763_167),
            ts_told: told(&message),
            event,
            venue_order: 1_234_567_890,
            trade: None,
            filled: Qty::new(300),
            commission: None,
        };
        assert_eq!(decode(&message).messages, [Message::Order(expected)], "{message}");
    };
    check(report("NEW", "NEW", &[]), OrderEvent::Accepted(id));
    check(report("NEW", "PENDING_NEW", &[]), OrderEvent::Accepted(id));
    let cancelled = OrderEvent::Cancelled(id, CancelReason::Requested);
    check(report("CANCELED", "CANCELED", &[]), cancelled);
    // A cancel with a name of its own.
    let names = [("\"c\":\"test-3-7\"", "\"c\":\"fd3k\""), ("\"C\":\"\"", "\"C\":\"test-3-7\"")];
    check(report("CANCELED", "CANCELED", &names), cancelled);
    check(report("EXPIRED", "EXPIRED", &[]), OrderEvent::Expired(id));
    let cut = OrderEvent::Cancelled(id, CancelReason::TimeInForce);
    check(report("EXPIRED", "EXPIRED", &[("GTC", "IOC")]), cut);
    check(report("EXPIRED", "EXPIRED", &[("GTC", "FOK")]), cut);
    check(report("EXPIRED", "EXPIRED", &[("LIMIT", "MARKET")]), cut);
    check(report("TRADE_PREVENTION", "EXPIRED_IN_MATCH", &[]), OrderEvent::Expired(id));
    for (reason, reject) in [
        ("INSUFFICIENT_BALANCES", Reject::Margin),
        ("WOULD_MATCH_IMMEDIATELY", Reject::PostOnly),
        ("SOMETHING_NEW", Reject::Venue),
    ] {
        check(
            report("REJECTED", "REJECTED", &[("NONE\",\"i\"", &format!("{reason}\",\"i\""))]),
            OrderEvent::Rejected(id, reject),
        );
    }
}

#[test]
fn what_nobody_here_did_is_told_apart() {
    let what = decode(&report("REPLACED", "NEW", &[])).messages;
    assert_eq!(what, [Message::Unexplained(OrderId(7), "REPLACED".to_string())]);
    for (name, symbol, owner) in [
        ("test-2-7", "BTCUSDT", Owner::OtherSession(2, OrderId(7))),
        ("web_91d0e", "BTCUSDT", Owner::Foreign),
        ("web_91d0e", "币安人生USDT", Owner::Foreign),
        ("test-3-7", "LTCUSDT", Owner::Ours(OrderId(7))),
    ] {
        let message = FILL.replace("test-3-7", name).replace("BTCUSDT", symbol);
        let expected = OtherOrder {
            owner,
            symbol: symbol.to_string(),
            venue_order: 1_234_567_890,
            what: "TRADE".to_string(),
        };
        assert_eq!(decode(&message).messages, [Message::OtherOrder(expected)], "{message}");
    }
}

#[test]
fn the_account_and_the_connection_speak_too() {
    let check =
        |message: &str, expected: &[Message]| assert_eq!(decode(message).messages, expected, "{message}");
    check(
        r#"{"subscriptionId":0,"event":{"e":"outboundAccountPosition","E":1564034571105,"u":1564034571073,"B":[{"a":"ETH","f":"10000.000000","l":"0.5"},{"a":"币","f":"1","l":"0"}]}}"#,
        &[
            Message::Balance(Balance { asset: "ETH".into(), free: 10_000.0, locked: 0.5 }),
            Message::Balance(Balance { asset: "币".into(), free: 1.0, locked: 0.0 }),
        ],
    );
    check(
        r#"{"subscriptionId":0,"event":{"e":"balanceUpdate","E":1573200697110,"a":"BTC","d":"-100.00000000","T":1573200697068}}"#,
        &[Message::Transfer("BTC".into(), -100.0)],
    );
    check(r#"{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1}}"#, &[Message::Closing]);
    check(r#"{"event":{"e":"serverShutdown","E":1770123456789}}"#, &[Message::Closing]);
    check(r#"{"subscriptionId":0,"event":{"e":"eventStreamTerminated","E":1}}"#, &[Message::ReportsEnded]);
    check(r#"{"subscriptionId":0,"event":{"e":"listStatus","E":1,"s":"X","O":[{"s":"X"}]}}"#, &[]);
    check(r#"{"stream":"x@somethingNew","data":{"e":"somethingNew","E":1}}"#, &[]);
}

#[test]
fn an_answer_names_its_request_and_says_what_is_used_of_limits() {
    let out = decode(
        r#"{"id":"p7","status":200,"result":{"symbol":"BTCUSDT","orderId":12569099453,"orderListId":-1,"clientOrderId":"test-3-7","transactTime":1660801715639},"rateLimits":[{"rateLimitType":"ORDERS","interval":"SECOND","intervalNum":10,"limit":50,"count":1},{"rateLimitType":"REQUEST_WEIGHT","interval":"MINUTE","intervalNum":1,"limit":6000,"count":321}]}"#,
    );
    let placed =
        Answer { request: Some(RequestKey::Place(OrderId(7))), result: Ok(Answered::Placed(12_569_099_453)) };
    assert_eq!(out.messages.last(), Some(&Message::Answer(placed)));
    let limit = |message: &Message| match message {
        Message::RateUse(rate) => Some((rate.kind, rate.window.to_string(), rate.used)),
        _ => None,
    };
    let uses: Vec<_> = out.messages.iter().filter_map(limit).collect();
    assert_eq!(uses, [(RateKind::Orders, "10s".to_string(), 1), (RateKind::Weight, "1m".to_string(), 321)]);
}

#[test]
fn a_refusal_says_what_it_means() {
    let check = |message: &str, request, code, text: &str, meaning| {
        let result = Err(VenueError { code, text: text.to_string(), meaning });
        assert_eq!(
            decode(message).messages.last(),
            Some(&Message::Answer(Answer { request, result })),
            "{message}"
        );
    };
    check(
        r#"{"id":"p7","status":400,"error":{"code":-2010,"msg":"Account has insufficient balance for requested action."}}"#,
        Some(RequestKey::Place(OrderId(7))),
        -2010,
        "Account has insufficient balance for requested action.",
        Meaning::Refused(Reject::Margin),
    );
    check(
        r#"{"id":"T","status":418,"error":{"code":-1003,"msg":"Way too much","data":{"serverTime":1659142907531,"retryAfter":1659146400000}}}"#,
        Some(RequestKey::Time),
        -1003,
        "Way too much",
        Meaning::Banned(Some(ms(1_659_146_400_000))),
    );
    check(
        r#"{"id":null,"status":401,"error":{"code":-2015,"msg":"Invalid API-key, IP, or permissions for action."}}"#,
        None,
        -2015,
        "Invalid API-key, IP, or permissions for action.",
        Meaning::Key,
    );
}

#[test]
fn an_answer_that_nobody_here_asked_for_says_nothing() {
    for message in [r#"{"result":null,"id":1}"#, r#"{"id":"51e2affb","status":200,"result":{"x":[1]}}"#] {
        assert_eq!(decode(message).messages, [], "{message}");
    }
}

#[test]
fn bars_of_the_past_have_closed() {
    let out = decode(
        r#"{"id":"b1.1m","status":200,"result":[[1759347600000,"1.0","2.5","0.5","2.0","10.0",1759347659999,"0",3,"0","0","0"],[1759347720000,"1","1","1","1","1",1759347779999]]}"#,
    );
    let bar =
        Bar { interval: Interval::Minutes(1), open: 1.0, high: 2.5, low: 0.5, close: 2.0, volume: 10.0 };
    let end = ms(1_759_347_660_000);
    let instrument = InstrumentId(1);
    let event =
        MarketEvent { ts_event: end, ts_recv: end, instrument, last: true, data: MarketData::Bar(bar) };
    let request = Some(RequestKey::Bars(instrument, Interval::Minutes(1)));
    assert_eq!(out.messages, [Message::Answer(Answer { request, result: Ok(Answered::Bars(vec![event])) })]);
}

#[test]
fn what_is_no_message_is_an_error_that_says_where() {
    for (message, says) in [
        ("", "an object should stand at byte 0"),
        ("hello", "an object should stand at byte 0"),
        ("{}", "the message has no `s`"),
        (r#"{"e":"trade"}"#, "the message has no `s`"),
        (r#"{"e":7}"#, "e: a text should stand at byte 5"),
        (r#"{"id":"p7","status":200}"#, "the message has no `result`"),
        (r#"{"id":"p7","status":200,"result":{}}"#, "the message has no `result.orderId`"),
    ] {
        let error = codec().decode(NOW, message.as_bytes(), &mut Decoded::default()).expect_err(says);
        assert_eq!(error.to_string(), says, "{message}");
        assert_ne!(error, CodecError::NoKey);
    }
}
