//! Requests as bytes, over the connection and over HTTP, and what comes back.

use std::sync::Arc;

use wb_core::{
    InstrumentId, Interval, OrderId, OrderRequest, OrderState, OrderType, Price, Qty, Side, TimeInForce, Ts,
};
use wb_live::venues::binance::{BinanceSpot, read_rules};
use wb_live::venues::{
    Account, Answer, Answered, Balance, CodecError, Commission, Decoded, HttpAnswer, KeyRights, Meaning,
    Message, OrderNames, OrderRef, OrderStatus, OwnTrade, Owner, Request, RequestKey, VenueCodec, VenueError,
    Verb,
};

use crate::listed::{API_KEY, BTC, RULES};
use crate::messages::{codec, symbols};

const NOW: Ts = Ts(1_700_000_000_123_456_789);

fn encode(request: &Request) -> Result<String, CodecError> {
    let mut frame = "left over".to_string();
    codec().encode(NOW, request, &mut frame)?;
    Ok(frame)
}

/// The parameters of a frame without key, time and signature, as `name=value` in the order in which they are sent.
fn parameters(frame: &str) -> String {
    let start = frame.find("\"params\":{").expect("it has parameters") + 10;
    let plain = |part: &&str| {
        !["apiKey", "signature", "timestamp", "recvWindow"].iter().any(|name| part.contains(name))
    };
    let parts = frame[start..frame.len() - 2].split(',').filter(plain);
    parts.map(|part| part.replace('"', "").replacen(':', "=", 1)).collect::<Vec<_>>().join("&")
}

fn limit() -> OrderRequest {
    OrderRequest::limit(BTC, Side::Buy, Qty::new(847), Price(2_341_610))
}

#[test]
fn an_order_is_signed_as_the_venue_wants_it() {
    let frame = encode(&Request::Place(OrderId(7), limit())).expect("it can be sent");
    // printf 'apiKey=…&newClientOrderId=test-3-7&…&type=LIMIT' | openssl dgst -sha256 -hmac SECRET
    let expected = format!(
        "{{\"id\":\"p7\",\"method\":\"order.place\",\"params\":{{\"apiKey\":\"{API_KEY}\",\
         \"newClientOrderId\":\"test-3-7\",\"newOrderRespType\":\"ACK\",\"price\":\"23416.10\",\
         \"quantity\":\"0.00847\",\"recvWindow\":5000,\"side\":\"BUY\",\"symbol\":\"BTCUSDT\",\
         \"timeInForce\":\"GTC\",\"timestamp\":1700000000123,\"type\":\"LIMIT\",\
         \"signature\":\"9e21b536627a201ccb24a2b5297c66fbeab2a949cbed7deb552c6579ad391560\"}}}}"
    );
    assert_eq!(frame, expected);
}

#[test]
fn each_kind_of_order_has_the_parameters_that_the_venue_asks_for() {
    let check = |order: OrderRequest, expected: &str| {
        let frame = encode(&Request::Place(OrderId(7), order)).expect("it can be sent");
        let rest = "newClientOrderId=test-3-7&newOrderRespType=ACK&";
        assert_eq!(parameters(&frame), format!("{rest}{expected}"));
    };
    let (price, trigger) = (Price(2_341_610), Price(2_341_600));
    let with = |kind| OrderRequest { kind, ..limit() };
    check(with(OrderType::Market), "quantity=0.00847&side=BUY&symbol=BTCUSDT&type=MARKET");
    check(
        OrderRequest { tif: TimeInForce::Ioc, side: Side::Sell, ..limit() },
        "price=23416.10&quantity=0.00847&side=SELL&symbol=BTCUSDT&timeInForce=IOC&type=LIMIT",
    );
    check(
        with(OrderType::Limit { price, post_only: true }),
        "price=23416.10&quantity=0.00847&side=BUY&symbol=BTCUSDT&type=LIMIT_MAKER",
    );
    check(
        with(OrderType::Stop { trigger }),
        "quantity=0.00847&side=BUY&stopPrice=23416.00&symbol=BTCUSDT&type=STOP_LOSS",
    );
    check(
        with(OrderType::StopLimit { trigger, price }),
        "price=23416.10&quantity=0.00847&side=BUY&stopPrice=23416.00&symbol=BTCUSDT&timeInForce=GTC&type=STOP_LOSS_LIMIT",
    );
}

#[test]
fn an_order_that_the_venue_does_not_have_is_not_sent() {
    let check = |order: OrderRequest, says: &str| {
        let error = encode(&Request::Place(OrderId(7), order)).expect_err(says);
        assert_eq!(error.to_string(), format!("the venue has no {says}"));
    };
    let with = |kind, tif| OrderRequest { kind, tif, ..limit() };
    check(with(OrderType::TrailingStop { offset: Price(5) }, TimeInForce::Gtc), "trailing stop by a price");
    check(with(OrderType::Market, TimeInForce::Day), "order for the day");
    let time = "such time in force for this kind of order";
    check(with(OrderType::Market, TimeInForce::Fok), time);
    check(with(OrderType::Limit { price: Price(1), post_only: true }, TimeInForce::Ioc), time);
}

#[test]
fn every_request_has_its_method() {
    let ours = OrderRef::Ours(OrderId(7));
    let bars = Request::Bars { instrument: BTC, interval: Interval::Minutes(60), from: Ts(0), until: NOW };
    let trades = |from| Request::Trades { instrument: BTC, from };
    for (request, id, method, expected) in [
        (Request::Cancel(BTC, ours), "c7", "order.cancel", "origClientOrderId=test-3-7&symbol=BTCUSDT"),
        (Request::Cancel(BTC, OrderRef::Venue(9)), "C9", "order.cancel", "orderId=9&symbol=BTCUSDT"),
        (Request::CancelAll(InstrumentId(2)), "x2", "openOrders.cancelAll", "symbol=BNBBTC"),
        (Request::Query(BTC, ours), "q7", "order.status", "origClientOrderId=test-3-7&symbol=BTCUSDT"),
        (Request::OpenOrders(BTC), "o0", "openOrders.status", "symbol=BTCUSDT"),
        (Request::Account, "a", "account.status", "omitZeroBalances=true"),
        (trades(None), "t0", "myTrades", "limit=1000&symbol=BTCUSDT"),
        (trades(Some(5)), "t0", "myTrades", "fromId=5&limit=1000&symbol=BTCUSDT"),
        (Request::Depth(BTC), "d0", "depth", "symbol=BTCUSDT&limit=1000"),
        (bars, "b0.1h", "klines", "symbol=BTCUSDT&interval=1h&startTime=0&endTime=1700000000123&limit=1000"),
        (Request::Time, "T", "time", ""),
    ] {
        let frame = encode(&request).expect("it can be sent");
        assert!(
            frame.starts_with(&format!("{{\"id\":\"{id}\",\"method\":\"{method}\",\"params\":{{")),
            "{frame}"
        );
        assert_eq!(parameters(&frame), expected);
    }
    let error = encode(&Request::Rights).expect_err("only over HTTP");
    assert_eq!(error.to_string(), "the venue has no such request but over HTTP");
}

#[test]
fn weights_are_those_of_the_documentation() {
    let weights = [
        Request::Account,
        Request::OpenOrders(BTC),
        Request::Query(BTC, OrderRef::Venue(1)),
        Request::Depth(BTC),
    ];
    assert_eq!(weights.map(|request| codec().weight(&request)), [20, 6, 4, 50]);
}

#[test]
fn over_http_the_key_is_a_header_and_the_signature_comes_last() {
    let request =
        codec().encode_http(NOW, &Request::Query(BTC, OrderRef::Ours(OrderId(7)))).expect("it can be sent");
    assert_eq!((request.verb, request.header), (Verb::Get, Some(("X-MBX-APIKEY", API_KEY.to_string()))));
    // printf 'symbol=BTCUSDT&origClientOrderId=test-3-7&recvWindow=5000&timestamp=1700000000123' | openssl dgst …
    let expected = "/api/v3/order?symbol=BTCUSDT&origClientOrderId=test-3-7&recvWindow=5000&timestamp=1700000000123\
                    &signature=cf398f9ae9380fba18c7c178b87cd3125fc3caa4955f1511e518873bfe6ef01b";
    assert_eq!(request.path, expected);
    let request = codec().encode_http(NOW, &Request::Depth(BTC)).expect("it can be sent");
    assert_eq!((request.path.as_str(), request.header), ("/api/v3/depth?symbol=BTCUSDT&limit=1000", None));
    let verb = |request| codec().encode_http(NOW, &request).expect("it can be sent").verb;
    assert_eq!(verb(Request::Place(OrderId(7), limit())), Verb::Post);
    assert_eq!(verb(Request::CancelAll(BTC)), Verb::Delete);
    let rights = codec().encode_http(NOW, &Request::Rights).expect("it can be sent");
    assert!(
        rights.path.starts_with("/sapi/v1/account/apiRestrictions?recvWindow=5000&timestamp="),
        "{}",
        rights.path
    );
}

fn answered(request: &Request, status: u16, body: &str) -> Result<Answered, VenueError> {
    let (mut out, mut codec) = (Decoded::default(), codec());
    let answer = HttpAnswer { status, headers: &[], body: body.as_bytes() };
    codec.decode_http(NOW, request, &answer, &mut out).unwrap_or_else(|error| panic!("{error} in {body}"));
    let Some(Message::Answer(Answer { request: key, result })) = out.messages.pop() else {
        panic!("no answer: {body}")
    };
    assert_eq!(key, Some(request.key()));
    result
}

#[test]
fn answers_over_http_say_what_those_over_the_connection_do() {
    let asset = |name: &str| -> Arc<str> { name.into() };
    let balance = Balance { asset: asset("BTC"), free: 1.5, locked: 0.5 };
    assert_eq!(
        answered(
            &Request::Account,
            200,
            r#"{"canTrade":true,"balances":[{"asset":"BTC","free":"1.5","locked":"0.5"}]}"#
        ),
        Ok(Answered::Account(Account { can_trade: true, balances: vec![balance] }))
    );
    let order = OrderStatus {
        owner: Owner::OtherSession(2, OrderId(7)),
        venue_order: 28,
        instrument: BTC,
        side: Side::Sell,
        qty: Qty::new(1_000_000),
        filled: Qty::new(1),
        state: OrderState::PartlyFilled,
    };
    let text = r#"{"symbol":"BTCUSDT","orderId":28,"clientOrderId":"test-2-7","price":"1.00","origQty":"10.00000000","executedQty":"0.00001000","status":"PARTIALLY_FILLED","side":"SELL"}"#;
    let expected = Ok(Answered::Orders(vec![order]));
    assert_eq!(answered(&Request::Query(BTC, OrderRef::Venue(28)), 200, text), expected);
    assert_eq!(answered(&Request::OpenOrders(BTC), 200, &format!("[{text}]")), expected);
    let trade = OwnTrade {
        trade: 5,
        venue_order: 28,
        instrument: BTC,
        ts_event: Ts(1_499_865_549_590_000_000),
        side: Side::Buy,
        price: Price(400),
        qty: Qty::new(100_000),
        commission: Commission { asset: asset("BTC"), amount: 0.5 },
        fee: 2.0,
        maker: false,
    };
    let text = r#"[{"symbol":"BTCUSDT","id":5,"orderId":28,"price":"4.00","qty":"1.0","quoteQty":"4.00","commission":"0.5","commissionAsset":"BTC","time":1499865549590,"isBuyer":true,"isMaker":false}]"#;
    assert_eq!(
        answered(&Request::Trades { instrument: BTC, from: None }, 200, text),
        Ok(Answered::Trades(vec![trade]))
    );
    assert_eq!(
        answered(&Request::Time, 200, r#"{"serverTime":1499827319559}"#),
        Ok(Answered::Time(Ts(1_499_827_319_559_000_000)))
    );
    let text = r#"{"ipRestrict":false,"enableReading":true,"enableWithdrawals":true,"enableSpotAndMarginTrading":true}"#;
    let rights = KeyRights { trade: true, withdraw: true };
    assert_eq!(answered(&Request::Rights, 200, text), Ok(Answered::Rights(rights)));
}

#[test]
fn the_state_of_an_order_is_never_guessed() {
    let text = r#"{"symbol":"BTCUSDT","orderId":28,"clientOrderId":"test-3-7","origQty":"1","executedQty":"0","status":"SOMETHING_NEW","side":"SELL"}"#;
    let answer = HttpAnswer { status: 200, headers: &[], body: text.as_bytes() };
    let request = Request::Query(BTC, OrderRef::Venue(28));
    let error = codec().decode_http(NOW, &request, &answer, &mut Decoded::default()).expect_err("not known");
    assert_eq!(error.to_string(), "status: the state of an order should stand at byte 101");
}

#[test]
fn an_order_without_an_answer_is_neither_placed_nor_refused() {
    let place = Request::Place(OrderId(7), limit());
    for (status, body) in [
        (504, r#"{"code":-1007,"msg":"Timeout waiting for response from backend server."}"#),
        (502, "<html>Bad gateway</html>"),
        (503, ""),
    ] {
        let error = answered(&place, status, body).expect_err("it says no");
        assert_eq!(error.meaning, Meaning::Unknown, "{status}");
    }
    let error = answered(&place, 502, "<html>").expect_err("it says no");
    assert_eq!(error.to_string(), "the venue says 0: HTTP 502");
}

#[test]
fn too_many_requests_over_http_say_until_when() {
    let mut out = Decoded::default();
    let body = br#"{"code":-1003,"msg":"Too many requests"}"#;
    let headers = [("retry-after".to_string(), "7".to_string())];
    let answer = HttpAnswer { status: 429, headers: &headers, body };
    codec().decode_http(NOW, &Request::Time, &answer, &mut out).expect("an answer");
    let [Message::Answer(Answer { result: Err(error), .. })] = out.messages.as_slice() else {
        panic!("{out:?}")
    };
    assert_eq!(error.meaning, Meaning::TooMany(Some(Ts(NOW.0 + 7_000_000_000))));
}

#[test]
fn an_error_that_repeats_the_request_shows_neither_its_key_nor_its_signature() {
    let asked = codec().encode_http(NOW, &Request::Rights).expect("it can be sent");
    let (_, signature) = asked.path.split_once("&signature=").expect("it is signed");
    let secrets = [signature, crate::listed::API_KEY];
    let says = |error: VenueError| {
        let text = error.to_string();
        assert!(secrets.iter().all(|secret| !text.contains(secret)), "{text}");
        assert!(text.contains("apiRestrictions") && text.contains("<redacted>"), "{text}");
    };
    let msg = format!("no route for {}, X-MBX-APIKEY: {}", asked.path, crate::listed::API_KEY);
    let body = format!("{{\"code\":-1,\"msg\":\"{msg}\"}}");
    says(answered(&Request::Rights, 400, &body).expect_err("it says no"));
    let frame = format!("{{\"id\":null,\"status\":400,\"error\":{body}}}");
    let mut out = Decoded::default();
    codec().decode(NOW, frame.as_bytes(), &mut out).expect("an answer");
    let Some(Message::Answer(Answer { result: Err(error), .. })) = out.messages.pop() else {
        panic!("{out:?}")
    };
    says(error);
}

#[test]
fn a_request_may_be_given_less_time_to_arrive() {
    let rules = read_rules(RULES.as_bytes(), &symbols()).expect("the listing is well formed");
    let names = OrderNames::new("test", 3).expect("a tag");
    let credentials = wb_live::venues::binance::Credentials::new("abc", "secret").expect("a key");
    let codec = BinanceSpot::new(rules.listings, vec![], names, Some(credentials)).expect("a codec");
    let mut codec = codec.with_receive_window(wb_core::Span::from_seconds(1));
    let mut frame = String::new();
    codec.encode(NOW, &Request::Account, &mut frame).expect("it can be sent");
    assert!(frame.contains("\"recvWindow\":1000,"), "{frame}");
    assert_eq!(Request::Account.key(), RequestKey::Account);
}
