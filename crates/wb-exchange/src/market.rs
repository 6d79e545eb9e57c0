//! What the exchange shows of one symbol's market.

use std::collections::VecDeque;
use std::ops::Range;

use wb_core::{Bar, BarColumns, Interval, Price, Span, Ts};

use crate::candle::{Candle, CandleBuilder, INTERVALS, Row, interval};
use crate::ladder::{Ladder, LadderDiff};
use crate::listing::Listing;
use crate::path::Path;

/// A trade of the market, as one print of a bar's path.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Print {
    pub(crate) id: u64,
    pub(crate) ts: Ts,
    pub(crate) price: f64,
    pub(crate) qty: f64,
    /// Whether the buyer was the resting side.
    pub(crate) buyer_is_maker: bool,
}

/// Prices of the last day.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct DayFigures {
    pub(crate) from: Ts,
    pub(crate) to: Ts,
    pub(crate) open: f64,
    pub(crate) high: f64,
    pub(crate) low: f64,
    pub(crate) close: f64,
    pub(crate) volume: f64,
    pub(crate) turnover: f64,
    pub(crate) trades: u64,
    pub(crate) last_qty: f64,
    pub(crate) last_trade: u64,
}

/// Trades that can still be asked for.
const REMEMBERED: usize = 1_000;

/// One symbol's market: its past bars, its candles, its book.
#[derive(Debug)]
pub(crate) struct Market {
    pub(crate) listing: Listing,
    /// All bars of the data; those that end later than the replay's time are still to come.
    bars: BarColumns,
    path: Path,
    candles: Vec<(&'static str, CandleBuilder)>,
    pub(crate) ladder: Ladder,
    trades: VecDeque<Print>,
    /// The last price.
    pub(crate) last: f64,
}

impl Market {
    /// A market that is at `from`.
    pub(crate) fn new(listing: Listing, bars: BarColumns, path: Path, from: Ts) -> Market {
        let lot = listing.instrument.lot;
        let candles = INTERVALS.into_iter().filter_map(|(name, _)| {
            interval(name, bars.interval).map(|interval| (name, CandleBuilder::new(interval, lot)))
        });
        let past = bars.ts.partition_point(|ts| *ts <= from);
        let last = match past {
            0 => bars.open.first().copied().unwrap_or(f64::NAN),
            _ => bars.close[past - 1],
        };
        let candles = candles.collect();
        let mut market =
            Market { listing, bars, path, candles, ladder: Ladder::default(), trades: VecDeque::new(), last };
        market.catch_up(from);
        let tick = market.last_tick();
        market.ladder.move_to(tick, wb_core::Qty::ZERO);
        market
    }

    /// Brings candles that are open at `from` to what the past of the day makes them.
    fn catch_up(&mut self, from: Ts) {
        let midnight = from - from.time_of_day();
        let rows = self.bars.ts.partition_point(|ts| *ts <= midnight)
            ..self.bars.ts.partition_point(|ts| *ts <= from);
        let mut closed = Vec::new();
        for row in rows {
            let row = self.row(row);
            for (_, builder) in &mut self.candles {
                builder.on_row(&row, &mut closed);
            }
        }
    }

    /// The length of the bars that there are.
    pub(crate) fn base(&self) -> Interval {
        self.bars.interval
    }

    /// The last price on the grid.
    pub(crate) fn last_tick(&self) -> Price {
        Price(self.listing.instrument.tick.nearest(self.last))
    }

    /// A past bar as a row of candles.
    fn row(&self, row: usize) -> Row {
        let (end, bar) = (self.bars.ts[row], self.bars.bar(row));
        let parts = self.path.parts(end, &bar, self.listing.instrument.lot);
        Row { end, bar, turnover: turnover(&parts), trades: parts.len() as u64, last_trade: 0 }
    }

    /// Takes a trade. Gives what it changes in the book.
    pub(crate) fn on_print(&mut self, print: Print) -> LadderDiff {
        self.last = print.price;
        if self.trades.len() == REMEMBERED {
            self.trades.pop_front();
        }
        self.trades.push_back(print);
        let traded = self.listing.instrument.qty(print.qty);
        let tick = self.last_tick();
        self.ladder.move_to(tick, traded)
    }

    /// Takes a replayed bar, or part of one, whose trades were `parts`. Gives the candles that it closes, by name.
    pub(crate) fn on_bar(&mut self, end: Ts, bar: &Bar, parts: &[(Ts, Bar)]) -> Vec<(&'static str, Candle)> {
        let last_trade = self.trades.back().map_or(0, |print| print.id);
        let row = Row { end, bar: *bar, turnover: turnover(parts), trades: parts.len() as u64, last_trade };
        let (mut all, mut closed) = (Vec::new(), Vec::new());
        for (name, builder) in &mut self.candles {
            builder.on_row(&row, &mut closed);
            all.extend(closed.drain(..).map(|candle| (*name, candle)));
        }
        all
    }

    /// The candles that are open, by name.
    pub(crate) fn open_candles(&self) -> impl Iterator<Item = (&'static str, Candle)> {
        self.candles.iter().filter_map(|(name, builder)| Some((*name, builder.open()?)))
    }

    /// Trades that are remembered, oldest first.
    pub(crate) fn trades(&self) -> impl DoubleEndedIterator<Item = &Print> + ExactSizeIterator {
        self.trades.iter()
    }

    /// Candles of an interval that have begun by `now`: those that begin in `from..=to`, at most `limit`; the first
    /// ones where `from` is given, the last ones otherwise. Oldest first.
    pub(crate) fn candles(&self, query: &CandleQuery, now: Ts) -> Vec<Candle> {
        let mut builder = CandleBuilder::new(query.interval, self.listing.instrument.lot);
        let mut out = Vec::new();
        for row in self.rows_of(query, &builder, now) {
            builder.on_row(&self.row(row), &mut out);
            if query.from.is_some() && out.len() == query.limit {
                return out;
            }
        }
        builder.on_time(now, &mut out);
        let asked = |candle: &Candle| {
            let begin = candle.end - query.interval.span();
            candle.end > now
                && query.from.is_none_or(|from| begin >= from)
                && query.to.is_none_or(|to| begin <= to)
        };
        let open = self.candles.iter().find(|(_, own)| own.interval() == query.interval);
        out.extend(open.and_then(|(_, own)| own.open()).filter(asked));
        out.drain(..out.len().saturating_sub(query.limit));
        out
    }

    /// The past bars that make the candles that are asked for.
    fn rows_of(&self, query: &CandleQuery, candle: &CandleBuilder, now: Ts) -> Range<usize> {
        let begin = |end: Ts| candle.bucket_end(Ts(end.0 - 1)) - query.interval.span();
        let past = &self.bars.ts[..self.bars.ts.partition_point(|ts| *ts <= now)];
        let stop = query.to.map_or(past.len(), |to| past.partition_point(|ts| begin(*ts) <= to));
        if let Some(from) = query.from {
            return past[..stop].partition_point(|ts| begin(*ts) < from)..stop;
        }
        // A gap may make candles rarer than time would have it: they are counted.
        let mut candles = 0;
        let mut start = stop;
        while start > 0 {
            let is_new = start == stop || begin(past[start - 1]) != begin(past[start]);
            candles += usize::from(is_new);
            if candles > query.limit {
                break;
            }
            start -= 1;
        }
        start..stop
    }

    /// Figures of the day up to `now`.
    pub(crate) fn day(&self, now: Ts) -> DayFigures {
        let from = Ts(now.0 - Span::DAY.0);
        let rows =
            self.bars.ts.partition_point(|ts| *ts <= from)..self.bars.ts.partition_point(|ts| *ts <= now);
        let parts = rows.clone().map(|row| self.row(row));
        let (turnover, trades) = parts.fold((0.0, 0), |(t, n), row| (t + row.turnover, n + row.trades));
        let volume: f64 = self.bars.volume[rows.clone()].iter().sum();
        DayFigures {
            from,
            to: now,
            open: self.bars.open[rows.clone()].first().copied().unwrap_or(self.last),
            high: self.bars.high[rows.clone()].iter().copied().fold(self.last, f64::max),
            low: self.bars.low[rows].iter().copied().fold(self.last, f64::min),
            close: self.last,
            volume: self.listing.instrument.lot.value(self.listing.instrument.lot.nearest(volume)),
            turnover,
            trades,
            last_qty: self.trades.back().map_or(0.0, |print| print.qty),
            last_trade: self.trades.back().map_or(0, |print| print.id),
        }
    }
}

/// Which candles are asked for.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct CandleQuery {
    pub(crate) interval: Interval,
    /// The earliest beginning.
    pub(crate) from: Option<Ts>,
    /// The latest beginning.
    pub(crate) to: Option<Ts>,
    pub(crate) limit: usize,
}

/// Quote currency traded in the parts of a bar.
fn turnover(parts: &[(Ts, Bar)]) -> f64 {
    parts.iter().map(|(_, part)| part.volume * part.close).sum()
}
