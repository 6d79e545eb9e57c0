//! Figures of a run that keeps nothing of it: for sweeps, whose memory must not grow with their bars.

use wb_core::{Fill, Instrument, Ts, UtcOffsets};

use crate::activity::Activity;
use crate::curve::Curve;
use crate::drawdown::Depth;
use crate::figures::{Facts, OrderTally, Row, Source, TABLE};
use crate::outcome::{Outcome, RoundTrip};
use crate::ratios::ReturnStats;
use crate::return_sums::{Detail, ReturnSums};
use crate::trades::TradeStats;

/// Some figures of the tear sheet, in the order in which they were asked for.
#[derive(Clone, Debug)]
pub struct FigureSet {
    rows: Vec<&'static Row>,
}

impl FigureSet {
    /// The figures of these keys.
    ///
    /// # Errors
    /// The first key that is no figure's.
    pub fn of<'k>(keys: &[&'k str]) -> Result<FigureSet, &'k str> {
        let find = |key: &&'k str| TABLE.iter().find(|row| row.key == *key).ok_or(*key);
        Ok(FigureSet { rows: keys.iter().map(find).collect::<Result<_, _>>()? })
    }

    /// Their keys.
    pub fn keys(&self) -> impl Iterator<Item = &'static str> {
        self.rows.iter().map(|row| row.key)
    }

    /// Whether a [`Tally`] can know all of them; otherwise the whole outcome must be kept.
    pub fn can_be_tallied(&self) -> bool {
        !self.need(Source::Outcome)
    }

    /// Whether they ask for round trips themselves, and not only for their number.
    pub fn need_trips(&self) -> bool {
        self.need(Source::Trips)
    }

    /// Their values; absent where they have no meaning.
    pub fn of_outcome(&self, outcome: &Outcome) -> Vec<Option<f64>> {
        self.read(&Facts::of(outcome))
    }

    fn read(&self, facts: &Facts) -> Vec<Option<f64>> {
        self.rows.iter().map(|row| row.read(facts)).collect()
    }

    fn need(&self, source: Source) -> bool {
        self.rows.iter().any(|row| row.source == source)
    }
}

/// What a run's figures are annualised and dated with.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Start of the first bar and end of the last; absent without a bar.
    pub span: Option<(Ts, Ts)>,
    /// Bars in a year of trading.
    pub bars_per_year: f64,
    /// The zone in which days are cut.
    pub zone: UtcOffsets,
}

/// Takes a run as it goes on and gives some of its figures at the end, the same to the bit as the tear sheet of the
/// whole outcome.
#[derive(Clone, Debug)]
pub struct Tally {
    detail: Detail,
    /// Whether sums over fills are wanted.
    sums: bool,
    start: f64,
    bars: usize,
    last: f64,
    is_above_zero: bool,
    is_finite: bool,
    returns: ReturnSums,
    depth: Depth,
    held: usize,
    trades: TradeStats,
    activity: Activity,
    orders: OrderTally,
}

impl Tally {
    /// A tally of a run that begins with `start` in cash.
    pub fn new(figures: &FigureSet, start: f64) -> Tally {
        let detail = Detail { shape: figures.need(Source::Shape), tails: figures.need(Source::Tails) };
        Tally {
            detail,
            sums: figures.need(Source::Sums),
            start,
            bars: 0,
            last: start,
            is_above_zero: start > 0.0 && start < f64::INFINITY,
            is_finite: true,
            returns: ReturnSums::default(),
            depth: Depth::from(start),
            held: 0,
            trades: TradeStats::default(),
            activity: Activity::default(),
            orders: OrderTally::default(),
        }
    }

    /// Takes equity after the next bars.
    pub fn on_equity(&mut self, equity: &[f64]) {
        pulp::Arch::new().dispatch(TakeEquity { tally: self, equity });
    }

    /// The deepest fall so far, as a share of its peak.
    pub fn deepest_fall(&self) -> f64 {
        self.depth.deepest()
    }

    /// Takes the number of bars, of those last given, at whose close something was held.
    pub fn on_held(&mut self, bars: usize) {
        self.held += bars;
    }

    /// Takes an order, which a risk limit or the venue may have refused.
    #[inline]
    pub fn on_order(&mut self, is_rejected: bool) {
        self.orders.orders += 1;
        self.orders.rejected += usize::from(is_rejected);
    }

    /// Takes a refusal by the venue of an order that was taken before.
    pub fn on_rejection(&mut self) {
        self.orders.rejected += 1;
    }

    /// Takes a fill.
    #[inline]
    pub fn on_fill(&mut self, fill: &Fill, instrument: &Instrument) {
        if self.sums {
            self.orders.fills += 1;
            self.activity.on_fill(fill, instrument);
        }
    }

    /// Takes borrow cost or funding.
    pub fn on_carry(&mut self, amount: f64) {
        self.orders.carry += amount;
    }

    /// Takes a round trip.
    pub fn on_trip(&mut self, trip: &RoundTrip) {
        self.trades.push(trip);
    }

    /// Takes so many round trips of which nothing else is asked.
    pub fn on_trips(&mut self, count: usize) {
        self.trades.add_count(count);
    }

    /// The figures; absent where they have no meaning.
    ///
    /// # Panics
    /// If one of them needs the whole outcome.
    pub fn values(mut self, figures: &FigureSet, frame: &Frame) -> Vec<Option<f64>> {
        assert!(figures.can_be_tallied(), "one of the figures needs the whole outcome");
        let has_bars = self.bars > 0;
        let curve = Curve {
            start_equity: self.start,
            start: frame.span.map(|(start, _)| start),
            end: frame.span.map(|(_, end)| end),
            final_equity: has_bars.then_some(self.last).filter(|equity| equity.is_finite()),
            benchmark_return: None,
            is_above_zero: self.is_above_zero,
            is_finite: self.is_finite,
        };
        self.activity.exposure = has_bars.then(|| self.held as f64 / self.bars as f64);
        let facts = Facts {
            bars: (curve.is_above_zero && has_bars).then(|| ReturnStats::of_sums(&self.returns)),
            max_depth: (has_bars && self.start > 0.0 && curve.is_finite).then(|| self.depth.deepest()),
            trades: self.trades,
            activity: self.activity,
            tally: self.orders,
            bar_count: self.bars,
            ..Facts::of_ends(curve, self.start, frame.bars_per_year, frame.zone.clone())
        };
        figures.read(&facts)
    }
}

/// [`Tally::on_equity`], to be compiled for each width of registers.
struct TakeEquity<'a> {
    tally: &'a mut Tally,
    equity: &'a [f64],
}

impl pulp::WithSimd for TakeEquity<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let TakeEquity { tally, equity } = self;
        let range = tally.depth.on_equity(equity);
        tally.is_above_zero &= range.low > 0.0;
        tally.is_finite &= range.low > f64::NEG_INFINITY && range.high < f64::INFINITY;
        tally.returns.on_equity(tally.last, equity, tally.detail);
        tally.bars += equity.len();
        tally.last = equity.last().copied().unwrap_or(tally.last);
    }
}

#[cfg(test)]
mod tests;
