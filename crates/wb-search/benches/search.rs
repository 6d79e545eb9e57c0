//! What a searcher costs beside the trials that it asks for: `cargo bench -p wb-search`.

#![expect(missing_docs, reason = "criterion_group! makes an undocumented function")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use wb_core::{ParamKind, ParamSpec, ParamValue};
use wb_search::{Method, Score, Scored, SearchOptions, Space, Trial, searcher};

/// Three whole numbers of a hundred values, two continuous ones.
fn space() -> Space {
    let int = |name: &'static str| ParamSpec {
        name: name.into(),
        doc: "",
        kind: ParamKind::Int { min: 1, max: 100, step: 1 },
        default: ParamValue::Int(10),
    };
    let float = |name: &'static str| ParamSpec {
        name: name.into(),
        doc: "",
        kind: ParamKind::Float { min: 0.0, max: 1.0, step: None },
        default: ParamValue::Float(0.5),
    };
    Space::new(&[int("a"), int("b"), int("c"), float("x"), float("y")], &[]).expect("a space")
}

fn score(trial: &Trial) -> Score {
    let square = |value: &ParamValue| match value {
        ParamValue::Int(x) => (*x as f64 / 100.0 - 0.3) * (*x as f64 / 100.0 - 0.3),
        ParamValue::Float(x) => (x - 0.7) * (x - 0.7),
        ParamValue::Bool(_) | ParamValue::Choice(_) | ParamValue::Text(_) | ParamValue::Targets(_) => 0.0,
    };
    Score::Feasible(vec![-trial.params.iter().map(|(_, value)| square(value)).sum::<f64>()])
}

fn run(method: Method, trials: u64) -> usize {
    let options = SearchOptions { trials: Some(trials), ..SearchOptions::default() };
    let mut searcher = searcher(method, &space(), &options).expect("a searcher");
    let mut made = 0;
    while !searcher.is_done() {
        let trials = searcher.ask(64);
        made += trials.len();
        let scored: Vec<Scored> =
            trials.iter().map(|trial| Scored { number: trial.number, score: score(trial) }).collect();
        searcher.tell(&scored);
    }
    made
}

fn search(c: &mut Criterion) {
    let mut group = c.benchmark_group("search");
    group.sample_size(10);
    for (name, method, trials) in [
        ("grid", Method::Grid, 100_000),
        ("random", Method::Random, 100_000),
        ("sobol", Method::Sobol, 100_000),
        ("genetic", Method::Genetic, 100_000),
        ("cma_es", Method::CmaEs, 10_000),
        ("nelder_mead", Method::NelderMead, 10_000),
        ("particle_swarm", Method::ParticleSwarm, 10_000),
        ("bayesian", Method::Bayesian, 300),
    ] {
        group.throughput(Throughput::Elements(trials));
        group.bench_function(name, |b| b.iter(|| black_box(run(method, trials))));
    }
    group.finish();
}

criterion_group!(benches, search);
criterion_main!(benches);
