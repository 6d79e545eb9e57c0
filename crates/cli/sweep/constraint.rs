//! What a trial must satisfy to count: a figure above or below a bound.

use crate::error::UserError;
use crate::sweep::objective::figure;

/// How a figure is compared with its bound.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Comparison {
    AtLeast,
    AtMost,
    Above,
    Below,
}

/// The longer signs first: `>=` begins as `>` does.
const COMPARISONS: [(&str, Comparison); 4] = [
    (">=", Comparison::AtLeast),
    ("<=", Comparison::AtMost),
    (">", Comparison::Above),
    ("<", Comparison::Below),
];

/// One constraint.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Constraint {
    /// Key of the figure.
    pub(crate) key: &'static str,
    comparison: Comparison,
    bound: f64,
}

impl Constraint {
    /// The condition `text`, such as `>= 30`, on the figure of that key.
    ///
    /// # Errors
    /// If it is no such condition, or there is no such figure.
    pub(crate) fn parse(key: &str, text: &str) -> Result<Constraint, UserError> {
        let key = figure(key)?.key;
        let read = |(sign, comparison): &(&str, Comparison)| {
            let bound: f64 = text.trim().strip_prefix(sign)?.trim().parse().ok()?;
            bound.is_finite().then_some(Constraint { key, comparison: *comparison, bound })
        };
        COMPARISONS.iter().find_map(read).ok_or_else(|| {
            UserError::usage(format!("constraints.{key} = \"{text}\" is not a condition"))
                .hint(format!("write it such as {key} = \">= 30\", with one of >=, <=, > and <"))
        })
    }

    /// By how much the value violates it, as a share of the bound, or of one where that is nearer to zero; zero where
    /// it holds. An absent value violates it by one.
    pub(crate) fn violation(&self, value: Option<f64>) -> f64 {
        let Some(value) = value else { return 1.0 };
        let (holds, short) = match self.comparison {
            Comparison::AtLeast => (value >= self.bound, self.bound - value),
            Comparison::Above => (value > self.bound, self.bound - value),
            Comparison::AtMost => (value <= self.bound, value - self.bound),
            Comparison::Below => (value < self.bound, value - self.bound),
        };
        // On the bound itself a strict condition is violated by nothing that can be measured.
        if holds { 0.0 } else { (short / self.bound.abs().max(1.0)).max(f64::MIN_POSITIVE) }
    }
}

/// `trades >= 30`
impl std::fmt::Display for Constraint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = COMPARISONS.iter().find(|(_, c)| *c == self.comparison).map_or("", |(sign, _)| sign);
        write!(f, "{} {sign} {}", self.key, self.bound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_is_violated_by_what_is_missing_as_a_share_of_the_bound() {
        let check = |text: &str, value: Option<f64>, expected: f64| {
            let constraint = Constraint::parse("trades", text).expect(text);
            assert!((constraint.violation(value) - expected).abs() < 1e-12, "{text} {value:?}");
        };
        check(">= 30", Some(30.0), 0.0);
        check(">= 30", Some(15.0), 0.5);
        check("<=0.5", Some(0.75), 0.25);
        check("> 0", Some(-2.0), 2.0);
        check("> 0", Some(0.0), 0.0);
        assert!(Constraint::parse("trades", "> 0").expect("good").violation(Some(0.0)) > 0.0);
        check("< 10", Some(9.0), 0.0);
        check("< 10", None, 1.0);
    }

    #[test]
    fn what_is_no_condition_is_refused_with_what_would_be() {
        for text in ["30", "= 30", ">= many", ">=", ">= nan"] {
            let error = Constraint::parse("trades", text).expect_err(text);
            assert_eq!(error.message, format!("constraints.trades = \"{text}\" is not a condition"));
            assert!(error.hint.expect("a hint").starts_with("write it such as trades = \">= 30\""));
        }
        let error = Constraint::parse("trade", ">= 30").expect_err("no such figure");
        assert_eq!(
            (error.message.as_str(), error.hint.as_deref()),
            ("no figure `trade`", Some("did you mean `trades`?"))
        );
        assert_eq!(Constraint::parse("trades", ">=30").expect("good").to_string(), "trades >= 30");
    }
}
