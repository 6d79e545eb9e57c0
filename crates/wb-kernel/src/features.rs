//! Declared features: indicators that the kernel updates before it calls the strategy.

use std::any::Any;
use std::fmt;
use std::ops::Range;

use wb_core::{Bar, BarColumns, Ts};
use wb_indicators::{Definition, Indicator};

use crate::series::Series;

/// A declared value that is warm whenever the strategy is called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Feature(pub(crate) u32);

/// A declared value that may still be cold: for instruments that list later than others.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LateFeature {
    pub(crate) position: u32,
    pub(crate) series: Series,
    /// Bars of the series that it needs.
    pub(crate) warmup: usize,
}

/// What of a bar an indicator is fed.
pub struct Input<T> {
    pub(crate) series: Series,
    name: &'static str,
    pick: fn(Ts, &Bar) -> T,
}

impl<T> Clone for Input<T> {
    fn clone(&self) -> Input<T> {
        *self
    }
}

impl<T> Copy for Input<T> {}

impl Input<f64> {
    /// The close.
    pub fn close(series: Series) -> Input<f64> {
        Input { series, name: "close", pick: |_, bar| bar.close }
    }

    /// The open.
    pub fn open(series: Series) -> Input<f64> {
        Input { series, name: "open", pick: |_, bar| bar.open }
    }

    /// The high.
    pub fn high(series: Series) -> Input<f64> {
        Input { series, name: "high", pick: |_, bar| bar.high }
    }

    /// The low.
    pub fn low(series: Series) -> Input<f64> {
        Input { series, name: "low", pick: |_, bar| bar.low }
    }

    /// The volume.
    pub fn volume(series: Series) -> Input<f64> {
        Input { series, name: "volume", pick: |_, bar| bar.volume }
    }

    /// The mean of high, low and close.
    pub fn typical(series: Series) -> Input<f64> {
        Input { series, name: "typical", pick: |_, bar| (bar.high + bar.low + bar.close) / 3.0 }
    }
}

impl Input<Bar> {
    /// The whole bar.
    pub fn bar(series: Series) -> Input<Bar> {
        Input { series, name: "", pick: |_, bar| *bar }
    }
}

impl Input<(Ts, Bar)> {
    /// The whole bar and the instant at which it closed.
    pub fn stamped_bar(series: Series) -> Input<(Ts, Bar)> {
        Input { series, name: "", pick: |ts, bar| (ts, *bar) }
    }
}

/// What an indicator gives, as numbers in a row.
pub(crate) trait Outputs: Copy {
    const COUNT: usize;
    fn write(self, out: &mut [f64]);
}

impl Outputs for f64 {
    const COUNT: usize = 1;
    #[inline]
    fn write(self, out: &mut [f64]) {
        out[0] = self;
    }
}

impl<const N: usize> Outputs for [f64; N] {
    const COUNT: usize = N;
    #[inline]
    fn write(self, out: &mut [f64]) {
        out.copy_from_slice(&self);
    }
}

/// An indicator with its input, its type forgotten.
trait Node: Send {
    fn update(&mut self, ts: Ts, bar: &Bar, out: &mut [f64]);
    fn warmup(&self) -> usize;
    fn definition(&self) -> Definition;
    fn as_any(&self) -> &dyn Any;
}

struct Fed<I: Indicator> {
    indicator: I,
    pick: fn(Ts, &Bar) -> I::Input,
}

impl<I: Indicator> Node for Fed<I>
where
    I::Input: 'static,
    I::Output: Outputs,
{
    fn update(&mut self, ts: Ts, bar: &Bar, out: &mut [f64]) {
        self.indicator.update((self.pick)(ts, bar)).write(out);
    }
    fn warmup(&self) -> usize {
        self.indicator.warmup()
    }
    fn definition(&self) -> Definition {
        self.indicator.definition()
    }
    fn as_any(&self) -> &dyn Any {
        &self.indicator
    }
}

struct Slot {
    node: Box<dyn Node>,
    input: &'static str,
    /// Where its outputs stand in the row of values.
    outputs: Range<usize>,
}

impl Slot {
    /// `sma(close,10)` for a number's indicator, `atr(14)` for a bar's, `.signal` behind it where there are several.
    fn name(&self, output: usize) -> String {
        let definition = self.node.definition();
        let mut text = definition.to_string();
        if !self.input.is_empty() {
            let comma = if definition.args.is_empty() { "" } else { "," };
            text = text.replacen('(', &format!("({}{comma}", self.input), 1);
        }
        match definition.outputs.get(output) {
            Some(name) => format!("{text}.{name}"),
            None => text,
        }
    }
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name(0))
    }
}

/// One declared feature over a whole column of bars.
#[derive(Clone, PartialEq, Debug)]
pub struct FeatureColumn {
    /// Its text form: `sma(close,10)`.
    pub name: String,
    /// The position of its instrument in the run's table.
    pub instrument: usize,
    /// Whether it is on the price scale.
    pub on_price: bool,
    /// A value for each of the instrument's bars; NaN while cold or between the bars of a longer interval's start.
    pub values: Vec<f64>,
}

/// Every declared feature of a strategy, and their values after the last bar.
#[derive(Default, Debug)]
pub(crate) struct Features {
    by_series: Vec<Vec<Slot>>,
    values: Vec<f64>,
}

impl Features {
    /// Declares a feature and gives the position of its first value. The same indicator on the same input is
    /// declared once.
    pub(crate) fn declare<I: Indicator>(&mut self, input: Input<I::Input>, indicator: I) -> u32
    where
        I::Input: 'static,
        I::Output: Outputs,
    {
        let series = input.series.index();
        if self.by_series.len() <= series {
            self.by_series.resize_with(series + 1, Vec::new);
        }
        let slots = &mut self.by_series[series];
        let same = slots.iter().find(|slot| {
            slot.input == input.name && slot.node.as_any().downcast_ref::<I>() == Some(&indicator)
        });
        if let Some(slot) = same {
            return slot.outputs.start as u32;
        }
        let first = self.values.len();
        self.values.resize(first + I::Output::COUNT, f64::NAN);
        let node = Box::new(Fed { indicator, pick: input.pick });
        slots.push(Slot { node, input: input.name, outputs: first..self.values.len() });
        first as u32
    }

    /// Feeds a closed bar of a series to its features.
    #[inline]
    pub(crate) fn update(&mut self, series: Series, ts: Ts, bar: &Bar) {
        let Some(slots) = self.by_series.get_mut(series.index()) else { return };
        for slot in slots {
            slot.node.update(ts, bar, &mut self.values[slot.outputs.clone()]);
        }
    }

    #[inline]
    pub(crate) fn value(&self, position: u32) -> f64 {
        self.values[position as usize]
    }

    /// Folds every feature of one series over its columns. `rows` maps the series' bars to the rows at which they
    /// are known, of `len` rows in all. Leaves the features as they were after the last bar: use a fresh set.
    pub(crate) fn fold(
        &mut self,
        series: Series,
        instrument: usize,
        bars: &BarColumns,
        rows: &[usize],
        len: usize,
    ) -> Vec<FeatureColumn> {
        let mut columns = Vec::new();
        let Some(slots) = self.by_series.get_mut(series.index()) else { return columns };
        for slot in slots {
            let on_price = slot.node.definition().on_price;
            let start = columns.len();
            for output in 0..slot.outputs.len() {
                columns.push(FeatureColumn {
                    name: slot.name(output),
                    instrument,
                    on_price,
                    values: vec![f64::NAN; len],
                });
            }
            let warmup = slot.node.warmup();
            let mut row_values = vec![0.0; slot.outputs.len()];
            for (seen, &row) in rows.iter().enumerate() {
                slot.node.update(bars.ts[seen], &bars.bar(seen), &mut row_values);
                // A longer bar's value holds until the next one closes.
                let until = rows.get(seen + 1).copied().unwrap_or(len);
                if seen + 1 >= warmup {
                    for (output, value) in row_values.iter().enumerate() {
                        columns[start + output].values[row..until].fill(*value);
                    }
                }
            }
        }
        columns
    }
}
