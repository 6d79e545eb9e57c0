//! Features taken out of their kernel, to be computed once for many kernels.

use std::fmt;
use std::ops::Range;

use wb_core::{Bar, BarBuilder, BarColumns, InstrumentId, Interval, Ts};

use crate::features::Slot;

/// A declared feature taken out of its kernel by [`crate::Kernel::detach_features`].
///
/// Whoever takes it computes its columns with [`DetachedFeature::fold`] and gives each kernel the values with
/// [`crate::Kernel::set_feature`]. Two of equal [`DetachedFeature::key`] have equal columns.
pub struct DetachedFeature {
    /// The instrument whose bars it reads.
    pub instrument: InstrumentId,
    /// Instrument, interval and text form: `0@1m sma(close,10)`.
    pub key: String,
    /// Where its outputs stand in its kernel's row of values.
    pub positions: Range<usize>,
    slot: Slot,
    /// Bars of its series so far.
    seen: usize,
    /// Builds longer bars; absent where it reads those of the source.
    longer: Option<Longer>,
}

/// One output of a declared feature over a whole column of bars.
#[derive(Clone, PartialEq, Debug)]
pub struct FeatureColumn {
    /// Its text form: `sma(close,10)`, and for one of several outputs `macd(close,12,26,9).signal`.
    pub name: String,
    /// The instrument whose bars it reads.
    pub instrument: InstrumentId,
    /// Length of the bars it reads: the source's, or longer ones built from them.
    pub interval: Interval,
    /// Bars of that length until its value may be used.
    pub warmup: usize,
    /// Bars of that length after which its value no longer depends on where they began, to a relative 1e-9; absent
    /// where it always does, and for a model, which may make much of a last bit of its inputs.
    pub memory: Option<usize>,
    /// Whether it is on the price scale.
    pub on_price: bool,
    /// A value for each of the instrument's bars; NaN while cold.
    pub values: Vec<f64>,
}

/// A series of longer bars while it is built.
struct Longer {
    builder: BarBuilder,
    closed: Vec<(Ts, Bar)>,
    /// The values after the last longer bar.
    values: Vec<f64>,
}

impl DetachedFeature {
    pub(crate) fn new(
        instrument: InstrumentId,
        key: String,
        slot: Slot,
        builder: Option<BarBuilder>,
    ) -> DetachedFeature {
        let values = vec![f64::NAN; slot.outputs.len()];
        let longer = builder.map(|builder| Longer { builder, closed: Vec::new(), values });
        DetachedFeature { instrument, key, positions: slot.outputs.clone(), slot, seen: 0, longer }
    }

    /// Its values over all of its instrument's bars, one column for each output.
    pub fn columns(mut self, bars: &BarColumns) -> Vec<FeatureColumn> {
        let mut values = vec![Vec::with_capacity(bars.len()); self.positions.len()];
        self.fold(bars, 0..bars.len(), &mut values);
        let interval = self.longer.as_ref().map_or(bars.interval, |longer| longer.builder.interval());
        let column = |(output, values)| FeatureColumn {
            name: self.slot.name(output),
            instrument: self.instrument,
            interval,
            warmup: self.slot.warmup(),
            memory: self.slot.memory(),
            on_price: self.slot.is_on_price(),
            values,
        };
        values.into_iter().enumerate().map(column).collect()
    }

    /// Takes the next rows of its instrument's bars and appends its values after each to the columns of its outputs:
    /// NaN while it is cold. Values of longer bars stand from the row at which the bar closed.
    pub fn fold(&mut self, bars: &BarColumns, rows: Range<usize>, out: &mut [Vec<f64>]) {
        let cold = self.slot.warmup().saturating_sub(1).saturating_sub(self.seen);
        let Some(longer) = &mut self.longer else {
            let first = out[0].len();
            self.seen += rows.len();
            let cold = cold.min(rows.len());
            self.slot.fold(bars, rows, out);
            out.iter_mut().for_each(|column| column[first..first + cold].fill(f64::NAN));
            return;
        };
        for row in rows {
            longer.builder.on_bar(bars.ts[row], &bars.bar(row), &mut longer.closed);
            for (ts, bar) in longer.closed.drain(..) {
                self.seen += 1;
                self.slot.update(ts, &bar, &mut longer.values);
            }
            let is_warm = self.seen >= self.slot.warmup();
            for (column, value) in out.iter_mut().zip(&longer.values) {
                column.push(if is_warm { *value } else { f64::NAN });
            }
        }
    }
}

impl fmt::Debug for DetachedFeature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.key)
    }
}
