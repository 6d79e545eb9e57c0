//! Writes a page of made-up results to a file, to look at it in a browser.
//!
//! `cargo run -p wb-report --example sample_page -- FILE [KIND] [SIZE] [INTERVAL]`: KIND is `run` or `walk-forward`, SIZE
//! then bars; or `grid`, `mixed` or `several`, SIZE then trials.

#[path = "../tests/report/sample.rs"]
mod sample;
#[path = "../tests/report/sweep_sample.rs"]
mod sweep_sample;
#[path = "../tests/report/walk_forward_sample.rs"]
mod walk_forward_sample;

use sweep_sample::SweepSample;
use walk_forward_sample::WalkForwardSample;
use wb_core::Interval;

#[expect(
    clippy::disallowed_methods,
    reason = "an example is a program: it takes arguments and writes a file"
)]
fn main() -> Result<(), String> {
    let mut args = std::env::args().skip(1);
    let path = args.next().ok_or("say where to write the page")?;
    let kind = args.next().unwrap_or("run".to_string());
    let size = args.next().map_or(Ok(20_000), |n| n.parse()).map_err(|_| "SIZE is a whole number")?;
    let interval = args.next().unwrap_or("15m".to_string());
    let interval = Interval::parse(&interval).ok_or("INTERVAL is like 1m, 4h or 1d")?;
    let page = match kind.as_str() {
        "run" => sample::Plan { seed: 12, bars: size, interval, trips: 600, symbol: "WALK" }.sample().page(),
        "walk-forward" => WalkForwardSample::of(12, 20, size, interval).page(),
        "grid" => SweepSample::averages(3, 50, 10 + size / 48).with_runs().page(),
        "mixed" => SweepSample::mixed(3, size).with_runs().page(),
        "several" => SweepSample::mixed(3, size).with_two_objectives().with_runs().page(),
        other => return Err(format!("no page is called {other}: run, walk-forward, grid, mixed or several")),
    };
    std::fs::write(&path, page).map_err(|error| format!("cannot write {path}: {error}"))
}
