#[path = "../tests/workload/mod.rs"]
mod workload;
use wb_engine::{RunInput, run};
fn main() {
    let n: usize = std::env::args().nth(1).unwrap().parse().unwrap();
    let r: usize = std::env::args().nth(2).unwrap().parse().unwrap();
    let bars = [workload::bars(n)];
    let mut bars = bars;
    if std::env::args().nth(3).is_some() {
        for b in bars[0].close.iter_mut() {
            *b = 100.0;
        }
    }
    let spec = workload::spec("w1-long-flat");
    let input = RunInput {
        entry: &workload::TABLE[0],
        spec: &spec,
        instruments: workload::instruments(),
        bars: &bars,
        benchmark: None,
    };
    for _ in 0..r {
        let t = std::time::Instant::now();
        let out = run(&input, &mut |_| {}).unwrap();
        println!("{} {:.2} ns/bar", out.outcome.fills.len(), t.elapsed().as_nanos() as f64 / n as f64);
    }
}
