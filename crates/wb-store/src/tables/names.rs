//! Symbols and venues as dictionary columns.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int32Array, StringArray};
use arrow::datatypes::Field;
use wb_core::{Instrument, InstrumentId};

use crate::tables::file::{Column, u32s};
use crate::tables::words::{dictionary, word_type};

/// The names of a run's instruments, made once for all tables.
pub(crate) struct Names {
    symbols: Dictionary,
    venues: Dictionary,
}

/// Distinct texts, and for each instrument which of them is its own.
struct Dictionary {
    values: ArrayRef,
    keys: Vec<i32>,
}

impl Names {
    /// The names of `instruments`.
    pub(crate) fn of(instruments: &[Instrument]) -> Names {
        Names {
            symbols: Dictionary::of(instruments.iter().map(|i| i.symbol.as_str())),
            venues: Dictionary::of(instruments.iter().map(|i| i.venue.as_str())),
        }
    }

    /// The column `symbol`.
    pub(crate) fn symbols(&self, rows: impl Iterator<Item = InstrumentId>) -> Column {
        self.symbols.column("symbol", rows)
    }

    /// The column `venue`.
    pub(crate) fn venues(&self, rows: impl Iterator<Item = InstrumentId>) -> Column {
        self.venues.column("venue", rows)
    }

    /// The column `instrument`: the index in `instruments.json`.
    pub(crate) fn indices(rows: impl Iterator<Item = InstrumentId>) -> Column {
        u32s("instrument", rows.map(|id| id.0))
    }
}

impl Dictionary {
    fn of<'a>(texts: impl Iterator<Item = &'a str>) -> Dictionary {
        let mut distinct: Vec<&str> = Vec::new();
        let keys = texts
            .map(|text| {
                let known = distinct.iter().position(|t| *t == text);
                known.unwrap_or_else(|| {
                    distinct.push(text);
                    distinct.len() - 1
                }) as i32
            })
            .collect();
        Dictionary { values: Arc::new(StringArray::from(distinct)), keys }
    }

    fn column(&self, name: &str, rows: impl Iterator<Item = InstrumentId>) -> Column {
        let keys = Int32Array::from_iter_values(rows.map(|id| self.keys[id.index()]));
        (Field::new(name, word_type(), false), dictionary(keys, Arc::clone(&self.values)))
    }
}
