//! Writes the page of a made-up sweep to a file, to look at it in a browser.
//!
//! `cargo run -p wb-report --example sample_sweep -- FILE [averages|mixed|several] [TRIALS]`

#[path = "../tests/report/sweep_sample.rs"]
mod sweep_sample;

use sweep_sample::SweepSample;

#[expect(
    clippy::disallowed_methods,
    reason = "an example is a program: it takes arguments and writes a file"
)]
fn main() -> Result<(), String> {
    let mut args = std::env::args().skip(1);
    let path = args.next().ok_or("say where to write the page")?;
    let kind = args.next().unwrap_or("averages".to_string());
    let trials = args.next().map_or(Ok(2_000), |n| n.parse()).map_err(|_| "TRIALS is a whole number")?;
    let sample = match kind.as_str() {
        "averages" => SweepSample::averages(3, 50, 250),
        "mixed" => SweepSample::mixed(3, trials),
        "several" => SweepSample::mixed(3, trials).with_two_objectives(),
        other => return Err(format!("no sweep is called {other}: averages, mixed or several")),
    };
    std::fs::write(&path, sample.with_runs().page()).map_err(|error| format!("cannot write {path}: {error}"))
}
