//! Files of every layout that is read, a few lines each, and the bars that they must give.

use std::io::Write;
use std::path::PathBuf;

use wb_ingest::{Format, ImportRequest, Prices, Stamp};

use crate::support::{Scratch, request};

/// The stored bars, one a line: `end open high low close volume`.
fn bars(scratch: &Scratch, request: &ImportRequest) -> String {
    let report = match scratch.import(request) {
        Ok(report) => report,
        Err(error) => return format!("{error}"),
    };
    let bars = scratch.bars(&report.series);
    let line = |row: usize| {
        let bar = bars.bar(row);
        format!("{} {} {} {} {} {}\n", bars.ts[row], bar.open, bar.high, bar.low, bar.close, bar.volume)
    };
    (0..bars.len()).map(line).collect()
}

/// Imports a text as `X` and compares the bars.
fn check(name: &str, text: &str, interval: &str, change: impl Fn(&mut ImportRequest), expected: &str) {
    let scratch = Scratch::new();
    let path = scratch.file(name, text);
    let mut request = request(&[path], "v", "X", interval);
    change(&mut request);
    assert_eq!(bars(&scratch, &request), expected, "{text}");
}

const MINUTES: &str = "2023-08-01T00:01:00Z 10 12 9 11 5\n2023-08-01T00:02:00Z 11 13 10 12 6.5\n";
const DAYS: &str = "2023-08-02T00:00:00Z 10 12 9 11 5\n2023-08-03T00:00:00Z 11 13 10 12 6.5\n";

fn same(_: &mut ImportRequest) {}

#[test]
fn columns_may_stand_in_any_order_with_any_delimiter() {
    check(
        "a.csv",
        "ts,open,high,low,close,volume\n2023-08-01 00:00,10,12,9,11,5\n2023-08-01 00:01,11,13,10,12,6.5\n",
        "1m",
        same,
        MINUTES,
    );
    check(
        "a.csv",
        "volume;close;low;high;open;time\n5;11;9;12;10;1690848000\n6.5;12;10;13;11;1690848060\n",
        "1m",
        same,
        MINUTES,
    );
    check(
        "a.csv",
        "Date\tTime\tHigh\tLow\tOpen\tClose\tVol\n2023.08.01\t00:00\t12\t9\t10\t11\t5\n2023.08.01\t00:01\t13\t10\t11\t12\t6.5\n",
        "1m",
        same,
        MINUTES,
    );
    check("a.csv", "1690848000000,10,12,9,11,5\r\n1690848060000,11,13,10,12,6.5\r\n", "1m", same, MINUTES);
    check(
        "a.csv",
        "\u{feff}\"Open\",\"High\",\"Low\",\"Close\",\"Volume\",\"Date\"\n\"10\",\"12\",\"9\",\"11\",\"5\",\"1-Aug-23\"\n\"11\",\"13\",\"10\",\"12\",\"6.5\",\"2-Aug-23\"\n",
        "1d",
        same,
        DAYS,
    );
    check(
        "a.csv",
        "Zeit;Open;High;Low;Close;Volume\n01.08.2023;10,0;12,0;9,0;11,0;5,0\n02.08.2023;11,0;13,0;10,0;12,0;6,5\n",
        "1d",
        |r| {
            r.columns = Some(
                wb_ingest::ColumnMap::parse("ts=Zeit,open=1,high=2,low=3,close=4,volume=5").expect("a map"),
            );
        },
        DAYS,
    );
}

#[test]
fn times_are_read_as_files_write_them() {
    let csv = |first: &str, second: &str| {
        format!("ts,open,high,low,close,volume\n{first},10,12,9,11,5\n{second},11,13,10,12,6.5\n")
    };
    for (first, second) in [
        ("2023-08-01T00:00:00Z", "2023-08-01T00:01:00Z"),
        ("2023-07-31 19:00:00-05:00", "2023-07-31 19:01:00-05:00"),
        ("20230801 00:00", "20230801 00:01"),
        ("20230801 000000", "20230801 000100"),
        ("01-Aug-2023 00:00", "01-Aug-2023 00:01"),
        ("1690848000", "1690848060"),
        ("1690848000.0", "1690848060.0"),
        ("1690848000000000", "1690848060000000"),
        ("1690848000000000000", "1690848060000000000"),
    ] {
        check("a.csv", &csv(first, second), "1m", same, MINUTES);
    }
    let afternoon = csv("8/13/2023 12:00 PM", "8/13/2023 12:01 PM");
    check("a.csv", &afternoon, "1m", same, &MINUTES.replace("01T00", "13T12"));
    check("a.csv", &csv("8/1/2023", "8/2/2023"), "1d", same, DAYS);
    check("a.csv", &csv("1/8/2023", "2/8/2023"), "1d", same, DAYS);
    check("a.csv", &csv("20230801", "20230802"), "1d", same, DAYS);
}

#[test]
fn either_end_of_a_bar_may_be_stamped_in_any_zone() {
    let csv =
        "ts,open,high,low,close,volume\n2023-07-31 20:01,10,12,9,11,5\n2023-07-31 20:02,11,13,10,12,6.5\n";
    let change = |request: &mut ImportRequest| {
        request.stamp = Some(Stamp::Close);
        request.zone = Some("America/New_York".to_string());
    };
    check("a.csv", csv, "1m", change, MINUTES);
    let days = "date,open,high,low,close,volume\n2023-08-01,10,12,9,11,5\n2023-08-02,11,13,10,12,6.5\n";
    let new_york = |request: &mut ImportRequest| request.zone = Some("America/New_York".to_string());
    check("a.csv", days, "1d", new_york, &DAYS.replace("T00:", "T04:"));
    // Midnights in UTC in a file of days of another zone are dates.
    let midnights = days.replace("01,", "01T00:00:00Z,").replace("02,", "02T00:00:00Z,");
    check("a.csv", &midnights, "1d", new_york, &DAYS.replace("T00:", "T04:"));
}

#[test]
fn newest_first_is_a_property_of_a_file_and_not_a_fault() {
    let csv = "ts,open,high,low,close,volume\n2023-08-02,11,13,10,12,6.5\n2023-08-01,10,12,9,11,5\n";
    check("a.csv", csv, "1d", same, DAYS);
    let scratch = Scratch::new();
    let path = scratch.file("a.csv", csv);
    let report = scratch.import(&request(&[path], "v", "X", "1d")).expect("an import");
    assert_eq!(report.files[0].notes[0], "order: descending; the rows are taken from the last to the first");
    assert!(report.audit.issues.is_empty(), "{:?}", report.audit);
}

#[test]
fn json_rows_are_arrays_or_objects() {
    check(
        "a.json",
        "[[1690848000000,10,12,9,11,5],[1690848060000,\"11\",\"13\",\"10\",\"12\",\"6.5\"]]",
        "1m",
        same,
        MINUTES,
    );
    let objects = r#"{"close":11,"t":1690848000,"open":10,"high":12,"low":9,"volume":5}
{"close":12,"t":1690848060,"open":11,"high":13,"low":10,"volume":6.5}"#;
    check("a.ndjson", objects, "1m", same, MINUTES);
}

#[test]
fn rows_of_other_symbols_are_left_out_and_counted() {
    let csv = "ticker,date,open,high,low,close,volume\nA,2023-08-01,1,1,1,1,1\nX,2023-08-01,10,12,9,11,5\nA,2023-08-02,1,1,1,1,1\nx,2023-08-02,11,13,10,12,6.5\n";
    check("a.csv", csv, "1d", same, DAYS);
    let scratch = Scratch::new();
    let path = scratch.file("a.csv", csv);
    let report = scratch.import(&request(&[path], "v", "X", "1d")).expect("an import");
    assert_eq!((report.files[0].rows, report.files[0].other_symbols), (2, 2));
}

#[test]
fn binance_files_are_known_with_and_without_header() {
    let rows = "1690848000000,10,12,9,11,5,1690848059999,1,2,3,4,0\n1690848060000,11,13,10,12,6.5,1690848119999,1,2,3,4,0\n";
    let header = "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore\n";
    check("X-1m-2023-08.csv", rows, "1m", |r| r.format = Format::Binance, MINUTES);
    check("X-1m-2023-08.csv", &format!("{header}{rows}"), "1m", |r| r.format = Format::Binance, MINUTES);
    let microseconds = rows.replace("0000,1", "0000000,1").replace("9999,1", "9999999,1");
    check("X-1m-2025-01.csv", &microseconds, "1m", |r| r.format = Format::Binance, MINUTES);
}

/// Writes `text` as the only entry of a zip at `path` in the scratch folder.
fn zip(scratch: &Scratch, path: &str, entry: &str, text: &str) -> PathBuf {
    let path = scratch.file(path, "");
    let mut writer = zip::ZipWriter::new(std::fs::File::create(&path).expect("a file"));
    writer.start_file(entry, zip::write::SimpleFileOptions::default()).expect("an entry");
    writer.write_all(text.as_bytes()).expect("its bytes");
    writer.finish().expect("a zip");
    path
}

#[test]
fn lean_prices_are_scaled_and_dated_by_folder_and_name() {
    let scratch = Scratch::new();
    let minute = zip(
        &scratch,
        "equity/usa/minute/x/20230731_trade.zip",
        "20230731_x_minute_trade.csv",
        "72000000,100000,120000,90000,110000,5\n72060000,110000,130000,100000,120000,6.5\n",
    );
    assert_eq!(bars(&scratch, &request(&[minute], "usa", "X", "1m")), MINUTES);
    let daily = zip(
        &scratch,
        "crypto/coinbase/daily/xusd_trade.zip",
        "xusd.csv",
        "20230801 00:00,10,12,9,11,5\n20230802 00:00,11,13,10,12,6.5\n",
    );
    assert_eq!(bars(&scratch, &request(&[daily], "coinbase", "XUSD", "1d")), DAYS);
}

#[test]
fn adjusted_prices_come_from_the_adjusted_close_or_the_factor_file() {
    let yahoo = "Date,Open,High,Low,Close,Adj Close,Volume\n2023-08-01,20,24,18,22,11,5\n2023-08-02,11,13,10,12,12,6.5\n";
    check("x.csv", yahoo, "1d", |r| r.prices = Prices::Adjusted, DAYS);
    check("x.csv", yahoo, "1d", same, &DAYS.replace("10 12 9 11", "20 24 18 22"));
    let scratch = Scratch::new();
    // A split of two for one after the first day: prices halve, shares double.
    scratch.file("equity/usa/factor_files/x.csv", "20230801,1,0.5,22\n20501231,1,1,0\n");
    let daily = zip(
        &scratch,
        "equity/usa/daily/x.zip",
        "x.csv",
        "20230801 00:00,200000,240000,180000,220000,2.5\n20230802 00:00,110000,130000,100000,120000,6.5\n",
    );
    let mut request = request(&[daily], "usa", "X", "1d");
    request.prices = Prices::Adjusted;
    assert_eq!(bars(&scratch, &request), DAYS.replace("T00:", "T04:"));
}
