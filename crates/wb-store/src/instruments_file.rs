//! `instruments.json`: the contracts of a run, with all that is needed to read its ticks and lots.

use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use wb_core::{Calendar, Grid, Instrument, InstrumentId, InstrumentKind, Span, Ts, UtcOffsets};

use crate::error::{StoreError, damaged};

#[derive(Serialize, Deserialize)]
struct InstrumentsFile {
    /// Time zones, each once: many instruments share one.
    zones: Vec<ZoneRecord>,
    instruments: Vec<InstrumentRecord>,
}

#[derive(Serialize, Deserialize)]
struct ZoneRecord {
    name: String,
    /// (nanoseconds since the epoch from which on it holds, local minus UTC in nanoseconds).
    offsets: Vec<(i64, i64)>,
}

#[derive(Serialize, Deserialize)]
struct InstrumentRecord {
    symbol: String,
    venue: String,
    kind: KindRecord,
    currency: String,
    tick: GridRecord,
    lot: GridRecord,
    multiplier: f64,
    days_per_year: f64,
    seconds_per_day: f64,
    /// Index into the zones.
    zone: usize,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum KindRecord {
    Spot,
    Perpetual,
    Future,
}

/// `mantissa / 10^decimals`.
#[derive(Serialize, Deserialize)]
struct GridRecord {
    mantissa: i64,
    decimals: u8,
}

/// The text of `instruments.json`.
pub(crate) fn to_json(instruments: &[Instrument]) -> String {
    let mut zones: Vec<(&str, &UtcOffsets)> = Vec::new();
    let mut records = Vec::with_capacity(instruments.len());
    for instrument in instruments {
        let calendar = &instrument.calendar;
        let zone = (calendar.zone_name.as_str(), &calendar.zone);
        let index = zones.iter().position(|known| *known == zone).unwrap_or_else(|| {
            zones.push(zone);
            zones.len() - 1
        });
        records.push(InstrumentRecord::new(instrument, index));
    }
    let zones = zones.into_iter().map(|(name, offsets)| ZoneRecord::new(name, offsets)).collect();
    let file = InstrumentsFile { zones, instruments: records };
    let mut text = serde_json::to_string(&file).expect("plain fields and finite numbers");
    text.push('\n');
    text
}

/// Reads what [`to_json`] wrote.
pub(crate) fn from_json(path: &Path, text: &[u8]) -> Result<Arc<[Instrument]>, StoreError> {
    let file: InstrumentsFile = serde_json::from_slice(text).map_err(|e| damaged(path, e.to_string()))?;
    let mut zones = Vec::with_capacity(file.zones.len());
    for zone in &file.zones {
        zones.push((zone.name.as_str(), zone.offsets(path)?));
    }
    let records = file.instruments.iter().enumerate();
    records.map(|(index, record)| record.instrument(index, &zones, path)).collect()
}

impl ZoneRecord {
    fn new(name: &str, offsets: &UtcOffsets) -> ZoneRecord {
        let offsets = offsets.steps().iter().map(|(from, offset)| (from.0, offset.0)).collect();
        ZoneRecord { name: name.to_string(), offsets }
    }

    fn offsets(&self, path: &Path) -> Result<UtcOffsets, StoreError> {
        if !self.offsets.windows(2).all(|pair| pair[0].0 < pair[1].0) {
            return Err(damaged(path, format!("the offsets of zone {} are not in time order", self.name)));
        }
        let steps = self.offsets.iter().map(|&(from, offset)| (Ts(from), Span(offset)));
        Ok(UtcOffsets::new(steps.collect::<Vec<_>>()))
    }
}

impl InstrumentRecord {
    fn new(instrument: &Instrument, zone: usize) -> InstrumentRecord {
        InstrumentRecord {
            symbol: instrument.symbol.clone(),
            venue: instrument.venue.clone(),
            kind: match instrument.kind {
                InstrumentKind::Spot => KindRecord::Spot,
                InstrumentKind::Perpetual => KindRecord::Perpetual,
                InstrumentKind::Future => KindRecord::Future,
            },
            currency: instrument.currency.clone(),
            tick: GridRecord::new(instrument.tick),
            lot: GridRecord::new(instrument.lot),
            multiplier: instrument.multiplier,
            days_per_year: instrument.calendar.days_per_year,
            seconds_per_day: instrument.calendar.seconds_per_day,
            zone,
        }
    }

    fn instrument(
        &self,
        index: usize,
        zones: &[(&str, UtcOffsets)],
        path: &Path,
    ) -> Result<Instrument, StoreError> {
        let bad = |what: String| damaged(path, format!("instrument {index} ({}): {what}", self.symbol));
        let grid = |key: &str, record: &GridRecord| {
            Grid::new(record.mantissa, record.decimals).ok_or_else(|| bad(format!("`{key}` is not a grid")))
        };
        let (zone_name, zone) =
            zones.get(self.zone).ok_or_else(|| bad(format!("there is no zone {}", self.zone)))?;
        Ok(Instrument {
            id: InstrumentId(u32::try_from(index).map_err(|_| bad("too many instruments".into()))?),
            symbol: self.symbol.clone(),
            venue: self.venue.clone(),
            kind: match self.kind {
                KindRecord::Spot => InstrumentKind::Spot,
                KindRecord::Perpetual => InstrumentKind::Perpetual,
                KindRecord::Future => InstrumentKind::Future,
            },
            currency: self.currency.clone(),
            tick: grid("tick", &self.tick)?,
            lot: grid("lot", &self.lot)?,
            multiplier: self.multiplier,
            calendar: Calendar {
                days_per_year: self.days_per_year,
                seconds_per_day: self.seconds_per_day,
                zone_name: zone_name.to_string(),
                zone: zone.clone(),
            },
        })
    }
}

impl GridRecord {
    fn new(grid: Grid) -> GridRecord {
        GridRecord { mantissa: grid.mantissa(), decimals: grid.decimals() }
    }
}
