//! Moments of a window, combined part by part so that nothing is lost to cancellation.
//!
//! Formulas for joining two parts: T. Chan, G. Golub, R. LeVeque, "Updating formulae and a pairwise algorithm
//! for computing sample variances" (1979); for the third and fourth moment P. Pébay, "Formulas for robust,
//! one-pass parallel computation of covariances and arbitrary-order statistical moments", SAND2008-6212
//! (2008).

use crate::ratio::ratio;
use crate::window::Aggregate;

/// Count, mean and the sum of squared deviations.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Spread {
    count: f64,
    pub(crate) mean: f64,
    squares: f64,
}

impl Spread {
    pub(crate) fn of(x: f64) -> Spread {
        Spread { count: 1.0, mean: x, squares: 0.0 }
    }

    /// Population standard deviation.
    pub(crate) fn deviation(self) -> f64 {
        (self.squares / self.count).sqrt()
    }

    /// Sample standard deviation, divided by n − 1; 0 of a single value.
    pub(crate) fn sample_deviation(self) -> f64 {
        ratio(self.squares, self.count - 1.0, 0.0).sqrt()
    }
}

impl Aggregate for Spread {
    const EMPTY: Spread = Spread { count: 0.0, mean: 0.0, squares: 0.0 };

    fn then(self, newer: Spread) -> Spread {
        if newer.count == 0.0 {
            return self;
        }
        let count = self.count + newer.count;
        let share = newer.count / count;
        let delta = newer.mean - self.mean;
        Spread {
            count,
            mean: self.mean + delta * share,
            squares: self.squares + newer.squares + delta * delta * self.count * share,
        }
    }
}

/// Count, mean and the sums of the second to fourth powers of deviations.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Shape {
    count: f64,
    mean: f64,
    pub(crate) second: f64,
    pub(crate) third: f64,
    pub(crate) fourth: f64,
}

impl Shape {
    pub(crate) fn of(x: f64) -> Shape {
        Shape { count: 1.0, mean: x, second: 0.0, third: 0.0, fourth: 0.0 }
    }
}

impl Aggregate for Shape {
    const EMPTY: Shape = Shape { count: 0.0, mean: 0.0, second: 0.0, third: 0.0, fourth: 0.0 };

    fn then(self, newer: Shape) -> Shape {
        if newer.count == 0.0 {
            return self;
        }
        let (a, b) = (self.count, newer.count);
        let count = a + b;
        let d = newer.mean - self.mean;
        let d2 = d * d;
        // With shares instead of counts nothing but the deviation is raised to a power.
        let (a_share, b_share) = (a / count, b / count);
        let joint = a * b_share;
        Shape {
            count,
            mean: self.mean + d * b_share,
            second: self.second + newer.second + d2 * joint,
            third: self.third
                + newer.third
                + d2 * d * joint * (a_share - b_share)
                + 3.0 * d * (a_share * newer.second - b_share * self.second),
            fourth: self.fourth
                + newer.fourth
                + d2 * d2 * joint * (a_share * a_share - a_share * b_share + b_share * b_share)
                + 6.0 * d2 * (a_share * a_share * newer.second + b_share * b_share * self.second)
                + 4.0 * d * (a_share * newer.third - b_share * self.third),
        }
    }
}

/// Count, means and the sums of squared and joint deviations of two series.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Joint {
    count: f64,
    mean: [f64; 2],
    pub(crate) squares: [f64; 2],
    pub(crate) products: f64,
}

impl Joint {
    pub(crate) fn of(mean: [f64; 2]) -> Joint {
        Joint { count: 1.0, mean, ..Joint::EMPTY }
    }
}

impl Aggregate for Joint {
    const EMPTY: Joint = Joint { count: 0.0, mean: [0.0; 2], squares: [0.0; 2], products: 0.0 };

    fn then(self, newer: Joint) -> Joint {
        if newer.count == 0.0 {
            return self;
        }
        let count = self.count + newer.count;
        let share = newer.count / count;
        let weight = self.count * share;
        let [dx, dy] = [newer.mean[0] - self.mean[0], newer.mean[1] - self.mean[1]];
        Joint {
            count,
            mean: [self.mean[0] + dx * share, self.mean[1] + dy * share],
            squares: [
                self.squares[0] + newer.squares[0] + dx * dx * weight,
                self.squares[1] + newer.squares[1] + dy * dy * weight,
            ],
            products: self.products + newer.products + dx * dy * weight,
        }
    }
}

/// Count, mean and the sum of joint deviations of a series and its position in the window.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Trend {
    count: f64,
    mean: f64,
    products: f64,
}

impl Trend {
    pub(crate) fn of(x: f64) -> Trend {
        Trend { count: 1.0, mean: x, products: 0.0 }
    }

    /// Slope of the least-squares line, per input; 0 of a single one. Positions 1 to n deviate by n(n² -
    /// 1)/12 in squares.
    pub(crate) fn slope(self) -> f64 {
        ratio(12.0 * self.products, self.count * (self.count * self.count - 1.0), 0.0)
    }
}

impl Aggregate for Trend {
    const EMPTY: Trend = Trend { count: 0.0, mean: 0.0, products: 0.0 };

    fn then(self, newer: Trend) -> Trend {
        if newer.count == 0.0 {
            return self;
        }
        let count = self.count + newer.count;
        let delta = newer.mean - self.mean;
        Trend {
            count,
            mean: self.mean + delta * (newer.count / count),
            // The mean positions of the two parts lie half of all inputs apart.
            products: self.products + newer.products + delta * self.count * newer.count * 0.5,
        }
    }
}
