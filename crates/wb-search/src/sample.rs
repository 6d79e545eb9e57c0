//! Spaces and searches that the tests share.

use wb_core::{ParamKind, ParamSpec, ParamValue};

use crate::{Method, Score, Scored, SearchOptions, Searcher, Space, Trial, searcher};

/// A whole number.
pub(crate) fn int(name: &'static str, min: i64, max: i64, step: i64) -> ParamSpec {
    ParamSpec {
        name: name.into(),
        doc: "",
        kind: ParamKind::Int { min, max, step },
        default: ParamValue::Int(min),
    }
}

/// A number.
pub(crate) fn float(name: &'static str, min: f64, max: f64, step: Option<f64>) -> ParamSpec {
    ParamSpec {
        name: name.into(),
        doc: "",
        kind: ParamKind::Float { min, max, step },
        default: ParamValue::Float(min),
    }
}

/// One of the words `up`, `down` and `flat`.
pub(crate) fn choice(name: &'static str) -> ParamSpec {
    let default = ParamValue::Choice("up".to_string());
    ParamSpec { name: name.into(), doc: "", kind: ParamKind::Choice(&["up", "down", "flat"]), default }
}

/// Yes or no.
pub(crate) fn flag(name: &'static str) -> ParamSpec {
    ParamSpec { name: name.into(), doc: "", kind: ParamKind::Bool, default: ParamValue::Bool(false) }
}

/// The parameters as declared.
pub(crate) fn space(specs: &[ParamSpec]) -> Space {
    Space::new(specs, &[]).expect("a space")
}

/// The value of a numeric parameter.
pub(crate) fn number(trial: &Trial, name: &str) -> f64 {
    match trial.params.get(name) {
        Some(ParamValue::Int(x)) => *x as f64,
        Some(ParamValue::Float(x)) => *x,
        other => panic!("{name} is no number: {other:?}"),
    }
}

/// Runs a search to its end, asking for at most `max` trials at a time.
pub(crate) fn run(
    searcher: &mut dyn Searcher,
    max: usize,
    score: impl Fn(&Trial) -> Score,
) -> Vec<(Trial, Score)> {
    let mut history = Vec::new();
    while !searcher.is_done() {
        let trials = searcher.ask(max);
        assert!(
            !trials.is_empty() && trials.len() <= max,
            "a searcher that was told all has trials or is done"
        );
        let scored: Vec<Scored> =
            trials.iter().map(|trial| Scored { number: trial.number, score: score(trial) }).collect();
        searcher.tell(&scored);
        history.extend(trials.into_iter().zip(scored.into_iter().map(|s| s.score)));
    }
    history
}

/// The searcher of a method with one objective.
pub(crate) fn make(method: Method, space: &Space, trials: Option<u64>, seed: u64) -> Box<dyn Searcher> {
    searcher(method, space, &SearchOptions { trials, seed, ..SearchOptions::default() }).expect("a searcher")
}
