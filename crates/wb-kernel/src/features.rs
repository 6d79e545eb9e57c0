//! Declared features: indicators that the kernel updates before it calls the strategy.

use std::any::Any;
use std::fmt;
use std::ops::Range;

use wb_core::{Bar, BarColumns, InstrumentId, Interval, Ts};
use wb_indicators::{BoxedIndicator, Definition, Indicator, Outputs, WHOLE_HISTORY};

use crate::declared_model::{DeclaredModel, ModelTiming};
use crate::feature_text::{Field, written};
use crate::input::{Fed, Input};
use crate::model::Model;
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

struct Known<I: Indicator> {
    indicator: I,
    field: Field,
    /// The inputs of a fold, reused.
    inputs: Vec<I::Input>,
}

impl<I: Indicator> Node for Known<I>
where
    I::Input: Fed,
    I::Output: Outputs,
{
    fn update(&mut self, ts: Ts, bar: &Bar, out: &mut [f64]) {
        self.indicator.update(I::Input::read(self.field, ts, bar)).write(out);
    }
    fn fold(&mut self, bars: &BarColumns, rows: Range<usize>, out: &mut [Vec<f64>]) {
        self.inputs.clear();
        I::Input::gather(self.field, bars, rows, &mut self.inputs);
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
struct Boxed<T> {
    indicator: BoxedIndicator<T>,
    field: Field,
    /// The inputs of a fold, reused.
    inputs: Vec<T>,
}

impl<T: Fed> Node for Boxed<T> {
    fn update(&mut self, ts: Ts, bar: &Bar, out: &mut [f64]) {
        self.indicator.update(T::read(self.field, ts, bar), out);
    }
    fn fold(&mut self, bars: &BarColumns, rows: Range<usize>, out: &mut [Vec<f64>]) {
        self.inputs.clear();
        T::gather(self.field, bars, rows, &mut self.inputs);
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
    field: Field,
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
        self.node.definition().on_price && self.field != Field::Volume
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
        written(None, self.field, self.longer, definition.name, &definition.args, output)
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
    models: Vec<DeclaredModel>,
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
        I::Input: Fed,
        I::Output: Outputs,
    {
        let same = |other: &dyn Any| other.downcast_ref::<I>() == Some(&indicator);
        self.find(input, same).unwrap_or_else(|| {
            let node = Known { indicator, field: input.field, inputs: Vec::new() };
            self.add(input, longer, Box::new(node), I::Output::COUNT)
        })
    }

    /// The same for an indicator whose type is known only at run time.
    pub(crate) fn declare_boxed<T: Fed>(
        &mut self,
        input: Input<T>,
        longer: Option<Interval>,
        indicator: BoxedIndicator<T>,
    ) -> u32 {
        self.find(input, |other| indicator.equals(other)).unwrap_or_else(|| {
            let count = indicator.outputs();
            let node = Boxed { indicator, field: input.field, inputs: Vec::new() };
            self.add(input, longer, Box::new(node), count)
        })
    }

    /// The position of the indicator on this input that is the same.
    fn find<T>(&self, input: Input<T>, same: impl Fn(&dyn Any) -> bool) -> Option<u32> {
        let slots = self.by_series.get(input.series.index())?;
        let found = slots.iter().find(|slot| slot.field == input.field && same(slot.node.as_any()));
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
        self.by_series[series].push(Slot { node, field: input.field, longer, outputs });
        first as u32
    }

    /// The series and the indicator whose value stands at a position, and which of its outputs that is.
    pub(crate) fn at(&self, position: usize) -> Option<(Series, &Slot, usize)> {
        let slots = self.by_series.iter().enumerate();
        let mut slots = slots.flat_map(|(series, slots)| slots.iter().map(move |slot| (series, slot)));
        let (series, slot) = slots.find(|(_, slot)| slot.outputs.contains(&position))?;
        Some((Series(series as u32), slot, position - slot.outputs.start))
    }

    /// The model of which an output stands at a position.
    pub(crate) fn model_at(&self, position: usize) -> Option<&DeclaredModel> {
        self.models.iter().find(|model| model.positions.contains(&position))
    }

    /// The row of values.
    pub(crate) fn values(&self) -> &[f64] {
        &self.values
    }

    /// Declares a model of features and gives the position of its first output. The same model of the same features is
    /// declared once.
    pub(crate) fn declare_model(
        &mut self,
        model: &Model,
        instrument: InstrumentId,
        inputs: Vec<usize>,
        timing: ModelTiming,
    ) -> u32 {
        if let Some(declared) = self.models.iter().find(|other| other.is(model, &inputs)) {
            return declared.positions.start as u32;
        }
        let first = self.values.len();
        let declared = DeclaredModel::new(model, instrument, inputs, timing, first);
        self.values.resize(declared.positions.end, f64::NAN);
        self.models.push(declared);
        first as u32
    }

    /// Computes the models of an instrument after a bar of it.
    #[inline]
    pub(crate) fn predict(&mut self, instrument: InstrumentId) {
        for model in self.models.iter_mut().filter(|model| model.instrument == instrument) {
            model.update(&mut self.values);
        }
    }

    /// The models of an instrument.
    pub(crate) fn models_of(&self, instrument: InstrumentId) -> impl Iterator<Item = &DeclaredModel> {
        self.models.iter().filter(move |model| model.instrument == instrument)
    }

    /// Takes the models out; the values stay, and are set by whoever took them.
    pub(crate) fn take_models(&mut self) -> Vec<DeclaredModel> {
        std::mem::take(&mut self.models)
    }

    /// Feeds a closed bar of a series to its features.
    #[inline]
    pub(crate) fn update(&mut self, series: Series, ts: Ts, bar: &Bar) {
        let Some(slots) = self.by_series.get_mut(series.index()) else { return };
        for slot in slots {
            slot.node.update(ts, bar, &mut self.values[slot.outputs.clone()]);
        }
    }

    /// For each series, the most bars that one of its features remembers; of one that never forgets its warm-up.
    pub(crate) fn memories(&self) -> impl Iterator<Item = usize> {
        let memory = |slot: &Slot| slot.memory().unwrap_or_else(|| slot.warmup());
        self.by_series.iter().map(move |slots| slots.iter().map(memory).max().unwrap_or(0))
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
