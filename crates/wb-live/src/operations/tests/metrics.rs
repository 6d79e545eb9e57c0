//! What Prometheus reads.

use std::collections::BTreeMap;

use super::exposition::{Samples, read};
use super::{NOW, halted, status, token};
use crate::operations::respond::{Request, respond};
use crate::session::Status;

fn scrape(status: &Status) -> Samples {
    let request = Request { method: "GET", path: "/metrics", authorization: None };
    let response = respond(&request, status, NOW, &token());
    assert_eq!((response.status, response.content_type), (200, "text/plain; version=0.0.4; charset=utf-8"));
    read(&response.body)
}

#[test]
fn every_figure_of_the_status_is_a_sample() {
    let mut samples = scrape(&status());
    let idle = |quantile: &str| format!("workbench_stage_latency_seconds{{stage=write,quantile={quantile}}}");
    for quantile in ["0.5", "0.99", "0.999"] {
        let value = samples.remove(&idle(quantile)).expect("a quantile");
        assert!(value.is_nan(), "nothing was measured, and it says {value}");
    }
    let expected: BTreeMap<String, f64> = [
        ("state{state=starting}", 0.0),
        ("state{state=warming}", 0.0),
        ("state{state=trading}", 1.0),
        ("state{state=paused}", 0.0),
        ("state{state=halted}", 0.0),
        ("state{state=stopping}", 0.0),
        ("frames_total", 101.0),
        ("events_total", 102.0),
        ("orders_total", 103.0),
        ("refused_total", 104.0),
        ("rejected_total", 105.0),
        ("fills_total", 106.0),
        ("reconnects_total", 107.0),
        ("records_total", 108.0),
        ("equity", 990.5),
        ("profit", -9.5),
        ("drawdown_ratio", 1.0 - 990.5 / 1320.0),
        ("cash", 400.25),
        ("open_orders", 3.0),
        ("journal_lag", 4.0),
        ("clock_offset_seconds", -0.0015),
        ("status_timestamp_seconds", 1_700_000_000.0),
        ("position{instrument=binance:NEARUSDT}", -12.5),
        ("position{instrument=odd:\"A\\B\"\n}", 0.0),
        ("stage_latency_seconds{stage=queue,quantile=0.5}", 1e-6),
        ("stage_latency_seconds{stage=queue,quantile=0.99}", 2e-6),
        ("stage_latency_seconds{stage=queue,quantile=0.999}", 3e-6),
        ("stage_latency_seconds_sum{stage=queue}", 1e-5),
        ("stage_latency_seconds_count{stage=queue}", 10.0),
        ("stage_latency_seconds{stage=decide,quantile=0.5}", 2e-6),
        ("stage_latency_seconds{stage=decide,quantile=0.99}", 4e-6),
        ("stage_latency_seconds{stage=decide,quantile=0.999}", 6e-6),
        ("stage_latency_seconds_sum{stage=decide}", 2e-5),
        ("stage_latency_seconds_count{stage=decide}", 10.0),
        ("stage_latency_seconds_sum{stage=write}", 0.0),
        ("stage_latency_seconds_count{stage=write}", 0.0),
    ]
    .into_iter()
    .map(|(name, value)| (format!("workbench_{name}"), value))
    .collect();
    assert_eq!(samples, expected);
}

#[test]
fn one_state_is_on_and_a_clock_that_is_not_measured_is_absent() {
    let samples = scrape(&halted());
    let on = |(name, value): (&String, &f64)| (*value > 0.5).then(|| name.clone());
    let states = samples.iter().filter(|(name, _)| name.starts_with("workbench_state{"));
    assert_eq!(states.filter_map(on).collect::<Vec<_>>(), ["workbench_state{state=halted}"]);
    assert!(!samples.contains_key("workbench_clock_offset_seconds"));
}
