//! `equity.arrow`: the account after each bar.

use std::path::Path;

use wb_core::Interval;
use wb_metrics::{Benchmark, EquityCurve, Outcome};

use crate::error::{StoreError, damaged};
use crate::output::OutputFile;
use crate::tables::file::{Column, Heading, Table, f64s, instants, write_table};

const START_EQUITY: &str = "workbench.start_equity";
const INTERVAL: &str = "workbench.interval";
const BARS_PER_YEAR: &str = "workbench.bars_per_year";
const CARRY: &str = "workbench.carry";
const BENCHMARK: &str = "workbench.benchmark";

/// Writes `ts`, `equity`, `gross`, `drawdown` and, where the run has one, `benchmark`. The facts about the
/// account that are not columns go into the schema's metadata; a number's text there is exact.
///
/// `drawdown` is the fall from the highest equity so far, the start included, as a share of it: 0 at a peak.
///
/// # Panics
/// If the columns differ in length.
pub(crate) fn write_equity(
    path: &Path,
    heading: &Heading<'_>,
    outcome: &Outcome,
) -> Result<OutputFile, StoreError> {
    let EquityCurve { ts, equity, gross } = &outcome.equity;
    let benchmark = outcome.benchmark.as_ref();
    let lengths = [equity.len(), gross.len(), benchmark.map_or(ts.len(), |b| b.equity.len())];
    assert_eq!(lengths, [ts.len(); 3], "the columns of an equity curve are equally long");
    let drawdown = drawdowns(outcome.start_equity, equity);
    let mut extra = vec![
        (START_EQUITY, outcome.start_equity.to_string()),
        (INTERVAL, outcome.interval.to_string()),
        (BARS_PER_YEAR, outcome.bars_per_year.to_string()),
        (CARRY, outcome.carry.to_string()),
    ];
    extra.extend(benchmark.map(|b| (BENCHMARK, b.name.clone())));
    write_table(path, heading, &extra, ts.len(), |rows| {
        let part = |name: &str, column: &[f64]| f64s(name, column[rows.clone()].iter().copied());
        let mut columns: Vec<Column> = vec![
            instants("ts", ts[rows.clone()].iter().copied()),
            part("equity", equity),
            part("gross", gross),
            part("drawdown", &drawdown),
        ];
        columns.extend(benchmark.map(|b| part("benchmark", &b.equity)));
        columns
    })
}

fn drawdowns(start: f64, equity: &[f64]) -> Vec<f64> {
    let mut peak = start;
    let fall = |value: &f64| {
        peak = peak.max(*value);
        if peak > 0.0 { 1.0 - value / peak } else { 0.0 }
    };
    equity.iter().map(fall).collect()
}

/// Reads the account's part of an outcome; the rest of it is left empty.
pub(crate) fn read_equity(path: &Path, table: &Table) -> Result<Outcome, StoreError> {
    let mut curve = EquityCurve {
        ts: Vec::with_capacity(table.len()),
        equity: Vec::with_capacity(table.len()),
        gross: Vec::with_capacity(table.len()),
    };
    let mut benchmark = table
        .optional_metadata(BENCHMARK)
        .map(|name| Benchmark { name: name.to_string(), equity: Vec::with_capacity(table.len()) });
    for rows in table.parts() {
        curve.ts.extend(rows.instants("ts")?);
        curve.equity.extend_from_slice(rows.f64s("equity")?);
        curve.gross.extend_from_slice(rows.f64s("gross")?);
        if let Some(benchmark) = &mut benchmark {
            benchmark.equity.extend_from_slice(rows.f64s("benchmark")?);
        }
    }
    let interval = table.metadata(INTERVAL)?;
    Ok(Outcome {
        instruments: Vec::new().into(),
        currency: table.currency()?.to_string(),
        start_equity: table.number(START_EQUITY)?,
        interval: Interval::parse(interval)
            .ok_or_else(|| damaged(path, format!("`{INTERVAL}` is `{interval}`, not an interval")))?,
        bars_per_year: table.number(BARS_PER_YEAR)?,
        equity: curve,
        benchmark,
        orders: Vec::new(),
        fills: Vec::new(),
        round_trips: Vec::new(),
        carry: table.number(CARRY)?,
    })
}
