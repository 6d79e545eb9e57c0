//! Narrowing, counting, and the way between points and parameters.

use wb_core::{ParamKind, ParamSet, ParamValue, Rng};

use super::*;
use crate::sample::{choice, flag, float, int, space};

fn specs() -> Vec<ParamSpec> {
    vec![int("fast", 2, 50, 1), int("slow", 10, 400, 5), float("weight", 0.05, 1.0, None), choice("mode")]
}

fn range(min: i64, max: i64, step: Option<i64>) -> Narrow {
    let value = ParamValue::Int;
    Narrow::Range { min: value(min), max: value(max), step: step.map(value) }
}

fn narrow(narrows: &[(&str, Narrow)]) -> Result<Space, SearchError> {
    let narrows: Vec<(String, Narrow)> =
        narrows.iter().map(|(name, narrow)| ((*name).to_string(), narrow.clone())).collect();
    Space::new(&specs(), &narrows)
}

fn refusal(name: &str, narrowing: Narrow) -> String {
    narrow(&[(name, narrowing)]).expect_err("refused").to_string()
}

#[test]
fn a_space_of_a_million_millions_is_counted_and_indexed_without_a_list() {
    let specs: Vec<ParamSpec> = ["a", "b", "c", "d"].into_iter().map(|name| int(name, 1, 1_000, 1)).collect();
    let space = space(&specs);
    assert_eq!(space.size(), Some(1_000_000_000_000));
    let last = space.combination(999_999_999_999);
    assert!(last.iter().all(|(_, value)| *value == ParamValue::Int(1_000)));
    assert_eq!(space.combination(1).get("d"), Some(&ParamValue::Int(2)), "the last axis runs fastest");
}

#[test]
fn a_size_that_passes_128_bits_is_not_counted() {
    let names = ["a", "b", "c"];
    let specs: Vec<ParamSpec> = names.into_iter().map(|n| int(n, i64::MIN, i64::MAX, 1)).collect();
    assert_eq!(space(&specs[..1]).size(), Some(1 << 64));
    assert_eq!(space(&specs).size(), None);
}

#[test]
fn what_is_not_narrowed_is_searched_as_declared_and_what_is_fixed_does_not_vary() {
    let space = narrow(&[
        ("slow", range(10, 250, Some(20))),
        ("weight", Narrow::Fixed(ParamValue::Float(0.95))),
        ("mode", Narrow::Values(vec![ParamValue::Choice("flat".into()), ParamValue::Choice("up".into())])),
    ])
    .expect("a space");
    assert_eq!(space.size(), Some(49 * 13 * 2));
    let names: Vec<&str> = space.axes().iter().map(|axis| axis.name.as_str()).collect();
    assert_eq!(names, ["fast", "slow", "mode"]);
    let first = space.combination(0);
    assert_eq!(first.get("weight"), Some(&ParamValue::Float(0.95)), "a trial has every parameter");
    assert_eq!(first.get("mode"), Some(&ParamValue::Choice("flat".into())));
}

#[test]
fn a_text_is_what_is_given_or_the_default_and_does_not_vary() {
    let rule = ParamSpec {
        name: "rule".into(),
        doc: "",
        kind: ParamKind::Text,
        default: ParamValue::Text("close > 0".into()),
    };
    let specs = [rule, int("n", 1, 5, 1)];
    let rule_of = |space: Space| space.combination(4).get("rule").map(ToString::to_string);
    assert_eq!(rule_of(space(&specs)).as_deref(), Some("close > 0"));
    let given = Narrow::Fixed(ParamValue::Text("close > open".into()));
    let narrowed = Space::new(&specs, &[("rule".to_string(), given)]).expect("a space");
    assert_eq!(rule_of(narrowed).as_deref(), Some("close > open"));
}

#[test]
fn a_trial_says_what_the_given_set_says_of_its_parameters() {
    let specs = [int("n", 1, 5, 1), int("m", 3, 3, 1)];
    let mut given = ParamSet::new();
    for spec in &specs {
        given.declare(&spec.name, spec.kind.clone());
    }
    let space = space(&specs).with_kinds_of(&given);
    for params in [space.combination(2), space.decode(&[0.1])] {
        assert_eq!(params.declared("n"), Some(&specs[0].kind));
        assert_eq!(params.resolve(&specs), Ok(params));
    }
}

#[test]
fn a_narrowed_range_keeps_the_declared_step() {
    let space = narrow(&[("slow", range(10, 40, None))]).expect("a space");
    assert_eq!(space.axes()[1].count(), Some(7));
}

#[test]
fn what_does_not_narrow_is_refused_by_name() {
    assert_eq!(refusal("fats", range(2, 5, None)), "no parameter `fats`; there are fast, slow, weight, mode");
    assert_eq!(
        refusal("fast", range(2, 60, None)),
        "parameter `fast` = 60 is out of range: a whole number in 2..=50"
    );
    assert_eq!(refusal("fast", range(20, 10, None)), "the range of `fast` is empty: 20 is above 10");
    assert_eq!(
        refusal("mode", Narrow::Fixed(ParamValue::Choice("left".into()))),
        "parameter `mode` = left is out of range: one of up, down, flat"
    );
    assert_eq!(refusal("fast", Narrow::Values(vec![])), "the list of values of `fast` is empty");
    let words = Narrow::Range {
        min: ParamValue::Choice("up".into()),
        max: ParamValue::Choice("flat".into()),
        step: None,
    };
    assert_eq!(
        refusal("mode", words),
        "parameter `mode` has no range, it is one of up, down, flat: give a list of values"
    );
    for step in [0, -5] {
        assert!(refusal("slow", range(10, 40, Some(step))).starts_with("the step"));
    }
    let twice = narrow(&[("fast", range(2, 5, None)), ("fast", range(2, 6, None))]).expect_err("refused");
    assert_eq!(twice.to_string(), "parameter `fast` is given twice");
}

#[test]
fn parameters_come_back_from_their_point() {
    let space = space(&[int("n", -5, 300, 7), float("x", 0.1, 0.9, Some(0.05)), flag("on"), choice("mode")]);
    let seed = 3;
    let mut rng = Rng::new(seed);
    for _ in 0..500 {
        let params = space.decode(&space.random_point(&mut rng));
        let point = space.encode(&params);
        assert_eq!(space.decode(&point), params, "seed {seed}");
        assert_eq!(space.snap(&point), point, "seed {seed}");
    }
}

#[test]
fn a_value_that_the_space_lacks_stands_at_the_nearest() {
    let space = space(&[int("n", 0, 100, 10)]);
    let given = |n| [("n".to_string(), ParamValue::Int(n))].into_iter().collect::<ParamSet>();
    let stands_at = |n| space.decode(&space.encode(&given(n))).get("n").cloned();
    assert_eq!(stands_at(57), Some(ParamValue::Int(60)));
    assert_eq!(stands_at(-40), Some(ParamValue::Int(0)));
    assert_eq!(stands_at(400), Some(ParamValue::Int(100)));
}

#[test]
fn a_space_where_nothing_varies_or_nothing_is_allowed_is_refused() {
    let fixed = Space::new(&[int("n", 3, 3, 1)], &[]).expect("a space");
    assert_eq!(fixed.check().map_err(|e| e.to_string()), Err(SearchError::NothingVaries.to_string()));
    let message = |space: Space| space.with_constraint(|_| false).check().expect_err("refused").to_string();
    assert_eq!(
        message(space(&[int("n", 1, 9, 1)])),
        "none of 9 combinations satisfies the conditions between the parameters"
    );
    assert_eq!(
        message(space(&[int("n", 1, 1_000_000, 1)])),
        "none of 100000 combinations (of 1000000) satisfies the conditions between the parameters"
    );
}
