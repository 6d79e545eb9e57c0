//! Why a strategy's parameters were not accepted.

use std::fmt;

use crate::param_set::ParamSet;

/// Why parameters were not accepted.
#[derive(Clone, PartialEq, Debug)]
pub enum ParamError {
    /// No parameter of that name.
    Unknown {
        /// The name given.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// A value of another kind.
    WrongKind {
        /// The parameter.
        name: String,
        /// The value given.
        value: String,
        /// What it takes.
        expected: String,
    },
    /// A value outside the declared range.
    OutOfRange {
        /// The parameter.
        name: String,
        /// The value given.
        value: String,
        /// What is allowed.
        allowed: String,
    },
    /// A range given for a parameter whose strategy declares one.
    Declared {
        /// The parameter.
        name: String,
        /// What the strategy declares.
        allowed: String,
    },
    /// A text that is not what it should be.
    Text {
        /// The parameter.
        name: String,
        /// What is wrong with it, of one or several lines.
        message: String,
    },
    /// Values that do not go together.
    Check {
        /// The condition that does not hold, as declared: `fast < slow`.
        condition: &'static str,
        /// The values in it, as given.
        values: ParamSet,
    },
}

impl fmt::Display for ParamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ParamError::Unknown { name, known } => {
                write!(f, "no parameter `{name}`; there are {}", known.join(", "))
            }
            ParamError::WrongKind { name, value, expected } => {
                write!(f, "parameter `{name}` is {expected}, not `{value}`")
            }
            ParamError::OutOfRange { name, value, allowed } => {
                write!(f, "parameter `{name}` = {value} is out of range: {allowed}")
            }
            ParamError::Declared { name, allowed } => {
                write!(f, "parameter `{name}` has its own range: {allowed}")
            }
            ParamError::Text { name, message } => write!(f, "parameter `{name}`: {message}"),
            ParamError::Check { condition, values } => {
                write!(f, "parameters must satisfy `{condition}`; got")?;
                for (i, (name, value)) in values.iter().enumerate() {
                    write!(f, "{} {name} = {value}", if i == 0 { "" } else { "," })?;
                }
                Ok(())
            }
        }
    }
}

impl std::error::Error for ParamError {}
