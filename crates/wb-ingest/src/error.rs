//! What can go wrong while data is brought in.

use std::fmt;
use std::path::{Path, PathBuf};

use wb_catalog::{Audit, CatalogError, IssueKind};
use wb_core::{Interval, Ts};

/// What could not be brought in, and what would help ([`IngestError::hint`]).
#[derive(thiserror::Error, Debug)]
pub enum IngestError {
    /// The operating system refused, or a compressed stream is damaged.
    #[error("cannot read {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What was said.
        source: std::io::Error,
    },
    /// The request itself cannot be met.
    #[error("{what}")]
    Request {
        /// What is wrong with it.
        what: String,
        /// What would help.
        hint: String,
    },
    /// A file's layout is not understood, or is refused.
    #[error("{}: {what}", path.display())]
    Layout {
        /// The file.
        path: PathBuf,
        /// What was found.
        what: String,
        /// What would help.
        hint: String,
    },
    /// The bars are not as far apart as the interval asked for.
    #[error(
        "{}: bars are mostly {found} apart, not {expected} (in {count} of {of} steps)",
        path.display()
    )]
    Spacing {
        /// The file.
        path: PathBuf,
        /// The interval that was asked for.
        expected: Interval,
        /// The commonest step, as [`wb_core::Span`] prints it.
        found: String,
        /// How many of the steps looked at are that one.
        count: usize,
        /// How many steps were looked at.
        of: usize,
    },
    /// Nothing is left to be written.
    #[error("no bars: {what}")]
    NoBars {
        /// What there was instead.
        what: String,
        /// What would help.
        hint: String,
    },
    /// Rows are not possible bars, and they were not to be dropped.
    #[error("{0}")]
    BadRows(Box<BadRows>),
    /// The catalog refused.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

impl IngestError {
    /// What would help, where we know it.
    pub fn hint(&self) -> Option<&str> {
        match self {
            IngestError::Request { hint, .. }
            | IngestError::Layout { hint, .. }
            | IngestError::NoBars { hint, .. } => Some(hint),
            IngestError::Spacing { .. } => {
                Some("give the interval of the file with --interval; make longer bars with `data resample`")
            }
            IngestError::BadRows(bad) => Some(bad.hint()),
            IngestError::Io { .. } | IngestError::Catalog(_) => None,
        }
    }

    /// For `map_err`: the file that could not be read.
    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> IngestError {
        let path = path.to_path_buf();
        move |source| IngestError::Io { path, source }
    }

    /// A file whose layout is refused.
    pub(crate) fn layout(path: &Path, what: impl Into<String>, hint: impl Into<String>) -> IngestError {
        IngestError::Layout { path: path.to_path_buf(), what: what.into(), hint: hint.into() }
    }
}

/// A row that cannot be a bar.
#[derive(Clone, PartialEq, Debug)]
pub struct BadPlace {
    /// The file, and the entry in it where it is an archive.
    pub file: String,
    /// The line of a text file, the element of a JSON array or the row of a table; from 1.
    pub row: u64,
    /// The end of the bar, where its time could be read.
    pub ts: Option<Ts>,
    /// What is wrong with it, with the value.
    pub what: String,
}

/// `NEARUSDT.csv:17 2023-08-01T00:01:00Z: high 1 is below low 2`.
impl fmt::Display for BadPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.row)?;
        if let Some(ts) = self.ts {
            write!(f, " {ts}")?;
        }
        write!(f, ": {}", self.what)
    }
}

/// Rows that are not possible bars.
#[derive(Clone, PartialEq, Debug)]
pub struct BadRows {
    /// The first ten of them.
    pub places: Vec<BadPlace>,
    /// Everything that was found.
    pub audit: Audit,
}

impl BadRows {
    fn hint(&self) -> &'static str {
        let count = |kind| self.audit.issue(kind).map_or(0, |issue| issue.count);
        // A tenth of the rows, and more than can be shown.
        let many = |rows: u64| rows > self.places.len() as u64 && rows * 10 > self.audit.rows;
        if many(count(IssueKind::OutsideRange) + count(IssueKind::HighBelowLow)) {
            "so many rows outside low to high speak for columns in another order: name them with --columns"
        } else if many(count(IssueKind::Disorder)) {
            "so many rows out of order speak for several series in one file, or a wrong column of times"
        } else {
            "leave these rows out with --on-bad drop, or mend the file"
        }
    }
}

impl fmt::Display for BadRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} rows cannot be bars", self.audit.bad_rows, self.audit.rows)?;
        for place in &self.places {
            write!(f, "\n  {place}")?;
        }
        let more = self.audit.bad_rows.saturating_sub(self.places.len() as u64);
        if more > 0 { write!(f, "\n  and {more} more") } else { Ok(()) }
    }
}
