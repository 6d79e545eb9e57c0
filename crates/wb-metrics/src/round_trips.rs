//! Fills to round trips, first in first out, while a run goes on.

use std::collections::VecDeque;
use std::mem;

use wb_core::{Fill, Instrument, InstrumentId, OrderId, Price, Qty, Side, Ts};

use crate::outcome::{ExitReason, RoundTrip};

/// Matches fills first in first out and follows the extremes of what is held.
///
/// For each bar, call [`on_fill`](RoundTripBuilder::on_fill) for what was filled inside it, then
/// [`on_bar`](RoundTripBuilder::on_bar) once. A bar so counts for a lot that was opened at its open, and not for one
/// that was closed in it. Where an order was filled in mid-bar, the bar's extremes may lie before the entry: excursions
/// are then slightly overstated.
///
/// A bar costs the same whether one lot is open or a million: it widens one range, that of the newest lot. The range
/// of the oldest is joined from those after it when it closes, by the aggregate queue of two stacks, which
/// takes amortised constant time.
#[derive(Clone, Debug, Default)]
pub struct RoundTripBuilder {
    /// By instrument index.
    holdings: Vec<Holding>,
    closed: Vec<RoundTrip>,
}

/// A lot, or what is left of it, that has not been closed.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct OpenLot {
    /// What is held.
    pub instrument: InstrumentId,
    /// `Buy` for long, `Sell` for short.
    pub side: Side,
    /// How much is left.
    pub qty: Qty,
    /// When it was entered.
    pub entry_ts: Ts,
    /// Price of the entry, in ticks.
    pub entry_price: Price,
    /// Fees of the entry that belong to what is left, settlement currency.
    pub fees: f64,
    /// Slippage of the entry that belongs to what is left, settlement currency.
    pub slippage: f64,
    /// Bars that closed while it was held.
    pub bars_held: u32,
}

impl RoundTripBuilder {
    /// A builder that holds nothing.
    pub fn new() -> RoundTripBuilder {
        RoundTripBuilder::default()
    }

    /// Takes a fill of `instrument`, in the order of execution. A fill against the position closes its lots, oldest
    /// first, for `exit_reason`; what is left of it opens a lot of its own side.
    ///
    /// What one order opened and one order closed is one round trip, however many fills they took: prices are then
    /// averages by quantity, times those of the first entry and the last exit, excursions the worst and best of all.
    ///
    /// Fee and slippage are shared among the lots it touches, in proportion to quantity.
    ///
    /// # Panics
    /// If the fill is of another instrument.
    pub fn on_fill(&mut self, fill: &Fill, instrument: &Instrument, exit_reason: ExitReason) {
        assert_eq!(fill.instrument, instrument.id, "a fill is read on the grids of its own instrument");
        let index = instrument.id.index();
        if self.holdings.len() <= index {
            self.holdings.resize_with(index + 1, Holding::default);
        }
        let holding = &mut self.holdings[index];
        let mut left = Portion { lots: fill.qty.lots(), fee: fill.fee, slippage: fill.slippage };
        while left.lots > 0
            && let Some(side) = holding.side
            && side != fill.side
        {
            let lots = left.lots.min(holding.oldest().left.lots);
            let orders = (holding.oldest().order, fill.order);
            let exit = Exit { fill, part: left.take(lots), reason: exit_reason };
            // Closing the last lot forgets it.
            let last = holding.last;
            let trip = holding.close(side, exit, instrument);
            match last {
                Some((at, same)) if same == orders => absorb(&mut self.closed[at], &trip),
                _ => {
                    holding.last = Some((self.closed.len(), orders));
                    self.closed.push(trip);
                }
            }
        }
        if left.lots > 0 {
            holding.open(fill, left);
        }
    }

    /// Takes the extremes of a bar that has closed.
    #[inline]
    pub fn on_bar(&mut self, instrument: InstrumentId, high: f64, low: f64) {
        if let Some(holding) = self.holdings.get_mut(instrument.index())
            && holding.side.is_some()
        {
            holding.bars += 1;
            holding.recent.widen(high, low);
        }
    }

    /// What has been closed so far, in the order of exit.
    pub fn closed(&self) -> &[RoundTrip] {
        &self.closed
    }

    /// What is open, by instrument, oldest first.
    pub fn open_lots(&self) -> Vec<OpenLot> {
        let mut open = Vec::new();
        for (index, holding) in self.holdings.iter().enumerate() {
            let Some(side) = holding.side else { continue };
            open.extend(holding.lots.iter().map(|lot| OpenLot {
                instrument: InstrumentId(index as u32),
                side,
                qty: Qty::new(lot.left.lots),
                entry_ts: lot.ts,
                entry_price: lot.price,
                fees: lot.left.fee,
                slippage: lot.left.slippage,
                bars_held: holding.bars - lot.bars_before,
            }));
        }
        open
    }

    /// The closed round trips, in the order of exit.
    pub fn finish(self) -> Vec<RoundTrip> {
        self.closed
    }
}

/// What is held of one instrument.
#[derive(Clone, Debug, Default)]
struct Holding {
    /// The side of every open lot; none while flat.
    side: Option<Side>,
    /// Oldest first.
    lots: VecDeque<Lot>,
    /// Bars closed since the position was opened.
    bars: u32,
    /// Extremes since the newest lot was opened or the ranges were last settled, whichever is later.
    recent: Range,
    /// How many lots at the front hold the range from their entry to the last settling.
    settled: usize,
    /// Extremes from the last settling up to where `recent` begins.
    since_settled: Range,
    /// Where the last round trip of the position stands, and the orders that opened and closed it.
    last: Option<(usize, (OrderId, OrderId))>,
}

/// An entry, or what is left of it.
#[derive(Clone, Debug)]
struct Lot {
    order: OrderId,
    ts: Ts,
    price: Price,
    left: Portion,
    bars_before: u32,
    /// Settled: from the entry to the last settling. Else: from the entry to that of the next lot.
    range: Range,
}

/// A part of a fill that closes a part of a lot.
struct Exit<'a> {
    fill: &'a Fill,
    part: Portion,
    reason: ExitReason,
}

impl Holding {
    fn oldest(&mut self) -> &mut Lot {
        self.lots.front_mut().expect("a side means that a lot is open")
    }

    fn open(&mut self, fill: &Fill, left: Portion) {
        if self.settled < self.lots.len()
            && let Some(newest) = self.lots.back_mut()
        {
            newest.range = self.recent;
        }
        self.since_settled = self.since_settled.join(self.recent);
        self.recent = Range::EMPTY;
        self.side = Some(fill.side);
        let bars_before = self.bars;
        let (order, ts, price) = (fill.order, fill.ts, fill.price);
        self.lots.push_back(Lot { order, ts, price, left, bars_before, range: Range::EMPTY });
    }

    /// Closes so much of the oldest lot as `exit` has, which is no more than it holds.
    fn close(&mut self, side: Side, exit: Exit<'_>, instrument: &Instrument) -> RoundTrip {
        let range = self.range_of_oldest();
        let bars = self.bars;
        let lot = self.oldest();
        let entry = lot.left.take(exit.part.lots);
        let trip = round_trip(side, lot, entry, &exit, instrument, range, bars - lot.bars_before);
        if lot.left.lots == 0 {
            self.lots.pop_front();
            self.settled -= 1;
        }
        if self.lots.is_empty() {
            // The room for lots is kept.
            *self = Holding { lots: mem::take(&mut self.lots), ..Holding::default() };
        }
        trip
    }

    /// Extremes of the bars since the oldest lot was opened.
    fn range_of_oldest(&mut self) -> Range {
        if self.settled == 0 {
            let mut later = mem::take(&mut self.recent);
            for lot in self.lots.iter_mut().rev() {
                later = later.join(lot.range);
                lot.range = later;
            }
            self.settled = self.lots.len();
            self.since_settled = Range::EMPTY;
        }
        let (recent, since_settled) = (self.recent, self.since_settled);
        self.oldest().range.join(since_settled).join(recent)
    }
}

fn round_trip(
    side: Side,
    lot: &Lot,
    entry: Portion,
    exit: &Exit<'_>,
    instrument: &Instrument,
    range: Range,
    bars_held: u32,
) -> RoundTrip {
    let lots = exit.part.lots;
    // Exact until here: what one tick of one lot is worth is the only rounding.
    let ticks = i128::from(exit.fill.price.0 - lot.price.0) * i128::from(side.sign()) * i128::from(lots);
    let value = instrument.tick.step() * instrument.lot.step() * instrument.multiplier;
    let fees = entry.fee + exit.part.fee;
    let pnl = ticks as f64 * value - fees;
    let entry_price = instrument.price_f64(lot.price);
    let exit_price = instrument.price_f64(exit.fill.price);
    let notional = (i128::from(lot.price.0) * i128::from(lots)) as f64 * value;
    let Range { high, low } = range.join(Range { high: exit_price, low: exit_price });
    let share = |price: f64| ratio_or_zero(side.sign() as f64 * (price - entry_price), entry_price);
    let (best, worst) = match side {
        Side::Buy => (share(high), share(low)),
        Side::Sell => (share(low), share(high)),
    };
    RoundTrip {
        instrument: instrument.id,
        side,
        qty: Qty::new(lots),
        entry_ts: lot.ts,
        exit_ts: exit.fill.ts,
        entry_price,
        exit_price,
        pnl,
        ret: ratio_or_zero(pnl, notional),
        fees,
        slippage: entry.slippage + exit.part.slippage,
        mae: worst.min(0.0),
        mfe: best.max(0.0),
        bars_held,
        exit_reason: exit.reason,
    }
}

/// Adds another part of the same entry and exit to a round trip.
fn absorb(trip: &mut RoundTrip, part: &RoundTrip) {
    let (old, new) = (trip.qty.lots() as f64, part.qty.lots() as f64);
    let (old_worth, new_worth) = (old * trip.entry_price, new * part.entry_price);
    let mean = |a: f64, b: f64| (a * old + b * new) / (old + new);
    trip.ret = ratio_or_zero(trip.ret * old_worth + part.ret * new_worth, old_worth + new_worth);
    trip.entry_price = mean(trip.entry_price, part.entry_price);
    trip.exit_price = mean(trip.exit_price, part.exit_price);
    trip.qty += part.qty;
    trip.entry_ts = trip.entry_ts.min(part.entry_ts);
    trip.exit_ts = trip.exit_ts.max(part.exit_ts);
    trip.pnl += part.pnl;
    trip.fees += part.fees;
    trip.slippage += part.slippage;
    trip.mae = trip.mae.min(part.mae);
    trip.mfe = trip.mfe.max(part.mfe);
    trip.bars_held = trip.bars_held.max(part.bars_held);
}

/// Zero for an entry at a price of zero, where no share of it can be told.
fn ratio_or_zero(numerator: f64, denominator: f64) -> f64 {
    if denominator > 0.0 { numerator / denominator } else { 0.0 }
}

/// A quantity with its share of fee and slippage.
#[derive(Clone, Copy, Debug)]
struct Portion {
    lots: i64,
    fee: f64,
    slippage: f64,
}

impl Portion {
    /// Takes so many lots out with their share; the last to be taken gets all that is left, so nothing is lost.
    fn take(&mut self, lots: i64) -> Portion {
        if lots == self.lots {
            return mem::replace(self, Portion { lots: 0, fee: 0.0, slippage: 0.0 });
        }
        let share = lots as f64 / self.lots as f64;
        let part = Portion { lots, fee: self.fee * share, slippage: self.slippage * share };
        self.lots -= lots;
        self.fee -= part.fee;
        self.slippage -= part.slippage;
        part
    }
}

/// Highest and lowest price of some bars.
#[derive(Clone, Copy, Debug)]
struct Range {
    high: f64,
    low: f64,
}

impl Default for Range {
    fn default() -> Range {
        Range::EMPTY
    }
}

impl Range {
    const EMPTY: Range = Range { high: f64::NEG_INFINITY, low: f64::INFINITY };

    #[inline]
    fn widen(&mut self, high: f64, low: f64) {
        if high > self.high {
            self.high = high;
        }
        if low < self.low {
            self.low = low;
        }
    }

    fn join(mut self, other: Range) -> Range {
        self.widen(other.high, other.low);
        self
    }
}

#[cfg(test)]
mod tests;
