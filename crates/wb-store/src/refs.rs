//! Refs: names for runs, one small file each, like those of git.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::error::{IoContext, StoreError, damaged};
use crate::hash::RunId;
use crate::run_store::RunStore;
use crate::scratch::Scratch;

const REFS: &str = "refs";

impl RunStore {
    /// Lets `name` mean the run `id` from now on.
    ///
    /// # Errors
    /// Where there is no such run, or the name could be taken for the beginning of an id or for a path.
    pub fn set_ref(&self, name: &str, id: &RunId) -> Result<(), StoreError> {
        check_name(name)?;
        if self.find(id)?.is_none() {
            return Err(StoreError::NotFound(id.to_string()));
        }
        Scratch::enter(self.root())?.write_file(&home(name), format!("{id}\n").as_bytes())
    }

    /// Every ref and the run it means, in the order of their names.
    pub fn refs(&self) -> Result<Vec<(String, RunId)>, StoreError> {
        let dir = self.root().join(REFS);
        let entries = match fs::read_dir(&dir) {
            Ok(entries) => entries,
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(e).doing("list", &dir),
        };
        let mut refs = Vec::new();
        for entry in entries {
            let name = entry.doing("list", &dir)?.file_name();
            // What is not named like a ref is not one: file managers leave files of their own.
            if let Some(name) = name.to_str().filter(|name| check_name(name).is_ok())
                && let Some(id) = self.read_ref(name)?
            {
                refs.push((name.to_string(), id));
            }
        }
        refs.sort();
        Ok(refs)
    }

    /// Forgets the ref `name`; the run stays.
    ///
    /// # Errors
    /// Where there is no such ref.
    pub fn remove_ref(&self, name: &str) -> Result<(), StoreError> {
        check_name(name)?;
        let path = self.root().join(home(name));
        match fs::remove_file(&path) {
            Err(e) if e.kind() == ErrorKind::NotFound => Err(StoreError::NotFound(name.to_string())),
            other => other.doing("remove", &path),
        }
    }

    /// The run that the ref means; `None` where there is no such ref.
    pub(crate) fn read_ref(&self, name: &str) -> Result<Option<RunId>, StoreError> {
        if check_name(name).is_err() {
            return Ok(None);
        }
        let path = self.root().join(home(name));
        match fs::read_to_string(&path) {
            Ok(text) => text.trim_end().parse().map(Some).map_err(|e| damaged(&path, format!("{e}"))),
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
            Err(e) => Err(e).doing("read", &path),
        }
    }
}

fn home(name: &str) -> PathBuf {
    Path::new(REFS).join(name)
}

fn check_name(name: &str) -> Result<(), StoreError> {
    let like_an_id = || name.bytes().all(|b| b.is_ascii_hexdigit());
    let reason =
        unsafe_name(name).or_else(|| like_an_id().then_some("it could be the beginning of a run's id"));
    match reason {
        Some(reason) => Err(StoreError::Name { kind: "ref", name: name.to_string(), reason }),
        None => Ok(()),
    }
}

/// Why a name cannot be that of a file, if it cannot.
pub(crate) fn unsafe_name(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        Some("it is empty")
    } else if !name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.')) {
        Some("it has a character that is none of letters, digits, `-`, `_` and `.`")
    } else if name.starts_with(['-', '.']) {
        Some("it begins with a `-` or a `.`")
    } else {
        None
    }
}
