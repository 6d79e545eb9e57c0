//! WebSocket connections: what each has subscribed to, and as whom.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use wb_core::{InstrumentId, Ts};

use crate::clock::TimeUnit;
use crate::protocol::topic::Topic;

/// A WebSocket connection, as the server numbers them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct ConnectionId(pub u64);

/// A connection by what it is for.
#[derive(Debug)]
pub(crate) enum Connection {
    /// Market messages.
    Streams(StreamSession),
    /// Requests, and news of the account.
    Api(ApiSession),
}

/// A connection for market messages.
#[derive(Debug)]
pub(crate) struct StreamSession {
    pub(crate) unit: TimeUnit,
    /// Whether messages say which stream they are of.
    pub(crate) combined: bool,
    /// Streams by the name that the client gave.
    pub(crate) streams: BTreeMap<String, (InstrumentId, Topic)>,
}

impl StreamSession {
    /// The names under which a topic of a symbol is subscribed to.
    pub(crate) fn streams_of(&self, id: InstrumentId, topic: Topic) -> impl Iterator<Item = &str> {
        self.streams.iter().filter(move |(_, wanted)| **wanted == (id, topic)).map(|(name, _)| name.as_str())
    }

    /// Whether any bars are subscribed to.
    pub(crate) fn hears_bars(&self) -> bool {
        self.streams.values().any(|(_, topic)| matches!(topic, Topic::Kline(_)))
    }

    /// A message as this connection gets it.
    pub(crate) fn framed(&self, stream: &str, message: &Value) -> String {
        if self.combined {
            json!({ "stream": stream, "data": message }).to_string()
        } else {
            message.to_string()
        }
    }
}

/// A connection for requests.
#[derive(Debug)]
pub(crate) struct ApiSession {
    pub(crate) unit: TimeUnit,
    pub(crate) opened: Ts,
    /// Whether answers tell the counts of limits.
    pub(crate) returns_limits: bool,
    /// Whether each `time` request says that what was told has been handled.
    pub(crate) is_lockstep: bool,
    /// The key it has logged on with, and when.
    pub(crate) logon: Option<(String, Ts)>,
    /// Subscriptions to news of the account that go on.
    pub(crate) subscriptions: BTreeSet<u64>,
    /// The subscription among them that came with the logon.
    pub(crate) own_subscription: Option<u64>,
    /// The number of the next subscription.
    pub(crate) next_subscription: u64,
}

impl ApiSession {
    pub(crate) fn new(unit: TimeUnit, returns_limits: bool, is_lockstep: bool, now: Ts) -> ApiSession {
        ApiSession {
            unit,
            opened: now,
            returns_limits,
            is_lockstep,
            logon: None,
            subscriptions: BTreeSet::new(),
            own_subscription: None,
            next_subscription: 0,
        }
    }

    /// Begins a subscription. Gives its number.
    pub(crate) fn subscribe(&mut self) -> u64 {
        let number = self.next_subscription;
        self.next_subscription += 1;
        self.subscriptions.insert(number);
        number
    }
}
