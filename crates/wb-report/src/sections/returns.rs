//! Returns by month and year, over time, and by size.

use wb_core::Interval;
use wb_metrics::{DailyReturns, Outcome, Tearsheet};

use crate::figures;
use crate::html::{half, note};
use crate::number;
use crate::plot::{Size, figure};
use crate::sections::returns_table::returns_table;

/// Returns by month and year, over time, and by size.
pub(crate) fn returns(outcome: &Outcome, tearsheet: &Tearsheet) -> String {
    let days = DailyReturns::of(outcome);
    let benchmark = DailyReturns::of_benchmark(outcome);
    if days.returns.is_empty() {
        return note("No return is defined: the run has no bar, or equity was not above zero.");
    }
    // Returns are by day, or by bar where a bar is longer.
    let unit = if outcome.interval > Interval::Days(1) { "bars" } else { "days" };
    let mut out = returns_table(&days, benchmark.as_ref());
    out.push_str("<div class=\"halves\">\n");
    if let Some(window) = figures::rolling_window(&days) {
        let own = days.rolling(window);
        let other = benchmark.as_ref().filter(|b| b.ts == days.ts).map(|b| b.rolling(window));
        let lines = if other.is_some() { " The thin line is the benchmark." } else { "" };
        let caption = format!("Over the last {window} {unit}, annualised.{lines}");
        let draw = |size| figures::rolling(&days, &own, other.as_ref(), size);
        out.push_str(&half(
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
        let at_risk = tearsheet.get("var_95");
        let draw = |size| figures::distribution(&moved, at_risk, size);
        out.push_str(&half("Distribution of returns", &figure(Size::HALF, 250.0, &caption, draw)));
    }
    out.push_str("</div>\n");
    out
}
