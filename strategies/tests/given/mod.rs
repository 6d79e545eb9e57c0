//! What strategies must be given: a file of targets has no default. Shared by the tests of several crates.

use std::sync::Arc;

use wb_core::{ParamKind, ParamSet, ParamValue, Rng, Span, Stamp, SymbolTargets, TargetRow, TargetTable, Ts};
use wb_kernel::StrategyEntry;

/// The parameters without a default, for instruments of these names: `count` random targets each, one every ten
/// `interval`s from `start` on.
pub(crate) fn given(
    entry: &StrategyEntry,
    names: &[String],
    start: Ts,
    interval: Span,
    count: usize,
) -> ParamSet {
    let mut set = ParamSet::new();
    let specs = (entry.specs)(&set).expect("a strategy with nothing given has parameters");
    if !specs.iter().any(|spec| spec.kind == ParamKind::Targets) {
        return set;
    }
    let share = 1.0 / names.len() as f64;
    let symbol = |(n, name): (usize, &String)| {
        let mut rng = Rng::new(n as u64);
        let row = |row: usize| TargetRow {
            row: row as u64 + 1,
            stamp: Stamp::At(start + Span(interval.0 * 10 * row as i64 + n as i64)),
            target: share * (rng.below(5) as f64 - 1.0) / 3.0,
            known: None,
        };
        SymbolTargets { symbol: name.clone(), rows: (0..count).map(row).collect() }
    };
    let symbols = names.iter().enumerate().map(symbol).collect();
    let table = TargetTable { source: "targets.csv".to_string(), hash: "0".repeat(64), symbols };
    set.set("file", ParamValue::Targets(Arc::new(table)));
    set.set("delay", ParamValue::Text("0s".into()));
    set
}
