//! Typed access to the columns of one record batch, with errors that name file, column and row.

use std::path::Path;

use arrow::array::{
    Array, ArrayRef, BooleanArray, DictionaryArray, FixedSizeListArray, Float64Array, Int64Array,
    StringArray, TimestampNanosecondArray, UInt32Array, UInt64Array,
};
use arrow::datatypes::{DataType, Int32Type};
use arrow::record_batch::RecordBatch;
use wb_core::{Instrument, InstrumentId, Price, Qty, Ts};

use crate::error::{StoreError, damaged};
use crate::tables::words::{Word, read_words};

/// Some rows of a table.
pub(crate) struct Rows<'a> {
    path: &'a Path,
    batch: &'a RecordBatch,
    first: usize,
}

impl<'a> Rows<'a> {
    /// The rows of `batch`, which begin with row `first` of the table in the file at `path`.
    pub(crate) fn new(path: &'a Path, batch: &'a RecordBatch, first: usize) -> Rows<'a> {
        Rows { path, batch, first }
    }

    /// The number of rows.
    pub(crate) fn len(&self) -> usize {
        self.batch.num_rows()
    }

    /// What a column holds.
    pub(crate) fn data_type(&self, name: &str) -> Result<&'a DataType, StoreError> {
        self.array(name).map(|column| column.data_type())
    }

    /// Numbers, none absent.
    pub(crate) fn f64s(&self, name: &str) -> Result<&'a [f64], StoreError> {
        self.complete::<Float64Array>(name).map(|array| array.values().as_ref())
    }

    /// Numbers, some absent.
    pub(crate) fn optional_f64s(&self, name: &str) -> Result<&'a Float64Array, StoreError> {
        self.column(name)
    }

    /// Exact integers, none absent.
    pub(crate) fn i64s(&self, name: &str) -> Result<&'a [i64], StoreError> {
        self.complete::<Int64Array>(name).map(|array| array.values().as_ref())
    }

    /// Texts, some absent.
    pub(crate) fn optional_texts(&self, name: &str) -> Result<&'a StringArray, StoreError> {
        self.column(name)
    }

    /// Lists of numbers, all equally long, none absent.
    pub(crate) fn lists(&self, name: &str) -> Result<Vec<&'a [f64]>, StoreError> {
        let lists = self.complete::<FixedSizeListArray>(name)?;
        let numbers = lists.values().as_any().downcast_ref::<Float64Array>();
        let numbers = numbers.ok_or_else(|| self.bad(name, 0, "it is not a list of numbers"))?.values();
        let length = lists.value_length() as usize;
        Ok((0..lists.len()).map(|row| &numbers[row * length..(row + 1) * length]).collect())
    }

    /// Words of a dictionary that the file alone knows, none absent.
    pub(crate) fn any_words(&self, name: &str) -> Result<Vec<&'a str>, StoreError> {
        let column = self.complete::<DictionaryArray<Int32Type>>(name)?;
        let texts = column.values().as_any().downcast_ref::<StringArray>();
        let texts = texts.ok_or_else(|| self.bad(name, 0, "its words are not text"))?;
        Ok(column.keys().values().iter().map(|&key| texts.value(key as usize)).collect())
    }

    /// Instants, none absent.
    pub(crate) fn instants(&self, name: &str) -> Result<impl Iterator<Item = Ts> + use<'a>, StoreError> {
        let array = self.complete::<TimestampNanosecondArray>(name)?;
        Ok(array.values().iter().map(|&ns| Ts(ns)))
    }

    /// Ids, none absent.
    pub(crate) fn u64s(&self, name: &str) -> Result<&'a [u64], StoreError> {
        self.complete::<UInt64Array>(name).map(|array| array.values().as_ref())
    }

    /// Ids, some absent.
    pub(crate) fn optional_u64s(&self, name: &str) -> Result<&'a UInt64Array, StoreError> {
        self.column(name)
    }

    /// Counts, none absent.
    pub(crate) fn u32s(&self, name: &str) -> Result<&'a [u32], StoreError> {
        self.complete::<UInt32Array>(name).map(|array| array.values().as_ref())
    }

    /// Yes and no, none absent.
    pub(crate) fn bools(&self, name: &str) -> Result<&'a BooleanArray, StoreError> {
        self.complete(name)
    }

    /// Words of a closed set, none absent.
    pub(crate) fn words<W: Word>(&self, name: &str) -> Result<Vec<W>, StoreError> {
        let words = self.optional_words(name)?;
        let absent = words.iter().position(Option::is_none);
        words
            .into_iter()
            .collect::<Option<_>>()
            .ok_or_else(|| self.bad(name, absent.unwrap_or(0), "it is absent"))
    }

    /// Words of a closed set, some absent.
    pub(crate) fn optional_words<W: Word>(&self, name: &str) -> Result<Vec<Option<W>>, StoreError> {
        read_words(self.column(name)?).map_err(|what| damaged(self.path, format!("column `{name}`: {what}")))
    }

    /// Prices in ticks, none absent.
    pub(crate) fn prices(&self, name: &str) -> Result<impl Iterator<Item = Price> + use<'a>, StoreError> {
        Ok(self.complete::<Int64Array>(name)?.values().iter().map(|&ticks| Price(ticks)))
    }

    /// Prices in ticks, some absent.
    pub(crate) fn optional_prices(&self, name: &str) -> Result<Vec<Option<Price>>, StoreError> {
        Ok(self.column::<Int64Array>(name)?.iter().map(|ticks| ticks.map(Price)).collect())
    }

    /// Quantities in lots, none absent.
    pub(crate) fn quantities(&self, name: &str) -> Result<Vec<Qty>, StoreError> {
        let lots = self.complete::<Int64Array>(name)?.values();
        match lots.iter().position(|lots| *lots < 0) {
            Some(row) => Err(self.bad(name, row, "a quantity is never negative")),
            None => Ok(lots.iter().map(|&lots| Qty::new(lots)).collect()),
        }
    }

    /// Indices of instruments, each of which exists.
    pub(crate) fn instruments(
        &self,
        name: &str,
        known: &[Instrument],
    ) -> Result<impl Iterator<Item = InstrumentId> + use<'a>, StoreError> {
        let ids = self.u32s(name)?;
        match ids.iter().position(|id| *id as usize >= known.len()) {
            Some(row) => Err(self.bad(name, row, "there is no such instrument")),
            None => Ok(ids.iter().map(|&id| InstrumentId(id))),
        }
    }

    /// An error about one cell; `row` counts from the first of these rows.
    pub(crate) fn bad(&self, name: &str, row: usize, what: &str) -> StoreError {
        damaged(self.path, format!("column `{name}`, row {}: {what}", self.first + row))
    }

    fn complete<A: Array + 'static>(&self, name: &str) -> Result<&'a A, StoreError> {
        let array = self.column::<A>(name)?;
        if array.null_count() == 0 {
            return Ok(array);
        }
        let row = (0..array.len()).find(|row| array.is_null(*row)).unwrap_or(0);
        Err(self.bad(name, row, "it is absent"))
    }

    fn column<A: Array + 'static>(&self, name: &str) -> Result<&'a A, StoreError> {
        let column = self.array(name)?;
        column.as_any().downcast_ref().ok_or_else(|| {
            damaged(self.path, format!("column `{name}` has the unexpected type {}", column.data_type()))
        })
    }

    fn array(&self, name: &str) -> Result<&'a ArrayRef, StoreError> {
        let column = self.batch.column_by_name(name);
        column.ok_or_else(|| damaged(self.path, format!("there is no column `{name}`")))
    }
}
