//! The one shape of every indicator.

use std::fmt;

/// A function of the inputs seen so far, one `update` per input.
///
/// Inputs are finite and below 1e60 in size (the fourth power of a difference must fit), and then every
/// output is finite. Before `warmup()` inputs the output means nothing and must not be used.
pub trait Indicator: Clone + PartialEq + Send + 'static {
    /// What it is fed: a number, or a [`wb_core::Bar`].
    type Input: Copy;
    /// What it gives: a number, or several.
    type Output: Copy;

    /// Takes the next input and gives the value after it.
    fn update(&mut self, input: Self::Input) -> Self::Output;

    /// The number of inputs until the value may be used.
    fn warmup(&self) -> usize;

    /// The number of last inputs that determine the value to a relative 1e-9: when it no longer depends on
    /// where the series began. [`WHOLE_HISTORY`] where it always does.
    fn memory(&self) -> usize {
        self.warmup()
    }

    /// Its name and parameters, the same for two indicators exactly when they are the same function.
    fn definition(&self) -> Definition;
}

/// The [`Indicator::memory`] of a running total: where the series began is never forgotten, and two totals of
/// the same market begun on different days differ by a constant.
pub const WHOLE_HISTORY: usize = usize::MAX;

/// An indicator in words: `sma(10)`, `macd(12,26,9)`.
#[derive(Clone, PartialEq, Debug)]
pub struct Definition {
    /// Its name, lower case.
    pub name: &'static str,
    /// Its parameters, in the order of the constructor.
    pub args: Vec<f64>,
    /// Names of its outputs where it has several: `macd`, `signal`, `histogram`. Empty for a single output.
    pub outputs: &'static [&'static str],
    /// Whether the outputs are on the price scale and belong into the price chart.
    pub on_price: bool,
}

impl Definition {
    /// A single output, on a scale of its own.
    pub(crate) fn new<const N: usize>(name: &'static str, args: [f64; N]) -> Definition {
        Definition { name, args: args.into(), outputs: &[], on_price: false }
    }

    /// With several outputs, of these names.
    pub(crate) fn outputs(self, outputs: &'static [&'static str]) -> Definition {
        Definition { outputs, ..self }
    }

    /// With outputs on the price scale.
    pub(crate) fn on_price(self) -> Definition {
        Definition { on_price: true, ..self }
    }
}

impl fmt::Display for Definition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(", self.name)?;
        for (i, arg) in self.args.iter().enumerate() {
            write!(f, "{}{arg}", if i == 0 { "" } else { "," })?;
        }
        f.write_str(")")
    }
}

/// The whole column: the same `update`, folded.
pub fn column<I: Indicator>(mut indicator: I, inputs: impl IntoIterator<Item = I::Input>) -> Vec<I::Output> {
    inputs.into_iter().map(|input| indicator.update(input)).collect()
}
