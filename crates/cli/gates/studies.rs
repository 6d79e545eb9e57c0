//! What the sweeps and walk-forwards that are stored say about a run.

use std::collections::BTreeMap;

use wb_engine::RunSpec;
use wb_store::{Metrics, RunId, RunStore, StoreError, SweepManifest};

use crate::sweep::BASE_HEADING;

/// The studies of a run, the latest of each kind.
pub(crate) struct Studies {
    /// The sweep that found the run.
    pub(super) sweep: Option<SweepStudy>,
    /// The walk-forward of the same strategy on the same data, account and costs.
    pub(super) walk_forward: Option<WalkForwardStudy>,
    /// All trials that were made by now of the strategy on the data.
    pub(super) trials: u64,
}

/// A sweep of which a run is one of the best trials.
pub(super) struct SweepStudy {
    /// The sweep.
    pub(super) id: RunId,
    /// The place of the run among its best trials, from 0. What it says of the best it says of the first.
    pub(super) place: usize,
    /// How it judges its search and the best trial, by key.
    pub(super) judgement: BTreeMap<String, Option<f64>>,
}

/// A walk-forward.
pub(super) struct WalkForwardStudy {
    /// The walk-forward.
    pub(super) id: RunId,
    /// The figures of its stretches out of sample as one run.
    pub(super) metrics: Metrics,
    /// What was made out of sample as a share of what was made in sample.
    pub(super) efficiency: Option<f64>,
}

impl Studies {
    /// Finds the studies of a run.
    ///
    /// # Errors
    /// If what is stored cannot be listed, or is not what was written.
    pub(crate) fn find(store: &RunStore, spec: &RunSpec, run: &RunId) -> Result<Studies, StoreError> {
        let trials = store.trials_made(&spec.strategy, &spec.data)?;
        let mut studies = Studies { sweep: None, walk_forward: None, trials };
        let done = |sweep: &SweepManifest| sweep.complete && sweep.provenance.strategy == spec.strategy;
        let latest_first = store.list_sweeps()?.sweeps.into_iter().rev().filter(done);
        for manifest in latest_first {
            if manifest.windows.is_none() {
                studies.consider_sweep(store, &manifest.id, run)?;
            } else if studies.walk_forward.is_none() && is_about(&store.sweep_spec(&manifest.id)?, spec) {
                let summary = store.sweep_summary(&manifest.id)?;
                studies.walk_forward = Some(WalkForwardStudy {
                    id: manifest.id,
                    metrics: store.walk_forward_metrics(&manifest.id)?,
                    efficiency: summary.judgement.get("efficiency").copied().flatten(),
                });
            }
        }
        Ok(studies)
    }

    /// A sweep that found the run best tells more than one that found it good, and a later one more than an earlier.
    fn consider_sweep(&mut self, store: &RunStore, id: &RunId, run: &RunId) -> Result<(), StoreError> {
        let summary = store.sweep_summary(id)?;
        let place = summary.best.iter().position(|trial| trial.run.as_ref() == Some(run));
        if let Some(place) = place
            && self.sweep.as_ref().is_none_or(|other| place == 0 && other.place > 0)
        {
            self.sweep = Some(SweepStudy { id: *id, place, judgement: summary.judgement });
        }
        Ok(())
    }
}

/// Whether a walk-forward with this `spec.toml` is of the run but for the parameters, which it chooses itself, and for
/// the benchmark, which changes nothing.
fn is_about(text: &str, spec: &RunSpec) -> bool {
    let decides = |fact: &&str| !fact.starts_with("param.") && !fact.starts_with("benchmark = ");
    let base = text.split_once(BASE_HEADING).map_or("", |(_, base)| base);
    let base = base.lines().filter_map(|line| line.strip_prefix("# ")).filter(decides);
    spec.canonical().lines().skip(1).filter(decides).eq(base)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use wb_core::Ts;
    use wb_strategies::STRATEGIES;

    use super::*;
    use crate::settings::{Settings, SpecText, resolve_run};

    #[test]
    fn a_walk_forward_is_of_a_run_if_all_but_parameters_and_benchmark_is_the_same() {
        let text =
            "strategy = \"sma-cross\"\n[data]\ninstruments = { base = \"test:S0\" }\ninterval = \"1h\"\n";
        let file = SpecText { path: "x.toml".to_string(), text: text.to_string() };
        let settings = Settings::of_spec(&file, &[]).expect("good settings");
        let request = resolve_run(&settings, STRATEGIES, "x.toml", Path::new(".")).expect("a good spec");
        let spec = RunSpec {
            strategy: request.strategy.name.to_string(),
            params: request.params,
            roles: request.roles,
            interval: request.interval,
            from: Ts(0),
            to: Ts(1),
            benchmark: None,
            simulation: request.simulation,
            risk: request.risk,
            execution: request.execution,
            models: Vec::new(),
            data: vec!["f00d".to_string()],
            code_id: "c0de".to_string(),
        };
        let of = |spec: &RunSpec| {
            let facts: Vec<String> =
                spec.canonical().lines().skip(1).map(|fact| format!("# {fact}\n")).collect();
            format!("objective = [\"sharpe\"]\n{BASE_HEADING}\n# param.fast = 3\n{}", facts.concat())
        };
        assert!(is_about(&of(&spec), &spec));
        let benchmark = Some("test:S0".to_string());
        assert!(is_about(&of(&RunSpec { benchmark, ..spec.clone() }), &spec));
        let mut dearer = spec.clone();
        dearer.simulation.fees.taker_bps = 9.0;
        let other = |change: RunSpec| !is_about(&of(&change), &spec);
        assert!(other(dearer));
        assert!(other(RunSpec { data: vec!["beef".to_string()], ..spec.clone() }));
        assert!(other(RunSpec { code_id: "other".to_string(), ..spec.clone() }));
        assert!(other(RunSpec { to: Ts(2), ..spec.clone() }));
        assert!(!is_about("objective = [\"sharpe\"]\n", &spec));
    }
}
