//! Steps over a row of numbers: layers of dense networks, and what stands between them.

use std::ops::Range;

use crate::native::transform::{Activation, Norm, softmax};
use crate::native::trees::Trees;

/// One step. What it reads stands in the row before what it writes.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) work: Work,
    pub(crate) output: Range<usize>,
}

/// What a step computes.
#[derive(Debug)]
pub(crate) enum Work {
    Dense {
        input: Range<usize>,
        layer: Layer,
    },
    Activate {
        input: Range<usize>,
        activation: Activation,
    },
    Softmax {
        input: Range<usize>,
    },
    Normalize {
        input: Range<usize>,
        norm: Norm,
    },
    Arithmetic {
        operation: Operation,
        left: Operand,
        right: Operand,
    },
    /// What several values hold, one after the other.
    Concat {
        inputs: Vec<Range<usize>>,
    },
    Trees {
        input: Range<usize>,
        trees: Trees,
    },
}

/// A layer of a dense network.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Layer {
    /// By input, then by output.
    pub(crate) weights: Vec<f32>,
    /// By output.
    pub(crate) bias: Vec<f32>,
}

/// Arithmetic number by number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Operation {
    Add,
    Subtract,
    Multiply,
    Divide,
}

/// One side of arithmetic.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Operand {
    /// Numbers of the row; one number stands for as many as are needed.
    Row(Range<usize>),
    /// Constants; one number stands for as many as are needed.
    Constant(Vec<f32>),
}

impl Step {
    #[inline]
    pub(crate) fn run(&self, row: &mut [f32]) {
        let (before, rest) = row.split_at_mut(self.output.start);
        let output = &mut rest[..self.output.len()];
        match &self.work {
            Work::Dense { input, layer } => layer.run(&before[input.clone()], output),
            Work::Activate { input, activation } => activation.apply(&before[input.clone()], output),
            Work::Softmax { input } => {
                output.copy_from_slice(&before[input.clone()]);
                softmax(output);
            }
            Work::Normalize { input, norm } => norm.apply(&before[input.clone()], output),
            Work::Arithmetic { operation, left, right } => {
                operation.run(left.numbers(before), right.numbers(before), output);
            }
            Work::Concat { inputs } => {
                let mut output = output.iter_mut();
                for x in inputs.iter().flat_map(|input| &before[input.clone()]) {
                    *output.next().expect("as long as all inputs together") = *x;
                }
            }
            Work::Trees { input, trees } => trees.run(&before[input.clone()], output),
        }
    }
}

impl Layer {
    fn run(&self, input: &[f32], output: &mut [f32]) {
        pulp::Arch::new().dispatch(Multiply { layer: self, input, output });
    }
}

/// A layer at work, to be compiled for each width of registers.
struct Multiply<'a> {
    layer: &'a Layer,
    input: &'a [f32],
    output: &'a mut [f32],
}

/// Outputs summed together, each in registers of its own.
const TILE: usize = 32;

impl pulp::WithSimd for Multiply<'_> {
    type Output = ();

    /// Each output adds its products in the order of the inputs, however many are computed together.
    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let Multiply { layer: Layer { weights, bias }, input, output } = self;
        let width = output.len();
        let mut tiles = output.chunks_exact_mut(TILE);
        let mut from = 0;
        for tile in &mut tiles {
            let mut sums = [0.0; TILE];
            sums.copy_from_slice(&bias[from..from + TILE]);
            for (x, weights) in input.iter().zip(weights.chunks_exact(width)) {
                let weights: &[f32; TILE] =
                    weights[from..from + TILE].try_into().expect("the length of a tile");
                for (sum, weight) in sums.iter_mut().zip(weights) {
                    *sum += *x * *weight;
                }
            }
            tile.copy_from_slice(&sums);
            from += TILE;
        }
        let rest = tiles.into_remainder();
        rest.copy_from_slice(&bias[from..]);
        for (x, weights) in input.iter().zip(weights.chunks_exact(width)) {
            for (sum, weight) in rest.iter_mut().zip(&weights[from..]) {
                *sum += *x * *weight;
            }
        }
    }
}

impl Operand {
    fn numbers<'a>(&'a self, row: &'a [f32]) -> &'a [f32] {
        match self {
            Operand::Row(range) => &row[range.clone()],
            Operand::Constant(numbers) => numbers,
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Operand::Row(range) => range.len(),
            Operand::Constant(numbers) => numbers.len(),
        }
    }
}

impl Operation {
    fn run(self, left: &[f32], right: &[f32], output: &mut [f32]) {
        // One number stands for all.
        let at = |numbers: &[f32], k: usize| if numbers.len() == 1 { numbers[0] } else { numbers[k] };
        for (k, y) in output.iter_mut().enumerate() {
            let (a, b) = (at(left, k), at(right, k));
            *y = match self {
                Operation::Add => a + b,
                Operation::Subtract => a - b,
                Operation::Multiply => a * b,
                Operation::Divide => a / b,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_adds_each_output_in_the_order_of_the_inputs_whatever_its_width() {
        for width in [1, 3, 31, 32, 33, 64, 100] {
            let number = |k: usize| ((k * 2_654_435_761) % 1000) as f32 / 500.0 - 1.0;
            let weights: Vec<f32> = (0..7 * width).map(number).collect();
            let bias: Vec<f32> = (0..width).map(|k| number(k + 5)).collect();
            let input: Vec<f32> = (0..7).map(|k| number(k + 11)).collect();
            let mut output = vec![0.0; width];
            Layer { weights: weights.clone(), bias: bias.clone() }.run(&input, &mut output);
            for (k, y) in output.iter().enumerate() {
                let expected = (0..7).fold(bias[k], |sum, i| sum + input[i] * weights[i * width + k]);
                assert_eq!(y.to_bits(), expected.to_bits(), "output {k} of {width}");
            }
        }
    }

    #[test]
    fn one_number_stands_for_as_many_as_are_needed() {
        let check = |operation: Operation, expected: [f32; 2]| {
            let mut output = [0.0; 2];
            operation.run(&[6.0], &[2.0, 3.0], &mut output);
            assert_eq!(output.map(f32::to_bits), expected.map(f32::to_bits));
        };
        check(Operation::Add, [8.0, 9.0]);
        check(Operation::Subtract, [4.0, 3.0]);
        check(Operation::Multiply, [12.0, 18.0]);
        check(Operation::Divide, [3.0, 2.0]);
    }
}
