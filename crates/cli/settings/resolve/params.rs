//! A strategy's parameters: the values given for them, and the ranges of those that it leaves open.

use std::path::Path;

use wb_core::{ParamError, ParamKind, ParamSet, ParamSpec, ParamValue};
use wb_kernel::StrategyEntry;

use crate::error::UserError;
use crate::settings::keys::Value;
use crate::settings::layers::{Entry, Settings};
use crate::settings::options::Raw;
use crate::suggest::did_you_mean;
use crate::targets;

/// Every parameter of the strategy, those not given at their defaults.
///
/// # Errors
/// If a parameter is unknown, or its value or its range is not one it may have.
pub(super) fn resolve_params(
    settings: &Settings,
    strategy: &StrategyEntry,
    root: &Path,
) -> Result<ParamSet, UserError> {
    let mut given = as_written(settings)?;
    let wrong = |error: ParamError| told(settings, strategy, &error);
    let specs = (strategy.specs)(&given).map_err(wrong)?;
    for (name, entry) in values(settings) {
        let at = |message: String| UserError::usage(format!("{}: {message}", entry.source));
        let Some(spec) = specs.iter().find(|spec| spec.name == name) else {
            let names = specs.iter().map(|spec| spec.name.as_ref());
            let hint = did_you_mean(name, names.clone())
                .unwrap_or_else(|| format!("there are {}", names.collect::<Vec<_>>().join(", ")));
            return Err(at(format!("{} has no parameter `{name}`", strategy.name)).hint(hint));
        };
        let value = match (&spec.kind, raw(entry).text()) {
            (ParamKind::Targets, Some(file)) => {
                let table = targets::read(root, file);
                let named = |error: UserError| UserError {
                    message: format!("{}: {name}: {}", entry.source, error.message),
                    ..error
                };
                ParamValue::Targets(table.map_err(named)?)
            }
            (_, _) => read_param(spec, raw(entry)).map_err(|error| at(error.to_string()))?,
        };
        given.set(name, value);
    }
    (strategy.resolve)(&given).map_err(wrong)
}

const RANGE_HINT: &str = "a range is written { value = 10, range = \"2..=50\", step = 1 }: both ends included, the step above zero";

/// The error at the place of the parameter that it names, where it names one that was given.
fn told(settings: &Settings, strategy: &StrategyEntry, error: &ParamError) -> UserError {
    let named = match error {
        ParamError::Text { name, .. } => settings.get(&format!("params.{name}")),
        ParamError::Declared { name, .. } => settings.get(&format!("params.{name}.range")),
        _ => None,
    };
    match named {
        Some(entry) => UserError::usage(format!("{}: {error}", entry.source)),
        None => UserError::usage(format!("{}: {error}", strategy.name)),
    }
}

/// The parameters with a value; without the ranges.
fn values(settings: &Settings) -> impl Iterator<Item = (&str, &Entry)> {
    settings.below("params.").filter(|(name, _)| !name.contains('.'))
}

fn raw(entry: &Entry) -> &Raw {
    let Value::Open(raw) = &entry.value else { unreachable!("no key of the table begins with params") };
    raw
}

/// The values as their writing suggests, and the ranges: what a strategy is told before it says what it takes.
fn as_written(settings: &Settings) -> Result<ParamSet, UserError> {
    let mut set = ParamSet::new();
    for (name, entry) in values(settings) {
        if let Some(value) = guess(raw(entry)) {
            set.set(name, value);
        }
    }
    for (path, entry) in settings.below("params.").filter(|(path, _)| path.contains('.')) {
        let Some(name) = path.strip_suffix(".range") else {
            let range = path.strip_suffix(".step").map(|name| format!("params.{name}.range"));
            if range.is_some_and(|range| settings.get(&range).is_some()) {
                continue;
            }
            let message = format!("{}: `{path}` goes with no range", entry.source);
            return Err(UserError::usage(message).hint(RANGE_HINT));
        };
        let step = settings.get(&format!("params.{name}.step"));
        let kind = raw(entry).text().and_then(|text| read_range(text, step.map(raw), set.get(name)));
        let kind = kind.ok_or_else(|| {
            let step = step.map_or_else(String::new, |step| format!(" with step {}", step.written));
            let message = format!("{}: {name}: no range: {}{step}", entry.source, entry.written);
            UserError::usage(message).hint(RANGE_HINT)
        })?;
        set.declare(name, kind);
    }
    Ok(set)
}

fn guess(raw: &Raw) -> Option<ParamValue> {
    Some(match raw {
        Raw::Written(text) => {
            let int = text.parse().map(ParamValue::Int).ok();
            let float = || text.parse().map(ParamValue::Float).ok();
            let bool = || text.parse().map(ParamValue::Bool).ok();
            int.or_else(float).or_else(bool).unwrap_or_else(|| ParamValue::Text(text.as_str().into()))
        }
        Raw::Text(text) => ParamValue::Text(text.as_str().into()),
        Raw::Int(x) => ParamValue::Int(*x),
        Raw::Float(x) => ParamValue::Float(*x),
        Raw::Bool(x) => ParamValue::Bool(*x),
        Raw::List(_) | Raw::Table(_) => return None,
    })
}

/// `2..=50` with a step of 5. Whole numbers where both ends, the step and the value are.
fn read_range(text: &str, step: Option<&Raw>, value: Option<&ParamValue>) -> Option<ParamKind> {
    let (min, max) = text.split_once("..=").map(|(min, max)| (min.trim(), max.trim()))?;
    let whole = |text: &str| text.parse::<i64>().ok();
    let step_text = step.map(ToString::to_string);
    if let (Some(min), Some(max), Some(step)) =
        (whole(min), whole(max), step_text.as_deref().map_or(Some(1), whole))
        && !matches!(value, Some(ParamValue::Float(_)))
    {
        return (min <= max && step > 0).then_some(ParamKind::Int { min, max, step });
    }
    let number = |text: &str| text.parse::<f64>().ok().filter(|x| x.is_finite());
    let (min, max) = (number(min)?, number(max)?);
    let step = match step_text {
        Some(text) => Some(number(&text).filter(|step| *step > 0.0)?),
        None => None,
    };
    (min <= max).then_some(ParamKind::Float { min, max, step })
}

/// The value that was written, as one of this parameter's kind.
///
/// # Errors
/// If it is of another kind, or out of range.
pub(crate) fn read_param(spec: &ParamSpec, raw: &Raw) -> Result<ParamValue, ParamError> {
    match raw {
        Raw::Written(text) => spec.parse(text),
        Raw::Text(text) => spec.accept(&ParamValue::Text(text.as_str().into())),
        Raw::Int(x) => spec.accept(&ParamValue::Int(*x)),
        Raw::Float(x) => spec.accept(&ParamValue::Float(*x)),
        Raw::Bool(x) => spec.accept(&ParamValue::Bool(*x)),
        Raw::List(_) | Raw::Table(_) => Err(ParamError::WrongKind {
            name: spec.name.to_string(),
            value: raw.to_string(),
            expected: spec.kind.to_string(),
        }),
    }
}
