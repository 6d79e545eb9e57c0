//! Longer bars of stored series.

use wb_catalog::Overlap;
use wb_core::{Grid, Interval, Ts};
use wb_ingest::{ResampleRequest, SynthRequest, resample, synth};

use crate::support::{Scratch, request, shared_data};

fn to(series: &wb_catalog::SeriesKey, interval: &str) -> ResampleRequest {
    let to = Interval::parse(interval).expect(interval);
    ResampleRequest { series: series.clone(), to, overlap: Overlap::Join }
}

#[test]
fn minutes_of_coinbase_make_the_days_that_coinbase_publishes() {
    let Some(data) = shared_data("minutes_of_coinbase_make_the_days_that_coinbase_publishes") else { return };
    let folder = data.join("crypto_1m/lean/crypto/coinbase");
    let scratch = Scratch::new();
    let daily = request(&[folder.join("daily/btcusd_trade.zip")], "coinbase", "DAYS", "1d");
    let days = scratch.bars(&scratch.import(&daily).expect("an import").series);
    let dates = ["20161007", "20161008", "20161009"];
    let files = dates.map(|date| folder.join(format!("minute/btcusd/{date}_trade.zip")));
    let minutes = scratch.import(&request(&files, "coinbase", "BTCUSD", "1m")).expect("an import");
    let report = resample(&scratch.catalog(), &to(&minutes.series, "1d")).expect("days");
    let made = scratch.bars(&report.series);
    assert_eq!(made.len(), 3);
    for row in 0..made.len() {
        let published = days.ts.iter().position(|ts| *ts == made.ts[row]).expect("the same day");
        let (made, published) = (made.bar(row), days.bar(published));
        let prices = |bar: &wb_core::Bar| [bar.open, bar.high, bar.low, bar.close].map(f64::to_bits);
        assert_eq!(prices(&made), prices(&published));
        assert!((made.volume - published.volume).abs() < 1e-6, "{} {}", made.volume, published.volume);
    }
}

/// Sums of open, high, low, close and volume as polars (Python) gives them with
/// `group_by_dynamic("ts", every=…)` of the expected result's 132,480 minutes.
#[test]
fn longer_bars_of_near_agree_with_those_of_polars() {
    let Some(data) = shared_data("longer_bars_of_near_agree_with_those_of_polars") else { return };
    let files = ["08", "09", "10"]
        .map(|month| data.join(format!("crypto_1m/binance_um_klines/NEARUSDT-1m-2023-{month}.zip")));
    let scratch = Scratch::new();
    let minutes = scratch.import(&request(&files, "binance", "NEARUSDT", "1m")).expect("an import").series;
    for (interval, rows, sums) in [
        ("5m", 26_496, [30_679.552, 30_718.393, 30_638.644, 30_678.667]),
        ("1h", 2_208, [2_556.812, 2_567.472, 2_544.776, 2_556.682]),
        ("1d", 92, [106.642, 108.701, 103.974, 106.595]),
    ] {
        let report = resample(&scratch.catalog(), &to(&minutes, interval)).expect(interval);
        let bars = scratch.bars(&report.series);
        assert_eq!((bars.len(), report.rows, report.notes.len()), (rows, 132_480, 0), "{interval}");
        for (column, expected) in [&bars.open, &bars.high, &bars.low, &bars.close].iter().zip(sums) {
            let sum: f64 = column.iter().sum();
            assert!((sum - expected).abs() < 1e-6, "{interval}: {sum} is not {expected}");
        }
        let volume: f64 = bars.volume.iter().sum();
        assert!((volume - 3_948_319_793.0).abs() < 1e-3, "{interval}: {volume}");
        assert_eq!(bars.ts.last(), Ts::parse("2023-11-01").as_ref());
    }
}

/// Minutes of a venue that never closes, from 2023-08-01T`from` on.
fn minutes(from: &str, bars: usize) -> SynthRequest {
    SynthRequest {
        seed: 1,
        venue: "synth".to_string(),
        symbols: vec!["X".to_string()],
        interval: Interval::Minutes(1),
        from: Ts::parse(&format!("2023-08-01T{from}")).expect("a time"),
        bars,
        price: 100.0,
        volatility: 0.6,
        drift: 0.0,
        correlation: 0.0,
        tick: Grid::decimal(2),
        lot: Grid::decimal(0),
    }
}

#[test]
fn hours_that_the_data_enter_late_or_leave_early_are_left_out() {
    for (from, bars, expected, notes) in [
        ("00:00", 120, vec!["2023-08-01T01:00:00Z", "2023-08-01T02:00:00Z"], 0),
        ("00:01", 119, vec!["2023-08-01T02:00:00Z"], 1),
        ("00:00", 119, vec!["2023-08-01T01:00:00Z"], 1),
        ("00:30", 120, vec!["2023-08-01T02:00:00Z"], 2),
    ] {
        let scratch = Scratch::new();
        let written = synth(&scratch.catalog(), &minutes(from, bars)).expect("bars");
        let report = resample(&scratch.catalog(), &to(&written[0].0, "1h")).expect("hours");
        let made: Vec<String> = scratch.bars(&report.series).ts.iter().map(Ts::to_string).collect();
        assert_eq!(
            (made, report.notes.len()),
            (expected.iter().map(|s| s.to_string()).collect(), notes),
            "{from} {bars}"
        );
    }
    let scratch = Scratch::new();
    let written = synth(&scratch.catalog(), &minutes("00:30", 40)).expect("bars");
    let error = resample(&scratch.catalog(), &to(&written[0].0, "1h")).expect_err("no whole hour");
    assert_eq!(error.to_string(), "no bars: 40 bars of synth:X 1m make no whole bar of 1h");
}

#[test]
fn an_interval_that_is_no_multiple_is_refused() {
    let scratch = Scratch::new();
    let written = synth(&scratch.catalog(), &minutes("00:00", 10)).expect("bars");
    for interval in ["90s", "1m", "30s"] {
        let error = resample(&scratch.catalog(), &to(&written[0].0, interval)).expect_err(interval);
        assert!(error.to_string().contains("cannot be made of bars of 1m"), "{error}");
    }
}

#[test]
fn the_first_and_last_day_of_a_venue_with_sessions_are_taken_as_they_are() {
    let scratch = Scratch::new();
    let mut csv = "ts,open,high,low,close,volume\n".to_string();
    for day in ["2024-03-08", "2024-03-11"] {
        for hour in 10..16 {
            csv.push_str(&format!("{day} {hour}:00,10,12,9,11,5\n"));
        }
    }
    let path = scratch.file("a.csv", &csv);
    let mut hours = request(&[path], "nyse", "X", "1h");
    hours.zone = Some("America/New_York".to_string());
    let hours = scratch.import(&hours).expect("an import").series;
    let report = resample(&scratch.catalog(), &to(&hours, "1d")).expect("days");
    let days = scratch.bars(&report.series);
    // The clock changes on the 10th: midnight is at 05:00 and then at 04:00 UTC.
    let ends: Vec<String> = days.ts.iter().map(Ts::to_string).collect();
    assert_eq!(ends, ["2024-03-09T05:00:00Z", "2024-03-12T04:00:00Z"]);
    assert_eq!(days.volume.iter().map(|v| *v as i64).collect::<Vec<_>>(), [30, 30]);
}
