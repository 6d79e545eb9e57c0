//! What specs resolve to, and what is said where they do not.

use super::*;
use crate::settings::layers::read_flag;
use crate::settings::options::read_toml;
use crate::settings::sources::Layer;
use wb_core::ParamValue;
use wb_strategies::STRATEGIES;

const DATA: &str = "[data]\ninstruments = { base = \"v:X\" }\ninterval = \"1m\"\n";

fn resolve(text: &str, flags: &[(&str, &str)]) -> Result<RunRequest, UserError> {
    let mut settings = Settings::defaults();
    settings.add(&read_toml(Layer::Spec, "x.toml", text)?)?;
    for (path, value) in flags {
        settings.add(&[read_flag("--set", path, value)?])?;
    }
    resolve_run(&settings, STRATEGIES, "x.toml", Path::new("."))
}

#[test]
fn a_short_spec_is_completed_with_defaults() {
    let run = resolve(&format!("strategy = \"sma-cross\"\n{DATA}"), &[]).expect("a good spec");
    assert_eq!(run.params.get("slow"), Some(&ParamValue::Int(50)));
    assert_eq!(run.roles, [("base".to_string(), vec!["v:X".to_string()])]);
    assert_eq!((run.interval, run.from, run.benchmark), (Interval::Minutes(1), None, None));
    let config = run.simulation;
    assert_eq!((config.fill, config.fees, config.max_participation), Default::default());
    assert_eq!((config.cash, config.leverage, config.maintenance_margin), (100_000.0, 1.0, 0.25));
    assert_eq!(run.risk.max_orders_per_minute, Some(600));
}

#[test]
fn parameters_are_read_alike_from_the_spec_and_from_flags() {
    let text = format!("strategy = \"sma-cross\"\nparams = {{ fast = 5, weight = 1 }}\n{DATA}");
    let flags = [("params.short", "true"), ("params.slow", "40"), ("risk.max_leverage", "none")];
    let run = resolve(&text, &flags).expect("good values");
    let values: Vec<String> = run.params.iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(values, ["fast=5", "short=true", "slow=40", "weight=1"]);
    assert_eq!(run.risk.max_leverage, None);
}

#[test]
fn what_is_wrong_is_named_with_its_place_and_what_would_help() {
    let check = |text: &str, flags: &[(&str, &str)], message: &str, hint: Option<&str>| {
        let error = resolve(text, flags).expect_err(message);
        assert_eq!((error.message.as_str(), error.hint.as_deref()), (message, hint));
    };
    let sma = format!("strategy = \"sma-cross\"\n{DATA}");
    check("", &[], "x.toml: `strategy` is missing", Some("add a line such as strategy = \"sma-cross\""));
    check(
        "strategy = \"sma-corss\"",
        &[],
        "x.toml:1: no strategy `sma-corss`",
        Some("did you mean `sma-cross`?"),
    );
    check(
        "strategy = \"pairs\"",
        &[],
        "x.toml: `data.instruments` is missing",
        Some(
            "add a line such as instruments = { base = \"venue:SYMBOL\", hedge = \"venue:SYMBOL\" } \
             under [data]",
        ),
    );
    check(
        &sma,
        &[("params.fsat", "3")],
        "--set: sma-cross has no parameter `fsat`",
        Some("did you mean `fast`?"),
    );
    check(
        &sma,
        &[("params.fast", "99")],
        "--set: parameter `fast` = 99 is out of range: a whole number in 2..=50",
        None,
    );
    check(
        &sma,
        &[("params.fast", "40"), ("params.slow", "30")],
        "sma-cross: parameters must satisfy `fast < slow`; got fast = 40, slow = 30",
        None,
    );
    check(
        &sma,
        &[("data.instruments", "{ bsae = \"v:X\" }")],
        "--set: sma-cross has no role `bsae`",
        Some("did you mean `base`?"),
    );
    check(
        &sma,
        &[("data.instruments", "{ base = [\"v:X\", \"v:Y\"] }")],
        "--set: the role `base` takes one instrument, not 2",
        None,
    );
    check(
        &format!("strategy = \"pairs\"\n{DATA}"),
        &[("data.instruments", "{ base = \"v:X\", hedge = \"v:X\" }")],
        "--set: v:X stands twice among the instruments",
        None,
    );
    check(
        &sma,
        &[("data.from", "2023-08-02"), ("data.to", "2023-08-01")],
        "--set: data.from = 2023-08-02 is not before data.to = 2023-08-01",
        None,
    );
    check(
        &sma,
        &[("account.maintenance_margin", "0.6"), ("account.leverage", "2")],
        "--set: account.maintenance_margin = 0.6: must be at most 0.5 at a leverage of 2, or positions are \
         closed as soon as they are opened",
        None,
    );
}

#[test]
fn a_last_day_is_part_of_the_run_in_its_own_zone() {
    let new_york = UtcOffsets::new(vec![(Ts::MIN, wb_core::Span::from_seconds(-5 * 3600))]);
    let day = When::Date(CivilDate { year: 2023, month: 1, day: 31 });
    assert_eq!(day.begin(&new_york).to_string(), "2023-01-31T05:00:00Z");
    assert_eq!(day.end(&new_york).to_string(), "2023-02-01T05:00:00Z");
    let instant = When::At(Ts::from_seconds(0));
    assert_eq!(instant.end(&new_york), instant.begin(&new_york));
}

#[test]
fn every_committed_spec_resolves() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/config/runs");
    for entry in std::fs::read_dir(folder).expect("config/runs exists") {
        let path = entry.expect("a readable entry").path();
        let text = std::fs::read_to_string(&path).expect("a readable spec");
        let run = resolve(&text, &[]).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let name = path.file_stem().and_then(|stem| stem.to_str()).expect("a name");
        // Each shows the strategy that it is called after, but the one of the rehearsal.
        assert!(run.strategy.name == name || name == "rehearsal", "{name}: {}", run.strategy.name);
    }
}

#[test]
fn the_committed_limits_are_the_defaults() {
    let file = include_str!("../../../../config/risk.toml");
    let mut settings = Settings::defaults();
    settings.add(&read_toml(Layer::Risk, "risk.toml", file).expect("a good file")).expect("good limits");
    assert_eq!(resolve_risk(&settings), resolve_risk(&Settings::defaults()));
    assert!(settings.below("risk.").all(|(_, entry)| entry.source.layer() == Layer::Risk));
}

#[test]
fn a_range_belongs_to_a_parameter_that_the_strategy_leaves_open() {
    let check = |params: &str, flags: &[(&str, &str)], message: &str| {
        let text = format!("strategy = \"sma-cross\"\n[params]\n{params}\n{DATA}");
        let error = resolve(&text, flags).expect_err(message);
        assert_eq!(error.message, message);
    };
    let own = "x.toml:3: parameter `fast` has its own range: a whole number in 2..=50";
    check("fast = { value = 10, range = \"2..=20\" }", &[], own);
    check("fast = { value = 10, range = \"20..=2\" }", &[], "x.toml:3: fast: no range: 20..=2");
    let zero = "x.toml:3: fast: no range: 2..=9 with step 0";
    check("fast = { range = \"2..=9\", step = 0 }", &[], zero);
    check("fast = { rnage = \"2..=9\" }", &[], "x.toml:3: unknown key `params.fast.rnage`");
    check("fast = { step = 2 }", &[], "x.toml:3: `fast.step` goes with no range");
    check("", &[("params.fast.steps", "2")], "--set: `fast.steps` goes with no range");
}
