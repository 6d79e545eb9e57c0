//! Every strategy of the table on a random market of several instruments.

#[path = "../../../../strategies/tests/given/mod.rs"]
mod given;

use std::sync::Arc;

use wb_core::{BarColumns, Instrument, InstrumentId};
use wb_engine::{RunInput, RunSpec};
use wb_kernel::StrategyEntry;

use self::given::given;
use crate::workload;

const MANY: usize = 4;

/// A run with nothing left open, and its bars.
pub(crate) struct TableRun {
    entry: &'static StrategyEntry,
    pub(crate) spec: RunSpec,
    instruments: Arc<[Instrument]>,
    pub(crate) bars: Vec<BarColumns>,
}

impl TableRun {
    /// A strategy with its default parameters over `length` minutes of as many instruments as it asks for.
    pub(crate) fn new(entry: &'static StrategyEntry, length: usize) -> TableRun {
        let count = |many: bool| if many { MANY } else { 1 };
        let used: usize = entry.roles.iter().map(|role| count(role.many)).sum();
        let own = &workload::instruments()[0];
        let all = workload::bars(used * length);
        let at =
            |id: usize| Instrument { id: InstrumentId(id as u32), symbol: format!("W{id}"), ..own.clone() };
        let instruments: Arc<[Instrument]> = (0..used).map(at).collect();
        // Each instrument has another stretch of the workload's market, at the same instants.
        let stretch = |id: usize| {
            let mut columns = BarColumns::with_capacity(all.interval, length);
            (0..length).for_each(|row| columns.push(all.ts[row], &all.bar(id * length + row)));
            columns
        };
        let mut names = instruments.iter().map(Instrument::name);
        let mut role = |many: bool| names.by_ref().take(count(many)).collect();
        let roles = entry.roles.iter().map(|r| (r.name.to_string(), role(r.many))).collect();
        let names: Vec<String> = instruments.iter().map(Instrument::name).collect();
        let given = given(entry, &names, all.ts[0], all.interval.span(), length / 10);
        let params = (entry.resolve)(&given).expect("defaults are accepted");
        let spec = RunSpec { params, roles, ..workload::spec(entry.name) };
        TableRun { entry, spec, bars: (0..used).map(stretch).collect(), instruments }
    }

    pub(crate) fn input(&self) -> RunInput<'_> {
        RunInput {
            entry: self.entry,
            spec: &self.spec,
            instruments: self.instruments.clone(),
            bars: &self.bars,
            benchmark: None,
        }
    }
}
