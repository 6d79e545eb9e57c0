//! The text form of a feature: `sma(close,10)`, `atr(14)`, `macd(btc.close@1h,12,26,9).signal`.
//!
//! In front an input, `[role.]field[@interval]`, or a number for none; behind it the numbers of the indicator; where it
//! has several outputs, the name of one. The field of an indicator that is fed with whole bars is `bar`. An input that
//! is not written is the close or the bar of the instrument at hand, at the interval of the run. A field alone is a
//! feature, too.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use wb_core::Interval;
use wb_indicators::{INDICATORS, IndicatorEntry, Make};

use crate::suggest::closest;
use crate::text_error::TextError;

/// What of a bar is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Field {
    /// First price.
    Open,
    /// Highest price.
    High,
    /// Lowest price.
    Low,
    /// Last price.
    Close,
    /// Units traded.
    Volume,
    /// The mean of high, low and close.
    Typical,
    /// All of it.
    Bar,
}

impl Field {
    /// Every field.
    pub const ALL: [Field; 7] =
        [Field::Open, Field::High, Field::Low, Field::Close, Field::Volume, Field::Typical, Field::Bar];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Field::Open => "open",
            Field::High => "high",
            Field::Low => "low",
            Field::Close => "close",
            Field::Volume => "volume",
            Field::Typical => "typical",
            Field::Bar => "bar",
        }
    }

    /// The field of that name.
    pub fn named(name: &str) -> Option<Field> {
        Field::ALL.into_iter().find(|field| field.name() == name)
    }
}

/// Where an indicator gets its values: `close`, `btc.close@1h`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FeatureInput {
    /// The role whose instrument is read; absent for the instrument at hand.
    pub role: Option<String>,
    /// What of its bars.
    pub field: Field,
    /// The interval of the bars; absent for that of the run.
    pub interval: Option<Interval>,
}

/// An indicator with its arguments and one of its outputs.
#[derive(Clone, PartialEq, Debug)]
pub struct FeatureCall {
    /// Its line in the table of indicators.
    pub(crate) entry: &'static IndicatorEntry,
    args: Vec<f64>,
    /// Which of its outputs.
    output: usize,
}

/// A feature in words.
#[derive(Clone, PartialEq, Debug)]
pub struct FeatureText {
    /// A number where the indicator takes numbers, the whole bar where it takes bars.
    pub(crate) input: FeatureInput,
    /// What becomes of it; absent for the input as it is.
    pub(crate) call: Option<FeatureCall>,
}

impl FeatureCall {
    /// An indicator with the arguments given, the others at their defaults, and the output of that name; without a
    /// name the output that is called as the indicator is.
    ///
    /// # Errors
    /// In words, and with the position among the arguments where one is wrong.
    pub fn new(
        entry: &'static IndicatorEntry,
        given: &[f64],
        output: Option<&str>,
    ) -> Result<FeatureCall, (Option<usize>, String)> {
        let args = entry.check(given).map_err(|(position, message)| (Some(position), message))?;
        let wanted = output.unwrap_or(entry.name);
        let found = entry.outputs.iter().position(|name| *name == wanted);
        match (found, output, entry.outputs) {
            (Some(output), ..) => Ok(FeatureCall { entry, args, output }),
            (None, None, []) => Ok(FeatureCall { entry, args, output: 0 }),
            (None, Some(_), []) => Err((None, format!("`{}` has one output, without a name", entry.name))),
            (None, None, names) => {
                Err((None, format!("say which output of `{}`: .{}", entry.name, names.join(", ."))))
            }
            (None, Some(wrong), names) => {
                let names = names.join(", .");
                Err((None, format!("`{}` has no output `{wrong}`; there are .{names}", entry.name)))
            }
        }
    }

    /// Which of its outputs it gives.
    pub fn output(&self) -> usize {
        self.output
    }

    /// Its arguments, all of them.
    pub fn args(&self) -> &[f64] {
        &self.args
    }
}

impl FeatureText {
    /// An input as it is.
    ///
    /// # Errors
    /// In words, if it is a whole bar.
    pub fn of_input(input: FeatureInput) -> Result<FeatureText, String> {
        if input.field == Field::Bar {
            return Err("`bar` is no number: it is what an indicator reads".to_string());
        }
        Ok(FeatureText { input, call: None })
    }

    /// An indicator of an input; without one, of the close or the bar of the instrument at hand.
    ///
    /// # Errors
    /// In words, if the indicator is not fed with such an input.
    pub fn of_call(input: Option<FeatureInput>, call: FeatureCall) -> Result<FeatureText, String> {
        let name = call.entry.name;
        let default = match call.entry.make {
            Make::Number(_) => Field::Close,
            Make::Bar(_) | Make::StampedBar(_) => Field::Bar,
            Make::Pair(_) => return Err(format!("`{name}` reads two series: it is no feature of one")),
        };
        let input = input.unwrap_or(FeatureInput { role: None, field: default, interval: None });
        match (input.field == Field::Bar, default == Field::Bar) {
            (true, false) => Err(format!("`{name}` is fed with numbers, such as `close`")),
            (false, true) => Err(format!("`{name}` is fed with whole bars: `bar`")),
            _ => Ok(FeatureText { input, call: Some(call) }),
        }
    }

    /// Whether it reads the instrument at hand, and no other role's.
    pub fn is_at_hand(&self) -> bool {
        self.input.role.is_none()
    }

    /// The same where bars are of an interval that then goes without saying.
    pub(crate) fn on_bars_of(&self, source: Interval) -> FeatureText {
        let mut text = self.clone();
        text.input.interval = text.input.interval.filter(|interval| *interval != source);
        text
    }
}

/// The one way in which a feature is written.
pub(crate) fn written(
    role: Option<&str>,
    field: Field,
    interval: Option<Interval>,
    indicator: &str,
    args: &[f64],
    output: Option<&str>,
) -> String {
    let mut input = String::new();
    // The bar of the instrument at hand at the interval of the run goes without saying.
    let whole = field == Field::Bar;
    if !whole || role.is_some() || interval.is_some() || indicator.is_empty() {
        let field = field.name();
        input = role.map_or_else(|| field.to_string(), |role| format!("{role}.{field}"));
    }
    if let Some(interval) = interval {
        input = format!("{input}@{interval}");
    }
    if indicator.is_empty() {
        return input;
    }
    // What an indicator knows from its market is not written: it takes no arguments.
    let count = IndicatorEntry::find(indicator).map_or(args.len(), |entry| entry.args.len());
    let input = (!input.is_empty()).then_some(input);
    let parts: Vec<String> = input.into_iter().chain(args[..count].iter().map(ToString::to_string)).collect();
    let output = output.map_or_else(String::new, |output| format!(".{output}"));
    format!("{indicator}({}){output}", parts.join(","))
}

impl fmt::Display for FeatureInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&written(self.role.as_deref(), self.field, self.interval, "", &[], None))
    }
}

impl fmt::Display for FeatureText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let FeatureInput { role, field, interval } = &self.input;
        let (name, args, output) = match &self.call {
            Some(FeatureCall { entry, args, output }) => {
                (entry.name, &args[..], entry.outputs.get(*output).copied())
            }
            None => ("", &[][..], None),
        };
        f.write_str(&written(role.as_deref(), *field, *interval, name, args, output))
    }
}

/// The indicator of that name.
///
/// # Errors
/// In words, with the name that may be meant, if there is none.
fn find_indicator(name: &str) -> Result<&'static IndicatorEntry, String> {
    if let Some(entry) = IndicatorEntry::find(name) {
        return Ok(entry);
    }
    let known = IndicatorEntry::known_as(name).map(|entry| entry.name);
    let near = known.or_else(|| closest(name, INDICATORS.iter().map(|entry| entry.name)));
    let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    Err(format!("no indicator `{name}`{hint}"))
}

/// Reads `close`, `btc.close@1h`.
impl FromStr for FeatureInput {
    type Err = TextError;

    fn from_str(text: &str) -> Result<FeatureInput, TextError> {
        read_input(text, 0..text.len())
    }
}

/// Reads what [`FeatureText`]'s `Display` writes, and what leaves out an input or defaults.
impl FromStr for FeatureText {
    type Err = TextError;

    fn from_str(text: &str) -> Result<FeatureText, TextError> {
        let Some(open) = text.find('(') else {
            let wrong = |what| TextError::new(0..text.len(), what);
            return FeatureText::of_input(read_input(text, 0..text.len())?).map_err(wrong);
        };
        let close = text.rfind(')').filter(|close| *close > open);
        let close = close.ok_or_else(|| TextError::new(text.len()..text.len(), "the `)` is missing"))?;
        let entry = find_indicator(text[..open].trim()).map_err(|what| TextError::new(0..open, what))?;
        let output = match text[close + 1..].trim() {
            "" => None,
            rest => Some(rest.strip_prefix('.').ok_or_else(|| {
                TextError::new(close + 1..text.len(), "after the `)` comes nothing but the name of an output")
            })?),
        };
        let mut parts = parts(text, open + 1..close);
        let mut input = None;
        if let Some(first) = parts.first()
            && text[first.clone()].trim().parse::<f64>().is_err()
        {
            input = Some(read_input(text, parts.remove(0))?);
        }
        let number = |part: &Range<usize>| {
            let number = text[part.clone()].trim().parse::<f64>().ok().filter(|x| x.is_finite());
            number.ok_or_else(|| TextError::new(part.clone(), "this is no number"))
        };
        let given = parts.iter().map(number).collect::<Result<Vec<f64>, _>>()?;
        let call = FeatureCall::new(entry, &given, output).map_err(|(position, what)| {
            let at = position.and_then(|position| parts.get(position).cloned());
            TextError::new(at.unwrap_or(0..text.len()), what)
        })?;
        FeatureText::of_call(input, call).map_err(|what| TextError::new(open + 1..close, what))
    }
}

/// What stands between commas; nothing where there is nothing.
fn parts(text: &str, within: Range<usize>) -> Vec<Range<usize>> {
    if text[within.clone()].trim().is_empty() {
        return Vec::new();
    }
    let mut from = within.start;
    let commas = text[within.clone()].match_indices(',').map(|(at, _)| within.start + at);
    let ends = commas.chain([within.end]);
    ends.map(|end| std::mem::replace(&mut from, end + 1)..end).collect()
}

fn read_input(text: &str, at: Range<usize>) -> Result<FeatureInput, TextError> {
    let wrong = |what: String| TextError::new(at.clone(), what);
    let (path, interval) = match text[at.clone()].trim().split_once('@') {
        Some((path, interval)) => (path, Some(interval)),
        None => (text[at.clone()].trim(), None),
    };
    let interval = match interval {
        Some(text) => Some(
            Interval::parse(text)
                .ok_or_else(|| wrong(format!("`{text}` is not the length of a bar, such as 5m, 1h or 1d")))?,
        ),
        None => None,
    };
    let (role, field) = match path.split_once('.') {
        Some((role, field)) => (Some(role.to_string()), field),
        None => (None, path),
    };
    let field = Field::named(field).ok_or_else(|| {
        let near = closest(field, Field::ALL.map(Field::name));
        let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        wrong(format!("no field `{field}` of a bar{hint}"))
    })?;
    Ok(FeatureInput { role, field, interval })
}

#[cfg(test)]
mod tests;
