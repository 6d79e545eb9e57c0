//! The indicators by name: what each takes, and how it is made of it.

mod entries;

use std::fmt;

use wb_core::{Bar, Interval, Ts, UtcOffsets};

use crate::boxed::BoxedIndicator;

pub use entries::INDICATORS;

/// One line of the table of indicators.
#[derive(Clone, Copy, Debug)]
pub struct IndicatorEntry {
    /// Its name in texts, that of its [`crate::Definition`].
    pub name: &'static str,
    /// Its value in a few words.
    pub about: &'static str,
    /// Its arguments behind the input.
    pub args: &'static [Arg],
    /// Names of its outputs where it has several.
    pub outputs: &'static [&'static str],
    /// What other tools call it.
    pub also: &'static [&'static str],
    /// How it is made.
    pub make: Make,
    must: Option<Condition>,
}

/// What must hold between arguments.
#[derive(Clone, Copy, Debug)]
struct Condition {
    words: &'static str,
    holds: fn(&[f64]) -> bool,
}

/// One argument of an indicator.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Arg {
    /// Its name.
    pub name: &'static str,
    /// Whether it is a whole number: a count of inputs.
    pub whole: bool,
    /// The least that it may be.
    pub min: f64,
    /// The most that it may be.
    pub max: f64,
    /// What it is where it is not given.
    pub default: Option<f64>,
}

/// What an indicator is fed with, and how it is made of arguments that [`IndicatorEntry::check`] accepts.
#[derive(Clone, Copy)]
pub enum Make {
    /// A number.
    Number(fn(&[f64]) -> BoxedIndicator<f64>),
    /// Two numbers.
    Pair(fn(&[f64]) -> BoxedIndicator<[f64; 2]>),
    /// A bar.
    Bar(fn(&[f64]) -> BoxedIndicator<Bar>),
    /// A bar and its close. It is made of the instrument's time zone and the bars' interval.
    StampedBar(fn(UtcOffsets, Interval) -> BoxedIndicator<(Ts, Bar)>),
}

/// The longest window: what is longer is a slip of the finger and would take all memory.
const LONGEST: f64 = 1_000_000.0;

impl IndicatorEntry {
    const fn new(
        name: &'static str,
        about: &'static str,
        args: &'static [Arg],
        make: Make,
    ) -> IndicatorEntry {
        IndicatorEntry { name, about, args, outputs: &[], also: &[], make, must: None }
    }

    const fn outputs(self, outputs: &'static [&'static str]) -> IndicatorEntry {
        IndicatorEntry { outputs, ..self }
    }

    const fn also(self, also: &'static [&'static str]) -> IndicatorEntry {
        IndicatorEntry { also, ..self }
    }

    const fn must(self, words: &'static str, holds: fn(&[f64]) -> bool) -> IndicatorEntry {
        IndicatorEntry { must: Some(Condition { words, holds }), ..self }
    }

    /// The line of that name.
    pub fn find(name: &str) -> Option<&'static IndicatorEntry> {
        INDICATORS.iter().find(|entry| entry.name == name)
    }

    /// The line of what other tools call by that name.
    pub fn known_as(name: &str) -> Option<&'static IndicatorEntry> {
        INDICATORS.iter().find(|entry| entry.also.contains(&name))
    }

    /// The arguments with those left out at the end at their defaults.
    ///
    /// # Errors
    /// If one is missing or too many, or is not what it may be. In words, with its position among those given.
    pub fn check(&self, given: &[f64]) -> Result<Vec<f64>, (usize, String)> {
        if given.len() > self.args.len() {
            let takes = match self.args.len() {
                0 => "no argument".to_string(),
                1 => "one argument".to_string(),
                n => format!("{n} arguments"),
            };
            return Err((self.args.len(), format!("`{}` takes {takes} behind its input: {self}", self.name)));
        }
        let mut args = Vec::with_capacity(self.args.len());
        for (position, arg) in self.args.iter().enumerate() {
            let value = given.get(position).copied().or(arg.default);
            let value =
                value.ok_or_else(|| (position, format!("`{}` needs `{}`: {self}", self.name, arg.name)))?;
            arg.check(value)
                .map_err(|what| (position, format!("`{}` of `{}` {what}", arg.name, self.name)))?;
            args.push(value);
        }
        match self.must {
            Some(Condition { words, holds }) if !holds(&args) => {
                Err((0, format!("`{}` needs {words}: {self}", self.name)))
            }
            _ => Ok(args),
        }
    }
}

/// A line is the one of its name.
impl PartialEq for IndicatorEntry {
    fn eq(&self, other: &IndicatorEntry) -> bool {
        self.name == other.name
    }
}

/// How it is written: `macd(x, fast = 12, slow = 26, signal = 9)`.
impl fmt::Display for IndicatorEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let input: &[&str] = match self.make {
            Make::Number(_) => &["x"],
            Make::Pair(_) => &["x", "y"],
            Make::Bar(_) | Make::StampedBar(_) => &[],
        };
        let args = self.args.iter().map(|arg| match arg.default {
            Some(default) => format!("{} = {default}", arg.name),
            None => arg.name.to_string(),
        });
        let all: Vec<String> = input.iter().map(ToString::to_string).chain(args).collect();
        write!(f, "{}({})", self.name, all.join(", "))
    }
}

impl Arg {
    const fn new(name: &'static str, whole: bool, min: f64, max: f64) -> Arg {
        Arg { name, whole, min, max, default: None }
    }

    /// A count of inputs.
    const fn window(name: &'static str, min: f64) -> Arg {
        Arg::new(name, true, min, LONGEST)
    }

    const fn or(self, default: f64) -> Arg {
        Arg { default: Some(default), ..self }
    }

    fn check(&self, x: f64) -> Result<(), String> {
        let kind = if self.whole { "a whole number" } else { "a number" };
        let fits = (self.min..=self.max).contains(&x) && (!self.whole || x.fract() == 0.0);
        if fits { Ok(()) } else { Err(format!("is {kind} in {}..={}, not {x}", self.min, self.max)) }
    }
}

impl fmt::Debug for Make {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Make::Number(_) => "Number",
            Make::Pair(_) => "Pair",
            Make::Bar(_) => "Bar",
            Make::StampedBar(_) => "StampedBar",
        })
    }
}
