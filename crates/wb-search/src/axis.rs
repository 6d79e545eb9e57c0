//! One parameter of a search: its values, and their places in the unit interval.

use wb_core::{Grid, ParamValue};

/// Places of an interval nearer than this are as good as one.
const GRAIN: f64 = 1e-6;

/// Places on an axis of steps nearer than this share of a step are as good as one.
const STEP_GRAIN: f64 = 0.1;

/// A parameter that a search varies.
#[derive(Clone, PartialEq, Debug)]
pub struct Axis {
    /// The parameter's name.
    pub name: String,
    pub(crate) values: Values,
}

/// The values of an axis, in order.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Values {
    /// `min`, `min + step`, …: whole numbers.
    Ints { min: i64, step: i64, count: u128 },
    /// Numbers a step apart, counted in units of a decimal grid so that each is the double that its text
    /// parses to.
    Steps { unit: Grid, first: i64, step: i64, count: u128 },
    /// Every number from `min` to `max`.
    Interval { min: f64, max: f64 },
    /// A list of numbers, rising.
    Numbers(Vec<ParamValue>),
    /// Words without an order, or yes and no.
    Words(Vec<ParamValue>),
}

impl Values {
    /// Whole numbers a step apart; `None` unless the step is above zero.
    pub(crate) fn ints(min: i64, max: i64, step: i64) -> Option<Values> {
        let span = u128::try_from(i128::from(max) - i128::from(min)).ok()?;
        let count = span / u128::try_from(step).ok().filter(|step| *step > 0)? + 1;
        Some(Values::Ints { min, step, count })
    }

    /// Numbers a step apart; `None` unless the step is above zero and, like the bounds, a decimal that
    /// fits 18 digits.
    pub(crate) fn steps(min: f64, max: f64, step: f64) -> Option<Values> {
        let fits = |x: f64, unit: Grid| (x / unit.step()).abs() < 9e18;
        let decimals = decimals(min)?.max(decimals(step)?);
        let unit = Grid::new(1, decimals)?;
        if !(step > 0.0 && fits(min, unit) && fits(max, unit) && fits(step, unit)) {
            return None;
        }
        let (first, last, step) = (unit.nearest(min), unit.floor(max), unit.nearest(step));
        let count = u128::try_from((i128::from(last) - i128::from(first)) / i128::from(step) + 1).ok()?;
        Some(Values::Steps { unit, first, step, count })
    }
}

/// Digits after the point of the shortest decimal that is this double.
fn decimals(x: f64) -> Option<u8> {
    let text = x.to_string();
    let digits = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    u8::try_from(digits).ok().filter(|digits| *digits <= 18)
}

impl Axis {
    /// How many values there are; `None` for every number of an interval.
    pub fn count(&self) -> Option<u128> {
        match &self.values {
            Values::Ints { count, .. } | Values::Steps { count, .. } => Some(*count),
            Values::Interval { min, max } => (min >= max).then_some(1),
            Values::Numbers(values) | Values::Words(values) => Some(values.len() as u128),
        }
    }

    /// Whether values near each other in the list are near each other in meaning: true of numbers.
    pub fn is_ordered(&self) -> bool {
        !matches!(self.values, Values::Words(_))
    }

    /// Whether values may be left out of a coarser grid: true of ranges, not of lists, whose every value
    /// somebody wrote down.
    pub(crate) fn is_range(&self) -> bool {
        matches!(self.values, Values::Ints { .. } | Values::Steps { .. } | Values::Interval { .. })
    }

    /// The `index`-th value.
    ///
    /// # Panics
    /// If the axis is an interval, or has no such value.
    pub(crate) fn value(&self, index: u128) -> ParamValue {
        let nth = |step: i64| i128::try_from(index).expect("an index is below the count") * i128::from(step);
        let whole = |x: i128| i64::try_from(x).expect("a value lies between the bounds");
        match &self.values {
            Values::Ints { min, step, .. } => ParamValue::Int(whole(i128::from(*min) + nth(*step))),
            Values::Steps { unit, first, step, .. } => {
                ParamValue::Float(unit.value(whole(i128::from(*first) + nth(*step))))
            }
            Values::Interval { .. } => panic!("the values of an interval are not counted"),
            Values::Numbers(values) | Values::Words(values) => values[index as usize].clone(),
        }
    }

    /// The value at a place in `[0, 1]`: each value of a list owns a stretch of the same length.
    pub(crate) fn at(&self, place: f64) -> ParamValue {
        match self.values {
            Values::Interval { min, max } => {
                ParamValue::Float((min + place.clamp(0.0, 1.0) * (max - min)).clamp(min, max))
            }
            _ => self.value(self.cell(place)),
        }
    }

    /// The place of a value: the middle of its stretch, or of the stretch of the value nearest to it.
    pub(crate) fn place(&self, value: &ParamValue) -> f64 {
        let middle = |index: f64, count: u128| (index.clamp(0.0, count as f64 - 1.0) + 0.5) / count as f64;
        match (&self.values, value) {
            (Values::Ints { min, step, count }, ParamValue::Int(x)) => {
                middle(((*x as f64 - *min as f64) / *step as f64).round(), *count)
            }
            (Values::Steps { unit, first, step, count }, ParamValue::Float(x)) => {
                middle(((unit.nearest(*x) as f64 - *first as f64) / *step as f64).round(), *count)
            }
            (Values::Interval { min, max }, ParamValue::Float(x)) if max > min => {
                ((x - min) / (max - min)).clamp(0.0, 1.0)
            }
            (Values::Numbers(values), _) => {
                let distance = |v: &ParamValue| (number(v) - number(value)).abs();
                let nearest =
                    (0..values.len()).min_by(|a, b| distance(&values[*a]).total_cmp(&distance(&values[*b])));
                middle(nearest.unwrap_or(0) as f64, values.len() as u128)
            }
            (Values::Words(values), _) => {
                let index = values.iter().position(|v| v == value).unwrap_or(0);
                middle(index as f64, values.len() as u128)
            }
            _ => 0.5,
        }
    }

    /// The place that stands for all those of the same value.
    pub(crate) fn snap(&self, place: f64) -> f64 {
        match (&self.values, self.count()) {
            (Values::Interval { .. }, _) | (_, None) => place.clamp(0.0, 1.0),
            (_, Some(count)) => (self.cell(place) as f64 + 0.5) / count as f64,
        }
    }

    /// The distance along the axis within which a search has come to rest.
    pub(crate) fn grain(&self) -> f64 {
        self.count().map_or(GRAIN, |count| STEP_GRAIN / count as f64)
    }

    fn cell(&self, place: f64) -> u128 {
        let count = self.count().unwrap_or(1);
        ((place.clamp(0.0, 1.0) * count as f64) as u128).min(count - 1)
    }
}

fn number(value: &ParamValue) -> f64 {
    match value {
        ParamValue::Int(x) => *x as f64,
        ParamValue::Float(x) => *x,
        ParamValue::Bool(_) | ParamValue::Choice(_) | ParamValue::Text(_) | ParamValue::Targets(_) => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(values: Values) -> Vec<String> {
        let axis = Axis { name: "x".to_string(), values };
        (0..axis.count().expect("counted")).map(|i| axis.value(i).to_string()).collect()
    }

    #[test]
    fn a_step_is_counted_from_the_smallest_value() {
        assert_eq!(all(Values::ints(2, 13, 5).expect("a range")), ["2", "7", "12"]);
        assert_eq!(all(Values::ints(-3, -3, 1).expect("a range")), ["-3"]);
    }

    #[test]
    fn stepped_numbers_are_the_doubles_that_their_text_parses_to() {
        let values = all(Values::steps(0.05, 0.4, 0.1).expect("a range"));
        assert_eq!(values, ["0.05", "0.15", "0.25", "0.35"]);
        // 0.1 + 2 * 0.1 would be 0.30000000000000004, and the last value would be missed.
        assert_eq!(all(Values::steps(0.1, 0.3, 0.1).expect("a range")), ["0.1", "0.2", "0.3"]);
    }

    #[test]
    fn a_step_that_leads_nowhere_is_none() {
        assert_eq!(Values::ints(1, 9, 0), None);
        assert_eq!(Values::ints(1, 9, -1), None);
        for step in [0.0, -0.5, f64::NAN, f64::INFINITY, 1e-300] {
            assert_eq!(Values::steps(0.0, 1.0, step), None, "{step}");
        }
    }

    #[test]
    fn the_widest_range_of_whole_numbers_is_counted_exactly() {
        let values = Values::ints(i64::MIN, i64::MAX, 1).expect("a range");
        let axis = Axis { name: "x".to_string(), values };
        assert_eq!(axis.count(), Some(1 << 64));
        assert_eq!(axis.value((1 << 64) - 1), ParamValue::Int(i64::MAX));
    }

    #[test]
    fn every_value_is_found_at_its_place() {
        let words = ["a", "b", "c"].map(|w| ParamValue::Choice(w.to_string())).to_vec();
        let numbers = [2, 3, 50].map(ParamValue::Int).to_vec();
        for values in [
            Values::ints(2, 50, 3).expect("a range"),
            Values::steps(0.1, 0.9, 0.05).expect("a range"),
            Values::Numbers(numbers),
            Values::Words(words),
        ] {
            let axis = Axis { name: "x".to_string(), values };
            for index in 0..axis.count().expect("counted") {
                let value = axis.value(index);
                let place = axis.place(&value);
                assert_eq!(axis.at(place), value);
                assert_eq!(axis.snap(place).to_bits(), place.to_bits());
            }
        }
        let interval = Axis { name: "x".to_string(), values: Values::Interval { min: -1.0, max: 3.0 } };
        assert_eq!(interval.at(0.25), ParamValue::Float(0.0));
        assert_eq!(interval.place(&ParamValue::Float(0.0)).to_bits(), 0.25_f64.to_bits());
        assert_eq!(interval.at(1.0), ParamValue::Float(3.0));
    }
}
