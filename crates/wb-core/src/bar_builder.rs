//! Longer bars from shorter ones and from trades: the same code in import, engines and live.

use crate::market::{Bar, Trade};
use crate::time::{Interval, Ts, UtcOffsets};

/// Collects trades or shorter bars into bars of one interval.
///
/// Seconds and minutes are aligned to the epoch, days to midnight of the zone. A bucket is half open: a trade
/// at the very end of one belongs to the next, a bar that ends there belongs to it. A bucket in which nothing
/// traded gives no bar.
#[derive(Clone, Debug)]
pub struct BarBuilder {
    interval: Interval,
    zone: UtcOffsets,
    open: Option<(Ts, Bar)>,
}

impl BarBuilder {
    /// A builder of bars of this interval; days are cut at midnight of `zone`.
    pub fn new(interval: Interval, zone: UtcOffsets) -> BarBuilder {
        BarBuilder { interval, zone, open: None }
    }

    /// The interval of the bars that are built.
    pub fn interval(&self) -> Interval {
        self.interval
    }

    /// The end of the bucket that holds the instant `ts`.
    pub fn bucket_end(&self, ts: Ts) -> Ts {
        match self.interval {
            Interval::Days(n) => {
                let day = self.zone.date(ts).days_since_epoch();
                let next = day + i64::from(n) - day.rem_euclid(i64::from(n));
                self.zone.start_of(crate::CivilDate::from_days_since_epoch(next))
            }
            other => {
                let span = other.span().0;
                Ts(ts.0 - ts.0.rem_euclid(span) + span)
            }
        }
    }

    /// Takes a shorter bar that ended at `ts`, in time order. Appends every bar that is now complete, stamped
    /// at its end: an earlier one that a gap in the data left open, and this one when `ts` is its end.
    pub fn on_bar(&mut self, ts: Ts, bar: &Bar, out: &mut Vec<(Ts, Bar)>) {
        // The bar lies before its own end, so the last instant inside it names the bucket.
        let end = self.bucket_end(Ts(ts.0 - 1));
        self.extend(end, bar, out);
        if end == ts {
            self.finish(out);
        }
    }

    /// Takes a trade at `ts`, in time order. Appends the bar that it completes by coming after its end.
    pub fn on_trade(&mut self, ts: Ts, trade: &Trade, out: &mut Vec<(Ts, Bar)>) {
        let p = trade.price;
        let point = Bar { interval: self.interval, open: p, high: p, low: p, close: p, volume: trade.qty };
        self.extend(self.bucket_end(ts), &point, out);
    }

    /// When the open bar will be complete, for whoever keeps the timer.
    pub fn due(&self) -> Option<Ts> {
        self.open.map(|(end, _)| end)
    }

    /// Tells that the time is now `ts`: appends the open bar if its interval has ended.
    pub fn on_time(&mut self, ts: Ts, out: &mut Vec<(Ts, Bar)>) {
        if self.due().is_some_and(|end| end <= ts) {
            self.finish(out);
        }
    }

    fn extend(&mut self, end: Ts, bar: &Bar, out: &mut Vec<(Ts, Bar)>) {
        if self.open.is_some_and(|(open_end, _)| open_end != end) {
            self.finish(out);
        }
        match &mut self.open {
            Some((_, open)) => {
                open.high = open.high.max(bar.high);
                open.low = open.low.min(bar.low);
                open.close = bar.close;
                open.volume += bar.volume;
            }
            None => self.open = Some((end, Bar { interval: self.interval, ..*bar })),
        }
    }

    fn finish(&mut self, out: &mut Vec<(Ts, Bar)>) {
        out.extend(self.open.take());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::Side;
    use crate::time::Span;

    fn ts(text: &str) -> Ts {
        Ts::parse(text).expect(text)
    }

    fn minute(o: f64, h: f64, l: f64, c: f64) -> Bar {
        Bar { interval: Interval::Minutes(1), open: o, high: h, low: l, close: c, volume: 10.0 }
    }

    #[test]
    fn minutes_make_an_aligned_five_minute_bar_at_its_close() {
        let mut builder = BarBuilder::new(Interval::Minutes(5), UtcOffsets::default());
        let mut out = Vec::new();
        for (end, bar) in [
            ("2024-01-01T00:04", minute(10.0, 12.0, 9.0, 11.0)),
            ("2024-01-01T00:05", minute(11.0, 11.5, 8.0, 9.0)),
            ("2024-01-01T00:06", minute(9.0, 9.0, 9.0, 9.0)),
        ] {
            builder.on_bar(ts(end), &bar, &mut out);
        }
        let five = Bar {
            interval: Interval::Minutes(5),
            open: 10.0,
            high: 12.0,
            low: 8.0,
            close: 9.0,
            volume: 20.0,
        };
        assert_eq!(out, [(ts("2024-01-01T00:05"), five)]);
        assert_eq!(builder.due(), Some(ts("2024-01-01T00:10")));
    }

    #[test]
    fn a_gap_closes_the_open_bar_at_its_own_end() {
        let mut builder = BarBuilder::new(Interval::Minutes(60), UtcOffsets::default());
        let mut out = Vec::new();
        builder.on_bar(ts("2024-01-01T00:30"), &minute(1.0, 1.0, 1.0, 1.0), &mut out);
        builder.on_bar(ts("2024-01-01T05:30"), &minute(2.0, 2.0, 2.0, 2.0), &mut out);
        assert_eq!(out.iter().map(|(end, _)| *end).collect::<Vec<_>>(), [ts("2024-01-01T01:00")]);
    }

    #[test]
    fn a_trade_at_the_boundary_opens_the_next_bar() {
        let mut builder = BarBuilder::new(Interval::Minutes(1), UtcOffsets::default());
        let mut out = Vec::new();
        let trade = |price| Trade { price, qty: 1.0, aggressor: Side::Buy };
        builder.on_trade(ts("2024-01-01T00:00:59"), &trade(1.0), &mut out);
        builder.on_trade(ts("2024-01-01T00:01:00"), &trade(2.0), &mut out);
        builder.on_time(ts("2024-01-01T00:01:59"), &mut out);
        assert_eq!(out.len(), 1);
        builder.on_time(ts("2024-01-01T00:02:00"), &mut out);
        assert_eq!(out.iter().map(|(_, bar)| bar.close).collect::<Vec<_>>(), [1.0, 2.0]);
    }

    #[test]
    fn days_are_cut_at_local_midnight_also_when_the_clock_changes() {
        let hours = |h: i64| Span::from_seconds(3600 * h);
        let zone = UtcOffsets::new(vec![(Ts::MIN, hours(-5)), (ts("2024-03-10T07:00:00Z"), hours(-4))]);
        let builder = BarBuilder::new(Interval::Days(1), zone);
        assert_eq!(builder.bucket_end(ts("2024-03-10T12:00")), ts("2024-03-11T04:00"));
        assert_eq!(builder.bucket_end(ts("2024-03-10T04:59")), ts("2024-03-10T05:00"));
    }
}
