//! The area where things are made before they appear in their place, so that nothing half-written ever does.
//!
//! Each thing in the making has a folder of its own under `.tmp`: `home` (where it will go, relative to the
//! root), `new` (what is being made) and `old` (what was in that place before, for the instant between two
//! renames). Whoever makes something holds a shared lock on `.tmp/lock`. Whoever gets the exclusive lock knows
//! that all makers are gone, and clears what a killed one left: `old` goes home if its place is empty.
//!
//! A rename orders what other processes see, not what survives a loss of power; hashes in the manifest tell a
//! file that did not.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::error::{IoContext, StoreError};

const AREA: &str = ".tmp";
const LOCK: &str = "lock";
const HOME: &str = "home";
const NEW: &str = "new";
const OLD: &str = "old";

/// The right to make things under one root.
pub(crate) struct Scratch {
    root: PathBuf,
    _shared_lock: File,
}

impl Scratch {
    /// Waits until nobody is clearing the area, clears it if nobody else is here, and stays until dropped.
    pub(crate) fn enter(root: &Path) -> Result<Scratch, StoreError> {
        let area = root.join(AREA);
        fs::create_dir_all(&area).doing("create", &area)?;
        let lock_path = area.join(LOCK);
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&lock_path)
            .doing("open", &lock_path)?;
        if lock.try_lock().is_ok() {
            clear_all(root);
            lock.unlock().doing("unlock", &lock_path)?;
        }
        // A file system without locks refuses both kinds: then nothing is ever cleared, which is safe.
        let _ = lock.lock_shared();
        Ok(Scratch { root: root.to_path_buf(), _shared_lock: lock })
    }

    /// Clears what killed processes left, if anything is there and nobody is making something.
    pub(crate) fn sweep(root: &Path) {
        if let Ok(lock) = File::options().write(true).open(root.join(AREA).join(LOCK))
            && lock.try_lock().is_ok()
        {
            clear_all(root);
        }
    }

    /// A place to make what will go to `home`, a path relative to the root.
    pub(crate) fn stage(&self, home: &Path) -> Result<Staged<'_>, StoreError> {
        let area = self.root.join(AREA);
        let mut number = 0_u64;
        let dir = loop {
            let dir = area.join(format!("{}-{number}", std::process::id()));
            match fs::create_dir(&dir) {
                Ok(()) => break dir,
                Err(e) if e.kind() == ErrorKind::AlreadyExists => number += 1,
                Err(e) => return Err(e).doing("create", &dir),
            }
        };
        Staged { scratch: self, home: self.root.join(home), dir }.for_home(home)
    }

    /// Writes a small file so that its place holds either the old content or the new.
    pub(crate) fn write_file(&self, home: &Path, content: &[u8]) -> Result<(), StoreError> {
        let staged = self.stage(home)?;
        let new = staged.new_path();
        fs::write(&new, content).doing("write", &new)?;
        create_parent(&staged.home)?;
        fs::rename(&new, &staged.home).doing("replace", &staged.home)
    }

    /// Takes away what is at `home`, at once for everybody else.
    pub(crate) fn take_away(&self, home: &Path) -> Result<(), StoreError> {
        let staged = self.stage(home)?;
        // Under the name of what is being made, not of what was set aside: it must not come back.
        fs::rename(&staged.home, staged.new_path()).doing("remove", &staged.home)
    }
}

/// Something in the making; discarded when dropped before it was published.
pub(crate) struct Staged<'a> {
    scratch: &'a Scratch,
    home: PathBuf,
    dir: PathBuf,
}

impl Staged<'_> {
    /// Where it is made.
    pub(crate) fn new_path(&self) -> PathBuf {
        self.dir.join(NEW)
    }

    /// Gives it another place: for what is named by the hash of what was made.
    pub(crate) fn for_home(mut self, home: &Path) -> Result<Self, StoreError> {
        let home_file = self.dir.join(HOME);
        fs::write(&home_file, home.as_os_str().as_encoded_bytes()).doing("write", &home_file)?;
        self.home = self.scratch.root.join(home);
        Ok(self)
    }

    /// Puts the folder in its place unless one is there. Tells whether it did.
    pub(crate) fn publish_first(self) -> Result<bool, StoreError> {
        create_parent(&self.home)?;
        match fs::rename(self.new_path(), &self.home) {
            Ok(()) => Ok(true),
            Err(_) if self.home.exists() => Ok(false),
            Err(e) => Err(e).doing("rename into place", &self.home),
        }
    }

    /// Puts the folder in its place, whatever is there. `set_aside` is called while the place is empty.
    pub(crate) fn publish_over(self, set_aside: impl Fn()) -> Result<(), StoreError> {
        create_parent(&self.home)?;
        let old = self.dir.join(OLD);
        // Again where another process fills the place between the two renames; it then counts as what was there.
        loop {
            match fs::rename(&self.home, &old) {
                Ok(()) => set_aside(),
                Err(e) if e.kind() == ErrorKind::NotFound => {}
                Err(e) => return Err(e).doing("set aside", &self.home),
            }
            match fs::rename(self.new_path(), &self.home) {
                Ok(()) => return Ok(()),
                Err(_) if self.home.exists() => remove_all(&old).doing("remove", &old)?,
                Err(e) => return Err(e).doing("rename into place", &self.home),
            }
        }
    }
}

impl Drop for Staged<'_> {
    fn drop(&mut self) {
        clear(&self.scratch.root, &self.dir);
    }
}

fn create_parent(path: &Path) -> Result<(), StoreError> {
    let parent = path.parent().expect("a place lies under the root");
    fs::create_dir_all(parent).doing("create", parent)
}

fn clear_all(root: &Path) {
    let Ok(entries) = fs::read_dir(root.join(AREA)) else { return };
    for entry in entries.flatten().filter(|e| e.file_name() != LOCK) {
        clear(root, &entry.path());
    }
}

/// Brings home what was set aside where its place is empty, and removes the rest.
///
/// What cannot be removed stays for the next sweep: it is in nobody's way, and the caller has work to do.
fn clear(root: &Path, dir: &Path) {
    let old = dir.join(OLD);
    if old.exists() {
        let Ok(home) = fs::read_to_string(dir.join(HOME)) else { return };
        let home = root.join(home);
        if !home.exists() && fs::rename(&old, &home).is_err() {
            return;
        }
    }
    let _ = remove_all(dir);
}

fn remove_all(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
