//! From a request to its operation, and from its result to an answer.

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use serde_json::{Value, json};
use wb_core::{Span, Ts};

use super::auth::{Claim, check, check_time, known_key, rest_payload};
use super::error::ApiError;
use super::operation::{Call, Door, Operation, Reply, Security};
use super::params::Params;
use crate::clock::TimeUnit;
use crate::connection::{ApiSession, Connection, ConnectionId};
use crate::exchange::{Answer, Exchange, Output, RequestId};
use crate::faults::Mishap;

/// An HTTP request as it was sent.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct HttpRequest {
    /// `GET`, `POST`, …
    pub method: String,
    /// Without the query.
    pub path: String,
    /// What stands behind the question mark, not decoded.
    pub query: String,
    /// A form, or nothing.
    pub body: String,
    /// The header `X-MBX-APIKEY`.
    pub api_key: Option<String>,
    /// The header `X-MBX-TIME-UNIT`.
    pub time_unit: Option<String>,
}

/// A request over the WebSocket API.
#[derive(Debug)]
struct Frame {
    /// JSON text.
    id: String,
    method: String,
    params: BTreeMap<String, Box<RawValue>>,
}

/// What may stand before any path: base addresses of clients that go in lockstep end in it.
pub(crate) const LOCKSTEP: &str = "/lockstep";
/// What steers the replay.
const CONTROL: &str = "/control/";
/// The request that lets the next close happen, in lockstep.
const STEP: &str = "/control/step";
/// The `id`, as JSON text, with which a `time` request over the WebSocket API begins that lets the next close happen.
const STEP_ID: &str = "\"step";
/// The request that asks where the replay is and who listens.
const STATUS: &str = "/control/status";

impl Exchange {
    /// Takes an HTTP request. Its answer comes out of [`Exchange::poll`].
    pub fn on_request(&mut self, now: Ts, id: RequestId, request: &HttpRequest) {
        let now = self.at(now);
        let door = Door::Http(id);
        let path = request.path.strip_prefix(LOCKSTEP).unwrap_or(&request.path);
        let operation = Operation::of_rest(&request.method, path);
        let counts_orders = operation.is_some_and(Operation::is_about_orders);
        let is_control = path.starts_with(CONTROL);
        let (params, unit) = (Params::default(), TimeUnit::Milli);
        let mut call = Call { params, door, unit, now, counts_orders, is_control };
        let result = self.run_request(&mut call, operation, request);
        self.finish(&call, result);
    }

    fn run_request(
        &mut self,
        call: &mut Call,
        operation: Option<&Operation>,
        request: &HttpRequest,
    ) -> Result<Reply, ApiError> {
        let Some(operation) = operation else { return self.run_unknown(request) };
        call.unit = time_unit(request.time_unit.as_deref())?;
        call.params = Params::of_form(&request.query, &request.body)?;
        self.charged(call, operation, |exchange, call| {
            if operation.security == Security::Signed {
                let payload = rest_payload(&request.query, &request.body);
                let claim =
                    Claim { key: request.api_key.as_deref(), payload: &payload, params: &call.params };
                check(&exchange.keys, &claim, call.now)?;
            }
            (operation.run)(exchange, call)
        })
    }

    /// What is not in the table: control of the replay, and what the venue has retired.
    fn run_unknown(&mut self, request: &HttpRequest) -> Result<Reply, ApiError> {
        match (request.method.as_str(), request.path.as_str()) {
            ("POST", STEP) => {
                let close = self.step_on_demand()?;
                Ok(Reply::Now(json!({ "close": self.clock.stamp(TimeUnit::Milli).of(close) })))
            }
            ("GET", STATUS) => Ok(Reply::Now(self.control_status())),
            (_, path) if path.starts_with("/api/v1/") || path.starts_with("/api/v3/userDataStream") => {
                Err(ApiError::new(-1016, "This service is no longer available.").status(410))
            }
            (method, path) => {
                let msg = format!("This operation is not supported: {method} {path}");
                Err(ApiError::new(-1020, msg).status(404))
            }
        }
    }

    /// Where the replay is, and who listens: what a script needs that waits for clients to be ready.
    fn control_status(&self) -> Value {
        let mut streams: Vec<&str> = Vec::new();
        let mut subscriptions = 0;
        for connection in self.connections.values() {
            match connection {
                Connection::Streams(session) => streams.extend(session.streams.keys().map(String::as_str)),
                Connection::Api(session) => subscriptions += session.subscriptions.len(),
            }
        }
        json!({
            "time": self.clock.stamp(TimeUnit::Milli).now(),
            "over": self.is_over(),
            "streams": streams,
            "account_subscriptions": subscriptions,
        })
    }

    /// Lets the next close happen for a client that asks for it.
    ///
    /// # Errors
    /// If the replay does not wait for clients, or is over.
    pub(crate) fn step_on_demand(&mut self) -> Result<Ts, ApiError> {
        if !self.is_lockstep() {
            return Err(ApiError::new(-1020, "The replay is paced by the clock; it takes no steps."));
        }
        self.step().ok_or_else(|| ApiError::new(-1000, "The replay has come to its end."))
    }

    /// Takes a frame of the WebSocket API.
    pub(crate) fn on_api_frame(&mut self, now: Ts, connection: ConnectionId, text: &str) {
        let frame = match Frame::parse(text) {
            Ok(frame) => frame,
            Err(error) => {
                let text = self.frame_answer(connection, "null", false, &Err(error));
                return self.send(Span::ZERO, Output::Message(connection, text));
            }
        };
        let Some(unit) = self.api_session(connection).map(|session| session.unit) else { return };
        let operation = Operation::of_method(&frame.method);
        let is_control = frame.method == "time" && self.is_step(connection, &frame.id);
        let call = Call {
            params: Params::of_json(&frame.params),
            door: Door::Socket(connection, frame.id),
            unit,
            now,
            counts_orders: operation.is_some_and(Operation::is_about_orders),
            is_control,
        };
        let result = match operation {
            Some(operation) => self.run_frame(&call, connection, operation),
            None => {
                let msg = format!("Unknown method '{}'.", frame.method);
                Err(ApiError::new(-1020, msg))
            }
        };
        self.finish(&call, result);
    }

    /// Whether a `time` request asks for the next close: by its `id`; or because of the address that its connection was
    /// opened at, as long as anybody listens to bars.
    fn is_step(&self, connection: ConnectionId, id: &str) -> bool {
        let is_handled = || {
            let hears_bars = |session: &Connection| match session {
                Connection::Streams(session) => session.hears_bars(),
                Connection::Api(_) => false,
            };
            self.connections.values().any(hears_bars)
        };
        id.starts_with(STEP_ID)
            || self.api_session(connection).is_some_and(|session| session.is_lockstep) && is_handled()
    }

    fn run_frame(
        &mut self,
        call: &Call,
        connection: ConnectionId,
        operation: &Operation,
    ) -> Result<Reply, ApiError> {
        self.charged(call, operation, |exchange, call| {
            if operation.security == Security::Signed {
                exchange.check_frame(call, connection)?;
            }
            (operation.run)(exchange, call)
        })
    }

    /// A request over a connection that has logged on needs no signature.
    fn check_frame(&self, call: &Call, connection: ConnectionId) -> Result<(), ApiError> {
        let logon = self.api_session(connection).and_then(|session| session.logon.as_ref());
        if call.params.get("apiKey").is_none()
            && let Some((key, _)) = logon
        {
            known_key(&self.keys, Some(key))?;
            return check_time(&call.params, call.now);
        }
        self.check_signed_frame(call).map(|_| ())
    }

    /// The name of the key that signed a request.
    ///
    /// # Errors
    /// If it is not signed well.
    pub(crate) fn check_signed_frame(&self, call: &Call) -> Result<String, ApiError> {
        let payload = call.params.signed_text();
        let claim = Claim { key: call.params.get("apiKey"), payload: &payload, params: &call.params };
        check(&self.keys, &claim, call.now).map(|key| key.name.clone())
    }

    /// Carries a request out if its weight is still free.
    fn charged(
        &mut self,
        call: &Call,
        operation: &Operation,
        run: impl FnOnce(&mut Exchange, &Call) -> Result<Reply, ApiError>,
    ) -> Result<Reply, ApiError> {
        if !call.is_control {
            self.refuse_on_purpose(call.now)?;
        }
        let weight = (operation.weight)(&call.params);
        self.limits.charge(weight, call.now)?;
        let result = run(self, call);
        if weight == 0 && result.is_err() {
            self.limits.charge(1, call.now)?;
        }
        result
    }

    /// The refusal of a fault script.
    fn refuse_on_purpose(&mut self, now: Ts) -> Result<(), ApiError> {
        let (script, rng) = self.outbox.faults();
        match script.requests().refusal(rng) {
            None => Ok(()),
            Some(429) => Err(self.limits.exhausted(now)),
            Some(status) => {
                let msg =
                    "Server is currently overloaded with other requests. Please try again in a few minutes.";
                Err(ApiError::new(-1008, msg).status(status))
            }
        }
    }

    /// Answers a request, unless its answer comes later, and tells what it has led to.
    fn finish(&mut self, call: &Call, result: Result<Reply, ApiError>) {
        match result {
            Ok(Reply::Now(value)) => self.answer(call, Ok(value)),
            Ok(Reply::Later) => {}
            Err(error) => self.answer(call, Err(error)),
        }
        self.tell_reports();
    }

    /// Sends an answer to where its request came from.
    pub(crate) fn answer(&mut self, call: &Call, result: Result<Value, ApiError>) {
        let (script, rng) = self.outbox.faults();
        let mishap = if call.is_control { Mishap::None } else { script.requests().mishap(rng) };
        let (result, late) = match mishap {
            Mishap::None => (result, Span::ZERO),
            Mishap::Late(late) => (result, late),
            Mishap::Lost => return,
            Mishap::Unknown => {
                let msg = "Timeout waiting for response from backend server. Send status unknown; execution status \
                           unknown.";
                (Err(ApiError::new(-1007, msg).status(503)), Span::ZERO)
            }
        };
        let output = match &call.door {
            Door::Http(id) => Output::Answer(*id, self.http_answer(call.now, call.counts_orders, &result)),
            Door::Socket(connection, id) => {
                Output::Message(*connection, self.frame_answer(*connection, id, call.counts_orders, &result))
            }
        };
        self.send(late, output);
    }

    fn http_answer(&mut self, now: Ts, counts_orders: bool, result: &Result<Value, ApiError>) -> Answer {
        let mut headers = self.limits.headers(counts_orders, now);
        match result {
            Ok(value) => Answer { status: 200, headers, body: value.to_string() },
            Err(error) => {
                let retry = error.data.as_ref().and_then(|data| data["retryAfter"].as_i64());
                if let Some(at) = retry.filter(|_| error.status == 429) {
                    let seconds = (at - now.0 / 1_000_000).max(0) / 1_000 + 1;
                    headers.push(("Retry-After", seconds.to_string()));
                }
                Answer { status: error.status, headers, body: error.body().to_string() }
            }
        }
    }

    fn frame_answer(
        &self,
        connection: ConnectionId,
        id: &str,
        counts_orders: bool,
        result: &Result<Value, ApiError>,
    ) -> String {
        let (status, name, body) = match result {
            Ok(value) => (200, "result", value.clone()),
            Err(error) => (error.status, "error", error.body()),
        };
        let counts = match self.api_session(connection) {
            Some(session) if session.returns_limits => {
                format!(",\"rateLimits\":{}", self.limits.counts(counts_orders))
            }
            _ => String::new(),
        };
        format!("{{\"id\":{id},\"status\":{status},\"{name}\":{body}{counts}}}")
    }

    /// The session of a connection of the WebSocket API.
    pub(crate) fn api_session(&self, connection: ConnectionId) -> Option<&ApiSession> {
        match self.connections.get(&connection)? {
            Connection::Api(session) => Some(session),
            Connection::Streams(_) => None,
        }
    }
}

/// The unit of that name; milliseconds without one.
///
/// # Errors
/// -1194 for a name that is none.
pub(crate) fn time_unit(name: Option<&str>) -> Result<TimeUnit, ApiError> {
    match name.map(str::to_ascii_uppercase).as_deref() {
        None | Some("MILLISECOND") => Ok(TimeUnit::Milli),
        Some("MICROSECOND") => Ok(TimeUnit::Micro),
        Some(_) => Err(ApiError::new(
            -1194,
            "Invalid value for time unit; expected either MICROSECOND or MILLISECOND.",
        )),
    }
}

impl Frame {
    /// Reads a request; its `id` may be a number, a text or absent.
    fn parse(text: &str) -> Result<Frame, ApiError> {
        let bad = || ApiError::new(-1135, "Invalid JSON Request");
        let mut fields: BTreeMap<String, Box<RawValue>> = serde_json::from_str(text).map_err(|_| bad())?;
        let id = fields.remove("id").map_or_else(|| "null".to_string(), |raw| raw.get().to_string());
        let method = fields.remove("method").ok_or_else(bad)?;
        let method = serde_json::from_str(method.get()).map_err(|_| bad())?;
        let params = match fields.remove("params") {
            Some(raw) => serde_json::from_str(raw.get()).map_err(|_| bad())?,
            None => BTreeMap::new(),
        };
        Ok(Frame { id, method, params })
    }
}
