//! Whether a command depends on bars that closed after it was given.
//!
//! The run is repeated on data that ends at a point, and on data that is another market from that point on. What was
//! commanded up to the point must stay as it was. This finds what reads the bars themselves: an engine that computes
//! columns ahead, a strategy that prepares them. It cannot find knowledge that was put into a strategy or a file
//! before the run: that stays the same whatever the bars are.

use wb_core::{Bar, BarColumns, GroupId, InstrumentId, Link, OrderId, OrderState, Qty, Rng, Ts};
use wb_metrics::OrderRecord;

use super::future::altered_after;
use super::{Engine, Progress, on_bars};
use crate::error::EngineError;
use crate::event_driven::RunInput;

/// How many times the run is repeated, and from which seed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LookaheadConfig {
    /// Points at which data ends or becomes another, at most; each costs two runs.
    pub points: usize,
    /// Seed of the altered futures.
    pub seed: u64,
}

impl Default for LookaheadConfig {
    fn default() -> LookaheadConfig {
        LookaheadConfig { points: 20, seed: 1 }
    }
}

/// What is done to the data after a point.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Future {
    /// It is left out.
    Truncated,
    /// It is a random walk with other volumes.
    Altered,
}

/// A command that was not the same when the future was another. Fills and endings that change count as their order's.
#[derive(Clone, PartialEq, Debug)]
pub struct Change {
    /// When the order was submitted.
    pub ts: Ts,
    /// Its instrument.
    pub instrument: InstrumentId,
    /// The instrument's last bar then: row, close and content. Absent before its first.
    pub bar: Option<(usize, Ts, Bar)>,
    /// The order on the data as it is.
    pub before: Option<OrderRecord>,
    /// The order on the other future.
    pub after: Option<OrderRecord>,
}

/// One repetition of the run.
#[derive(Clone, PartialEq, Debug)]
pub struct Rerun {
    /// Bars that close after this are others.
    pub point: Ts,
    /// What was done to them.
    pub future: Future,
    /// Orders up to the point that were compared.
    pub compared: usize,
    /// How many of them changed.
    pub changed: usize,
    /// The first of those, at most [`Rerun::SHOWN`].
    pub first: Vec<Change>,
}

impl Rerun {
    /// Most changes that are kept of one repetition: after the first, others follow from it.
    pub const SHOWN: usize = 5;
}

/// What a lookahead check found.
#[derive(Clone, PartialEq, Debug)]
pub struct Lookahead {
    /// Orders of the run on the data as it is.
    pub orders: usize,
    /// The repetitions, by point.
    pub reruns: Vec<Rerun>,
}

impl Lookahead {
    /// Whether no command changed.
    pub fn holds(&self) -> bool {
        self.reruns.iter().all(|rerun| rerun.changed == 0)
    }
}

/// Repeats a run on other futures and compares what was commanded before.
///
/// Points lie evenly over the data, and where orders were submitted: at the first ones, then evenly over the rest.
/// At a point before an instrument's first bar the data is altered only. The time taken is that of the runs: twice as
/// many as there are points, half of them on half the data on average.
///
/// # Errors
/// If the run cannot begin.
pub fn lookahead(
    input: &RunInput<'_>,
    config: LookaheadConfig,
    engine: &mut Engine<'_>,
    progress: &mut Progress<'_>,
) -> Result<Lookahead, EngineError> {
    let base = engine(&on_bars(input, input.bars))?.outcome.orders;
    let points = points(&closes(input.bars), &base, config.points);
    let total = 1 + 2 * points.len();
    let mut done = 1;
    progress(done, total);
    let mut reruns = Vec::with_capacity(2 * points.len());
    for (number, point) in points.into_iter().enumerate() {
        for future in [Future::Truncated, Future::Altered] {
            let seed = Rng::for_part(config.seed, number as u64).next_u64();
            if let Some(bars) = other_future(input, point, future, seed) {
                let orders = engine(&on_bars(input, &bars))?.outcome.orders;
                reruns.push(compare(input, &base, &orders, point, future));
            }
            done += 1;
            progress(done, total);
        }
    }
    Ok(Lookahead { orders: base.len(), reruns })
}

/// Every instant at which a bar closes.
pub(super) fn closes(bars: &[BarColumns]) -> Vec<Ts> {
    let mut closes: Vec<Ts> = bars.iter().flat_map(|bars| bars.ts.iter().copied()).collect();
    closes.sort_unstable();
    closes.dedup();
    closes
}

/// At most `wanted` closes to try, in order; half of them, if there are so many orders, where an order was submitted.
fn points(closes: &[Ts], orders: &[OrderRecord], wanted: usize) -> Vec<Ts> {
    // What an order knew lies up to the first close at or after it. After the last close there is no future.
    let mut given: Vec<usize> =
        orders.iter().map(|order| closes.partition_point(|ts| *ts < order.submitted)).collect();
    given.dedup();
    let with_future = closes.len().saturating_sub(1);
    given.retain(|row| *row < with_future);
    let mut rows = first_then_spread(&given, wanted / 2);
    let rest = wanted - rows.len();
    rows.extend((1..=rest).map(|n| n * with_future / (rest + 1)));
    rows.retain(|row| *row < with_future);
    rows.sort_unstable();
    rows.dedup();
    rows.into_iter().map(|row| closes[row]).collect()
}

/// The first three, then evenly over the others, `wanted` in all.
fn first_then_spread(rows: &[usize], wanted: usize) -> Vec<usize> {
    const FIRST: usize = 3;
    if rows.len() <= wanted {
        return rows.to_vec();
    }
    let (first, others) = rows.split_at(FIRST.min(wanted));
    let spread = wanted - first.len();
    let picked = (1..=spread).map(|n| others[n * others.len() / spread - 1]);
    first.iter().copied().chain(picked).collect()
}

/// The run's data with another future; absent where an instrument would have no bar at all.
fn other_future(input: &RunInput<'_>, point: Ts, future: Future, seed: u64) -> Option<Vec<BarColumns>> {
    let each = input.bars.iter().zip(input.instruments.iter()).enumerate();
    each.map(|(index, (bars, instrument))| match future {
        Future::Truncated => Some(bars.between(Ts::MIN, point)).filter(|bars| !bars.is_empty()),
        Future::Altered => {
            Some(altered_after(bars, instrument, point, &mut Rng::for_part(seed, index as u64)))
        }
    })
    .collect()
}

fn compare(
    input: &RunInput<'_>,
    base: &[OrderRecord],
    other: &[OrderRecord],
    point: Ts,
    future: Future,
) -> Rerun {
    let until = |orders: &[OrderRecord]| orders.partition_point(|order| order.submitted <= point);
    let (base, other) = (&base[..until(base)], &other[..until(other)]);
    let (mut at, mut beside) = (0, 0);
    let mut rerun = Rerun { point, future, compared: base.len(), changed: 0, first: Vec::new() };
    while at < base.len() || beside < other.len() {
        let pair = match (base.get(at), other.get(beside)) {
            (Some(x), Some(y)) if x.submitted == y.submitted => (Some(x), Some(y)),
            (Some(x), y) if y.is_none_or(|y| x.submitted < y.submitted) => (Some(x), None),
            (_, y) => (None, y),
        };
        at += usize::from(pair.0.is_some());
        beside += usize::from(pair.1.is_some());
        if pair.0.map(|order| command(order, point)) != pair.1.map(|order| command(order, point)) {
            rerun.changed += 1;
            if rerun.first.len() < Rerun::SHOWN {
                rerun.first.push(change(input, pair));
            }
        }
    }
    rerun
}

/// What of an order was settled at `point`, in a form in which two runs compare: numbers of orders and groups shift
/// where an earlier order is missing, so they are left out.
fn command(order: &OrderRecord, point: Ts) -> OrderRecord {
    let mut command = order.clone();
    command.id = OrderId(0);
    command.request.link = match order.request.link {
        Link::None => Link::None,
        Link::Oco(_) => Link::Oco(GroupId(0)),
        Link::OnFill { .. } => Link::OnFill { parent: OrderId(0), group: GroupId(0) },
    };
    if !order.state.is_final() || order.updated > point {
        command.state = OrderState::Submitted;
        command.filled = Qty::ZERO;
        command.reject = None;
        command.updated = order.submitted;
    }
    command
}

fn change(input: &RunInput<'_>, (before, after): (Option<&OrderRecord>, Option<&OrderRecord>)) -> Change {
    let order = before.or(after).expect("one of the two differs from nothing");
    let (ts, instrument) = (order.submitted, order.request.instrument);
    let bars = &input.bars[instrument.index()];
    let row = bars.ts.partition_point(|close| *close <= ts).checked_sub(1);
    Change {
        ts,
        instrument,
        bar: row.map(|row| (row, bars.ts[row], bars.bar(row))),
        before: before.cloned(),
        after: after.cloned(),
    }
}
