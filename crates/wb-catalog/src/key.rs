//! The name of a series, and the folder it lives in.

use std::fmt;

use wb_core::Interval;

use crate::CatalogError;

/// The longest name of a venue or symbol in bytes, so that an escaped one still fits a file name.
const MAX_NAME: usize = 80;

/// Names a series of bars: whose, and of which length.
///
/// Ordered by venue, symbol, interval.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct SeriesKey {
    venue: String,
    symbol: String,
    interval: Interval,
}

impl SeriesKey {
    /// The bars of this length of `symbol` at `venue`.
    ///
    /// A venue is written in lower-case letters, digits, `-` and `_`. A symbol is any text without control
    /// characters and without blanks at its ends: `BTC/USDT:USDT` and `BRK.B` are symbols.
    ///
    /// # Errors
    /// [`CatalogError::BadName`] where a name is empty, too long or holds other characters.
    pub fn new(venue: &str, symbol: &str, interval: Interval) -> Result<SeriesKey, CatalogError> {
        let bad = |part, text: &str, why| Err(CatalogError::BadName { part, text: text.to_string(), why });
        let venue_byte = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
        if venue.is_empty() || venue.len() > MAX_NAME {
            return bad("venue", venue, "it must have 1 to 80 bytes");
        }
        if !venue.bytes().all(venue_byte) {
            return bad("venue", venue, "it is written in lower-case letters, digits, '-' and '_'");
        }
        if symbol.is_empty() || symbol.len() > MAX_NAME {
            return bad("symbol", symbol, "it must have 1 to 80 bytes");
        }
        if symbol.chars().any(char::is_control) || symbol.trim() != symbol {
            return bad("symbol", symbol, "it must not hold control characters or begin or end with a blank");
        }
        Ok(SeriesKey { venue: venue.to_string(), symbol: symbol.to_string(), interval })
    }

    /// Reads `venue:SYMBOL`, split at the first colon: `binance:BTC/USDT:USDT` is `BTC/USDT:USDT` at `binance`.
    ///
    /// # Errors
    /// [`CatalogError::BadName`] where there is no colon, and as for [`SeriesKey::new`].
    pub fn parse(name: &str, interval: Interval) -> Result<SeriesKey, CatalogError> {
        let Some((venue, symbol)) = name.split_once(':') else {
            let why = "an instrument is written venue:SYMBOL, for example binance:BTCUSDT";
            return Err(CatalogError::BadName { part: "instrument", text: name.to_string(), why });
        };
        SeriesKey::new(venue, symbol, interval)
    }

    /// The venue, lower case.
    pub fn venue(&self) -> &str {
        &self.venue
    }

    /// The venue's name of the instrument.
    pub fn symbol(&self) -> &str {
        &self.symbol
    }

    /// The length of the bars.
    pub fn interval(&self) -> Interval {
        self.interval
    }

    /// `venue:SYMBOL`, which [`SeriesKey::parse`] reads.
    pub fn name(&self) -> String {
        format!("{}:{}", self.venue, self.symbol)
    }

    /// The folder of the series below the catalog's: hive keys with escaped values.
    pub(crate) fn folder(&self) -> String {
        let (venue, symbol) = (&self.venue, escape(&self.symbol));
        format!("kind=bar/venue={venue}/symbol={symbol}/interval={}", self.interval)
    }

    /// The series whose folder this is.
    pub(crate) fn from_folder(folder: &str) -> Option<SeriesKey> {
        let mut parts = folder.strip_prefix("kind=bar/")?.split('/');
        let mut value = |key| parts.next()?.strip_prefix(key)?.strip_prefix('=');
        let (venue, symbol, interval) = (value("venue")?, unescape(value("symbol")?)?, value("interval")?);
        let key = SeriesKey::new(venue, &symbol, Interval::parse(interval)?).ok()?;
        // One folder per series: another spelling of the same names is not ours.
        (key.folder() == folder).then_some(key)
    }
}

/// Every byte but letters, digits, `-`, `_` and `.` as `%` and two hexadecimal digits, as hive readers expect.
fn escape(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    text.bytes().fold(String::new(), |mut out, b| {
        if plain(b) {
            out.push(char::from(b));
        } else {
            out.push_str(&format!("%{b:02X}"));
        }
        out
    })
}

fn unescape(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        if first == b'%' {
            let digits = std::str::from_utf8(tail.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &tail[2..];
        } else {
            bytes.push(first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).ok()
}

/// `binance:BTCUSDT 1m`, for people.
impl fmt::Display for SeriesKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{} {}", self.venue, self.symbol, self.interval)
    }
}
