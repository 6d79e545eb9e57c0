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
mod tests;
