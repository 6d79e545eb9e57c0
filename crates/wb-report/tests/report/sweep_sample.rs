//! Sweeps made up from a seed: a hill with noise, searched on a grid or at random.

use wb_core::Rng;
use wb_metrics::Unit;
use wb_report::{
    Goal, InAndOut, Link, Logits, Luck, Objective, StoredRun, SweepPage, SweepParameter, Threshold,
    TrialFigure, TrialStatus, Trials, sweep_page,
};

/// A made-up sweep.
pub(crate) struct SweepSample {
    pub parameters: Vec<SweepParameter>,
    pub objectives: Vec<Objective>,
    pub figures: Vec<TrialFigure>,
    pub trials: Trials,
    pub constraints: Vec<(String, usize)>,
    pub failures: Vec<(String, usize)>,
    pub runs: Vec<StoredRun>,
    pub luck: Luck,
    pub front: Vec<u64>,
    pub method: Vec<(String, String)>,
}

impl SweepSample {
    /// Two averages on a grid, `fast` below `slow`: 10,948 trials for ranges to 50 and 250.
    pub(crate) fn averages(seed: u64, fast_to: usize, slow_to: usize) -> SweepSample {
        let mut points = Vec::new();
        for fast in 2..=fast_to {
            points.extend(
                (10..=slow_to).filter(|slow| fast < *slow).map(|slow| vec![fast as f64, slow as f64]),
            );
        }
        let space = [format!("2 to {fast_to}"), format!("10 to {slow_to}")];
        let names = ["fast", "slow"].into_iter().zip(space);
        let parameters = names.map(|(name, space)| number(name, "Bars in the average.", &space)).collect();
        let hill = |p: &[f64]| {
            let (a, b) = ((p[0] - 18.0) / 12.0, (p[1] - 120.0) / 60.0);
            1.6 * libm::exp(-a * a - b * b) - 0.4
        };
        SweepSample::of(seed, parameters, points, &hill)
    }

    /// Six parameters at random: whole numbers, numbers, a word, a flag.
    pub(crate) fn mixed(seed: u64, trials: usize) -> SweepSample {
        let mut rng = Rng::for_part(seed, 9);
        let points = (0..trials).map(|_| {
            let whole = |n: u64, rng: &mut Rng| rng.below(n) as f64;
            vec![
                2.0 + whole(49, &mut rng),
                10.0 + 5.0 * whole(49, &mut rng),
                0.01 + 0.09 * rng.uniform(),
                rng.uniform() * 3.0,
                whole(4, &mut rng),
                whole(2, &mut rng),
            ]
        });
        let points = points.collect();
        let mut parameters = vec![
            number("fast", "Bars in the short average.", "2 to 50"),
            number("slow", "Bars in the long average.", "10 to 250, step 5"),
            number("stop_loss", "Distance of the stop, as a share of the entry price.", "0.01 to 0.1"),
            number("threshold", "Standard deviations at which the band is left.", "0 to 3"),
        ];
        let words = |name: &str, words: &[&str]| SweepParameter {
            words: words.iter().map(|w| w.to_string()).collect(),
            ..number(name, "What it says.", &words.join(", "))
        };
        parameters.push(words("average", &["simple", "exponential", "weighted", "hull"]));
        parameters.push(words("short", &["false", "true"]));
        let hill = |p: &[f64]| {
            let (a, b, c) = ((p[0] - 18.0) / 14.0, (p[1] - 120.0) / 70.0, (p[2] - 0.04) / 0.05);
            let by_word = [0.0, 0.25, 0.1, -0.3][p[4] as usize];
            1.3 * libm::exp(-a * a - b * b) - 0.3 * c * c + by_word + 0.15 * p[5] * (p[3] - 1.5)
        };
        SweepSample::of(seed, parameters, points, &hill)
    }

    fn of(
        seed: u64,
        parameters: Vec<SweepParameter>,
        points: Vec<Vec<f64>>,
        hill: &dyn Fn(&[f64]) -> f64,
    ) -> SweepSample {
        let mut rng = Rng::new(seed);
        let mut noise = || (0..12).map(|_| rng.uniform()).sum::<f64>() - 6.0;
        let n = points.len();
        let mut trials = Trials { number: (0..n as u64).collect(), ..Trials::default() };
        trials.params =
            (0..parameters.len()).map(|p| points.iter().map(|point| point[p]).collect()).collect();
        let sharpe: Vec<f64> = points.iter().map(|point| hill(point) + 0.12 * noise()).collect();
        let fall: Vec<f64> = sharpe.iter().map(|s| (0.28 - 0.06 * s + 0.03 * noise()).max(0.02)).collect();
        let count: Vec<f64> = points.iter().map(|point| (9_000.0 / (point[0] + 4.0)).round()).collect();
        trials.status = fall
            .iter()
            .enumerate()
            .map(|(i, fall)| match fall {
                _ if i % 997 == 11 => TrialStatus::Failed,
                fall if *fall > 0.35 => TrialStatus::Infeasible,
                _ => TrialStatus::Complete,
            })
            .collect();
        let failed = trials.status.iter().filter(|s| **s == TrialStatus::Failed).count();
        let infeasible = trials.status.iter().filter(|s| **s == TrialStatus::Infeasible).count();
        let total = sharpe.iter().map(|s| s * 0.21).collect();
        trials.objectives = vec![sharpe];
        trials.figures = vec![total, fall, count];
        SweepSample {
            parameters,
            objectives: vec![Objective { label: "Sharpe".into(), unit: Unit::Ratio, goal: Goal::High }],
            figures: [
                ("Total return", Unit::Percent),
                ("Max drawdown", Unit::Percent),
                ("Trades", Unit::Count),
            ]
            .map(|(label, unit)| TrialFigure { label: label.into(), unit })
            .into(),
            constraints: vec![("max_drawdown <= 0.35".into(), infeasible)],
            failures: vec![("the feature needs more bars than there are".into(), failed)],
            runs: Vec::new(),
            luck: luck(seed, n),
            front: Vec::new(),
            method: [
                ("Method", "grid"),
                ("Seed", "7"),
                ("Time", "0.52 s, 21,000 trials a second on 2 cores"),
            ]
            .map(|(name, value)| (name.to_string(), value.to_string()))
            .into(),
            trials,
        }
    }

    /// The same with the drawdown as a second objective, and the trials on the front.
    pub(crate) fn with_two_objectives(mut self) -> SweepSample {
        self.figures.remove(1);
        let fall = self.trials.figures.remove(1);
        self.objectives.push(Objective {
            label: "Max drawdown".into(),
            unit: Unit::Percent,
            goal: Goal::Low,
        });
        self.trials.objectives.push(fall);
        let [sharpe, fall] = [0, 1].map(|o| &self.trials.objectives[o]);
        let complete = |i: &usize| self.trials.status[*i] == TrialStatus::Complete;
        let mut order: Vec<usize> = (0..sharpe.len()).filter(complete).collect();
        order.sort_by(|a, b| sharpe[*b].total_cmp(&sharpe[*a]));
        let mut least = f64::INFINITY;
        for i in order {
            if fall[i] < least {
                least = fall[i];
                self.front.push(i as u64);
            }
        }
        self
    }

    /// The same with its ten best trials stored as runs.
    pub(crate) fn with_runs(mut self) -> SweepSample {
        let sharpe = &self.trials.objectives[0];
        let complete = |i: &usize| self.trials.status[*i] == TrialStatus::Complete;
        let mut order: Vec<usize> = (0..sharpe.len()).filter(complete).collect();
        order.sort_by(|a, b| sharpe[*b].total_cmp(&sharpe[*a]));
        let link =
            |i: usize| Link { text: format!("3f9a{i:04x}"), href: format!("../3f9a{i:04x}/report.html") };
        self.runs =
            order.into_iter().take(10).map(|i| StoredRun { number: i as u64, link: link(i) }).collect();
        self
    }

    /// Its page.
    pub(crate) fn page(&self) -> String {
        let n = self.trials.number.len();
        let text = |text: &str| text.to_string();
        sweep_page(&SweepPage {
            title: &format!("sma-cross on binance:NEARUSDT, 1m: {n} trials"),
            verdict: &[
                format!(
                    "The best of {n} trials has Sharpe 1.53; after deflation the probability that it is above zero is 0.41."
                ),
                text(
                    "It stands on a plateau, but one choice in three made in sample is worse than the median out of sample.",
                ),
                text("18,211 trials have been made on these data for this strategy."),
            ],
            facts: &[text("2022-01-01 to 2022-03-31"), text("130,000 bars of 1m")],
            links: &[Link { text: text("Walk-forward of this sweep"), href: text("../wf-91ab/report.html") }],
            parameters: &self.parameters,
            objectives: &self.objectives,
            figures: &self.figures,
            trials: &self.trials,
            constraints: &self.constraints,
            failures: &self.failures,
            runs: &self.runs,
            luck: &self.luck,
            front: &self.front,
            method: &self.method,
            warnings: &[text("3 gaps in binance:NEARUSDT, 4h 12m in all.")],
            provenance: &[(text("Sweep"), text("91ab33")), (text("Code"), text("0f0f"))],
            spec_text: "base = \"config/runs/sma-cross.toml\"\nobjective = \"sharpe\"\n",
        })
    }
}

/// A parameter that is a number.
pub(crate) fn number(name: &str, doc: &str, space: &str) -> SweepParameter {
    SweepParameter { name: name.into(), doc: doc.into(), space: space.into(), words: Vec::new() }
}

fn luck(seed: u64, trials: usize) -> Luck {
    let mut rng = Rng::for_part(seed, 5);
    let mut noise = || (0..12).map(|_| rng.uniform()).sum::<f64>() - 6.0;
    let points: Vec<(f64, f64)> = (0..252)
        .map(|_| {
            let x = 1.9 + 0.4 * noise();
            (x, 1.0 - 0.4 * x + 0.6 * noise())
        })
        .collect();
    let logits: Vec<f64> = points.iter().map(|(_, y)| y * 1.6 + 0.4 * noise()).collect();
    let lost = logits.iter().filter(|x| **x <= 0.0).count() as f64 / logits.len() as f64;
    let row =
        |name: &str, value: &str, meaning: &str| (name.to_string(), value.to_string(), meaning.to_string());
    Luck {
        figures: vec![
            row("Deflated Sharpe ratio", "0.41", "The probability that the true Sharpe ratio is above zero, after the number of trials, skewness and kurtosis are taken into account."),
            row("Independent trials", "37", "Clusters of the trials' returns."),
            row("Probability of overfitting", "31%", "The share of splits in which the best in sample is not better than the median out of sample."),
            row("White's reality check", "p = 0.18", "The probability of a best this good if no trial had any skill."),
            row("Hansen's SPA", "p = 0.12", "The same, without penalty for hopeless trials."),
            row("Minimum track record", "3.1y", "How long the best would have to last to be told from zero with 95% confidence."),
        ],
        threshold: Some(Threshold {
            value: 1.31,
            label: format!("the expected best of {trials} trials without skill"),
            method: "From 37 independent trials and the spread of their Sharpe ratios (Bailey and López de Prado, 2014).".into(),
        }),
        in_and_out: Some(InAndOut {
            label: "Sharpe".into(),
            unit: Unit::Ratio,
            points,
            method: "A point is the trial that was best in sample, one for each of 252 splits into halves.".into(),
        }),
        logits: Some(Logits {
            values: logits,
            probability: lost,
            method: "10 blocks of equal length, every choice of five in sample.".into(),
        }),
    }
}
