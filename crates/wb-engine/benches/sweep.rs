//! Sweeps: workload W2 by lanes of signals beside a loop written by hand, and a plain strategy through lanes of
//! sessions.
#![expect(missing_docs, reason = "criterion declares a public function")]

#[path = "../tests/workload/w2.rs"]
mod w2;
#[path = "../tests/workload/mod.rs"]
mod workload;

use std::collections::BTreeMap;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rayon::prelude::*;
use wb_core::{BarColumns, ParamSet};
use wb_engine::{RunInput, SweepInput, TrialResult, evaluate};
use wb_indicators::{Sma, column};
use wb_kernel::prelude::*;
use wb_strategies::STRATEGIES;

const FIGURES: &[&str] = &["total_return", "sharpe", "max_drawdown", "trades"];

fn sweep(
    entry: &StrategyEntry,
    bars: &[BarColumns],
    trials: &[(u64, ParamSet)],
    jobs: usize,
) -> Vec<TrialResult> {
    let spec = w2::spec();
    let base = RunInput { entry, spec: &spec, instruments: w2::instruments(), bars, benchmark: None };
    evaluate(&SweepInput { base, figures: FIGURES, periods: 16, jobs }, trials).expect("it runs")
}

/// A trial as one would write it by hand for this workload alone: total return, Sharpe ratio, drawdown, entries.
fn by_hand(bars: &BarColumns, fast: &[f64], slow: &[f64], from: usize) -> [f64; 4] {
    let (mut cash, mut units, mut entries) = (1e7, 0.0, 0.0);
    let (mut before, mut peak, mut fall) = (1e7_f64, 1e7_f64, 0.0_f64);
    let (mut sum, mut squares) = (0.0, 0.0);
    let mut long = false;
    for row in 0..bars.len() {
        if long != (units > 0.0) {
            if long {
                units = cash / (bars.open[row] * (1.0 + 1e-4));
                cash = 0.0;
                entries += 1.0;
            } else {
                cash = units * bars.open[row] * (1.0 - 1e-4);
                units = 0.0;
            }
        }
        let equity = cash + units * bars.close[row];
        let r = equity / before - 1.0;
        sum += r;
        squares += r * r;
        before = equity;
        peak = peak.max(equity);
        fall = fall.max(1.0 - equity / peak);
        if row >= from {
            long = fast[row] > slow[row];
        }
    }
    let n = bars.len() as f64;
    let mean = sum / n;
    let sharpe = mean / ((squares - n * mean * mean) / (n - 1.0)).sqrt() * 525_600_f64.sqrt();
    [before / 1e7 - 1.0, sharpe, fall, entries]
}

fn w2(c: &mut Criterion) {
    let bars = [workload::bars(100_000)];
    let trials = w2::trials();
    let work = (trials.len() * bars[0].len()) as u64;
    let entry = STRATEGIES.iter().find(|entry| entry.name == "sma-cross").expect("it is in the table");
    let mut group = c.benchmark_group("w2");
    group.throughput(Throughput::Elements(work)).sample_size(10);
    for jobs in [1, 2] {
        group.bench_function(format!("signal_lanes_{jobs}_threads"), |b| {
            b.iter(|| sweep(entry, &bars, &trials, jobs));
        });
        let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs).build().expect("threads");
        group.bench_function(format!("loop_by_hand_{jobs}_threads"), |b| {
            b.iter(|| {
                pool.install(|| {
                    let average = |n: i64| (n, column(Sma::new(n as u32), bars[0].close.iter().copied()));
                    let averages: BTreeMap<i64, Vec<f64>> = (2..=250).into_par_iter().map(average).collect();
                    let trial = |(fast, slow): &(i64, i64)| {
                        by_hand(&bars[0], &averages[fast], &averages[slow], *slow as usize - 1)
                    };
                    w2::windows().par_iter().map(trial).collect::<Vec<_>>()
                })
            });
        });
    }
    group.finish();
}

/// Two averages as a plain strategy: its every bar goes through a session.
#[derive(Params, Clone, Debug)]
struct Plain {
    /// Bars in the fast average.
    #[param(default = 10, range = 2..=50)]
    fast: u32,
    /// Bars in the slow average.
    #[param(default = 50, range = 10..=400)]
    slow: u32,
    /// Share of equity held.
    #[param(default = 0.95, range = 0.05..=1.0)]
    weight: f64,
}

struct State {
    instrument: InstrumentId,
    fast: Feature,
    slow: Feature,
    weight: f64,
    above: bool,
}

impl StrategyParams for Plain {
    const NAME: &'static str = "plain";
    const ABOUT: &'static str = "Two averages as a plain strategy.";
    const ROLES: &'static [Role] = &[Role { name: "base", doc: "The market.", many: false }];

    fn build(&self, setup: &mut Setup<'_>) -> Result<Box<dyn Strategy>, SetupError> {
        let instrument = setup.instrument("base")?;
        let bars = setup.bars(instrument);
        let fast = setup.feature(Input::close(bars), Sma::new(self.fast));
        let slow = setup.feature(Input::close(bars), Sma::new(self.slow));
        Ok(Box::new(State { instrument, fast, slow, weight: self.weight, above: false }))
    }
}

impl Strategy for State {
    fn on_bar(&mut self, _: Series, _: &Bar, ctx: &mut Context<'_>) {
        let above = ctx.value(self.fast) > ctx.value(self.slow);
        if above != self.above {
            self.above = above;
            ctx.target_percent(self.instrument, if above { self.weight } else { 0.0 });
        }
    }
}

fn lanes(c: &mut Criterion) {
    let bars = [workload::bars(100_000)];
    let trials: Vec<(u64, ParamSet)> = w2::trials().into_iter().step_by(43).collect();
    let entry = StrategyEntry::of::<Plain>();
    let mut group = c.benchmark_group("session_lanes");
    group.throughput(Throughput::Elements((trials.len() * bars[0].len()) as u64)).sample_size(10);
    group.bench_function("plain_strategy_1_thread", |b| b.iter(|| sweep(&entry, &bars, &trials, 1)));
    group.finish();
}

criterion_group!(benches, w2, lanes);
criterion_main!(benches);
