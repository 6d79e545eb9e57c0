//! What can go wrong between a run and the disk.

use std::io;
use std::path::{Path, PathBuf};

use arrow::error::ArrowError;

use crate::bundle::BundleId;
use crate::hash::RunId;

/// Why something could not be kept or found.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The operating system said no.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was being done: `write`, `rename`, …
        action: &'static str,
        /// To what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Arrow refused to encode a table.
    #[error("cannot encode {}", path.display())]
    Encode {
        /// The table.
        path: PathBuf,
        /// What Arrow said.
        source: ArrowError,
    },
    /// No ref has that name and no run's id begins so.
    #[error("no run or ref is called `{0}`")]
    NotFound(String),
    /// More than one run's id begins so.
    #[error("`{prefix}` begins the ids of {} runs: {}", candidates.len(), short_ids(candidates))]
    Ambiguous {
        /// The beginning that was given.
        prefix: String,
        /// The runs whose ids begin so, in the order of their ids.
        candidates: Vec<RunId>,
    },
    /// A beginning of an id that is too short to mean one run.
    #[error("`{0}` is too short for the beginning of a run's id")]
    ShortPrefix(String),
    /// A file of a run is missing or does not say what it must.
    #[error("{} is damaged: {reason}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, with the row or key where there is one.
        reason: String,
    },
    /// A run written by another version of the workbench.
    #[error("{} has format {found}, and this workbench reads format {supported}", path.display())]
    Format {
        /// The file that says so.
        path: PathBuf,
        /// The format it states.
        found: String,
        /// The format that this crate reads.
        supported: u32,
    },
    /// A name that could be taken for something else.
    #[error("`{name}` cannot name a {kind}: {reason}")]
    Name {
        /// What it was to name: `ref`, `deployment`.
        kind: &'static str,
        /// The name.
        name: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A ref to a run that is not there.
    #[error("the ref `{name}` means run {}, which does not exist", id.short())]
    DanglingRef {
        /// The ref.
        name: String,
        /// The run that it means.
        id: RunId,
    },
    /// A sweep that another process writes.
    #[error("another process is running sweep {}", .0.short())]
    Busy(RunId),
    /// A record of a journal that is not what was written, or not where it was written.
    #[error("{} is damaged at byte {offset}, record {seq}: {reason}", path.display())]
    DamagedRecord {
        /// The segment.
        path: PathBuf,
        /// Where the record begins.
        offset: u64,
        /// The number that it should have.
        seq: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// A folder that holds no journal.
    #[error("{} holds no journal", .0.display())]
    NoJournal(PathBuf),
    /// A folder that is to hold a journal and holds one already.
    #[error("{} holds a journal already", .0.display())]
    JournalExists(PathBuf),
    /// A journal that another process writes.
    #[error("another process writes the journal {}", .0.display())]
    JournalBusy(PathBuf),
    /// A file of a bundle or a deployment that is not what was written.
    #[error("{} is not what was deployed: {reason}", path.display())]
    DamagedBundle {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A folder that holds no bundle.
    #[error("there is no bundle {} in {}", id.short(), folder.display())]
    NoBundle {
        /// The bundle.
        id: BundleId,
        /// Where it should be.
        folder: PathBuf,
    },
    /// A deployment that does not exist.
    #[error("there is no deployment `{name}`{}", those_there_are(known))]
    NoDeployment {
        /// Its name.
        name: String,
        /// Those that exist.
        known: Vec<String>,
    },
    /// No model of that name and version.
    #[error("there is no model `{0}`")]
    UnknownModel(String),
    /// A version of a model that is another one.
    #[error("the model {name}@{version} is there and is another one")]
    ModelExists {
        /// The model.
        name: String,
        /// The version.
        version: String,
    },
    /// A text that cannot be a model's name or version.
    #[error(
        "`{word}` cannot be the {what} of a model: letters, digits, `-`, `_` and `.` can, and a `-` or `.` not in front"
    )]
    ModelWord {
        /// What it was to be: `name`, `version`.
        what: &'static str,
        /// The text.
        word: String,
    },
    /// A run that a ref still points to cannot be removed.
    #[error("run {} is kept by the ref `{name}`", id.short())]
    Referenced {
        /// The run.
        id: RunId,
        /// The ref.
        name: String,
    },
}

impl StoreError {
    /// What would help, where that is known.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            StoreError::NotFound(_) => Some("`workbench runs list` shows every run and ref"),
            StoreError::Ambiguous { .. } | StoreError::ShortPrefix(_) => Some("give more digits of the id"),
            StoreError::Damaged { .. } => {
                Some("restore it from a copy; a run can also be run again, with --force, a model added again")
            }
            StoreError::Format { .. } => {
                Some("use the workbench that wrote it, or run its spec again with --force")
            }
            StoreError::Name { .. } => Some("use letters, digits, `-`, `_` and `.`, as in `btc-trend`"),
            StoreError::DanglingRef { .. } => Some("let it mean another run, or remove it"),
            StoreError::Busy(_) | StoreError::JournalBusy(_) => Some("wait for it, or stop it"),
            StoreError::DamagedRecord { .. } => {
                Some("the records before it are good; restore the segment from a copy if there is one")
            }
            StoreError::DamagedBundle { .. } | StoreError::NoBundle { .. } => {
                Some("deploy the run again, or restore the bundle from a copy")
            }
            StoreError::NoDeployment { .. } => Some("`workbench deploy RUN_ID --to NAME` makes one"),
            StoreError::NoJournal(_) => Some("`workbench backtest SPEC --journal DIR` writes one"),
            StoreError::JournalExists(_) => Some("give another folder, or remove it"),
            StoreError::Referenced { .. } => Some("remove the ref first"),
            StoreError::UnknownModel(_) => Some("`workbench model list` shows every model and version"),
            StoreError::ModelExists { .. } => Some("give it a version of its own: --version"),
            StoreError::ModelWord { .. } => None,
            StoreError::Io { .. } | StoreError::Encode { .. } => None,
        }
    }
}

/// Names the action and the file of an operating system's error.
pub(crate) trait IoContext<T> {
    /// The same result, its error telling what was being done to which file.
    fn doing(self, action: &'static str, path: &Path) -> Result<T, StoreError>;
}

impl<T> IoContext<T> for io::Result<T> {
    fn doing(self, action: &'static str, path: &Path) -> Result<T, StoreError> {
        self.map_err(|source| StoreError::Io { action, path: path.to_path_buf(), source })
    }
}

/// A damaged file: the one spelling of it.
pub(crate) fn damaged(path: &Path, reason: impl Into<String>) -> StoreError {
    StoreError::Damaged { path: path.to_path_buf(), reason: reason.into() }
}

/// A damaged file of a bundle: the one spelling of it.
pub(crate) fn damaged_bundle(path: &Path, reason: impl Into<String>) -> StoreError {
    StoreError::DamagedBundle { path: path.to_path_buf(), reason: reason.into() }
}

fn those_there_are(names: &[String]) -> String {
    if names.is_empty() { String::new() } else { format!("; there are {}", names.join(", ")) }
}

fn short_ids(ids: &[RunId]) -> String {
    const SHOWN: usize = 5;
    let mut text = ids.iter().take(SHOWN).map(RunId::short).collect::<Vec<_>>().join(", ");
    if ids.len() > SHOWN {
        text.push_str(", …");
    }
    text
}
