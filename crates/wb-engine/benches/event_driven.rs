//! The event-driven engine on workload W1: one core, from columns in memory to an outcome.

#[path = "../tests/workload/mod.rs"]
mod workload;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use wb_engine::{RunInput, run};

fn w1(c: &mut Criterion) {
    let bars = [workload::bars(1_000_000)];
    let mut group = c.benchmark_group("event_driven");
    group.throughput(Throughput::Elements(bars[0].len() as u64)).sample_size(20);
    for (entry, name) in workload::TABLE.iter().zip(["w1-long-flat", "w1-long-short"]) {
        let spec = workload::spec(name);
        let input = RunInput {
            entry,
            spec: &spec,
            instruments: workload::instruments(),
            bars: &bars,
            benchmark: None,
        };
        group.bench_function(name, |b| b.iter(|| run(&input, &mut |_| {}).expect("it runs")));
    }
    group.finish();
}

criterion_group!(benches, w1);
criterion_main!(benches);
