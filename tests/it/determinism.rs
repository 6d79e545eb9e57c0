//! The same events give the same digest: today as on the day of the golden file, on one thread as on many.

#[path = "../../strategies/tests/given/mod.rs"]
mod given;

use std::fmt::Write;
use std::thread;

use wb_core::{BarColumns, Interval, Span, Ts};
use wb_engine::{RunInput, RunSpec, run};
use wb_kernel::{RiskLimits, StrategyEntry};
use wb_sim::{FeeModel, FillModel, LatencyModel, SimConfig, SlippageModel};
use wb_strategies::STRATEGIES;

use self::given::given;
use crate::support::{market, root};

#[path = "../../strategies/tests/alpha/mod.rs"]
mod alpha;

const SYMBOLS: usize = 6;

/// The ways in which each strategy is run.
fn simulations() -> Vec<(&'static str, SimConfig)> {
    let plain = SimConfig {
        fill: FillModel::NextOpen,
        fees: FeeModel { taker_bps: 5.0, maker_bps: 1.0, ..FeeModel::default() },
        slippage: SlippageModel { bps: 1.0, ..SlippageModel::default() },
        latency: LatencyModel::default(),
        max_participation: None,
        borrow_bps: 0.0,
        cash: 100_000.0,
        leverage: 1.0,
        maintenance_margin: 0.25,
    };
    let minute = Span::from_seconds(60);
    vec![
        ("plain", plain),
        ("this-close", SimConfig { fill: FillModel::ThisClose, ..plain }),
        (
            "latency",
            SimConfig { latency: LatencyModel { feed: minute, order: minute, report: minute }, ..plain },
        ),
        (
            "costly",
            SimConfig {
                max_participation: Some(0.05),
                borrow_bps: 300.0,
                leverage: 2.0,
                maintenance_margin: 0.1,
                ..plain
            },
        ),
    ]
}

fn digest_of(entry: &StrategyEntry, simulation: SimConfig, bars: &[BarColumns]) -> (String, usize) {
    let all = market::instruments(SYMBOLS);
    let mut names = all.iter().map(|i| i.name());
    let roles: Vec<(String, Vec<String>)> = entry
        .roles
        .iter()
        .map(|role| {
            (role.name.to_string(), names.by_ref().take(if role.many { SYMBOLS } else { 1 }).collect())
        })
        .collect();
    let used = roles.iter().map(|(_, names)| names.len()).sum::<usize>();
    let names: Vec<String> = roles.iter().flat_map(|(_, names)| names).cloned().collect();
    let given = given(entry, &names, bars[0].ts[0], bars[0].interval.span(), bars[0].len() / 10);
    let spec = RunSpec {
        strategy: entry.name.to_string(),
        params: (entry.resolve)(&given).expect("defaults are accepted"),
        roles,
        interval: Interval::Minutes(60),
        from: Ts::MIN,
        to: Ts::MAX,
        benchmark: None,
        simulation,
        execution: wb_kernel::Execution::Market,
        risk: RiskLimits::default(),
        models: vec![alpha::alpha()],
        data: vec![],
        code_id: String::new(),
    };
    let input = RunInput {
        entry,
        spec: &spec,
        instruments: all[..used].into(),
        bars: &bars[..used],
        benchmark: None,
    };
    let result = run(&input, &mut |_| {}).expect("it runs");
    (result.digest.to_string(), result.outcome.fills.len())
}

/// `strategy simulation digest fills` for every strategy of the table.
fn all_digests() -> String {
    let bars = market::bars(SYMBOLS, 3_000, 42);
    let mut text = String::new();
    for entry in STRATEGIES {
        for (name, simulation) in simulations() {
            let (digest, fills) = digest_of(entry, simulation, &bars);
            writeln!(text, "{} {name} {digest} {fills}", entry.name).expect("a string takes any text");
        }
    }
    text
}

#[test]
fn every_strategy_gives_its_golden_digest() {
    let path = root().join("tests/golden/digests.txt");
    let now = all_digests();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &now).expect("the golden file is written");
    }
    let golden = std::fs::read_to_string(&path).expect("tests/golden/digests.txt is part of the repository");
    assert_eq!(
        now, golden,
        "results have changed. If that is right, run this test with UPDATE_GOLDEN=1 and say why under \
         `Results change` in CHANGELOG.md"
    );
    for line in golden.lines() {
        assert!(!line.ends_with(" 0"), "a run without a fill proves nothing: {line}");
    }
}

#[test]
fn many_threads_give_the_digests_of_one() {
    let alone = all_digests();
    thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(all_digests)).collect();
        for thread in threads {
            assert_eq!(thread.join().expect("no thread panics"), alone);
        }
    });
}
