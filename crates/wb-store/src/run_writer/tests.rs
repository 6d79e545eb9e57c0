//! Crashes, races and errors while a run is written.

use std::process::Command;
use std::sync::Barrier;
use std::thread;

use super::*;
use crate::sample::Sample;

/// Where a killed process stops writing, and which of the two ways of writing it was on.
const CRASH_ROOT: &str = "WB_STORE_CRASH_ROOT";
const CRASH_STEP: &str = "WB_STORE_CRASH_STEP";
const CRASH_REPLACE: &str = "WB_STORE_CRASH_REPLACE";

const STEPS: [Step; 11] = [
    Step::Staged,
    Step::Wrote(SPEC),
    Step::Wrote(INSTRUMENTS),
    Step::Wrote(METRICS),
    Step::Wrote(EQUITY),
    Step::Wrote(TRADES),
    Step::Wrote(FILLS),
    Step::Wrote(ORDERS),
    Step::Wrote(REPORT),
    Step::Wrote(MANIFEST),
    Step::SetAside,
];

fn report_of(store: &RunStore, id: &RunId) -> String {
    fs::read_to_string(store.report_path(id)).expect("a report")
}

/// What lies in the area of things in the making, but for the lock.
fn left_over(store: &RunStore) -> usize {
    fs::read_dir(store.root().join(".tmp")).expect("the area").count() - 1
}

/// Writes a run in another process that is killed right after `step`.
fn crash(root: &Path, step: Step, replace: bool) {
    let me = std::env::current_exe().expect("a test binary");
    let mut child = Command::new(me);
    child.args(["run_writer::tests::a_process_to_be_killed", "--exact", "--ignored"]);
    child.env(CRASH_ROOT, root).env(CRASH_STEP, format!("{step:?}"));
    if replace {
        child.env(CRASH_REPLACE, "1");
    }
    let output = child.output().expect("the test binary runs");
    assert_eq!(output.status.code(), None, "it was to be killed at {step:?}");
    let entries = fs::read_dir(root.join(".tmp")).expect("the area").count();
    assert_eq!(entries, 2, "it leaves the lock and what it was making at {step:?}");
}

#[test]
#[ignore = "the process that `crash` starts"]
fn a_process_to_be_killed() {
    let (Ok(root), Ok(step)) = (std::env::var(CRASH_ROOT), std::env::var(CRASH_STEP)) else { return };
    let store = RunStore::open(root);
    let sample = Sample::new(1, 5);
    let note = |now: Step| {
        if format!("{now:?}") == step {
            std::process::abort();
        }
    };
    if std::env::var(CRASH_REPLACE).is_ok() {
        store.replace_noting(&sample.run("new"), &note).expect("written");
    } else {
        store.write_noting(&sample.run("new"), &note).expect("written");
    }
}

#[test]
fn a_writer_killed_at_any_step_leaves_no_run() {
    for step in &STEPS[..10] {
        let root = tempfile::tempdir().expect("a folder");
        crash(root.path(), *step, false);
        let store = RunStore::open(root.path());
        let sample = Sample::new(1, 5);
        assert_eq!(store.find(&sample.id).expect("no error"), None, "{step:?}");
        assert_eq!(store.list().expect("a list").runs.len(), 0, "{step:?}");
        assert_eq!(left_over(&store), 0, "{step:?}");
        assert_eq!(store.write(&sample.run("again")).expect("written"), Written::Stored);
        assert_eq!(report_of(&store, &sample.id), "again");
    }
}

#[test]
fn a_replacement_killed_at_any_step_leaves_the_run_that_was_there() {
    for step in STEPS {
        let root = tempfile::tempdir().expect("a folder");
        let sample = Sample::new(1, 5);
        RunStore::open(root.path()).write(&sample.run("old")).expect("written");
        crash(root.path(), step, true);
        let store = RunStore::open(root.path());
        assert_eq!(report_of(&store, &sample.id), "old", "{step:?}");
        assert_eq!(store.load(&sample.id).expect("whole").outcome, sample.outcome, "{step:?}");
        assert_eq!(left_over(&store), 0, "{step:?}");
    }
}

#[test]
fn nothing_is_swept_while_somebody_writes() {
    let root = tempfile::tempdir().expect("a folder");
    let store = RunStore::open(root.path());
    let sample = Sample::new(1, 5);
    let note = |step: Step| {
        if step == Step::Wrote(EQUITY) {
            RunStore::open(root.path());
            assert_eq!(left_over(&store), 1);
        }
    };
    assert_eq!(store.write_noting(&sample.run("x"), &note).expect("written"), Written::Stored);
    assert_eq!(left_over(&store), 0);
}

#[test]
fn of_many_writers_the_first_wins_and_the_others_discard() {
    let root = tempfile::tempdir().expect("a folder");
    let sample = Sample::new(1, 50);
    let reports: Vec<String> = (0..8).map(|i| format!("writer {i}")).collect();
    let all_done = Barrier::new(reports.len());
    let write = |report: &String| {
        // All have written their files before the first is renamed.
        let note = |step: Step| {
            if step == Step::Wrote(MANIFEST) {
                all_done.wait();
            }
        };
        RunStore::open(root.path()).write_noting(&sample.run(report), &note).expect("written")
    };
    let written: Vec<Written> = thread::scope(|scope| {
        let writers: Vec<_> = reports.iter().map(|report| scope.spawn(|| write(report))).collect();
        writers.into_iter().map(|writer| writer.join().expect("no panic")).collect()
    });
    let store = RunStore::open(root.path());
    let winner = written.iter().position(|w| *w == Written::Stored).expect("a winner");
    assert_eq!(written.iter().filter(|w| **w == Written::Stored).count(), 1);
    assert_eq!(report_of(&store, &sample.id), reports[winner]);
    assert_eq!(left_over(&store), 0);
}

#[test]
fn of_many_replacements_one_stays_whole() {
    let root = tempfile::tempdir().expect("a folder");
    let sample = Sample::new(1, 50);
    let all_done = Barrier::new(8);
    let replace = |report: String| {
        let note = |step: Step| {
            if step == Step::Wrote(MANIFEST) {
                all_done.wait();
            }
        };
        RunStore::open(root.path()).replace_noting(&sample.run(&report), &note).expect("replaced");
    };
    let replace = &replace;
    thread::scope(|scope| (0..8).for_each(|i| drop(scope.spawn(move || replace(format!("writer {i}"))))));
    let store = RunStore::open(root.path());
    assert!(report_of(&store, &sample.id).starts_with("writer"));
    assert_eq!(store.load(&sample.id).expect("whole").outcome, sample.outcome);
    assert_eq!(left_over(&store), 0);
}

#[test]
fn an_error_half_way_leaves_the_run_that_was_there_and_nothing_else() {
    let root = tempfile::tempdir().expect("a folder");
    let store = RunStore::open(root.path());
    let sample = Sample::new(1, 5);
    store.write(&sample.run("old")).expect("written");
    let in_the_way = |step: Step| {
        if step == Step::Wrote(EQUITY) {
            let staged = fs::read_dir(root.path().join(".tmp")).expect("the area").flatten();
            let dir = staged.map(|e| e.path()).find(|p| p.is_dir()).expect("a staged run");
            fs::write(dir.join("new").join(TRADES), "in the way").expect("written");
        }
    };
    let error = store.replace_noting(&sample.run("new"), &in_the_way).expect_err("a file is in the way");
    assert!(error.to_string().starts_with("cannot create "), "{error}");
    assert_eq!(report_of(&store, &sample.id), "old");
    assert_eq!(left_over(&store), 0);
}
