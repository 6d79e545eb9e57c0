//! Nanoseconds per update of every indicator, after warm-up, on a wandering market.

#[path = "../tests/it/market.rs"]
mod market;
#[path = "../tests/it/table.rs"]
mod table;

use criterion::{Criterion, Throughput};
use std::hint::black_box;
use std::time::Duration;
use table::{FromSample, Sample, Values, Visit};
use wb_core::Rng;
use wb_indicators::Indicator;

const UPDATES: usize = 10_000;

struct Measure<'a> {
    criterion: &'a mut Criterion,
    samples: Vec<Sample>,
}

impl Visit for Measure<'_> {
    fn visit<I: Indicator<Input: FromSample, Output: Values>>(&mut self, mut indicator: I) {
        let inputs: Vec<I::Input> = self.samples.iter().map(FromSample::from_sample).collect();
        let mut group = self.criterion.benchmark_group("update");
        group.warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_millis(500));
        group.throughput(Throughput::Elements(UPDATES as u64));
        group.bench_function(indicator.definition().to_string(), |bench| {
            bench.iter(|| {
                for input in &inputs {
                    let output = indicator.update(*input);
                    black_box(output.values());
                }
            });
        });
        group.finish();
    }
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let samples = market::wandering(&mut Rng::new(1), 100.0, 0, UPDATES);
    table::every(&mut Measure { criterion: &mut criterion, samples });
    criterion.final_summary();
}
