//! Imports of vendors' files against the expected results that lie beside them, to the last digit.

use std::path::Path;

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::{Float64Type, TimestampNanosecondType};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use wb_core::{BarColumns, Interval, Span, Ts};
use wb_ingest::ColumnMap;

use crate::support::{Scratch, request, shared_data};

/// The bars of an expected result, whose times are the opens of bars of one minute. Read without polars.
fn expected(path: &Path) -> BarColumns {
    let file = std::fs::File::open(path).expect("an expected result");
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("Parquet").build().expect("a reader");
    let mut bars = BarColumns::new(Interval::Minutes(1));
    for batch in reader {
        let batch: RecordBatch = batch.expect("a batch");
        let column = |name: &str| batch.column_by_name(name).expect(name);
        let numbers = |name: &str| column(name).as_primitive::<Float64Type>().values().to_vec();
        let opens = column("ts").as_primitive::<TimestampNanosecondType>().values().to_vec();
        bars.append(&BarColumns {
            interval: bars.interval,
            ts: opens.iter().map(|open| Ts(*open) + Span::from_seconds(60)).collect(),
            open: numbers("open"),
            high: numbers("high"),
            low: numbers("low"),
            close: numbers("close"),
            volume: numbers("volume"),
        });
    }
    bars
}

fn check(found: &BarColumns, expected: &BarColumns) {
    assert_eq!(found.ts, expected.ts);
    for (name, found, expected) in [
        ("open", &found.open, &expected.open),
        ("high", &found.high, &expected.high),
        ("low", &found.low, &expected.low),
        ("close", &found.close, &expected.close),
        ("volume", &found.volume, &expected.volume),
    ] {
        let different = (0..expected.len()).find(|row| found[*row].to_bits() != expected[*row].to_bits());
        assert_eq!(different.map(|row| (row, found[row], expected[row])), None, "{name}");
    }
}

#[test]
fn three_months_of_binance_zips_are_the_expected_bars() {
    let Some(data) = shared_data("three_months_of_binance_zips_are_the_expected_bars") else { return };
    // Out of order: the first bars decide.
    let files = ["10", "08", "09"]
        .map(|month| data.join(format!("crypto_1m/binance_um_klines/NEARUSDT-1m-2023-{month}.zip")));
    let scratch = Scratch::new();
    let report = scratch.import(&request(&files, "binance", "NEARUSDT", "1m")).expect("an import");
    assert_eq!(report.committed.rows, 132_480);
    let normalized = data.join("crypto_1m/normalized/NEARUSDT.BINANCE_UM-1m-2023-08_2023-10.parquet");
    check(&scratch.bars(&report.series), &expected(&normalized));
    // The expected result is itself a file that can be imported, and gives the same bars again.
    let again = scratch.import(&request(&[normalized], "binance", "AGAIN", "1m")).expect("an import");
    check(&scratch.bars(&again.series), &scratch.bars(&report.series));
}

#[test]
fn bitfinex_json_gives_the_expected_bars_of_its_hours() {
    let Some(data) = shared_data("bitfinex_json_gives_the_expected_bars_of_its_hours") else { return };
    let files = ["00", "02", "04", "06"]
        .map(|hour| data.join(format!("crypto_1m/bitfinex_api_json/18-01-04 {hour}-00-00.json")));
    let scratch = Scratch::new();
    let mut request = request(&files, "bitfinex", "BTCUSD", "1m");
    let refused = scratch.import(&request).expect_err("close stands before high");
    let map = refused.hint().and_then(|hint| hint.split("--columns ").nth(1)).expect("a hint with the order");
    assert_eq!(map, "ts=0,open=1,high=3,low=4,close=2,volume=5");
    request.columns = Some(ColumnMap::parse(map).expect("the hint is a column map"));
    let report = scratch.import(&request).expect("an import");
    let normalized = expected(&data.join("crypto_1m/normalized/BTCUSD.BITFINEX-1m-2017-12_2018-04.parquet"));
    let (from, to) = (Ts::parse("2018-01-04"), Ts::parse("2018-01-04T08:00"));
    let hours = normalized.between(from.expect("a date"), to.expect("a time"));
    assert_eq!(hours.len(), 480);
    check(&scratch.bars(&report.series), &hours);
}

#[test]
fn expected_results_of_bitfinex_come_through_unchanged() {
    let Some(data) = shared_data("expected_results_of_bitfinex_come_through_unchanged") else { return };
    for (file, rows, gaps, missing) in [
        ("BTCUSD.BITFINEX-1m-2017-12_2018-04.parquet", 217_118, 63, 322),
        ("ETHUSD.BITFINEX-1m-2018-01_2018-04.parquet", 171_957, 542, 843),
    ] {
        let path = data.join("crypto_1m/normalized").join(file);
        let scratch = Scratch::new();
        let symbol = &file[..6];
        let report =
            scratch.import(&request(std::slice::from_ref(&path), "bitfinex", symbol, "1m")).expect(file);
        assert_eq!(report.committed.rows, rows, "{file}");
        let found = report.audit.issue(wb_catalog::IssueKind::Gap).map_or(0, |issue| issue.count);
        assert_eq!((found, report.audit.missing_bars), (gaps, missing), "{file}");
        check(&scratch.bars(&report.series), &expected(&path));
    }
}
