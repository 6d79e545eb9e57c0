//! What is stored with a series beside its rows: what the numbers mean, and where they came from.

use wb_core::{Calendar, Grid, Instrument, InstrumentId, InstrumentKind};

use crate::audit::Audit;
use crate::key::SeriesKey;

/// How the tick of a series is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TickSource {
    /// The user or the venue said so.
    Stated,
    /// It is the coarsest decimal grid on which all imported prices lie; more data may refine it.
    Inferred,
}

/// What the numbers of a series mean: its instrument, but for the names that the key has.
///
/// Stored in the Parquet metadata of every partition of the series, the same in all.
#[derive(Clone, PartialEq, Debug)]
pub struct SeriesMeta {
    /// What kind of contract it is.
    pub kind: InstrumentKind,
    /// Currency of settlement: `USDT`.
    pub currency: String,
    /// The price grid.
    pub tick: Grid,
    /// How the tick is known.
    pub tick_source: TickSource,
    /// The quantity grid.
    pub lot: Grid,
    /// Value of one unit at a price of one.
    pub multiplier: f64,
    /// When it trades, with the offsets of its zone, so that readers need no time zone database.
    pub calendar: Calendar,
}

impl SeriesMeta {
    /// The instrument, under the run's index of it.
    pub fn instrument(&self, key: &SeriesKey, id: InstrumentId) -> Instrument {
        Instrument {
            id,
            symbol: key.symbol().to_string(),
            venue: key.venue().to_string(),
            kind: self.kind,
            currency: self.currency.clone(),
            tick: self.tick,
            lot: self.lot,
            multiplier: self.multiplier,
            calendar: self.calendar.clone(),
        }
    }
}

/// Where rows came from and what was found in them on the way; stored with each partition that they are in.
#[derive(Clone, PartialEq, Debug)]
pub struct Import {
    /// Names of the files, in the order in which they were read.
    pub files: Vec<String>,
    /// The format they were read as: `binance`, `csv`.
    pub format: String,
    /// What was found in the source rows, those that were dropped among them.
    pub audit: Audit,
}
