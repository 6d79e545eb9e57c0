//! Gaussian process regression: what the points tried say of those that were not.
//!
//! C. Rasmussen and C. Williams, "Gaussian Processes for Machine Learning" (2006), algorithm 2.1, with a Matérn
//! 5/2 kernel of one length scale for each axis. A word is at distance one from every other word (F. Hutter et
//! al., 2011), and steps are compared at the middle of their stretch, as the objective sees them (E.
//! Garrido-Merchán and D. Hernández-Lobato, 2020).

use libm::{exp, log, sqrt};

use crate::Point;
use crate::linear_algebra::dot;

/// Passes over the logarithms of the parameters, each with half the step of the last.
const PASSES: u32 = 4;

/// Points that the parameters are fitted to: more would cost the cube of their number.
const FIT_POINTS: usize = 150;

/// Parameters of the kernel. The variance of the signal follows from the values.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Kernel {
    /// Logarithm of the length scale of each axis, then that of the noise's share of the variance.
    log: Vec<f64>,
    /// What a squared distance along each axis counts: five over the squared length.
    weights: Vec<f64>,
    /// Whether the axis has an order.
    ordered: Vec<bool>,
}

impl Kernel {
    /// The kernel before anything is known.
    pub(crate) fn new(ordered: Vec<bool>) -> Kernel {
        let mut log = vec![log_length_prior(ordered.len()); ordered.len()];
        log.push(LOG_NOISE_PRIOR);
        Kernel::of(log, ordered)
    }

    fn of(log: Vec<f64>, ordered: Vec<bool>) -> Kernel {
        let weights = log[..ordered.len()].iter().map(|length| 5.0 * exp(-2.0 * length)).collect();
        Kernel { log, weights, ordered }
    }

    fn noise(&self) -> f64 {
        exp(self.log[self.ordered.len()])
    }

    /// Correlation of two points.
    fn correlation(&self, a: &[f64], b: &[f64]) -> f64 {
        let mut square = 0.0;
        for (i, (x, y)) in a.iter().zip(b).enumerate() {
            let distance = if self.ordered[i] { x - y } else { f64::from(u8::from((x - y).abs() > 1e-12)) };
            square += distance * distance * self.weights[i];
        }
        let r = sqrt(square);
        (1.0 + r + square / 3.0) * exp(-r)
    }

    /// The parameters nearby under which the values are the most likely, with a prior that keeps them sane.
    pub(crate) fn fitted(&self, points: &[Point], values: &[f64]) -> Kernel {
        let every = points.len().div_ceil(FIT_POINTS);
        let points: Vec<Point> = points.iter().step_by(every).cloned().collect();
        let values: Vec<f64> = values.iter().step_by(every).copied().collect();
        let mut best = self.clone();
        let mut best_likelihood = best.log_posterior(&points, &values);
        let mut step = 1.0;
        for _ in 0..PASSES {
            for i in 0..best.log.len() {
                for change in [step, -step] {
                    let mut log = best.log.clone();
                    log[i] += change;
                    let kernel = Kernel::of(log, self.ordered.clone());
                    let likelihood = kernel.log_posterior(&points, &values);
                    if likelihood > best_likelihood {
                        (best, best_likelihood) = (kernel, likelihood);
                        break;
                    }
                }
            }
            step /= 2.0;
        }
        best
    }

    /// Logarithm of the likelihood of the values, with the signal's variance at its most likely, plus that of
    /// the prior.
    fn log_posterior(&self, points: &[Point], values: &[f64]) -> f64 {
        let process = Process::new(self.clone(), points, values);
        let n = points.len() as f64;
        let half_log_determinant: f64 =
            process.factor.iter().zip(0..).map(|(row, i): (_, usize)| log(row[i])).sum();
        let axes = self.ordered.len();
        let square = |x: f64| x * x;
        let lengths: f64 = self.log[..axes].iter().map(|x| square(x - log_length_prior(axes))).sum();
        let noise = square((self.log[axes] - LOG_NOISE_PRIOR) / 2.0);
        -0.5 * n * log(process.variance) - half_log_determinant - 0.5 * (lengths + noise)
    }
}

/// The prior's middle for the logarithm of a length scale: distances grow with the root of the number of axes
/// (C. Hvarfner et al., "Vanilla Bayesian Optimization Performs Great in High Dimensions", 2024).
fn log_length_prior(axes: usize) -> f64 {
    log(0.4) + 0.5 * log(axes as f64)
}

/// The prior's middle for the logarithm of the noise's share: a thousandth of a per cent.
const LOG_NOISE_PRIOR: f64 = -11.5;

/// A process that has seen values of mean zero.
pub(crate) struct Process {
    kernel: Kernel,
    points: Vec<Point>,
    /// Rows of the Cholesky factor of the correlations.
    factor: Vec<Vec<f64>>,
    /// The factor's inverse times the values.
    whitened: Vec<f64>,
    /// Variance of the signal.
    variance: f64,
}

/// What a process believes of one point: updated by a row when the process sees another value.
#[derive(Clone, Debug)]
pub(crate) struct Belief {
    solved: Vec<f64>,
    mean: f64,
    /// What is left of the variance, as a share of the signal's.
    share: f64,
}

impl Process {
    pub(crate) fn new(kernel: Kernel, points: &[Point], values: &[f64]) -> Process {
        let mut process =
            Process { kernel, points: Vec::new(), factor: Vec::new(), whitened: Vec::new(), variance: 1.0 };
        for (point, value) in points.iter().zip(values) {
            process.see(point, *value);
        }
        let square = dot(&process.whitened, &process.whitened);
        process.variance = (square / points.len().max(1) as f64).max(1e-12);
        process
    }

    /// Takes in one more value; the variance of the signal stays as it is.
    pub(crate) fn see(&mut self, point: &[f64], value: f64) {
        let mut belief = Belief { solved: Vec::with_capacity(self.points.len() + 1), mean: 0.0, share: 1.0 };
        for at in 0..self.points.len() {
            self.extend(&mut belief, point, at);
        }
        let diagonal = sqrt((belief.share + self.kernel.noise()).max(1e-10));
        self.whitened.push((value - belief.mean) / diagonal);
        belief.solved.push(diagonal);
        self.factor.push(belief.solved);
        self.points.push(point.to_vec());
    }

    /// What the process believes of a point.
    pub(crate) fn belief(&self, point: &[f64]) -> Belief {
        let mut belief = Belief { solved: Vec::with_capacity(self.points.len() + 8), mean: 0.0, share: 1.0 };
        for at in 0..self.points.len() {
            self.extend(&mut belief, point, at);
        }
        belief
    }

    /// Brings a belief up to date with what was seen since.
    pub(crate) fn update(&self, belief: &mut Belief, point: &[f64]) {
        for at in belief.solved.len()..self.points.len() {
            self.extend(belief, point, at);
        }
    }

    /// One row of the forward substitution.
    fn extend(&self, belief: &mut Belief, point: &[f64], at: usize) {
        let row = &self.factor[at];
        let known = dot(&row[..at], &belief.solved);
        let solved = (self.kernel.correlation(point, &self.points[at]) - known) / row[at];
        belief.mean += solved * self.whitened[at];
        belief.share -= solved * solved;
        belief.solved.push(solved);
    }

    /// Mean and standard deviation of the signal at the point of a belief.
    pub(crate) fn predict(&self, belief: &Belief) -> (f64, f64) {
        (belief.mean, sqrt(self.variance * belief.share.max(0.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn process(points: &[f64], values: &[f64]) -> Process {
        let points: Vec<Point> = points.iter().map(|x| vec![*x]).collect();
        Process::new(Kernel::of(vec![log(0.3), log(1e-9)], vec![true]), &points, values)
    }

    #[test]
    fn what_was_seen_is_known_and_what_is_far_is_not() {
        let process = process(&[0.0, 0.2, 0.4], &[1.0, -1.0, 0.5]);
        let (mean, deviation) = process.predict(&process.belief(&[0.2]));
        assert!((mean + 1.0).abs() < 1e-6 && deviation < 1e-3, "{mean} {deviation}");
        let (mean, deviation) = process.predict(&process.belief(&[50.0]));
        assert!(mean.abs() < 1e-9 && (deviation - sqrt(process.variance)).abs() < 1e-9);
    }

    #[test]
    fn two_points_are_as_by_hand() {
        // Correlation of places 0.3 apart at length 0.3: (1 + sqrt 5 + 5/3) exp(-sqrt 5) = 0.523994.
        let process = process(&[0.0], &[2.0]);
        let (mean, deviation) = process.predict(&process.belief(&[0.3]));
        let rho = 0.523_994;
        assert!((mean - 2.0 * rho).abs() < 1e-5, "{mean}");
        assert!((deviation - 2.0 * sqrt(1.0 - rho * rho)).abs() < 1e-5, "{deviation}");
    }

    #[test]
    fn a_belief_brought_up_to_date_is_that_of_a_process_that_knew_from_the_start() {
        let mut process = process(&[0.1, 0.9], &[1.0, -1.0]);
        let mut belief = process.belief(&[0.4]);
        process.see(&[0.5], 3.0);
        process.update(&mut belief, &[0.4]);
        assert_eq!(process.predict(&belief), process.predict(&process.belief(&[0.4])));
    }

    #[test]
    fn a_fit_finds_the_axis_that_matters() {
        let mut points = Vec::new();
        let mut values = Vec::new();
        for i in 0..6_u8 {
            for j in 0..6_u8 {
                let (x, y) = (f64::from(i) / 5.0, f64::from(j) / 5.0);
                points.push(vec![x, y]);
                values.push(libm::sin(9.0 * x));
            }
        }
        let kernel = Kernel::new(vec![true, true]).fitted(&points, &values);
        assert!(kernel.log[1] > kernel.log[0] + 1.0, "{kernel:?}");
    }
}
