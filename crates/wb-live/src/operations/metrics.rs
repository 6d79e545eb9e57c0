//! A status in the text format of Prometheus, version 0.0.4
//! (<https://prometheus.io/docs/instrumenting/exposition_formats/>).

use std::fmt::{Arguments, Write};

use crate::runner::RunnerState;
use crate::session::{Counters, Status};

/// The type that a scraper is told.
pub(super) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

const STATES: [RunnerState; 6] = [
    RunnerState::Starting,
    RunnerState::Warming,
    RunnerState::Trading,
    RunnerState::Paused,
    RunnerState::Halted,
    RunnerState::Stopping,
];

/// The name, meaning and value of something that only grows.
type Counter = (&'static str, &'static str, fn(&Counters) -> u64);

const COUNTERS: [Counter; 8] = [
    ("frames_total", "Frames that the venue sent.", |c| c.frames),
    ("events_total", "Events that the kernel was told.", |c| c.events),
    ("orders_total", "Orders that the kernel gave.", |c| c.orders),
    ("refused_total", "Orders that our own limits refused.", |c| c.refused),
    ("rejected_total", "Orders that the venue refused, or that could not be sent.", |c| c.rejected),
    ("fills_total", "Fills.", |c| c.fills),
    ("reconnects_total", "Connections made after the first of each line.", |c| c.reconnects),
    ("records_total", "Records of the journal.", |c| c.records),
];

/// The name, meaning and value of something that comes and goes; absent while it is not known.
type Gauge = (&'static str, &'static str, fn(&Status) -> Option<f64>);

const GAUGES: [Gauge; 8] = [
    ("equity", "Cash and positions at the last prices, settlement currency.", |s| Some(s.equity)),
    ("profit", "What the session has won, settlement currency.", |s| Some(s.profit())),
    ("drawdown_ratio", "The share of the session's highest equity that is lost.", |s| Some(s.drawdown())),
    ("cash", "Cash, settlement currency.", |s| Some(s.cash)),
    ("open_orders", "Orders that have not ended.", |s| Some(s.open_orders as f64)),
    ("journal_lag", "What was handed to the journal and is not written yet.", |s| Some(s.journal_lag as f64)),
    ("clock_offset_seconds", "The venue's time minus ours.", |s| {
        s.clock_offset.map(|offset| offset.as_seconds_f64())
    }),
    ("status_timestamp_seconds", "When the runner said all this, since 1970.", |s| {
        Some(s.now.0 as f64 / 1e9)
    }),
];

/// A status as Prometheus reads it.
pub(super) fn exposition(status: &Status) -> String {
    let mut page = Page::default();
    page.family("state", "gauge", "1 for the state that the runner is in, 0 for the others.");
    for state in STATES {
        page.sample("", &[("state", state.name())], f64::from(state == status.state));
    }
    for (name, help, value) in COUNTERS {
        page.family(name, "counter", help);
        page.sample("", &[], value(&status.counters) as f64);
    }
    for (name, help, value) in GAUGES {
        if let Some(value) = value(status) {
            page.family(name, "gauge", help);
            page.sample("", &[], value);
        }
    }
    page.family("position", "gauge", "Units held of an instrument; negative for a short.");
    for holding in &status.holdings {
        page.sample("", &[("instrument", &holding.instrument)], holding.units);
    }
    page.latencies(status);
    page.text
}

/// The text as it grows.
#[derive(Default)]
struct Page {
    text: String,
    /// The name of the family whose samples follow.
    family: String,
}

impl Page {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        self.family = format!("workbench_{name}");
        self.line(format_args!("# HELP workbench_{name} {help}"));
        self.line(format_args!("# TYPE workbench_{name} {kind}"));
    }

    fn sample(&mut self, suffix: &str, labels: &[(&str, &str)], value: f64) {
        let labels: Vec<String> =
            labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        let name = format!("{}{suffix}{labels}", self.family);
        self.line(format_args!("{name} {value}"));
    }

    /// Quantiles over the whole session; of a stage that nothing went through they are NaN.
    fn latencies(&mut self, status: &Status) {
        self.family("stage_latency_seconds", "summary", "How long a stage took, over the session.");
        let seconds = |ns: u64| ns as f64 / 1e9;
        for latency in &status.latency {
            let stage = ("stage", latency.stage.name());
            let quantiles = [("0.5", latency.p50_ns), ("0.99", latency.p99_ns), ("0.999", latency.p999_ns)];
            for (quantile, ns) in quantiles {
                let value = if latency.count == 0 { f64::NAN } else { seconds(ns) };
                self.sample("", &[stage, ("quantile", quantile)], value);
            }
            self.sample("_sum", &[stage], seconds(latency.sum_ns));
            self.sample("_count", &[stage], latency.count as f64);
        }
    }

    fn line(&mut self, line: Arguments<'_>) {
        writeln!(self.text, "{line}").expect("text grows");
    }
}

/// The value of a label as it stands between quotes.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
