//! A codec for three instruments, and messages written by hand after the venue's documentation.

use wb_core::{InstrumentId, Interval};
use wb_live::venues::binance::{BinanceSpot, Credentials, read_rules};
use wb_live::venues::{Feed, OrderNames};

use crate::listed::{API_KEY, BTC, RULES, SECRET};

pub(crate) const QUOTE: &str = r#"{"stream":"btcusdt@bookTicker","data":{"u":400900217,"s":"BTCUSDT","b":"60650.00000000","B":"31.21000000","a":"60650.01000000","A":"40.66000000"}}"#;

pub(crate) const TRADE: &str = r#"{"stream":"btcusdt@trade","data":{"e":"trade","E":1672515782136,"s":"BTCUSDT","t":12345,"p":"60650.01000000","q":"0.00100000","T":1672515782135,"m":true,"M":true}}"#;

pub(crate) const CLOSED_BAR: &str = r#"{"stream":"btcusdt@kline_1m","data":{"e":"kline","E":1672515840001,"s":"BTCUSDT","k":{"t":1672515780000,"T":1672515839999,"s":"BTCUSDT","i":"1m","f":100,"L":200,"o":"60600.00000000","c":"60650.01000000","h":"60700.00000000","l":"60599.50000000","v":"12.34500000","n":100,"x":true,"q":"748000.00000000","V":"6.00000000","Q":"363000.00000000","B":"0"}}}"#;

/// Ten levels.
pub(crate) const DEPTH: &str = r#"{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1672515782136,"s":"BTCUSDT","U":157,"u":160,"b":[["60650.00000000","0.00213000"],["60648.08000000","0.06346000"],["60648.01000000","0.06430000"],["60648.00000000","0.00000000"],["60647.53000000","0.19622000"]],"a":[["60650.01000000","0.61982000"],["60653.68000000","0.00696000"],["60653.69000000","0.00000000"],["60656.89000000","0.01000000"],["60657.87000000","0.02000000"]]}}"#;

/// A fill of the seventh order of the third session of `test`; the fee is paid in what was bought.
pub(crate) const FILL: &str = r#"{"subscriptionId":0,"event":{"e":"executionReport","E":1759347763168,"s":"BTCUSDT","c":"test-3-7","S":"BUY","o":"LIMIT","f":"GTC","q":"0.00500000","p":"60650.01000000","P":"0.00000000","F":"0.00000000","g":-1,"C":"","x":"TRADE","X":"PARTIALLY_FILLED","r":"NONE","i":1234567890,"l":"0.00200000","z":"0.00300000","L":"60650.00000000","n":"0.00000200","N":"BTC","T":1759347763167,"t":98765432,"I":4644480641,"w":true,"m":true,"M":false,"O":1759347763100,"Z":"181.95000000","Y":"121.30000000","Q":"0.00000000","W":1759347763100,"V":"NONE"}}"#;

/// The instruments that [`codec`] knows, in their order.
pub(crate) fn symbols() -> Vec<String> {
    ["BTCUSDT", "ETHUSDT", "BNBBTC"].map(String::from).to_vec()
}

/// The codec of session 3 of the deployment `test`.
pub(crate) fn codec() -> BinanceSpot {
    let rules = read_rules(RULES.as_bytes(), &symbols()).expect("the listing is well formed");
    let feeds = vec![
        Feed::Bars(BTC, Interval::Minutes(1)),
        Feed::Trades(BTC),
        Feed::Quotes(InstrumentId(1)),
        Feed::Depth(BTC),
    ];
    let names = OrderNames::new("test", 3).expect("a tag");
    let credentials = Credentials::new(API_KEY, SECRET).expect("a key");
    BinanceSpot::new(rules.listings, feeds, names, Some(credentials)).expect("a codec")
}
