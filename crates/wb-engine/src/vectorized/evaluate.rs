//! Trials by the thousand: kernels in, figures out, in the order of the trials and on any number of threads the same.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rayon::prelude::*;
use wb_core::ParamSet;
use wb_kernel::{Kernel, KernelConfig, SetupError};
use wb_metrics::{FigureSet, Frame};
use wb_sim::{Session, SimVenue};

use super::columns::{Columns, FeatureFold};
use super::lane::Lane;
use super::scorer::{Scorer, Stretches};
use super::signal_lane::{Opens, Room, SignalLane, TileMarket, suits};
use super::tape::{Tape, stretches};
use crate::error::EngineError;
use crate::event_driven::{RunInput, RunResult, result, run};
use crate::recorder::Recorder;

/// Many runs that differ in their parameters.
#[derive(Clone, Debug)]
pub struct SweepInput<'a> {
    /// The run that all have in common. Its parameters are those of no trial.
    pub base: RunInput<'a>,
    /// Keys of the figures that are wanted of each trial.
    pub figures: &'a [&'static str],
    /// Stretches of equal time whose returns are wanted of each trial.
    pub periods: usize,
    /// Threads.
    pub jobs: usize,
}

/// What one trial gave.
#[derive(Clone, PartialEq, Debug)]
pub struct TrialResult {
    /// Its number in the sweep.
    pub number: u64,
    /// Its parameters.
    pub params: ParamSet,
    /// Its figures, or why it has none: parameters that the strategy refuses, or a panic.
    pub outcome: Result<TrialFigures, String>,
}

/// The figures of one trial.
#[derive(Clone, PartialEq, Debug)]
pub struct TrialFigures {
    /// The figures asked for, in that order, the same to the bit as those of a run's tear sheet; absent where they have
    /// no meaning.
    pub values: Vec<Option<f64>>,
    /// Returns over stretches of equal time; zero from where equity is no longer above zero.
    pub periods: Vec<f64>,
}

/// Most trials that are under way at a time: what bounds memory.
const BATCH: usize = 16_384;

/// Lanes that one thread takes in a row over a tile.
const GROUP: usize = 64;

/// Runs trials of one sweep and gives their results in the same order. A panic fails its trial alone.
///
/// # Errors
/// If the data is not what the base spec asks for, a figure does not exist, or the engine cannot run the spec exactly.
///
/// # Panics
/// If `jobs` is zero.
pub fn evaluate(input: &SweepInput<'_>, trials: &[(u64, ParamSet)]) -> Result<Vec<TrialResult>, EngineError> {
    assert!(input.jobs > 0, "somebody has to do the work");
    check(&input.base)?;
    let figures = FigureSet::of(input.figures)
        .map_err(|figure| EngineError::UnknownFigure { figure: figure.to_string() })?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(input.jobs).build();
    let pool = pool.map_err(|error| EngineError::Threads(error.to_string()))?;
    let sweep = Sweep {
        base: &input.base,
        config: input.base.kernel_config()?,
        ends: stretches(input.base.bars, input.periods).into(),
        figures,
    };
    let outcomes = pool.install(|| {
        if sweep.figures.can_be_tallied() {
            trials.chunks(BATCH).flat_map(|batch| sweep.run_batch(batch)).collect::<Vec<_>>()
        } else {
            trials.par_iter().map(|(_, params)| sweep.run_whole(params)).collect()
        }
    });
    let result = |((number, params), outcome): (&(u64, ParamSet), _)| TrialResult {
        number: *number,
        params: params.clone(),
        outcome,
    };
    Ok(trials.iter().zip(outcomes).map(result).collect())
}

/// Runs a strategy over bars with its features computed as columns: the same result as [`run`].
///
/// # Errors
/// As [`run`], and if the engine cannot run the spec exactly.
pub fn run_vectorized(input: &RunInput<'_>, progress: &mut dyn FnMut(u64)) -> Result<RunResult, EngineError> {
    check(input)?;
    let config = input.kernel_config()?;
    let mut kernel = Kernel::new(input.entry, &input.spec.params, input.instruments.clone(), &config)?;
    let mut fold = FeatureFold::default();
    let wires = fold.wire(&mut kernel, input.instruments.len());
    let venue = SimVenue::new(input.instruments.clone(), input.spec.simulation);
    let session = Session::new(kernel, venue, input.spec.simulation.latency);
    let mut lane = Lane::new(session, wires, Recorder::of(input));
    let (mut tape, mut done) = (Tape::new(input.bars), 0);
    while let Some(tile) = tape.next_tile() {
        lane.on_tile(tile, fold.fold(input.bars, tile));
        done += tile.bars.len() as u64;
        progress(done);
    }
    let (session, recorder) = lane.finish();
    Ok(result(input, &session, recorder))
}

/// Whether columns can give the same result as streamed features.
fn check(input: &RunInput<'_>) -> Result<(), EngineError> {
    input.check()?;
    // With latency the kernel learns of a bar later than the column has its value.
    if input.spec.simulation.latency.is_zero() { Ok(()) } else { Err(EngineError::VectorizedLatency) }
}

struct Sweep<'a> {
    base: &'a RunInput<'a>,
    config: KernelConfig,
    ends: Arc<[usize]>,
    figures: FigureSet,
}

type Outcome = Result<TrialFigures, String>;

/// A trial on its way.
enum TrialLane {
    Signal(Box<SignalLane>),
    Session(Box<Lane<Scorer>>),
    Failed(String),
}

/// Trials that one thread takes over a tile together.
struct Group {
    lanes: Vec<TrialLane>,
    room: Room,
    equity: Vec<f64>,
}

impl Sweep<'_> {
    fn run_batch(&self, trials: &[(u64, ParamSet)]) -> Vec<Outcome> {
        let by_signal = suits(self.base.spec, self.base.bars);
        let params: Vec<&ParamSet> = trials.iter().map(|(_, params)| params).collect();
        let lanes = self.run_lanes(&params, by_signal);
        let gave_up = |lane: &TrialLane| matches!(lane, TrialLane::Signal(lane) if lane.has_given_up());
        let again: Vec<usize> = (0..lanes.len()).filter(|at| gave_up(&lanes[*at])).collect();
        let frame = self.frame();
        let mut outcomes: Vec<Outcome> =
            lanes.into_par_iter().map(|lane| lane.finish(&self.figures, &frame)).collect();
        if !again.is_empty() {
            let params: Vec<&ParamSet> = again.iter().map(|at| params[*at]).collect();
            let lanes = self.run_lanes(&params, false);
            for (at, lane) in again.into_iter().zip(lanes) {
                outcomes[at] = lane.finish(&self.figures, &frame);
            }
        }
        outcomes
    }

    fn frame(&self) -> Frame {
        Frame {
            span: Tape::new(self.base.bars).span(),
            bars_per_year: self.base.bars_per_year(),
            zone: self.base.instruments[0].calendar.zone.clone(),
        }
    }

    /// Takes a lane for each set of parameters over the whole market.
    fn run_lanes(&self, params: &[&ParamSet], by_signal: bool) -> Vec<TrialLane> {
        let kernels: Vec<Result<Kernel, String>> =
            params.par_iter().map(|params| self.kernel(params)).collect();
        let mut fold = FeatureFold::default();
        let lane = |kernel: Result<Kernel, String>| match kernel {
            Ok(kernel) => self.lane(kernel, &mut fold, by_signal),
            Err(why) => TrialLane::Failed(why),
        };
        let mut lanes = kernels.into_iter().map(lane);
        let mut groups = Vec::new();
        loop {
            let lanes: Vec<TrialLane> = lanes.by_ref().take(GROUP).collect();
            if lanes.is_empty() {
                break;
            }
            groups.push(Group { lanes, room: Room::default(), equity: Vec::new() });
        }
        drop(lanes);
        let mut opens = Opens::default();
        let mut tape = Tape::new(self.base.bars);
        while let Some(tile) = tape.next_tile() {
            let columns = fold.fold(self.base.bars, tile);
            if by_signal {
                opens.fill(&self.base.bars[0], tile, &self.base.instruments[0], &self.base.spec.simulation);
            }
            let market = TileMarket { tile, bars: &self.base.bars[0], opens: &opens };
            groups.par_iter_mut().for_each(|group| group.on_tile(market, columns));
        }
        groups.into_iter().flat_map(|group| group.lanes).collect()
    }

    fn kernel(&self, params: &ParamSet) -> Result<Kernel, String> {
        let base = self.base;
        let kernel = guarded(|| Kernel::new(base.entry, params, base.instruments.clone(), &self.config))?;
        kernel.map_err(|error: SetupError| error.to_string())
    }

    fn lane(&self, mut kernel: Kernel, fold: &mut FeatureFold, by_signal: bool) -> TrialLane {
        let spec = self.base.spec;
        let wires = fold.wire(&mut kernel, self.base.instruments.len());
        let venue = SimVenue::new(self.base.instruments.clone(), spec.simulation);
        let stretches = Stretches::new(self.ends.clone(), spec.simulation.cash);
        if by_signal && SignalLane::can_run(&mut kernel) {
            let rules = (&spec.simulation, &spec.risk);
            let lane = SignalLane::new(kernel, venue, &wires[0], &self.figures, stretches, rules);
            return TrialLane::Signal(Box::new(lane));
        }
        let session = Session::new(kernel, venue, spec.simulation.latency);
        TrialLane::Session(Box::new(Lane::new(session, wires, Scorer::new(&self.figures, stretches))))
    }

    /// One trial whose figures need its whole outcome.
    fn run_whole(&self, params: &ParamSet) -> Outcome {
        let mut spec = self.base.spec.clone();
        spec.params = params.clone();
        let input = RunInput { spec: &spec, ..self.base.clone() };
        let result = guarded(|| run(&input, &mut |_| {}))?.map_err(|error| error.to_string())?;
        let mut stretches = Stretches::new(self.ends.clone(), spec.simulation.cash);
        stretches.on_equity(0, &result.outcome.equity.equity);
        Ok(TrialFigures { values: self.figures.of_outcome(&result.outcome), periods: stretches.returns() })
    }
}

impl Group {
    fn on_tile(&mut self, market: TileMarket<'_>, columns: &Columns) {
        let Group { lanes, room, equity } = self;
        for lane in lanes {
            let step = guarded(|| match lane {
                TrialLane::Signal(lane) => lane.on_tile(market, columns, room),
                TrialLane::Session(lane) => {
                    lane.observer.begin_tile(equity);
                    lane.on_tile(market.tile, columns);
                    lane.observer.end_tile(equity);
                }
                TrialLane::Failed(_) => {}
            });
            if let Err(why) = step {
                *lane = TrialLane::Failed(why);
            }
        }
    }
}

impl TrialLane {
    fn finish(self, figures: &FigureSet, frame: &Frame) -> Outcome {
        match self {
            TrialLane::Signal(lane) => guarded(|| lane.finish(figures, frame)),
            TrialLane::Session(lane) => guarded(|| lane.finish().1.finish(figures, frame)),
            TrialLane::Failed(why) => Err(why),
        }
    }
}

/// Turns a panic into its message.
fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    let message = |panic: Box<dyn Any + Send>| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        format!("the strategy panicked: {}", text.unwrap_or("no message"))
    };
    catch_unwind(AssertUnwindSafe(work)).map_err(message)
}
