//! Files of targets: what to hold of each instrument, and since when.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::Path;
use std::sync::atomic::AtomicU64;

use polars::prelude::{
    Column, CsvReadOptions, DataFrame, DataType, IpcReader, ParquetReader, PolarsError, SerReader,
};
use wb_core::{CivilDate, Span, Stamp, SymbolTargets, TargetRow, TargetTable, Ts};

use crate::IngestError;
use crate::columnar::{column_moments, column_texts};
use crate::decompress::Source;
use crate::header::place_of;
use crate::normal::numbers;
use crate::timestamps::{Moment, TimeFormat};

/// Above this a target is more likely a percentage or a number of shares than a share of equity.
const LARGEST: f64 = 20.0;

/// Reads the targets of a Parquet, Arrow (feather) or CSV file, packed or not: columns `ts`, `symbol` (may be absent),
/// `target` and `known` (may be absent), each under the names that [`crate::import`] knows. `source` is how the table is
/// to name the file.
///
/// Times without a zone are UTC; where all of them are midnights they are dates. Rows without a target say nothing and
/// are left out.
///
/// # Errors
/// If the file cannot be read, a column is missing, a cell is not what its column holds (with its row), two rows give
/// different targets for one symbol and time, or a target is far too large for a share of equity.
pub fn read_targets(path: &Path, source: &str) -> Result<TargetTable, IngestError> {
    let file = Source::open(path)?;
    let mut bytes = Vec::new();
    file.read(&AtomicU64::new(0), |reader| reader.read_to_end(&mut bytes).map_err(IngestError::io(path)))?;
    let hash = blake3::hash(&bytes).to_hex().to_string();
    let frame = frame(bytes).map_err(|error| {
        let hint = "write a Parquet, Arrow or CSV file with columns ts, symbol, target";
        IngestError::layout(path, format!("not a readable table: {error}"), hint)
    })?;
    let rows = Rows::of(path, &frame)?;
    Ok(TargetTable { source: source.to_string(), hash, symbols: rows.by_symbol()? })
}

/// The whole table; every cell of a CSV file as text.
fn frame(bytes: Vec<u8>) -> Result<DataFrame, PolarsError> {
    match bytes.as_slice() {
        [b'P', b'A', b'R', b'1', ..] => ParquetReader::new(Cursor::new(bytes)).finish(),
        [b'A', b'R', b'R', b'O', b'W', b'1', ..] => IpcReader::new(Cursor::new(bytes)).finish(),
        _ => CsvReadOptions::default()
            .with_infer_schema_length(Some(0))
            .into_reader_with_file_handle(Cursor::new(bytes))
            .finish(),
    }
}

/// The columns of a file of targets.
struct Rows<'a> {
    path: &'a Path,
    stamps: Vec<Stamp>,
    symbols: Option<Vec<String>>,
    targets: Vec<f64>,
    known: Option<Vec<Stamp>>,
}

impl<'a> Rows<'a> {
    fn of(path: &'a Path, frame: &DataFrame) -> Result<Rows<'a>, IngestError> {
        let names: Vec<String> = frame.get_column_names().iter().map(|name| name.to_string()).collect();
        let column = |word: &str| place_of(&names, word).map(|place| &frame.columns()[place]);
        let need = |word: &str| {
            column(word).ok_or_else(|| {
                let what = format!("no column `{word}`; the columns are {}", names.join(", "));
                IngestError::layout(path, what, "name the columns ts, symbol, target")
            })
        };
        let (ts, target) = (need("ts")?, need("target")?);
        let symbols = column("symbol").map(column_texts);
        Ok(Rows {
            path,
            stamps: stamps(path, ts)?,
            symbols,
            targets: targets(path, frame, target)?,
            known: column("known").map(|known| stamps(path, known)).transpose()?,
        })
    }

    /// The rows of each symbol in the order of their times.
    fn by_symbol(&self) -> Result<Vec<SymbolTargets>, IngestError> {
        let mut symbols: BTreeMap<&str, Vec<TargetRow>> = BTreeMap::new();
        for (at, (stamp, target)) in self.stamps.iter().zip(&self.targets).enumerate() {
            if target.is_nan() {
                continue;
            }
            let symbol = self.symbols.as_ref().map_or("", |symbols| symbols[at].trim());
            let known = self.known.as_ref().map(|known| instant_of(known[at]));
            let row = TargetRow { row: at as u64 + 1, stamp: *stamp, target: *target, known };
            symbols.entry(symbol).or_default().push(row);
        }
        if symbols.is_empty() {
            return Err(IngestError::layout(self.path, "no targets", "give at least one row a target"));
        }
        symbols.into_iter().map(|(symbol, rows)| self.in_order(symbol, rows)).collect()
    }

    fn in_order(&self, symbol: &str, mut rows: Vec<TargetRow>) -> Result<SymbolTargets, IngestError> {
        rows.sort_by_key(|row| (row.stamp, row.row));
        if let Some([a, b]) =
            rows.array_windows().find(|[a, b]| a.stamp == b.stamp && a.target.to_bits() != b.target.to_bits())
        {
            let what = format!(
                "rows {} and {} give {symbol} different targets at {}: {} and {}",
                a.row, b.row, a.stamp, a.target, b.target
            );
            return Err(IngestError::layout(self.path, what, "leave one row for each symbol and time"));
        }
        rows.dedup_by_key(|row| row.stamp);
        Ok(SymbolTargets { symbol: symbol.to_string(), rows })
    }
}

/// When a row says that its target was known: of a date, the end of that day in UTC.
fn instant_of(stamp: Stamp) -> Ts {
    stamp.instant(&wb_core::UtcOffsets::default())
}

/// The times of a column. Local times are UTC, and dates where all are midnights.
fn stamps(path: &Path, column: &Column) -> Result<Vec<Stamp>, IngestError> {
    let wrong = |what: String| {
        let hint = "write times as 2024-01-31T15:30:00Z, as 2024-01-31, or as counts since the epoch";
        IngestError::layout(path, what, hint)
    };
    // Times that say what they are need no text.
    let (moments, texts) = if matches!(column.dtype(), DataType::Date | DataType::Datetime(..)) {
        let moments = column_moments(column, TimeFormat::Epoch);
        (moments.map_err(|error| wrong(format!("column `{}`: {error}", column.name())))?, Vec::new())
    } else {
        let texts = column_texts(column);
        let format = match TimeFormat::candidates(texts.iter().map(String::as_str))[..] {
            [format] => format,
            [_, _, ..] => {
                let what = format!("the day and the month of {} cannot be told apart", texts[0]);
                return Err(wrong(what));
            }
            [] => return Err(wrong(format!("column `{}` holds no times", column.name()))),
        };
        (texts.iter().map(|text| format.parse(text)).collect(), texts)
    };
    let is_midnight = |moment: &Moment| match moment {
        Moment::Local(ns) => ns.rem_euclid(Span::DAY.0) == 0,
        Moment::Date(_) => true,
        Moment::Instant(_) | Moment::Unreadable => false,
    };
    let are_dates = moments.iter().all(is_midnight);
    let stamp = |(at, moment): (usize, &Moment)| match *moment {
        Moment::Date(days) => Ok(Stamp::Date(CivilDate::from_days_since_epoch(days))),
        Moment::Local(ns) if are_dates => {
            Ok(Stamp::Date(CivilDate::from_days_since_epoch(ns.div_euclid(Span::DAY.0))))
        }
        Moment::Local(ns) | Moment::Instant(ns) => Ok(Stamp::At(Ts(ns))),
        Moment::Unreadable => {
            let text = texts.get(at).map_or("", String::as_str);
            Err(wrong(format!("row {}: {text:?} is no time", at + 1)))
        }
    };
    moments.iter().enumerate().map(stamp).collect()
}

/// The targets; NaN where a cell is empty.
fn targets(path: &Path, frame: &DataFrame, column: &Column) -> Result<Vec<f64>, IngestError> {
    let values = numbers(frame, column.name()).map_err(|error| {
        IngestError::layout(path, error.to_string(), "targets are shares of equity, such as 0.5")
    })?;
    let empty = ["", "nan", "null", "none"];
    let texts = if values.iter().any(|value| value.is_nan()) { column_texts(column) } else { Vec::new() };
    for (at, value) in values.iter().enumerate() {
        let row = at + 1;
        if value.is_nan() && !empty.contains(&texts[at].trim().to_ascii_lowercase().as_str()) {
            let hint = "targets are shares of equity, such as 0.5";
            let what = format!("row {row}: {:?} is no number", texts[at].trim());
            return Err(IngestError::layout(path, what, hint));
        }
        if value.abs() > LARGEST {
            let what = format!("row {row}: target {value} is {} times the equity", value.abs());
            let hint = "targets are shares of equity: 0.5 for 50 %, not percentages or numbers of shares";
            return Err(IngestError::layout(path, what, hint));
        }
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn read(text: &str) -> Result<Arc<TargetTable>, String> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("signals.csv");
        std::fs::write(&path, text).expect("a writable folder");
        let told = |error: IngestError| {
            error.to_string().split_once("signals.csv: ").map(|(_, what)| what.to_string())
        };
        read_targets(&path, "signals.csv")
            .map(Arc::new)
            .map_err(|error| told(error).expect("the file is named"))
    }

    fn rows(table: &TargetTable, symbol: &str) -> Vec<String> {
        let found = table.symbols.iter().find(|targets| targets.symbol == symbol).expect(symbol);
        found.rows.iter().map(|row| format!("{}: {} {}", row.row, row.stamp, row.target)).collect()
    }

    #[test]
    fn rows_come_by_symbol_in_the_order_of_their_times_and_empty_cells_say_nothing() {
        let table = read(
            "ts,symbol,target\n2024-01-02T00:01:00Z,B,0.5\n2024-01-02T00:00:00+01:00,A,1\n\
             2024-01-01T12:00:00Z,A,-0.25\n2024-01-03T00:00:00Z,B,\n2024-01-04T00:00:00Z,B,NaN\n",
        )
        .expect("read");
        assert_eq!(rows(&table, "A"), ["3: 2024-01-01T12:00:00Z -0.25", "2: 2024-01-01T23:00:00Z 1"]);
        assert_eq!(rows(&table, "B"), ["1: 2024-01-02T00:01:00Z 0.5"]);
    }

    #[test]
    fn midnights_without_a_zone_are_dates_and_other_times_without_one_are_utc() {
        let dates = read("date,target\n2024-01-02 00:00:00,1\n2024-01-03 00:00:00,0\n").expect("read");
        assert_eq!(rows(&dates, ""), ["1: 2024-01-02 1", "2: 2024-01-03 0"]);
        let times = read("timestamp,target\n2024-01-02 00:00:00,1\n2024-01-02 12:00:00,0\n").expect("read");
        assert_eq!(rows(&times, ""), ["1: 2024-01-02T00:00:00Z 1", "2: 2024-01-02T12:00:00Z 0"]);
        let counts = read("ts,target\n1704153600000,1\n").expect("read");
        assert_eq!(rows(&counts, ""), ["1: 2024-01-02T00:00:00Z 1"]);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_row() {
        let message = |text: &str| read(text).expect_err("refused");
        assert_eq!(message("ts,weight\n2024-01-02,1\n"), "no column `target`; the columns are ts, weight");
        assert_eq!(message("when,target\n2024-01-02,1\n"), "no column `ts`; the columns are when, target");
        assert_eq!(message("ts,target\nsoon,1\n"), "column `ts` holds no times");
        assert_eq!(message("ts,target\n2024-01-02,half\n"), "row 1: \"half\" is no number");
        assert_eq!(message("ts,target\n2024-01-02,95\n"), "row 1: target 95 is 95 times the equity");
        assert_eq!(message("ts,target\n2024-01-02,inf\n"), "row 1: target inf is inf times the equity");
        assert_eq!(message("ts,target\n2024-01-02,\n"), "no targets");
        let many = (1..=19).map(|day| format!("2024-01-{day:02},1\n")).collect::<String>();
        assert_eq!(message(&format!("ts,target\n{many}soon,1\n")), "row 20: \"soon\" is no time");
        assert_eq!(
            message("ts,symbol,target\n2024-01-02,A,1\n2024-01-02,B,1\n2024-01-02,A,0.5\n"),
            "rows 1 and 3 give A different targets at 2024-01-02: 1 and 0.5"
        );
        assert_eq!(
            message("ts,target\n1/2/2024,1\n"),
            "the day and the month of 1/2/2024 cannot be told apart"
        );
    }

    #[test]
    fn equal_files_have_equal_hashes_and_a_changed_one_another() {
        let first = read("ts,target\n2024-01-02,1\n").expect("read");
        assert_eq!(first, read("ts,target\n2024-01-02,1\n").expect("read"));
        assert_ne!(first, read("ts,target\n2024-01-02,0.5\n").expect("read"));
    }
}
