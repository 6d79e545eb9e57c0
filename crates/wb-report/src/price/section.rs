//! The chart's place in the page, and its share of the page's data.

use std::borrow::Cow;
use std::collections::BTreeSet;

use wb_core::{BarColumns, Instrument};
use wb_metrics::{Outcome, RoundTrip};

use crate::html::{escape, note, put};
use crate::json::Json;
use crate::number;
use crate::price::data;
use crate::price::history::History;

/// Bars of the whole history in the page, over all instruments.
const WHOLE_BARS: usize = 16_000;
/// Original bars in the page besides, over all instruments.
const FULL_BARS: usize = 16_000;
/// Instruments with a chart.
const CHARTS: usize = 30;
/// Trades marked in the charts.
const TRIPS: usize = 20_000;

/// The prices of one of the run's instruments.
#[derive(Clone, PartialEq, Debug)]
pub struct PriceSeries<'a> {
    /// Which.
    pub instrument: &'a Instrument,
    /// Its bars, as the run saw them.
    pub bars: &'a BarColumns,
    /// What the strategy declared on them.
    pub features: Vec<FeatureColumn<'a>>,
}

/// A declared feature, bar by bar.
#[derive(Clone, PartialEq, Debug)]
pub struct FeatureColumn<'a> {
    /// Its definition: `sma(10)`.
    pub name: String,
    /// Its values, as long as the bars; NaN where it was not warm.
    pub values: Cow<'a, [f64]>,
    /// Whether it is on the price scale and drawn over the bars; else it has a panel of its own.
    pub on_price: bool,
}

/// The chart's HTML and its data. Nothing but a note where there are no prices.
///
/// # Panics
/// If a feature is not as long as its bars.
pub(crate) fn price_chart(outcome: &Outcome, prices: &[PriceSeries<'_>]) -> (String, Json) {
    let charted = charted(outcome, prices);
    if charted.is_empty() {
        return (note("There are no prices to draw."), Json::List(Vec::new()));
    }
    let marked = marked(&outcome.round_trips);
    let share = charted.len();
    let mut series = Vec::with_capacity(share);
    let mut notes = Vec::with_capacity(share);
    for price in &charted {
        for feature in &price.features {
            assert_eq!(feature.values.len(), price.bars.len(), "feature {} has a value a bar", feature.name);
        }
        let zone = &price.instrument.calendar.zone;
        let history = History::of(price.bars, zone, (WHOLE_BARS / share).max(200));
        let trips: Vec<usize> = marked
            .iter()
            .copied()
            .filter(|i| outcome.round_trips[*i].instrument == price.instrument.id)
            .collect();
        let own: Vec<&RoundTrip> = trips.iter().map(|i| &outcome.round_trips[*i]).collect();
        let full = history.rows_in_full(price.bars, &own, FULL_BARS / share);
        notes.push(caption(price, &history, full.len(), trips.len()));
        series.push(data::series(price, &history, &full, outcome, &trips));
    }
    let mut left_out = String::new();
    if prices.len() > charted.len() {
        left_out =
            format!(" {} of {} instruments have a chart: those traded most.", charted.len(), prices.len());
    }
    if outcome.round_trips.len() > marked.len() {
        let more = format!(
            " {} of {} trades are marked: those that won or lost most.",
            number::count(marked.len()),
            number::count(outcome.round_trips.len())
        );
        left_out.push_str(&more);
    }
    (frame(&charted, &notes, &left_out), Json::List(series))
}

/// The instruments that get a chart: those with bars, the most traded ones if there are too many, in the run's order.
fn charted<'p, 'a>(outcome: &Outcome, prices: &'p [PriceSeries<'a>]) -> Vec<&'p PriceSeries<'a>> {
    let trips = |price: &PriceSeries<'_>| {
        outcome.round_trips.iter().filter(|t| t.instrument == price.instrument.id).count()
    };
    let mut ranked: Vec<(usize, &PriceSeries<'_>)> =
        prices.iter().enumerate().filter(|(_, price)| !price.bars.is_empty()).collect();
    if ranked.len() > CHARTS {
        ranked.sort_by_cached_key(|(place, price)| (std::cmp::Reverse(trips(price)), *place));
        ranked.truncate(CHARTS);
        ranked.sort_by_key(|(place, _)| *place);
    }
    ranked.into_iter().map(|(_, price)| price).collect()
}

/// The trades that are marked, in order: all, or those that won or lost most.
fn marked(trips: &[RoundTrip]) -> BTreeSet<usize> {
    let mut ranked: Vec<usize> = (0..trips.len()).collect();
    if trips.len() > TRIPS {
        ranked.sort_by(|a, b| trips[*b].pnl.abs().total_cmp(&trips[*a].pnl.abs()).then(a.cmp(b)));
        ranked.truncate(TRIPS);
    }
    ranked.into_iter().collect()
}

fn caption(price: &PriceSeries<'_>, history: &History, full: usize, trips: usize) -> String {
    let bars = price.bars;
    let trades = number::counted(trips, "trade", "trades");
    let drawn = if full == 0 && history.len() == bars.len() {
        format!("{} bars of {}", number::count(bars.len()), bars.interval)
    } else {
        format!(
            "{} bars of {} drawn as {} of {}; {} of the short bars are here too, at the end and around the trades that won and lost most",
            number::count(bars.len()),
            bars.interval,
            number::count(history.len()),
            history.interval,
            number::count(full)
        )
    };
    format!("{drawn}. {trades}. Times in UTC.")
}

fn frame(charted: &[&PriceSeries<'_>], notes: &[String], left_out: &str) -> String {
    let mut options = String::new();
    for (i, price) in charted.iter().enumerate() {
        put(
            &mut options,
            format_args!(
                "<option value=\"{i}\" data-note=\"{}\">{}</option>",
                escape(&notes[i]),
                escape(&price.instrument.name())
            ),
        );
    }
    let hidden = if charted.len() < 2 { " hidden" } else { "" };
    format!(
        "<figure id=\"price-chart\">\n<div class=\"tools\">\n\
         <label{hidden}>Instrument <select data-do=\"series\">{options}</select></label>\n\
         <span class=\"group-of-buttons\" role=\"group\" aria-label=\"Move\">\
         <button type=\"button\" data-do=\"left\" aria-label=\"Earlier\">←</button>\
         <button type=\"button\" data-do=\"right\" aria-label=\"Later\">→</button>\
         <button type=\"button\" data-do=\"in\" aria-label=\"Zoom in\">+</button>\
         <button type=\"button\" data-do=\"out\" aria-label=\"Zoom out\">−</button></span>\n\
         <span class=\"group-of-buttons\" role=\"group\" aria-label=\"Go to\">\
         <button type=\"button\" data-do=\"all\">All</button>\
         <button type=\"button\" data-do=\"last\">Last bars</button>\
         <button type=\"button\" data-do=\"best\">Best trade</button>\
         <button type=\"button\" data-do=\"worst\">Worst trade</button></span>\n\
         <span class=\"group-of-buttons\" role=\"group\" aria-label=\"Trade\">\
         <button type=\"button\" data-do=\"previous\">‹ Trade</button>\
         <button type=\"button\" data-do=\"next\">Trade ›</button></span>\n</div>\n\
         <p class=\"readout\" data-part=\"bar\"></p>\n\
         <canvas class=\"chart\" tabindex=\"0\" role=\"application\" aria-roledescription=\"chart\" aria-label=\"Price with entries, exits and features. \
         Arrow keys move, plus and minus zoom, Home shows all, End the last bars.\"></canvas>\n\
         <canvas class=\"strip\" aria-hidden=\"true\"></canvas>\n\
         <p class=\"readout\" data-part=\"state\"></p>\n\
         <noscript><p class=\"note\">This chart is the one part of the page that needs a script.</p></noscript>\n\
         <figcaption><span data-part=\"note\">{}</span>{} ▲ bought, ▼ sold; filled at the entry, hollow at the exit, \
         there in the colour of its gain or loss. Drag to move, pinch or Ctrl-scroll to zoom, double-click to \
         zoom in; on the keyboard arrows, + and −.</figcaption>\n</figure>\n",
        escape(&notes[0]),
        escape(left_out)
    )
}
