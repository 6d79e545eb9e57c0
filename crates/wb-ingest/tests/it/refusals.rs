//! What is refused, with the message and the hint that help.

use wb_catalog::Verdict;
use wb_core::{Grid, Ts};
use wb_ingest::{ImportRequest, IngestError, OnBad, Prices};

use crate::support::{Scratch, request};

const HEADER: &str = "ts,open,high,low,close,volume\n";

/// Imports a text that must be refused: the message without folders, and the hint.
fn refusal(name: &str, text: &str, interval: &str, change: impl Fn(&mut ImportRequest)) -> (String, String) {
    let scratch = Scratch::new();
    let path = scratch.file(name, text);
    let mut request = request(std::slice::from_ref(&path), "v", "X", interval);
    change(&mut request);
    let error = scratch.import(&request).expect_err(text);
    assert!(scratch.catalog().series().is_empty(), "nothing is written");
    let folder = format!("{}/", scratch.folder.path().display());
    (error.to_string().replace(&folder, ""), error.hint().unwrap_or_default().replace(&folder, ""))
}

fn check(text: &str, interval: &str, message: &str, hint: &str) {
    let (said, help) = refusal("a.csv", text, interval, |_| ());
    assert_eq!(said, message);
    assert!(help.contains(hint), "{help}");
}

#[test]
fn a_row_that_cannot_be_a_bar_is_named_with_file_row_time_and_value() {
    let row = |row: &str, what: &str| {
        let text = format!(
            "{HEADER}2023-08-01 00:00,10,12,9,11,5\n2023-08-01 00:01,10,12,9,11,5\n{row}\n2023-08-01 00:09,10,12,9,11,5\n"
        );
        check(
            &text,
            "1m",
            &format!("1 of 4 rows cannot be bars\n  a.csv:4 {what} in {row:?}"),
            "--on-bad drop",
        );
    };
    row("2023-08-01 00:02,NaN,12,9,11,5", "2023-08-01T00:03:00Z: open is not a number");
    row("2023-08-01 00:02,10,12,9,-,5", "2023-08-01T00:03:00Z: close is not a number");
    row("2023-08-01 00:02,10,12,9,11,", "2023-08-01T00:03:00Z: volume is not a number");
    row("2023-08-01 00:02,10,12,9", "2023-08-01T00:03:00Z: close is not a number");
    row("2023-08-01 00:02,10,12,0,11,5", "2023-08-01T00:03:00Z: low 0 is not positive");
    row("2023-08-01 00:02,10,12,-9,11,5", "2023-08-01T00:03:00Z: low -9 is not positive");
    row("2023-08-01 00:02,10,9,12,11,5", "2023-08-01T00:03:00Z: high 9 is below low 12");
    row("2023-08-01 00:02,10,12,9,13,5", "2023-08-01T00:03:00Z: close 13 is outside low 9 to high 12");
    row("2023-08-01 00:02,10,12,9,11,-5", "2023-08-01T00:03:00Z: volume -5 is negative");
    row("2023-08-01 00:01,10,12,9,11,5", "2023-08-01T00:02:00Z: the time is that of the row before");
    row(
        "2023-08-01 00:00,10,12,9,11,5",
        "2023-08-01T00:01:00Z: the time is earlier than 2023-08-01T00:02:00Z of a row before",
    );
}

#[test]
fn a_time_that_is_none_or_has_not_come_is_a_bad_row() {
    let minutes: String = (10..40).map(|m| format!("2023-08-01 00:{m},10,12,9,11,5\n")).collect();
    let text = format!("{HEADER}{minutes}soon,10,12,9,11,5\n");
    check(
        &text,
        "1m",
        "1 of 31 rows cannot be bars\n  a.csv:32: the time cannot be read in \"soon,10,12,9,11,5\"",
        "drop",
    );
    let (said, _) = refusal("a.csv", &format!("{HEADER}{minutes}"), "1m", |request| {
        request.now = Ts::parse("2023-08-01T00:39:30").expect("a time");
    });
    assert_eq!(
        said,
        "1 of 30 rows cannot be bars\n  a.csv:31 2023-08-01T00:40:00Z: the bar has not ended yet in \"2023-08-01 00:39,10,12,9,11,5\""
    );
    let (said, _) = refusal(
        "a.csv",
        &format!("{HEADER}2024-03-10 01:30,10,12,9,11,5\n2024-03-10 02:30,10,12,9,11,5\n"),
        "1h",
        |request| {
            request.zone = Some("America/New_York".to_string());
        },
    );
    assert!(said.contains("a.csv:3: the clock of this time zone never shows this time"), "{said}");
}

#[test]
fn the_first_ten_bad_rows_are_shown_and_the_rest_counted() {
    let rows: String = (10..40).map(|m| format!("2023-08-01 00:{m},10,12,9,0,5\n")).collect();
    let (said, _) = refusal("a.csv", &format!("{HEADER}{rows}"), "1m", |_| ());
    assert!(said.starts_with("30 of 30 rows cannot be bars\n  a.csv:2 "), "{said}");
    assert!(said.ends_with("\n  and 20 more") && said.lines().count() == 12, "{said}");
}

#[test]
fn dropped_rows_are_counted_in_the_stored_audit() {
    let scratch = Scratch::new();
    let path = scratch.file(
        "a.csv",
        &format!(
            "{HEADER}2023-08-01,10,12,9,11,5\n2023-08-02,10,12,9,0,5\nx,1,1,1,1,1\n2023-08-03,10,12,9,11,5\n"
        ),
    );
    let mut request = request(&[path], "v", "X", "1d");
    request.on_bad = OnBad::Drop;
    // One time in four that cannot be read would be another format; the columns say that it is not.
    let error = scratch.import(&request).expect_err("what format is that?");
    assert!(error.to_string().contains("the time \"2023-08-01\" is not understood"), "{error}");
    let rows: String = (10..30).map(|d| format!("2023-08-{d},10,12,9,11,5\n")).collect();
    request.files = vec![scratch.file(
        "b.csv",
        &format!("{HEADER}{rows}2023-08-30,10,12,9,0,5\nx,1,1,1,1,1\n2023-08-31,10,12,9,11,5\n"),
    )];
    let report = scratch.import(&request).expect("an import");
    assert_eq!((report.audit.rows, report.audit.bad_rows, report.audit.dropped_rows), (23, 2, 2));
    let imports = scratch.catalog().imports(&report.series).expect("imports");
    assert_eq!(imports[0].audit, report.audit);
    assert_eq!(imports[0].files, ["b.csv"]);
    assert_eq!(scratch.catalog().info(&report.series).expect("a series").verdict, Verdict::Warnings);
    assert_eq!(scratch.bars(&report.series).len(), 21);
}

#[test]
fn a_file_that_is_not_understood_is_refused_with_what_would_help() {
    check("", "1m", "a.csv: the file is empty", "fetch it again");
    check(
        HEADER,
        "1m",
        "no bars: a.csv: 0 rows of \"X\" were read, 0 of them bad, and 0 rows of other symbols",
        "--symbol",
    );
    check("hello\nworld\n", "1m", "a.csv: no rows of at least a time and four prices", "between commas");
    check(
        "when,first,top,low,last\n2023-08-01,1,2,1,2\n",
        "1d",
        "a.csv: no column is named ts or like it; the columns are when, first, top, low, last",
        "--columns ts=0",
    );
    check(
        &format!("{HEADER}1.5e9,1,1,1,1,1\n"),
        "1d",
        "a.csv: the time \"1.5e9\" is not understood",
        "since the epoch",
    );
    check(
        &format!("{HEADER}2023-08-01,1,1,1,1,1\n2023-08-02,1,1,1,1,1,7\n"),
        "1d",
        "a.csv: row 3 has 7 cells instead of 6 or an open quote",
        "mend the line",
    );
    check(
        "1/2/2023,1,1,1,1\n",
        "1d",
        "a.csv: \"1/2/2023\" can be month/day or day/month, and no row tells which",
        "2023-08-01",
    );
    let (said, _) = refusal("a.csv", "\u{0}\u{1}\u{2}binary", "1m", |_| ());
    assert_eq!(said, "a.csv: not a text, JSON, Parquet or feather file");
    let (said, _) = refusal("a.json", "[[1690848000000,10,12,9,11,5],[16908", "1m", |_| ());
    assert_eq!(said, "a.json: the JSON ends in the middle of a row");
    let (said, hint) = refusal("a.csv", &format!("{HEADER}2023-08-01,1,1,1,1,1\n"), "1d", |r| {
        r.zone = Some("Nowhere".into())
    });
    assert_eq!(said, "unknown time zone \"Nowhere\"");
    assert!(hint.contains("America/New_York"), "{hint}");
    let (said, _) =
        refusal("a.csv", &format!("{HEADER}2023-08-01,1,1,1,1,1\n"), "1d", |r| r.prices = Prices::Adjusted);
    assert_eq!(said, "a.csv: there is no column of adjusted closes");
    let (said, _) = refusal("a.csv", &format!("{HEADER}2023-08-01,1,1,1,1,1\n"), "1d", |r| r.files.clear());
    assert_eq!(said, "no files to import");
}

#[test]
fn another_interval_than_that_of_the_file_is_refused() {
    let rows: String = (10..40).map(|m| format!("2023-08-01 00:{m},10,12,9,11,5\n")).collect();
    let text = format!("{HEADER}{rows}");
    check(&text, "5m", "a.csv: bars are mostly 1m apart, not 5m (in 29 of 29 steps)", "data resample");
    check(&text, "1s", "a.csv: bars are mostly 1m apart, not 1s (in 29 of 29 steps)", "--interval");
}

#[test]
fn columns_in_an_unusual_order_are_never_guessed() {
    let rows: String = [(10.0, 11.0), (11.0, 9.5), (9.5, 9.9), (9.9, 10.4), (10.4, 10.0), (10.0, 8.0)]
        .iter()
        .enumerate()
        .map(|(i, (open, close))| format!("{},{open},{close},12,7,5\n", 1_690_848_000 + 60 * i))
        .collect();
    check(
        &rows,
        "1m",
        "a.csv: no header, and the columns are not open, high, low, close: highs and lows do not enclose the other prices",
        "another order does fit: --columns ts=0,open=1,high=3,low=4,close=2,volume=5",
    );
}

#[test]
fn a_stated_tick_is_held_against_every_price() {
    let scratch = Scratch::new();
    let path =
        scratch.file("a.csv", &format!("{HEADER}2023-08-01,10,12,9,11,5\n2023-08-02,10,12,9,11.3,5\n"));
    let mut request = request(&[path], "v", "X", "1d");
    request.tick = Grid::parse("0.25");
    let report = scratch.import(&request).expect("an import");
    let off = report.audit.issue(wb_catalog::IssueKind::OffGrid).expect("11.3 is off the grid");
    assert_eq!((off.count, off.places[0].row), (1, 3));
    assert_eq!(report.meta.tick.to_string(), "0.25");
}

#[test]
fn a_file_that_is_absent_is_named() {
    let scratch = Scratch::new();
    let error = scratch.import(&request(&["absent.csv".into()], "v", "X", "1m")).expect_err("absent");
    assert!(matches!(error, IngestError::Io { .. }) && error.to_string().contains("absent.csv"), "{error}");
}
