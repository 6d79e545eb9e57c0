//! Writes the page of a made-up run to a file, to look at it in a browser.
//!
//! `cargo run -p wb-report --example sample_page -- FILE [BARS] [INTERVAL] [TRIPS]`

#[path = "../tests/report/sample.rs"]
mod sample;

use wb_core::Interval;

#[expect(
    clippy::disallowed_methods,
    reason = "an example is a program: it takes arguments and writes a file"
)]
fn main() -> Result<(), String> {
    let mut args = std::env::args().skip(1);
    let path = args.next().ok_or("say where to write the page")?;
    let bars = args.next().map_or(Ok(200_000), |n| n.parse()).map_err(|_| "BARS is a whole number")?;
    let interval = args.next().unwrap_or("15m".to_string());
    let interval = Interval::parse(&interval).ok_or("INTERVAL is like 1m, 4h or 1d")?;
    let trips = args.next().map_or(Ok(600), |n| n.parse()).map_err(|_| "TRIPS is a whole number")?;
    let plan = sample::Plan { seed: 12, bars, interval, trips, symbol: "WALK" };
    std::fs::write(&path, plan.sample().page()).map_err(|error| format!("cannot write {path}: {error}"))
}
