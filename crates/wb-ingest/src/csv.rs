//! Rows of text, parsed by polars a block at a time.

use std::io::{Cursor, Read};
use std::path::Path;
use std::sync::Arc;

use polars::prelude::{
    CsvEncoding, CsvReadOptions, DataFrame, DataType, Field, PolarsError, Schema, SerReader,
};

use crate::IngestError;
use crate::blocks::{Block, LineBlocks, LineNumbers};
use crate::columns::TimeAt;
use crate::normal::{self, numbers, texts};
use crate::raw::{RawBlock, Reading, RowText};
use crate::shape::{TextShape, split};
use crate::timestamps::{Moment, TimeFormat, epoch_ns, milliseconds_of};

/// Reads all rows, block by block.
pub(crate) fn read(
    path: &Path,
    shape: &TextShape,
    reading: &Reading,
    reader: &mut dyn Read,
    on_block: &mut dyn FnMut(RawBlock) -> Result<(), IngestError>,
) -> Result<(), IngestError> {
    let mut blocks = LineBlocks::new(reader);
    let mut skip = shape.skip;
    while let Some(block) = blocks.next_block().map_err(IngestError::io(path))? {
        let block = without_first_lines(block, &mut skip);
        if !block.bytes.is_empty() {
            on_block(parse(path, shape, reading, block)?)?;
        }
    }
    Ok(())
}

/// Takes the banner and the header away.
fn without_first_lines(mut block: Block, skip: &mut usize) -> Block {
    if *skip == 0 {
        return block;
    }
    let ends: Vec<usize> = memchr::memchr_iter(b'\n', &block.bytes).take(*skip).map(|at| at + 1).collect();
    let total = memchr::memchr_iter(b'\n', &block.bytes).count();
    block.lines = LineNumbers::listed((ends.len()..total).map(|i| block.lines.of(i)).collect());
    block.bytes.drain(..ends.last().copied().unwrap_or(0));
    *skip -= ends.len();
    block
}

fn parse(path: &Path, shape: &TextShape, reading: &Reading, block: Block) -> Result<RawBlock, IngestError> {
    let Block { bytes, lines } = block;
    let rows = memchr::memchr_iter(b'\n', &bytes).count();
    let frame = options(shape, reading)
        .into_reader_with_file_handle(Cursor::new(bytes.as_slice()))
        .finish()
        .map_err(|error| not_a_table(path, shape, &bytes, &lines, &error))?;
    if frame.height() != rows {
        let error = PolarsError::ComputeError("a quoted cell holds a line end".into());
        return Err(not_a_table(path, shape, &bytes, &lines, &error));
    }
    let roles = &reading.roles;
    let column = |place: usize| numbers(&frame, &place.to_string()).map_err(normal::failed(path));
    let mut raw = RawBlock {
        rows: lines,
        time: moments(&frame, reading).map_err(normal::failed(path))?,
        prices: [column(roles.open)?, column(roles.high)?, column(roles.low)?, column(roles.close)?],
        volume: roles.volume.map_or_else(|| Ok(vec![0.0; rows]), column)?,
        adj_close: reading.adj_close().map(column).transpose()?,
        text: RowText { lines: bytes, places: None },
        other_symbols: 0,
    };
    if let Some(place) = roles.symbol {
        let cells = texts(&frame, &place.to_string()).map_err(normal::failed(path))?;
        let marks: Vec<bool> = cells.iter().map(|cell| reading.is_wanted(cell.unwrap_or(""))).collect();
        if marks.contains(&false) {
            raw.keep(&marks);
        }
    }
    Ok(raw)
}

/// Every column by its place, numbers as numbers, all others left out.
fn options(shape: &TextShape, reading: &Reading) -> CsvReadOptions {
    let roles = &reading.roles;
    let whole_number = matches!(reading.time, TimeFormat::Epoch | TimeFormat::MillisecondsOf(_));
    let time_type = if whole_number { DataType::Int64 } else { DataType::String };
    let mut used: Vec<(usize, DataType)> = match roles.time {
        TimeAt::One(place) => vec![(place, time_type)],
        TimeAt::DateAndTime(date, time) => vec![(date, DataType::String), (time, DataType::String)],
    };
    used.extend(roles.symbol.map(|place| (place, DataType::String)));
    let numeric = roles.prices().into_iter().chain(roles.volume).chain(reading.adj_close());
    used.extend(numeric.map(|place| (place, DataType::Float64)));
    let data_type = |place: usize| {
        used.iter().find(|(used, _)| *used == place).map_or(DataType::String, |(_, kind)| kind.clone())
    };
    let schema: Schema =
        (0..shape.width).map(|place| Field::new(place.to_string().into(), data_type(place))).collect();
    let mut projection: Vec<usize> = used.iter().map(|(place, _)| *place).collect();
    projection.sort_unstable();
    projection.dedup();
    CsvReadOptions::default()
        .with_has_header(false)
        .with_schema(Some(Arc::new(schema)))
        .with_projection(Some(Arc::new(projection)))
        .with_infer_schema_length(Some(0))
        // A cell that is no number is absent, and found again in the row's text.
        .with_ignore_errors(true)
        .with_rechunk(true)
        .map_parse_options(|parse| {
            parse
                .with_separator(shape.delimiter)
                .with_decimal_comma(shape.decimal_comma)
                .with_encoding(CsvEncoding::LossyUtf8)
                .with_truncate_ragged_lines(false)
        })
}

fn moments(frame: &DataFrame, reading: &Reading) -> Result<Vec<Moment>, PolarsError> {
    let (place, format) = match (reading.roles.time, reading.time) {
        (TimeAt::One(place), format) => (place, format),
        (TimeAt::DateAndTime(date, time), format) => {
            let (dates, times) = (texts(frame, &date.to_string())?, texts(frame, &time.to_string())?);
            let joined = dates.iter().zip(times.iter());
            return Ok(joined
                .map(|(date, time)| {
                    format.parse(&format!("{} {}", date.unwrap_or("").trim(), time.unwrap_or("").trim()))
                })
                .collect());
        }
    };
    let whole = |count_to_moment: &dyn Fn(i64) -> Option<Moment>| -> Result<Vec<Moment>, PolarsError> {
        let counts = frame.column(&place.to_string())?.i64()?;
        Ok(counts.iter().map(|count| count.and_then(count_to_moment).unwrap_or(Moment::Unreadable)).collect())
    };
    match format {
        TimeFormat::Epoch => whole(&|count| epoch_ns(count).map(Moment::Instant)),
        TimeFormat::MillisecondsOf(date) => whole(&|ms| milliseconds_of(date, ms).map(Moment::Local)),
        TimeFormat::EpochSeconds | TimeFormat::Text(_) => {
            let cells = texts(frame, &place.to_string())?;
            Ok(cells.iter().map(|cell| cell.map_or(Moment::Unreadable, |cell| format.parse(cell))).collect())
        }
    }
}

/// Why polars could not read a block: the first line with too many cells, if there is one.
fn not_a_table(
    path: &Path,
    shape: &TextShape,
    bytes: &[u8],
    lines: &LineNumbers,
    error: &PolarsError,
) -> IngestError {
    let hint = "mend the line; columns after a surplus cell may have moved, so it is not dropped";
    let text = String::from_utf8_lossy(bytes);
    let ragged = text.lines().enumerate().find_map(|(i, line)| {
        let cells = split(line, shape.delimiter).len();
        (cells > shape.width || line.matches('"').count() % 2 == 1).then_some((i, cells))
    });
    match ragged {
        Some((i, cells)) => {
            let what =
                format!("row {} has {cells} cells instead of {} or an open quote", lines.of(i), shape.width);
            IngestError::layout(path, what, hint)
        }
        None => IngestError::layout(path, format!("rows from {} on: {error}", lines.of(0)), hint),
    }
}
