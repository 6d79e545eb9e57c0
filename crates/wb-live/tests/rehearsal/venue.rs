//! An exchange that replays a run, and the codec that speaks with it.

use wb_core::{InstrumentId, Ts};
use wb_exchange::{
    ApiKey, Exchange, FaultScript, HttpRequest, Limits, OrderRules, Output, Path, RequestId, Secret, Setup,
    Speed, Timestamps,
};
use wb_live::runner::{Pace, Trader};
use wb_live::venues::binance::{BinanceSpot, Credentials, read_rules, rules_path};
use wb_live::venues::{Feed, OrderNames, VenueRules};

use crate::market::{FROM, Run};

pub(crate) const KEY: &str = "thekey";
pub(crate) const SECRET: &str = "thesecret";

/// An exchange with the bars, costs and cash of a run, which takes as many orders as there are.
pub(crate) fn setup(run: &Run, speed: Speed, timestamps: Timestamps) -> Setup {
    Setup {
        instruments: run.instruments.clone(),
        bars: run.bars.clone(),
        from: FROM,
        simulation: run.spec.simulation,
        path: Path::OpenLowHighClose,
        speed,
        timestamps,
        keys: vec![ApiKey { name: KEY.to_string(), secret: Secret::Hmac(SECRET.to_string()) }],
        limits: Limits::of_lockstep(),
        rules: OrderRules { min_notional: 0.0, ..OrderRules::default() },
        faults: FaultScript::default(),
    }
}

/// What the exchange lists of the run's instruments.
pub(crate) fn rules(run: &Run, exchange: &mut Exchange) -> VenueRules {
    let symbols: Vec<String> = run.instruments.iter().map(|i| i.symbol.clone()).collect();
    let target = rules_path(&symbols);
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let (path, query) = (path.to_string(), query.to_string());
    let request = HttpRequest { method: "GET".to_string(), path, query, ..HttpRequest::default() };
    // Rules do not depend on the time.
    exchange.on_request(Ts(0), RequestId(1), &request);
    let Some(Output::Answer(_, answer)) = exchange.poll() else { panic!("every request is answered") };
    read_rules(answer.body.as_bytes(), &symbols).expect("what the venue lists")
}

/// What a session of a run asks for: bars, and trades by the clock.
pub(crate) fn feeds(run: &Run, pace: Pace) -> Vec<Feed> {
    let of_one = |id| match pace {
        Pace::Lockstep => vec![Feed::Bars(id, run.spec.interval)],
        Pace::Clock => vec![Feed::Bars(id, run.spec.interval), Feed::Trades(id)],
    };
    (0..run.instruments.len() as u32).map(InstrumentId).flat_map(of_one).collect()
}

/// The account's key, which is not needed on paper.
pub(crate) fn key_for(trader: &Trader) -> Option<Credentials> {
    (!trader.is_on_paper()).then(|| Credentials::new(KEY, SECRET).expect("a key"))
}

/// A codec that asks for these market data.
pub(crate) fn codec(rules: &VenueRules, feeds: Vec<Feed>, key: Option<Credentials>) -> BinanceSpot {
    let names = OrderNames::new("rig", 1).expect("a tag");
    BinanceSpot::new(rules.listings.clone(), feeds, names, key).expect("a codec")
}
