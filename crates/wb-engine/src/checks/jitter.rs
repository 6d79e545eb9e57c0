//! The neighbours of a set of parameters: one of them a step or a tenth away.

use wb_core::{ParamError, ParamKind, ParamSet, ParamSpec, ParamValue};
use wb_kernel::StrategyEntry;

/// Every acceptable set that differs from `params` in one number, by one step or by a tenth of it, either way, with
/// that number in words: `fast = 11`. Words and switches have no neighbours.
///
/// # Errors
/// If `params` themselves are not acceptable.
pub(crate) fn neighbours(
    entry: &StrategyEntry,
    params: &ParamSet,
) -> Result<Vec<(String, ParamSet)>, ParamError> {
    let mut found = Vec::new();
    for spec in (entry.specs)(params)? {
        let Some(value) = params.get(&spec.name) else { continue };
        for other in moved(&spec, value) {
            let mut set = params.clone();
            set.set(&spec.name, other.clone());
            // One that is out of range, or does not go with the others, is no neighbour.
            if let Ok(set) = (entry.resolve)(&set) {
                found.push((format!("{} = {other}", spec.name), set));
            }
        }
    }
    Ok(found)
}

/// The values around one, each once, lowest first.
fn moved(spec: &ParamSpec, value: &ParamValue) -> Vec<ParamValue> {
    match (&spec.kind, value) {
        (ParamKind::Int { step, .. }, ParamValue::Int(x)) => {
            let tenth = ((x.unsigned_abs() + 5) / 10).max(1) as i64;
            let mut values = vec![x - step, x + step, x - tenth, x + tenth];
            values.sort_unstable();
            values.dedup();
            values.into_iter().map(ParamValue::Int).collect()
        }
        (ParamKind::Float { step, .. }, ParamValue::Float(x)) => {
            let steps = step.iter().flat_map(|step| [x - step, x + step]);
            let tenths = [0.9 * x, 1.1 * x].into_iter();
            let mut values: Vec<f64> = steps.chain(tenths).map(rounded).collect();
            values.sort_unstable_by(f64::total_cmp);
            values.dedup_by(|a, b| a.total_cmp(b).is_eq());
            values.retain(|other| other.total_cmp(x).is_ne());
            values.into_iter().map(ParamValue::Float).collect()
        }
        _ => Vec::new(),
    }
}

/// To six digits, so that 1.1 times 0.3 is 0.33.
fn rounded(x: f64) -> f64 {
    format!("{x:.5e}").parse().expect("a number that was just written")
}

#[cfg(test)]
mod tests {
    use super::*;
    use wb_strategies::STRATEGIES;

    #[test]
    fn neighbours_are_a_step_and_a_tenth_away_and_acceptable() {
        let entry = STRATEGIES.iter().find(|entry| entry.name == "sma-cross").expect("it is in the table");
        let given = [("fast", 50), ("slow", 52)].map(|(name, x)| (name.to_string(), ParamValue::Int(x)));
        let params = (entry.resolve)(&given.into_iter().collect()).expect("accepted");
        let names: Vec<String> =
            neighbours(entry, &params).expect("accepted").into_iter().map(|(name, _)| name).collect();
        // 51 and 55 are above the range of `fast`; 47 is below `fast`; 0.95 times 1.1 is above 1.
        let expected =
            ["fast = 45", "fast = 49", "slow = 57", "weight = 0.855", "weight = 0.9", "weight = 1"];
        assert_eq!(names, expected);
    }
}
