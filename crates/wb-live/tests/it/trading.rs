//! A runner at work: frames as the venue writes them go in, and every order that comes out is taken and filled.

use wb_core::{InstrumentId, Interval, ParamSet, ParamValue, Rng, Span, Ts};
use wb_kernel::{Execution, Kernel, KernelConfig, Model, RiskLimits};
use wb_live::runner::{Outbox, Runner, RunnerConfig, RunnerState, Trader};
use wb_live::venues::binance::{BinanceSpot, Credentials, read_rules};
use wb_live::venues::{Feed, Line, OrderNames};
use wb_strategies::STRATEGIES;

use crate::listed::{API_KEY, BTC, RULES, SECRET};

/// When the first bar begins.
const START: Ts = Ts::from_seconds(1_700_006_400);

/// Every order is filled at this price, in cents, so that trading neither wins nor loses.
const FILLED_AT: i64 = 6_000_000;

/// Limits that are all set, and wide.
const RISK: RiskLimits = RiskLimits {
    max_order_notional: Some(1e6),
    max_position_notional: Some(1e6),
    max_concentration: Some(10.0),
    max_leverage: Some(10.0),
    max_orders_per_minute: Some(100),
    max_drawdown: Some(0.9),
};

/// Whose rules hold after one minute and not after the next, while closes rise and fall in turn.
pub(crate) const IN_TURN: [(&str, &str); 2] =
    [("long", "close > sma(close, 2) and atr(14) > 0"), ("exit", "close < sma(close, 2) or rsi(14) > 101")];

/// A runner that trades minutes of one coin.
pub(crate) struct Trading {
    pub(crate) runner: Runner,
    pub(crate) out: Outbox,
    rng: Rng,
    minute: i64,
    /// The frame of the last bar, and how it closed, in cents.
    bar: String,
    close: i64,
    /// What the venue says of the last order.
    reports: Vec<String>,
    orders: u64,
}

impl Trading {
    /// A strategy of the table, trading.
    pub(crate) fn begin(strategy: &str, params: &[(&str, ParamValue)], models: Vec<Model>) -> Trading {
        let rules = read_rules(RULES.as_bytes(), &["BTCUSDT".to_string()]).expect("it is well formed");
        let interval = Interval::Minutes(1);
        let names = OrderNames::new("test", 3).expect("a tag");
        let credentials = Credentials::new(API_KEY, SECRET).expect("a key");
        let feeds = vec![Feed::Bars(BTC, interval)];
        let codec = BinanceSpot::new(rules.listings.clone(), feeds, names, Some(credentials));

        let entry = STRATEGIES.iter().find(|entry| entry.name == strategy).expect("it is in the table");
        let given: ParamSet =
            params.iter().map(|(name, value)| ((*name).to_string(), value.clone())).collect();
        let params = (entry.resolve)(&given).expect("good parameters");
        let roles = vec![(entry.roles[0].name.to_string(), vec![InstrumentId(0)])];
        let config = KernelConfig {
            interval,
            roles,
            cash: 100_000.0,
            risk: RISK,
            execution: Execution::Market,
            models,
        };
        let instrument = rules.listings[0].instrument.clone();
        let kernel = Kernel::new(entry, &params, [instrument].into(), &config).expect("it builds");

        let config = RunnerConfig { preload: false, ..RunnerConfig::new(interval) };
        let runner =
            Runner::new(Trader::at_venue(kernel), Box::new(codec.expect("a codec")), rules, config, None);
        let mut trading = Trading {
            runner,
            out: Outbox::default(),
            rng: Rng::new(1),
            minute: 0,
            bar: String::new(),
            close: FILLED_AT,
            reports: Vec::new(),
            orders: 0,
        };
        trading.connect();
        trading
    }

    fn connect(&mut self) {
        let now = self.now();
        self.runner.on_connected(Line::Trading, now, &mut self.out);
        let time = format!(r#"{{"id":"T","status":200,"result":{{"serverTime":{}}}}}"#, now.0 / 1_000_000);
        for answer in [
            r#"{"id":"u","status":200,"result":{"subscriptionId":0}}"#,
            &time,
            r#"{"id":"a","status":200,"result":{"canTrade":true,"balances":[{"asset":"USDT","free":"100000.0","locked":"0.0"}]}}"#,
            r#"{"id":"o0","status":200,"result":[]}"#,
        ] {
            self.runner.on_frame(Line::Trading, now, answer.as_bytes(), &mut self.out);
        }
        self.runner.on_connected(Line::Market, now, &mut self.out);
        self.runner.on_time(now, &mut self.out);
        assert_eq!(self.runner.state(), RunnerState::Trading, "{:?}", self.out.notices);
    }

    /// A millisecond after the last bar has closed.
    fn now(&self) -> Ts {
        START + Span(60_000_000_000 * self.minute + 1_000_000)
    }

    /// Writes the next bar: closes stand in turn above and below the price at which orders are filled.
    pub(crate) fn prepare_bar(&mut self) {
        self.out.clear();
        self.minute += 1;
        let away = 1_000 + self.rng.below(20_000) as i64;
        let open = self.close;
        self.close = if self.minute % 2 == 0 { FILLED_AT - away } else { FILLED_AT + away };
        let ended = START.0 / 1_000_000 + 60_000 * self.minute;
        self.bar = format!(
            r#"{{"stream":"btcusdt@kline_1m","data":{{"e":"kline","E":{},"s":"BTCUSDT","k":{{"t":{},"T":{},"s":"BTCUSDT","i":"1m","f":100,"L":200,"o":"{}","c":"{}","h":"{}","l":"{}","v":"12.34500000","n":100,"x":true,"q":"748000.00000000","V":"6.00000000","Q":"363000.00000000","B":"0"}}}}}}"#,
            ended + 1,
            ended - 60_000,
            ended - 1,
            price(open),
            price(self.close),
            price(open.max(self.close) + 100),
            price(open.min(self.close) - 100),
        );
    }

    /// The bar arrives.
    pub(crate) fn tell_bar(&mut self) {
        let now = self.now();
        self.runner.on_frame(Line::Market, now, self.bar.as_bytes(), &mut self.out);
    }

    /// Writes what the venue says of the order that was sent: taken, working, filled. False if none was sent.
    pub(crate) fn prepare_reports(&mut self) -> bool {
        self.reports.clear();
        let Some((line, order)) = self.out.frames().next() else { return false };
        assert_eq!(line, Line::Trading, "{order}");
        self.orders += 1;
        let [id, name, side, qty] =
            ["id", "newClientOrderId", "side", "quantity"].map(|field| text_of(order, field));
        let (number, time) = (1_000_000 + self.orders, self.now().0 / 1_000_000);
        self.reports.push(format!(
            r#"{{"id":"{id}","status":200,"result":{{"symbol":"BTCUSDT","orderId":{number},"orderListId":-1,"clientOrderId":"{name}","transactTime":{time}}},"rateLimits":[{{"rateLimitType":"ORDERS","interval":"SECOND","intervalNum":10,"limit":100,"count":1}}]}}"#
        ));
        let at = price(FILLED_AT);
        for (what, state, last, filled, trade) in [
            ("NEW", "NEW", "0.00000000", "0.00000000", -1),
            ("TRADE", "FILLED", qty, qty, self.orders as i64),
        ] {
            self.reports.push(format!(
                r#"{{"subscriptionId":0,"event":{{"e":"executionReport","E":{time},"s":"BTCUSDT","c":"{name}","S":"{side}","o":"MARKET","f":"GTC","q":"{qty}","p":"0.00000000","P":"0.00000000","F":"0.00000000","g":-1,"C":"","x":"{what}","X":"{state}","r":"NONE","i":{number},"l":"{last}","z":"{filled}","L":"{at}","n":"0.00000000","N":"USDT","T":{time},"t":{trade},"I":4644480641,"w":true,"m":false,"M":false,"O":{time},"Z":"0.00000000","Y":"0.00000000","Q":"0.00000000","W":{time},"V":"NONE"}}}}"#
            ));
        }
        self.out.clear();
        true
    }

    /// What the venue says of the order arrives.
    pub(crate) fn tell_reports(&mut self) {
        let now = self.now();
        for report in &self.reports {
            self.runner.on_frame(Line::Trading, now, report.as_bytes(), &mut self.out);
        }
    }
}

fn price(cents: i64) -> String {
    format!("{}.{:02}000000", cents / 100, cents % 100)
}

/// The text that a field of a frame holds.
fn text_of<'a>(frame: &'a str, field: &str) -> &'a str {
    let (_, rest) = frame.split_once(&format!("\"{field}\":\"")).expect(field);
    rest.split('"').next().expect("a split has a first part")
}
