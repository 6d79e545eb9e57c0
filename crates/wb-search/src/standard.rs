//! Standard functions of optimisation, and the figure that each method must reach on them.
//!
//! A figure is what the middle one of five seeds must reach, each from a start of its own, so that no method
//! owes it to luck.

use wb_core::{ParamSet, ParamSpec, ParamValue, Rng};

use crate::sample::{choice, flag, float, int, number, run, space};
use crate::{Method, Score, SearchOptions, Space, Trial, searcher};

const SEEDS: u64 = 5;

/// The best figures that five seeds found, from the worst to the best; higher is better.
fn bests(method: Method, space: &Space, trials: u64, score: fn(&Trial) -> Score) -> Vec<f64> {
    let best = |seed| {
        let start = space.decode(&space.random_point(&mut Rng::new(100 + seed)));
        let options = SearchOptions { trials: Some(trials), seed, start, ..SearchOptions::default() };
        let mut searcher = searcher(method, space, &options).expect("a searcher");
        let history = run(&mut *searcher, 16, score);
        history.iter().filter_map(|(_, score)| score.value()).fold(f64::NEG_INFINITY, f64::max)
    };
    let mut bests: Vec<f64> = (0..SEEDS).map(best).collect();
    bests.sort_by(f64::total_cmp);
    bests
}

/// Checks that each method reaches its figure in so many trials.
fn check(space: &Space, score: fn(&Trial) -> Score, figures: &[(Method, u64, f64)]) {
    for (method, trials, figure) in figures {
        let bests = bests(*method, space, *trials, score);
        assert!(bests[bests.len() / 2] >= *figure, "{method:?} in {trials} trials: {bests:?}, not {figure}");
    }
}

const NAMES: [&str; 5] = ["x0", "x1", "x2", "x3", "x4"];

fn cube(ranges: &[(f64, f64)]) -> Space {
    let specs: Vec<ParamSpec> =
        NAMES.iter().zip(ranges).map(|(name, (min, max))| float(name, *min, *max, None)).collect();
    space(&specs)
}

fn place<const N: usize>(trial: &Trial) -> [f64; N] {
    std::array::from_fn(|i| number(trial, NAMES[i]))
}

/// A function that is to be made small, as a score.
fn small(value: f64) -> Score {
    Score::Feasible(vec![-value])
}

/// Minimum 0 at the origin.
fn sphere(trial: &Trial) -> Score {
    small(place::<5>(trial).iter().map(|x| x * x).sum())
}

/// Minimum 0 at (1, 1), at the end of a bent valley.
fn rosenbrock(trial: &Trial) -> Score {
    let [x, y] = place(trial);
    let (slope, bend) = (1.0 - x, y - x * x);
    small(slope * slope + 100.0 * bend * bend)
}

/// Minimum 0 at the origin, among some hundred local minima.
fn rastrigin(trial: &Trial) -> Score {
    let wave = |x: f64| x * x - 10.0 * libm::cos(std::f64::consts::TAU * x) + 10.0;
    small(place::<2>(trial).into_iter().map(wave).sum())
}

/// Minimum 0.397887 at three places.
fn branin(trial: &Trial) -> Score {
    let [x, y] = place(trial);
    let pi = std::f64::consts::PI;
    let bend = y - 5.1 / (4.0 * pi * pi) * x * x + 5.0 / pi * x - 6.0;
    small(bend * bend + 10.0 * (1.0 - 1.0 / (8.0 * pi)) * libm::cos(x) + 10.0)
}

#[test]
fn every_method_reaches_its_figure_on_the_sphere() {
    check(
        &cube(&[(-3.0, 7.0); 5]),
        sphere,
        &[
            (Method::Grid, 1_000, -5.0),
            (Method::Random, 1_000, -5.0),
            (Method::Sobol, 1_000, -5.0),
            (Method::Genetic, 1_000, -0.05),
            (Method::Bayesian, 100, -1e-3),
            (Method::CmaEs, 1_000, -1e-8),
            (Method::NelderMead, 500, -1e-8),
            (Method::ParticleSwarm, 1_000, -1e-4),
        ],
    );
}

#[test]
fn every_method_reaches_its_figure_on_rosenbrocks_valley() {
    check(
        &cube(&[(-2.0, 2.0); 2]),
        rosenbrock,
        &[
            (Method::Grid, 500, -0.5),
            (Method::Random, 500, -0.2),
            (Method::Sobol, 500, -0.2),
            (Method::Genetic, 500, -0.1),
            (Method::Bayesian, 100, -0.02),
            (Method::CmaEs, 500, -1e-3),
            (Method::NelderMead, 200, -1e-6),
            (Method::ParticleSwarm, 500, -0.02),
        ],
    );
}

#[test]
fn every_method_reaches_its_figure_among_rastrigins_minima() {
    // 0.995 is the nearest local minimum.
    check(
        &cube(&[(-5.12, 4.12), (-4.12, 5.12)]),
        rastrigin,
        &[
            (Method::Random, 1_000, -2.5),
            (Method::Sobol, 1_000, -2.5),
            (Method::Genetic, 1_000, -0.01),
            (Method::Bayesian, 200, -0.5),
            (Method::CmaEs, 1_000, -0.5),
            (Method::NelderMead, 1_000, -1.0),
            (Method::ParticleSwarm, 1_000, -1e-3),
        ],
    );
}

#[test]
fn every_method_reaches_its_figure_on_branins_function() {
    check(
        &cube(&[(-5.0, 10.0), (0.0, 15.0)]),
        branin,
        &[
            (Method::Grid, 300, -0.45),
            (Method::Random, 300, -0.6),
            (Method::Sobol, 300, -0.6),
            (Method::Genetic, 300, -0.41),
            (Method::Bayesian, 50, -0.41),
            (Method::Bayesian, 100, -0.398),
            (Method::CmaEs, 200, -0.399),
            (Method::NelderMead, 100, -0.398),
            (Method::ParticleSwarm, 300, -0.402),
        ],
    );
}

/// 12,600 combinations of every kind of parameter.
fn mixed_space() -> Space {
    space(&[int("n", 1, 100, 1), float("x", 0.0, 1.0, Some(0.05)), flag("on"), choice("mode")])
}

/// Maximum 0 at n = 37, x = 0.35, on, flat.
fn mixed(trial: &Trial) -> Score {
    let (n, x) = ((number(trial, "n") - 37.0) / 50.0, number(trial, "x") - 0.35);
    let on = if trial.params.get("on") == Some(&ParamValue::Bool(true)) { 0.0 } else { 0.3 };
    let mode = match trial.params.get("mode") {
        Some(ParamValue::Choice(word)) if word == "flat" => 0.0,
        Some(ParamValue::Choice(word)) if word == "up" => 0.2,
        _ => 0.5,
    };
    small(n * n + x * x + on + mode)
}

#[test]
fn learning_methods_find_the_best_of_a_mixed_space() {
    check(
        &mixed_space(),
        mixed,
        &[
            (Method::Random, 400, -0.03),
            (Method::Genetic, 400, -1e-9),
            (Method::Bayesian, 100, -1e-9),
            (Method::CmaEs, 400, -1e-9),
            (Method::NelderMead, 400, -1e-9),
            (Method::ParticleSwarm, 400, -1e-9),
        ],
    );
}

/// The sum of two numbers inside of a disc of radius one: the maximum, the root of two, lies on its edge.
fn disc(trial: &Trial) -> Score {
    let [x, y] = place(trial);
    let violation = x * x + y * y - 1.0;
    if violation > 0.0 { Score::Infeasible(violation) } else { Score::Feasible(vec![x + y]) }
}

#[test]
fn learning_methods_find_the_edge_of_what_a_constraint_allows() {
    check(
        &cube(&[(0.0, 1.5); 2]),
        disc,
        &[
            (Method::Random, 200, 1.34),
            (Method::Genetic, 200, 1.40),
            (Method::Bayesian, 100, 1.38),
            (Method::CmaEs, 200, 1.40),
            (Method::NelderMead, 200, 1.414),
            (Method::ParticleSwarm, 200, 1.40),
        ],
    );
}

/// Two averages, the fast below the slow.
fn crossing_space() -> Space {
    space(&[int("fast", 2, 100, 1), int("slow", 2, 100, 1)]).with_constraint(|params| {
        matches!((params.get("fast"), params.get("slow")), (Some(ParamValue::Int(f)), Some(ParamValue::Int(s))) if f < s)
    })
}

/// Maximum 0 at fast = 39, slow = 40, in the corner of what is allowed.
fn crossing(trial: &Trial) -> Score {
    small((number(trial, "fast") - 40.0).abs() + (number(trial, "slow") - 40.0).abs() - 1.0)
}

#[test]
fn learning_methods_find_the_best_next_to_what_the_strategy_refuses() {
    check(
        &crossing_space(),
        crossing,
        &[
            (Method::Genetic, 200, 0.0),
            (Method::Bayesian, 50, 0.0),
            (Method::CmaEs, 200, 0.0),
            (Method::NelderMead, 200, 0.0),
            (Method::ParticleSwarm, 200, 0.0),
        ],
    );
}

#[test]
fn a_search_begins_where_it_is_told_or_at_the_defaults() {
    let space = mixed_space();
    let first = |start: ParamSet, method| {
        let options = SearchOptions { trials: Some(50), start, ..SearchOptions::default() };
        searcher(method, &space, &options).expect("a searcher").ask(1).remove(0).params
    };
    let start: ParamSet = [("n".to_string(), ParamValue::Int(64))].into_iter().collect();
    for method in [Method::Genetic, Method::Bayesian, Method::NelderMead, Method::ParticleSwarm] {
        assert_eq!(first(start.clone(), method).get("n"), Some(&ParamValue::Int(64)));
        assert_eq!(first(ParamSet::new(), method).get("n"), Some(&ParamValue::Int(1)));
    }
}

/// The area that a front dominates below (1.1, 1.1), both objectives to be made small.
fn hypervolume(mut front: Vec<(f64, f64)>) -> f64 {
    front.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut area = 0.0;
    let mut lowest = 1.1;
    for (a, b) in front {
        if a < 1.1 && b < lowest {
            area += (1.1 - a) * (lowest - b);
            lowest = b;
        }
    }
    area
}

/// ZDT1 (E. Zitzler, K. Deb and L. Thiele, 2000) of 30 parameters: the front is `1 - sqrt(f1)`.
#[test]
fn nsga2_finds_the_front_of_zdt1() {
    let names: Vec<&'static str> =
        (0..30).map(|i| &*Box::leak(format!("x{i:02}").into_boxed_str())).collect();
    let specs: Vec<ParamSpec> = names.iter().map(|name| float(name, 0.0, 1.0, None)).collect();
    let objectives = |trial: &Trial| {
        let rest: f64 = names[1..].iter().map(|name| number(trial, name)).sum();
        let (first, g) = (number(trial, "x00"), 1.0 + 9.0 * rest / 29.0);
        (first, g * (1.0 - libm::sqrt(first / g)))
    };
    let seed = 1;
    // The paper's budget: a population of 100 for 250 generations.
    let options = SearchOptions {
        trials: Some(25_000),
        seed,
        objectives: 2,
        population: Some(100),
        ..SearchOptions::default()
    };
    let mut searcher = searcher(Method::Nsga2, &space(&specs), &options).expect("a searcher");
    let history = run(&mut *searcher, 64, |trial| {
        let (a, b) = objectives(trial);
        Score::Feasible(vec![-a, -b])
    });
    let last: Vec<(f64, f64)> = history[24_000..].iter().map(|(trial, _)| objectives(trial)).collect();
    // The true front dominates 0.1 + 2/3 + 0.11.
    let area = hypervolume(last);
    assert!(area > 0.865, "seed {seed}: {area}");
}
