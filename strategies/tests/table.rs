//! The table of strategies: what holds for every line of it.

mod alpha;
mod given;

use std::sync::Arc;

use wb_core::{
    Calendar, Grid, Instrument, InstrumentId, InstrumentKind, Interval, ParamError, ParamKind, ParamSet,
    ParamSpec, ParamValue, Span, Ts,
};
use wb_kernel::{Execution, Kernel, KernelConfig, RiskLimits, SetupError, StrategyEntry};
use wb_strategies::STRATEGIES;

/// Builds a strategy with three instruments in each role of many and one in each other.
fn build(entry: &StrategyEntry, params: &ParamSet) -> Result<Kernel, SetupError> {
    let mut roles: Vec<(String, Vec<InstrumentId>)> = Vec::new();
    let mut count = 0;
    for role in entry.roles {
        let taken = if role.many { 3 } else { 1 };
        roles.push((role.name.to_string(), (count..count + taken).map(InstrumentId).collect()));
        count += taken;
    }
    let instruments: Arc<[Instrument]> = (0..count).map(instrument).collect();
    let config = KernelConfig {
        interval: Interval::Days(1),
        roles,
        cash: 1000.0,
        risk: RiskLimits::default(),
        execution: Execution::Market,
        models: vec![alpha::alpha()],
    };
    Kernel::new(entry, params, instruments, &config)
}

/// What a strategy must be given for three instruments.
fn given(entry: &StrategyEntry) -> ParamSet {
    let names: Vec<String> = (0..3).map(|id| instrument(id).name()).collect();
    given::given(entry, &names, Ts::from_seconds(0), Span::DAY, 2)
}

fn specs(entry: &StrategyEntry) -> Vec<ParamSpec> {
    (entry.specs)(&ParamSet::new()).expect("a strategy with nothing given has parameters")
}

fn instrument(id: u32) -> Instrument {
    Instrument {
        id: InstrumentId(id),
        symbol: format!("S{id}"),
        venue: "v".to_string(),
        kind: InstrumentKind::Spot,
        currency: "USD".to_string(),
        tick: Grid::decimal(2),
        lot: Grid::decimal(0),
        multiplier: 1.0,
        calendar: Calendar::always_open(),
    }
}

#[test]
fn defaults_build_every_strategy() {
    for entry in STRATEGIES {
        let built = build(entry, &given(entry));
        assert!(built.is_ok(), "{}: {:?}", entry.name, built.err());
    }
}

#[test]
fn defaults_resolve_to_themselves_also_through_text() {
    for entry in STRATEGIES {
        let resolved = (entry.resolve)(&given(entry)).expect(entry.name);
        assert_eq!((entry.resolve)(&resolved), Ok(resolved.clone()), "{}", entry.name);
        for spec in specs(entry).into_iter().filter(|spec| given(entry).get(&spec.name).is_none()) {
            assert_eq!(resolved.get(&spec.name), Some(&spec.default), "{} {}", entry.name, spec.name);
            assert_eq!(spec.parse(&spec.default.to_string()), Ok(spec.default.clone()), "{}", entry.name);
        }
    }
}

#[test]
fn every_end_of_every_range_builds_or_is_refused_by_a_check() {
    for entry in STRATEGIES {
        for spec in specs(entry) {
            let ends = match spec.kind {
                ParamKind::Int { min, max, .. } => vec![ParamValue::Int(min), ParamValue::Int(max)],
                ParamKind::Float { min, max, .. } => vec![ParamValue::Float(min), ParamValue::Float(max)],
                ParamKind::Bool => vec![ParamValue::Bool(false), ParamValue::Bool(true)],
                ParamKind::Choice(words) => {
                    words.iter().map(|word| ParamValue::Choice((*word).to_string())).collect()
                }
                ParamKind::Text | ParamKind::Targets => Vec::new(),
            };
            for end in ends {
                let mut params = given(entry);
                params.set(&spec.name, end.clone());
                match build(entry, &params) {
                    Ok(_) | Err(SetupError::Params(ParamError::Check { .. })) => {}
                    Err(error) => panic!("{} {} = {end}: {error}", entry.name, spec.name),
                }
            }
        }
    }
}

#[test]
fn names_are_distinct_kebab_case_and_described() {
    let mut names: Vec<&str> = STRATEGIES.iter().map(|entry| entry.name).collect();
    for entry in STRATEGIES {
        assert!(entry.name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{}", entry.name);
        assert!(entry.about.ends_with('.') && entry.about.len() < 90, "{}", entry.about);
        assert!(!entry.roles.is_empty() && entry.roles.iter().all(|role| !role.doc.is_empty()));
        assert!(specs(entry).iter().all(|spec| spec.doc.ends_with('.') || spec.doc.contains(';')));
    }
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), STRATEGIES.len());
}

#[test]
fn a_role_that_is_not_given_is_named() {
    let config = KernelConfig {
        interval: Interval::Days(1),
        roles: vec![("other".to_string(), vec![InstrumentId(0)])],
        cash: 1000.0,
        risk: RiskLimits::default(),
        execution: Execution::Market,
        models: Vec::new(),
    };
    for entry in STRATEGIES {
        let kernel = Kernel::new(entry, &given(entry), [instrument(0)].into(), &config);
        let message = kernel.expect_err("refused").to_string();
        assert!(message.contains(entry.roles[0].name) && message.contains("other"), "{message}");
    }
}
