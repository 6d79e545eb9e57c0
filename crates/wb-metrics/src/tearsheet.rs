//! Every figure of a run, named once.

use crate::drawdown::Drawdown;
use crate::figures::{Facts, TABLE};
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
    /// A day, written as a date: seconds from the epoch to its midnight in UTC.
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
    ///
    /// Returns are by bar of the equity curve, the first from the start equity, and ratios are annualised with the
    /// outcome's bars a year; what people read by day (value at risk, tails, best and worst day, captures) is of days
    /// of the first instrument's calendar. Where equity is not above zero at every bar, returns are not defined, and
    /// all that rests on them is absent; drawdowns, trades and costs are not.
    ///
    /// # Panics
    /// If the columns of the curve, or that of the benchmark, differ in length.
    pub fn of(outcome: &Outcome) -> Tearsheet {
        let bars = outcome.equity.ts.len();
        let benchmark = outcome.benchmark.as_ref().map_or(bars, |benchmark| benchmark.equity.len());
        let lengths = [outcome.equity.equity.len(), outcome.equity.gross.len(), benchmark];
        assert_eq!(lengths, [bars; 3], "the columns of a curve are equally long");
        let facts = Facts::of(outcome);
        let figures = TABLE.iter().map(|row| row.figure(row.read(&facts))).collect();
        Tearsheet { figures, drawdowns: facts.drawdowns.map_or_else(Vec::new, |found| found.deepest) }
    }

    /// Every figure that there is, in the order in which they are shown, without values: for readers of stored ones.
    pub fn describe() -> impl Iterator<Item = Figure> {
        TABLE.iter().map(|row| row.figure(None))
    }

    /// The value of the figure of that key; absent where it has no meaning or does not exist.
    pub fn get(&self, key: &str) -> Option<f64> {
        self.figures.iter().find(|f| f.key == key).and_then(|f| f.value)
    }
}

/// How the figure of that key is computed, in one line; absent where there is none.
pub fn formula(key: &str) -> Option<&'static str> {
    TABLE.iter().find(|row| row.key == key).map(|row| row.formula)
}

#[cfg(test)]
mod tests;
