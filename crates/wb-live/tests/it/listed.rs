//! What a venue lists, written by hand after its documentation, and the key of the examples there.

use wb_core::InstrumentId;

/// Example key of binance-spot-api-docs, rest-api.md, "SIGNED Endpoint Examples".
pub(crate) const API_KEY: &str = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A";

/// Its secret, there.
pub(crate) const SECRET: &str = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j";

pub(crate) const BTC: InstrumentId = InstrumentId(0);

pub(crate) const RULES: &str = r#"{"timezone":"UTC","serverTime":1700000000000,"rateLimits":[
{"rateLimitType":"REQUEST_WEIGHT","interval":"MINUTE","intervalNum":1,"limit":6000},
{"rateLimitType":"ORDERS","interval":"SECOND","intervalNum":10,"limit":100},
{"rateLimitType":"ORDERS","interval":"DAY","intervalNum":1,"limit":200000},
{"rateLimitType":"RAW_REQUESTS","interval":"MINUTE","intervalNum":5,"limit":300000},
{"rateLimitType":"SOMETHING_NEW","interval":"MINUTE","intervalNum":5,"limit":1}],
"exchangeFilters":[],"symbols":[
{"symbol":"ETHUSDT","status":"CANCEL_ONLY","baseAsset":"ETH","quoteAsset":"USDT","orderTypes":["LIMIT"],"filters":[
{"filterType":"PRICE_FILTER","minPrice":"0.01000000","maxPrice":"1000000.00000000","tickSize":"0.01000000"},
{"filterType":"LOT_SIZE","minQty":"0.00010000","maxQty":"9000.00000000","stepSize":"0.00010000"}]},
{"symbol":"BTCUSDT","status":"TRADING","baseAsset":"BTC","quoteAsset":"USDT","isSpotTradingAllowed":true,
"orderTypes":["LIMIT","LIMIT_MAKER","MARKET","STOP_LOSS","STOP_LOSS_LIMIT","TAKE_PROFIT","PEGGED_NEW"],"filters":[
{"filterType":"PRICE_FILTER","minPrice":"0.01000000","maxPrice":"1000000.00000000","tickSize":"0.01000000"},
{"filterType":"LOT_SIZE","minQty":"0.00001000","maxQty":"9000.00000000","stepSize":"0.00001000"},
{"filterType":"MARKET_LOT_SIZE","minQty":"0.00000000","maxQty":"112.21108820","stepSize":"0.00000000"},
{"filterType":"NOTIONAL","minNotional":"5.00000000","applyMinToMarket":true,"maxNotional":"9000000.00000000","applyMaxToMarket":false,"avgPriceMins":5},
{"filterType":"PERCENT_PRICE_BY_SIDE","bidMultiplierUp":"5","bidMultiplierDown":"0.2","askMultiplierUp":"5","askMultiplierDown":"0.2","avgPriceMins":5},
{"filterType":"MAX_NUM_ORDERS","maxNumOrders":200},{"filterType":"MAX_NUM_ALGO_ORDERS","maxNumAlgoOrders":5},
{"filterType":"MAX_POSITION","maxPosition":"10.00000000"},{"filterType":"ICEBERG_PARTS","limit":10}]},
{"symbol":"BNBBTC","status":"TRADING","baseAsset":"BNB","quoteAsset":"BTC","orderTypes":["LIMIT","MARKET"],"filters":[
{"filterType":"PRICE_FILTER","minPrice":"0.00000100","maxPrice":"100000.00000000","tickSize":"0.00000100"},
{"filterType":"LOT_SIZE","minQty":"0.00100000","maxQty":"100000.00000000","stepSize":"0.00100000"}]}]}"#;
