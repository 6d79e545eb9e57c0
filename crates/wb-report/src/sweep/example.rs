//! Small sweeps for tests.

use wb_metrics::Unit;

use crate::sweep::input::{Goal, Luck, Objective, SweepPage, SweepParameter, TrialStatus, Trials};
use crate::sweep::study::Study;

/// Calls `check` with the study of these columns of parameters, which are numbers, and this objective.
pub(crate) fn with_study<T>(
    params: &[Vec<f64>],
    objective: Vec<f64>,
    check: impl FnOnce(&Study<'_>) -> T,
) -> T {
    let parameter = |(i, _): (usize, &Vec<f64>)| SweepParameter {
        name: format!("p{i}"),
        doc: String::new(),
        space: String::new(),
        words: Vec::new(),
    };
    let parameters: Vec<SweepParameter> = params.iter().enumerate().map(parameter).collect();
    let n = objective.len();
    let trials = Trials {
        number: (0..n as u64).collect(),
        status: vec![TrialStatus::Complete; n],
        params: params.to_vec(),
        objectives: vec![objective],
        figures: Vec::new(),
    };
    check(&Study::of(&SweepPage {
        title: "",
        verdict: &[],
        facts: &[],
        links: &[],
        parameters: &parameters,
        objectives: &[Objective { label: "Sharpe".into(), unit: Unit::Ratio, goal: Goal::High }],
        figures: &[],
        trials: &trials,
        constraints: &[],
        failures: &[],
        runs: &[],
        luck: &Luck::default(),
        front: &[],
        method: &[],
        warnings: &[],
        provenance: &[],
        spec_text: "",
    }))
}

/// Two columns that hold every pair of `0..a` and `0..b`, so many times.
pub(crate) fn grid(a: usize, b: usize, times: usize) -> [Vec<f64>; 2] {
    let pairs = || (0..times).flat_map(move |_| (0..a).flat_map(move |x| (0..b).map(move |y| (x, y))));
    [pairs().map(|(x, _)| x as f64).collect(), pairs().map(|(_, y)| y as f64).collect()]
}
