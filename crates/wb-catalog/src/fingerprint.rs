//! The identity of a stretch of data.

use std::fmt;

use wb_core::{BarColumns, Grid};

use crate::key::SeriesKey;
use crate::meta::SeriesMeta;

/// The BLAKE3 of the bars and instrument that a run reads; the same data gives the same fingerprint on any
/// machine, whatever files it was imported from.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Fingerprint(pub [u8; 32]);

/// 64 hexadecimal digits.
impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The BLAKE3 of rows: the columns `ts` to `volume` one after the other, 8 bytes a value, little endian.
pub(crate) fn hash_rows(bars: &BarColumns) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    let mut bytes = Vec::with_capacity(8 * bars.len());
    for ts in &bars.ts {
        bytes.extend_from_slice(&ts.0.to_le_bytes());
    }
    hasher.update(&bytes);
    for column in [&bars.open, &bars.high, &bars.low, &bars.close, &bars.volume] {
        bytes.clear();
        for value in column {
            bytes.extend_from_slice(&value.to_le_bytes());
        }
        hasher.update(&bytes);
    }
    hasher.finalize()
}

impl Fingerprint {
    /// The fingerprint of a series of this meaning, with these rows in this order.
    ///
    /// What only people read (the zone's name, how the tick is known) is not in it.
    pub(crate) fn of<'a>(
        key: &SeriesKey,
        meta: &SeriesMeta,
        contents: impl Iterator<Item = &'a blake3::Hash>,
    ) -> Fingerprint {
        let mut hasher = blake3::Hasher::new();
        let mut text = |text: &str| {
            hasher.update(&(text.len() as u64).to_le_bytes());
            hasher.update(text.as_bytes());
        };
        text("wb-catalog fingerprint 1");
        text(&key.folder());
        text(&meta.currency);
        text(meta.kind_name());
        let grid = |grid: Grid| (grid.mantissa(), i64::from(grid.decimals()));
        let ((tick, tick_decimals), (lot, lot_decimals)) = (grid(meta.tick), grid(meta.lot));
        for number in [tick, tick_decimals, lot, lot_decimals] {
            hasher.update(&number.to_le_bytes());
        }
        for number in [meta.multiplier, meta.calendar.days_per_year, meta.calendar.seconds_per_day] {
            hasher.update(&number.to_le_bytes());
        }
        let steps = meta.calendar.zone.steps();
        hasher.update(&(steps.len() as u64).to_le_bytes());
        for (from, offset) in steps {
            hasher.update(&from.0.to_le_bytes());
            hasher.update(&offset.0.to_le_bytes());
        }
        for content in contents {
            hasher.update(content.as_bytes());
        }
        Fingerprint(*hasher.finalize().as_bytes())
    }
}
