//! The gates, one line each.

use wb_metrics::Unit;

use super::evidence::{Evidence, Measured};

/// One gate.
pub(crate) struct Gate {
    /// Its key in the file of gates, in a bundle, and behind `--waive`.
    pub(crate) key: &'static str,
    /// Its name for people.
    pub(crate) label: &'static str,
    /// What the value must be with respect to the threshold.
    pub(crate) bound: Bound,
    /// The threshold where the file of gates sets none.
    pub(crate) default: f64,
    /// How value and threshold are written.
    pub(crate) unit: Unit,
    /// Where the value comes from.
    pub(super) measure: fn(&Evidence) -> Measured,
}

/// What a value must be with respect to a threshold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Bound {
    /// Not below it.
    AtLeast,
    /// Not above it.
    AtMost,
    /// Above it, not equal to it.
    Above,
}

impl Bound {
    /// In words: `at least`.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Bound::AtLeast => "at least",
            Bound::AtMost => "at most",
            Bound::Above => "above",
        }
    }

    /// Whether the value is so.
    pub(super) fn admits(self, value: f64, threshold: f64) -> bool {
        match self {
            Bound::AtLeast => value >= threshold,
            Bound::AtMost => value <= threshold,
            Bound::Above => value > threshold,
        }
    }
}

const fn gate(
    key: &'static str,
    label: &'static str,
    (bound, default, unit): (Bound, f64, Unit),
    measure: fn(&Evidence) -> Measured,
) -> Gate {
    Gate { key, label, bound, default, unit, measure }
}

use Bound::{Above, AtLeast, AtMost};
use Unit::{Count, Percent, Ratio};

/// Every gate, in the order in which they are shown. `config/gates.toml` says what each is for.
#[rustfmt::skip]
pub(crate) const GATES: &[Gate] = &[
    gate("out_of_sample_sharpe", "Sharpe ratio out of sample", (AtLeast, 1.0, Ratio), Evidence::out_of_sample_sharpe),
    gate("out_of_sample_trades", "Trades out of sample", (AtLeast, 100.0, Count), Evidence::out_of_sample_trades),
    gate("max_drawdown", "Deepest fall", (AtMost, 0.25, Percent), Evidence::max_drawdown),
    gate("walk_forward_efficiency", "Walk-forward efficiency", (AtLeast, 0.5, Ratio), Evidence::walk_forward_efficiency),
    gate("deflated_sharpe", "Deflated Sharpe probability", (AtLeast, 0.95, Percent), Evidence::deflated_sharpe),
    gate("probability_of_overfitting", "Probability of overfitting", (AtMost, 0.2, Percent), Evidence::probability_of_overfitting),
    gate("doubled_costs_return", "Return at doubled costs", (Above, 0.0, Percent), Evidence::doubled_costs_return),
    gate("lookahead", "Commands that depend on later bars", (AtMost, 0.0, Count), Evidence::lookahead),
    gate("warmup", "What depends on where data begins", (AtMost, 0.0, Count), Evidence::warmup),
    gate("data_missing", "Bars missing or left out", (AtMost, 0.01, Percent), Evidence::data_missing),
    gate("model_golden_rows", "Golden rows that models miss", (AtMost, 0.0, Count), Evidence::model_golden_rows),
    gate("history_days", "Days of history", (AtLeast, 730.0, Count), Evidence::history_days),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_at_its_threshold_is_within_but_not_above_and_what_is_no_number_is_neither() {
        for (bound, below, at, above) in
            [(AtLeast, false, true, true), (AtMost, true, true, false), (Above, false, false, true)]
        {
            for (value, expected) in [(0.9, below), (1.0, at), (1.1, above), (f64::NAN, false)] {
                assert_eq!(bound.admits(value, 1.0), expected, "{value} is {} 1", bound.words());
            }
        }
    }

    #[test]
    fn no_two_gates_have_one_key_and_every_default_is_strict() {
        for (at, gate) in GATES.iter().enumerate() {
            assert!(GATES[..at].iter().all(|other| other.key != gate.key), "{}", gate.key);
            assert!(gate.default.is_finite() && gate.default >= 0.0, "{}", gate.key);
        }
    }
}
