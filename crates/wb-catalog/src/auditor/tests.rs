//! What audits find, by hand-made bars.

use std::fs::File;
use std::path::{Path, PathBuf};

use parquet::column::reader::get_typed_column_reader;
use parquet::data_type::{DataType, DoubleType, Int64Type};
use parquet::file::reader::{FileReader, SerializedFileReader};
use wb_core::{Bar, BarColumns, Calendar, Grid, Interval, Rng, Span, Ts, UtcOffsets};

use crate::test_bars::walk;
use crate::{Audit, Auditor, Import, IssueKind, Verdict};

const MINUTE: Interval = Interval::Minutes(1);

fn ts(text: &str) -> Ts {
    Ts::parse(text).expect(text)
}

fn audit(bars: &BarColumns, calendar: Calendar) -> Audit {
    let mut auditor = Auditor::new(bars.interval, calendar, Some(Grid::decimal(2)));
    auditor.push(bars, |i| i as u64 + 1);
    auditor.finish()
}

/// Audits a clean hour with one thing changed, and expects exactly these findings: kind, row, value.
fn check(spoil: impl Fn(&mut BarColumns), expected: &[(IssueKind, u64, f64)], verdict: Verdict) {
    let interval = MINUTE;
    let mut bars = BarColumns::new(interval);
    for minute in 1..=60 {
        let bar = Bar { interval, open: 10.0, high: 10.5, low: 9.5, close: 10.25, volume: 3.0 };
        bars.push(ts("2024-01-01") + Span::from_seconds(60 * minute), &bar);
    }
    spoil(&mut bars);
    let audit = audit(&bars, Calendar::always_open());
    let found: Vec<_> = audit
        .issues
        .iter()
        .flat_map(|issue| issue.places.iter().map(|place| (issue.kind, place.row, place.value)))
        .collect();
    // Compared as text, where NaN equals itself.
    assert_eq!(format!("{found:?}"), format!("{expected:?}"));
    assert_eq!(audit.verdict(), verdict);
    assert_eq!(audit.rows, bars.len() as u64);
}

#[test]
fn each_fault_is_found_where_it_is() {
    use IssueKind::*;
    let (clean, warnings, failed) = (Verdict::Clean, Verdict::Warnings, Verdict::Failed);
    check(|_| {}, &[], clean);
    // A row that is ignored leaves a gap before the next.
    let gap = |row| (Gap, row, 1.0);
    check(|bars| bars.close[4] = f64::NAN, &[(NotANumber, 5, f64::NAN), gap(6)], failed);
    check(|bars| bars.volume[4] = f64::INFINITY, &[(NotANumber, 5, f64::INFINITY), gap(6)], failed);
    check(|bars| bars.low[4] = 0.0, &[(NonPositivePrice, 5, 0.0), gap(6)], failed);
    check(|bars| bars.low[4] = -40.32, &[(NonPositivePrice, 5, -40.32), gap(6)], failed);
    check(|bars| bars.high[4] = 9.25, &[(HighBelowLow, 5, -0.25), gap(6)], failed);
    check(|bars| bars.open[4] = 10.75, &[(OutsideRange, 5, 10.75), gap(6)], failed);
    check(|bars| bars.volume[4] = -1.0, &[(NegativeVolume, 5, -1.0), gap(6)], failed);
    check(|bars| bars.ts[4] = bars.ts[3], &[(Duplicate, 5, 10.25), gap(6)], failed);
    check(|bars| bars.ts[4] = bars.ts[1], &[(Disorder, 5, 120.0), gap(6)], failed);
    let half = Span::from_seconds(30);
    check(|bars| bars.ts[4] = bars.ts[4] - half, &[(TooClose, 5, 30.0)], warnings);
    check(|bars| bars.open[4] = 10.001, &[(OffGrid, 5, 10.001)], warnings);
    check(|bars| bars.volume[4] = 0.0, &[(ZeroVolume, 5, 10.25)], warnings);
    let double = |bars: &mut BarColumns| {
        (bars.high[59], bars.close[59]) = (20.5, 20.5);
    };
    check(double, &[(LargeMove, 60, 1.0)], warnings);
    let hole =
        |bars: &mut BarColumns| bars.ts[10..].iter_mut().for_each(|ts| *ts = *ts + Span::from_seconds(600));
    check(hole, &[(Gap, 11, 10.0)], warnings);
}

#[test]
fn a_gap_is_placed_where_its_first_bar_would_end() {
    let mut bars = walk(MINUTE, "2024-01-01T00:01", 100, 1);
    bars.ts[50..].iter_mut().for_each(|ts| *ts = *ts + Span::from_seconds(180));
    let audit = audit(&bars, Calendar::always_open());
    let gap = audit.issue(IssueKind::Gap).expect("a gap").places[0];
    assert_eq!((gap.ts, audit.missing_bars), (ts("2024-01-01T00:51"), 3));
    assert_eq!(audit.sessions, "always open");
}

#[test]
fn ten_places_are_kept_and_all_are_counted() {
    let mut bars = walk(MINUTE, "2024-01-01T00:01", 100, 1);
    bars.volume[20..60].fill(0.0);
    let audit = audit(&bars, Calendar::always_open());
    let issue = audit.issue(IssueKind::ZeroVolume).expect("zero volumes");
    assert_eq!((issue.count, issue.places.len(), issue.places[9].row), (40, 10, 30));
}

#[test]
fn bad_rows_that_were_dropped_do_not_fail_a_series() {
    let mut bars = walk(MINUTE, "2024-01-01T00:01", 100, 1);
    bars.close[7] = f64::NAN;
    let mut auditor = Auditor::new(MINUTE, Calendar::always_open(), None);
    assert_eq!(auditor.push(&bars, |i| i as u64), [7]);
    assert_eq!(auditor.bad_rows(), 1);
    let audit = auditor.finish();
    assert_eq!(audit.verdict(), Verdict::Failed);
    assert_eq!(Audit { dropped_rows: 1, ..audit }.verdict(), Verdict::Warnings);
}

/// New York in 2024: the clock changes on 10 March.
fn new_york() -> Calendar {
    let hours = |h: i64| Span::from_seconds(3600 * h);
    let steps = vec![(Ts::MIN, hours(-5)), (ts("2024-03-10T07:00"), hours(-4))];
    Calendar {
        days_per_year: 252.0,
        seconds_per_day: 23_400.0,
        zone_name: "America/New_York".into(),
        zone: UtcOffsets::new(steps),
    }
}

/// Minutes from 09:30 to 16:00 of every weekday from 26 February for six weeks, without those that `absent`
/// names by local date and minute of the day at which they begin.
fn sessions(absent: impl Fn(&str, i64) -> bool) -> BarColumns {
    let calendar = new_york();
    let mut bars = BarColumns::new(MINUTE);
    let bar = Bar { interval: MINUTE, open: 1.0, high: 1.0, low: 1.0, close: 1.0, volume: 1.0 };
    let start = ts("2024-02-26").date().days_since_epoch();
    for day in start..start + 42 {
        let date = wb_core::CivilDate::from_days_since_epoch(day);
        for minute in 9 * 60 + 30..16 * 60 {
            if date.weekday() < 5 && !absent(&date.to_string(), minute) {
                let end = calendar.zone.start_of(date) + Span::from_seconds(60 * (minute + 1));
                bars.push(end, &bar);
            }
        }
    }
    bars
}

#[test]
fn sessions_are_inferred_in_local_time_and_only_holes_in_them_are_gaps() {
    let whole = audit(&sessions(|_, _| false), new_york());
    assert_eq!(whole.verdict(), Verdict::Clean, "{whole:?}");
    assert_eq!(
        whole.sessions,
        "inferred from the data: Mon-Fri 09:30-16:00 (390 bars); America/New_York time; 0 such days without any \
         bar taken as holidays"
    );
    // A holiday, an early close and a hole; the two ends of the data are not gaps.
    let holed = sessions(|date, minute| match date {
        "2024-03-29" => true,
        "2024-03-28" => minute >= 13 * 60,
        "2024-03-12" => (600..605).contains(&minute),
        "2024-02-26" => minute < 700,
        "2024-04-05" => minute > 800,
        _ => false,
    });
    let holed = audit(&holed, new_york());
    assert!(holed.sessions.contains("; 1 such days without any bar"), "{}", holed.sessions);
    let gaps: Vec<_> =
        holed.issue(IssueKind::Gap).expect("gaps").places.iter().map(|gap| (gap.ts, gap.value)).collect();
    assert_eq!(gaps, [(ts("2024-03-12T14:01"), 5.0), (ts("2024-03-28T17:01"), 180.0)]);
    assert_eq!(holed.missing_bars, 185);
}

#[test]
fn more_days_without_data_than_any_holiday_are_a_gap() {
    let audit = audit(&sessions(|date, _| ("2024-03-07".."2024-03-16").contains(&date)), new_york());
    let gap = audit.issue(IssueKind::Gap).expect("a gap").places[0];
    assert_eq!((gap.ts, gap.value), (ts("2024-03-07T14:31"), 7.0 * 390.0));
}

#[test]
fn daily_bars_have_trading_days_for_sessions() {
    let day = Interval::Days(1);
    let mut bars = BarColumns::new(day);
    for (i, day_bar) in walk(day, "2024-01-02T05:00", 60, 1).ts.iter().enumerate() {
        let date = new_york().zone.date(*day_bar - Span(1));
        if date.weekday() < 5 && date.to_string() != "2024-01-15" && !(35..46).contains(&i) {
            let bar = Bar { interval: day, open: 1.0, high: 1.0, low: 1.0, close: 1.0, volume: 1.0 };
            bars.push(*day_bar, &bar);
        }
    }
    let audit = audit(&bars, new_york());
    assert_eq!(
        audit.sessions,
        "inferred from the data: Mon-Fri; America/New_York time; 1 such days without any bar taken as holidays"
    );
    assert_eq!(audit.missing_bars, 9, "{audit:?}");
}

#[test]
fn days_of_23_hours_are_no_fault() {
    let calendar = Calendar { days_per_year: 365.0, seconds_per_day: 86_400.0, ..new_york() };
    let mut bars = walk(Interval::Days(1), "2024-03-01T05:00", 31, 1);
    for ts in &mut bars.ts {
        *ts = calendar.zone.start_of(ts.date());
    }
    assert_eq!(audit(&bars, calendar).verdict(), Verdict::Clean);
}

/// Bars with faults of every kind, at random.
fn dirty(seed: u64, n: usize) -> BarColumns {
    let mut rng = Rng::new(seed);
    let mut bars = walk(MINUTE, "2024-03-04T14:31", n, seed);
    let mut late = Span::ZERO;
    for i in 0..n {
        late =
            if rng.below(50) == 0 { Span(late.0 + 60_000_000_000 * rng.below(2_000) as i64) } else { late };
        bars.ts[i] = bars.ts[i] + late;
        match rng.below(100) {
            0 => bars.close[i] = f64::NAN,
            1 => bars.low[i] = -1.0,
            2 => bars.high[i] = 0.5,
            3 => bars.ts[i] = bars.ts[i.saturating_sub(1)],
            4 => bars.ts[i] = bars.ts[i / 2],
            5 => bars.volume[i] = 0.0,
            6 => bars.open[i] += 0.001,
            7 => bars.high[i] *= 2.0,
            _ => {}
        }
    }
    bars
}

#[test]
fn findings_do_not_depend_on_how_the_rows_are_cut_into_blocks() {
    for seed in 0..20 {
        let bars = dirty(seed, 2_000);
        for calendar in [Calendar::always_open(), new_york()] {
            let whole = audit(&bars, calendar.clone());
            let mut rng = Rng::new(seed);
            let mut auditor = Auditor::new(MINUTE, calendar, Some(Grid::decimal(2)));
            let (mut from, mut bad) = (0, 0);
            while from < bars.len() {
                let to = bars.len().min(from + rng.below(300) as usize);
                let mut block = BarColumns::new(MINUTE);
                (from..to).for_each(|row| block.push(bars.ts[row], &bars.bar(row)));
                bad += auditor.push(&block, |i| (from + i) as u64 + 1).len() as u64;
                from = to;
            }
            assert_eq!(auditor.bad_rows(), bad);
            assert_eq!(format!("{:?}", auditor.finish()), format!("{whole:?}"), "seed {seed}");
        }
    }
}

#[test]
fn imports_are_read_back_as_they_were_written() {
    let mut text = String::new();
    for seed in 0..5 {
        let audit = audit(&dirty(seed, 500), Calendar::always_open());
        let files = vec!["a = b.csv".into(), "odd\nname\\n.zip".into(), "[import]\n".into()];
        text += &Import { files, format: format!("csv{seed}"), audit }.text();
    }
    let imports = crate::import_text::parse_imports(&text).expect("is understood");
    assert_eq!(imports.len(), 5);
    assert_eq!(imports[1].files[1], "odd\nname\\n.zip");
    assert_eq!(imports.iter().map(Import::text).collect::<String>(), text);
    let joined = crate::import_text::join_imports([text.as_str(), text.as_str()].into_iter());
    assert_eq!(joined, text, "each import is kept once");
}

/// A column of a foreign file, whose columns may hold nulls but do not.
fn column<T: DataType>(reader: &SerializedFileReader<File>, index: usize) -> Vec<T::T> {
    let (mut values, mut levels) = (Vec::new(), Vec::new());
    for group in 0..reader.num_row_groups() {
        let rows = reader.metadata().row_group(group).num_rows() as usize;
        let group = reader.get_row_group(group).expect("a row group");
        let mut column = get_typed_column_reader::<T>(group.get_column_reader(index).expect("a column"));
        let until = levels.len() + rows;
        while levels.len() < until {
            let left = until - levels.len();
            column.read_records(left, Some(&mut levels), None, &mut values).expect("reads");
        }
    }
    assert_eq!(values.len(), levels.len(), "nothing is null");
    values
}

/// Minute bars of the shared market data, or nothing where it is absent.
fn shared_minutes(file: &str) -> Option<BarColumns> {
    let folder = std::env::var("SHARED_MARKET_DATA")
        .map_or_else(|_| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    let path = folder.join("crypto_1m/normalized").join(file);
    let Ok(file) = File::open(&path) else {
        #[expect(clippy::print_stderr, reason = "a test that proves nothing must say so")]
        {
            eprintln!("SKIPPED: {} is not there", path.display());
        }
        return None;
    };
    let reader = SerializedFileReader::new(file).expect("a Parquet file");
    // Stamped at the open.
    let ts = column::<Int64Type>(&reader, 0).into_iter().map(|open| Ts(open) + MINUTE.span()).collect();
    let [open, high, low, close, volume] = [1, 2, 3, 4, 5].map(|index| column::<DoubleType>(&reader, index));
    Some(BarColumns { interval: MINUTE, ts, open, high, low, close, volume })
}

/// The gaps that the data set's own README counts.
fn check_shared(file: &str, rows: u64, missing: u64, gaps: u64) {
    let Some(bars) = shared_minutes(file) else { return };
    let audit = audit(&bars, Calendar::always_open());
    let found = audit.issue(IssueKind::Gap).map_or(0, |gap| gap.count);
    assert_eq!((audit.rows, audit.bad_rows, audit.missing_bars, found), (rows, 0, missing, gaps));
}

#[test]
fn gaps_of_real_minutes_are_those_that_were_counted_independently() {
    check_shared("BTCUSD.BITFINEX-1m-2017-12_2018-04.parquet", 217_118, 322, 63);
    check_shared("ETHUSD.BITFINEX-1m-2018-01_2018-04.parquet", 171_957, 843, 542);
    check_shared("NEARUSDT.BINANCE_UM-1m-2023-08_2023-10.parquet", 132_480, 0, 0);
}
