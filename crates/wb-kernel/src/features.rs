//! Declared features: indicators that the kernel updates before it calls the strategy.

use std::any::Any;
use std::fmt;
use std::ops::Range;

use wb_core::{Bar, BarColumns, Interval, Ts};
use wb_indicators::{BoxedIndicator, Definition, Indicator, Outputs, WHOLE_HISTORY};

use crate::feature_text::{Field, written};
use crate::series::Series;

/// A declared value that is warm whenever the strategy is called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Feature(pub(crate) u32);

impl Feature {
    /// Its place in the row of values.
    pub fn position(self) -> usize {
        self.0 as usize
    }
}

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
    source: Source<T>,
}

/// How an input is read: from one bar, and from rows of columns.
struct Source<T> {
    pick: fn(Ts, &Bar) -> T,
    gather: fn(&BarColumns, Range<usize>, &mut Vec<T>),
}

impl<T> Clone for Source<T> {
    fn clone(&self) -> Source<T> {
        *self
    }
}

impl<T> Copy for Source<T> {}

impl<T> Clone for Input<T> {
    fn clone(&self) -> Input<T> {
        *self
    }
}

impl<T> Copy for Input<T> {}

impl Input<f64> {
    /// The close.
    pub fn close(series: Series) -> Input<f64> {
        let gather = |bars: &BarColumns, rows: Range<usize>, out: &mut Vec<f64>| {
            out.extend_from_slice(&bars.close[rows]);
        };
        Input { series, name: "close", source: Source { pick: |_, bar| bar.close, gather } }
    }

    /// The open.
    pub fn open(series: Series) -> Input<f64> {
        let gather = |bars: &BarColumns, rows: Range<usize>, out: &mut Vec<f64>| {
            out.extend_from_slice(&bars.open[rows]);
        };
        Input { series, name: "open", source: Source { pick: |_, bar| bar.open, gather } }
    }

    /// The high.
    pub fn high(series: Series) -> Input<f64> {
        let gather = |bars: &BarColumns, rows: Range<usize>, out: &mut Vec<f64>| {
            out.extend_from_slice(&bars.high[rows]);
        };
        Input { series, name: "high", source: Source { pick: |_, bar| bar.high, gather } }
    }

    /// The low.
    pub fn low(series: Series) -> Input<f64> {
        let gather = |bars: &BarColumns, rows: Range<usize>, out: &mut Vec<f64>| {
            out.extend_from_slice(&bars.low[rows]);
        };
        Input { series, name: "low", source: Source { pick: |_, bar| bar.low, gather } }
    }

    /// The volume.
    pub fn volume(series: Series) -> Input<f64> {
        let gather = |bars: &BarColumns, rows: Range<usize>, out: &mut Vec<f64>| {
            out.extend_from_slice(&bars.volume[rows]);
        };
        Input { series, name: "volume", source: Source { pick: |_, bar| bar.volume, gather } }
    }

    /// The mean of high, low and close.
    pub fn typical(series: Series) -> Input<f64> {
        let pick = |_, bar: &Bar| (bar.high + bar.low + bar.close) / 3.0;
        let gather = |bars: &BarColumns, rows: Range<usize>, out: &mut Vec<f64>| {
            let prices = bars.high[rows.clone()].iter().zip(&bars.low[rows.clone()]).zip(&bars.close[rows]);
            out.extend(prices.map(|((high, low), close)| (high + low + close) / 3.0));
        };
        Input { series, name: "typical", source: Source { pick, gather } }
    }
}

impl Input<Bar> {
    /// The whole bar.
    pub fn bar(series: Series) -> Input<Bar> {
        let gather = |bars: &BarColumns, rows: Range<usize>, out: &mut Vec<Bar>| {
            out.extend(rows.map(|row| bars.bar(row)));
        };
        Input { series, name: "", source: Source { pick: |_, bar| *bar, gather } }
    }
}

impl Input<(Ts, Bar)> {
    /// The whole bar and the instant at which it closed.
    pub fn stamped_bar(series: Series) -> Input<(Ts, Bar)> {
        let gather = |bars: &BarColumns, rows: Range<usize>, out: &mut Vec<(Ts, Bar)>| {
            out.extend(rows.map(|row| (bars.ts[row], bars.bar(row))));
        };
        Input { series, name: "", source: Source { pick: |ts, bar| (ts, *bar), gather } }
    }
}

/// An indicator with its input, its type forgotten.
trait Node: Send {
    fn update(&mut self, ts: Ts, bar: &Bar, out: &mut [f64]);
    /// [`Node::update`] for rows of columns; appends a value to each output's column for each row.
    fn fold(&mut self, bars: &BarColumns, rows: Range<usize>, out: &mut [Vec<f64>]);
    fn warmup(&self) -> usize;
    fn memory(&self) -> usize;
    fn definition(&self) -> Definition;
    fn as_any(&self) -> &dyn Any;
}

struct Fed<I: Indicator> {
    indicator: I,
    source: Source<I::Input>,
    /// The inputs of a fold, reused.
    inputs: Vec<I::Input>,
}

impl<I: Indicator> Node for Fed<I>
where
    I::Input: Send + 'static,
    I::Output: Outputs,
{
    fn update(&mut self, ts: Ts, bar: &Bar, out: &mut [f64]) {
        self.indicator.update((self.source.pick)(ts, bar)).write(out);
    }
    fn fold(&mut self, bars: &BarColumns, rows: Range<usize>, out: &mut [Vec<f64>]) {
        self.inputs.clear();
        (self.source.gather)(bars, rows, &mut self.inputs);
        for input in &self.inputs {
            self.indicator.update(*input).append(out);
        }
    }
    fn warmup(&self) -> usize {
        self.indicator.warmup()
    }
    fn memory(&self) -> usize {
        self.indicator.memory()
    }
    fn definition(&self) -> Definition {
        self.indicator.definition()
    }
    fn as_any(&self) -> &dyn Any {
        &self.indicator
    }
}

/// An indicator of forgotten type with its input.
struct FedBoxed<T> {
    indicator: BoxedIndicator<T>,
    source: Source<T>,
    /// The inputs of a fold, reused.
    inputs: Vec<T>,
}

impl<T: Copy + Send> Node for FedBoxed<T> {
    fn update(&mut self, ts: Ts, bar: &Bar, out: &mut [f64]) {
        self.indicator.update((self.source.pick)(ts, bar), out);
    }
    fn fold(&mut self, bars: &BarColumns, rows: Range<usize>, out: &mut [Vec<f64>]) {
        self.inputs.clear();
        (self.source.gather)(bars, rows, &mut self.inputs);
        self.indicator.append_all(&self.inputs, out);
    }
    fn warmup(&self) -> usize {
        self.indicator.warmup()
    }
    fn memory(&self) -> usize {
        self.indicator.memory()
    }
    fn definition(&self) -> Definition {
        self.indicator.definition()
    }
    fn as_any(&self) -> &dyn Any {
        self.indicator.as_any()
    }
}

/// The bare input as a feature.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Itself;

impl Indicator for Itself {
    type Input = f64;
    type Output = f64;

    fn update(&mut self, x: f64) -> f64 {
        x
    }

    fn warmup(&self) -> usize {
        1
    }

    /// It has no name of its own: its text form is that of its input.
    fn definition(&self) -> Definition {
        Definition { name: "", args: Vec::new(), outputs: &[], on_price: true }
    }
}

/// An indicator with its input and the places of its values.
pub(crate) struct Slot {
    node: Box<dyn Node>,
    input: &'static str,
    /// The interval of its series where that is longer than the source's.
    longer: Option<Interval>,
    /// Where its outputs stand in the row of values.
    pub(crate) outputs: Range<usize>,
}

impl Slot {
    /// Bars of its series until its values may be used.
    pub(crate) fn warmup(&self) -> usize {
        self.node.warmup()
    }

    /// Bars of its series after which its values no longer depend on where they began; absent where they always do.
    pub(crate) fn memory(&self) -> Option<usize> {
        Some(self.node.memory()).filter(|memory| *memory != WHOLE_HISTORY)
    }

    pub(crate) fn is_on_price(&self) -> bool {
        self.node.definition().on_price && self.input != Field::Volume.name()
    }

    /// Takes one bar and writes the values after it.
    pub(crate) fn update(&mut self, ts: Ts, bar: &Bar, out: &mut [f64]) {
        self.node.update(ts, bar, out);
    }

    /// Takes rows of columns and appends the values after each.
    pub(crate) fn fold(&mut self, bars: &BarColumns, rows: Range<usize>, out: &mut [Vec<f64>]) {
        self.node.fold(bars, rows, out);
    }

    /// The text form of one of its outputs.
    pub(crate) fn name(&self, output: usize) -> String {
        let definition = self.node.definition();
        let output = definition.outputs.get(output).copied();
        written(None, self.input, self.longer, definition.name, &definition.args, output)
    }
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name(0))
    }
}

/// Every declared feature of a strategy, and their values after the last bar.
#[derive(Default, Debug)]
pub(crate) struct Features {
    by_series: Vec<Vec<Slot>>,
    values: Vec<f64>,
}

impl Features {
    /// Declares a feature and gives the position of its first value. The same indicator on the same input is
    /// declared once. `longer` is the interval of the series where it is longer than the source's.
    pub(crate) fn declare<I: Indicator>(
        &mut self,
        input: Input<I::Input>,
        longer: Option<Interval>,
        indicator: I,
    ) -> u32
    where
        I::Input: Send + 'static,
        I::Output: Outputs,
    {
        let same = |other: &dyn Any| other.downcast_ref::<I>() == Some(&indicator);
        self.find(input, same).unwrap_or_else(|| {
            let node = Fed { indicator, source: input.source, inputs: Vec::new() };
            self.add(input, longer, Box::new(node), I::Output::COUNT)
        })
    }

    /// The same for an indicator whose type is known only at run time.
    pub(crate) fn declare_boxed<T: Copy + Send + 'static>(
        &mut self,
        input: Input<T>,
        longer: Option<Interval>,
        indicator: BoxedIndicator<T>,
    ) -> u32 {
        self.find(input, |other| indicator.equals(other)).unwrap_or_else(|| {
            let count = indicator.outputs();
            let node = FedBoxed { indicator, source: input.source, inputs: Vec::new() };
            self.add(input, longer, Box::new(node), count)
        })
    }

    /// The position of the indicator on this input that is the same.
    fn find<T>(&self, input: Input<T>, same: impl Fn(&dyn Any) -> bool) -> Option<u32> {
        let slots = self.by_series.get(input.series.index())?;
        let found = slots.iter().find(|slot| slot.input == input.name && same(slot.node.as_any()));
        found.map(|slot| slot.outputs.start as u32)
    }

    fn add<T>(
        &mut self,
        input: Input<T>,
        longer: Option<Interval>,
        node: Box<dyn Node>,
        outputs: usize,
    ) -> u32 {
        let series = input.series.index();
        if self.by_series.len() <= series {
            self.by_series.resize_with(series + 1, Vec::new);
        }
        let first = self.values.len();
        self.values.resize(first + outputs, f64::NAN);
        let outputs = first..self.values.len();
        self.by_series[series].push(Slot { node, input: input.name, longer, outputs });
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

    /// Takes the indicators of every series out, series by series; the values stay, and are set by whoever took them.
    pub(crate) fn take(&mut self) -> Vec<Vec<Slot>> {
        std::mem::take(&mut self.by_series)
    }

    #[inline]
    pub(crate) fn set(&mut self, position: usize, value: f64) {
        self.values[position] = value;
    }

    #[inline]
    pub(crate) fn value(&self, position: u32) -> f64 {
        self.values[position as usize]
    }
}
