//! Keeping a walk-forward: made aside and renamed into its place, like a run.

use std::fs;

use wb_core::{ParamSet, ParamSpec, Ts};
use wb_metrics::{Outcome, Tearsheet};

use crate::error::{IoContext, StoreError};
use crate::hash::RunId;
use crate::manifest::Provenance;
use crate::metrics_file::metrics_json;
use crate::output::HashedFile;
use crate::run_folder::{EQUITY, MANIFEST, METRICS, REPORT, SPEC, TRADES};
use crate::run_store::RunStore;
use crate::scratch::Scratch;
use crate::sweep_manifest::{SWEEP_FORMAT, SweepManifest, SweepSummary};
use crate::sweep_store::sweep_home;
use crate::sweep_writer::SUMMARY;
use crate::tables::{Heading, Names, write_equity, write_trades, write_windows};

const WINDOWS: &str = "windows.arrow";

/// One window of a walk-forward: a row of `windows.arrow`.
#[derive(Clone, PartialEq, Debug)]
pub struct WindowRow {
    /// Begin and end of the stretch in which was searched.
    pub train: (Ts, Ts),
    /// Begin and end of the stretch in which the best was used.
    pub test: (Ts, Ts),
    /// Trials that were made.
    pub trials: u64,
    /// What was chosen.
    pub params: ParamSet,
    /// The objective in sample and out of sample.
    pub objective: (Option<f64>, Option<f64>),
    /// The figures in sample and out of sample, in the order of [`NewWalkForward::figures`].
    pub figures: Vec<(Option<f64>, Option<f64>)>,
}

/// A walk-forward that is to be kept.
#[derive(Clone, Copy, Debug)]
pub struct NewWalkForward<'a> {
    /// The hash of all that determines its result.
    pub id: RunId,
    /// The resolved spec, as TOML.
    pub spec: &'a str,
    /// The file that asks for it, as it is named.
    pub source: &'a str,
    /// How the parameters are searched.
    pub method: &'a str,
    /// How it came about.
    pub provenance: &'a Provenance,
    /// The strategy's parameters; texts, which no search varies, have no column.
    pub params: &'a [ParamSpec],
    /// Keys of the figures of each window.
    pub figures: &'a [&'static str],
    /// The windows, in order of time.
    pub windows: &'a [WindowRow],
    /// One digest of the commands and fills of all stretches.
    pub digest: &'a str,
    /// The stretches out of sample as one run.
    pub outcome: &'a Outcome,
    /// Its figures.
    pub tearsheet: &'a Tearsheet,
    /// What was found.
    pub summary: &'a SweepSummary,
    /// The report, as HTML.
    pub report: &'a str,
}

impl RunStore {
    /// Keeps a walk-forward, instead of one of that id if there is one.
    ///
    /// # Errors
    /// Where the disk refuses; then what was there before still is.
    ///
    /// # Panics
    /// If a window has not each parameter and figure.
    pub fn write_walk_forward(&self, new: &NewWalkForward<'_>) -> Result<SweepManifest, StoreError> {
        let scratch = Scratch::enter(self.root())?;
        let staged = scratch.stage(&sweep_home(&new.id))?;
        let dir = staged.new_path();
        fs::create_dir(&dir).doing("create", &dir)?;
        let outcome = new.outcome;
        let heading = Heading { run: new.id, currency: &outcome.currency };
        let names = Names::of(&outcome.instruments);
        let text = |name: &str, content: &str| HashedFile::write_whole(&dir.join(name), content.as_bytes());
        let outputs = vec![
            text(SPEC, new.spec)?,
            text(METRICS, &metrics_json(new.id, new.digest, new.tearsheet))?,
            write_windows(&dir.join(WINDOWS), &heading, new)?,
            write_equity(&dir.join(EQUITY), &heading, outcome)?,
            write_trades(&dir.join(TRADES), &heading, &names, outcome)?,
            text(SUMMARY, &new.summary.to_json())?,
            text(REPORT, new.report)?,
        ];
        let manifest = SweepManifest {
            format: SWEEP_FORMAT,
            id: new.id,
            source: new.source.to_string(),
            method: new.method.to_string(),
            windows: Some(new.windows.len() as u64),
            provenance: new.provenance.clone(),
            trials: Some(new.windows.iter().map(|window| window.trials).sum()),
            complete: true,
            outputs,
        };
        HashedFile::write_whole(&dir.join(MANIFEST), manifest.to_json().as_bytes())?;
        staged.publish_over(|| ())?;
        Ok(manifest)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use arrow::ipc::reader::FileReader;

    use super::*;
    use crate::sample::{Sample, trial_batch, trial_params};
    use wb_core::Rng;

    #[test]
    fn a_walk_forward_is_kept_whole_and_counts_its_trials() {
        let root = tempfile::tempdir().expect("a folder");
        let (store, sample) = (RunStore::open(root.path()), Sample::new(1, 30));
        let windows: Vec<WindowRow> = trial_batch(&mut Rng::new(1), 0, 3, 1)
            .rows
            .into_iter()
            .enumerate()
            .map(|(i, row)| WindowRow {
                train: (Ts(i as i64), Ts(i as i64 + 6)),
                test: (Ts(i as i64 + 6), Ts(i as i64 + 8)),
                trials: 20,
                params: row.params,
                objective: (Some(1.5), (i > 0).then_some(0.5)),
                figures: vec![(Some(2.0), None)],
            })
            .collect();
        let judgement = BTreeMap::from([("efficiency".to_string(), Some(0.5))]);
        let summary = SweepSummary { best: Vec::new(), judgement, verdict: vec!["kept half".into()] };
        let new = NewWalkForward {
            id: RunId::of("a walk-forward"),
            spec: "base = \"x\"\n",
            source: "x.toml",
            method: "grid",
            provenance: &sample.provenance,
            params: &trial_params(),
            figures: &["trades"],
            windows: &windows,
            digest: "0123456789abcdef",
            outcome: &sample.outcome,
            tearsheet: &sample.tearsheet,
            summary: &summary,
            report: "<html>",
        };
        for _ in 0..2 {
            store.write_walk_forward(&new).expect("written");
        }
        let manifest = store.find_sweep(&new.id).expect("read").expect("there");
        assert_eq!((manifest.trials, manifest.windows, manifest.complete), (Some(60), Some(3), true));
        assert_eq!(store.sweep_summary(&new.id).expect("read"), summary);
        let sharpe = store.walk_forward_metrics(&manifest.id).expect("read").get("sharpe");
        assert_eq!(sharpe.map(f64::to_bits), sample.tearsheet.get("sharpe").map(f64::to_bits));
        assert_eq!(store.trials_made("sma-cross", &["f00d".to_string()]).expect("counted"), 60);
        let file = fs::File::open(store.sweep_folder(&new.id).join(WINDOWS)).expect("a file");
        let batch =
            FileReader::try_new(file, None).expect("an Arrow file").next().expect("a batch").expect("whole");
        let names: Vec<String> = batch.schema().fields().iter().map(|field| field.name().clone()).collect();
        assert_eq!(
            names[6..],
            [
                "params.fast",
                "params.mode",
                "params.short",
                "params.weight",
                "objective_in",
                "objective_out",
                "trades_in",
                "trades_out"
            ]
        );
    }
}
