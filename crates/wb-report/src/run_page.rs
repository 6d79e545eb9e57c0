//! The report of a run: one HTML file that needs nothing else.

use wb_core::Interval;
use wb_metrics::{DailyReturns, Outcome, Tearsheet};

use crate::figures::{self, EquityFigure};
use crate::html::{escape, note, put, section};
use crate::json::Json;
use crate::number;
use crate::palette;
use crate::plot::{Size, figure};
use crate::price::{PriceSeries, price_chart};
use crate::sections;
use crate::warnings::warnings;
use crate::{equity_data, sections::period};

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

/// Points of the equity figure on a wide page.
const WIDE_POINTS: usize = 2_000;
/// Points of the equity figure on a phone.
const PHONE_POINTS: usize = 700;

/// The page. The same run gives the same bytes.
///
/// # Panics
/// If columns that belong together are not equally long.
pub fn run_page(page: &RunPage<'_>) -> String {
    let (equity, equity_json) = equity_section(page);
    let (prices, prices_json) = price_chart(page.outcome, page.prices);
    let days = DailyReturns::of(page.outcome);
    let benchmark = DailyReturns::of_benchmark(page.outcome);
    let mut body = String::with_capacity(1 << 20);
    body.push_str(&header(page));
    body.push_str("<main>\n");
    body.push_str(&sections::headline(page.tearsheet));
    body.push_str(&warning_list(page));
    body.push_str(&section("equity", "Equity and drawdown", &equity));
    body.push_str(&section("returns", "Returns", &returns(page, &days, benchmark.as_ref())));
    let end = page.outcome.equity.ts.last().copied().unwrap_or_default();
    body.push_str(&section(
        "drawdowns",
        "Deepest drawdowns",
        &sections::drawdowns(&page.tearsheet.drawdowns, end),
    ));
    body.push_str(&section("prices", "Prices and trades", &prices));
    body.push_str(&section("trades", "Trades", &trades(page.outcome)));
    body.push_str(&section("costs", "Costs and orders", &costs(page)));
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
        facts.push(period(wb_core::Ts::from_seconds(start as i64), *end));
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

fn equity_section(page: &RunPage<'_>) -> (String, Json) {
    let outcome = page.outcome;
    if outcome.equity.ts.len() < 2 {
        return (note("A curve needs at least two bars."), Json::Object(Vec::new()));
    }
    let drawdowns = &page.tearsheet.drawdowns;
    let drawn = |points: usize| {
        let rows = figures::thin(outcome, drawdowns, points);
        EquityFigure::new(outcome, &rows)
    };
    let (wide, phone) = (drawn(WIDE_POINTS), drawn(PHONE_POINTS));
    let bars = outcome.equity.ts.len();
    let mut caption = if wide.ts.len() < bars {
        format!(
            "{} points drawn as {} ({} on a phone): by largest triangles, with every turning point of the deepest \
             drawdowns.",
            number::count(bars),
            number::count(wide.ts.len()),
            number::count(phone.ts.len())
        )
    } else {
        format!("{} points.", number::count(bars))
    };
    if wide.is_log() {
        caption.push_str(" The scale of equity is logarithmic.");
    }
    let draw = |size: Size| if size.width < 400.0 { phone.draw(size) } else { wide.draw(size) };
    let html = format!(
        "<div id=\"equity-figure\"><p class=\"readout\">{}</p>\n{}</div>\n",
        legend(outcome),
        figure(Size::FULL, 330.0, &caption, draw)
    );
    (html, equity_data::equity_data(outcome, &wide))
}

/// What the lines are; the script writes the values beside the names.
fn legend(outcome: &Outcome) -> String {
    let mut out = String::from("<span class=\"key run\">Run</span>");
    if let Some(benchmark) = &outcome.benchmark {
        put(
            &mut out,
            format_args!(" <span class=\"key benchmark\">Buy and hold {}</span>", escape(&benchmark.name)),
        );
    }
    out
}

fn returns(page: &RunPage<'_>, days: &DailyReturns, benchmark: Option<&DailyReturns>) -> String {
    if days.returns.is_empty() {
        return note("No return is defined: the run has no bar, or equity was not above zero.");
    }
    // Returns are by day, or by bar where a bar is longer.
    let unit = if page.outcome.interval > Interval::Days(1) { "bars" } else { "days" };
    let mut out = sections::returns_table(days, benchmark);
    out.push_str("<div class=\"halves\">\n");
    if let Some(window) = figures::rolling_window(days) {
        let own = days.rolling(window);
        let other = benchmark.filter(|b| b.ts == days.ts).map(|b| b.rolling(window));
        let lines = if other.is_some() { " The thin line is the benchmark." } else { "" };
        let caption = format!("Over the last {window} {unit}, annualised.{lines}");
        let draw = |size| figures::rolling(days, &own, other.as_ref(), size);
        out.push_str(&panel(
            "Rolling Sharpe ratio and volatility",
            &figure(Size::HALF, 290.0, &caption, draw),
        ));
    }
    // Days out of the market return nothing at all; they would dwarf every other class.
    let moved: Vec<f64> = days.returns.iter().copied().filter(|r| r.abs() > 0.0).collect();
    if moved.len() >= 5 {
        let still = match days.returns.len() - moved.len() {
            0 => String::new(),
            n => format!(" {} {unit} without a change are left out.", number::count(n)),
        };
        let caption = format!(
            "{} {unit} by return; the curve is the normal distribution of the same mean and deviation.{still}",
            number::count(moved.len())
        );
        let at_risk = page.tearsheet.get("var_95");
        let draw = |size| figures::distribution(&moved, at_risk, size);
        out.push_str(&panel("Distribution of returns", &figure(Size::HALF, 250.0, &caption, draw)));
    }
    out.push_str("</div>\n");
    out
}

fn costs(page: &RunPage<'_>) -> String {
    let parts = [
        panel("From profit before costs to profit", &sections::costs(page.outcome, page.tearsheet)),
        panel("Orders by type and end", &sections::orders(page.outcome)),
    ];
    format!("<div class=\"halves\">\n{}</div>\n", parts.concat())
}

fn panel(title: &str, figure: &str) -> String {
    format!("<div class=\"half\"><h3>{}</h3>\n{figure}</div>\n", escape(title))
}

fn trades(outcome: &Outcome) -> String {
    let trips = &outcome.round_trips;
    if trips.is_empty() {
        return note("No trade was closed.");
    }
    let (_, dots) = figures::trade_scatter(trips, Size::HALF);
    let caption = if dots < trips.len() {
        format!(
            "{} trades drawn as {} dots; a larger dot is more of them.",
            number::count(trips.len()),
            number::count(dots)
        )
    } else {
        format!("{} trades. The scale of time is logarithmic.", number::count(trips.len()))
    };
    let scatter = figure(Size::HALF, 250.0, &caption, |size| figures::trade_scatter(trips, size).0);
    let mut out = format!("<div class=\"halves\">\n{}", panel("Return against holding time", &scatter));
    if trips.len() >= 5 {
        let returns: Vec<f64> = trips.iter().map(|trip| trip.ret).collect();
        let draw = |size| figures::distribution(&returns, None, size);
        let caption =
            "Trades by return after costs, with the normal distribution of the same mean and deviation.";
        out.push_str(&panel("Distribution of trade returns", &figure(Size::HALF, 250.0, caption, draw)));
    }
    let zones: std::collections::BTreeSet<&str> =
        outcome.instruments.iter().map(|i| i.calendar.zone_name.as_str()).collect();
    let zones = zones.into_iter().collect::<Vec<_>>().join(", ");
    let weekdays = format!("Profit of the trades entered on each weekday, and their number ({zones}).");
    let draw = |size| figures::profit_by_weekday(outcome, size);
    out.push_str(&panel("Profit by weekday", &figure(Size::HALF, 220.0, &weekdays, draw)));
    if outcome.interval < Interval::Days(1) {
        let hours = format!("Profit of the trades entered in each hour ({zones}).");
        let draw = |size| figures::profit_by_hour(outcome, size);
        out.push_str(&panel("Profit by hour", &figure(Size::HALF, 220.0, &hours, draw)));
    }
    out.push_str("</div>\n");
    out.push_str(&sections::trades_table(outcome));
    out
}
