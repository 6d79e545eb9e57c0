//! Whether a result survives small changes of everything that could as well have been otherwise.

use wb_core::{BarColumns, ParamError, ParamSet, Rng, Ts};
use wb_kernel::SetupError;
use wb_metrics::Tearsheet;
use wb_sim::{FillModel, SimConfig};

use super::jitter::neighbours;
use super::noise::with_noise;
use super::{Engine, Progress, on_bars};
use crate::error::EngineError;
use crate::event_driven::RunInput;

/// How prices are disturbed.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct RobustnessConfig {
    /// Standard deviation of the noise on each price, basis points.
    pub noise_bps: f64,
    /// How many disturbed markets are tried.
    pub noise_runs: usize,
    /// Seed of the noise.
    pub seed: u64,
}

/// What was changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Aspect {
    /// One parameter, by a step or by a tenth.
    Parameters,
    /// Fees and slippage, doubled.
    Costs,
    /// Fills, a bar later.
    Delay,
    /// Prices, by noise.
    Noise,
    /// The start or the end of the data.
    Range,
}

impl Aspect {
    /// Every aspect, in the order in which they are tried.
    pub const ALL: [Aspect; 5] =
        [Aspect::Parameters, Aspect::Costs, Aspect::Delay, Aspect::Noise, Aspect::Range];
}

/// The figures of a run by which variants are compared. Absent where a figure has no meaning.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Headline {
    /// Profit as a share of the start equity.
    pub total_return: Option<f64>,
    /// Annual Sharpe ratio.
    pub sharpe: Option<f64>,
    /// Deepest fall from a peak, as a share of it.
    pub max_drawdown: Option<f64>,
    /// Completed round trips.
    pub trades: Option<f64>,
}

/// One run that differs from the base.
#[derive(Clone, PartialEq, Debug)]
pub struct Variant {
    /// What was changed.
    pub aspect: Aspect,
    /// The change in words: `fast = 11`.
    pub name: String,
    /// Its figures, or why it could not be run.
    pub figures: Result<Headline, EngineError>,
}

/// What a robustness check found.
#[derive(Clone, PartialEq, Debug)]
pub struct Robustness {
    /// The run as it is.
    pub base: Headline,
    /// The variants, aspect by aspect.
    pub variants: Vec<Variant>,
}

impl Robustness {
    /// The part of the base's Sharpe ratio that a variant must keep to hold.
    pub const KEPT_SHARPE: f64 = 0.5;
    /// The part of the variants of one aspect that must hold.
    pub const HOLDING: f64 = 0.75;

    /// Whether the base earns at all; otherwise there is nothing to keep.
    pub fn earns(&self) -> bool {
        is_positive(self.base.total_return) && is_positive(self.base.sharpe)
    }

    /// Whether a variant earns and keeps its part of the base's Sharpe ratio.
    pub fn keeps(&self, variant: &Variant) -> bool {
        let Ok(figures) = variant.figures else { return false };
        let least = self.base.sharpe.map(|base| Self::KEPT_SHARPE * base);
        is_positive(figures.total_return)
            && figures.sharpe.zip(least).is_some_and(|(own, least)| own >= least)
    }

    /// How many variants of an aspect hold, and how many there are.
    pub fn count(&self, aspect: Aspect) -> (usize, usize) {
        let of_aspect = || self.variants.iter().filter(|variant| variant.aspect == aspect);
        (of_aspect().filter(|variant| self.keeps(variant)).count(), of_aspect().count())
    }

    /// Whether enough variants of an aspect hold; without any it survives.
    pub fn survives(&self, aspect: Aspect) -> bool {
        let (held, all) = self.count(aspect);
        held as f64 >= Self::HOLDING * all as f64
    }

    /// Whether the base earns and survives in every aspect.
    pub fn holds(&self) -> bool {
        self.earns() && Aspect::ALL.into_iter().all(|aspect| self.survives(aspect))
    }
}

fn is_positive(x: Option<f64>) -> bool {
    x.is_some_and(|x| x > 0.0)
}

/// Runs a strategy with everything slightly otherwise, one thing at a time.
///
/// Fills come a bar later by adding one bar to the latency of orders: an order trades in the first bar that begins at
/// or after its arrival. Over a pause of the market that is longer than a bar, such as a weekend of daily bars, it
/// still trades at the same open. Where orders fill at the close that caused them they fill at the next open instead.
///
/// # Errors
/// If the run itself cannot begin. A variant that cannot says so in its place.
pub fn robustness(
    input: &RunInput<'_>,
    config: RobustnessConfig,
    engine: &mut Engine<'_>,
    progress: &mut Progress<'_>,
) -> Result<Robustness, EngineError> {
    let variations = variations(input, config).map_err(SetupError::from)?;
    let total = 1 + variations.len();
    let base = headline(&on_bars(input, input.bars), engine)?;
    progress(1, total);
    let mut variants = Vec::with_capacity(variations.len());
    for (number, (aspect, name, variation)) in variations.into_iter().enumerate() {
        let figures = variation.run(input, engine);
        variants.push(Variant { aspect, name, figures });
        progress(number + 2, total);
    }
    Ok(Robustness { base, variants })
}

/// The figures with every fee and all slippage twice. Absent where nothing is charged.
///
/// # Errors
/// If the engine cannot run the input.
pub fn costs_doubled(input: &RunInput<'_>, engine: &mut Engine<'_>) -> Result<Option<Headline>, EngineError> {
    let twice = doubled(&input.spec.simulation).map(Variation::Simulation);
    twice.map(|twice| twice.run(input, engine)).transpose()
}

fn headline(input: &RunInput<'_>, engine: &mut Engine<'_>) -> Result<Headline, EngineError> {
    let figures = Tearsheet::of(&engine(input)?.outcome);
    Ok(Headline {
        total_return: figures.get("total_return"),
        sharpe: figures.get("sharpe"),
        max_drawdown: figures.get("max_drawdown"),
        trades: figures.get("trades"),
    })
}

/// How a variant differs from the base.
enum Variation {
    Params(ParamSet),
    Simulation(SimConfig),
    /// Basis points, seed.
    Noise(f64, u64),
    /// Shares of the time cut off at the start and at the end.
    Range(f64, f64),
}

impl Variation {
    fn run(self, input: &RunInput<'_>, engine: &mut Engine<'_>) -> Result<Headline, EngineError> {
        let mut spec = input.spec.clone();
        let mut bars: Option<Vec<BarColumns>> = None;
        match self {
            Variation::Params(params) => spec.params = params,
            Variation::Simulation(simulation) => spec.simulation = simulation,
            Variation::Noise(bps, seed) => {
                let noisy = |(id, bars)| with_noise(bars, bps, &mut Rng::for_part(seed, id as u64));
                bars = Some(input.bars.iter().enumerate().map(noisy).collect());
            }
            Variation::Range(start, end) => {
                let whole = stretch(input.bars);
                bars = Some(input.bars.iter().map(|bars| cut(bars, whole, start, end)).collect());
            }
        }
        let input = RunInput { spec: &spec, ..input.clone() };
        headline(&on_bars(&input, bars.as_deref().unwrap_or(input.bars)), engine)
    }
}

/// The instants between which all bars lie: the begin of the first and the end of the last.
fn stretch(bars: &[BarColumns]) -> (Ts, Ts) {
    let first = bars.iter().filter_map(|bars| Some(*bars.ts.first()? - bars.interval.span())).min();
    let last = bars.iter().filter_map(|bars| bars.ts.last().copied()).max();
    first.zip(last).expect("the base ran, so there are bars")
}

/// The bars of the middle of a stretch of time: a share of its length cut off at the start, another at the end.
fn cut(bars: &BarColumns, (first, last): (Ts, Ts), start: f64, end: f64) -> BarColumns {
    let length = (last.0 - first.0) as f64;
    bars.between(Ts(first.0 + (length * start) as i64), Ts(last.0 - (length * end) as i64))
}

fn variations(
    input: &RunInput<'_>,
    config: RobustnessConfig,
) -> Result<Vec<(Aspect, String, Variation)>, ParamError> {
    let simulation = &input.spec.simulation;
    let jittered = neighbours(input.entry, &input.spec.params)?
        .into_iter()
        .map(|(name, params)| (Aspect::Parameters, name, Variation::Params(params)));
    let costs = doubled(simulation)
        .map(|twice| (Aspect::Costs, "fees and slippage doubled".to_string(), Variation::Simulation(twice)));
    let (name, late) = later(simulation, input);
    let noise = (1..=config.noise_runs).map(|n| {
        let seed = Rng::for_part(config.seed, n as u64).next_u64();
        let name = format!("noise of {} bp, market {n}", config.noise_bps);
        (Aspect::Noise, name, Variation::Noise(config.noise_bps, seed))
    });
    let ranges = [(0.1, 0.0), (0.2, 0.0), (0.0, 0.1), (0.0, 0.2)].map(|(start, end)| {
        let name = if start > 0.0 {
            format!("begun {:.0} % later", 100.0 * start)
        } else {
            format!("ended {:.0} % earlier", 100.0 * end)
        };
        (Aspect::Range, name, Variation::Range(start, end))
    });
    let delay = [(Aspect::Delay, name, Variation::Simulation(late))];
    Ok(jittered.chain(costs).chain(delay).chain(noise).chain(ranges).collect())
}

/// Every fee and all slippage twice, rebates as they are. Absent where nothing is charged.
fn doubled(simulation: &SimConfig) -> Option<SimConfig> {
    let twice = |x: f64| if x > 0.0 { 2.0 * x } else { x };
    let mut other = *simulation;
    let (fees, slippage) = (&mut other.fees, &mut other.slippage);
    for cost in [&mut fees.taker_bps, &mut fees.maker_bps, &mut fees.per_unit, &mut fees.per_order] {
        *cost = twice(*cost);
    }
    fees.minimum = twice(fees.minimum);
    for cost in [&mut slippage.bps, &mut slippage.half_spread, &mut slippage.impact_bps] {
        *cost = twice(*cost);
    }
    (other != *simulation).then_some(other)
}

/// Fills a bar later, in words and as settings.
fn later(simulation: &SimConfig, input: &RunInput<'_>) -> (String, SimConfig) {
    let mut other = *simulation;
    if simulation.fill == FillModel::ThisClose {
        other.fill = FillModel::NextOpen;
        return ("filled at the next open".to_string(), other);
    }
    other.latency.order.0 += input.spec.interval.span().0;
    (format!("orders on their way for {} longer", input.spec.interval), other)
}
