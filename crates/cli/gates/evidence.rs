//! What is known of a run, and the number that each gate takes from it.

use wb_core::Ts;
use wb_engine::checks::{Headline, Lookahead, LookaheadConfig, Warmup, costs_doubled, lookahead, warmup};
use wb_engine::{EngineError, RunInput, run};
use wb_metrics::{Tearsheet, Unit};
use wb_store::RunId;

use super::studies::{Studies, SweepStudy, WalkForwardStudy};
use crate::check_words::{STARTS, is_honest, lookahead_words, warmup_words};
use crate::figures::{grouped, written};
use crate::market::Findings;
use crate::output::Progress;

/// Everything that gates ask for.
pub(crate) struct Evidence {
    run: RunId,
    /// The figures of the run.
    tearsheet: Tearsheet,
    studies: Studies,
    /// What the imports of its series found.
    findings: Vec<Findings>,
    /// Absent where nothing is charged.
    doubled: Result<Option<Headline>, EngineError>,
    lookahead: Result<Lookahead, EngineError>,
    warmup: Result<Warmup, EngineError>,
    /// Begin of the first bar and end of the last.
    history: (Ts, Ts),
    /// The models of the run, and what runs each.
    models: Vec<String>,
}

/// The value of a gate.
pub(crate) struct Measured {
    /// Absent where nothing gives one.
    pub(super) value: Option<f64>,
    /// What it is taken from, or why there is none.
    pub(super) words: String,
    /// How to come by one.
    pub(super) hint: Option<String>,
}

impl Measured {
    fn of(value: impl Into<Option<f64>>, words: impl Into<String>) -> Measured {
        Measured { value: value.into(), words: words.into(), hint: None }
    }

    fn nothing(words: impl Into<String>, hint: impl Into<String>) -> Measured {
        Measured { value: None, words: words.into(), hint: Some(hint.into()) }
    }
}

impl Evidence {
    /// Runs the checks that gates ask for, and puts what they find beside what is known already.
    pub(crate) fn gather(
        run_id: RunId,
        input: &RunInput<'_>,
        tearsheet: Tearsheet,
        studies: Studies,
        findings: Vec<Findings>,
        progress: &Progress,
    ) -> Evidence {
        let mut engine = |input: &RunInput<'_>| run(input, &mut |_| {});
        let mut tell = |done, total| progress.runs("changing the future", done, total);
        let lookahead = lookahead(input, LookaheadConfig::default(), &mut engine, &mut tell);
        let mut tell = |done, total| progress.runs("beginning later", done, total);
        let warmup = warmup(input, usize::from(STARTS), &mut engine, &mut tell);
        progress.next("doubling costs");
        let doubled = costs_doubled(input, &mut engine);
        let begins = input.bars.iter().filter_map(|bars| Some(*bars.ts.first()? - bars.interval.span()));
        let ends = input.bars.iter().filter_map(|bars| bars.ts.last().copied());
        let history = begins.min().zip(ends.max()).expect("it ran, so there are bars");
        let models =
            input.spec.models.iter().map(|m| format!("{} {} in {}", m.name, m.version, m.runtime)).collect();
        Evidence { run: run_id, tearsheet, studies, findings, doubled, lookahead, warmup, history, models }
    }

    pub(super) fn out_of_sample_sharpe(&self) -> Measured {
        self.out_of_sample(|walked| walked.metrics.get("sharpe"))
    }

    pub(super) fn out_of_sample_trades(&self) -> Measured {
        self.out_of_sample(|walked| walked.metrics.get("trades"))
    }

    pub(super) fn walk_forward_efficiency(&self) -> Measured {
        self.out_of_sample(|walked| walked.efficiency)
    }

    fn out_of_sample(&self, of: impl Fn(&WalkForwardStudy) -> Option<f64>) -> Measured {
        match &self.studies.walk_forward {
            Some(walked) => Measured::of(of(walked), format!("walk-forward {}", walked.id.short())),
            None => Measured::nothing(
                "no walk-forward of this strategy on this data, account and costs is stored",
                "`workbench walk-forward SWEEP` makes one; its base must be the run but for the parameters",
            ),
        }
    }

    /// That of the run or that out of sample, whichever is deeper.
    pub(super) fn max_drawdown(&self) -> Measured {
        const KEY: &str = "max_drawdown";
        let fall =
            |name: String, value: Option<f64>| (value, format!("{name} {}", written(value, Unit::Percent)));
        let own = fall(format!("run {}", self.run.short()), self.tearsheet.get(KEY));
        let walked = self.studies.walk_forward.as_ref();
        let walked =
            walked.map(|walked| fall(format!("walk-forward {}", walked.id.short()), walked.metrics.get(KEY)));
        let falls: Vec<(Option<f64>, String)> = [own].into_iter().chain(walked).collect();
        let deepest =
            falls.iter().try_fold(0.0_f64, |deepest, (value, _)| Some(deepest.max(value.as_ref()?.abs())));
        Measured::of(deepest, falls.into_iter().map(|(_, words)| words).collect::<Vec<_>>().join(", "))
    }

    pub(super) fn deflated_sharpe(&self) -> Measured {
        self.of_sweep(|sweep| match sweep.place {
            0 => Measured::of(sweep.figure("deflated_sharpe"), self.sweep_words(sweep)),
            place => Measured::nothing(
                format!("sweep {} judges its best trial, and this is number {}", sweep.id.short(), place + 1),
                "deploy the best trial of a sweep, or search the others away",
            ),
        })
    }

    pub(super) fn probability_of_overfitting(&self) -> Measured {
        self.of_sweep(|sweep| {
            Measured::of(sweep.figure("probability_of_overfitting"), self.sweep_words(sweep))
        })
    }

    /// The sweep, and against how many trials it was judged: later ones are no part of that.
    fn sweep_words(&self, sweep: &SweepStudy) -> String {
        let count = |n: f64| grouped(n, 0);
        let (now, then) = (self.studies.trials as f64, sweep.figure("trials_ever").unwrap_or_default());
        let since =
            if now > then { format!("; {} were made since", count(now - then)) } else { String::new() };
        format!("sweep {}, against {} trials ever made{since}", sweep.id.short(), count(then))
    }

    fn of_sweep(&self, of: impl Fn(&SweepStudy) -> Measured) -> Measured {
        self.studies.sweep.as_ref().map_or_else(
            || {
                Measured::nothing(
                    "no complete sweep has this run among its best trials",
                    "`workbench optimize SWEEP` stores its best trials as runs: deploy the first",
                )
            },
            of,
        )
    }

    pub(super) fn doubled_costs_return(&self) -> Measured {
        match &self.doubled {
            Ok(Some(figures)) => Measured::of(figures.total_return, "the run with fees and slippage doubled"),
            Ok(None) => Measured::nothing(
                "the run charges neither fee nor slippage, so what costs take from it is not known",
                "set [simulation] fees and slippage to those of the venue",
            ),
            Err(error) => Measured::of(None, error.to_string()),
        }
    }

    pub(super) fn lookahead(&self) -> Measured {
        let found = match &self.lookahead {
            Ok(found) => found,
            Err(error) => return Measured::of(None, error.to_string()),
        };
        let changed: usize = found.reruns.iter().map(|rerun| rerun.changed).sum();
        let known = is_honest(found) || changed > 0;
        Measured::of(known.then_some(changed as f64), lookahead_words(LookaheadConfig::default().seed, found))
    }

    pub(super) fn warmup(&self) -> Measured {
        let found = match &self.warmup {
            Ok(found) => found,
            Err(error) => return Measured::of(None, error.to_string()),
        };
        let features = found.features.iter().filter(|feature| !feature.holds).count();
        let starts = found.starts.iter().filter(|start| !found.settles(start)).count();
        Measured::of((features + starts) as f64, warmup_words(found).join(" "))
    }

    /// Of the worst series.
    pub(super) fn data_missing(&self) -> Measured {
        let lacking = |found: &Findings| (found.missing_bars + found.dropped_rows) as f64;
        let share = |found: &Findings| lacking(found) / (lacking(found) + found.rows as f64);
        let words = |found: &Findings| {
            let (lacks, all) = (lacking(found), lacking(found) + found.rows as f64);
            format!("{}: {} of {}", found.key, grouped(lacks, 0), grouped(all, 0))
        };
        let worst = self.findings.iter().map(share).fold(0.0, f64::max);
        Measured::of(worst, self.findings.iter().map(words).collect::<Vec<_>>().join(", "))
    }

    pub(super) fn model_golden_rows(&self) -> Measured {
        // A model that misses one is not loaded.
        match &self.models[..] {
            [] => Measured::of(0.0, "the strategy uses no model"),
            models => Measured::of(0.0, format!("held against them when loaded: {}", models.join("; "))),
        }
    }

    pub(super) fn history_days(&self) -> Measured {
        let (from, to) = self.history;
        let days = (to - from).as_seconds_f64() / 86_400.0;
        Measured::of(days, format!("{} to {}", from.date(), to.date()))
    }
}

impl SweepStudy {
    fn figure(&self, key: &str) -> Option<f64> {
        self.judgement.get(key).copied().flatten()
    }
}
