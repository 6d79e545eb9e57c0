//! Bars as the venue tells them, with what was traded in them, also while they are open.

use wb_core::{Bar, BarBuilder, Grid, Interval, Ts, UtcOffsets};

/// The intervals that clients can ask for, by the venue's names.
pub(crate) const INTERVALS: [(&str, Interval); 13] = [
    ("1s", Interval::Seconds(1)),
    ("1m", Interval::Minutes(1)),
    ("3m", Interval::Minutes(3)),
    ("5m", Interval::Minutes(5)),
    ("15m", Interval::Minutes(15)),
    ("30m", Interval::Minutes(30)),
    ("1h", Interval::Minutes(60)),
    ("2h", Interval::Minutes(120)),
    ("4h", Interval::Minutes(240)),
    ("6h", Interval::Minutes(360)),
    ("8h", Interval::Minutes(480)),
    ("12h", Interval::Minutes(720)),
    ("1d", Interval::Days(1)),
];

/// The interval of that name, if bars of `base` can make it.
pub(crate) fn interval(name: &str, base: Interval) -> Option<Interval> {
    let (_, interval) = INTERVALS.iter().find(|(known, _)| *known == name)?;
    (interval.span().0 % base.span().0 == 0).then_some(*interval)
}

/// A bar with what was traded in it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Candle {
    /// The end of its interval.
    pub(crate) end: Ts,
    pub(crate) bar: Bar,
    /// Quote currency traded.
    pub(crate) turnover: f64,
    pub(crate) trades: u64,
    /// The number of the last trade in it.
    pub(crate) last_trade: u64,
}

/// What a replayed bar, or part of one, adds to the candles that it is in.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Row {
    pub(crate) end: Ts,
    pub(crate) bar: Bar,
    pub(crate) turnover: f64,
    pub(crate) trades: u64,
    pub(crate) last_trade: u64,
}

/// Builds the candles of one interval.
#[derive(Clone, Debug)]
pub(crate) struct CandleBuilder {
    builder: BarBuilder,
    lot: Grid,
    /// Rows in the open candle, and what they add up to besides the bar.
    rows: usize,
    turnover: f64,
    trades: u64,
    last_trade: u64,
}

impl CandleBuilder {
    pub(crate) fn new(interval: Interval, lot: Grid) -> CandleBuilder {
        // The venue cuts days at midnight UTC.
        let builder = BarBuilder::new(interval, UtcOffsets::default());
        CandleBuilder { builder, lot, rows: 0, turnover: 0.0, trades: 0, last_trade: 0 }
    }

    /// The interval of the candles.
    pub(crate) fn interval(&self) -> Interval {
        self.builder.interval()
    }

    /// The end of the candle that holds the instant `ts`.
    pub(crate) fn bucket_end(&self, ts: Ts) -> Ts {
        self.builder.bucket_end(ts)
    }

    /// Takes the next row. Appends the candles that are now complete.
    pub(crate) fn on_row(&mut self, row: &Row, out: &mut Vec<Candle>) {
        // A gap in the data may have left one open.
        self.on_time(Ts(row.end.0 - 1), out);
        let mut bars = Vec::new();
        self.rows += 1;
        self.turnover += row.turnover;
        self.trades += row.trades;
        self.last_trade = row.last_trade;
        self.builder.on_bar(row.end, &row.bar, &mut bars);
        self.close(bars.drain(..), out);
    }

    /// Tells that the time is now `ts`: appends the open candle if its interval has ended.
    pub(crate) fn on_time(&mut self, ts: Ts, out: &mut Vec<Candle>) {
        let mut bars = Vec::new();
        self.builder.on_time(ts, &mut bars);
        self.close(bars.drain(..), out);
    }

    /// The candle that is still open.
    pub(crate) fn open(&self) -> Option<Candle> {
        let mut out = Vec::new();
        self.clone().on_time(Ts::MAX, &mut out);
        out.pop()
    }

    fn close(&mut self, bars: impl Iterator<Item = (Ts, Bar)>, out: &mut Vec<Candle>) {
        for (end, mut bar) in bars {
            if self.rows > 1 {
                // A sum of lots is a number of lots.
                bar.volume = self.lot.value(self.lot.nearest(bar.volume));
            }
            out.push(Candle {
                end,
                bar,
                turnover: self.turnover,
                trades: self.trades,
                last_trade: self.last_trade,
            });
            (self.rows, self.turnover, self.trades) = (0, 0.0, 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(minute: i64, close: f64, volume: f64) -> Row {
        let bar = Bar { interval: Interval::Minutes(1), open: 1.0, high: 3.0, low: 0.5, close, volume };
        Row {
            end: Ts::from_seconds(60 * minute),
            bar,
            turnover: close * volume,
            trades: 4,
            last_trade: 4 * minute as u64,
        }
    }

    #[test]
    fn a_candle_of_one_row_is_that_bar_to_the_bit() {
        let mut builder = CandleBuilder::new(Interval::Minutes(1), Grid::decimal(1));
        let mut out = Vec::new();
        let off_grid = 0.1 + 0.2;
        builder.on_row(&row(1, 2.0, off_grid), &mut out);
        assert_eq!(out[0].bar.volume.to_bits(), off_grid.to_bits());
        assert_eq!((out[0].trades, builder.open()), (4, None));
    }

    #[test]
    fn longer_candles_add_up_and_are_seen_while_they_are_open() {
        let mut builder = CandleBuilder::new(Interval::Minutes(3), Grid::decimal(1));
        let mut out = Vec::new();
        builder.on_row(&row(1, 2.0, 0.1), &mut out);
        builder.on_row(&row(2, 1.5, 0.2), &mut out);
        let open = builder.open().expect("one is open");
        assert_eq!((open.end, open.bar.volume, open.trades), (Ts::from_seconds(180), 0.3, 8));
        // The third minute is missing: the next one closes the candle.
        builder.on_row(&row(4, 1.0, 1.0), &mut out);
        assert_eq!(out.len(), 1);
        assert_eq!((out[0].end, out[0].bar.close, out[0].last_trade), (Ts::from_seconds(180), 1.5, 8));
        assert_eq!(builder.open().expect("the next one").trades, 4);
    }

    #[test]
    fn only_multiples_of_the_data_can_be_asked_for() {
        assert_eq!(interval("5m", Interval::Minutes(1)), Some(Interval::Minutes(5)));
        assert_eq!(interval("1m", Interval::Minutes(5)), None);
        assert_eq!(interval("7m", Interval::Minutes(1)), None);
    }
}
