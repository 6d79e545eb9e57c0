//! What every method promises: the same trials however they are asked for, and after a resume.

use std::collections::BTreeSet;

use super::*;
use crate::sample::{choice, float, int, make, number, run, space};
use crate::{Score, Scored, Trial};

/// A mixed space where `a` must be below `b`.
fn constrained() -> Space {
    space(&[int("a", 1, 40, 1), int("b", 5, 60, 5), float("x", -1.0, 1.0, Some(0.25)), choice("mode")])
        .with_constraint(|params| match (params.get("a"), params.get("b")) {
            (Some(wb_core::ParamValue::Int(a)), Some(wb_core::ParamValue::Int(b))) => a < b,
            _ => false,
        })
}

/// Some trials fail and some violate a constraint; the rest have a figure.
fn score(trial: &Trial) -> Score {
    let (a, b, x) = (number(trial, "a"), number(trial, "b"), number(trial, "x"));
    if trial.number % 11 == 3 {
        Score::Failed
    } else if a + b > 70.0 {
        Score::Infeasible(a + b - 70.0)
    } else {
        Score::Feasible(vec![-(a - 12.0).abs() - (b - 30.0).abs() - x * x])
    }
}

const TRIALS: u64 = 150;

#[test]
fn the_trials_of_a_seed_do_not_depend_on_how_many_are_asked_for_at_once() {
    for entry in METHODS {
        let history = |max| run(&mut *make(entry.method, &constrained(), Some(TRIALS), 5), max, score);
        let one = history(1);
        assert!(!one.is_empty(), "{}", entry.name);
        for max in [7, 1_000] {
            assert!(history(max) == one, "{} with {max} at once", entry.name);
        }
    }
}

#[test]
fn a_search_told_the_same_scores_continues_as_the_one_that_was_killed() {
    for entry in METHODS {
        let whole = run(&mut *make(entry.method, &constrained(), Some(TRIALS), 5), 8, score);
        for killed_after in [1, 37, whole.len() / 2] {
            let mut resumed = make(entry.method, &constrained(), Some(TRIALS), 5);
            for (trial, score) in &whole[..killed_after] {
                resumed.tell(&[Scored { number: trial.number, score: score.clone() }]);
            }
            let rest = run(&mut *resumed, 16, score);
            assert!(rest == whole[killed_after..], "{} after {killed_after}", entry.name);
        }
    }
}

#[test]
fn no_trial_breaks_the_strategys_own_condition_and_none_is_made_twice() {
    for entry in METHODS {
        let space = constrained();
        let history = run(&mut *make(entry.method, &space, Some(TRIALS), 9), 10, score);
        assert!(history.len() as u64 <= TRIALS, "{}", entry.name);
        let mut seen = BTreeSet::new();
        for (number, (trial, _)) in history.iter().enumerate() {
            assert_eq!(trial.number, number as u64, "{}", entry.name);
            assert!(space.allows(&trial.params), "{}", entry.name);
            assert!(seen.insert(format!("{:?}", trial.params)), "{}: {:?}", entry.name, trial.params);
        }
    }
}

#[test]
fn a_search_where_every_trial_fails_still_ends() {
    for entry in METHODS {
        let history = run(&mut *make(entry.method, &constrained(), Some(60), 1), 10, |_| Score::Failed);
        assert!(!history.is_empty(), "{}", entry.name);
    }
}

#[test]
fn a_space_smaller_than_the_number_of_trials_is_searched_once() {
    for entry in METHODS {
        let space = space(&[int("a", 1, 3, 1), choice("mode")]);
        let history = run(&mut *make(entry.method, &space, Some(500), 2), 4, |trial| {
            Score::Feasible(vec![number(trial, "a")])
        });
        assert!(history.len() <= 9, "{}", entry.name);
        let best = history.iter().any(|(trial, _)| number(trial, "a") > 2.5);
        assert!(best, "{}", entry.name);
    }
}

#[test]
fn random_search_visits_the_whole_of_a_small_space() {
    let space = space(&[int("a", 1, 30, 1), choice("mode")]);
    let history = run(&mut *make(Method::Random, &space, Some(1_000), 2), 7, |_| Score::Feasible(vec![0.0]));
    assert_eq!(history.len(), 90);
}

#[test]
fn every_method_is_found_by_its_name_and_a_wrong_name_lists_them() {
    for entry in METHODS {
        assert_eq!(Method::named(entry.name), Ok(entry.method));
    }
    let message = Method::named("bayes").expect_err("refused").to_string();
    assert!(message.starts_with("no search method `bayes`; there are grid, random"), "{message}");
}

#[test]
fn what_a_method_cannot_do_is_refused() {
    let check = |method, axes: usize, options: SearchOptions, expected: &str| {
        let names: Vec<&'static str> =
            (0..axes).map(|i| &*Box::leak(format!("p{i}").into_boxed_str())).collect();
        let specs: Vec<_> = names.into_iter().map(|name| int(name, 1, 30, 1)).collect();
        let refusal = searcher(method, &space(&specs), &options).err().map(|e| e.to_string());
        assert_eq!(refusal.as_deref(), Some(expected));
    };
    let options = |trials| SearchOptions { trials, ..SearchOptions::default() };
    check(Method::Random, 1, options(None), "the method random needs a number of trials");
    check(Method::Random, 1, options(Some(0)), "a search of 0 trials finds nothing");
    check(Method::Random, 0, options(Some(9)), "every parameter is fixed: there is nothing to search");
    check(
        Method::Bayesian,
        1,
        SearchOptions { objectives: 2, ..options(Some(9)) },
        "the method bayesian takes one objective, not 2",
    );
    check(
        Method::CmaEs,
        1,
        SearchOptions { population: Some(3), ..options(Some(9)) },
        "the method cma-es needs a population of at least 4, not 3",
    );
    check(Method::Sobol, 33, options(Some(9)), "the method sobol varies at most 32 parameters, not 33");
}

#[test]
fn a_condition_that_nothing_satisfies_is_refused_by_every_method() {
    for entry in METHODS {
        let space = constrained().with_constraint(|_| false);
        let options = SearchOptions { trials: Some(9), ..SearchOptions::default() };
        let message = searcher(entry.method, &space, &options).err().map(|e| e.to_string());
        let expected = "none of 12960 combinations satisfies the conditions between the parameters";
        assert_eq!(message.as_deref(), Some(expected), "{}", entry.name);
    }
}

#[test]
#[should_panic(expected = "scores come in the order of the trials")]
fn a_score_out_of_order_is_a_fault_of_the_caller() {
    let mut searcher = make(Method::Genetic, &constrained(), Some(50), 1);
    searcher.ask(2);
    searcher.tell(&[Scored { number: 1, score: Score::Failed }]);
}
