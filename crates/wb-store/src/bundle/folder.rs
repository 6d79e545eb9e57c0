//! The folder of a bundle: made once, and opened only if it is what was made.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use super::manifest::{BUNDLE_FORMAT, BundleId, BundleManifest, GateRecord, Golden};
use crate::error::{IoContext, StoreError, damaged_bundle};
use crate::hash::{ContentHash, RunId};
use crate::journal::{Journal, JournalRecord, JournalWriter, NewJournal, SyncPolicy};
use crate::output::HashedFile;
use crate::run_store::RunStore;
use crate::scratch::Scratch;

const BUNDLES: &str = "bundles";
const MANIFEST: &str = "bundle.toml";
/// The folder in a bundle that has the files of the project which its spec names, by their paths in the project.
pub const BUNDLE_PROJECT: &str = "project";

/// A bundle that is to be made.
#[derive(Clone, Copy, Debug)]
pub struct NewBundle<'a> {
    /// What its journal is begun with: spec, instruments, risk limits and code. `started` must be a time of the run and
    /// not the present, or the same run makes another bundle each time.
    pub journal: NewJournal<'a>,
    /// Name in the table of strategies.
    pub strategy: &'a str,
    /// Hash of the binary that makes it.
    pub binary: ContentHash,
    /// The run.
    pub run: RunId,
    /// The digest of the whole run.
    pub run_digest: &'a str,
    /// The first events of the run with the commands they gave; a digest is the last.
    pub golden: &'a [JournalRecord],
    /// Every gate that the run had to pass.
    pub gates: &'a [GateRecord],
    /// Files of the project that the spec names: path in the project, and content.
    pub files: &'a [(PathBuf, Vec<u8>)],
}

/// A bundle of which every byte is as it was made.
#[derive(Clone, PartialEq, Debug)]
pub struct Bundle {
    /// What it is called.
    pub id: BundleId,
    /// What it is of, and what was proved of it.
    pub manifest: BundleManifest,
    /// The golden events. Its spec, instruments and risk limits are those to trade with.
    pub journal: Journal,
    /// Where it lies.
    pub folder: PathBuf,
}

impl Bundle {
    /// Opens the bundle in a folder, if every byte of it is as it was made.
    ///
    /// Whether this build answers the golden events as recorded is the caller's to ask: a kernel is needed for that.
    ///
    /// # Errors
    /// If there is none, a file of it was changed or is missing, a file was added, or its format is another one.
    pub fn open(folder: &Path, id: &BundleId) -> Result<Bundle, StoreError> {
        let path = folder.join(MANIFEST);
        let text = match fs::read_to_string(&path) {
            Err(e) if e.kind() == ErrorKind::NotFound => {
                return Err(StoreError::NoBundle { id: *id, folder: folder.to_path_buf() });
            }
            Err(e) if e.kind() == ErrorKind::InvalidData => {
                return Err(damaged_bundle(&path, "it is not text: it was changed"));
            }
            other => other.doing("read", &path)?,
        };
        if BundleId::of(&text) != *id {
            return Err(damaged_bundle(&path, "its hash is not the bundle's id: it was changed"));
        }
        let manifest = BundleManifest::from_toml(&path, &text)?;
        check_files(folder, &manifest.files)?;
        let journal = Journal::open(folder)?;
        Ok(Bundle { id: *id, manifest, journal, folder: folder.to_path_buf() })
    }
}

impl RunStore {
    /// Where the bundle's folder is or would be.
    pub fn bundle_folder(&self, id: &BundleId) -> PathBuf {
        self.root().join(home(id))
    }

    /// Makes a bundle. One that is there already is left as it is, if it is whole.
    ///
    /// # Errors
    /// Where the disk refuses; then there is no bundle, or the one that was there.
    ///
    /// # Panics
    /// If the last of the golden records is no digest, or a file's path leads out of the project.
    pub fn write_bundle(&self, new: &NewBundle<'_>) -> Result<Bundle, StoreError> {
        let scratch = Scratch::enter(self.root())?;
        let staged = scratch.stage(Path::new(BUNDLES))?;
        let dir = staged.new_path();
        let mut writer = JournalWriter::create(&dir, &new.journal, SyncPolicy::AtSegmentEnd)?;
        for record in new.golden {
            writer.append(record)?;
        }
        writer.finish()?;
        for (path, content) in new.files {
            let inside = path.components().all(|part| matches!(part, Component::Normal(_)));
            assert!(inside, "{} lies in the project", path.display());
            write_below(&dir.join(BUNDLE_PROJECT), path, content)?;
        }
        let text = manifest(new, hashes(&dir)?).to_toml();
        HashedFile::write_whole(&dir.join(MANIFEST), text.as_bytes())?;
        let id = BundleId::of(&text);
        let folder = self.bundle_folder(&id);
        if Bundle::open(&folder, &id).is_err() {
            staged.for_home(&home(&id))?.publish_over(|| ())?;
        }
        Bundle::open(&folder, &id)
    }
}

fn manifest(new: &NewBundle<'_>, files: BTreeMap<String, ContentHash>) -> BundleManifest {
    let count = |of: fn(&JournalRecord) -> bool| new.golden.iter().filter(|record| of(record)).count() as u64;
    let Some(JournalRecord::Digest(_, digest)) = new.golden.last() else {
        panic!("golden events end with their digest")
    };
    BundleManifest {
        format: BUNDLE_FORMAT,
        strategy: new.strategy.to_string(),
        workbench: new.journal.workbench.to_string(),
        code_id: new.journal.code_id.to_string(),
        binary: new.binary,
        run: new.run,
        run_digest: new.run_digest.to_string(),
        golden: Golden {
            events: count(|record| matches!(record, JournalRecord::Event(_))),
            commands: count(|record| matches!(record, JournalRecord::Command(..))),
            digest: format!("{digest:032x}"),
        },
        files,
        gates: new.gates.to_vec(),
    }
}

fn home(id: &BundleId) -> PathBuf {
    Path::new(BUNDLES).join(id.to_string())
}

fn write_below(folder: &Path, path: &Path, content: &[u8]) -> Result<(), StoreError> {
    let path = folder.join(path);
    let parent = path.parent().expect("it lies in the folder");
    fs::create_dir_all(parent).doing("create", parent)?;
    fs::write(&path, content).doing("write", &path)
}

/// The hash of every file of a folder and of those in it, but of `bundle.toml`, by its path with slashes.
fn hashes(folder: &Path) -> Result<BTreeMap<String, ContentHash>, StoreError> {
    let mut found = BTreeMap::new();
    let mut folders = vec![(folder.to_path_buf(), String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        for entry in fs::read_dir(&folder).doing("list", &folder)? {
            let entry = entry.doing("list", &folder)?;
            let (path, name) = (entry.path(), format!("{prefix}{}", entry.file_name().to_string_lossy()));
            if entry.file_type().doing("look at", &path)?.is_dir() {
                folders.push((path, format!("{name}/")));
            } else if name != MANIFEST {
                found.insert(name, ContentHash::of_file(&path)?);
            }
        }
    }
    Ok(found)
}

/// Whether the files are those that were made, and no others: one more segment would be read as well.
fn check_files(folder: &Path, made: &BTreeMap<String, ContentHash>) -> Result<(), StoreError> {
    let found = hashes(folder)?;
    for (name, hash) in made {
        let wrong = match found.get(name) {
            Some(other) if other == hash => continue,
            Some(_) => "its hash is not the one in bundle.toml: it was changed",
            None => "it does not exist",
        };
        return Err(damaged_bundle(&folder.join(name), wrong));
    }
    match found.keys().find(|name| !made.contains_key(*name)) {
        Some(name) => Err(damaged_bundle(&folder.join(name), "it is no part of the bundle")),
        None => Ok(()),
    }
}
