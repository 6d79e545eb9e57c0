//! The functions of rules that are no indicators, and what they compute.

use std::cmp::Ordering;

use super::syntax::{Binary, Unary};

/// One line of the table.
pub(super) struct Function {
    /// Its name.
    pub(super) name: &'static str,
    /// How it is written.
    pub(super) written: &'static str,
    /// Its value in a few words.
    pub(super) about: &'static str,
    pub(super) kind: FunctionKind,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum FunctionKind {
    /// Of one number.
    One(One),
    /// Of two numbers or more, from the left.
    Many(Two),
    /// Whether the first of two numbers has just passed the second.
    Crosses(Passing),
    /// Among the traded instruments.
    Rank,
    /// The deviation of returns, times the root of the bars in a year.
    AnnualVolatility,
}

/// Which way a value passes another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Passing {
    Above,
    Below,
}

/// What makes a number of one number. A comparison with what is unknown does not hold. Conditions are 1 where they hold and 0 where not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum One {
    Negate,
    Not,
    Abs,
    Sqrt,
    Log,
    Exp,
    Sign,
}

/// What makes a number of two numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Two {
    Operator(Binary),
    Min,
    Max,
}

const fn line(
    name: &'static str,
    written: &'static str,
    about: &'static str,
    kind: FunctionKind,
) -> Function {
    Function { name, written, about, kind }
}

/// Every function of rules besides the indicators, in the order in which they are shown.
#[rustfmt::skip]
pub(super) static FUNCTIONS: &[Function] = &[
    line("abs", "abs(x)", "size of x", FunctionKind::One(One::Abs)),
    line("sign", "sign(x)", "1, 0 or −1", FunctionKind::One(One::Sign)),
    line("sqrt", "sqrt(x)", "square root", FunctionKind::One(One::Sqrt)),
    line("log", "log(x)", "natural logarithm", FunctionKind::One(One::Log)),
    line("exp", "exp(x)", "e to the power of x", FunctionKind::One(One::Exp)),
    line("min", "min(x, y, …)", "the smallest", FunctionKind::Many(Two::Min)),
    line("max", "max(x, y, …)", "the largest", FunctionKind::Many(Two::Max)),
    line("crosses_above", "crosses_above(x, y)", "x is above y and was not on the bar before", FunctionKind::Crosses(Passing::Above)),
    line("crosses_below", "crosses_below(x, y)", "x is below y and was not on the bar before", FunctionKind::Crosses(Passing::Below)),
    line("rank", "rank(x)", "share of the other traded instruments with a lower x, 0 to 1", FunctionKind::Rank),
    line("annual_volatility", "annual_volatility(x = close, n)", "deviation of n log returns, scaled to a year", FunctionKind::AnnualVolatility),
];

impl One {
    /// Writes the value of each input.
    pub(super) fn apply(self, x: &[f64], out: &mut [f64]) {
        match self {
            One::Negate => each(x, out, |x| -x),
            One::Not => each(x, out, |x| 1.0 - x),
            One::Abs => each(x, out, f64::abs),
            One::Sqrt => each(x, out, f64::sqrt),
            One::Log => each(x, out, libm::log),
            One::Exp => each(x, out, libm::exp),
            // What is unknown stays unknown.
            One::Sign => each(x, out, |x| if x.is_nan() { x } else { truth(x > 0.0) - truth(x < 0.0) }),
        }
    }
}

impl Two {
    /// Writes the value of each pair of inputs.
    pub(super) fn apply(self, x: &[f64], y: &[f64], out: &mut [f64]) {
        match self {
            // What is unknown makes the result unknown.
            Two::Min => both(x, y, out, |x, y| if y < x || y.is_nan() { y } else { x }),
            Two::Max => both(x, y, out, |x, y| if y > x || y.is_nan() { y } else { x }),
            Two::Operator(operator) => match operator {
                Binary::Add => both(x, y, out, |x, y| x + y),
                Binary::Subtract => both(x, y, out, |x, y| x - y),
                Binary::Multiply => both(x, y, out, |x, y| x * y),
                Binary::Divide => both(x, y, out, |x, y| x / y),
                Binary::Less => both(x, y, out, |x, y| truth(x < y)),
                Binary::LessOrEqual => both(x, y, out, |x, y| truth(x <= y)),
                Binary::Greater => both(x, y, out, |x, y| truth(x > y)),
                Binary::GreaterOrEqual => both(x, y, out, |x, y| truth(x >= y)),
                Binary::Equal => both(x, y, out, |x, y| truth(x.partial_cmp(&y) == Some(Ordering::Equal))),
                Binary::NotEqual => {
                    both(x, y, out, |x, y| truth(x.partial_cmp(&y).is_some_and(Ordering::is_ne)))
                }
                Binary::And => both(x, y, out, |x, y| x * y),
                Binary::Or => both(x, y, out, |x, y| if y > x { y } else { x }),
            },
        }
    }
}

impl From<Unary> for One {
    fn from(unary: Unary) -> One {
        match unary {
            Unary::Negate => One::Negate,
            Unary::Not => One::Not,
        }
    }
}

fn truth(holds: bool) -> f64 {
    f64::from(u8::from(holds))
}

#[inline]
fn each(x: &[f64], out: &mut [f64], f: impl Fn(f64) -> f64) {
    for (out, x) in out.iter_mut().zip(x) {
        *out = f(*x);
    }
}

#[inline]
fn both(x: &[f64], y: &[f64], out: &mut [f64], f: impl Fn(f64, f64) -> f64) {
    for ((out, x), y) in out.iter_mut().zip(x).zip(y) {
        *out = f(*x, *y);
    }
}
