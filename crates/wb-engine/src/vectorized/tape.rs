//! The market of a run, cut into tiles of rows.

use std::ops::Range;

use wb_core::{BarColumns, MarketEvent, Merge, Ts};

/// Closes in a tile: a multiple of the block that figures are taken in, and few enough that the columns which lanes
/// read again and again stay in the second-level cache.
pub(crate) const CLOSES: usize = 2048;

/// One bar of a tile.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TileBar {
    pub(crate) event: MarketEvent,
    /// Its row in the tile's columns of its instrument.
    pub(crate) row: usize,
}

/// Some consecutive closes of the market.
#[derive(Debug, Default)]
pub(crate) struct Tile {
    /// Every bar in the order of delivery.
    pub(crate) bars: Vec<TileBar>,
    /// The rows of each instrument's columns.
    pub(crate) rows: Vec<Range<usize>>,
    /// Closes before this tile.
    pub(crate) before: usize,
    /// Closes in it.
    pub(crate) closes: usize,
}

/// Walks a market tile by tile.
pub(crate) struct Tape<'a> {
    market: &'a [BarColumns],
    merge: Merge<&'a [BarColumns]>,
    tile: Tile,
}

impl<'a> Tape<'a> {
    pub(crate) fn new(market: &'a [BarColumns]) -> Tape<'a> {
        let tile = Tile { rows: vec![0..0; market.len()], ..Tile::default() };
        Tape { market, merge: Merge::new(market), tile }
    }

    /// The next tile; nothing at the end.
    pub(crate) fn next_tile(&mut self) -> Option<&Tile> {
        let Tile { bars, rows, before, closes } = &mut self.tile;
        *before += *closes;
        *closes = 0;
        bars.clear();
        rows.iter_mut().for_each(|rows| *rows = rows.end..rows.end);
        while *closes < CLOSES {
            let take = |event: &MarketEvent| {
                let rows = &mut rows[event.instrument.index()];
                bars.push(TileBar { event: *event, row: rows.len() });
                rows.end += 1;
            };
            if self.merge.next_batch(take).is_none() {
                break;
            }
            *closes += 1;
        }
        (self.tile.closes > 0).then_some(&self.tile)
    }

    /// Start of the first bar and end of the last.
    pub(crate) fn span(&self) -> Option<(Ts, Ts)> {
        let start = |bars: &BarColumns| bars.ts.first().map(|ts| *ts - bars.interval.span());
        let start = self.market.iter().filter_map(start).min()?;
        let end = self.market.iter().filter_map(|bars| bars.ts.last()).max()?;
        Some((start, *end))
    }
}

/// The number of closes of a market before the end of each of `count` equal stretches of its time.
pub(crate) fn stretches(market: &[BarColumns], count: usize) -> Vec<usize> {
    let Some((start, end)) = Tape::new(market).span() else { return Vec::new() };
    let mut merge = Merge::new(market);
    let (mut ends, mut closes) = (Vec::with_capacity(count), 0);
    let boundary = |k: usize| {
        let share = i128::from((end - start).0) * (k as i128 + 1) / count as i128;
        Ts(start.0 + share as i64)
    };
    while let Some(ts) = merge.next_batch(|_| {}) {
        while ends.len() < count && ts > boundary(ends.len()) {
            ends.push(closes);
        }
        closes += 1;
    }
    ends.resize(count, closes);
    ends
}

#[cfg(test)]
mod tests {
    use wb_core::{Bar, Interval};

    use super::*;

    fn minutes(minutes: impl IntoIterator<Item = i64>) -> BarColumns {
        let interval = Interval::Minutes(1);
        let mut columns = BarColumns::new(interval);
        for minute in minutes {
            let bar = Bar { interval, open: 1.0, high: 1.0, low: 1.0, close: 1.0, volume: 1.0 };
            columns.push(Ts::from_seconds(60 * minute), &bar);
        }
        columns
    }

    #[test]
    fn tiles_hold_every_bar_once_and_whole_closes() {
        let market = [minutes(1..=3000), minutes((2..=3500).step_by(2))];
        let mut tape = Tape::new(&market);
        let (mut rows, mut before, mut bars) = (vec![0, 0], 0, 0);
        while let Some(tile) = tape.next_tile() {
            assert_eq!(tile.before, before);
            for (expected, got) in rows.iter_mut().zip(&tile.rows) {
                assert_eq!(*expected, got.start);
                *expected = got.end;
            }
            assert!(tile.bars.last().expect("a bar").event.last);
            assert_eq!(tile.bars.iter().filter(|bar| bar.event.last).count(), tile.closes);
            (before, bars) = (before + tile.closes, bars + tile.bars.len());
        }
        assert_eq!((rows, before, bars), (vec![3000, 1750], 3250, 4750));
    }

    #[test]
    fn stretches_are_of_equal_time_and_may_be_empty() {
        // Ten minutes in five stretches of two; nothing in the second and third.
        let market = [minutes([1, 2, 7, 8, 9, 10])];
        assert_eq!(stretches(&market, 5), [2, 2, 2, 4, 6]);
    }
}
