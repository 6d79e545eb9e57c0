//! Figures as people and as machines read them.

use serde_json::{Map, Value};
use wb_core::Ts;
use wb_metrics::Unit;
use wb_store::Metrics;

pub(crate) use wb_metrics::grouped;

/// The figure as text: `12.3 %`, `1.53`, `2009-03-09`, `41 days`; a dash where it is absent.
pub(crate) fn written(value: Option<f64>, unit: Unit) -> String {
    let Some(x) = value else { return "-".to_string() };
    match unit {
        Unit::Ratio => format!("{x:.2}"),
        Unit::Percent => format!("{:.2} %", 100.0 * x),
        Unit::Money => grouped(x, 2),
        Unit::Count => grouped(x, 0),
        Unit::Date => Ts::from_seconds(x as i64).date().to_string(),
        Unit::Duration => duration(x),
    }
}

/// Every figure of a stored run by its key; null where it is absent.
pub(crate) fn figures_json(metrics: &Metrics) -> Map<String, Value> {
    metrics.figures.iter().map(|(key, value)| (key.clone(), (*value).into())).collect()
}

/// Seconds in the unit that suits them.
fn duration(seconds: f64) -> String {
    let (size, unit) = match seconds.abs() {
        s if s >= 2.0 * 86_400.0 => (86_400.0, "days"),
        s if s >= 2.0 * 3_600.0 => (3_600.0, "hours"),
        s if s >= 120.0 => (60.0, "minutes"),
        _ => (1.0, "seconds"),
    };
    let x = seconds / size;
    if x >= 100.0 { format!("{} {unit}", grouped(x, 0)) } else { format!("{x:.1} {unit}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_rounded_as_a_person_would() {
        let check = |x: f64, unit, expected: &str| assert_eq!(written(Some(x), unit), expected);
        check(0.12345, Unit::Percent, "12.35 %");
        check(-1_234_567.891, Unit::Money, "-1,234,567.89");
        check(-0.001, Unit::Money, "0.00");
        check(38_973.0, Unit::Count, "38,973");
        check(1_236_556_800.0, Unit::Date, "2009-03-09");
        check(90.0 * 86_400.0, Unit::Duration, "90.0 days");
        check(5400.0, Unit::Duration, "90.0 minutes");
        assert_eq!(written(None, Unit::Ratio), "-");
    }
}
