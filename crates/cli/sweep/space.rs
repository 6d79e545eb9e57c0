//! The `[space]` of a sweep spec: which values of each parameter are searched.

use wb_core::{ParamError, ParamSet, ParamSpec, ParamValue};
use wb_kernel::StrategyEntry;
use wb_search::{Narrow, Space};

use crate::error::UserError;
use crate::settings::{Raw, Settings, Value, read_param};
use crate::suggest::did_you_mean;

/// What a parameter written as a table may have.
const PARTS: [&str; 3] = ["range", "step", "values"];
const EXAMPLE: &str = "write { range = \"2..=50\", step = 2 }, { values = [1, 2, 5] }, a list of values, or one value that stays";

/// How each parameter of `specs` that `settings` narrows is narrowed, in the order of their names. Texts and files
/// stay as `base` has them.
///
/// # Errors
/// If the strategy lacks a parameter, or has not these values.
pub(crate) fn narrows(
    settings: &Settings,
    specs: &[ParamSpec],
    base: &ParamSet,
) -> Result<Vec<(String, Narrow)>, UserError> {
    let mut narrows: Vec<(String, Narrow)> = Vec::new();
    for (name, entry) in settings.below("space.") {
        let Value::Open(raw) = &entry.value else { unreachable!("no key of the table begins with space") };
        let at =
            |error: UserError| UserError { message: format!("{}: {}", entry.source, error.message), ..error };
        let spec = specs.iter().find(|spec| spec.name == name).ok_or_else(|| {
            let names = || specs.iter().map(|spec| spec.name.as_ref());
            let hint = did_you_mean(name, names())
                .unwrap_or_else(|| format!("there are {}", names().collect::<Vec<_>>().join(", ")));
            at(UserError::usage(format!("the strategy has no parameter `{name}`")).hint(hint))
        })?;
        narrows.push((name.to_string(), narrow(spec, raw).map_err(at)?));
    }
    let texts = specs.iter().filter(|spec| !spec.kind.is_searched());
    for spec in texts.filter(|spec| !settings.below("space.").any(|(name, _)| spec.name == name)) {
        let value = base.get(&spec.name).unwrap_or(&spec.default);
        narrows.push((spec.name.to_string(), Narrow::Fixed(value.clone())));
    }
    Ok(narrows)
}

/// The space of these parameters without what the strategy refuses.
///
/// # Errors
/// If nothing is left to search.
pub(crate) fn space(
    strategy: &'static StrategyEntry,
    specs: &[ParamSpec],
    narrows: &[(String, Narrow)],
    base: &ParamSet,
) -> Result<Space, UserError> {
    let space = Space::new(specs, narrows).map_err(|error| UserError::usage(format!("[space]: {error}")))?;
    let base = base.clone();
    Ok(space.with_constraint(move |params| (strategy.resolve)(&completed(&base, params)).is_ok()))
}

/// The parameters of a trial with what the base run alone says: ranges of parameters that a rule names.
pub(crate) fn completed(base: &ParamSet, params: &ParamSet) -> ParamSet {
    let mut all = base.clone();
    for (name, value) in params.iter() {
        all.set(name, value.clone());
    }
    all
}

fn narrow(spec: &ParamSpec, raw: &Raw) -> Result<Narrow, UserError> {
    let refused = |error: ParamError| UserError::usage(error.to_string());
    match raw {
        Raw::Table(parts) => {
            let part = |key: &str| parts.iter().find(|part| part.key == key).map(|part| &part.raw);
            if let Some(odd) = parts.iter().find(|part| !PARTS.contains(&part.key.as_str())) {
                let error = UserError::usage(format!("unknown key `space.{}.{}`", spec.name, odd.key));
                return Err(error.hint(did_you_mean(&odd.key, PARTS).unwrap_or_else(|| EXAMPLE.to_string())));
            }
            match (part("range"), part("step"), part("values")) {
                (Some(range), step, None) => range_of(spec, range, step),
                (None, None, Some(Raw::List(values))) => list_of(spec, values).map_err(refused),
                _ => Err(unreadable(spec, raw)),
            }
        }
        Raw::List(values) => list_of(spec, values).map_err(refused),
        Raw::Text(text) | Raw::Written(text) if text.contains("..=") => range_of(spec, raw, None),
        one => read_param(spec, one).map(Narrow::Fixed).map_err(refused),
    }
}

fn unreadable(spec: &ParamSpec, raw: &Raw) -> UserError {
    UserError::usage(format!("space.{} = {raw}: these are no values to search", spec.name)).hint(EXAMPLE)
}

fn list_of(spec: &ParamSpec, values: &[Raw]) -> Result<Narrow, ParamError> {
    values.iter().map(|raw| read_param(spec, raw)).collect::<Result<_, _>>().map(Narrow::Values)
}

/// `2..=50`, both ends included.
fn range_of(spec: &ParamSpec, range: &Raw, step: Option<&Raw>) -> Result<Narrow, UserError> {
    let ends = range.text().and_then(|text| text.split_once("..="));
    let (min, max) = ends.ok_or_else(|| unreadable(spec, range))?;
    let end = |text: &str| spec.parse(text.trim()).map_err(|error| UserError::usage(error.to_string()));
    let step = match step {
        None => None,
        Some(Raw::Int(step)) => Some(ParamValue::Int(*step)),
        Some(Raw::Float(step)) => Some(ParamValue::Float(*step)),
        Some(other) => return Err(unreadable(spec, other)),
    };
    Ok(Narrow::Range { min: end(min)?, max: end(max)?, step })
}
