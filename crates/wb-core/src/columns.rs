//! The bars of one instrument as columns.

use crate::instrument::InstrumentId;
use crate::market::{Bar, MarketData, MarketEvent};
use crate::time::{Interval, Ts};

/// Bars of one instrument at one interval, in time order, all columns of equal length.
#[derive(Clone, PartialEq, Debug)]
pub struct BarColumns {
    /// Length of each bar.
    pub interval: Interval,
    /// Ends of the bars, strictly ascending.
    pub ts: Vec<Ts>,
    /// First prices.
    pub open: Vec<f64>,
    /// Highest prices.
    pub high: Vec<f64>,
    /// Lowest prices.
    pub low: Vec<f64>,
    /// Last prices.
    pub close: Vec<f64>,
    /// Units traded.
    pub volume: Vec<f64>,
}

impl BarColumns {
    /// No bars.
    pub fn new(interval: Interval) -> BarColumns {
        BarColumns::with_capacity(interval, 0)
    }

    /// No bars yet, room for `n`.
    pub fn with_capacity(interval: Interval, n: usize) -> BarColumns {
        let column = || Vec::with_capacity(n);
        BarColumns {
            interval,
            ts: Vec::with_capacity(n),
            open: column(),
            high: column(),
            low: column(),
            close: column(),
            volume: column(),
        }
    }

    /// The number of bars.
    pub fn len(&self) -> usize {
        self.ts.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ts.is_empty()
    }

    /// The bar at `row`.
    #[inline]
    pub fn bar(&self, row: usize) -> Bar {
        Bar {
            interval: self.interval,
            open: self.open[row],
            high: self.high[row],
            low: self.low[row],
            close: self.close[row],
            volume: self.volume[row],
        }
    }

    /// The bar at `row` as an event known at its close.
    #[inline]
    pub fn event(&self, row: usize, instrument: InstrumentId, last: bool) -> MarketEvent {
        let ts = self.ts[row];
        MarketEvent { ts_event: ts, ts_recv: ts, instrument, last, data: MarketData::Bar(self.bar(row)) }
    }

    /// Appends a bar that ends at `ts`.
    pub fn push(&mut self, ts: Ts, bar: &Bar) {
        self.ts.push(ts);
        self.open.push(bar.open);
        self.high.push(bar.high);
        self.low.push(bar.low);
        self.close.push(bar.close);
        self.volume.push(bar.volume);
    }

    /// Appends all bars of `other`, which has the same interval and begins later.
    pub fn append(&mut self, other: &BarColumns) {
        self.ts.extend_from_slice(&other.ts);
        self.open.extend_from_slice(&other.open);
        self.high.extend_from_slice(&other.high);
        self.low.extend_from_slice(&other.low);
        self.close.extend_from_slice(&other.close);
        self.volume.extend_from_slice(&other.volume);
    }

    /// The bars that end in `from < ts <= to`: those whose whole interval lies in a half-open range of time.
    pub fn between(&self, from: Ts, to: Ts) -> BarColumns {
        let rows = self.ts.partition_point(|ts| *ts <= from)..self.ts.partition_point(|ts| *ts <= to);
        let cut = |column: &[f64]| column[rows.clone()].to_vec();
        BarColumns {
            interval: self.interval,
            ts: self.ts[rows.clone()].to_vec(),
            open: cut(&self.open),
            high: cut(&self.high),
            low: cut(&self.low),
            close: cut(&self.close),
            volume: cut(&self.volume),
        }
    }
}
