//! Every figure of a run, named once.

use wb_core::Ts;

use crate::outcome::Outcome;

/// How a figure is written for people.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// A plain number: 1.53.
    Ratio,
    /// A share, written as a percentage: 0.12 is 12 %.
    Percent,
    /// An amount of the settlement currency.
    Money,
    /// A whole number.
    Count,
    /// Seconds, written as days, hours or minutes.
    Duration,
    /// Seconds since the epoch, written as a date.
    Date,
}

/// One figure.
#[derive(Clone, PartialEq, Debug)]
pub struct Figure {
    /// Its key in `metrics.json`: `max_drawdown`.
    pub key: &'static str,
    /// Its name for people: `Max drawdown`.
    pub label: &'static str,
    /// The heading it stands under: `Returns`, `Risk`, `Trades`, …
    pub group: &'static str,
    /// How it is written.
    pub unit: Unit,
    /// Its value; absent where it has no meaning, never NaN or infinite.
    pub value: Option<f64>,
}

/// One fall from a peak of equity.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Drawdown {
    /// When equity was last at its peak.
    pub peak: Ts,
    /// When it was lowest.
    pub trough: Ts,
    /// When it was back at the peak; absent while it is not.
    pub recovery: Option<Ts>,
    /// The fall as a share of the peak, positive.
    pub depth: f64,
}

/// Every figure of a run.
#[derive(Clone, PartialEq, Debug)]
pub struct Tearsheet {
    /// In the order in which they are shown.
    pub figures: Vec<Figure>,
    /// The ten deepest, deepest first.
    pub drawdowns: Vec<Drawdown>,
}

impl Tearsheet {
    /// Computes every figure of `outcome`.
    pub fn of(outcome: &Outcome) -> Tearsheet {
        let _ = outcome;
        Tearsheet { figures: Vec::new(), drawdowns: Vec::new() }
    }

    /// The value of the figure of that key; absent where it has no meaning or does not exist.
    pub fn get(&self, key: &str) -> Option<f64> {
        self.figures.iter().find(|f| f.key == key).and_then(|f| f.value)
    }
}
