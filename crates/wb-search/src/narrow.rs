//! Narrowing: from what a strategy declares of a parameter to the values that a search tries.

use wb_core::{ParamKind, ParamSpec, ParamValue};

use crate::SearchError;
use crate::axis::{Axis, Values};

/// Which of a parameter's declared values a search tries.
#[derive(Clone, PartialEq, Debug)]
pub enum Narrow {
    /// From `min` to `max`, both included.
    Range {
        /// Smallest.
        min: ParamValue,
        /// Largest.
        max: ParamValue,
        /// Distance between the values, counted from `min`; absent: as declared.
        step: Option<ParamValue>,
    },
    /// These values, and no others.
    Values(Vec<ParamValue>),
    /// This value alone.
    Fixed(ParamValue),
}

/// The values of a parameter that a search tries where nothing narrows it.
pub(crate) fn declared(spec: &ParamSpec) -> Result<Axis, SearchError> {
    let values = match spec.kind {
        ParamKind::Int { min, max, step } => ints(spec, min, max, step)?,
        ParamKind::Float { min, max, step } => floats(spec, min, max, step)?,
        // A text has no values to choose from: it is what is given, or the default.
        ParamKind::Text | ParamKind::Targets => Values::Words(vec![spec.default.clone()]),
        ParamKind::Bool => Values::Words(vec![ParamValue::Bool(false), ParamValue::Bool(true)]),
        ParamKind::Choice(words) => {
            Values::Words(words.iter().map(|word| ParamValue::Choice((*word).to_string())).collect())
        }
    };
    Ok(Axis { name: spec.name.to_string(), values })
}

/// The values of a parameter that a search tries where it is narrowed.
pub(crate) fn narrowed(spec: &ParamSpec, narrow: &Narrow) -> Result<Axis, SearchError> {
    let values = match narrow {
        Narrow::Fixed(value) => Values::Words(vec![spec.accept(value)?]),
        Narrow::Values(values) => listed(spec, values)?,
        Narrow::Range { min, max, step } => {
            let (min, max) = (spec.accept(min)?, spec.accept(max)?);
            match (&spec.kind, min, max) {
                (ParamKind::Int { step: declared, .. }, ParamValue::Int(min), ParamValue::Int(max)) => {
                    let step = step.as_ref().map_or(Ok(*declared), |step| whole_step(spec, step))?;
                    ints(spec, min, max, step)?
                }
                (ParamKind::Float { step: declared, .. }, ParamValue::Float(min), ParamValue::Float(max)) => {
                    let step =
                        step.as_ref().map_or(Ok(*declared), |step| number_step(spec, step).map(Some))?;
                    floats(spec, min, max, step)?
                }
                _ => {
                    return Err(SearchError::NoRange {
                        name: spec.name.to_string(),
                        kind: spec.kind.to_string(),
                    });
                }
            }
        }
    };
    Ok(Axis { name: spec.name.to_string(), values })
}

/// Numbers in rising order, words as given; each once.
fn listed(spec: &ParamSpec, values: &[ParamValue]) -> Result<Values, SearchError> {
    let mut distinct: Vec<ParamValue> = Vec::with_capacity(values.len());
    for value in values {
        let value = spec.accept(value)?;
        if !distinct.contains(&value) {
            distinct.push(value);
        }
    }
    if distinct.is_empty() {
        return Err(SearchError::NoValues { name: spec.name.to_string() });
    }
    distinct.sort_by(|a, b| match (a, b) {
        (ParamValue::Int(a), ParamValue::Int(b)) => a.cmp(b),
        (ParamValue::Float(a), ParamValue::Float(b)) => a.total_cmp(b),
        _ => std::cmp::Ordering::Equal,
    });
    Ok(match spec.kind {
        ParamKind::Int { .. } | ParamKind::Float { .. } => Values::Numbers(distinct),
        ParamKind::Bool | ParamKind::Choice(_) | ParamKind::Text | ParamKind::Targets => {
            Values::Words(distinct)
        }
    })
}

fn whole_step(spec: &ParamSpec, step: &ParamValue) -> Result<i64, SearchError> {
    match step {
        ParamValue::Int(step) => Ok(*step),
        other => Err(SearchError::BadStep { name: spec.name.to_string(), step: other.to_string() }),
    }
}

fn number_step(spec: &ParamSpec, step: &ParamValue) -> Result<f64, SearchError> {
    match step {
        ParamValue::Int(step) => Ok(*step as f64),
        ParamValue::Float(step) => Ok(*step),
        other => Err(SearchError::BadStep { name: spec.name.to_string(), step: other.to_string() }),
    }
}

fn ints(spec: &ParamSpec, min: i64, max: i64, step: i64) -> Result<Values, SearchError> {
    if min > max {
        return Err(empty(spec, min, max));
    }
    Values::ints(min, max, step)
        .ok_or_else(|| SearchError::BadStep { name: spec.name.to_string(), step: step.to_string() })
}

fn floats(spec: &ParamSpec, min: f64, max: f64, step: Option<f64>) -> Result<Values, SearchError> {
    if min > max {
        return Err(empty(spec, min, max));
    }
    let Some(step) = step else { return Ok(Values::Interval { min, max }) };
    Values::steps(min, max, step)
        .ok_or_else(|| SearchError::BadStep { name: spec.name.to_string(), step: step.to_string() })
}

fn empty(spec: &ParamSpec, min: impl ToString, max: impl ToString) -> SearchError {
    SearchError::EmptyRange { name: spec.name.to_string(), min: min.to_string(), max: max.to_string() }
}
