//! An exchange and a client of it that signs.

use std::sync::Arc;

use ring::hmac;
use serde_json::{Value, json};
use wb_core::{Instrument, Ts};
use wb_exchange::{
    ApiKey, ConnectionId, Exchange, FaultScript, HttpRequest, Limits, OrderRules, Output, Path, RequestId,
    Secret, Setup, Speed, Timestamps,
};

use crate::market;
pub(crate) use crate::market::{FROM, bars, simulation};

pub(crate) const KEY: &str = "the-key";
pub(crate) const SECRET: &str = "the-secret";
/// The real time: years later.
pub(crate) const NOW: Ts = Ts::from_seconds(1_800_000_000);

/// NEARUSDT and BTCUSDT, or the first of them.
pub(crate) fn instruments(n: usize) -> Arc<[Instrument]> {
    market::instruments(&["NEARUSDT", "BTCUSDT"][..n])
}

/// Two hours of minutes ahead of one hour of past, in lockstep.
pub(crate) fn setup(seed: u64) -> Setup {
    Setup {
        instruments: instruments(1),
        bars: vec![bars(seed, 60, 120)],
        from: FROM,
        simulation: simulation(),
        path: Path::OpenLowHighClose,
        speed: Speed::Lockstep,
        timestamps: Timestamps::Original,
        keys: vec![ApiKey { name: KEY.to_string(), secret: Secret::Hmac(SECRET.to_string()) }],
        limits: Limits::default(),
        rules: OrderRules::default(),
        faults: FaultScript::default(),
    }
}

/// The connections of a client: for requests, and for streams.
pub(crate) const API: ConnectionId = ConnectionId(1);
pub(crate) const STREAMS: ConnectionId = ConnectionId(2);

/// An exchange and what it has said.
pub(crate) struct Rig {
    pub(crate) exchange: Exchange,
    pub(crate) now: Ts,
    /// Frames that nobody has looked at, in the order in which they were sent.
    pub(crate) frames: Vec<(ConnectionId, Value)>,
    last: u64,
}

impl Rig {
    pub(crate) fn new(setup: Setup) -> Rig {
        let exchange = Exchange::open(setup, NOW).expect("a good setup");
        Rig { exchange, now: NOW, frames: Vec::new(), last: 0 }
    }

    /// With a connection for requests that is told of the account, and one for the bars of `streams`.
    pub(crate) fn connected(setup: Setup, streams: &str) -> Rig {
        let mut rig = Rig::new(setup);
        assert!(rig.exchange.on_connect(rig.now, API, "/ws-api/v3", "returnRateLimits=false"));
        assert!(rig.exchange.on_connect(rig.now, STREAMS, &format!("/ws/{streams}"), ""));
        let answer = rig.signed_call("userDataStream.subscribe.signature", json!({}));
        assert_eq!(answer["result"]["subscriptionId"], 0);
        rig
    }

    /// Sends an HTTP request. Gives status and body.
    pub(crate) fn request(&mut self, request: &HttpRequest) -> (u16, Value) {
        self.last += 1;
        let id = RequestId(self.last);
        self.exchange.on_request(self.now, id, request);
        let mut answered = None;
        while let Some(output) = self.exchange.poll() {
            match output {
                Output::Answer(to, answer) if to == id => {
                    let body = serde_json::from_str(&answer.body).expect("answers are JSON");
                    answered = Some((answer.status, body));
                }
                other => self.keep(other),
            }
        }
        answered.expect("every request is answered")
    }

    /// A request of anybody: `GET /api/v3/time`.
    pub(crate) fn get(&mut self, target: &str) -> (u16, Value) {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let (path, query) = (path.to_string(), query.to_string());
        self.request(&HttpRequest { method: "GET".to_string(), path, query, ..HttpRequest::default() })
    }

    /// A request of the account, signed in its query.
    pub(crate) fn signed(&mut self, method: &str, path: &str, query: &str) -> (u16, Value) {
        let and = if query.is_empty() { "" } else { "&" };
        let query = format!("{query}{and}timestamp={}", self.now.0 / 1_000_000);
        let query = format!("{query}&signature={}", sign(&query));
        self.request(&HttpRequest {
            method: method.to_string(),
            path: path.to_string(),
            query,
            api_key: Some(KEY.to_string()),
            ..HttpRequest::default()
        })
    }

    /// Sends a frame over a connection.
    pub(crate) fn frame(&mut self, connection: ConnectionId, frame: &Value) {
        self.exchange.on_frame(self.now, connection, &frame.to_string());
        self.drain();
    }

    /// Sends a request over the WebSocket API and takes its answer.
    pub(crate) fn call(&mut self, id: &str, method: &str, params: Value) -> Value {
        self.frame(API, &json!({ "id": id, "method": method, "params": params }));
        let at = self.frames.iter().position(|(_, frame)| frame["id"] == id);
        self.frames.remove(at.expect("every request is answered")).1
    }

    /// The same, signed.
    pub(crate) fn signed_call(&mut self, method: &str, mut params: Value) -> Value {
        self.last += 1;
        params["apiKey"] = KEY.into();
        params["timestamp"] = (self.now.0 / 1_000_000).into();
        let fields = params.as_object().expect("parameters have names");
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_string);
        let mut pairs: Vec<String> =
            fields.iter().map(|(name, value)| format!("{name}={}", text(value))).collect();
        pairs.sort();
        params["signature"] = sign(&pairs.join("&")).into();
        let id = format!("call-{}", self.last);
        self.call(&id, method, params)
    }

    /// Lets the next close happen.
    pub(crate) fn step(&mut self) -> Option<Ts> {
        let close = self.exchange.step();
        self.drain();
        close
    }

    /// What was sent over a connection since the last look.
    pub(crate) fn take(&mut self, connection: ConnectionId) -> Vec<Value> {
        let frames = std::mem::take(&mut self.frames);
        let (own, others) = frames.into_iter().partition(|(to, _)| *to == connection);
        self.frames = others;
        own.into_iter().map(|(_, frame): (ConnectionId, Value)| frame).collect()
    }

    pub(crate) fn drain(&mut self) {
        while let Some(output) = self.exchange.poll() {
            self.keep(output);
        }
    }

    fn keep(&mut self, output: Output) {
        match output {
            Output::Message(to, text) => {
                self.frames.push((to, serde_json::from_str(&text).expect("frames are JSON")));
            }
            other => panic!("nobody waits for {other:?}"),
        }
    }
}

pub(crate) fn sign(payload: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    hmac::sign(&key, payload.as_bytes()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
