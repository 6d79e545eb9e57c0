//! A walk-forward: each window searched, and the best of it used in the stretch after.

use wb_core::{BarColumns, ParamSet, Ts};
use wb_engine::walk_forward::{Window, WindowLengths, efficiency, join, run_test, windows};
use wb_engine::{EngineError, RunInput};
use wb_metrics::{Outcome, Tearsheet, Unit};
use wb_store::WindowRow;

use crate::error::UserError;
use crate::figures::{grouped, written};
use crate::sweep::luck::no_trial;
use crate::sweep::objective::Objective;
use crate::sweep::plan::{SHARPE, SweepPlan};
use crate::sweep::space::completed;
use crate::sweep::study::{Study, Unkept};

/// The figure by which what was kept out of sample is measured.
const RETURN: &str = "total_return";

/// The windows of a walk-forward and what came of them.
pub(crate) struct WalkForward {
    /// The windows, in order of time.
    pub(crate) windows: Vec<WindowRow>,
    /// The stretches out of sample as one run.
    pub(crate) outcome: Outcome,
    /// Its figures.
    pub(crate) tearsheet: Tearsheet,
    /// The digests of the stretches.
    pub(crate) digests: Vec<String>,
    /// What was made out of sample as a share of what was made in sample; absent where nothing was.
    pub(crate) efficiency: Option<f64>,
    /// How far each searched parameter moved from window to window on average, as a share of its range.
    pub(crate) drift: Vec<(String, f64)>,
    /// What was found, in sentences, the most important first.
    pub(crate) verdict: Vec<String>,
    /// What a reader should be told besides.
    pub(crate) warnings: Vec<String>,
}

/// How far a walk-forward is.
pub(crate) struct Walked {
    /// Windows that are done.
    pub(crate) windows: usize,
    /// All windows.
    pub(crate) of: usize,
    /// Trials made.
    pub(crate) trials: u64,
}

/// Why a walk-forward has no result.
pub(crate) enum Halt {
    /// Somebody asked to stop.
    Interrupted,
    /// It cannot be made.
    Failed(anyhow::Error),
}

impl<E: Into<anyhow::Error>> From<E> for Halt {
    fn from(error: E) -> Halt {
        Halt::Failed(error.into())
    }
}

/// What a walk-forward goes over.
pub(crate) struct Course<'a> {
    /// What is searched in each window.
    pub(crate) plan: &'a SweepPlan,
    /// The base run over all bars.
    pub(crate) base: RunInput<'a>,
    /// The windows.
    pub(crate) lengths: WindowLengths,
    /// Threads.
    pub(crate) jobs: usize,
}

impl Course<'_> {
    /// The windows.
    ///
    /// # Errors
    /// If not even one fits.
    pub(crate) fn windows(&self) -> Result<Vec<Window>, UserError> {
        let begin =
            self.base.bars.iter().filter_map(|b| b.ts.first().map(|ts| *ts - b.interval.span())).min();
        let end = self.base.bars.iter().filter_map(|bars| bars.ts.last()).max();
        let zero = Ts(0);
        windows(begin.unwrap_or(zero), end.copied().unwrap_or(zero), &self.lengths).map_err(|error| {
            UserError::usage(format!("[walk_forward]: {error}"))
                .hint("make train and test shorter, or take more data")
        })
    }

    /// Searches each window and uses what it found.
    ///
    /// # Errors
    /// If nothing could be chosen in any window, or the engine cannot run the base.
    pub(crate) fn walk(&self, stop: &dyn Fn() -> bool, tell: &dyn Fn(&Walked)) -> Result<WalkForward, Halt> {
        let cut = self.windows()?;
        let (mut rows, mut stretches, mut digests) = (Vec::new(), Vec::new(), Vec::new());
        let (mut warnings, mut trials) = (Vec::new(), 0);
        let mut cash = self.base.spec.simulation.cash;
        for (number, window) in cut.iter().enumerate() {
            let named = format!(
                "Window {} of {}, {} to {},",
                number + 1,
                cut.len(),
                window.test.0.date(),
                window.test.1.date()
            );
            let chosen = self.choose(window, stop)?;
            trials += chosen.trials;
            let Some((params, in_sample)) = chosen.best else {
                warnings.push(format!("{named} trades nothing: {}", chosen.reason));
                rows.push(self.row(window, chosen.trials, None, None));
                continue;
            };
            let result = run_test(&self.base, window, &params, cash)?;
            cash = result.outcome.equity.equity.last().copied().unwrap_or(cash);
            if result.outcome.fills.is_empty() {
                warnings.push(format!("{named} has no trades out of sample."));
            }
            let sheet = Tearsheet::of(&result.outcome);
            rows.push(self.row(window, chosen.trials, Some((params, in_sample)), Some(&sheet)));
            digests.push(result.digest.to_string());
            stretches.push(result.outcome);
            tell(&Walked { windows: number + 1, of: cut.len(), trials });
            if cash <= 0.0 {
                warnings.push(format!("{named} lost everything: no later window is traded."));
                break;
            }
        }
        if stretches.is_empty() {
            let message = warnings.first().cloned().unwrap_or_default();
            return Err(UserError::no("nothing could be chosen in any window").hint(message).into());
        }
        let outcome = join(&self.base, stretches);
        let tearsheet = Tearsheet::of(&outcome);
        let mut walked = WalkForward {
            efficiency: efficiency_of(self.plan, &rows),
            drift: drift(self.plan, &rows),
            windows: rows,
            outcome,
            tearsheet,
            digests,
            verdict: Vec::new(),
            warnings,
        };
        walked.verdict = verdict(self.plan, &walked);
        Ok(walked)
    }

    fn choose(&self, window: &Window, stop: &dyn Fn() -> bool) -> Result<Chosen, Halt> {
        let (from, to) = window.train;
        let bars: Vec<BarColumns> = self.base.bars.iter().map(|bars| bars.between(from, to)).collect();
        if let Some(empty) = bars.iter().position(BarColumns::is_empty) {
            let instrument = self.base.instruments[empty].name();
            return Err(anyhow::Error::from(EngineError::NoBars { instrument })
                .context(format!("training from {from} to {to}"))
                .into());
        }
        let base = RunInput { bars: &bars, benchmark: None, ..self.base.clone() };
        let study = Study { plan: self.plan, base, periods: 0, jobs: self.jobs };
        let findings = study.run(&mut Unkept, stop, &|_| ())?;
        if findings.interrupted {
            return Err(Halt::Interrupted);
        }
        let best = findings
            .leaders
            .rows()
            .next()
            .map(|row| (completed(&self.plan.base, &row.params), row.figures.clone()));
        let reason = if best.is_none() { no_trial(self.plan, &findings) } else { String::new() };
        Ok(Chosen { trials: findings.trials, best, reason })
    }

    fn row(
        &self,
        window: &Window,
        trials: u64,
        chosen: Option<(ParamSet, Vec<Option<f64>>)>,
        out: Option<&Tearsheet>,
    ) -> WindowRow {
        let keys = &self.plan.figures;
        let (params, inside) = match chosen {
            Some((params, figures)) => (params, figures),
            None => (self.plan.base.clone(), vec![None; keys.len()]),
        };
        let outside: Vec<Option<f64>> = keys.iter().map(|key| out.and_then(|sheet| sheet.get(key))).collect();
        let objective = &self.plan.objectives[0];
        WindowRow {
            train: window.train,
            test: window.test,
            trials,
            params,
            objective: (value(self.plan, objective, &inside), value(self.plan, objective, &outside)),
            figures: inside.into_iter().zip(outside).collect(),
        }
    }
}

/// What a window's search chose.
struct Chosen {
    trials: u64,
    /// Parameters and figures of the best; absent where there is none.
    best: Option<(ParamSet, Vec<Option<f64>>)>,
    /// Why there is none.
    reason: String,
}

fn value(plan: &SweepPlan, objective: &Objective, figures: &[Option<f64>]) -> Option<f64> {
    objective.value(|key| plan.figures.iter().position(|figure| *figure == key).and_then(|at| figures[at]))
}

/// The values of a figure of all windows, in and out of sample.
fn pairs(plan: &SweepPlan, rows: &[WindowRow], key: &str) -> Vec<(Option<f64>, Option<f64>)> {
    let at = plan.figures.iter().position(|figure| *figure == key);
    rows.iter().map(|row| at.map_or((None, None), |at| row.figures[at])).collect()
}

fn efficiency_of(plan: &SweepPlan, rows: &[WindowRow]) -> Option<f64> {
    let returns = pairs(plan, rows, RETURN);
    let both: Vec<_> = rows.iter().zip(returns).filter_map(|(row, (i, o))| Some((row, i?, o?))).collect();
    let inside: Vec<_> = both.iter().map(|(row, i, _)| (*i, row.train.1 - row.train.0)).collect();
    let outside: Vec<_> = both.iter().map(|(row, _, o)| (*o, row.test.1 - row.test.0)).collect();
    efficiency(&inside, &outside)
}

fn drift(plan: &SweepPlan, rows: &[WindowRow]) -> Vec<(String, f64)> {
    let chosen = rows.iter().filter(|row| row.objective.0.is_some());
    let points: Vec<Vec<f64>> = chosen.map(|row| plan.space.encode(&row.params)).collect();
    let steps = points.len().saturating_sub(1).max(1) as f64;
    let moved = |axis: usize| points.windows(2).map(|w| (w[1][axis] - w[0][axis]).abs()).sum::<f64>() / steps;
    plan.space.axes().iter().enumerate().map(|(axis, a)| (a.name.to_string(), moved(axis))).collect()
}

fn verdict(plan: &SweepPlan, walked: &WalkForward) -> Vec<String> {
    let sheet = &walked.tearsheet;
    let objective = &plan.objectives[0];
    let count = walked.windows.len();
    let mut verdict = vec![format!(
        "Out of sample over {count} windows the strategy has Sharpe {} a year and returns {} in all; its deepest fall is {}.",
        written(sheet.get(SHARPE), Unit::Ratio),
        written(sheet.get(RETURN), Unit::Percent),
        written(sheet.get("max_drawdown"), Unit::Percent)
    )];
    verdict.push(match walked.efficiency {
        Some(kept) => format!(
            "Walk-forward efficiency is {kept:.2}: a year out of sample returned {:.0} % of what a year in sample did.",
            100.0 * kept
        ),
        None => "Nothing was made in sample on average, so there is no walk-forward efficiency.".to_string(),
    });
    let both: Vec<(f64, f64)> =
        walked.windows.iter().filter_map(|row| Some((row.objective.0?, row.objective.1?))).collect();
    if !both.is_empty() {
        let mean = |of: fn(&(f64, f64)) -> f64| both.iter().map(of).sum::<f64>() / both.len() as f64;
        verdict.push(format!(
            "The mean {} is {} in sample and {} out of sample.",
            objective.text,
            written(Some(mean(|pair| pair.0)), objective.unit()),
            written(Some(mean(|pair| pair.1)), objective.unit())
        ));
    }
    let returns = pairs(plan, &walked.windows, RETURN);
    let made = returns.iter().filter(|(_, out)| out.is_some_and(|x| x > 0.0)).count();
    verdict.push(format!(
        "{} of {} windows made money out of sample.",
        grouped(made as f64, 0),
        grouped(count as f64, 0)
    ));
    if count > 1 && !walked.drift.is_empty() {
        let moves = walked.drift.iter().map(|(name, share)| format!("{name} by {:.0} %", 100.0 * share));
        verdict.push(format!(
            "From window to window the choice moved {} of its range on average.",
            moves.collect::<Vec<_>>().join(", ")
        ));
    }
    verdict
}
