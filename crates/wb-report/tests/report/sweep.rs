//! What holds for every page of a sweep.

use wb_metrics::Unit;
use wb_report::{Goal, Luck, Objective, SweepPage, TrialStatus, Trials, sweep_page};

use crate::markup::{check_balanced, check_loads_nothing, tags};
use crate::sweep_sample::{SweepSample, number};

/// Nothing in a page may be a number that is none.
fn check_sound(page: &str) {
    check_balanced(page);
    check_loads_nothing(page);
    for bad in ["NaN<", ">NaN", ">inf", "-inf", "null,"] {
        assert!(!page.contains(bad), "{bad}");
    }
}

/// The page of trials and nothing else.
fn bare(sample: &SweepSample, trials: &Trials) -> String {
    sweep_page(&SweepPage {
        title: "bare",
        verdict: &[],
        facts: &[],
        links: &[],
        parameters: &sample.parameters,
        objectives: &sample.objectives,
        figures: &sample.figures,
        trials,
        constraints: &[],
        failures: &[],
        runs: &[],
        luck: &Luck::default(),
        front: &[],
        method: &[],
        warnings: &[],
        provenance: &[],
        spec_text: "",
    })
}

/// The first trials, all with that status.
fn cut(sample: &SweepSample, n: usize, status: TrialStatus) -> Trials {
    let mut trials = sample.trials.clone();
    trials.number.truncate(n);
    trials.status = vec![status; n];
    let columns = trials.params.iter_mut().chain(&mut trials.objectives).chain(&mut trials.figures);
    columns.for_each(|column| column.truncate(n));
    trials
}

#[test]
fn a_page_has_its_parts_and_every_tag_is_closed() {
    let page = SweepSample::averages(3, 20, 60).with_runs().page();
    check_sound(&page);
    for heading in [
        "Best trials",
        "Is it luck?",
        "Two parameters",
        "All parameters",
        "Importance",
        "Around the best",
        "Space",
        "Method",
        "Provenance",
    ] {
        assert!(page.contains(&format!("<h2>{heading}</h2>")), "{heading}");
    }
    assert!(!page.contains("Pareto"), "one objective has no front");
    assert!(page.contains("Walk-forward of this sweep"));
    assert_eq!(page.matches("/report.html\">3f9a").count(), 10, "the stored runs are linked");
}

#[test]
fn the_same_sweep_gives_the_same_bytes() {
    assert!(SweepSample::mixed(5, 400).page() == SweepSample::mixed(5, 400).page());
}

#[test]
fn a_sweep_of_the_size_of_a_grid_is_in_the_page_as_a_whole() {
    let sample = SweepSample::averages(3, 50, 250);
    assert_eq!(sample.trials.number.len(), 10_948);
    let page = sample.page();
    assert!(page.len() < 1_000_000, "{} bytes", page.len());
    assert!(!page.contains("drawn at random"), "nothing is left out");
}

#[test]
fn of_a_million_trials_a_sample_is_in_the_page_and_it_says_so() {
    let page = SweepSample::mixed(3, 1_000_000).page();
    assert!(page.len() < 5_000_000, "{} bytes", page.len());
    assert!(page.contains(" trials are in this page: "));
    check_balanced(&page);
}

#[test]
fn a_sweep_without_trials_or_with_none_that_can_be_ranked_still_makes_a_page() {
    let sample = SweepSample::mixed(5, 50);
    for (n, status, said) in [
        (0, TrialStatus::Complete, "The sweep has no trial."),
        (50, TrialStatus::Failed, "50 of 50 trials failed"),
        (50, TrialStatus::Infeasible, "No trial can be ranked"),
        (1, TrialStatus::Complete, "The objective has no spread to explain."),
        (2, TrialStatus::Complete, "Best trials"),
    ] {
        let page = bare(&sample, &cut(&sample, n, status));
        assert!(page.contains(said), "{n} {status:?}: {said}");
        check_sound(&page);
    }
}

#[test]
fn a_trial_without_the_objective_is_counted_and_left_out() {
    let sample = SweepSample::mixed(5, 50);
    let mut trials = cut(&sample, 50, TrialStatus::Complete);
    trials.objectives[0][7] = f64::NAN;
    trials.figures[0][8] = f64::NAN;
    let page = bare(&sample, &trials);
    assert!(page.contains("50: 50 complete, 1 complete without the objective"));
    assert!(page.contains("49 trials."));
    check_sound(&page);
}

#[test]
fn equal_objectives_outliers_and_every_unit_make_a_page() {
    let mut sample = SweepSample::mixed(5, 300);
    let mut trials = cut(&sample, 300, TrialStatus::Complete);
    trials.objectives[0].fill(0.5);
    let page = bare(&sample, &trials);
    assert!(page.contains("The objective has no spread to explain."));
    check_sound(&page);
    let numbers = sample.trials.objectives[0].clone();
    for unit in [Unit::Ratio, Unit::Percent, Unit::Money, Unit::Count, Unit::Duration] {
        sample.objectives[0].unit = unit;
        trials.objectives[0] = numbers.iter().map(|x| x * 1e6).collect();
        trials.objectives[0][7] = -1e12;
        trials.objectives[0][8] = 1e12;
        check_sound(&bare(&sample, &trials));
    }
}

#[test]
fn one_parameter_has_no_map_but_all_else() {
    let mut sample = SweepSample::averages(3, 2, 60);
    sample.parameters[0].space = "2, fixed".into();
    let page = sample.page();
    assert!(page.contains("A map needs two parameters that vary"));
    assert!(page.contains("<canvas class=\"parallel\""));
    assert!(page.contains("trials differ from the best in it alone"));
    check_sound(&page);
}

#[test]
fn no_parameter_that_varies_still_makes_a_page() {
    let mut sample = SweepSample::averages(3, 2, 11);
    let trials = cut(&sample, 1, TrialStatus::Complete);
    sample.parameters[0].space = "2, fixed".into();
    let page = bare(&sample, &trials);
    assert!(page.contains("Parallel coordinates need a parameter that varies"));
    check_sound(&page);
}

#[test]
fn words_are_shown_as_words_wherever_a_value_is() {
    let page = SweepSample::mixed(5, 2_000).page();
    check_sound(&page);
    assert!(page.contains("<td>exponential</td>"), "in a table");
    assert!(page.contains(", average = ") && !page.contains("average = 1"), "in the headline");
    assert!(page.contains(r#""words":["simple","exponential","weighted","hull"]"#), "for the scripts");
}

#[test]
fn several_objectives_have_a_front_in_their_own_units() {
    let sample = SweepSample::mixed(5, 600).with_two_objectives();
    let page = sample.page();
    check_sound(&page);
    assert!(page.contains("<h2>Pareto front</h2>"));
    assert!(page.contains(&format!(
        "{} on the front.</p>",
        match sample.front.len() {
            1 => "1 trial".to_string(),
            n => format!("{n} trials"),
        }
    )));
    assert!(page.contains("<option value=\"1\">Max drawdown</option>"), "to be chosen in the map");
}

#[test]
fn the_best_is_the_lowest_where_low_values_are_better() {
    let mut sample = SweepSample::averages(3, 6, 12);
    sample.objectives = vec![Objective { label: "Fall".into(), unit: Unit::Percent, goal: Goal::Low }];
    let mut trials = cut(&sample, 5, TrialStatus::Complete);
    trials.objectives = vec![vec![0.3, 0.2, 0.1, 0.4, 0.5]];
    let page = bare(&sample, &trials);
    assert!(page.contains("<dt>Best Fall</dt><dd>10.0%</dd>"));
    assert!(page.contains("Best: trial 2 with fast = 2, slow = 12."));
}

#[test]
fn a_best_at_the_edge_of_what_was_tried_is_warned_of() {
    let mut sample = SweepSample::averages(3, 8, 30);
    let slow = sample.trials.params[1].clone();
    sample.trials.objectives[0] = slow;
    let page = sample.page();
    assert!(page.contains("lies at the edge of what was tried of fast, slow"), "the first of equal ones");
}

#[test]
fn a_plateau_and_a_spike_are_told_apart() {
    let mut sample = SweepSample::averages(3, 20, 60);
    let [fast, slow] = [0, 1].map(|p| sample.trials.params[p].clone());
    let hill = |i: usize| -(fast[i] - 10.0).abs() - (slow[i] - 40.0).abs() / 4.0;
    sample.trials.status.fill(TrialStatus::Complete);
    sample.trials.objectives[0] = (0..fast.len()).map(hill).collect();
    assert!(sample.page().contains("A plateau: "));
    let alone = |i: usize| if hill(i).abs() < 1e-9 { 100.0 } else { -hill(i) };
    sample.trials.objectives[0] = (0..fast.len()).map(alone).collect();
    assert!(sample.page().contains("A spike: "));
}

#[test]
fn markup_in_names_and_texts_does_nothing() {
    const EVIL: &str = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&";
    let text = || EVIL.to_string();
    let mut sample = SweepSample::mixed(5, 200).with_two_objectives().with_runs();
    for parameter in &mut sample.parameters {
        *parameter = wb_report::SweepParameter { words: parameter.words.clone(), ..number(EVIL, EVIL, EVIL) };
        parameter.words.iter_mut().for_each(|word| word.push_str(EVIL));
    }
    sample.objectives.iter_mut().for_each(|o| o.label = text());
    sample.figures.iter_mut().for_each(|f| f.label = text());
    sample.constraints = vec![(text(), 3)];
    sample.failures = vec![(text(), 1)];
    sample.method = vec![(text(), text())];
    sample.runs.iter_mut().for_each(|run| (run.link.text, run.link.href) = (text(), text()));
    sample.luck.figures = vec![(text(), text(), text())];
    if let Some(threshold) = &mut sample.luck.threshold {
        (threshold.label, threshold.method) = (text(), text());
    }
    if let Some(pairs) = &mut sample.luck.in_and_out {
        (pairs.label, pairs.method) = (text(), text());
    }
    if let Some(logits) = &mut sample.luck.logits {
        logits.method = text();
    }
    let page = sample.page();
    check_balanced(&page);
    assert!(!page.contains("<script>alert") && !page.contains("<img"));
    assert_eq!(tags(&page).into_iter().filter(|tag| *tag == "script").count(), 2, "the data and the program");
}
