//! Kills a commit after each of its steps.

use std::fs;
use std::path::{Path, PathBuf};

use wb_core::{BarColumns, Interval, Ts};

use super::{COMMIT, Decided, OLD, STAGING, STEPS, Transaction};
use crate::manifest::Manifest;
use crate::{Catalog, CatalogError, Overlap, SeriesKey, test_bars};

const MINUTE: Interval = Interval::Minutes(1);

fn key() -> SeriesKey {
    SeriesKey::new("v", "X", MINUTE).expect("a key")
}

/// January and February.
fn old_bars() -> BarColumns {
    test_bars::walk(MINUTE, "2024-01-31T12:00", 1_500, 1)
}

/// February and March, other prices.
fn new_bars() -> BarColumns {
    test_bars::walk(MINUTE, "2024-02-29T12:00", 1_500, 2)
}

fn write_old(root: &Path) {
    test_bars::write(&Catalog::open(root).expect("opens"), &key(), Overlap::Join, &old_bars());
}

/// What a reader finds that only looks at the Parquet files.
fn hive_rows(root: &Path) -> Vec<Ts> {
    let mut files: Vec<PathBuf> = match fs::read_dir(root.join(key().folder())) {
        Ok(folder) => folder.map(|file| file.expect("a file").path()).collect(),
        Err(_) => Vec::new(),
    };
    files.sort();
    let mut bars = BarColumns::new(MINUTE);
    for file in files {
        let file = crate::rows_file::RowsFile::open(&file).expect("a whole file");
        file.read_into(Ts::MIN, Ts::MAX, &mut bars).expect("whole rows");
    }
    bars.ts
}

fn all(root: &Path) -> BarColumns {
    let catalog = Catalog::open(root).expect("opens whatever happened");
    catalog.verify(&key()).expect("every file is whole");
    catalog.read_bars(&key(), Ts::MIN, Ts::MAX).expect("reads")
}

/// The state of a commit of `new_bars` that was killed before it was decided.
fn stage(root: &Path) -> (Transaction, Manifest) {
    // A second catalog with the new state gives the files and the manifest of the next state.
    let other = tempfile::tempdir().expect("a folder");
    write_old(other.path());
    let catalog = Catalog::open(other.path()).expect("opens");
    test_bars::write(&catalog, &key(), Overlap::Join, &new_bars());
    let transaction = Transaction::begin(root).expect("begins");
    let folder = transaction.new_folder().expect("a folder");
    for file in fs::read_dir(other.path().join(key().folder())).expect("a folder") {
        let file = file.expect("a file");
        fs::copy(file.path(), folder.join(file.file_name())).expect("copies");
    }
    (transaction, Manifest::read(other.path()).expect("reads"))
}

/// Ends as a killed process does: nothing is undone, but the lock is gone.
fn kill(transaction: Transaction) {
    let root = transaction.root.clone();
    let aside = root.with_extension("aside");
    let staging = root.join(STAGING);
    let staged = staging.exists();
    if staged {
        fs::rename(&staging, &aside).expect("hides it from the destructor");
    }
    drop(transaction);
    if staged {
        fs::rename(&aside, &staging).expect("brings it back");
    }
}

#[test]
fn a_writer_killed_before_it_decided_leaves_the_old_state() {
    for prepared in [false, true] {
        let root = tempfile::tempdir().expect("a folder");
        write_old(root.path());
        let (transaction, next) = stage(root.path());
        if prepared {
            transaction.prepare(&key(), &next).expect("prepares");
        }
        kill(transaction);
        assert_eq!(all(root.path()), old_bars());
        assert_eq!(hive_rows(root.path()), old_bars().ts);
        assert!(root.path().join(STAGING).exists(), "the kill was simulated");
        drop(Transaction::begin(root.path()).expect("the next writer begins"));
        assert!(!root.path().join(STAGING).exists(), "and clears away what was left");
    }
}

#[test]
fn a_writer_killed_after_any_later_step_leaves_the_new_state() {
    let mut new = old_bars();
    new.append(&new_bars());
    for steps in 0..=STEPS.len() {
        let root = tempfile::tempdir().expect("a folder");
        write_old(root.path());
        let (transaction, next) = stage(root.path());
        transaction.prepare(&key(), &next).expect("prepares");
        transaction.decide().expect("decides");
        let decided = Decided::read(root.path()).expect("is readable");
        for step in &STEPS[..steps] {
            step(&decided).expect("the step succeeds");
        }
        kill(transaction);
        // Readers without the workbench see the old rows, none, or the new: never some of each.
        let seen = hive_rows(root.path());
        assert!([vec![], old_bars().ts, new.ts.clone()].contains(&seen), "{} rows after {steps}", seen.len());
        assert_eq!(all(root.path()), new, "after {steps} steps");
        assert_eq!(hive_rows(root.path()), new.ts, "after {steps} steps");
        assert!(!root.path().join(COMMIT).exists());
    }
}

#[test]
fn a_kill_while_clearing_away_is_finished_by_the_next_reader() {
    let root = tempfile::tempdir().expect("a folder");
    write_old(root.path());
    let commit = root.path().join(COMMIT);
    fs::create_dir_all(commit.join(OLD)).expect("a folder");
    fs::write(commit.join(OLD).join("2024-01.parquet"), "rest").expect("writes");
    assert_eq!(all(root.path()), old_bars());
    assert!(!commit.exists());
}

#[test]
fn a_removal_killed_after_any_step_is_finished_by_the_next_reader() {
    for steps in 0..=STEPS.len() {
        let root = tempfile::tempdir().expect("a folder");
        write_old(root.path());
        let transaction = Transaction::begin(root.path()).expect("begins");
        transaction.prepare(&key(), &Manifest::default()).expect("prepares");
        transaction.decide().expect("decides");
        let decided = Decided::read(root.path()).expect("is readable");
        for step in &STEPS[..steps] {
            step(&decided).expect("the step succeeds");
        }
        kill(transaction);
        assert_eq!(Catalog::open(root.path()).expect("opens").series(), []);
        assert!(!root.path().join("kind=bar").exists(), "empty folders are gone after {steps} steps");
    }
}

#[test]
fn two_writers_are_refused_and_a_dropped_one_leaves_nothing() {
    let root = tempfile::tempdir().expect("a folder");
    write_old(root.path());
    let catalog = Catalog::open(root.path()).expect("opens");
    let mut writer = catalog.writer(&key(), Overlap::Join).expect("begins");
    writer.push(&new_bars()).expect("takes bars");
    let second = catalog.writer(&key(), Overlap::Join).expect_err("is refused");
    assert!(matches!(second, CatalogError::Busy { .. }), "{second}");
    drop(writer);
    assert!(!root.path().join(STAGING).exists());
    assert_eq!(all(root.path()), old_bars());
    catalog.writer(&key(), Overlap::Join).expect("the lock is free again");
}
