//! Connections: what their path asks for, and what market streams they subscribe to.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};
use wb_core::{InstrumentId, Span, Ts};

use super::dispatch::{LOCKSTEP, time_unit};
use super::error::ApiError;
use super::params::Params;
use super::topic::Topic;
use crate::clock::TimeUnit;
use crate::connection::{ApiSession, Connection, ConnectionId, StreamSession};
use crate::exchange::{Exchange, Output};

/// Most streams of one connection.
const MOST_STREAMS: usize = 1_024;

/// A request over a connection for streams.
#[derive(Deserialize, Debug)]
struct Request {
    method: String,
    #[serde(default)]
    params: Vec<Value>,
    #[serde(default)]
    id: Value,
}

impl Exchange {
    /// Opens a WebSocket connection: `/ws`, `/ws/<stream>/<stream>`, `/stream?streams=<stream>/<stream>` for market
    /// messages, `/ws-api/v3` for requests, `/lockstep/ws-api/v3` for requests of a client that sends a `time` request
    /// once it has handled what it was told. False where the path is none of these.
    pub fn on_connect(&mut self, now: Ts, id: ConnectionId, path: &str, query: &str) -> bool {
        let now = self.at(now);
        let Ok(params) = Params::of_form(query, "") else { return false };
        let Ok(unit) = time_unit(params.get("timeUnit")) else { return false };
        let stripped = path.strip_prefix(LOCKSTEP);
        let (path, is_lockstep) = (stripped.unwrap_or(path), stripped.is_some());
        let connection = if path == "/ws-api/v3" {
            let returns_limits = params.get("returnRateLimits") != Some("false");
            Connection::Api(ApiSession::new(unit, returns_limits, is_lockstep, now))
        } else if path == "/stream" {
            self.stream_session(unit, true, params.get("streams").unwrap_or_default())
        } else if let Some(streams) = path.strip_prefix("/ws").filter(|s| s.is_empty() || s.starts_with('/'))
        {
            self.stream_session(unit, false, streams)
        } else {
            return false;
        };
        self.connections.insert(id, connection);
        true
    }

    fn stream_session(&self, unit: TimeUnit, combined: bool, names: &str) -> Connection {
        let names = names.split('/').filter(|name| !name.is_empty());
        // A name that is none is never heard of, as with the venue.
        let streams =
            names.filter_map(|name| Some((name.to_string(), self.stream(name)?))).collect::<BTreeMap<_, _>>();
        Connection::Streams(StreamSession { unit, combined, streams })
    }

    fn stream(&self, name: &str) -> Option<(InstrumentId, Topic)> {
        let base = self.markets.first()?.base();
        let listings = self.markets.iter().map(|market| &market.listing);
        let (at, topic) = Topic::of_stream(name, base, listings)?;
        Some((self.markets[at].listing.instrument.id, topic))
    }

    /// A connection has ended.
    pub fn on_disconnect(&mut self, id: ConnectionId) {
        self.connections.remove(&id);
        self.outbox.forget(id);
    }

    /// Takes a text frame.
    pub fn on_frame(&mut self, now: Ts, id: ConnectionId, text: &str) {
        let now = self.at(now);
        match self.connections.get(&id) {
            Some(Connection::Api(_)) => self.on_api_frame(now, id, text),
            Some(Connection::Streams(_)) => {
                let message = match serde_json::from_str::<Request>(text) {
                    Ok(request) => {
                        let (key, value) = match self.stream_request(id, &request) {
                            Ok(result) => ("result", result),
                            Err(error) => ("error", error.body()),
                        };
                        json!({ key: value, "id": request.id })
                    }
                    Err(error) => stream_error(3, &format!("Invalid JSON: {error}")).body(),
                };
                self.send(Span::ZERO, Output::Message(id, message.to_string()));
            }
            None => {}
        }
    }

    fn stream_request(&mut self, id: ConnectionId, request: &Request) -> Result<Value, ApiError> {
        let names = || request.params.iter().map(|value| value.as_str().unwrap_or_default());
        let known: Vec<_> = names().filter_map(|name| Some((name.to_string(), self.stream(name)?))).collect();
        let Some(Connection::Streams(session)) = self.connections.get_mut(&id) else {
            return Ok(Value::Null);
        };
        match request.method.as_str() {
            "SUBSCRIBE" => {
                if session.streams.len() + known.len() > MOST_STREAMS {
                    return Err(stream_error(2, "Invalid request: too many streams"));
                }
                session.streams.extend(known);
                Ok(Value::Null)
            }
            "UNSUBSCRIBE" => {
                for name in names() {
                    session.streams.remove(name);
                }
                Ok(Value::Null)
            }
            "LIST_SUBSCRIPTIONS" => Ok(session.streams.keys().cloned().collect()),
            "SET_PROPERTY" => match request.params.as_slice() {
                [Value::String(name), Value::Bool(combined)] if name == "combined" => {
                    session.combined = *combined;
                    Ok(Value::Null)
                }
                _ => {
                    Err(stream_error(1, "Invalid value type: expected the property `combined` and a boolean"))
                }
            },
            "GET_PROPERTY" if names().eq(["combined"]) => Ok(session.combined.into()),
            "GET_PROPERTY" => Err(stream_error(0, "Unknown property")),
            method => Err(stream_error(2, &format!("Invalid request: unknown variant {method}"))),
        }
    }
}

/// An error of a connection for streams: these have numbers of their own.
fn stream_error(code: i32, msg: &str) -> ApiError {
    ApiError::new(code, msg)
}
