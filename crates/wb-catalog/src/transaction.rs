//! Replaces or removes a series such that a kill at any moment leaves the old state or the new one.
//!
//! A writer builds the whole new folder of the series in `.staging/new`, files that do not change as hard links,
//! and the next `catalog.toml` beside it. Renaming `.staging` to `.commit` decides: before it nothing has
//! happened, after it everything will. The rest is a list of steps each of which can be run again:
//! whoever opens the catalog and finds `.commit` finishes them.
//!
//! The folder of a series is exchanged as one, so that readers which only look at the Parquet files find the old
//! files or the new ones, never some of each; between two renames, for some microseconds, they find none. If the
//! process dies right there, they find none until the workbench next opens the catalog.
//!
//! `.lock` is locked by the writer for as long as it lives; the operating system lets go of it when the process
//! ends, however it ends.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use crate::manifest::{self, Manifest};
use crate::{CatalogError, SeriesKey};

const STAGING: &str = ".staging";
const COMMIT: &str = ".commit";
const LOCK: &str = ".lock";
/// Which series is changed, within the staging folder.
const PLAN: &str = "plan";
/// The new folder of the series, within the staging folder; absent when the series is removed.
const NEW: &str = "new";
/// The old folder of the series, within the commit folder.
const OLD: &str = "old";

/// The right to write to a catalog.
#[derive(Debug)]
pub(crate) struct Lock {
    // Held for its lock, which ends with it.
    _file: File,
}

impl Lock {
    /// Locks the catalog, making its folder if need be.
    pub(crate) fn take(root: &Path) -> Result<Lock, CatalogError> {
        fs::create_dir_all(root).map_err(CatalogError::io("create", root))?;
        let (path, file) = Lock::file(root)?;
        match file.try_lock() {
            Ok(()) => Ok(Lock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(CatalogError::Busy { root: root.to_path_buf() }),
            Err(TryLockError::Error(error)) => Err(CatalogError::io("lock", &path)(error)),
        }
    }

    /// Locks the catalog when its writer is done.
    fn wait(root: &Path) -> Result<Lock, CatalogError> {
        let (path, file) = Lock::file(root)?;
        file.lock().map_err(CatalogError::io("lock", &path))?;
        Ok(Lock { _file: file })
    }

    fn file(root: &Path) -> Result<(PathBuf, File), CatalogError> {
        let path = root.join(LOCK);
        let file = File::options().create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(CatalogError::io("lock", &path))?;
        Ok((path, file))
    }
}

/// Finishes what a killed writer had decided.
pub(crate) fn recover(root: &Path) -> Result<(), CatalogError> {
    let commit = root.join(COMMIT);
    if !commit.exists() {
        return Ok(());
    }
    // A writer that lives is about to finish it itself.
    let _lock = Lock::wait(root)?;
    if commit.exists() { roll_forward(root) } else { Ok(()) }
}

/// A change in the making. Dropping it undoes it.
#[derive(Debug)]
pub(crate) struct Transaction {
    root: PathBuf,
    // Held for as long as the change is in the making.
    _lock: Lock,
}

impl Transaction {
    /// Begins a change, clearing away what a killed writer left.
    pub(crate) fn begin(root: &Path) -> Result<Transaction, CatalogError> {
        let lock = Lock::take(root)?;
        if root.join(COMMIT).exists() {
            roll_forward(root)?;
        }
        remove_folder(&root.join(STAGING))?;
        let staging = root.join(STAGING);
        fs::create_dir(&staging).map_err(CatalogError::io("create", &staging))?;
        Ok(Transaction { root: root.to_path_buf(), _lock: lock })
    }

    /// Where the new folder of the series is built; made at the first call.
    pub(crate) fn new_folder(&self) -> Result<PathBuf, CatalogError> {
        let folder = self.root.join(STAGING).join(NEW);
        fs::create_dir_all(&folder).map_err(CatalogError::io("create", &folder))?;
        Ok(folder)
    }

    /// Makes the staged folder the folder of the series, or removes the series where none was staged, and the
    /// manifest that of the catalog.
    pub(crate) fn commit(self, key: &SeriesKey, next: &Manifest) -> Result<(), CatalogError> {
        self.prepare(key, next)?;
        self.decide()?;
        roll_forward(&self.root)
    }

    fn prepare(&self, key: &SeriesKey, next: &Manifest) -> Result<(), CatalogError> {
        let staging = self.root.join(STAGING);
        let verb = if staging.join(NEW).exists() { "replace" } else { "remove" };
        write_synced(&staging.join(PLAN), &format!("{verb} {}", key.folder()))?;
        write_synced(&staging.join(manifest::FILE_NAME), &next.text())?;
        sync_folder(&staging)
    }

    fn decide(&self) -> Result<(), CatalogError> {
        rename(&self.root.join(STAGING), &self.root.join(COMMIT))?;
        sync_folder(&self.root)
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        // Best effort: what stays is cleared away by the next writer.
        let _ = fs::remove_dir_all(self.root.join(STAGING));
    }
}

/// A decided change.
struct Decided<'a> {
    root: &'a Path,
    commit: PathBuf,
    /// The folder of the series.
    folder: PathBuf,
    removes: bool,
}

/// One of the steps that carry out a decided change; run again, it finds its work done.
type Step = fn(&Decided<'_>) -> Result<(), CatalogError>;

const STEPS: [Step; 4] = [set_old_aside, put_new_in_place, publish_manifest, clear_away];

fn roll_forward(root: &Path) -> Result<(), CatalogError> {
    let commit = root.join(COMMIT);
    if !commit.join(manifest::FILE_NAME).exists() {
        // The manifest is out: only the clearing away was cut short.
        return remove_folder(&commit);
    }
    let decided = Decided::read(root)?;
    STEPS.iter().try_for_each(|step| step(&decided))
}

impl Decided<'_> {
    fn read(root: &Path) -> Result<Decided<'_>, CatalogError> {
        let commit = root.join(COMMIT);
        let path = commit.join(PLAN);
        let plan = fs::read_to_string(&path).map_err(CatalogError::io("read", &path))?;
        let (verb, folder) = plan.split_once(' ').unwrap_or((&plan, ""));
        if !["replace", "remove"].contains(&verb) || SeriesKey::from_folder(folder).is_none() {
            return Err(CatalogError::damaged(&path, format!("it says {plan:?}")));
        }
        Ok(Decided { root, folder: root.join(folder), removes: verb == "remove", commit })
    }
}

fn set_old_aside(decided: &Decided<'_>) -> Result<(), CatalogError> {
    // Once the new folder has left its place, what stands in the series' place is the new one.
    let to_do = decided.removes || decided.commit.join(NEW).exists();
    if to_do && decided.folder.exists() {
        rename(&decided.folder, &decided.commit.join(OLD))?;
    }
    Ok(())
}

fn put_new_in_place(decided: &Decided<'_>) -> Result<(), CatalogError> {
    let new = decided.commit.join(NEW);
    if decided.removes {
        // Folders of hive keys that hold nothing any more; the first that does stops it.
        let above = decided.folder.ancestors().skip(1).take_while(|folder| *folder != decided.root);
        let _ = above.map(fs::remove_dir).find(Result::is_err);
        return Ok(());
    }
    if !new.exists() {
        return Ok(());
    }
    let parent = decided.folder.parent().expect("a series lies below the catalog's folder");
    fs::create_dir_all(parent).map_err(CatalogError::io("create", parent))?;
    rename(&new, &decided.folder)?;
    sync_folder(parent)
}

fn publish_manifest(decided: &Decided<'_>) -> Result<(), CatalogError> {
    let next = decided.commit.join(manifest::FILE_NAME);
    if next.exists() {
        rename(&next, &decided.root.join(manifest::FILE_NAME))?;
        sync_folder(decided.root)?;
    }
    Ok(())
}

fn clear_away(decided: &Decided<'_>) -> Result<(), CatalogError> {
    remove_folder(&decided.commit)
}

fn rename(from: &Path, to: &Path) -> Result<(), CatalogError> {
    fs::rename(from, to).map_err(CatalogError::io("rename", from))
}

fn remove_folder(folder: &Path) -> Result<(), CatalogError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(CatalogError::io("remove", folder)(error))
        }
        _ => Ok(()),
    }
}

fn write_synced(path: &Path, text: &str) -> Result<(), CatalogError> {
    use std::io::Write;
    let write = || {
        let mut file = File::create(path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    };
    write().map_err(CatalogError::io("write", path))
}

/// Makes the names in a folder survive a loss of power; only Unix needs and has it.
pub(crate) fn sync_folder(folder: &Path) -> Result<(), CatalogError> {
    if cfg!(unix) {
        let synced = File::open(folder).and_then(|folder| folder.sync_all());
        synced.map_err(CatalogError::io("write", folder))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Catalog, Overlap, test_bars};
    use wb_core::{BarColumns, Interval, Ts};

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
            assert!(
                [vec![], old_bars().ts, new.ts.clone()].contains(&seen),
                "{} rows after {steps}",
                seen.len()
            );
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
}
