//! The page of a run of a million minute bars and forty thousand trades.

#[path = "../tests/report/sample.rs"]
mod sample;

use criterion::Criterion;
use wb_core::Interval;

fn run_page(c: &mut Criterion) {
    let plan = sample::Plan {
        seed: 1,
        bars: 1_000_000,
        interval: Interval::Minutes(1),
        trips: 40_000,
        symbol: "WALK",
    };
    let sample = plan.sample();
    let bytes = sample.page().len();
    let mut group = c.benchmark_group("run_page");
    group.sample_size(20);
    group.bench_function(
        format!("1M bars, {} trades, {bytes} bytes", sample.outcome.round_trips.len()),
        |b| {
            b.iter(|| sample.page());
        },
    );
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    run_page(&mut criterion);
    criterion.final_summary();
}
