//! Sweeps killed anywhere, and what is said where one cannot be written.

use std::collections::BTreeMap;
use std::env;
use std::process::Command;

use wb_core::Rng;

use super::*;
use crate::sample::{Sample, trial_batch, trial_params};
use crate::sweep_manifest::BestTrial;

/// The folder of the process that is to be killed, and the step at which it is.
const CRASH_ROOT: &str = "WB_STORE_SWEEP_CRASH_ROOT";
const CRASH_STEP: &str = "WB_STORE_SWEEP_CRASH_STEP";

const BATCHES: u64 = 3;
const PERIODS: usize = 5;

struct SweepSample {
    sample: Sample,
    summary: SweepSummary,
}

impl SweepSample {
    fn new() -> SweepSample {
        let sample = Sample::new(1, 0);
        let judgement = BTreeMap::from([("dsr".to_string(), Some(0.41)), ("pbo".to_string(), None)]);
        let best = vec![BestTrial { number: 3, run: Some(sample.id) }];
        SweepSample { sample, summary: SweepSummary { best, judgement, verdict: vec!["luck".into()] } }
    }

    fn sweep(&self) -> NewSweep<'_> {
        NewSweep {
            id: RunId::of("a sweep"),
            spec: "base = \"x.toml\"\n",
            source: "config/sweeps/x.toml",
            method: "grid",
            provenance: &self.sample.provenance,
            columns: TrialColumns {
                params: trial_params(),
                figures: vec!["sharpe".into(), "trades".into()],
                objectives: vec!["sharpe".into()],
            },
            periods: PERIODS,
        }
    }

    fn end(&self, complete: bool) -> SweepEnd<'_> {
        let summary = &self.summary;
        SweepEnd {
            complete,
            seconds: 1.0,
            warnings: &[],
            summary,
            best: Some("fast = 1\n"),
            report: "<html>",
        }
    }

    /// Runs the sweep to its end, from whatever is there; tells how many batches were.
    fn run(&self, store: &RunStore, note: &dyn Fn(&str)) -> Result<u64, StoreError> {
        let mut writer = store.open_sweep_noting(&self.sweep(), note)?;
        let mut stored = 0;
        while let Some(batch) = writer.next_stored()? {
            assert_eq!(batch, made(stored));
            stored += 1;
        }
        for number in stored..BATCHES {
            writer.append(&made(number))?;
        }
        writer.finish(&self.end(true))?;
        Ok(stored)
    }
}

fn made(number: u64) -> TrialBatch {
    trial_batch(&mut Rng::for_part(3, number), number * 4, 4, PERIODS)
}

/// Everything of the sweep but its manifest, which holds how long it took.
fn files(store: &RunStore) -> BTreeMap<String, Vec<u8>> {
    let folder = store.sweep_folder(&RunId::of("a sweep"));
    let entries = fs::read_dir(&folder).expect("the sweep").map(|e| e.expect("an entry"));
    let files =
        entries.map(|e| (e.file_name().to_string_lossy().into_owned(), fs::read(e.path()).expect("read")));
    files.filter(|(name, _)| name != MANIFEST).collect()
}

#[test]
#[ignore = "the process that is killed"]
fn a_process_to_be_killed() {
    let (Ok(root), Ok(step)) = (env::var(CRASH_ROOT), env::var(CRASH_STEP)) else { return };
    let left = std::cell::Cell::new(step.parse::<u32>().expect("a number"));
    let note = |_: &str| {
        if left.get() == 0 {
            std::process::abort();
        }
        left.set(left.get() - 1);
    };
    SweepSample::new().run(&RunStore::open(root), &note).expect("it ends");
}

/// Runs the sweep in another process that is killed at its step `step`; tells whether it was before its end.
fn crash(root: &Path, step: u32) -> bool {
    let mut child = Command::new(env::current_exe().expect("a test binary"));
    child.args(["sweep_writer::tests::a_process_to_be_killed", "--exact", "--ignored"]);
    child.env(CRASH_ROOT, root).env(CRASH_STEP, step.to_string());
    let output = child.output().expect("the test binary runs");
    assert!(matches!(output.status.code(), None | Some(0)), "step {step}: {output:?}");
    output.status.code().is_none()
}

#[test]
fn a_sweep_killed_at_any_step_ends_with_the_same_files() {
    let whole = tempfile::tempdir().expect("a folder");
    SweepSample::new().run(&RunStore::open(whole.path()), &|_| ()).expect("it ends");
    let expected = files(&RunStore::open(whole.path()));
    assert_eq!(expected.len(), 6);
    let mut step = 0;
    loop {
        let root = tempfile::tempdir().expect("a folder");
        if !crash(root.path(), step) {
            break;
        }
        let store = RunStore::open(root.path());
        SweepSample::new().run(&store, &|_| ()).expect("it ends");
        assert!(files(&store) == expected, "killed at step {step}");
        step += 1;
    }
    assert!(step > 12, "only {step} steps");
}

#[test]
fn a_sweep_killed_again_and_again_ends_with_the_same_files() {
    let whole = tempfile::tempdir().expect("a folder");
    SweepSample::new().run(&RunStore::open(whole.path()), &|_| ()).expect("it ends");
    let root = tempfile::tempdir().expect("a folder");
    // Each time one step further than what it takes to copy what the last one stored.
    for step in 0..20 {
        crash(root.path(), step);
    }
    let store = RunStore::open(root.path());
    SweepSample::new().run(&store, &|_| ()).expect("it ends");
    assert!(files(&store) == files(&RunStore::open(whole.path())));
}

#[test]
fn an_interrupted_sweep_can_be_read_and_runs_on_to_the_same_files() {
    let (root, whole) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let (store, sweep) = (RunStore::open(root.path()), SweepSample::new());
    let mut writer = store.open_sweep(&sweep.sweep()).expect("begun");
    assert_eq!(writer.next_stored().expect("read"), None);
    writer.append(&made(0)).expect("appended");
    let manifest = writer.finish(&sweep.end(false)).expect("interrupted");
    assert_eq!((manifest.complete, manifest.trials), (false, Some(4)));
    assert_eq!(store.sweep_summary(&manifest.id).expect("read"), sweep.summary);
    let rows: Vec<_> = store.trials(&manifest.id).expect("read").map(|batch| batch.expect("whole")).collect();
    assert_eq!(rows, [made(0).rows]);

    assert_eq!(sweep.run(&store, &|_| ()).expect("it ends"), 1);
    let manifest = store.find_sweep(&manifest.id).expect("read").expect("there");
    assert_eq!((manifest.complete, manifest.trials), (true, Some(12)));
    sweep.run(&RunStore::open(whole.path()), &|_| ()).expect("it ends");
    assert!(files(&store) == files(&RunStore::open(whole.path())));
}

#[test]
fn a_sweep_is_written_by_one_process_at_a_time() {
    let root = tempfile::tempdir().expect("a folder");
    let (store, sweep) = (RunStore::open(root.path()), SweepSample::new());
    let writer = store.open_sweep(&sweep.sweep()).expect("begun");
    let id = RunId::of("a sweep");
    for refused in [store.open_sweep(&sweep.sweep()).err(), store.remove_sweep(&id).err()] {
        let error = refused.expect("somebody is at it");
        assert_eq!(error.to_string(), format!("another process is running sweep {}", id.short()));
    }
    drop(writer);
    store.remove_sweep(&id).expect("removed");
    assert_eq!(store.find_sweep(&id).expect("no error"), None);
}

#[test]
fn a_table_that_is_not_what_was_written_is_refused_by_name() {
    let root = tempfile::tempdir().expect("a folder");
    let (store, id) = (RunStore::open(root.path()), RunId::of("a sweep"));
    SweepSample::new().run(&store, &|_| ()).expect("it ends");
    assert_eq!(store.trial_returns(&id).expect("whole").len(), 4);
    let path = store.sweep_folder(&id).join(RETURNS);
    let mut content = fs::read(&path).expect("a file");
    let middle = content.len() / 2;
    content[middle] ^= 1;
    fs::write(&path, content).expect("written");
    let error = store.trial_returns(&id).expect_err("damaged").to_string();
    assert!(error.contains("returns.arrow is damaged"), "{error}");
}

#[test]
fn every_trial_of_a_strategy_on_a_data_set_is_counted_once() {
    let root = tempfile::tempdir().expect("a folder");
    let (store, sweep) = (RunStore::open(root.path()), SweepSample::new());
    let data = ["f00d".to_string()];
    assert_eq!(store.trials_made("sma-cross", &data).expect("counted"), 0);
    let mut writer = store.open_sweep(&sweep.sweep()).expect("begun");
    assert_eq!(writer.next_stored().expect("read"), None);
    writer.append(&made(0)).expect("appended");
    drop(writer);
    assert_eq!(store.trials_made("sma-cross", &data).expect("counted"), 4, "cut short");
    sweep.run(&store, &|_| ()).expect("it ends");
    assert_eq!(store.trials_made("sma-cross", &data).expect("counted"), 12);
    for seed in [5, 6] {
        let mut run = Sample::new(seed, 1);
        // One of the best of the sweep, then one that was asked for by itself.
        run.provenance.sweep = (seed == 5).then(|| RunId::of("a sweep"));
        store.write(&run.run("")).expect("written");
    }
    assert_eq!(store.trials_made("sma-cross", &data).expect("counted"), 13);
    assert_eq!(store.trials_made("pairs", &data).expect("counted"), 0);
    assert_eq!(store.trials_made("sma-cross", &["beef".to_string()]).expect("counted"), 0);
}

#[test]
fn sweeps_are_listed_and_found_by_the_beginning_of_their_id() {
    let root = tempfile::tempdir().expect("a folder");
    let (store, id) = (RunStore::open(root.path()), RunId::of("a sweep"));
    assert!(store.list_sweeps().expect("a list").sweeps.is_empty());
    SweepSample::new().run(&store, &|_| ()).expect("it ends");
    assert_eq!(store.resolve_sweep(&id.short()).expect("found"), id);
    assert_eq!(store.list_sweeps().expect("a list").sweeps.len(), 1);
    assert_eq!(store.sweep_spec(&id).expect("read"), "base = \"x.toml\"\n");
    fs::write(store.sweep_folder(&id).join(MANIFEST), "{").expect("written");
    assert_eq!(store.list_sweeps().expect("a list").damaged.len(), 1);
}
