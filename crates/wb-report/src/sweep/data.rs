//! The trials as the page's scripts read them.

use wb_core::Rng;
use wb_metrics::Unit;

use crate::json::Json;
use crate::packed;
use crate::sweep::input::Goal;
use crate::sweep::levels::Levels;
use crate::sweep::study::Study;

/// Bytes that the trials in the page may take before they are written as text, about.
const BYTES: usize = 2_400_000;
/// Of a sample, the trials that are there because they are the best.
const BEST: usize = 2_000;

/// The trials that go into the page.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Embedded {
    /// Rows: first those drawn at random (or all), then the best of the others; each part by number.
    rows: Vec<usize>,
    /// How many of them were drawn at random.
    pub(crate) drawn: usize,
}

impl Embedded {
    /// All trials that can be judged; where the page would grow too large, a sample of them and the best.
    pub(crate) fn of(study: &Study<'_>) -> Embedded {
        // A byte or two for a parameter and the number, three or so for an objective.
        let bytes = 2 + 2 * study.varied.len() + 3 * study.page.objectives.len();
        let most = BYTES / bytes;
        let n = study.ranked.len();
        if n <= most {
            let mut rows = study.ranked.clone();
            rows.sort_unstable();
            return Embedded { rows, drawn: n };
        }
        let best = BEST.min(most / 2);
        // Selection sampling, D. Knuth, The Art of Computer Programming, volume 2, algorithm S. The best stay in the
        // draw, so that means over the drawn ones are those of a fair sample.
        let mut rng = Rng::new(n as u64);
        let mut wanted = most - best;
        let mut is_drawn = vec![false; n];
        for (i, drawn) in is_drawn.iter_mut().enumerate() {
            if rng.below((n - i) as u64) < wanted as u64 {
                *drawn = true;
                wanted -= 1;
            }
        }
        let pick = |range: std::ops::Range<usize>, drawn: bool| {
            let mut rows: Vec<usize> =
                range.filter(|i| is_drawn[*i] == drawn).map(|i| study.ranked[i]).collect();
            rows.sort_unstable();
            rows
        };
        let mut rows = pick(0..n, true);
        let drawn = rows.len();
        rows.extend(pick(0..best, false));
        Embedded { rows, drawn }
    }

    /// How many trials are in the page.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }
}

/// The data of the heat map and the parallel coordinates.
pub(crate) fn data(study: &Study<'_>, embedded: &Embedded) -> Json {
    let trials = study.page.trials;
    let rows = &embedded.rows;
    let numbers = packed::steps(rows.iter().map(|row| i64::try_from(trials.number[*row]).ok()));
    let parameters = study.varied.iter().map(|p| parameter(study, *p, rows)).collect();
    let objectives = (0..study.page.objectives.len()).map(|o| objective(study, o, rows)).collect();
    Json::Object(vec![
        ("drawn", Json::Whole(embedded.drawn as i64)),
        ("numbers", Json::Text(numbers)),
        ("parameters", Json::List(parameters)),
        ("objectives", Json::List(objectives)),
    ])
}

fn parameter(study: &Study<'_>, p: usize, rows: &[usize]) -> Json {
    let levels = &study.levels[p];
    let words = &study.page.parameters[p].words;
    let each = match levels {
        Levels::Each(values) => values.as_slice(),
        Levels::Range { .. } => &[],
    };
    let (low, high) = levels.ends().unwrap_or_default();
    let codes = packed::plain(rows.iter().map(|row| study.code(p, *row) as i64));
    let names =
        if words.is_empty() { Vec::new() } else { each.iter().map(|x| study.value_text(p, *x)).collect() };
    Json::Object(vec![
        ("name", Json::text(study.page.parameters[p].name.clone())),
        ("words", Json::List(names.into_iter().map(Json::Text).collect())),
        ("values", Json::List(each.iter().map(|x| Json::Number(*x)).collect())),
        ("count", Json::Whole(levels.count() as i64)),
        ("low", Json::Number(low)),
        ("high", Json::Number(high)),
        ("decimals", Json::Whole(range_decimals(high - low))),
        ("codes", Json::Text(codes)),
    ])
}

/// The decimals that tell two hundredths of a range apart.
fn range_decimals(range: f64) -> i64 {
    if range > 0.0 { (2.0 - libm::floor(libm::log10(range))).clamp(0.0, 10.0) as i64 } else { 0 }
}

fn objective(study: &Study<'_>, o: usize, rows: &[usize]) -> Json {
    let objective = &study.page.objectives[o];
    let column = &study.page.trials.objectives[o];
    let values: Vec<f64> = rows.iter().map(|row| column[*row]).collect();
    let unit = packing_unit(&values);
    let written = match objective.unit {
        Unit::Ratio | Unit::Date => "ratio",
        Unit::Percent => "percent",
        Unit::Money => "money",
        Unit::Count => "count",
        Unit::Duration => "duration",
    };
    Json::Object(vec![
        ("name", Json::text(objective.label.clone())),
        ("high", Json::Flag(objective.goal == Goal::High)),
        ("written", Json::text(written)),
        ("unit", Json::Number(unit)),
        ("values", Json::Text(packed::steps(values.iter().map(|x| packed::scaled(*x, unit))))),
    ])
}

/// The power of ten in whose multiples the middle half of the values spans a few thousand steps.
fn packing_unit(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let at = |share: usize| sorted.get(sorted.len() * share / 4).copied().unwrap_or(0.0);
    let (low, high) = (at(1), at(3));
    let spread = if high > low { high - low } else { high.abs().max(1.0) };
    libm::pow(10.0, (3.0 - libm::floor(libm::log10(spread))).clamp(-300.0, 12.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_half_of_a_column_spans_thousands_of_steps() {
        for (scale, expected) in [(1.0, 1e4), (1e-4, 1e8), (1e6, 0.01)] {
            let values: Vec<f64> = (0..=100).map(|i| f64::from(i) * 0.01 * scale).collect();
            assert!((packing_unit(&values) / expected - 1.0).abs() < 1e-9, "{}", packing_unit(&values));
        }
        assert!(packing_unit(&[]) > 0.0);
    }
}
