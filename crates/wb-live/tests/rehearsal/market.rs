//! Runs of strategies on coins.

#[path = "../../../wb-exchange/tests/it/market.rs"]
mod coins;

use std::sync::Arc;

use wb_core::{BarColumns, Instrument, Interval, ParamSet, ParamValue, Ts};
use wb_engine::{RunInput, RunSpec};
use wb_kernel::{Execution, Kernel, RiskLimits, StrategyEntry};
use wb_live::runner::Trader;
use wb_strategies::STRATEGIES;

pub(crate) use self::coins::{FROM, bars};
use self::coins::{instruments, simulation};

/// A run with nothing left open, and its bars.
pub(crate) struct Run {
    pub(crate) entry: &'static StrategyEntry,
    pub(crate) spec: RunSpec,
    pub(crate) instruments: Arc<[Instrument]>,
    pub(crate) bars: Vec<BarColumns>,
}

impl Run {
    /// A strategy on one coin, with some of its parameters.
    pub(crate) fn new(strategy: &str, params: &[(&str, ParamValue)], bars: BarColumns) -> Run {
        Run::of(strategy, params, &["NEARUSDT"], vec![bars])
    }

    /// A strategy on several.
    pub(crate) fn of(
        strategy: &str,
        params: &[(&str, ParamValue)],
        symbols: &[&str],
        bars: Vec<BarColumns>,
    ) -> Run {
        let entry = STRATEGIES.iter().find(|entry| entry.name == strategy).expect("it is in the table");
        let given: ParamSet =
            params.iter().map(|(name, value)| ((*name).to_string(), value.clone())).collect();
        let instruments = instruments(symbols);
        let names = instruments.iter().map(Instrument::name).collect();
        let spec = RunSpec {
            strategy: strategy.to_string(),
            params: (entry.resolve)(&given).expect("good parameters"),
            roles: vec![(entry.roles[0].name.to_string(), names)],
            interval: Interval::Minutes(1),
            from: Ts::MIN,
            to: Ts::MAX,
            benchmark: None,
            simulation: simulation(),
            risk: RiskLimits::default(),
            execution: Execution::Market,
            models: Vec::new(),
            data: Vec::new(),
            code_id: String::new(),
        };
        Run { entry, spec, instruments, bars }
    }

    pub(crate) fn input(&self) -> RunInput<'_> {
        let instruments = self.instruments.clone();
        RunInput { entry: self.entry, spec: &self.spec, instruments, bars: &self.bars, benchmark: None }
    }

    /// A kernel that has seen nothing, and who carries out what it wants.
    pub(crate) fn trader(&self, on_paper: bool) -> Trader {
        match on_paper {
            true => Trader::on_paper(self.kernel(), &self.spec.simulation),
            false => Trader::at_venue(self.kernel()),
        }
    }

    pub(crate) fn kernel(&self) -> Kernel {
        self.input().kernel().expect("it builds")
    }
}
