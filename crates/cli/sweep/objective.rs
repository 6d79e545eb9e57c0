//! What a sweep makes as good as it can: a figure, or a weighted sum of figures.

use wb_metrics::{Figure, Tearsheet, Unit};
use wb_report::Goal;

use crate::error::UserError;
use crate::suggest::did_you_mean;

/// Figures of which less is better. Of every other one, and of a sum, more is.
const LESS_IS_BETTER: &[&str] = &[
    "volatility",
    "average_leverage",
    "max_drawdown",
    "max_drawdown_length",
    "longest_drawdown",
    "ulcer_index",
    "tracking_error",
    "down_capture",
    "max_loss_streak",
    "fees",
    "slippage",
    "turnover",
    "rejected_orders",
];

/// One objective.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Objective {
    /// As it was written, but for blanks.
    pub(crate) text: String,
    /// Which values are better.
    pub(crate) goal: Goal,
    /// The key of the figure that it is, where it is no sum.
    alone: Option<&'static str>,
    /// Weight and key of each figure in the sum.
    terms: Vec<(f64, &'static str)>,
}

impl Objective {
    /// Reads `sharpe`, or `sharpe - 0.5 * max_drawdown`.
    ///
    /// # Errors
    /// If it is no such sum, or names what is not a figure.
    pub(crate) fn parse(text: &str) -> Result<Objective, UserError> {
        let mut terms = Vec::new();
        let mut rest = text.trim();
        while !rest.is_empty() || terms.is_empty() {
            let (sign, after) = match rest.strip_prefix(['+', '-']) {
                Some(after) => (if rest.starts_with('-') { -1.0 } else { 1.0 }, after),
                None if terms.is_empty() => (1.0, rest),
                None => return Err(malformed(text)),
            };
            let end = after.find(['+', '-']).unwrap_or(after.len());
            let (term, following) = after.split_at(end);
            let (weight, key) = term.split_once('*').unwrap_or(("1", term));
            let weight: f64 =
                weight.trim().parse().ok().filter(|w: &f64| w.is_finite()).ok_or_else(|| malformed(text))?;
            if key.trim().is_empty() {
                return Err(malformed(text));
            }
            terms.push((sign * weight, figure(key.trim())?.key));
            rest = following.trim();
        }
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let alone = terms.first().map(|(_, key)| *key).filter(|key| *key == text);
        let less = alone.is_some_and(|key| LESS_IS_BETTER.contains(&key));
        Ok(Objective { text, goal: if less { Goal::Low } else { Goal::High }, alone, terms })
    }

    /// Keys of the figures in it.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &'static str> {
        self.terms.iter().map(|(_, key)| *key)
    }

    /// Its value from those of the figures; absent where one of them is.
    pub(crate) fn value(&self, figure: impl Fn(&str) -> Option<f64>) -> Option<f64> {
        let term = |(weight, key): &(f64, &str)| figure(key).map(|value| weight * value);
        let sum = self.terms.iter().map(term).try_fold(None, |sum: Option<f64>, term| {
            term.map(|term| Some(sum.map_or(term, |sum| sum + term)))
        })?;
        sum.filter(|sum| sum.is_finite())
    }

    /// The value as searches compare it: higher is better.
    pub(crate) fn score(&self, value: f64) -> f64 {
        match self.goal {
            Goal::High => value,
            Goal::Low => -value,
        }
    }

    /// How its values are written.
    pub(crate) fn unit(&self) -> Unit {
        self.figure().map_or(Unit::Ratio, |figure| figure.unit)
    }

    /// Its name for people: `Sharpe ratio`, or the sum as written.
    pub(crate) fn label(&self) -> String {
        self.figure().map_or_else(|| self.text.clone(), |figure| figure.label.to_string())
    }

    fn figure(&self) -> Option<Figure> {
        self.alone.and_then(|key| figure(key).ok())
    }
}

fn malformed(text: &str) -> UserError {
    UserError::usage(format!("`{text}` is not a figure or a weighted sum of figures"))
        .hint("write it such as \"sharpe\" or \"sharpe - 0.5 * max_drawdown\"")
}

/// The figure of that key.
///
/// # Errors
/// If there is none, or it is a date, of which none is better than another.
pub(crate) fn figure(key: &str) -> Result<Figure, UserError> {
    match Tearsheet::describe().find(|figure| figure.key == key) {
        Some(figure) if figure.unit == Unit::Date => {
            Err(UserError::usage(format!("`{key}` is a date, which cannot be compared")))
        }
        Some(figure) => Ok(figure),
        None => {
            let hint = did_you_mean(key, Tearsheet::describe().map(|figure| figure.key));
            let error = UserError::usage(format!("no figure `{key}`"));
            Err(error.hint(hint.unwrap_or_else(|| "`workbench runs show` lists them all".to_string())))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Option<f64> {
        let objective = Objective::parse(text).expect(text);
        objective.value(|key| match key {
            "sharpe" => Some(2.0),
            "max_drawdown" => Some(0.5),
            "trades" => Some(30.0),
            _ => None,
        })
    }

    #[test]
    fn a_weighted_sum_of_figures_is_their_sum_with_weights() {
        assert_eq!(value("sharpe"), Some(2.0));
        assert_eq!(value("sharpe - 0.5*max_drawdown"), Some(1.75));
        assert_eq!(value(" - 2 * max_drawdown +0.1*trades"), Some(2.0));
        assert_eq!(value("sharpe + calmar"), None, "an absent figure makes it absent");
    }

    #[test]
    fn of_a_drawdown_less_is_better_and_of_a_sum_more() {
        let goal = |text: &str| Objective::parse(text).expect(text).goal;
        assert_eq!(goal("max_drawdown"), Goal::Low);
        assert_eq!(goal("sharpe"), Goal::High);
        assert_eq!(goal("-max_drawdown"), Goal::High);
        assert_eq!(goal("sharpe - max_drawdown"), Goal::High);
        assert!(Objective::parse("max_drawdown").expect("a figure").score(0.25) < 0.0);
    }

    #[test]
    fn every_figure_of_which_less_is_better_is_a_figure() {
        for key in LESS_IS_BETTER {
            assert!(figure(key).is_ok(), "{key}");
        }
    }

    #[test]
    fn what_is_no_objective_is_refused_with_what_would_be() {
        let check = |text: &str, message: &str, hint: &str| {
            let error = Objective::parse(text).expect_err(text);
            assert_eq!((error.message.as_str(), error.hint.as_deref()), (message, Some(hint)));
        };
        check("sharp", "no figure `sharp`", "did you mean `sharpe`?");
        let example = "write it such as \"sharpe\" or \"sharpe - 0.5 * max_drawdown\"";
        for text in ["sharpe -", "2 * ", "sharpe * 2", "0.5 sharpe *", "", "nan * sharpe"] {
            check(text, &format!("`{text}` is not a figure or a weighted sum of figures"), example);
        }
        let date = Objective::parse("start").expect_err("a date").message;
        assert_eq!(date, "`start` is a date, which cannot be compared");
    }
}
