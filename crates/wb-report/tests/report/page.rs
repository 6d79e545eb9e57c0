//! What holds for every page.

use std::borrow::Cow;
use std::sync::Arc;

use wb_core::{BarColumns, InstrumentId, Interval, Ts};
use wb_metrics::{Outcome, Tearsheet};
use wb_report::{FeatureColumn, PriceSeries, RunPage, run_page};

use crate::markup::{check_balanced, check_loads_nothing, tags};
use crate::sample::{Plan, Sample};

fn sample(bars: usize, trips: usize) -> Sample {
    Plan { seed: 5, bars, interval: Interval::Minutes(15), trips, symbol: "WALK" }.sample()
}

/// The page of an outcome and nothing else.
fn bare(outcome: &Outcome) -> String {
    let tearsheet = Tearsheet::of(outcome);
    run_page(&RunPage {
        title: "bare",
        spec_text: "",
        outcome,
        tearsheet: &tearsheet,
        params: &[],
        prices: &[],
        data_notes: &[],
        provenance: &[],
    })
}

/// The first `bars` bars of an outcome, without trades.
fn cut(sample: &Sample, bars: usize) -> Outcome {
    let mut outcome = sample.outcome.clone();
    outcome.equity.ts.truncate(bars);
    outcome.equity.equity.truncate(bars);
    outcome.equity.gross.truncate(bars);
    outcome.benchmark = None;
    outcome.round_trips.clear();
    outcome.fills.clear();
    outcome.orders.clear();
    outcome
}

#[test]
fn every_tag_of_a_page_is_closed_in_order() {
    check_balanced(&sample(5_000, 60).page());
    check_balanced(&bare(&cut(&sample(10, 0), 0)));
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    assert!(sample(3_000, 50).page() == sample(3_000, 50).page());
}

#[test]
fn markup_in_names_and_texts_does_nothing() {
    const EVIL: &str = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&";
    let mut sample = sample(2_000, 40);
    let mut instruments = sample.outcome.instruments.to_vec();
    instruments[0].symbol = EVIL.to_string();
    instruments[0].calendar.zone_name = EVIL.to_string();
    sample.outcome.instruments = Arc::from(instruments);
    sample.outcome.currency = EVIL.to_string();
    if let Some(benchmark) = &mut sample.outcome.benchmark {
        benchmark.name = EVIL.to_string();
    }
    let text = || EVIL.to_string();
    let feature = FeatureColumn { name: text(), values: Cow::Owned(vec![1.0; 2_000]), on_price: true };
    let page = run_page(&RunPage {
        title: EVIL,
        spec_text: EVIL,
        outcome: &sample.outcome,
        tearsheet: &sample.tearsheet,
        params: &[(text(), text(), text())],
        prices: &[PriceSeries {
            instrument: &sample.outcome.instruments[0],
            bars: &sample.bars,
            features: vec![feature],
        }],
        data_notes: &[text()],
        provenance: &[(text(), text())],
    });
    check_balanced(&page);
    assert!(!page.contains("<script>alert") && !page.contains("<img"));
    let scripts = tags(&page).into_iter().filter(|tag| *tag == "script").count();
    assert_eq!(scripts, 2, "the data and the program");
}

#[test]
fn a_page_loads_nothing() {
    check_loads_nothing(&sample(3_000, 50).page());
}

#[test]
fn a_run_without_bars_or_trades_still_makes_a_page() {
    let sample = sample(40, 0);
    for (bars, said) in [
        (0, "The run has no bar."),
        (1, "A curve needs at least two bars."),
        (2, "No trade was closed"),
        (40, "Equity and drawdown"),
    ] {
        let page = bare(&cut(&sample, bars));
        assert!(page.contains(said), "{bars} bars: {said}");
        assert!(!page.contains("NaN</") && !page.contains(">inf"), "{bars} bars");
        check_balanced(&page);
    }
}

#[test]
fn equity_below_zero_is_drawn_and_warned_of() {
    let mut outcome = cut(&sample(400, 0), 400);
    for value in &mut outcome.equity.equity[200..] {
        *value -= 150_000.0;
    }
    let page = bare(&outcome);
    assert!(page.contains("Equity was at or below zero"), "the warning");
    check_balanced(&page);
}

#[test]
fn an_instrument_without_bars_has_no_chart() {
    let sample = sample(100, 4);
    let bars = BarColumns::new(Interval::Minutes(15));
    let page = run_page(&RunPage {
        title: "no bars",
        spec_text: "",
        outcome: &sample.outcome,
        tearsheet: &sample.tearsheet,
        params: &[],
        prices: &[PriceSeries { instrument: &sample.outcome.instruments[0], bars: &bars, features: vec![] }],
        data_notes: &[],
        provenance: &[],
    });
    assert!(page.contains("There are no prices to draw."));
}

#[test]
fn several_instruments_share_the_chart_and_are_named_in_the_table() {
    let mut sample = sample(5_000, 80);
    let mut second = sample.outcome.instruments[0].clone();
    (second.id, second.symbol) = (InstrumentId(1), "OTHER".to_string());
    sample.outcome.instruments = Arc::from([sample.outcome.instruments[0].clone(), second]);
    for trip in sample.outcome.round_trips.iter_mut().step_by(2) {
        trip.instrument = InstrumentId(1);
    }
    let prices: Vec<PriceSeries<'_>> = sample
        .outcome
        .instruments
        .iter()
        .map(|instrument| PriceSeries { instrument, bars: &sample.bars, features: vec![] })
        .collect();
    let page = run_page(&RunPage {
        title: "two",
        spec_text: "",
        outcome: &sample.outcome,
        tearsheet: &sample.tearsheet,
        params: &[],
        prices: &prices,
        data_notes: &[],
        provenance: &[],
    });
    assert_eq!(page.matches("<option ").count(), 2);
    for cell in ["<td>OTHER</td>", "<td>WALK</td>"] {
        assert!(page.contains(cell), "{cell}");
    }
    check_balanced(&page);
}

#[test]
fn many_trades_are_cut_to_the_extremes_and_the_last() {
    let sample = sample(20_000, 700);
    let trips = &sample.outcome.round_trips;
    let best = (0..trips.len()).max_by(|a, b| trips[*a].pnl.total_cmp(&trips[*b].pnl)).expect("trades");
    let page = sample.page();

    for place in [best, trips.len() - 1] {
        assert!(page.contains(&format!("data-trip=\"{place}\"")), "trade {place}");
    }
    assert_eq!(page.matches("data-trip=").count(), 400);
    assert!(page.contains(&format!("400 of {} trades shown", trips.len())));
    assert!(page.contains("trades.arrow"));
}

#[test]
fn a_million_bars_and_forty_thousand_trades_stay_below_three_megabytes() {
    let plan =
        Plan { seed: 2, bars: 1_000_000, interval: Interval::Minutes(1), trips: 40_000, symbol: "WALK" };
    let page = plan.sample().page();
    assert!(page.len() < 3_000_000, "{} bytes", page.len());
    assert!(page.contains("1,000,000 points drawn as 2,0"), "the caption says what was left out");
    assert!(page.contains("1,000,000 bars of 1m drawn as "), "the chart's caption too");
}

#[test]
fn the_page_says_when_the_run_was_and_what_it_made() {
    let sample = sample(5_000, 60);
    let page = sample.page();
    let end: Ts = sample.outcome.equity.ts[4_999];
    assert!(page.contains(&format!("2015-01-01 to {}", end.date())));
    assert!(page.contains("100,000 USDT became "));
    for heading in [
        "Equity and drawdown",
        "Returns",
        "Deepest drawdowns",
        "Prices and trades",
        "Parameters",
        "Provenance",
    ] {
        assert!(page.contains(&format!("<h2>{heading}</h2>")), "{heading}");
    }
}
