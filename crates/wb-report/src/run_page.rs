//! The report of a run: one HTML file that needs nothing else.

use wb_core::Ts;
use wb_metrics::{Outcome, Tearsheet};

use crate::document::{self, Header, warning_list};
use crate::html::section;
use crate::json::Json;
use crate::number;
use crate::price::{PriceSeries, price_chart};
use crate::sections;
use crate::session_dates::Dated;
use crate::warnings::warnings;

/// All that a run's report shows.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct RunPage<'a> {
    /// Its heading: `sma-cross on binance:NEARUSDT, 1m`.
    pub title: &'a str,
    /// The spec as it was written.
    pub spec_text: &'a str,
    /// What happened.
    pub outcome: &'a Outcome,
    /// Its figures.
    pub tearsheet: &'a Tearsheet,
    /// Each parameter's name, value and meaning.
    pub params: &'a [(String, String, String)],
    /// Prices and features, one entry for each instrument that is to be drawn.
    pub prices: &'a [PriceSeries<'a>],
    /// Warnings about what the outcome does not know, such as gaps in the data: one sentence each.
    pub data_notes: &'a [String],
    /// Names and values of what identifies the run: its id, fingerprints, code id, digest, versions.
    pub provenance: &'a [(String, String)],
}

/// The page. The same run gives the same bytes.
///
/// # Panics
/// If columns that belong together are not equally long.
pub fn run_page(page: &RunPage<'_>) -> String {
    draw_dated(page, &Extra::default())
}

/// What another page has besides what a run's has; all of it is HTML but the names.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Extra<'a> {
    /// Above everything else.
    pub(crate) top: &'a str,
    /// Id, name and body of each part behind the costs.
    pub(crate) parts: &'a [(&'a str, &'a str, String)],
}

/// A page about a run, with days named as people name them.
pub(crate) fn draw_dated(page: &RunPage<'_>, extra: &Extra<'_>) -> String {
    let dated =
        Dated::of(page.outcome, page.tearsheet, page.prices.iter().map(|series| series.bars).collect());
    let prices: Vec<PriceSeries<'_>> = page
        .prices
        .iter()
        .zip(&dated.bars)
        .map(|(series, bars)| PriceSeries {
            instrument: dated
                .outcome
                .instruments
                .get(series.instrument.id.index())
                .unwrap_or(series.instrument),
            bars,
            features: series.features.clone(),
        })
        .collect();
    let page = RunPage { outcome: &dated.outcome, tearsheet: &dated.tearsheet, prices: &prices, ..*page };
    draw(&page, extra)
}

fn draw(page: &RunPage<'_>, extra: &Extra<'_>) -> String {
    let (equity, equity_json) = sections::equity(page.outcome, page.tearsheet);
    let (prices, prices_json) = price_chart(page.outcome, page.prices);
    let mut body = String::with_capacity(1 << 20);
    body.push_str(&header(page, extra));
    body.push_str("<main>\n");
    body.push_str(extra.top);
    body.push_str(&sections::headline(page.tearsheet));
    let own = warnings(page.outcome, page.tearsheet);
    body.push_str(&warning_list(own.iter().map(|w| &w.text).chain(page.data_notes)));
    body.push_str(&section("equity", "Equity and drawdown", &equity));
    body.push_str(&section("returns", "Returns", &sections::returns(page.outcome, page.tearsheet)));
    let trades = sections::trades(page.outcome) + &sections::trades_table(page.outcome);
    let end = page.outcome.equity.ts.last().copied().unwrap_or_default();
    body.push_str(&section(
        "drawdowns",
        "Deepest drawdowns",
        &sections::drawdowns(&page.tearsheet.drawdowns, end),
    ));
    body.push_str(&section("prices", "Prices and trades", &prices));
    body.push_str(&section("trades", "Trades", &trades));
    body.push_str(&section(
        "costs",
        "Costs and orders",
        &sections::costs_and_orders(page.outcome, page.tearsheet),
    ));
    for (id, name, part) in extra.parts {
        body.push_str(&section(id, name, part));
    }
    body.push_str(&section("figures", "All figures", &sections::all_figures(page.tearsheet)));
    body.push_str(&section("parameters", "Parameters", &sections::parameters(page.params)));
    let facts = sections::provenance(page.provenance, page.spec_text);
    body.push_str(&section("provenance", "Provenance", &facts));
    body.push_str("</main>\n");
    let data = Json::Object(vec![("equity", equity_json), ("prices", prices_json)]);
    document::html(page.title, &body, &data, &SCRIPTS)
}

fn header(page: &RunPage<'_>, extra: &Extra<'_>) -> String {
    let curve = &page.outcome.equity;
    let mut facts = Vec::new();
    if let (Some(start), Some(end)) = (page.tearsheet.get("start"), curve.ts.last()) {
        facts.push(sections::period(Ts::from_seconds(start as i64), *end));
    }
    facts.push(format!("{} bars of {}", number::count(curve.ts.len()), page.outcome.interval));
    let yearly = number::fixed(page.outcome.bars_per_year, 0);
    facts.push(format!("annualised with {yearly} bars a year"));
    let verdict = [sections::summary(page.outcome, page.tearsheet)];
    let mut parts = PARTS.to_vec();
    let behind_costs = 1 + PARTS.iter().position(|(id, _)| *id == "costs").expect("every run has costs");
    parts.splice(behind_costs..behind_costs, extra.parts.iter().map(|(id, name, _)| (*id, *name)));
    document::header(&Header {
        title: page.title,
        facts: &facts,
        verdict: &verdict,
        links: &[],
        parts: &parts,
    })
}

const PARTS: [(&str, &str); 9] = [
    ("equity", "Equity"),
    ("returns", "Returns"),
    ("drawdowns", "Drawdowns"),
    ("prices", "Prices"),
    ("trades", "Trades"),
    ("costs", "Costs"),
    ("figures", "All figures"),
    ("parameters", "Parameters"),
    ("provenance", "Provenance"),
];

/// What only this page needs besides what every page has.
const SCRIPTS: [&str; 5] = [
    include_str!("script/canvas.js"),
    include_str!("script/equity_readout.js"),
    include_str!("script/price_data.js"),
    include_str!("script/price_canvas.js"),
    include_str!("script/price_chart.js"),
];
