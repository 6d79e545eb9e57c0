//! How a result moves with the date at which its data begins.
//!
//! An indicator needs some bars until it has forgotten where they began, and says how many. The run is repeated on data
//! that begins later, by multiples of the longest such memory; from the common date on, when every repetition has seen
//! that many bars, features are those of the long history, and a strategy that is a function of them decides alike.

use wb_core::{BarColumns, InstrumentId, Ts};
use wb_metrics::{EquityCurve, OrderRecord};

use super::agreement::{FeatureWarmup, feature_warmups};
use super::lookahead::closes;
use super::{Engine, Progress, on_bars};
use crate::error::EngineError;
use crate::event_driven::{RunInput, RunResult};

/// By how many bars the start is moved where a strategy declares no feature that forgets.
const UNDECLARED: usize = 100;

/// One repetition of the run, begun later.
#[derive(Clone, PartialEq, Debug)]
pub struct LateStart {
    /// Closes left out at the beginning.
    pub skipped: usize,
    /// The first close that is left.
    pub first: Ts,
    /// Orders after the common date.
    pub orders: usize,
    /// Decisions after the common date that only one of the two runs took.
    pub differing: usize,
    /// The last of them.
    pub last_differing: Option<Ts>,
    /// Return from the common date to the end.
    pub total_return: f64,
}

/// What a warm-up check found.
#[derive(Clone, PartialEq, Debug)]
pub struct Warmup {
    /// By how many closes the start was moved, times one, two, …: the longest memory declared.
    pub step: usize,
    /// From here on every repetition has seen `step` closes, and decisions are compared.
    pub common: Ts,
    /// The middle of what follows: a repetition that decides otherwise after it does not settle.
    pub settled_by: Ts,
    /// Orders of the whole history after the common date.
    pub orders: usize,
    /// Return of the whole history from the common date to the end.
    pub total_return: f64,
    /// The declared features.
    pub features: Vec<FeatureWarmup>,
    /// The repetitions.
    pub starts: Vec<LateStart>,
}

impl Warmup {
    /// Whether a repetition decides like the whole history in the end.
    pub fn settles(&self, start: &LateStart) -> bool {
        start.last_differing.is_none_or(|ts| ts <= self.settled_by)
    }

    /// Whether every feature keeps to its memory and every repetition settles.
    pub fn holds(&self) -> bool {
        self.features.iter().all(|feature| feature.holds)
            && self.starts.iter().all(|start| self.settles(start))
    }
}

/// Repeats a run on data that begins later, `starts` times, and compares features and decisions.
///
/// A decision is an order's time, instrument, side and kind. Its size is not compared: it depends on an equity that
/// has another history. The time taken is that of `starts` + 1 runs.
///
/// # Errors
/// If the run cannot begin, or there are too few bars to leave so many out.
pub fn warmup(
    input: &RunInput<'_>,
    starts: usize,
    engine: &mut Engine<'_>,
    progress: &mut Progress<'_>,
) -> Result<Warmup, EngineError> {
    let closes = closes(input.bars);
    let long = input.features()?;
    let memories = long.iter().filter_map(|column| {
        let longer = column.interval.span().0 / input.spec.interval.span().0;
        // A longer bar that has begun before the start is not whole: one more.
        Some((column.memory? + usize::from(longer > 1)) * longer as usize)
    });
    let step = memories.max().unwrap_or(UNDECLARED);
    // As much again must follow, or little is compared. The last start skips `skipped(starts)`.
    let needed = skipped(starts, step) + 2 * step;
    if closes.len() <= needed {
        return Err(EngineError::TooFewBars { needed: needed + 1, given: closes.len() });
    }
    let total = 1 + starts;
    let base = engine(&on_bars(input, input.bars))?;
    progress(1, total);
    let from = skipped(starts, step) + step;
    let (common, settled_by) = (closes[from - 1], closes[(from + closes.len()) / 2]);
    let mut late = Vec::with_capacity(starts);
    let mut found = Vec::with_capacity(starts);
    for n in 1..=starts {
        let skipped = skipped(n, step);
        let bars = begun_after(input.bars, closes[skipped - 1]);
        let input = on_bars(input, &bars);
        let result = engine(&input)?;
        found.push(late_start(&base, &result, skipped, closes[skipped], common));
        let columns = input.features()?;
        late.push((bars, columns));
        progress(n + 1, total);
    }
    Ok(Warmup {
        step,
        common,
        settled_by,
        orders: after(&base.outcome.orders, common).len(),
        total_return: return_after(&base.outcome.equity, common),
        features: feature_warmups(&input.instruments, &long, &late),
        starts: found,
    })
}

/// Closes left out by the n-th start: n steps, and further apart by one each, so that no count of bars in a strategy
/// fits all of them by chance.
const fn skipped(n: usize, step: usize) -> usize {
    n * step + n * (n - 1) / 2
}

/// The bars that close after `ts`.
fn begun_after(bars: &[BarColumns], ts: Ts) -> Vec<BarColumns> {
    bars.iter().map(|bars| bars.between(ts, Ts::MAX)).collect()
}

fn late_start(base: &RunResult, late: &RunResult, skipped: usize, first: Ts, common: Ts) -> LateStart {
    let orders = after(&late.outcome.orders, common);
    let differing = differing(after(&base.outcome.orders, common), orders);
    LateStart {
        skipped,
        first,
        orders: orders.len(),
        differing: differing.len(),
        last_differing: differing.last().copied(),
        total_return: return_after(&late.outcome.equity, common),
    }
}

fn after(orders: &[OrderRecord], ts: Ts) -> &[OrderRecord] {
    &orders[orders.partition_point(|order| order.submitted <= ts)..]
}

/// The times of the decisions that are in only one of the two, in order.
fn differing(a: &[OrderRecord], b: &[OrderRecord]) -> Vec<Ts> {
    let (mut a, mut b) = (decisions(a), decisions(b));
    let mut times = Vec::new();
    let (mut next, mut other) = (a.pop(), b.pop());
    // Both are sorted; from the last to the first.
    while let Some(ts) = next.max(other).map(|decision| decision.0) {
        if next == other {
            (next, other) = (a.pop(), b.pop());
        } else if next > other {
            times.push(ts);
            next = a.pop();
        } else {
            times.push(ts);
            other = b.pop();
        }
    }
    times.reverse();
    times
}

/// When, what, which way and how: in an order of their own, because orders of one close come in any.
type Decision = (Ts, InstrumentId, i64, &'static str);

fn decisions(orders: &[OrderRecord]) -> Vec<Decision> {
    let decision = |order: &OrderRecord| {
        let request = &order.request;
        (order.submitted, request.instrument, request.side.sign(), request.kind.name())
    };
    let mut decisions: Vec<Decision> = orders.iter().map(decision).collect();
    decisions.sort_unstable();
    decisions
}

fn return_after(curve: &EquityCurve, ts: Ts) -> f64 {
    let from = curve.ts.partition_point(|at| *at <= ts);
    let begin = curve.equity[from.saturating_sub(1)];
    curve.equity.last().map_or(0.0, |end| end / begin - 1.0)
}
