//! What a reader of a run should know about its data and settings.

use wb_core::Span;
use wb_engine::{RunInput, RunResult};

use crate::figures::grouped;
use crate::market::{Findings, Market};

/// Sentences about the data and the settings, gravest first.
///
/// # Errors
/// If the catalog cannot be read.
pub(crate) fn notes(
    market: &Market,
    input: &RunInput<'_>,
    result: &RunResult,
) -> anyhow::Result<Vec<String>> {
    let mut notes = Vec::new();
    if result.halted {
        notes.push("Trading was halted: equity fell by more than risk.max_drawdown allows.".to_string());
    }
    let simulation = &input.spec.simulation;
    let interval = input.spec.interval;
    let slowest = simulation.latency.order.max(simulation.latency.feed);
    if slowest > Span::ZERO && slowest < interval.span() {
        notes.push(format!(
            "A latency of {slowest} is less than a bar of {interval}: an order trades in the first bar that begins \
             after it arrived, so every fill is a whole bar later than without latency."
        ));
    }
    for (instrument, bars) in input.instruments.iter().zip(input.bars) {
        let price = bars.close.last().copied().unwrap_or_default();
        let tick_bps = instrument.tick.step() / price * 1e4;
        let bps = simulation.slippage.bps;
        if bps > 0.0 && bps < 0.5 * tick_bps {
            notes.push(format!(
                "{}: slippage of {bps} bp is less than a tick, which is {tick_bps:.1} bp of the price; a fill is \
                 rounded to the tick, so each one pays a whole tick.",
                instrument.name()
            ));
        }
    }
    notes.extend(market.findings()?.iter().filter(|findings| !findings.is_clean()).map(sentence));
    Ok(notes)
}

/// `binance:NEARUSDT 1m: zero-volume 271. See …`
fn sentence(findings: &Findings) -> String {
    let mut parts: Vec<String> = findings
        .issues
        .iter()
        .map(|(kind, count)| format!("{} {}", kind.name(), grouped(*count as f64, 0)))
        .collect();
    if findings.missing_bars > 0 {
        parts.push(format!("{} bars missing", grouped(findings.missing_bars as f64, 0)));
    }
    if findings.dropped_rows > 0 {
        parts.push(format!("{} bad rows left out", grouped(findings.dropped_rows as f64, 0)));
    }
    let key = &findings.key;
    let (name, interval) = (key.name(), key.interval());
    format!("{key}: {}. See `workbench data audit {name} --interval {interval}`.", parts.join(", "))
}
