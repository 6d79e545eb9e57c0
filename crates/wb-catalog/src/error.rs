//! What can go wrong with a catalog.

use std::path::{Path, PathBuf};

use wb_core::Ts;

/// What could not be done with the catalog, to what, and what would help.
#[derive(thiserror::Error, Debug)]
pub enum CatalogError {
    /// The operating system refused.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried: `read`, `write`, `rename`.
        action: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// What it said.
        source: std::io::Error,
    },
    /// A file is not what the catalog wrote: torn, edited or not Parquet at all.
    #[error("{} is damaged: {what}; import the series again with --replace", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found.
        what: String,
    },
    /// The catalog lists a partition that is not there.
    #[error("{} is listed in catalog.toml but missing; import the series again with --replace", path.display())]
    MissingPartition {
        /// The file that should be there.
        path: PathBuf,
    },
    /// The catalog was written by another version of the workbench.
    #[error("{} has schema version {found}, this program reads version {expected}", path.display())]
    SchemaVersion {
        /// The file that says so.
        path: PathBuf,
        /// The version it states.
        found: String,
        /// The version we know.
        expected: u32,
    },
    /// There is no such series.
    #[error("the catalog {} has no series {series}; {hint}", root.display())]
    UnknownSeries {
        /// The catalog.
        root: PathBuf,
        /// The series asked for, as `venue:SYMBOL interval`.
        series: String,
        /// What there is instead.
        hint: String,
    },
    /// The name of a series cannot be used.
    #[error("bad {part} {text:?}: {why}")]
    BadName {
        /// `venue`, `symbol` or `instrument`.
        part: &'static str,
        /// What was given.
        text: String,
        /// Why it is refused.
        why: &'static str,
    },
    /// Rows were pushed that do not come after those before them, or have another interval.
    #[error("{series}: bar {ts} {why}")]
    BadOrder {
        /// The series being written.
        series: String,
        /// The end of the bar in question.
        ts: Ts,
        /// What is wrong with it.
        why: String,
    },
    /// A write of no rows at all.
    #[error("{series}: there are no bars to write")]
    NoRows {
        /// The series being written.
        series: String,
    },
    /// A new bar differs from the stored bar of the same time.
    #[error("{series}: bar {ts} is stored as {stored}, the import says {new}; --replace lets the import win")]
    Conflict {
        /// The series being written.
        series: String,
        /// The end of both bars.
        ts: Ts,
        /// The stored bar.
        stored: String,
        /// The new bar.
        new: String,
    },
    /// The catalog is not what it was when it was opened.
    #[error("the catalog {} was written to since it was opened; run the command again", root.display())]
    Changed {
        /// The catalog.
        root: PathBuf,
    },
    /// Another process is writing.
    #[error("another process is writing to the catalog {}; wait until it is done", root.display())]
    Busy {
        /// The catalog.
        root: PathBuf,
    },
}

impl CatalogError {
    /// For `map_err`: what was tried on which path.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> CatalogError {
        let path = path.to_path_buf();
        move |source| CatalogError::Io { action, path, source }
    }

    /// Parquet could not be written; its errors wrap those of the operating system.
    pub(crate) fn write(path: &Path, error: parquet::errors::ParquetError) -> CatalogError {
        CatalogError::io("write", path)(std::io::Error::other(error))
    }

    /// A file whose content is not what was written.
    pub(crate) fn damaged(path: &Path, what: impl ToString) -> CatalogError {
        CatalogError::Damaged { path: path.to_path_buf(), what: what.to_string() }
    }
}
