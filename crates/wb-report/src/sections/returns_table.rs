//! Returns by month and year, coloured by size.

use wb_metrics::{DailyReturns, YearReturns};

use crate::html::{escape, put};
use crate::number;
use crate::ticks::month_name;

/// Steps of colour on each side of zero.
const STEPS: f64 = 5.0;

/// The table of months and years; the benchmark's years beside them, if there is one.
pub(crate) fn returns_table(days: &DailyReturns, benchmark: Option<&DailyReturns>) -> String {
    let years = days.by_year();
    let others = benchmark.map(DailyReturns::by_year);
    let months = || years.iter().flat_map(|year| year.months.iter().flatten()).copied();
    let strong = strong(months());
    let strong_year = strong * 12.0_f64.sqrt();
    let mut out = String::from(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Monthly returns\"><table class=\"heat\">\n<thead><tr><th scope=\"col\">Year</th>",
    );
    for month in 1..=12 {
        put(&mut out, format_args!("<th class=\"n\" scope=\"col\">{}</th>", month_name(month)));
    }
    out.push_str("<th class=\"n year\" scope=\"col\">All</th>");
    if others.is_some() {
        out.push_str("<th class=\"n\" scope=\"col\">Benchmark</th>");
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for year in years.iter().rev() {
        put(&mut out, format_args!("<tr><th scope=\"row\">{}</th>", year.year));
        for month in year.months {
            cell(&mut out, month, strong, "");
        }
        cell(&mut out, Some(year.total), strong_year, " year");
        if let Some(others) = &others {
            let total = others.iter().find(|other| other.year == year.year).map(|other| other.total);
            cell(&mut out, total, f64::INFINITY, "");
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody></table></div>\n");
    put(&mut out, format_args!("<p class=\"note\">{}</p>\n", escape(&sentence(&years))));
    out
}

/// The size that gets the strongest colour: exceeded by one value in ten.
fn strong(values: impl Iterator<Item = f64>) -> f64 {
    let mut sizes: Vec<f64> = values.map(f64::abs).collect();
    sizes.sort_unstable_by(f64::total_cmp);
    let rank = (sizes.len() as f64 * 0.9) as usize;
    sizes.get(rank.min(sizes.len().saturating_sub(1))).copied().unwrap_or(1.0).max(1e-6)
}

fn cell(out: &mut String, value: Option<f64>, strong: f64, class: &str) {
    let Some(x) = value else {
        put(out, format_args!("<td class=\"n{class}\"></td>"));
        return;
    };
    let level = (x.abs() / strong * STEPS).ceil().min(STEPS) as u32;
    let heat = match x {
        _ if level == 0 => String::new(),
        x if x > 0.0 => format!(" g{level}"),
        _ => format!(" l{level}"),
    };
    // The heading says per cent; one decimal is what a column of twelve has room for.
    let text = if x.abs() >= 10.0 { number::fixed(x * 100.0, 0) } else { number::fixed(x * 100.0, 1) };
    put(out, format_args!("<td class=\"n{class}{heat}\">{text}</td>"));
}

/// How often a month won, and the extremes.
fn sentence(years: &[YearReturns]) -> String {
    let months: Vec<(i32, u8, f64)> = years
        .iter()
        .flat_map(|year| {
            let named = year.months.iter().zip(1..).map(|(month, number)| (year.year, number, *month));
            named.filter_map(|(year, number, month)| Some((year, number, month?))).collect::<Vec<_>>()
        })
        .collect();
    let by_return = |a: &&(i32, u8, f64), b: &&(i32, u8, f64)| a.2.total_cmp(&b.2);
    let (Some(best), Some(worst)) = (months.iter().max_by(by_return), months.iter().min_by(by_return)) else {
        return "No month.".to_string();
    };
    let name = |m: &(i32, u8, f64)| format!("{} {} ({})", month_name(m.1), m.0, number::change(m.2));
    let won = months.iter().filter(|m| m.2 > 0.0).count();
    let ups = years.iter().filter(|year| year.total > 0.0).count();
    format!(
        "Per cent, compounded from days. {won} of {} months and {ups} of {} years rose. Best month {}, worst {}.",
        months.len(),
        years.len(),
        name(best),
        name(worst)
    )
}
