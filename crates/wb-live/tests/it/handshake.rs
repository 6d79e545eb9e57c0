//! How connections begin, with either kind of key.

use wb_core::{InstrumentId, OrderId, OrderRequest, Price, Qty, Side, Ts};
use wb_live::venues::binance::{BinanceSpot, Credentials, read_rules};
use wb_live::venues::{
    Answer, Answered, CodecError, Decoded, Feed, Line, Message, OrderNames, Request, RequestKey, VenueCodec,
};

use crate::listed::{API_KEY, RULES};
use crate::messages::{codec, symbols};

const NOW: Ts = Ts(1_649_729_878_532_000_000);

/// Seed of RFC 8032, 7.1, test 1, as `openssl genpkey -algorithm ed25519` writes it.
const PEM: &str = "-----BEGIN PRIVATE KEY-----\n\
                   MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n\
                   -----END PRIVATE KEY-----\n";

fn codec_with(credentials: Option<Credentials>, feeds: Vec<Feed>) -> Result<BinanceSpot, CodecError> {
    let rules = read_rules(RULES.as_bytes(), &symbols()).expect("the listing is well formed");
    BinanceSpot::new(rules.listings, feeds, OrderNames::new("test", 3).expect("a tag"), credentials)
}

fn connected(codec: &mut BinanceSpot, line: Line) -> Vec<String> {
    let mut frames = Vec::new();
    codec.on_connected(line, NOW, &mut frames).expect("there is a key");
    frames
}

fn order(codec: &mut BinanceSpot) -> String {
    let order = OrderRequest::limit(InstrumentId(0), Side::Buy, Qty::new(500), Price(6_065_001));
    let mut frame = String::new();
    codec.encode(NOW, &Request::Place(OrderId(7), order), &mut frame).expect("it can be sent");
    frame
}

#[test]
fn the_market_line_asks_for_its_streams_by_its_path() {
    let mut codec = codec();
    let streams = "/stream?streams=btcusdt@kline_1m/btcusdt@trade/ethusdt@bookTicker/btcusdt@depth@100ms";
    assert_eq!(codec.path(Line::Market), streams);
    assert_eq!(connected(&mut codec, Line::Market), Vec::<String>::new());
    assert_eq!(codec.path(Line::Trading), "/ws-api/v3");
}

#[test]
fn a_feed_that_the_venue_does_not_have_is_refused_when_the_codec_is_made() {
    let seven = Feed::Bars(InstrumentId(0), wb_core::Interval::Minutes(7));
    assert_eq!(
        codec_with(None, vec![seven]).expect_err("no such bars"),
        CodecError::Unsupported("bars of that length")
    );
    let error = codec_with(None, vec![Feed::Trades(InstrumentId(9))]).expect_err("no such instrument");
    assert_eq!(error.to_string(), "nobody asked for instrument 9");
}

#[test]
fn an_hmac_key_signs_the_subscription_and_every_order() {
    let mut codec = codec();
    // The signature is that of: printf 'apiKey=…&timestamp=1649729878532' | openssl dgst -sha256 -hmac SECRET
    let expected = format!(
        "{{\"id\":\"u\",\"method\":\"userDataStream.subscribe.signature\",\"params\":{{\"apiKey\":\"{API_KEY}\",\
         \"timestamp\":1649729878532,\
         \"signature\":\"1cf54395b336b0a9727ef27d5d98987962bc47aca6e13fe978612d0adee066ed\"}}}}"
    );
    assert_eq!(connected(&mut codec, Line::Trading), [expected]);
    let mut out = Decoded::default();
    codec
        .decode(NOW, br#"{"id":"u","status":200,"result":{"subscriptionId":0}}"#, &mut out)
        .expect("an answer");
    let ready = Answer { request: Some(RequestKey::Reports), result: Ok(Answered::Done) };
    assert_eq!(out.messages, [Message::Answer(ready)]);
    assert_eq!(out.replies, Vec::<String>::new());
    assert!(order(&mut codec).contains("\"signature\":"));
}

#[test]
fn an_ed25519_key_signs_once_a_connection() {
    let credentials = Credentials::new("abc", PEM).expect("a key");
    let mut codec = codec_with(Some(credentials), vec![]).expect("a codec");
    for _ in 0..2 {
        let frames = connected(&mut codec, Line::Trading);
        let beginning = "{\"id\":\"l\",\"method\":\"session.logon\",\"params\":{\"apiKey\":\"abc\",\"timestamp\":1649729878532,\"signature\":\"";
        assert_eq!(frames.len(), 1);
        assert!(frames[0].starts_with(beginning), "{}", frames[0]);
        assert!(order(&mut codec).contains("\"signature\":"), "not logged on yet");
        let mut out = Decoded::default();
        let answer = br#"{"id":"l","status":200,"result":{"apiKey":"abc","authorizedSince":1649729878532}}"#;
        codec.decode(NOW, answer, &mut out).expect("an answer");
        assert_eq!(out.replies, ["{\"id\":\"u\",\"method\":\"userDataStream.subscribe\",\"params\":{}}"]);
        let sent = order(&mut codec);
        assert!(
            !sent.contains("signature") && !sent.contains("apiKey") && sent.contains("\"timestamp\":"),
            "{sent}"
        );
    }
}

#[test]
fn a_logon_that_is_refused_leads_to_nothing() {
    let credentials = Credentials::new("abc", PEM).expect("a key");
    let mut codec = codec_with(Some(credentials), vec![]).expect("a codec");
    connected(&mut codec, Line::Trading);
    let mut out = Decoded::default();
    let answer = br#"{"id":"l","status":401,"error":{"code":-2015,"msg":"Invalid API-key"}}"#;
    codec.decode(NOW, answer, &mut out).expect("an answer");
    assert_eq!((out.replies.len(), out.messages.len()), (0, 1));
    assert!(order(&mut codec).contains("\"signature\":"));
}

#[test]
fn without_a_key_there_is_what_anybody_may_ask_and_nothing_else() {
    let mut codec = codec_with(None, vec![Feed::Trades(InstrumentId(0))]).expect("a codec");
    let mut frames = Vec::new();
    for line in [Line::Market, Line::Trading] {
        codec.on_connected(line, NOW, &mut frames).expect("nothing has to be written");
    }
    assert!(frames.is_empty(), "there is nobody to introduce: {frames:?}");
    assert_eq!(codec.encode(NOW, &Request::Account, &mut String::new()), Err(CodecError::NoKey));
    assert_eq!(codec.encode_http(NOW, &Request::Account), Err(CodecError::NoKey));
    let depth = codec.encode_http(NOW, &Request::Depth(InstrumentId(0))).expect("anybody may see the book");
    assert!(
        depth.path.starts_with("/api/v3/depth?symbol=") && !depth.path.contains("signature"),
        "{depth:?}"
    );
    assert_eq!(depth.header, None);
    let hint = "give key and secret in the environment or in a file of mode 0600";
    assert_eq!(CodecError::NoKey.hint(), Some(hint));
}

#[test]
fn nothing_that_prints_shows_a_key_or_a_signature() {
    let mut codec = codec();
    connected(&mut codec, Line::Trading);
    let sent = order(&mut codec);
    let signature = &sent[sent.find("signature\":\"").expect("it is signed") + 12..][..64];
    let http = codec.encode_http(NOW, &Request::Account).expect("there is a key");
    let printed = format!("{codec:?} {http:?}");
    for secret in [API_KEY, crate::listed::SECRET, signature] {
        assert!(!printed.contains(secret), "{printed}");
    }
    assert!(printed.contains("HttpRequest(Get /api/v3/account)"), "{printed}");
}
