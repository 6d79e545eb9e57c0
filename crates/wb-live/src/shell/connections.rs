//! The connections of one venue, and the two channels between them and whoever decides.

use std::fmt;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Utf8Bytes;
use wb_core::{Span, Ts};

use super::backoff::Backoff;
use super::connection::keep;
use super::tls::use_ring;
use super::wall_clock::wall_clock;
use crate::venues::Line;

/// So many inputs wait at most. Beyond it the sockets are not read, and the venue cuts who is too slow.
const WAITING: usize = 65_536;

/// Where a connection goes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Route {
    /// What it is for.
    pub line: Line,
    /// Scheme (`wss`, or `ws` on this machine), host, and what [`crate::venues::VenueCodec::path`] gives.
    pub url: String,
}

/// How patient connections are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Patience {
    /// A connection on which nothing is heard for so long is dead. Venues send a ping at least.
    pub silence: Span,
    /// How long a connection may take to be made.
    pub connect: Span,
    /// The first wait before trying again.
    pub first_wait: Span,
    /// The longest.
    pub most_wait: Span,
    /// How often [`Incoming::Time`] comes.
    pub tick: Span,
}

impl Default for Patience {
    fn default() -> Patience {
        Patience {
            silence: Span::from_seconds(45),
            connect: Span::from_seconds(10),
            first_wait: Span(250_000_000),
            most_wait: Span::from_seconds(30),
            tick: Span(100_000_000),
        }
    }
}

/// What the connections tell.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Incoming {
    /// A connection stands, the `connection`-th of this line.
    Connected {
        /// Which line.
        line: Line,
        /// Its number.
        connection: u64,
        /// Since when.
        now: Ts,
    },
    /// A connection is lost or could not be made. Another one is tried.
    Disconnected {
        /// Which line.
        line: Line,
        /// Since when.
        now: Ts,
        /// Why, for people.
        why: String,
    },
    /// The venue sent a frame.
    Frame {
        /// Over which line.
        line: Line,
        /// When it arrived.
        now: Ts,
        /// What it says.
        text: Text,
    },
    /// Time has passed.
    Time(Ts),
}

/// The text of a frame, as it came.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Text(Utf8Bytes);

impl Text {
    pub(super) fn new(text: Utf8Bytes) -> Text {
        Text(text)
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// What a connection is told.
#[derive(Clone, PartialEq, Eq)]
pub enum Outgoing {
    /// Send a frame, if this is still the connection of that number.
    Frame {
        /// The number that [`Incoming::Connected`] told.
        connection: u64,
        /// What to send.
        text: String,
    },
    /// Close the connection of that number and make another.
    Reconnect {
        /// The number that [`Incoming::Connected`] told.
        connection: u64,
    },
    /// Close it and make no other.
    Close,
}

/// Prints no frame: it may carry a key.
impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outgoing::Frame { connection, text } => write!(f, "Frame({} bytes for {connection})", text.len()),
            Outgoing::Reconnect { connection } => write!(f, "Reconnect({connection})"),
            Outgoing::Close => f.write_str("Close"),
        }
    }
}

/// Connections that are kept up. They end when this is dropped, and then so does what they tell.
#[derive(Debug)]
pub struct Connections {
    lines: Vec<(Line, mpsc::UnboundedSender<Outgoing>)>,
    clock: JoinHandle<()>,
}

impl Drop for Connections {
    fn drop(&mut self) {
        self.clock.abort();
    }
}

impl Connections {
    /// Opens connections on the tokio runtime that is entered. What they tell comes out of the receiver, which may be
    /// read from any thread.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn open(
        routes: Vec<Route>,
        patience: Patience,
        seed: u64,
    ) -> (Connections, mpsc::Receiver<Incoming>) {
        use_ring();
        let (inputs, incoming) = mpsc::channel(WAITING);
        let mut lines = Vec::new();
        for (number, route) in routes.into_iter().enumerate() {
            let (sender, outgoing) = mpsc::unbounded_channel();
            lines.push((route.line, sender));
            let backoff =
                Backoff::new(patience.first_wait, patience.most_wait, seed.wrapping_add(number as u64));
            tokio::spawn(keep(route, patience, backoff, outgoing, inputs.clone()));
        }
        let clock = tokio::spawn(tell_time(patience.tick, inputs));
        (Connections { lines, clock }, incoming)
    }

    /// Tells a connection something. Nothing happens if there is none of this line.
    pub fn tell(&self, line: Line, outgoing: Outgoing) {
        for (_, sender) in self.lines.iter().filter(|(own, _)| *own == line) {
            // Fails only once the connection has ended for good, and then there is nobody to tell.
            drop(sender.send(outgoing.clone()));
        }
    }
}

async fn tell_time(tick: Span, inputs: mpsc::Sender<Incoming>) {
    let mut ticks = tokio::time::interval(duration(tick));
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    loop {
        ticks.tick().await;
        if inputs.send(Incoming::Time(wall_clock())).await.is_err() {
            return;
        }
    }
}

pub(super) fn duration(span: Span) -> Duration {
    Duration::from_nanos(span.0.unsigned_abs())
}
