//! What a venue's adapter must be able to do, apart from moving bytes.

use std::fmt;

use wb_core::{InstrumentId, Interval, Ts};
use wb_store::Line;

use super::message::Decoded;
use super::request::Request;

/// Speaks a venue's protocol. What the venue says arrives as bytes, and so does what it is told; somebody else moves
/// them. No input makes it panic.
///
/// `now` is always in the venue's clock: our own, corrected by what [`super::VenueClock`] has measured.
pub trait VenueCodec: Send {
    /// What to ask of the venue's host to open a connection: the path with its query, from the slash on.
    fn path(&self, line: Line) -> String;

    /// Appends to `frames` what a new connection must send first. The trading connection is ready once
    /// [`super::RequestKey::Reports`] is answered, or at once if it must send nothing: without a key it serves only what
    /// anybody may ask.
    ///
    /// # Errors
    /// If what must be sent cannot be written.
    fn on_connected(&mut self, line: Line, now: Ts, frames: &mut Vec<String>) -> Result<(), CodecError>;

    /// Appends to `out` what a frame says; nothing for what nobody asked for. `ts_recv` is when it arrived.
    ///
    /// # Errors
    /// If the frame is not what the venue sends; then `out` may hold what came before the fault.
    fn decode(&mut self, ts_recv: Ts, frame: &[u8], out: &mut Decoded) -> Result<(), CodecError>;

    /// Replaces `frame` by the frame that asks the venue over the trading connection.
    ///
    /// # Errors
    /// If the venue has no such request there, or no such order: then nothing may be sent.
    fn encode(&mut self, now: Ts, request: &Request, frame: &mut String) -> Result<(), CodecError>;

    /// The same request over HTTP, for what the venue has only there and while there is no connection.
    ///
    /// # Errors
    /// As [`VenueCodec::encode`].
    fn encode_http(&mut self, now: Ts, request: &Request) -> Result<HttpRequest, CodecError>;

    /// Appends to `out` what an answer to [`VenueCodec::encode_http`] says.
    ///
    /// # Errors
    /// If it is not what the venue sends.
    fn decode_http(
        &mut self,
        ts_recv: Ts,
        request: &Request,
        answer: &HttpAnswer<'_>,
        out: &mut Decoded,
    ) -> Result<(), CodecError>;

    /// What a request costs of the limit on [`super::RateKind::Weight`].
    fn weight(&self, request: &Request) -> u64;
}

/// Market data that a codec asks for and understands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Feed {
    /// Bars as they close.
    Bars(InstrumentId, Interval),
    /// Each trade.
    Trades(InstrumentId),
    /// Best bid and offer as they change.
    Quotes(InstrumentId),
    /// Changes of the order book.
    Depth(InstrumentId),
}

/// What HTTP does to a resource.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verb {
    /// Reads.
    Get,
    /// Makes.
    Post,
    /// Takes away.
    Delete,
}

/// A request over HTTP, without a body. Printing it shows neither key nor signature.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// What to do.
    pub verb: Verb,
    /// The path with its query, from the slash on.
    pub path: String,
    /// A header with the key: its name and value.
    pub header: Option<(&'static str, String)>,
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.split('?').next().unwrap_or_default();
        write!(f, "HttpRequest({:?} {path})", self.verb)
    }
}

/// An answer over HTTP.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HttpAnswer<'a> {
    /// The status.
    pub status: u16,
    /// Names, in small letters, and values of the headers.
    pub headers: &'a [(String, String)],
    /// The body.
    pub body: &'a [u8],
}

impl HttpAnswer<'_> {
    /// When the venue wants to be asked again, by the header `Retry-After` in seconds of an answer that arrived then
    /// (RFC 9110, section 10.2.3).
    pub fn not_before(&self, ts_recv: Ts) -> Option<Ts> {
        let (_, value) = self.headers.iter().find(|(name, _)| name == "retry-after")?;
        let wait = value.parse::<i64>().ok().filter(|seconds| *seconds >= 0)?;
        ts_recv.0.checked_add(wait.checked_mul(1_000_000_000)?).map(Ts)
    }
}

/// Why bytes are no message, or a request no bytes.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CodecError {
    /// Not what the venue sends.
    #[error("{}{expected} should stand at byte {offset}", place(.field))]
    Malformed {
        /// Names of the fields from the outermost to the one that is wrong, with dots between; empty outside of all.
        field: String,
        /// The byte of the message.
        offset: usize,
        /// What should stand there.
        expected: &'static str,
    },
    /// A field that must be there and is not.
    #[error("the message has no `{field}`")]
    Missing {
        /// Its name, as in [`CodecError::Malformed`].
        field: String,
    },
    /// A number that is not on the instrument's grid.
    #[error("{what} {number} is not on the grid of {symbol}: the venue has changed its steps")]
    OffGrid {
        /// The venue's name of the instrument.
        symbol: String,
        /// What it is: `price`, `quantity`.
        what: &'static str,
        /// The number.
        number: String,
    },
    /// An instrument that the codec was not given.
    #[error("nobody asked for {0}")]
    UnknownInstrument(String),
    /// An instrument that the venue does not list.
    #[error("the venue lists no {0}")]
    NotListed(String),
    /// An instrument without a tick or a lot.
    #[error("the venue lists {0} without steps of price and quantity")]
    NoGrid(String),
    /// Something that the venue, or this way to it, does not have.
    #[error("the venue has no {0}")]
    Unsupported(&'static str),
    /// Something that needs a key, without one.
    #[error("a key of the venue is needed")]
    NoKey,
}

/// The field and a colon, if there is a field.
fn place(field: &str) -> String {
    if field.is_empty() { String::new() } else { format!("{field}: ") }
}

impl CodecError {
    pub(crate) const fn malformed(offset: usize, expected: &'static str) -> CodecError {
        CodecError::Malformed { field: String::new(), offset, expected }
    }

    /// The same error in a field of the object that was being read.
    #[cold]
    pub(crate) fn inside(self, name: &[u8]) -> CodecError {
        let longer = |field: String| {
            let name = String::from_utf8_lossy(name);
            if field.is_empty() { name.into_owned() } else { format!("{name}.{field}") }
        };
        match self {
            CodecError::Malformed { field, offset, expected } => {
                CodecError::Malformed { field: longer(field), offset, expected }
            }
            CodecError::Missing { field } => CodecError::Missing { field: longer(field) },
            other => other,
        }
    }

    /// What would help, where that is known.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            CodecError::OffGrid { .. } => Some("import the instrument's new tick and lot, and deploy again"),
            CodecError::NotListed(_) => {
                Some("look for the spelling: symbols have capitals and no dash, like BTCUSDT")
            }
            CodecError::NoKey => Some("give key and secret in the environment or in a file of mode 0600"),
            _ => None,
        }
    }
}
