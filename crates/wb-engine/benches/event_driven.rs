//! The event-driven engine on workload W1: one core, from columns in memory to an outcome.
#![expect(missing_docs, reason = "criterion declares a public function")]

#[path = "../tests/workload/w1.rs"]
mod w1;
#[path = "../tests/workload/mod.rs"]
mod workload;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use wb_engine::{RunInput, run};

fn w1(c: &mut Criterion) {
    let bars = [workload::bars(1_000_000)];
    let mut group = c.benchmark_group("event_driven");
    group.throughput(Throughput::Elements(bars[0].len() as u64)).sample_size(20);
    for (entry, name) in w1::TABLE[..2].iter().zip(["w1-long-flat", "w1-long-short"]) {
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

/// Time must be linear in orders: one each bar, each filled at the next open.
fn orders(c: &mut Criterion) {
    let bars = [workload::bars(10_000_000)];
    let mut group = c.benchmark_group("an_order_a_bar");
    group.sample_size(10);
    for n in [100_000, 1_000_000, 10_000_000] {
        let part = [bars[0].between(wb_core::Ts::MIN, bars[0].ts[n - 1])];
        let mut spec = workload::spec("an-order-a-bar");
        spec.simulation.cash = 1e12;
        let entry = &w1::TABLE[2];
        let input = RunInput {
            entry,
            spec: &spec,
            instruments: workload::instruments(),
            bars: &part,
            benchmark: None,
        };
        group.throughput(Throughput::Elements(n as u64));
        group.bench_function(n.to_string(), |b| b.iter(|| run(&input, &mut |_| {}).expect("it runs")));
    }
    group.finish();
}

criterion_group!(benches, w1, orders);
criterion_main!(benches);
