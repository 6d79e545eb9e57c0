//! What is stored with a series beside its rows: what the numbers mean, and where they came from.

use wb_core::{Calendar, Grid, Instrument, InstrumentId, InstrumentKind, Span, Ts, UtcOffsets};

use crate::CatalogError;
use crate::audit::Audit;
use crate::key::SeriesKey;
use crate::manifest::SCHEMA_VERSION;
use crate::rows_file::{RowsFile, VERSION_KEY};

/// How the tick of a series is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TickSource {
    /// The user or the venue said so.
    Stated,
    /// It is the coarsest decimal grid on which all imported prices lie; more data may refine it.
    Inferred,
}

impl TickSource {
    /// The name in files and in output: `stated`, `inferred`.
    pub fn name(self) -> &'static str {
        match self {
            TickSource::Stated => "stated",
            TickSource::Inferred => "inferred",
        }
    }
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

const KINDS: [(InstrumentKind, &str); 3] = [
    (InstrumentKind::Spot, "spot"),
    (InstrumentKind::Perpetual, "perpetual"),
    (InstrumentKind::Future, "future"),
];

/// The metadata key under which the imports are kept.
pub(crate) const IMPORTS_KEY: &str = "workbench.imports";

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

    /// The name of the kind of contract: `spot`.
    pub(crate) fn kind_name(&self) -> &'static str {
        let entry = KINDS.iter().find(|(kind, _)| *kind == self.kind);
        entry.expect("the table has every kind").1
    }

    /// The Parquet metadata of a partition, all but its imports.
    pub(crate) fn to_pairs(&self, key: &SeriesKey) -> Vec<(String, String)> {
        let pair = |name: &str, value: String| (format!("workbench.{name}"), value);
        vec![
            (VERSION_KEY.to_string(), SCHEMA_VERSION.to_string()),
            pair("ts", "the end of the bar, nanoseconds since 1970 UTC".to_string()),
            pair("venue", key.venue().to_string()),
            pair("symbol", key.symbol().to_string()),
            pair("interval", key.interval().to_string()),
            pair("kind", self.kind_name().to_string()),
            pair("currency", self.currency.clone()),
            pair("tick", grid_text(self.tick)),
            pair("tick_source", self.tick_source.name().to_string()),
            pair("lot", grid_text(self.lot)),
            pair("multiplier", self.multiplier.to_string()),
            pair("days_per_year", self.calendar.days_per_year.to_string()),
            pair("seconds_per_day", self.calendar.seconds_per_day.to_string()),
            pair("zone", self.calendar.zone_name.clone()),
            pair("zone_offsets", zone_text(&self.calendar.zone)),
        ]
    }

    /// Reads back what [`SeriesMeta::to_pairs`] wrote.
    pub(crate) fn from_file(file: &RowsFile) -> Result<SeriesMeta, CatalogError> {
        Ok(SeriesMeta {
            kind: field(file, "kind", |text| Some(KINDS.iter().find(|(_, name)| *name == text)?.0))?,
            currency: field(file, "currency", |text| Some(text.to_string()))?,
            tick: field(file, "tick", Grid::parse)?,
            tick_source: field(file, "tick_source", |text| {
                [TickSource::Stated, TickSource::Inferred].into_iter().find(|source| source.name() == text)
            })?,
            lot: field(file, "lot", Grid::parse)?,
            multiplier: field(file, "multiplier", |text| text.parse().ok())?,
            calendar: Calendar {
                days_per_year: field(file, "days_per_year", |text| text.parse().ok())?,
                seconds_per_day: field(file, "seconds_per_day", |text| text.parse().ok())?,
                zone_name: field(file, "zone", |text| Some(text.to_string()))?,
                zone: field(file, "zone_offsets", parse_zone)?,
            },
        })
    }
}

fn field<T>(file: &RowsFile, name: &str, read: impl Fn(&str) -> Option<T>) -> Result<T, CatalogError> {
    let text = file.value(&format!("workbench.{name}"))?;
    let bad = || CatalogError::damaged(file.path(), format!("its metadata says {name} = {text:?}"));
    read(text).ok_or_else(bad)
}

/// A decimal that reads back as the very same grid.
fn grid_text(grid: Grid) -> String {
    let decimal = grid.to_string();
    if Grid::parse(&decimal) == Some(grid) {
        decimal
    } else {
        format!("{}e-{}", grid.mantissa(), grid.decimals())
    }
}

/// `start=-18000 1710054000=-14400`: Unix seconds from which on local time is so many seconds ahead of UTC.
fn zone_text(zone: &UtcOffsets) -> String {
    let steps = zone.steps().iter().map(|(from, ahead)| match *from {
        Ts::MIN => format!("start={}", ahead.0 / NS),
        Ts(ns) => format!("{}={}", ns / NS, ahead.0 / NS),
    });
    steps.collect::<Vec<_>>().join(" ")
}

const NS: i64 = 1_000_000_000;

fn parse_zone(text: &str) -> Option<UtcOffsets> {
    let mut steps: Vec<(Ts, Span)> = Vec::new();
    for step in text.split_ascii_whitespace() {
        let (from, ahead) = step.split_once('=')?;
        let from = match from {
            "start" => Ts::MIN,
            seconds => Ts(seconds.parse::<i64>().ok()?.checked_mul(NS)?),
        };
        let ahead = Span(ahead.parse::<i64>().ok()?.checked_mul(NS)?);
        if steps.last().is_some_and(|(last, _)| *last >= from) {
            return None;
        }
        steps.push((from, ahead));
    }
    Some(UtcOffsets::new(steps))
}
