//! A strategy's parameters, declared once: name, meaning, range, default.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::param_error::ParamError;
use crate::param_set::ParamSet;
use crate::targets::TargetTable;

/// The value of one parameter.
#[derive(Clone, PartialEq, Debug)]
pub enum ParamValue {
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// Yes or no.
    Bool(bool),
    /// One of a list of words.
    Choice(String),
    /// Any text; shared, because every trial of a sweep holds it.
    Text(Arc<str>),
    /// The targets of a file.
    Targets(Arc<TargetTable>),
}

impl fmt::Display for ParamValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ParamValue::Int(x) => write!(f, "{x}"),
            ParamValue::Float(x) => write!(f, "{x}"),
            ParamValue::Bool(x) => write!(f, "{x}"),
            ParamValue::Choice(x) => f.write_str(x),
            ParamValue::Text(x) => f.write_str(x),
            ParamValue::Targets(x) => f.write_str(&x.source),
        }
    }
}

/// What values a parameter may take. Bounds are inclusive.
#[derive(Clone, PartialEq, Debug)]
pub enum ParamKind {
    /// Whole numbers.
    Int {
        /// Smallest.
        min: i64,
        /// Largest.
        max: i64,
        /// Distance between the values that a search tries, counted from `min`.
        step: i64,
    },
    /// Numbers.
    Float {
        /// Smallest.
        min: f64,
        /// Largest.
        max: f64,
        /// Distance between the values that a grid tries; absent for a continuous range.
        step: Option<f64>,
    },
    /// Yes or no.
    Bool,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Any text.
    Text,
    /// A file of targets, which whoever gives the value has read.
    Targets,
}

impl ParamKind {
    /// Whether there are values to choose from: there is nothing between two texts or two files to search.
    pub const fn is_searched(&self) -> bool {
        !matches!(self, ParamKind::Text | ParamKind::Targets)
    }
}

/// One declared parameter.
#[derive(Clone, PartialEq, Debug)]
pub struct ParamSpec {
    /// Its name, as in the strategy's struct.
    pub name: Cow<'static, str>,
    /// What it means, from the field's doc comment.
    pub doc: &'static str,
    /// The values that it may take.
    pub kind: ParamKind,
    /// The value where none is given.
    pub default: ParamValue,
}

impl ParamSpec {
    /// Turns a written value into one of this parameter's kind: `12`, `0.5`, `true`, a word. A whole number
    /// is also a number.
    ///
    /// # Errors
    /// If the text is of another kind, or out of range.
    pub fn parse(&self, text: &str) -> Result<ParamValue, ParamError> {
        let wrong = || ParamError::WrongKind {
            name: self.name.to_string(),
            value: text.to_string(),
            expected: self.kind.to_string(),
        };
        let value = match self.kind {
            ParamKind::Int { .. } => ParamValue::Int(text.parse().map_err(|_| wrong())?),
            ParamKind::Float { .. } => {
                ParamValue::Float(text.parse().ok().filter(|x: &f64| x.is_finite()).ok_or_else(wrong)?)
            }
            ParamKind::Bool => ParamValue::Bool(text.parse().map_err(|_| wrong())?),
            ParamKind::Choice(_) => ParamValue::Choice(text.to_string()),
            ParamKind::Text => ParamValue::Text(text.into()),
            ParamKind::Targets => return Err(wrong()),
        };
        self.accept(&value)
    }

    /// The value as this parameter's kind (a whole number is also a number, a text a word, a number a text), if it is in
    /// range.
    ///
    /// # Errors
    /// If the value is of another kind, or out of range.
    pub fn accept(&self, value: &ParamValue) -> Result<ParamValue, ParamError> {
        let within = match (&self.kind, value) {
            (ParamKind::Int { min, max, .. }, ParamValue::Int(x)) => (min..=max).contains(&x),
            (ParamKind::Float { min, max, .. }, ParamValue::Float(x)) => (min..=max).contains(&x),
            (ParamKind::Float { .. }, ParamValue::Int(x)) => {
                return self.accept(&ParamValue::Float(*x as f64));
            }
            (ParamKind::Bool, ParamValue::Bool(_))
            | (ParamKind::Text, ParamValue::Text(_))
            | (ParamKind::Targets, ParamValue::Targets(_)) => true,
            (ParamKind::Choice(words), ParamValue::Choice(x)) => words.contains(&x.as_str()),
            (ParamKind::Text, ParamValue::Int(_) | ParamValue::Float(_)) => {
                return Ok(ParamValue::Text(value.to_string().into()));
            }
            (ParamKind::Choice(_), ParamValue::Text(x)) => {
                return self.accept(&ParamValue::Choice(x.to_string()));
            }
            _ => {
                return Err(ParamError::WrongKind {
                    name: self.name.to_string(),
                    value: value.to_string(),
                    expected: self.kind.to_string(),
                });
            }
        };
        if within {
            Ok(value.clone())
        } else {
            Err(ParamError::OutOfRange {
                name: self.name.to_string(),
                value: value.to_string(),
                allowed: self.kind.to_string(),
            })
        }
    }
}

/// The range in words: `a whole number in 2..=50`.
impl fmt::Display for ParamKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ParamKind::Int { min, max, .. } => write!(f, "a whole number in {min}..={max}"),
            ParamKind::Float { min, max, .. } => write!(f, "a number in {min}..={max}"),
            ParamKind::Bool => f.write_str("true or false"),
            ParamKind::Choice(words) => write!(f, "one of {}", words.join(", ")),
            ParamKind::Text => f.write_str("a text"),
            ParamKind::Targets => f.write_str("a file of targets"),
        }
    }
}

/// A struct of parameters. Derived: `#[derive(Params)]`.
pub trait Params: Sized {
    /// Every parameter, in the order of the fields.
    fn specs() -> Vec<ParamSpec>;

    /// The struct with these values; absent ones take their defaults.
    ///
    /// # Errors
    /// If a name is not declared, a value is of the wrong kind or out of range, or the check fails.
    fn from_set(set: &ParamSet) -> Result<Self, ParamError>;

    /// The values of the struct.
    fn to_set(&self) -> ParamSet;
}

/// An enum whose values are words, as a parameter. Derived: `#[derive(Choice)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a parameter",
    note = "a parameter is an integer of at most 64 bits, an `f64`, a `bool` or an enum that derives `Choice`"
)]
pub trait Choice: Copy {
    /// The word of every variant, in order.
    const WORDS: &'static [&'static str];

    /// Its word.
    fn word(self) -> &'static str;

    /// The variant of that word.
    fn from_word(word: &str) -> Option<Self>;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn specs() -> Vec<ParamSpec> {
        vec![
            ParamSpec {
                name: Cow::Borrowed("fast"),
                doc: "Bars.",
                kind: ParamKind::Int { min: 2, max: 50, step: 1 },
                default: ParamValue::Int(10),
            },
            ParamSpec {
                name: Cow::Borrowed("weight"),
                doc: "Share.",
                kind: ParamKind::Float { min: 0.0, max: 1.0, step: None },
                default: ParamValue::Float(0.95),
            },
            ParamSpec {
                name: Cow::Borrowed("mode"),
                doc: "Which.",
                kind: ParamKind::Choice(&["up", "down"]),
                default: ParamValue::Choice("up".into()),
            },
        ]
    }

    #[test]
    fn absent_values_take_their_defaults_and_whole_numbers_are_numbers() {
        let given: ParamSet = [("weight".to_string(), ParamValue::Int(1))].into_iter().collect();
        let set = given.resolve(&specs()).expect("accepted");
        assert_eq!(set.get("fast"), Some(&ParamValue::Int(10)));
        assert_eq!(set.get("weight"), Some(&ParamValue::Float(1.0)));
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let message = |name: &str, value| {
            let set: ParamSet = [(name.to_string(), value)].into_iter().collect();
            set.resolve(&specs()).expect_err("refused").to_string()
        };
        assert_eq!(message("fats", ParamValue::Int(1)), "no parameter `fats`; there are fast, weight, mode");
        assert_eq!(
            message("fast", ParamValue::Int(99)),
            "parameter `fast` = 99 is out of range: a whole number in 2..=50"
        );
        assert_eq!(
            message("fast", ParamValue::Float(3.5)),
            "parameter `fast` is a whole number in 2..=50, not `3.5`"
        );
        assert_eq!(
            message("mode", ParamValue::Choice("left".into())),
            "parameter `mode` = left is out of range: one of up, down"
        );
        assert!(specs()[1].parse("nan").is_err());
        assert_eq!(specs()[1].parse("1"), Ok(ParamValue::Float(1.0)));
    }

    #[test]
    fn a_set_may_declare_what_the_strategy_leaves_open_and_nothing_else() {
        let kind = ParamKind::Int { min: 2, max: 9, step: 1 };
        let mut set = ParamSet::new();
        set.set("n", ParamValue::Int(3));
        set.declare("n", kind.clone());
        let open = ParamSpec {
            name: Cow::Borrowed("n"),
            doc: "N.",
            kind: kind.clone(),
            default: ParamValue::Int(3),
        };
        let resolved = set.resolve(std::slice::from_ref(&open)).expect("declared");
        assert_eq!(resolved.declared("n"), Some(&kind));
        let own = ParamSpec { kind: ParamKind::Int { min: 1, max: 5, step: 1 }, ..open };
        let message = |specs: &[ParamSpec]| set.resolve(specs).expect_err("refused").to_string();
        assert_eq!(message(&[own]), "parameter `n` has its own range: a whole number in 1..=5");
        assert_eq!(message(&specs()), "no parameter `n`; there are fast, weight, mode");
    }

    #[test]
    fn a_text_is_a_word_where_words_are_wanted_and_no_number() {
        let specs = specs();
        let up = ParamValue::Text("up".into());
        assert_eq!(specs[2].accept(&up), Ok(ParamValue::Choice("up".into())));
        assert!(specs[0].accept(&ParamValue::Text("12".into())).is_err());
    }
}
