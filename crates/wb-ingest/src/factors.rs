//! Lean's factor files: what prices of the past are multiplied by to be comparable with those of today.

use std::path::{Path, PathBuf};

use wb_core::CivilDate;

use crate::IngestError;
use crate::timestamps::{DateOrder, Moment, TimeFormat};

/// Price and split factors by date. A row applies up to and including its date.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Factors {
    /// (last date in days since the epoch, price factor, split factor), ascending.
    rows: Vec<(i64, f64, f64)>,
}

impl Factors {
    /// Reads `yyyyMMdd,price factor,split factor[,reference price]`.
    pub(crate) fn read(path: &Path) -> Result<Factors, IngestError> {
        let text = std::fs::read_to_string(path).map_err(IngestError::io(path))?;
        let mut rows: Vec<(i64, f64, f64)> = Vec::new();
        for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
            let row = Factors::row(line).filter(|row| rows.last().is_none_or(|last| last.0 < row.0));
            rows.push(row.ok_or_else(|| {
                let what = format!("row {number} is no later date with two positive factors: {line:?}");
                IngestError::layout(
                    path,
                    what,
                    "a factor file has rows like 20140606,0.9304792,0.142857,645.57",
                )
            })?);
        }
        if rows.is_empty() {
            return Err(IngestError::layout(path, "the factor file is empty", "import without --adjusted"));
        }
        Ok(Factors { rows })
    }

    fn row(line: &str) -> Option<(i64, f64, f64)> {
        let mut cells = line.split(',');
        let Moment::Date(days) = TimeFormat::Text(DateOrder::YearMonthDay).parse(cells.next()?) else {
            return None;
        };
        let mut factor = || cells.next()?.trim().parse::<f64>().ok().filter(|x| *x > 0.0 && x.is_finite());
        Some((days, factor()?, factor()?))
    }

    /// What prices are multiplied by on this date, and what volumes are divided by: price times split factor,
    /// and the split factor. After the last date both are one.
    pub(crate) fn on(&self, date: CivilDate) -> (f64, f64) {
        let days = date.days_since_epoch();
        let at = self.rows.partition_point(|(last, _, _)| *last < days);
        self.rows.get(at).map_or((1.0, 1.0), |(_, price, split)| (price * split, *split))
    }
}

/// Where Lean keeps the factor file of a data file: `usa/daily/aapl.zip` → `usa/factor_files/aapl.csv`,
/// `usa/minute/aapl/20140606_trade.zip` the same.
pub(crate) fn beside(data_file: &Path) -> Option<PathBuf> {
    let folder = data_file.parent()?;
    let resolution = folder.file_name()?.to_string_lossy().to_lowercase();
    let (market, symbol) = if ["daily", "hour"].contains(&resolution.as_str()) {
        (folder.parent()?, data_file.file_stem()?.to_string_lossy().into_owned())
    } else {
        (folder.parent()?.parent()?, folder.file_name()?.to_string_lossy().into_owned())
    };
    let symbol = symbol.trim_end_matches("_trade").to_lowercase();
    Some(market.join("factor_files").join(format!("{symbol}.csv")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Factors, IngestError> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("aapl.csv");
        std::fs::write(&path, text).expect("a file");
        Factors::read(&path)
    }

    #[test]
    fn a_factor_applies_up_to_and_including_its_date() {
        let factors = read("20140606,0.93,0.142857,645.57\n20200828,0.99,0.25,499.23\n20501231,1,1,0\n");
        let factors = factors.expect("a factor file");
        let on = |text: &str| factors.on(CivilDate::parse(text).expect(text));
        let near = |(price, split): (f64, f64), wanted: (f64, f64)| {
            assert!((price - wanted.0).abs() < 1e-12 && (split - wanted.1).abs() < 1e-12, "{price} {split}");
        };
        near(on("2014-06-06"), (0.93 * 0.142857, 0.142857));
        near(on("2014-06-07"), (0.99 * 0.25, 0.25));
        near(on("2020-08-31"), (1.0, 1.0));
        near(on("2060-01-01"), (1.0, 1.0));
    }

    #[test]
    fn a_damaged_factor_file_is_refused_with_its_row() {
        let error = read("20140606,0.93,0.142857\n20140605,1,1\n").expect_err("goes back");
        assert!(error.to_string().contains("row 2"), "{error}");
        assert!(read("20140606,zero,1\n").is_err());
        assert!(read("").is_err());
    }

    #[test]
    fn the_factor_file_lies_beside_the_resolutions() {
        let check = |data: &str, expected: &str| {
            assert_eq!(beside(Path::new(data)), Some(PathBuf::from(expected)), "{data}");
        };
        check("usa/daily/aapl.zip", "usa/factor_files/aapl.csv");
        check("usa/minute/aapl/20140606_trade.zip", "usa/factor_files/aapl.csv");
    }
}
