//! Tables of Parquet and feather files, read by polars.

use std::io::Cursor;
use std::path::Path;
use std::sync::atomic::AtomicU64;

use polars::io::mmap::MmapBytesReader;
use polars::prelude::{
    Column, DataFrame, DataType, IpcReader, ParquetReader, PolarsError, SerReader, TimeUnit,
};

use crate::IngestError;
use crate::blocks::LineNumbers;
use crate::columns::TimeAt;
use crate::decompress::Source;
use crate::head::{Head, Physical, SAMPLE_ROWS};
use crate::normal::{failed, numbers};
use crate::raw::{RawBlock, Reading, RowText};
use crate::timestamps::{Moment, TimeFormat, epoch_ns};

/// Rows of a block of a Parquet file.
const BLOCK_ROWS: usize = 500_000;

/// Looks at the first rows.
pub(crate) fn head(source: &Source, physical: Physical) -> Result<Head, IngestError> {
    let frame = with_file(source, &AtomicU64::new(0), &mut |file| match physical {
        Physical::Parquet => ParquetReader::new(file).with_slice(Some((0, SAMPLE_ROWS))).finish(),
        _ => IpcReader::new(file).with_n_rows(Some(SAMPLE_ROWS)).finish(),
    })?;
    let names: Vec<String> = frame.get_column_names().iter().map(|name| name.to_string()).collect();
    let columns: Vec<Vec<String>> = frame.columns().iter().map(column_texts).collect();
    let rows =
        (0..frame.height()).map(|i| columns.iter().map(|column| column[i].clone()).collect()).collect();
    Ok(Head { physical, names: Some(names), rows })
}

/// Reads all rows, block by block. Rows are numbered from 1.
pub(crate) fn read(
    source: &Source,
    physical: &Physical,
    names: &[String],
    reading: &Reading,
    done: &AtomicU64,
    on_block: &mut dyn FnMut(RawBlock) -> Result<(), IngestError>,
) -> Result<(), IngestError> {
    let mut used: Vec<String> = match reading.roles.time {
        TimeAt::One(place) => vec![names[place].clone()],
        TimeAt::DateAndTime(date, time) => vec![names[date].clone(), names[time].clone()],
    };
    let roles = &reading.roles;
    let optional = roles.volume.into_iter().chain(reading.adj_close()).chain(roles.symbol);
    used.extend(roles.prices().into_iter().chain(optional).map(|place| names[place].clone()));
    let mut first = 0;
    loop {
        let frame = with_file(source, done, &mut |file| match physical {
            Physical::Parquet => ParquetReader::new(file)
                .with_columns(Some(used.clone()))
                .with_slice(Some((first, BLOCK_ROWS)))
                .set_rechunk(true)
                .finish(),
            _ => IpcReader::new(file).with_columns(Some(used.clone())).set_rechunk(true).finish(),
        })?;
        let height = frame.height();
        if height > 0 {
            on_block(block(source.path(), &frame, names, reading, first as u64 + 1)?)?;
        }
        first += height;
        // A feather file comes whole.
        if *physical != Physical::Parquet || height < BLOCK_ROWS {
            return Ok(());
        }
    }
}

/// Gives the file to polars; a packed one is unpacked into memory first, since polars must seek in it.
fn with_file(
    source: &Source,
    done: &AtomicU64,
    use_it: &mut dyn FnMut(Box<dyn MmapBytesReader>) -> Result<DataFrame, PolarsError>,
) -> Result<DataFrame, IngestError> {
    let path = source.path();
    let frame = if source.is_plain() {
        let file = std::fs::File::open(path).map_err(IngestError::io(path))?;
        use_it(Box::new(file))
    } else {
        let mut bytes = Vec::new();
        source.read(done, |reader| reader.read_to_end(&mut bytes).map_err(IngestError::io(path)))?;
        use_it(Box::new(Cursor::new(bytes)))
    };
    frame.map_err(|error| {
        IngestError::layout(path, format!("not a readable table: {error}"), "fetch the file again")
    })
}

fn block(
    path: &Path,
    frame: &DataFrame,
    names: &[String],
    reading: &Reading,
    first_row: u64,
) -> Result<RawBlock, IngestError> {
    let roles = &reading.roles;
    let column = |place: usize| numbers(frame, &names[place]).map_err(failed(path));
    let mut raw = RawBlock {
        rows: LineNumbers::from(first_row),
        time: moments(frame, names, reading).map_err(failed(path))?,
        prices: [column(roles.open)?, column(roles.high)?, column(roles.low)?, column(roles.close)?],
        volume: roles.volume.map_or_else(|| Ok(vec![0.0; frame.height()]), column)?,
        adj_close: reading.adj_close().map(column).transpose()?,
        text: RowText::default(),
        other_symbols: 0,
    };
    if let Some(place) = roles.symbol {
        let cells = frame.column(&names[place]).map_err(failed(path))?;
        let cells = cells.cast(&DataType::String).map_err(failed(path))?;
        let cells = cells.str().map_err(failed(path))?;
        let marks: Vec<bool> = cells.iter().map(|cell| reading.is_wanted(cell.unwrap_or(""))).collect();
        if marks.contains(&false) {
            raw.keep(&marks);
        }
    }
    Ok(raw)
}

fn moments(frame: &DataFrame, names: &[String], reading: &Reading) -> Result<Vec<Moment>, PolarsError> {
    match reading.roles.time {
        TimeAt::One(place) => column_moments(frame.column(&names[place])?, reading.time),
        TimeAt::DateAndTime(date, time) => {
            let (dates, times) =
                (column_texts(frame.column(&names[date])?), column_texts(frame.column(&names[time])?));
            let joined = dates.iter().zip(&times);
            Ok(joined.map(|(date, time)| reading.time.parse(&format!("{date} {time}"))).collect())
        }
    }
}

/// The times of a column; texts and numbers in this format.
pub(crate) fn column_moments(column: &Column, format: TimeFormat) -> Result<Vec<Moment>, PolarsError> {
    let kind = column.dtype().clone();
    let counts = |to_moment: &dyn Fn(i64) -> Option<Moment>| -> Result<Vec<Moment>, PolarsError> {
        let counts = column.to_physical_repr().cast(&DataType::Int64)?;
        let counts = counts.i64()?;
        Ok(counts.iter().map(|count| count.and_then(to_moment).unwrap_or(Moment::Unreadable)).collect())
    };
    match kind {
        DataType::Date => counts(&|days| Some(Moment::Date(days))),
        DataType::Datetime(unit, zone) => {
            let factor = match unit {
                TimeUnit::Nanoseconds => 1,
                TimeUnit::Microseconds => 1_000,
                TimeUnit::Milliseconds => 1_000_000,
            };
            let named = zone.is_some();
            counts(&|count| {
                let ns = count.checked_mul(factor)?;
                Some(if named { Moment::Instant(ns) } else { Moment::Local(ns) })
            })
        }
        kind if kind.is_integer() && format == TimeFormat::Epoch => {
            counts(&|count| epoch_ns(count).map(Moment::Instant))
        }
        _ => Ok(column_texts(column).iter().map(|cell| format.parse(cell)).collect()),
    }
}

/// The cells as text; times as ISO 8601, with `Z` where their zone is named.
pub(crate) fn column_texts(column: &Column) -> Vec<String> {
    let times = |moments: Vec<Moment>| moments.into_iter().map(moment_text).collect();
    match column.dtype() {
        DataType::Date | DataType::Datetime(..) => {
            column_moments(column, TimeFormat::Epoch).map(times).unwrap_or_default()
        }
        kind if kind.is_float() => match column.cast(&DataType::Float64) {
            Ok(cast) => cast.f64().map_or_else(
                |_| Vec::new(),
                |numbers| numbers.iter().map(|x| x.map_or(String::new(), |x| x.to_string())).collect(),
            ),
            Err(_) => Vec::new(),
        },
        _ => match column.cast(&DataType::String) {
            Ok(cast) => cast.str().map_or_else(
                |_| Vec::new(),
                |cells| cells.iter().map(|cell| cell.unwrap_or("").to_string()).collect(),
            ),
            // A type without text, such as bytes: unreadable, but still as many cells as there are rows.
            Err(_) => vec![String::new(); column.len()],
        },
    }
}

fn moment_text(moment: Moment) -> String {
    use wb_core::{CivilDate, Ts};
    match moment {
        Moment::Instant(ns) => Ts(ns).to_string(),
        Moment::Local(ns) => Ts(ns).to_string().trim_end_matches('Z').to_string(),
        Moment::Date(days) => CivilDate::from_days_since_epoch(days).to_string(),
        Moment::Unreadable => String::new(),
    }
}
