//! One table as one Arrow IPC file: writing it in chunks, reading it back whole.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Float64Array, Int64Array, TimestampNanosecondArray, UInt32Array, UInt64Array,
};
use arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use arrow::error::ArrowError;
use arrow::ipc::reader::FileReader;
use arrow::ipc::writer::FileWriter;
use arrow::record_batch::RecordBatch;
use wb_core::Ts;

use crate::error::{StoreError, damaged};
use crate::hash::RunId;
use crate::manifest::RUN_FORMAT;
use crate::output::{HashedFile, OutputFile};
use crate::tables::rows::Rows;

/// Rows of one record batch: enough that a batch's header costs nothing, few enough that its columns stay in cache.
const CHUNK: usize = 131_072;

pub(crate) const FORMAT: &str = "workbench.format";
const RUN: &str = "workbench.run";
const CURRENCY: &str = "workbench.currency";

/// What every table of a run says about itself in its schema's metadata.
pub(crate) struct Heading<'a> {
    /// The run.
    pub(crate) run: RunId,
    /// Settlement currency.
    pub(crate) currency: &'a str,
}

/// A field and its rows.
pub(crate) type Column = (Field, ArrayRef);

/// Writes `rows` rows, the columns of each range of them as `chunk` makes them, and `extra` beside the heading.
///
/// A table without rows has one batch without rows, so that its dictionaries exist.
pub(crate) fn write_table(
    path: &Path,
    heading: &Heading<'_>,
    extra: &[(&str, String)],
    rows: usize,
    chunk: impl Fn(Range<usize>) -> Vec<Column>,
) -> Result<OutputFile, StoreError> {
    let refused = |source: ArrowError| StoreError::Encode { path: path.to_path_buf(), source };
    let metadata: BTreeMap<String, String> = [
        (FORMAT, RUN_FORMAT.to_string()),
        (RUN, heading.run.to_string()),
        (CURRENCY, heading.currency.to_string()),
    ]
    .into_iter()
    .chain(extra.iter().map(|(key, value)| (*key, value.clone())))
    .map(|(key, value)| (key.to_string(), value))
    .collect();
    let batch_of = |range: Range<usize>| {
        let (fields, arrays): (Vec<Field>, Vec<ArrayRef>) = chunk(range).into_iter().unzip();
        let schema = Schema::new(fields).with_metadata(metadata.clone());
        RecordBatch::try_new(Arc::new(schema), arrays).map_err(refused)
    };
    let first = batch_of(0..rows.min(CHUNK))?;
    let mut writer = FileWriter::try_new(HashedFile::create(path)?, &first.schema()).map_err(refused)?;
    writer.write(&first).map_err(refused)?;
    drop(first);
    for start in (CHUNK..rows).step_by(CHUNK) {
        writer.write(&batch_of(start..rows.min(start + CHUNK))?).map_err(refused)?;
    }
    HashedFile::finish(writer.into_inner().map_err(refused)?)
}

/// A column of numbers.
pub(crate) fn f64s(name: &str, rows: impl Iterator<Item = f64>) -> Column {
    (Field::new(name, DataType::Float64, false), Arc::new(Float64Array::from_iter_values(rows)))
}

/// A column of numbers, some absent.
pub(crate) fn optional_f64s(name: &str, rows: impl Iterator<Item = Option<f64>>) -> Column {
    (Field::new(name, DataType::Float64, true), Arc::new(Float64Array::from_iter(rows)))
}

/// A column of exact integers.
pub(crate) fn i64s(name: &str, rows: impl Iterator<Item = i64>) -> Column {
    (Field::new(name, DataType::Int64, false), Arc::new(Int64Array::from_iter_values(rows)))
}

/// A column of exact integers, some absent.
pub(crate) fn optional_i64s(name: &str, rows: impl Iterator<Item = Option<i64>>) -> Column {
    (Field::new(name, DataType::Int64, true), Arc::new(Int64Array::from_iter(rows)))
}

/// A column of ids.
pub(crate) fn u64s(name: &str, rows: impl Iterator<Item = u64>) -> Column {
    (Field::new(name, DataType::UInt64, false), Arc::new(UInt64Array::from_iter_values(rows)))
}

/// A column of ids, some absent.
pub(crate) fn optional_u64s(name: &str, rows: impl Iterator<Item = Option<u64>>) -> Column {
    (Field::new(name, DataType::UInt64, true), Arc::new(UInt64Array::from_iter(rows)))
}

/// A column of counts and indices.
pub(crate) fn u32s(name: &str, rows: impl Iterator<Item = u32>) -> Column {
    (Field::new(name, DataType::UInt32, false), Arc::new(UInt32Array::from_iter_values(rows)))
}

/// A column of yes and no.
pub(crate) fn bools(name: &str, rows: impl Iterator<Item = bool>) -> Column {
    (Field::new(name, DataType::Boolean, false), Arc::new(BooleanArray::from_iter(rows.map(Some))))
}

/// A column of instants in UTC.
pub(crate) fn instants(name: &str, rows: impl Iterator<Item = Ts>) -> Column {
    let array = TimestampNanosecondArray::from_iter_values(rows.map(|ts| ts.0)).with_timezone("UTC");
    let kind = DataType::Timestamp(TimeUnit::Nanosecond, Some("UTC".into()));
    (Field::new(name, kind, false), Arc::new(array))
}

/// A table that was read.
pub(crate) struct Table {
    path: PathBuf,
    schema: Arc<Schema>,
    batches: Vec<RecordBatch>,
}

impl Table {
    /// Reads the content of the file at `path`.
    pub(crate) fn parse(path: &Path, content: Vec<u8>) -> Result<Table, StoreError> {
        let refused = |e: ArrowError| damaged(path, e.to_string());
        let reader = FileReader::try_new(Cursor::new(content), None).map_err(refused)?;
        let schema = reader.schema();
        let table = Table { path: path.to_path_buf(), schema, batches: Vec::new() };
        let found = table.metadata(FORMAT)?;
        if found != RUN_FORMAT.to_string() {
            let (path, found) = (path.to_path_buf(), found.to_string());
            return Err(StoreError::Format { path, found, supported: RUN_FORMAT });
        }
        let batches = reader.collect::<Result<_, _>>().map_err(refused)?;
        Ok(Table { batches, ..table })
    }

    /// The settlement currency.
    pub(crate) fn currency(&self) -> Result<&str, StoreError> {
        self.metadata(CURRENCY)
    }

    /// What the schema's metadata says under `key`.
    pub(crate) fn metadata(&self, key: &str) -> Result<&str, StoreError> {
        self.optional_metadata(key)
            .ok_or_else(|| damaged(&self.path, format!("its schema states no `{key}`")))
    }

    /// What the schema's metadata says under `key`, if anything.
    pub(crate) fn optional_metadata(&self, key: &str) -> Option<&str> {
        self.schema.metadata().get(key).map(|value| value.as_ref())
    }

    /// A number of the schema's metadata.
    pub(crate) fn number(&self, key: &str) -> Result<f64, StoreError> {
        let text = self.metadata(key)?;
        text.parse().map_err(|_| damaged(&self.path, format!("`{key}` is `{text}`, not a number")))
    }

    /// The number of rows.
    pub(crate) fn len(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// The rows, a batch at a time.
    pub(crate) fn parts(&self) -> impl Iterator<Item = Rows<'_>> {
        self.batches.iter().scan(0, |before, batch| {
            let first = *before;
            *before += batch.num_rows();
            Some(Rows::new(&self.path, batch, first))
        })
    }
}
