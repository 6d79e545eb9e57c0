//! What `#[derive(Params)]` and `#[derive(Choice)]` generate.

use std::borrow::Cow;

use wb_core::{ParamError, ParamKind, ParamSet, ParamSpec, ParamValue};
use wb_kernel::prelude::*;

/// One field of each kind.
#[derive(Params, Clone, PartialEq, Debug)]
#[params(check = "fast < slow")]
#[params(check = "!word.is_empty()")]
#[params(check = "this && (weight * 100.0) as u32 <= slow || matches!(mode, Mode::Flat)")]
struct All {
    /// Bars in the
    /// fast average.
    #[param(default = 10, range = 2..=50)]
    fast: u32,
    /// Bars in the slow average.
    #[param(default = 50, range = 10..=400, step = 5)]
    slow: u32,
    /// Share.
    #[param(default = -0.5, range = -1..=1, step = 0.25)]
    weight: f64,
    /// Offset.
    #[param(default = -3, range = -10..=10)]
    offset: i64,
    /// Places.
    #[param(default = 3, range = 1..=50)]
    places: usize,
    /// A name that generated code might use for itself.
    #[param(default = true)]
    this: bool,
    /// What to do.
    #[param(default = Mode::ShortSide)]
    mode: Mode,
    /// A word of one's own.
    #[param(default = "alpha")]
    word: String,
}

/// What to do.
#[derive(Choice, Clone, Copy, PartialEq, Debug)]
enum Mode {
    /// Nothing.
    Flat,
    /// Sell.
    ShortSide,
}

/// No parameters at all.
#[derive(Params, Clone, PartialEq, Debug)]
struct Nothing;

fn set(values: &[(&str, ParamValue)]) -> ParamSet {
    values.iter().map(|(name, value)| (name.to_string(), value.clone())).collect()
}

#[test]
fn specs_say_what_the_fields_declare() {
    let specs = All::specs();
    let spec = |name: &str| specs.iter().find(|s| s.name == name).expect(name).clone();
    assert_eq!(
        specs.iter().map(|s| s.name.as_ref()).collect::<Vec<_>>(),
        ["fast", "slow", "weight", "offset", "places", "this", "mode", "word"]
    );
    assert_eq!(
        spec("fast"),
        ParamSpec {
            name: Cow::Borrowed("fast"),
            doc: "Bars in the fast average.",
            kind: ParamKind::Int { min: 2, max: 50, step: 1 },
            default: ParamValue::Int(10),
        }
    );
    assert_eq!(spec("weight").kind, ParamKind::Float { min: -1.0, max: 1.0, step: Some(0.25) });
    assert_eq!(spec("mode").kind, ParamKind::Choice(&["flat", "short-side"]));
    assert_eq!(spec("mode").default, ParamValue::Choice("short-side".to_string()));
    assert_eq!(
        (spec("word").kind, spec("word").default),
        (ParamKind::Text, ParamValue::Text("alpha".into()))
    );
}

#[test]
fn values_go_into_the_struct_and_come_back() {
    let given = set(&[
        ("fast", ParamValue::Int(7)),
        ("weight", ParamValue::Int(0)),
        ("mode", ParamValue::Choice("flat".to_string())),
        ("word", ParamValue::Text("beta".into())),
    ]);
    let params = All::from_set(&given).expect("accepted");
    assert_eq!(
        params,
        All {
            fast: 7,
            slow: 50,
            weight: 0.0,
            offset: -3,
            places: 3,
            this: true,
            mode: Mode::Flat,
            word: "beta".to_string(),
        }
    );
    assert_eq!(All::from_set(&params.to_set()), Ok(params));
    assert_eq!(Nothing::from_set(&ParamSet::new()), Ok(Nothing));
    assert_eq!(Nothing.to_set(), ParamSet::new());
}

#[test]
fn what_is_not_declared_or_out_of_range_is_refused() {
    let refused = |name, value| All::from_set(&set(&[(name, value)])).expect_err("refused").to_string();
    assert_eq!(
        refused("fast", ParamValue::Int(51)),
        "parameter `fast` = 51 is out of range: a whole number in 2..=50"
    );
    assert_eq!(
        refused("mode", ParamValue::Choice("short".to_string())),
        "parameter `mode` = short is out of range: one of flat, short-side"
    );
    assert!(Nothing::from_set(&set(&[("x", ParamValue::Int(1))])).is_err());
}

#[test]
fn a_check_that_fails_names_the_values_in_it_and_no_others() {
    let error = All::from_set(&set(&[("fast", ParamValue::Int(50)), ("places", ParamValue::Int(9))]));
    let values = set(&[("fast", ParamValue::Int(50)), ("slow", ParamValue::Int(50))]);
    assert_eq!(error, Err(ParamError::Check { condition: "fast < slow", values }));
    let error = All::from_set(&set(&[("weight", ParamValue::Float(1.0))])).expect_err("refused");
    let ParamError::Check { values, .. } = error else { panic!("a check") };
    assert_eq!(values.iter().map(|(name, _)| name).collect::<Vec<_>>(), ["mode", "slow", "this", "weight"]);
    let error = All::from_set(&set(&[("word", ParamValue::Text("".into()))])).expect_err("refused");
    let ParamError::Check { values, .. } = error else { panic!("a check") };
    assert_eq!(values, set(&[("word", ParamValue::Text("".into()))]));
}
