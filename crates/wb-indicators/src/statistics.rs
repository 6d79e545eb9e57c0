//! Statistics of a window: spread, shape, dependence and slope.

use crate::indicator::{Definition, Indicator};
use crate::moments::{Joint, Shape, Spread, Trend};
use crate::ratio::ratio;
use crate::window::Rolling;

/// Standard deviation of the last `period` inputs, of the population (divided by n). TA-Lib `STDDEV`.
#[derive(Clone, PartialEq, Debug)]
pub struct StdDev {
    window: Rolling<Spread>,
}

impl StdDev {
    /// The deviation of `period` inputs.
    ///
    /// # Panics
    /// If `period` is zero.
    pub fn new(period: u32) -> StdDev {
        StdDev { window: Rolling::new(period) }
    }
}

impl Indicator for StdDev {
    type Input = f64;
    type Output = f64;

    fn update(&mut self, x: f64) -> f64 {
        self.window.push(Spread::of(x)).deviation()
    }

    fn warmup(&self) -> usize {
        self.window.period()
    }

    fn definition(&self) -> Definition {
        Definition::new("stddev", [self.window.period() as f64])
    }
}

/// Distance of the input from the mean of the last `period` inputs, in population standard deviations; 0
/// where all are equal. The last value of `scipy.stats.zscore` over the window.
#[derive(Clone, PartialEq, Debug)]
pub struct ZScore {
    window: Rolling<Spread>,
}

impl ZScore {
    /// The score among `period` inputs.
    ///
    /// # Panics
    /// If `period` is zero.
    pub fn new(period: u32) -> ZScore {
        ZScore { window: Rolling::new(period) }
    }
}

impl Indicator for ZScore {
    type Input = f64;
    type Output = f64;

    fn update(&mut self, x: f64) -> f64 {
        let spread = self.window.push(Spread::of(x));
        ratio(x - spread.mean, spread.deviation(), 0.0)
    }

    fn warmup(&self) -> usize {
        self.window.period()
    }

    fn definition(&self) -> Definition {
        Definition::new("zscore", [self.window.period() as f64])
    }
}

/// Skewness of the last `period` inputs, adjusted for sample size: G₁ of D. Joanes and C. Gill, "Comparing
/// measures of sample skewness and kurtosis" (1998), as pandas' `rolling.skew`; 0 where all are equal.
#[derive(Clone, PartialEq, Debug)]
pub struct Skew {
    window: Rolling<Shape>,
}

impl Skew {
    /// The skewness of `period` inputs.
    ///
    /// # Panics
    /// If `period` is below 3, where it is not defined.
    pub fn new(period: u32) -> Skew {
        assert!(period >= 3, "skewness needs three inputs");
        Skew { window: Rolling::new(period) }
    }
}

impl Indicator for Skew {
    type Input = f64;
    type Output = f64;

    fn update(&mut self, x: f64) -> f64 {
        let shape = self.window.push(Shape::of(x));
        let n = self.window.period() as f64;
        let plain = ratio(shape.third * n.sqrt(), shape.second * shape.second.sqrt(), 0.0);
        plain * (n * (n - 1.0)).sqrt() / (n - 2.0)
    }

    fn warmup(&self) -> usize {
        self.window.period()
    }

    fn definition(&self) -> Definition {
        Definition::new("skew", [self.window.period() as f64])
    }
}

/// Excess kurtosis of the last `period` inputs, adjusted for sample size: G₂ of D. Joanes and C. Gill (1998),
/// as pandas' `rolling.kurt`; 0 where all are equal.
#[derive(Clone, PartialEq, Debug)]
pub struct Kurtosis {
    window: Rolling<Shape>,
}

impl Kurtosis {
    /// The excess kurtosis of `period` inputs.
    ///
    /// # Panics
    /// If `period` is below 4, where it is not defined.
    pub fn new(period: u32) -> Kurtosis {
        assert!(period >= 4, "kurtosis needs four inputs");
        Kurtosis { window: Rolling::new(period) }
    }
}

impl Indicator for Kurtosis {
    type Input = f64;
    type Output = f64;

    fn update(&mut self, x: f64) -> f64 {
        let shape = self.window.push(Shape::of(x));
        let n = self.window.period() as f64;
        // Three is what a normal distribution has; it is also what makes the value of equal inputs 0.
        let plain = ratio(shape.fourth * n, shape.second * shape.second, 3.0 * (n - 1.0) / (n + 1.0));
        ((n + 1.0) * plain - 3.0 * (n - 1.0)) * (n - 1.0) / ((n - 2.0) * (n - 3.0))
    }

    fn warmup(&self) -> usize {
        self.window.period()
    }

    fn definition(&self) -> Definition {
        Definition::new("kurtosis", [self.window.period() as f64])
    }
}

/// Pearson's correlation of the last `period` pairs; 0 where a series does not move. TA-Lib `CORREL`.
#[derive(Clone, PartialEq, Debug)]
pub struct Correlation {
    window: Rolling<Joint>,
}

impl Correlation {
    /// The correlation of `period` pairs.
    ///
    /// # Panics
    /// If `period` is zero.
    pub fn new(period: u32) -> Correlation {
        Correlation { window: Rolling::new(period) }
    }
}

impl Indicator for Correlation {
    type Input = [f64; 2];
    type Output = f64;

    fn update(&mut self, pair: [f64; 2]) -> f64 {
        let joint = self.window.push(Joint::of(pair));
        let [x, y] = joint.squares;
        ratio(joint.products, x.sqrt() * y.sqrt(), 0.0).clamp(-1.0, 1.0)
    }

    fn warmup(&self) -> usize {
        self.window.period()
    }

    fn definition(&self) -> Definition {
        Definition::new("correlation", [self.window.period() as f64])
    }
}

/// Slope of the least-squares line through the last `period` inputs, per input. TA-Lib `LINEARREG_SLOPE`.
#[derive(Clone, PartialEq, Debug)]
pub struct Slope {
    window: Rolling<Trend>,
}

impl Slope {
    /// The slope through `period` inputs.
    ///
    /// # Panics
    /// If `period` is below 2: one point has no slope.
    pub fn new(period: u32) -> Slope {
        assert!(period >= 2, "a slope needs two inputs");
        Slope { window: Rolling::new(period) }
    }
}

impl Indicator for Slope {
    type Input = f64;
    type Output = f64;

    fn update(&mut self, x: f64) -> f64 {
        self.window.push(Trend::of(x)).slope()
    }

    fn warmup(&self) -> usize {
        self.window.period()
    }

    fn definition(&self) -> Definition {
        Definition::new("slope", [self.window.period() as f64])
    }
}
