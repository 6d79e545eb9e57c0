//! Bars of the whole history at a length that fits the page, and the stretches that are embedded bar by bar.

use std::ops::Range;

use wb_core::{Bar, BarBuilder, BarColumns, Interval, Ts, UtcOffsets};
use wb_metrics::RoundTrip;

/// Lengths of bars that people use; each divides the next but for days and weeks, which are cut by the calendar.
const LENGTHS: [Interval; 14] = [
    Interval::Seconds(5),
    Interval::Seconds(15),
    Interval::Seconds(30),
    Interval::Minutes(1),
    Interval::Minutes(5),
    Interval::Minutes(15),
    Interval::Minutes(30),
    Interval::Minutes(60),
    Interval::Minutes(120),
    Interval::Minutes(240),
    Interval::Minutes(720),
    Interval::Days(1),
    Interval::Days(7),
    Interval::Days(28),
];

/// Bars around a trade that are embedded with it.
const AROUND: usize = 150;
/// A trade longer than this is embedded only around its entry and its exit.
const LONG_TRADE: usize = 2_000;

/// The whole history of an instrument in at most so many bars.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct History {
    /// Length of the bars.
    pub(crate) interval: Interval,
    /// The bars with their ends.
    pub(crate) bars: Vec<(Ts, Bar)>,
    /// For each, the last row of the original bars in it.
    pub(crate) last_row: Vec<usize>,
}

impl History {
    /// `bars` in at most `most` bars of the shortest usual length.
    pub(crate) fn of(bars: &BarColumns, zone: &UtcOffsets, most: usize) -> History {
        let every = || (0..bars.len()).map(|row| (bars.ts[row], bars.bar(row)));
        if bars.len() <= most {
            return History::with_rows(bars, bars.interval, every().collect());
        }
        // No length below this one can be short enough: a bar holds at most as many as fit into its length.
        let least = i128::from(bars.interval.span().0) * bars.len() as i128 / most.max(1) as i128;
        let long_enough = |length: &Interval| i128::from(length.span().0) >= least && *length > bars.interval;
        let mut lengths = LENGTHS.into_iter().filter(long_enough);
        let mut interval = lengths.next().unwrap_or(LENGTHS[LENGTHS.len() - 1]);
        let mut found = longer(every(), interval, zone);
        while found.len() > most {
            let Some(next) = lengths.next() else { break };
            found = longer(found.into_iter(), next, zone);
            interval = next;
        }
        History::with_rows(bars, interval, found)
    }

    fn with_rows(bars: &BarColumns, interval: Interval, found: Vec<(Ts, Bar)>) -> History {
        let mut row = 0;
        let last_row = found.iter().map(|(end, _)| {
            row += bars.ts[row..].partition_point(|ts| ts <= end);
            row - 1
        });
        let last_row = last_row.collect();
        History { interval, bars: found, last_row }
    }

    /// The number of bars.
    pub(crate) fn len(&self) -> usize {
        self.bars.len()
    }

    /// The original rows in the bars of this range.
    fn rows(&self, bars: Range<usize>) -> Range<usize> {
        let from = if bars.start == 0 { 0 } else { self.last_row[bars.start - 1] + 1 };
        from..bars.end.checked_sub(1).map_or(0, |last| self.last_row[last] + 1)
    }

    /// The bar that holds an original row.
    fn bar_of(&self, row: usize) -> usize {
        self.last_row.partition_point(|last| *last < row).min(self.len() - 1)
    }

    /// The original rows to embed one by one, at most about `budget`: the last of them, and those around the trades
    /// that won and lost most. None where the history holds every bar itself.
    pub(crate) fn rows_in_full(&self, bars: &BarColumns, trips: &[&RoundTrip], budget: usize) -> Vec<usize> {
        if self.len() == bars.len() || self.len() == 0 {
            return Vec::new();
        }
        let mut chosen = vec![false; self.len()];
        let mut left = budget;
        let mut take = |rows: Range<usize>| {
            let touched = self.bar_of(rows.start)..self.bar_of(rows.end.saturating_sub(1)) + 1;
            let new = |bar: &usize| !chosen[*bar];
            let cost: usize = touched.clone().filter(new).map(|bar| self.rows(bar..bar + 1).len()).sum();
            if cost <= left {
                left -= cost;
                chosen[touched].fill(true);
            }
        };
        take(bars.len() - (budget / 4).min(bars.len())..bars.len());
        for trip in extremes_first(trips) {
            let row_at = |ts: Ts| bars.ts.partition_point(|end| *end < ts).min(bars.len() - 1);
            let (entry, exit) = (row_at(trip.entry_ts), row_at(trip.exit_ts));
            let around = |from: usize, to: usize| from.saturating_sub(AROUND)..(to + AROUND).min(bars.len());
            if exit - entry <= LONG_TRADE {
                take(around(entry, exit));
            } else {
                take(around(entry, entry));
                take(around(exit, exit));
            }
        }
        let bars_chosen = (0..self.len()).filter(|bar| chosen[*bar]);
        bars_chosen.flat_map(|bar| self.rows(bar..bar + 1)).collect()
    }
}

/// The trips that won and lost most, in turn, at most ten of each.
fn extremes_first<'a>(trips: &[&'a RoundTrip]) -> Vec<&'a RoundTrip> {
    let mut ranked = trips.to_vec();
    ranked.sort_by(|a, b| b.pnl.total_cmp(&a.pnl));
    let count = ranked.len();
    let pairs = (0..10.min(count)).flat_map(|i| [i, count - 1 - i]);
    pairs.map(|i| ranked[i]).collect()
}

fn longer(bars: impl Iterator<Item = (Ts, Bar)>, interval: Interval, zone: &UtcOffsets) -> Vec<(Ts, Bar)> {
    let mut builder = BarBuilder::new(interval, zone.clone());
    let mut out = Vec::new();
    for (ts, bar) in bars {
        builder.on_bar(ts, &bar, &mut out);
    }
    if let Some(due) = builder.due() {
        builder.on_time(due, &mut out);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use wb_core::Span;

    fn minutes(n: usize) -> BarColumns {
        let mut bars = BarColumns::new(Interval::Minutes(1));
        for i in 0..n {
            let x = 100.0 + (i % 7) as f64;
            let bar =
                Bar { interval: bars.interval, open: x, high: x + 1.0, low: x - 1.0, close: x, volume: 1.0 };
            bars.push(Ts::from_seconds(60 * (i as i64 + 1)), &bar);
        }
        bars
    }

    fn check(n: usize, most: usize, interval: &str, len: usize) {
        let bars = minutes(n);
        let history = History::of(&bars, &UtcOffsets::default(), most);
        assert_eq!((history.interval.to_string().as_str(), history.len()), (interval, len));
        assert_eq!(history.last_row.last(), Some(&(n - 1)));
        let volume: f64 = history.bars.iter().map(|(_, bar)| bar.volume).sum();
        assert!((volume - n as f64).abs() < 1e-9, "every bar is counted once");
    }

    #[test]
    fn the_history_is_cut_into_the_shortest_usual_bars_that_fit() {
        check(500, 500, "1m", 500);
        check(501, 500, "5m", 101);
        check(60 * 24 * 100, 3_000, "1h", 2_400);
        check(60 * 24 * 100, 99, "7d", 15);
    }

    #[test]
    fn no_bars_make_no_history() {
        let history = History::of(&minutes(0), &UtcOffsets::default(), 10);
        assert_eq!(history.len(), 0);
        assert!(history.rows_in_full(&minutes(0), &[], 10).is_empty());
    }

    #[test]
    fn full_stretches_are_whole_bars_of_the_history_and_hold_the_end() {
        let bars = minutes(60 * 24 * 30);
        let history = History::of(&bars, &UtcOffsets::default(), 1_000);
        let rows = history.rows_in_full(&bars, &[], 2_000);
        assert!(rows.len() <= 2_000 && rows.len() >= 440, "{}", rows.len());
        assert_eq!(rows.last(), Some(&(bars.len() - 1)));
        let first_bar = history.bar_of(rows[0]);
        assert_eq!(history.rows(first_bar..first_bar + 1).start, rows[0]);
        let end = history.bars[first_bar].0;
        assert!(bars.ts[rows[0]] > end - history.interval.span() && bars.ts[rows[0]] - Span(1) < end);
    }
}
