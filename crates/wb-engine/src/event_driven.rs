//! The event-driven engine: every bar through the session.

use std::collections::BTreeMap;
use std::sync::Arc;

use wb_core::{BarColumns, Instrument, InstrumentId, MarketData, Merge};
use wb_kernel::{Digest, FeatureColumn, Kernel, KernelConfig, StrategyEntry};
use wb_metrics::{Benchmark, Outcome};
use wb_sim::{FillModel, Record, Session, SimVenue};

use crate::benchmark::buy_and_hold;
use crate::error::EngineError;
use crate::recorder::{Observer, Recorder};
use crate::spec::RunSpec;

/// A run and the data it asks for.
#[derive(Clone, Debug)]
pub struct RunInput<'a> {
    /// The strategy's line in the table.
    pub entry: &'a StrategyEntry,
    /// The run.
    pub spec: &'a RunSpec,
    /// Every instrument that a role names, its id its position.
    pub instruments: Arc<[Instrument]>,
    /// The bars of each instrument, in the same order.
    pub bars: &'a [BarColumns],
    /// The bars of the spec's benchmark.
    pub benchmark: Option<&'a BarColumns>,
}

/// What a run gave.
#[derive(Clone, PartialEq, Debug)]
pub struct RunResult {
    /// The facts.
    pub outcome: Outcome,
    /// The hash of every command and fill.
    pub digest: Digest,
    /// Whether a risk limit stopped trading before the end.
    pub halted: bool,
}

impl RunInput<'_> {
    /// What the kernel must be told.
    pub(crate) fn kernel_config(&self) -> Result<KernelConfig, EngineError> {
        let id_of = |role: &str, name: &str| {
            let at = self.instruments.iter().position(|i| i.name() == name);
            at.map(|at| InstrumentId(at as u32)).ok_or_else(|| EngineError::UnknownInstrument {
                role: role.to_string(),
                instrument: name.to_string(),
            })
        };
        let mut roles = Vec::new();
        for (role, names) in &self.spec.roles {
            let ids = names.iter().map(|name| id_of(role, name)).collect::<Result<_, _>>()?;
            roles.push((role.clone(), ids));
        }
        let spec = self.spec;
        Ok(KernelConfig {
            interval: spec.interval,
            roles,
            cash: spec.simulation.cash,
            risk: spec.risk,
            execution: spec.execution,
            models: spec.models.clone(),
        })
    }

    /// Bars in a year of trading. Where calendars differ, the busiest sets how often equity is measured.
    pub(crate) fn bars_per_year(&self) -> f64 {
        let per_year = |i: &Instrument| i.calendar.bars_per_year(self.spec.interval);
        self.instruments.iter().map(per_year).fold(0.0, f64::max)
    }

    pub(crate) fn check(&self) -> Result<(), EngineError> {
        for (instrument, bars) in self.instruments.iter().zip(self.bars) {
            if bars.interval != self.spec.interval {
                let (wanted, given) = (self.spec.interval, bars.interval);
                return Err(EngineError::Interval { instrument: instrument.name(), wanted, given });
            }
            if bars.is_empty() {
                return Err(EngineError::NoBars { instrument: instrument.name() });
            }
        }
        let simulation = &self.spec.simulation;
        if simulation.fill == FillModel::ThisClose && !simulation.latency.is_zero() {
            return Err(EngineError::CloseWithLatency);
        }
        Ok(())
    }

    /// A kernel with the run's strategy, which has seen nothing.
    ///
    /// # Errors
    /// If the strategy cannot be built.
    pub fn kernel(&self) -> Result<Kernel, EngineError> {
        let config = self.kernel_config()?;
        Ok(Kernel::new(self.entry, &self.spec.params, self.instruments.clone(), &config)?)
    }

    /// Every feature that the strategy declares, as columns over its instruments' bars; behind them the outputs of its
    /// models.
    ///
    /// # Errors
    /// If the strategy cannot be built.
    pub fn features(&self) -> Result<Vec<FeatureColumn>, EngineError> {
        let mut kernel = self.kernel()?;
        let models = kernel.detach_models();
        let (mut columns, mut places) = (Vec::new(), BTreeMap::new());
        for feature in kernel.detach_features() {
            places.extend(feature.positions.clone().zip(columns.len()..));
            let bars = &self.bars[feature.instrument.index()];
            columns.extend(feature.columns(bars));
        }
        for model in models {
            let input = |position: &usize| -> &[f64] { &columns[places[position]].values };
            let inputs: Vec<&[f64]> = model.inputs.iter().map(input).collect();
            let outputs = model.columns(&inputs);
            columns.extend(outputs);
        }
        Ok(columns)
    }
}

/// Runs a strategy over bars, event by event. `progress` is told of the bars done so far, now and then.
///
/// # Errors
/// If the data is not what the spec asks for, or the strategy cannot be built from it.
///
/// # Panics
/// If there is not one column of bars for each instrument.
pub fn run(input: &RunInput<'_>, progress: &mut dyn FnMut(u64)) -> Result<RunResult, EngineError> {
    drive(input, progress, None)
}

/// [`run`], with a reader of everything that the kernel is told and everything that it gives: after each close what is
/// new, and the kernel's digest then.
///
/// # Errors
/// As [`run`].
///
/// # Panics
/// As [`run`].
pub fn run_transcribed(
    input: &RunInput<'_>,
    progress: &mut dyn FnMut(u64),
    reader: &mut Reader<'_>,
) -> Result<RunResult, EngineError> {
    drive(input, progress, Some(reader))
}

/// Takes records, in the order in which the kernel saw and gave them, and its digest after the last one.
type Reader<'a> = dyn FnMut(&[Record], Digest) + 'a;

fn drive(
    input: &RunInput<'_>,
    progress: &mut dyn FnMut(u64),
    mut reader: Option<&mut Reader<'_>>,
) -> Result<RunResult, EngineError> {
    assert_eq!(input.instruments.len(), input.bars.len(), "one column of bars for each instrument");
    input.check()?;
    let simulation = &input.spec.simulation;
    let venue = SimVenue::new(input.instruments.clone(), *simulation);
    let mut session = Session::new(input.kernel()?, venue, simulation.latency);
    if reader.is_some() {
        session.transcribe();
    }
    let mut read = |session: &mut Session| {
        if let Some(reader) = &mut reader {
            reader(session.transcript(), session.kernel().digest());
            session.clear_transcript();
        }
    };
    let mut recorder = Recorder::of(input);

    let mut merge = Merge::new(input.bars);
    let (mut done, mut told) = (0_u64, 0);
    while let Some(ts) = merge.next_batch(|event| {
        session.on_market(event);
        let MarketData::Bar(bar) = &event.data else { unreachable!("columns hold bars") };
        recorder.after_bar(&session, event, bar);
        done += 1;
    }) {
        recorder.on_close(ts, &session);
        read(&mut session);
        if done - told >= 1 << 16 {
            told = done;
            progress(done);
        }
    }
    session.finish();
    recorder.after_finish(&session);
    read(&mut session);
    progress(done);

    Ok(result(input, &session, recorder))
}

/// What a session that has finished gave.
pub(crate) fn result(input: &RunInput<'_>, session: &Session, recorder: Recorder) -> RunResult {
    let (digest, halted) = (session.kernel().digest(), session.kernel().is_halted());
    RunResult { outcome: outcome(input, recorder), digest, halted }
}

/// The facts that a recorder has collected.
pub(crate) fn outcome(input: &RunInput<'_>, recorder: Recorder) -> Outcome {
    let spec = input.spec;
    let cash = spec.simulation.cash;
    let carry = recorder.carry;
    let (equity, orders, fills, round_trips) = recorder.round_trips();
    let benchmark = input
        .benchmark
        .zip(spec.benchmark.as_ref())
        .map(|(bars, name)| Benchmark { name: name.clone(), equity: buy_and_hold(bars, cash, &equity.ts) });
    Outcome {
        instruments: input.instruments.clone(),
        currency: input.instruments[0].currency.clone(),
        start_equity: cash,
        interval: spec.interval,
        bars_per_year: input.bars_per_year(),
        equity,
        benchmark,
        orders,
        fills,
        round_trips,
        carry,
    }
}
