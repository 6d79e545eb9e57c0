//! Targets that something else has computed: what to hold of each instrument, and since when that is known.

use std::fmt;

use crate::time::{CivilDate, Ts, UtcOffsets};

/// The targets of a file, as a parameter's value.
///
/// Two of equal [`TargetTable::hash`] hold the same targets, wherever they were read from.
#[derive(Clone)]
pub struct TargetTable {
    /// The file, as it was named.
    pub source: String,
    /// Hash of the file's content, in hexadecimal digits.
    pub hash: String,
    /// The rows of each symbol, in the order of their times.
    pub symbols: Vec<SymbolTargets>,
}

/// The targets of one symbol.
#[derive(Clone, PartialEq, Debug)]
pub struct SymbolTargets {
    /// `SYMBOL` or `venue:SYMBOL`; empty where the file names none.
    pub symbol: String,
    /// In the order of their times, of which no two are equal.
    pub rows: Vec<TargetRow>,
}

/// One target.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct TargetRow {
    /// Its row in the file, from 1.
    pub row: u64,
    /// The time that it bears.
    pub stamp: Stamp,
    /// Share of equity to hold; negative for a short. Finite.
    pub target: f64,
    /// When it was known, where the file says so.
    pub known: Option<Ts>,
}

/// The time of a row.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Stamp {
    /// A day of the instrument's calendar.
    Date(CivilDate),
    /// An instant.
    At(Ts),
}

impl Stamp {
    /// The instant that the stamp means. A date means the end of its day: what is dated with a day may have been
    /// computed from all of it.
    pub fn instant(self, zone: &UtcOffsets) -> Ts {
        match self {
            Stamp::Date(date) => zone.end_of(date),
            Stamp::At(ts) => ts,
        }
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stamp::Date(date) => date.fmt(f),
            Stamp::At(ts) => ts.fmt(f),
        }
    }
}

impl PartialEq for TargetTable {
    fn eq(&self, other: &TargetTable) -> bool {
        self.hash == other.hash
    }
}

/// The file and the beginning of its hash.
impl fmt::Debug for TargetTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.source, self.hash.get(..12).unwrap_or(&self.hash))
    }
}
