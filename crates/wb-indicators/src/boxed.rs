//! Indicators whose type is known only at run time.

use std::any::Any;
use std::fmt;

use crate::indicator::{Definition, Indicator};

/// What an indicator gives, as numbers in a row.
pub trait Outputs: Copy {
    /// How many.
    const COUNT: usize;

    /// Writes them to `out`, which has room for them.
    fn write(self, out: &mut [f64]);

    /// Appends each to its column.
    fn append(self, columns: &mut [Vec<f64>]);

    /// The one at a position.
    fn pick(self, position: usize) -> f64;
}

impl Outputs for f64 {
    const COUNT: usize = 1;

    #[inline]
    fn write(self, out: &mut [f64]) {
        out[0] = self;
    }

    #[inline]
    fn append(self, columns: &mut [Vec<f64>]) {
        columns[0].push(self);
    }

    #[inline]
    fn pick(self, _: usize) -> f64 {
        self
    }
}

impl<const N: usize> Outputs for [f64; N] {
    const COUNT: usize = N;

    #[inline]
    fn write(self, out: &mut [f64]) {
        out.copy_from_slice(&self);
    }

    #[inline]
    fn append(self, columns: &mut [Vec<f64>]) {
        for (column, value) in columns.iter_mut().zip(self) {
            column.push(value);
        }
    }

    #[inline]
    fn pick(self, position: usize) -> f64 {
        self[position]
    }
}

/// An indicator fed with `T`, its type forgotten.
pub struct BoxedIndicator<T>(Box<dyn Node<T>>);

impl<T: Copy> BoxedIndicator<T> {
    /// Forgets the type of an indicator.
    pub fn new<I: Indicator<Input = T, Output: Outputs>>(indicator: I) -> BoxedIndicator<T> {
        BoxedIndicator(Box::new(indicator))
    }

    /// Takes the next input and writes the values after it.
    #[inline]
    pub fn update(&mut self, input: T, out: &mut [f64]) {
        self.0.write_next(input, out);
    }

    /// Takes inputs in a row and appends the values after each to the columns of the outputs.
    pub fn append_all(&mut self, inputs: &[T], columns: &mut [Vec<f64>]) {
        self.0.append_all(inputs, columns);
    }

    /// Takes inputs in a row and writes one of the outputs after each of them.
    ///
    /// # Panics
    /// If `out` has not the length of `inputs`.
    pub fn update_all(&mut self, inputs: &[T], output: usize, out: &mut [f64]) {
        assert_eq!(inputs.len(), out.len(), "a value for each input");
        self.0.write_all(inputs, output, out);
    }

    /// The number of its outputs.
    pub fn outputs(&self) -> usize {
        self.0.output_count()
    }

    /// The number of inputs until its values may be used.
    pub fn warmup(&self) -> usize {
        self.0.inputs_to_warm()
    }

    /// The number of last inputs that determine its values; [`Indicator::memory`].
    pub fn memory(&self) -> usize {
        self.0.inputs_remembered()
    }

    /// Its name and parameters.
    pub fn definition(&self) -> Definition {
        self.0.defined()
    }

    /// The indicator, for who knows its type.
    pub fn as_any(&self) -> &dyn Any {
        self.0.any()
    }

    /// Whether the other is an indicator of the same type with the same parameters and inputs so far.
    pub fn equals(&self, other: &dyn Any) -> bool {
        self.0.same(other)
    }
}

impl<T: Copy> fmt::Debug for BoxedIndicator<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.definition())
    }
}

trait Node<T>: Send {
    fn write_next(&mut self, input: T, out: &mut [f64]);
    fn append_all(&mut self, inputs: &[T], columns: &mut [Vec<f64>]);
    fn write_all(&mut self, inputs: &[T], output: usize, out: &mut [f64]);
    fn output_count(&self) -> usize;
    fn inputs_to_warm(&self) -> usize;
    fn inputs_remembered(&self) -> usize;
    fn defined(&self) -> Definition;
    fn any(&self) -> &dyn Any;
    fn same(&self, other: &dyn Any) -> bool;
}

impl<I: Indicator<Output: Outputs>> Node<I::Input> for I {
    fn write_next(&mut self, input: I::Input, out: &mut [f64]) {
        self.update(input).write(out);
    }

    fn write_all(&mut self, inputs: &[I::Input], output: usize, out: &mut [f64]) {
        for (input, value) in inputs.iter().zip(out) {
            *value = self.update(*input).pick(output);
        }
    }

    fn append_all(&mut self, inputs: &[I::Input], columns: &mut [Vec<f64>]) {
        for input in inputs {
            self.update(*input).append(columns);
        }
    }

    fn output_count(&self) -> usize {
        I::Output::COUNT
    }

    fn inputs_to_warm(&self) -> usize {
        self.warmup()
    }

    fn inputs_remembered(&self) -> usize {
        self.memory()
    }

    fn defined(&self) -> Definition {
        self.definition()
    }

    fn any(&self) -> &dyn Any {
        self
    }

    fn same(&self, other: &dyn Any) -> bool {
        other.downcast_ref::<I>() == Some(self)
    }
}
