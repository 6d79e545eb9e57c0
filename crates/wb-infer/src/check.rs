//! Golden rows against what a model gives, and logits to probabilities.

use wb_core::Predictor;

use crate::error::InferError;
use crate::native::softmax;

/// By how much an output may differ from a golden one; where outputs of a row are above one, as a part of the largest: of
/// logits and scores the small ones are differences of what is as large.
pub const GOLDEN_TOLERANCE: f32 = 1e-5;

/// Holds a model against golden rows; gives by how much its outputs differ at most, measured as [`GOLDEN_TOLERANCE`] is.
///
/// # Errors
/// If an output is further away than `tolerance`, with the first that is.
///
/// # Panics
/// If the rows are not of the model's lengths.
pub fn check_golden(
    model: &mut dyn Predictor,
    inputs: &[Vec<f32>],
    outputs: &[Vec<f32>],
    tolerance: f32,
) -> Result<f32, InferError> {
    let (mut given, mut largest) = (Vec::new(), 0.0_f32);
    for (row, (inputs, outputs)) in inputs.iter().zip(outputs).enumerate() {
        given.resize(outputs.len(), 0.0);
        model.predict(inputs, &mut given);
        let scale = outputs.iter().fold(1.0_f32, |scale, y| scale.max(y.abs()));
        for (output, (got, expected)) in given.iter().zip(outputs).enumerate() {
            // A comparison that NaN fails.
            let difference = (got - expected).abs() / scale;
            let near = difference <= tolerance;
            if !near {
                let (got, expected) = (*got, *expected);
                return Err(InferError::Golden { row, output, expected, got, tolerance });
            }
            largest = largest.max(difference);
        }
    }
    Ok(largest)
}

/// A model of logits whose outputs are made probabilities.
#[derive(Debug)]
pub struct Softmaxed(pub Box<dyn Predictor>);

impl Predictor for Softmaxed {
    fn predict(&mut self, inputs: &[f32], outputs: &mut [f32]) {
        self.0.predict(inputs, outputs);
        softmax(outputs);
    }

    fn another(&self) -> Box<dyn Predictor> {
        Box::new(Softmaxed(self.0.another()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives its inputs back.
    #[derive(Debug)]
    struct Echo;

    impl Predictor for Echo {
        fn predict(&mut self, inputs: &[f32], outputs: &mut [f32]) {
            outputs.copy_from_slice(inputs);
        }

        fn another(&self) -> Box<dyn Predictor> {
            Box::new(Echo)
        }
    }

    #[test]
    fn a_golden_row_may_differ_by_a_part_of_its_largest_output() {
        let check = |got: [f32; 2], expected: [f32; 2], tolerance: f32| {
            check_golden(&mut Echo, &[got.to_vec()], &[expected.to_vec()], tolerance).is_ok()
        };
        assert!(check([0.5, 0.25], [0.5, 0.26], 0.011));
        assert!(!check([0.5, 0.25], [0.5, 0.26], 0.009));
        assert!(check([100.0, 0.25], [100.0, 0.26], 0.00011));
        assert!(!check([100.0, 0.25], [100.0, 0.26], 0.00009));
        assert!(!check([f32::NAN, 0.25], [0.5, 0.25], 0.1));
    }

    #[test]
    fn the_first_row_that_differs_is_told() {
        let rows = [vec![1.0, 2.0], vec![3.0, 4.0]];
        let error =
            check_golden(&mut Echo, &rows, &[vec![1.0, 2.0], vec![3.0, 5.0]], 1e-5).expect_err("it differs");
        let expected = "golden row 1 differs in output 1: expected 5, got 4, and they may differ by 1e-5";
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn logits_become_probabilities() {
        let mut out = [0.0; 3];
        Softmaxed(Box::new(Echo)).predict(&[2.0, 2.0, 2.0], &mut out);
        assert!(out.iter().all(|p| (p - 1.0 / 3.0).abs() < 1e-7));
    }
}
