//! The report of a run: one HTML file that needs nothing else.

use wb_core::Ts;
use wb_metrics::{Outcome, Tearsheet};

use crate::html::{escape, put, section};
use crate::json::Json;
use crate::number;
use crate::palette;
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
    draw(&RunPage { outcome: &dated.outcome, tearsheet: &dated.tearsheet, prices: &prices, ..*page })
}

fn draw(page: &RunPage<'_>) -> String {
    let (equity, equity_json) = sections::equity(page.outcome, page.tearsheet);
    let (prices, prices_json) = price_chart(page.outcome, page.prices);
    let mut body = String::with_capacity(1 << 20);
    body.push_str(&header(page));
    body.push_str("<main>\n");
    body.push_str(&sections::headline(page.tearsheet));
    body.push_str(&warning_list(page));
    body.push_str(&section("equity", "Equity and drawdown", &equity));
    body.push_str(&section("returns", "Returns", &sections::returns(page.outcome, page.tearsheet)));
    let end = page.outcome.equity.ts.last().copied().unwrap_or_default();
    body.push_str(&section(
        "drawdowns",
        "Deepest drawdowns",
        &sections::drawdowns(&page.tearsheet.drawdowns, end),
    ));
    body.push_str(&section("prices", "Prices and trades", &prices));
    body.push_str(&section("trades", "Trades", &sections::trades(page.outcome)));
    body.push_str(&section(
        "costs",
        "Costs and orders",
        &sections::costs_and_orders(page.outcome, page.tearsheet),
    ));
    body.push_str(&section("figures", "All figures", &sections::all_figures(page.tearsheet)));
    body.push_str(&section("parameters", "Parameters", &sections::parameters(page.params)));
    let facts = sections::provenance(page.provenance, page.spec_text);
    body.push_str(&section("provenance", "Provenance", &facts));
    body.push_str("</main>\n");
    let data = Json::Object(vec![("equity", equity_json), ("prices", prices_json)]);
    document(page.title, &body, &data)
}

/// The whole file. The policy forbids it to load anything: what it shows is in it.
fn document(title: &str, body: &str, data: &Json) -> String {
    let mut out = String::with_capacity(body.len() + (1 << 20));
    put(
        &mut out,
        format_args!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; \
             script-src 'unsafe-inline'\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n\
             <style>\n{}{}</style>\n</head>\n<body>\n",
            escape(title),
            palette::style_sheet(),
            include_str!("page.css"),
        ),
    );
    out.push_str(body);
    out.push_str("<script type=\"application/json\" id=\"data\">");
    data.write(&mut out);
    out.push_str("</script>\n<script>\n(() => {\n'use strict';\n");
    let scripts = [
        include_str!("script/columns.js"),
        include_str!("script/words.js"),
        include_str!("script/theme.js"),
        include_str!("script/sort.js"),
        include_str!("script/equity_readout.js"),
        include_str!("script/price_data.js"),
        include_str!("script/price_canvas.js"),
        include_str!("script/price_chart.js"),
    ];
    for script in scripts {
        out.push_str(script);
    }
    out.push_str("})();\n</script>\n</body>\n</html>\n");
    out
}

fn header(page: &RunPage<'_>) -> String {
    let curve = &page.outcome.equity;
    let mut facts = Vec::new();
    if let (Some(start), Some(end)) = (page.tearsheet.get("start"), curve.ts.last()) {
        facts.push(sections::period(Ts::from_seconds(start as i64), *end));
    }
    facts.push(format!("{} bars of {}", number::count(curve.ts.len()), page.outcome.interval));
    let yearly = number::fixed(page.outcome.bars_per_year, 0);
    facts.push(format!("annualised with {yearly} bars a year"));
    format!(
        "<header>\n<div><h1>{}</h1>\n<p class=\"facts\">{}</p></div>\n\
         <button type=\"button\" id=\"theme\" aria-label=\"Switch between light and dark\">Light / dark</button>\n\
         </header>\n<p class=\"summary\">{}</p>\n<nav aria-label=\"Parts of the report\">{}</nav>\n",
        escape(page.title),
        escape(&facts.join(" · ")),
        escape(&sections::summary(page.outcome, page.tearsheet)),
        NAVIGATION,
    )
}

const NAVIGATION: &str = "<a href=\"#equity\">Equity</a> <a href=\"#returns\">Returns</a> \
    <a href=\"#drawdowns\">Drawdowns</a> <a href=\"#prices\">Prices</a> <a href=\"#trades\">Trades</a> \
    <a href=\"#costs\">Costs</a> <a href=\"#figures\">All figures</a> <a href=\"#parameters\">Parameters</a> \
    <a href=\"#provenance\">Provenance</a>";

fn warning_list(page: &RunPage<'_>) -> String {
    let own = warnings(page.outcome, page.tearsheet);
    let texts: Vec<&str> =
        own.iter().map(|w| w.text.as_str()).chain(page.data_notes.iter().map(String::as_str)).collect();
    if texts.is_empty() {
        return String::new();
    }
    let mut out = String::from("<section id=\"warnings\">\n<h2>Warnings</h2>\n<ul>\n");
    for text in texts {
        put(&mut out, format_args!("<li>{}</li>\n", escape(text)));
    }
    out.push_str("</ul>\n</section>\n");
    out
}
