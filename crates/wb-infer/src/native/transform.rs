//! The functions that squash numbers, each with one order of its operations.

/// What is done to every number.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Activation {
    Relu,
    /// Below zero multiplied by this.
    LeakyRelu(f32),
    Sigmoid,
    Tanh,
}

impl Activation {
    pub(crate) fn apply(self, input: &[f32], output: &mut [f32]) {
        let each = |f: &dyn Fn(f32) -> f32, output: &mut [f32]| {
            output.iter_mut().zip(input).for_each(|(y, x)| *y = f(*x));
        };
        match self {
            // Its own loop, so that it is compiled to wide registers.
            Activation::Relu => {
                output.iter_mut().zip(input).for_each(|(y, x)| *y = if *x > 0.0 { *x } else { 0.0 });
            }
            Activation::LeakyRelu(slope) => each(&|x| if x >= 0.0 { x } else { slope * x }, output),
            Activation::Sigmoid => each(&logistic, output),
            Activation::Tanh => each(&libm::tanhf, output),
        }
    }
}

/// `1 / (1 + e^-x)`, computed from the side on which the exponential is small.
pub(crate) fn logistic(x: f32) -> f32 {
    let upper = 1.0 / (1.0 + libm::expf(-x.abs()));
    if x < 0.0 { 1.0 - upper } else { upper }
}

/// Exponentials in proportion, their sum one.
pub(crate) fn softmax(row: &mut [f32]) {
    let largest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut sum = 0.0;
    for x in row.iter_mut() {
        *x = libm::expf(*x - largest);
        sum += *x;
    }
    row.iter_mut().for_each(|x| *x /= sum);
}

/// How a row is brought to size one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Norm {
    /// By its largest number.
    Max,
    /// By the sum of sizes.
    L1,
    /// By the root of the sum of squares.
    L2,
}

impl Norm {
    pub(crate) fn apply(self, input: &[f32], output: &mut [f32]) {
        let size = match self {
            Norm::Max => input.iter().copied().fold(f32::NEG_INFINITY, f32::max),
            Norm::L1 => input.iter().map(|x| x.abs()).sum(),
            Norm::L2 => input.iter().map(|x| x * x).sum::<f32>().sqrt(),
        };
        // A row of zeros stays one.
        let size = if size == 0.0 { 1.0 } else { size };
        output.iter_mut().zip(input).for_each(|(y, x)| *y = *x / size);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_have_their_known_values() {
        let near = |x: f32, y: f32| assert!((x - y).abs() < 1e-7, "{x} for {y}");
        near(logistic(0.0), 0.5);
        near(logistic(1.0), 0.731_058_6);
        near(logistic(-1.0), 0.268_941_4);
        near(logistic(-200.0), 0.0);
        let mut row = [1.0, 2.0, 3.0];
        softmax(&mut row);
        row.into_iter().zip([0.090_030_57, 0.244_728_48, 0.665_240_96]).for_each(|(x, y)| near(x, y));
        let mut far = [1000.0, 0.0];
        softmax(&mut far);
        near(far[0], 1.0);
        let mut out = [0.0; 2];
        Norm::L2.apply(&[3.0, 4.0], &mut out);
        out.into_iter().zip([0.6, 0.8]).for_each(|(x, y)| near(x, y));
        Norm::L1.apply(&[-1.0, 3.0], &mut out);
        out.into_iter().zip([-0.25, 0.75]).for_each(|(x, y)| near(x, y));
        Activation::LeakyRelu(0.1).apply(&[-2.0, 2.0], &mut out);
        out.into_iter().zip([-0.2, 2.0]).for_each(|(x, y)| near(x, y));
    }
}
