//! How much of the best trial may be luck: what wb-metrics is given, and what the page and the store are told.

use std::collections::BTreeMap;

use wb_core::{BarColumns, Span, Ts};
use wb_metrics::{Folds, SweepLuck, SweepResults, Unit};
use wb_report::{InAndOut, Logits, Luck, Threshold};

use crate::figures::{grouped, written};
use crate::sweep::plan::SweepPlan;
use crate::sweep::study::{Findings, PERIODS};

/// Draws of each bootstrap.
const DRAWS: usize = 1_000;
/// Stretches that are not trained on around what is held out: a position may reach into the next one.
const PURGE: usize = 1;

/// What the search and its best trial are worth.
pub(crate) struct Judgement {
    /// Figures by key.
    pub(crate) figures: BTreeMap<String, Option<f64>>,
    /// The same in sentences, the most important first.
    pub(crate) verdict: Vec<String>,
    /// The same for the page.
    pub(crate) luck: Luck,
    /// What a reader should be told besides.
    pub(crate) warnings: Vec<String>,
}

/// What a judgement is made from.
pub(crate) struct Evidence<'a> {
    /// What was asked for.
    pub(crate) plan: &'a SweepPlan,
    /// What the trials gave.
    pub(crate) findings: &'a Findings,
    /// The number of the best trial, and its returns over equal stretches.
    pub(crate) best: (u64, Vec<f64>),
    /// Its Sharpe ratio.
    pub(crate) best_sharpe: Option<f64>,
    /// All trials that were ever made of the strategy on these data, those of this sweep included.
    pub(crate) trials_ever: u64,
    /// The data.
    pub(crate) bars: &'a [BarColumns],
}

impl Judgement {
    /// Without a trial that counts there is nothing to judge: the sentence says why there is none.
    pub(crate) fn of_none(plan: &SweepPlan, findings: &Findings) -> Judgement {
        let verdict = vec![no_trial(plan, findings)];
        Judgement { figures: BTreeMap::new(), verdict, luck: Luck::default(), warnings: Vec::new() }
    }

    /// The judgement on the best trial.
    pub(crate) fn of(evidence: &Evidence<'_>) -> Judgement {
        let Evidence { plan, findings, best, best_sharpe, trials_ever, bars } = evidence;
        let kept = &findings.returns;
        let mut returns: Vec<Vec<f64>> = kept.iter().map(|kept| kept.returns.clone()).collect();
        let row = kept.iter().position(|kept| kept.number == best.0).unwrap_or_else(|| {
            returns.push(best.1.clone());
            returns.len() - 1
        });
        let luck = SweepLuck::of(&SweepResults {
            returns: &returns,
            best: row,
            best_sharpe: *best_sharpe,
            sharpes: &findings.sharpes,
            periods_per_year: PERIODS as f64 / years(bars),
            trials: findings.trials,
            trials_ever: *trials_ever,
            folds: plan.folds,
            purge: PURGE,
            embargo: 0,
            draws: DRAWS,
            seed: plan.options.seed,
        });
        let mut verdict = luck.verdict();
        if findings.interrupted {
            verdict.push("The sweep was interrupted: not all trials were made.".to_string());
        }
        Judgement {
            figures: figures(&luck),
            verdict,
            luck: for_page(&luck, plan),
            warnings: idle_folds(&plan.folds, &returns, bars),
        }
    }
}

fn figures(luck: &SweepLuck) -> BTreeMap<String, Option<f64>> {
    let (pbo, paths, bands) = (luck.overfitting.as_ref(), luck.cross_validation.as_ref(), luck.bands);
    let years = |periods: f64| periods / luck.periods_per_year;
    [
        ("trials_ever", Some(luck.trials_ever as f64)),
        ("independent_trials", luck.effective.map(|e| e.independent)),
        ("best_sharpe", luck.best.map(|best| luck.a_year(best.sharpe))),
        ("probabilistic_sharpe", luck.probability),
        ("deflated_sharpe", luck.deflated.map(|d| d.probability)),
        ("sharpe_threshold", luck.deflated.map(|d| luck.a_year(d.threshold))),
        ("minimum_track_record_years", luck.minimum_track_record.map(years)),
        ("probability_of_overfitting", pbo.map(|o| o.probability)),
        ("probability_of_loss", pbo.map(|o| o.probability_of_loss)),
        ("degradation_slope", pbo.and_then(|o| o.slope)),
        ("cross_validated_sharpe", paths.map(|paths| luck.a_year(paths.median()))),
        ("superior_ability", luck.superior_ability.map(|test| test.consistent)),
        ("reality_check", luck.superior_ability.map(|test| test.reality_check)),
        ("sharpe_low", bands.map(|bands| luck.a_year(bands.sharpe.low))),
        ("sharpe_high", bands.map(|bands| luck.a_year(bands.sharpe.high))),
        ("total_return_low", bands.map(|bands| bands.total_return.low)),
        ("total_return_high", bands.map(|bands| bands.total_return.high)),
        ("max_drawdown_low", bands.map(|bands| bands.max_drawdown.low)),
        ("max_drawdown_high", bands.map(|bands| bands.max_drawdown.high)),
    ]
    .into_iter()
    .map(|(key, value)| (key.to_string(), value))
    .collect()
}

/// Key, name and meaning of the figures that the page shows.
#[rustfmt::skip]
const SHOWN: [(&str, &str, Unit, &str); 14] = [
    ("best_sharpe", "Sharpe ratio of the best", Unit::Ratio, "a year"),
    ("probabilistic_sharpe", "Probabilistic Sharpe ratio", Unit::Percent, "the probability that the true one is above zero, had it been the only trial"),
    ("deflated_sharpe", "Deflated Sharpe ratio", Unit::Percent, "the same with the luck of the choice taken off"),
    ("sharpe_threshold", "Expected best without skill", Unit::Ratio, "Sharpe ratio a year that the best of as many independent trials would show"),
    ("trials_ever", "Trials ever made", Unit::Count, "of this strategy on these data, in all sweeps and runs that are stored"),
    ("independent_trials", "Independent trials", Unit::Count, "as how many they count, since trials are alike"),
    ("minimum_track_record_years", "Years of record needed", Unit::Ratio, "to be 95 % sure that the true ratio is above zero, had it been the only trial"),
    ("probability_of_overfitting", "Probability of overfitting", Unit::Percent, "how often the best of one half of the time is not above the median in the other"),
    ("probability_of_loss", "Probability of loss", Unit::Percent, "how often it loses money there"),
    ("cross_validated_sharpe", "Cross-validated Sharpe ratio", Unit::Ratio, "a year, of choosing the best by other times, the middle of all paths"),
    ("superior_ability", "Superior ability", Unit::Percent, "the probability of so good a best if no trial were better than holding nothing (Hansen 2005)"),
    ("reality_check", "Reality check", Unit::Percent, "the same by White (2000)"),
    ("sharpe_low", "Sharpe ratio, low", Unit::Ratio, "2.5 % of all bootstrap draws of the best are below"),
    ("sharpe_high", "Sharpe ratio, high", Unit::Ratio, "2.5 % of all bootstrap draws of the best are above"),
];

fn for_page(luck: &SweepLuck, plan: &SweepPlan) -> Luck {
    let values = figures(luck);
    let row = |(key, name, unit, meaning): (&str, &str, Unit, &str)| {
        (name.to_string(), written(values[key], unit), meaning.to_string())
    };
    let folds = plan.folds.count();
    let pbo = luck.overfitting.as_ref();
    // The threshold is one of Sharpe ratios, and says nothing of another objective.
    let threshold = luck.deflated.filter(|_| plan.objectives[0].text == "sharpe");
    Luck {
        figures: SHOWN.map(row).into(),
        threshold: threshold.map(|deflated| Threshold {
            value: luck.a_year(deflated.threshold),
            label: format!("Expected best of {} without skill", grouped(deflated.trials as f64, 0)),
            method: "Bailey and López de Prado (2014), from the spread of the trials' Sharpe ratios and the number of \
                     independent trials."
                .to_string(),
        }),
        in_and_out: pbo.map(|o| InAndOut {
            label: "Sharpe ratio".to_string(),
            unit: Unit::Ratio,
            points: o.splits.iter().map(|s| (luck.a_year(s.in_sample), luck.a_year(s.out_of_sample))).collect(),
            method: format!(
                "A point is a way to part {folds} stretches of time into halves: the best trial of one half, and what \
                 it does in the other."
            ),
        }),
        logits: pbo.map(|o| Logits {
            values: o.splits.iter().map(|s| s.logit).collect(),
            probability: o.probability,
            method: format!("{folds} stretches of time, every way to part them into halves (Bailey et al. 2015)."),
        }),
    }
}

/// Why no trial counts.
pub(crate) fn no_trial(plan: &SweepPlan, findings: &Findings) -> String {
    let trials = grouped(findings.trials as f64, 0);
    let ran = findings.trials - findings.failures.values().sum::<u64>();
    if let Some((message, count)) =
        findings.failures.iter().max_by_key(|(_, count)| **count).filter(|_| ran == 0)
    {
        return format!("All {trials} trials failed; {} of them: {message}", grouped(*count as f64, 0));
    }
    let all_of = |counts: &[u64]| counts.iter().position(|count| *count == ran);
    if let Some(at) = all_of(&findings.violations) {
        return format!(
            "No trial satisfies {}: all {} that ran violate it.",
            plan.constraints[at],
            grouped(ran as f64, 0)
        );
    }
    if let Some(at) = all_of(&findings.absent) {
        let text = &plan.objectives[at].text;
        return format!(
            "The objective {text} is absent for all {} trials that ran: it has no meaning there.",
            grouped(ran as f64, 0)
        );
    }
    let violations = plan.constraints.iter().zip(&findings.violations);
    let violations: Vec<String> =
        violations.map(|(c, n)| format!("{} violate {c}", grouped(*n as f64, 0))).collect();
    format!("None of {trials} trials satisfies every constraint: {}.", violations.join(", "))
}

/// Folds in which no trial did anything: what they say about luck is nothing.
fn idle_folds(folds: &Folds, returns: &[Vec<f64>], bars: &[BarColumns]) -> Vec<String> {
    let (first, span) = extent(bars);
    let at = |period: usize| first + Span((span.0 as f64 * period as f64 / PERIODS as f64) as i64);
    let count = folds.count();
    let idle = (0..count).filter(|fold| {
        let periods = folds.periods(*fold, PERIODS);
        returns.iter().all(|r| r[periods.clone()].iter().all(|r| *r == 0.0))
    });
    idle.map(|fold| {
        let periods = folds.periods(fold, PERIODS);
        format!(
            "Fold {} of {count}, {} to {}, has no trades: no trial gains or loses anything in it, so it says nothing \
             about luck.",
            fold + 1,
            at(periods.start).date(),
            at(periods.end).date()
        )
    })
    .collect()
}

fn extent(bars: &[BarColumns]) -> (Ts, Span) {
    let first = bars.iter().filter_map(|bars| bars.ts.first()).min().copied().unwrap_or(Ts(0));
    let last = bars.iter().filter_map(|bars| bars.ts.last()).max().copied().unwrap_or(Ts(0));
    (first, last - first)
}

/// Years of the calendar that the data cover.
fn years(bars: &[BarColumns]) -> f64 {
    extent(bars).1.as_seconds_f64() / (365.25 * 86_400.0)
}
