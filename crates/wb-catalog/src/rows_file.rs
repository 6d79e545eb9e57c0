//! One Parquet file of bars: its rows and its metadata.
//!
//! Columns are required (never null), `ts` is delta-coded, everything is compressed by zstd. Row groups are small
//! enough that a range of time reads little else, and carry the minimum and maximum of each column.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parquet::basic::{
    Compression, Encoding, LogicalType, Repetition, TimeUnit, Type as PhysicalType, ZstdLevel,
};
use parquet::column::reader::get_typed_column_reader;
use parquet::data_type::{DataType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::{
    FileMetaData, KeyValue, ParquetMetaData, ParquetMetaDataBuilder, ParquetMetaDataReader,
    ParquetMetaDataWriter, RowGroupMetaData,
};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesPtr};
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};
use parquet::file::statistics::Statistics;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{ColumnPath, Type, TypePtr};
use wb_core::{BarColumns, Ts};

use crate::CatalogError;
use crate::manifest;

/// Rows of a row group: a month of minutes fits into one.
const ROW_GROUP: usize = 65_536;

/// The metadata key of the schema version.
pub(crate) const VERSION_KEY: &str = "workbench.schema_version";

const COLUMNS: [&str; 6] = ["ts", "open", "high", "low", "close", "volume"];

/// Writes the rows to a new file, without metadata of ours.
pub(crate) fn write_rows(path: &Path, bars: &BarColumns) -> Result<(), CatalogError> {
    let file = File::create_new(path).map_err(CatalogError::io("create", path))?;
    let broken = |error: ParquetError| CatalogError::write(path, error);
    let mut writer =
        SerializedFileWriter::new(BufWriter::new(file), schema(), properties()).map_err(broken)?;
    for start in (0..bars.len()).step_by(ROW_GROUP) {
        let rows = start..bars.len().min(start + ROW_GROUP);
        let ts: Vec<i64> = bars.ts[rows.clone()].iter().map(|ts| ts.0).collect();
        let mut group = writer.next_row_group().map_err(broken)?;
        write_column::<Int64Type>(&mut group, &ts).map_err(broken)?;
        for column in [&bars.open, &bars.high, &bars.low, &bars.close, &bars.volume] {
            write_column::<DoubleType>(&mut group, &column[rows.clone()]).map_err(broken)?;
        }
        group.close().map_err(broken)?;
    }
    writer.finish().map_err(broken)?;
    writer.inner_mut().flush().map_err(CatalogError::io("write", path))
}

fn write_column<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, BufWriter<File>>,
    values: &[T::T],
) -> Result<(), ParquetError> {
    let mut column = group.next_column()?.expect("the schema has as many columns as we write");
    column.typed::<T>().write_batch(values, None, None)?;
    column.close()
}

/// Replaces the metadata of a file: the rows stay where they are, the footer after them is written anew.
pub(crate) fn write_metadata(path: &Path, pairs: Vec<(String, String)>) -> Result<(), CatalogError> {
    let io = |error| CatalogError::io("write", path)(error);
    let mut file = OpenOptions::new().read(true).write(true).open(path).map_err(io)?;
    let damaged = |error: ParquetError| CatalogError::damaged(path, error);
    let old = ParquetMetaDataReader::new().parse_and_finish(&file).map_err(damaged)?;
    let footer = footer_length(&mut file).map_err(io)?;
    let end = file.seek(SeekFrom::End(-footer)).map_err(io)?;
    file.set_len(end).map_err(io)?;
    let new = with_pairs(old, pairs);
    let mut out = BufWriter::new(file);
    ParquetMetaDataWriter::new(&mut out, &new).finish().map_err(|error| CatalogError::write(path, error))?;
    let file = out.into_inner().map_err(|error| io(error.into_error()))?;
    file.sync_all().map_err(io)
}

/// Bytes after the last page: the metadata, its length, and the magic word.
fn footer_length(file: &mut File) -> std::io::Result<i64> {
    let mut length = [0; 4];
    file.seek(SeekFrom::End(-8))?;
    file.read_exact(&mut length)?;
    Ok(i64::from(u32::from_le_bytes(length)) + 8)
}

fn with_pairs(old: ParquetMetaData, pairs: Vec<(String, String)>) -> ParquetMetaData {
    let file = old.file_metadata();
    let pairs = pairs.into_iter().map(|(key, value)| KeyValue::new(key, value)).collect();
    let file = FileMetaData::new(
        file.version(),
        file.num_rows(),
        file.created_by().map(str::to_string),
        Some(pairs),
        file.schema_descr_ptr(),
        file.column_orders().cloned(),
    );
    ParquetMetaDataBuilder::new(file).set_row_groups(old.row_groups().to_vec()).build()
}

/// A file opened for reading.
pub(crate) struct RowsFile {
    path: PathBuf,
    reader: SerializedFileReader<File>,
}

impl RowsFile {
    /// Opens a file and reads its footer.
    pub(crate) fn open(path: &Path) -> Result<RowsFile, CatalogError> {
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(CatalogError::MissingPartition { path: path.to_path_buf() });
            }
            Err(error) => return Err(CatalogError::io("read", path)(error)),
        };
        let reader = SerializedFileReader::new(file).map_err(|error| CatalogError::damaged(path, error))?;
        let names = reader.metadata().file_metadata().schema_descr();
        let names: Vec<&str> = names.columns().iter().map(|column| column.name()).collect();
        if names != COLUMNS {
            return Err(CatalogError::damaged(path, format!("it has the columns {}", names.join(", "))));
        }
        Ok(RowsFile { path: path.to_path_buf(), reader })
    }

    /// The file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The number of rows.
    pub(crate) fn rows(&self) -> u64 {
        self.reader.metadata().file_metadata().num_rows() as u64
    }

    /// Refuses a file of another schema version.
    pub(crate) fn check_version(&self) -> Result<(), CatalogError> {
        manifest::check_version(self.value(VERSION_KEY)?, &self.path)
    }

    /// The value of a metadata key.
    ///
    /// # Errors
    /// Where it is absent.
    pub(crate) fn value(&self, key: &str) -> Result<&str, CatalogError> {
        self.reader
            .metadata()
            .file_metadata()
            .key_value_metadata()
            .and_then(|pairs| pairs.iter().find(|pair| pair.key == key)?.value.as_deref())
            .ok_or_else(|| CatalogError::damaged(&self.path, format!("its metadata lacks {key}")))
    }

    /// Appends the bars that end in `from < ts <= to`, reading only row groups that may hold such.
    pub(crate) fn read_into(&self, from: Ts, to: Ts, out: &mut BarColumns) -> Result<(), CatalogError> {
        let damaged = |error: ParquetError| CatalogError::damaged(&self.path, error);
        for index in 0..self.reader.num_row_groups() {
            let metadata = self.reader.metadata().row_group(index);
            let range = time_range(metadata);
            if range.is_some_and(|(first, last)| last <= from || first > to) {
                continue;
            }
            let rows = usize::try_from(metadata.num_rows()).unwrap_or(0);
            let group = self.reader.get_row_group(index).map_err(damaged)?;
            let mut ts = Vec::with_capacity(rows);
            read_column::<Int64Type>(&*group, 0, rows, &mut ts).map_err(damaged)?;
            let ts: Vec<Ts> = ts.into_iter().map(Ts).collect();
            if ts.len() != rows || !ts.is_sorted_by(|a, b| a < b) {
                return Err(CatalogError::damaged(&self.path, "its rows are not in time order"));
            }
            let wanted = ts.partition_point(|ts| *ts <= from)..ts.partition_point(|ts| *ts <= to);
            out.ts.extend_from_slice(&ts[wanted.clone()]);
            let columns = [&mut out.open, &mut out.high, &mut out.low, &mut out.close, &mut out.volume];
            for (i, column) in columns.into_iter().enumerate() {
                read_column::<DoubleType>(&*group, i + 1, rows, column).map_err(damaged)?;
                keep_of_last(column, rows, wanted.clone());
            }
        }
        Ok(())
    }
}

/// Appends a whole column of a row group.
fn read_column<T: DataType>(
    group: &dyn RowGroupReader,
    index: usize,
    rows: usize,
    out: &mut Vec<T::T>,
) -> Result<(), ParquetError> {
    let mut reader = get_typed_column_reader::<T>(group.get_column_reader(index)?);
    let before = out.len();
    while out.len() - before < rows {
        let (read, _, _) = reader.read_records(rows - (out.len() - before), None, None, out)?;
        if read == 0 {
            return Err(ParquetError::EOF(format!("column {} ends early", COLUMNS[index])));
        }
    }
    Ok(())
}

/// Of the last `rows` values keeps those in `wanted`.
fn keep_of_last(column: &mut Vec<f64>, rows: usize, wanted: Range<usize>) {
    let start = column.len() - rows;
    column.truncate(start + wanted.end);
    column.drain(start..start + wanted.start);
}

/// The first and last time in a row group, by its statistics.
fn time_range(group: &RowGroupMetaData) -> Option<(Ts, Ts)> {
    match group.column(0).statistics()? {
        Statistics::Int64(times) => Some((Ts(*times.min_opt()?), Ts(*times.max_opt()?))),
        _ => None,
    }
}

fn schema() -> TypePtr {
    let why = "a fixed schema is valid";
    let ts = Type::primitive_type_builder("ts", PhysicalType::INT64)
        .with_repetition(Repetition::REQUIRED)
        .with_logical_type(Some(LogicalType::timestamp(true, TimeUnit::NANOS)))
        .build()
        .expect(why);
    let numbers = COLUMNS[1..].iter().map(|name| {
        let column = Type::primitive_type_builder(name, PhysicalType::DOUBLE);
        Arc::new(column.with_repetition(Repetition::REQUIRED).build().expect(why))
    });
    let fields = std::iter::once(Arc::new(ts)).chain(numbers).collect();
    Arc::new(Type::group_type_builder("bars").with_fields(fields).build().expect(why))
}

fn properties() -> WriterPropertiesPtr {
    let ts = ColumnPath::from("ts");
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_offset_index_disabled(true)
        .set_column_dictionary_enabled(ts.clone(), false)
        .set_column_encoding(ts, Encoding::DELTA_BINARY_PACKED)
        .build();
    Arc::new(properties)
}
