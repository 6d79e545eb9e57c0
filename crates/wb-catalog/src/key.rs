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
}

/// `binance:BTCUSDT 1m`, for people.
impl fmt::Display for SeriesKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{} {}", self.venue, self.symbol, self.interval)
    }
}
