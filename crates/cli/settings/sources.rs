//! Where a value was written.

use std::fmt;

/// The layers of settings, lowest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Layer {
    /// The table of keys.
    Default,
    /// `config/workbench.toml`.
    Project,
    /// `config/risk.toml`.
    Risk,
    /// `config/profiles/<profile>.toml`.
    Profile,
    /// The run spec named on the command line.
    Spec,
    /// The sweep spec named on the command line.
    Sweep,
    /// A variable `WORKBENCH_*`.
    Env,
    /// A flag.
    Flag,
}

/// Where a value was written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Source {
    /// In the table of keys.
    Default,
    /// In a file.
    File {
        /// Which of the layers it is.
        layer: Layer,
        /// Its path, as people know it.
        path: String,
        /// The line, from 1.
        line: usize,
    },
    /// In the environment variable of this name.
    Env(String),
    /// In this flag: `--set`, `--from`.
    Flag(String),
}

impl Source {
    /// The layer that the value belongs to.
    pub(crate) fn layer(&self) -> Layer {
        match self {
            Source::Default => Layer::Default,
            Source::File { layer, .. } => *layer,
            Source::Env(_) => Layer::Env,
            Source::Flag(_) => Layer::Flag,
        }
    }
}

/// `default`, `config/workbench.toml:3`, `WORKBENCH_ACCOUNT_CASH`, `--set`.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Default => f.write_str("default"),
            Source::File { path, line, .. } => write!(f, "{path}:{line}"),
            Source::Env(name) | Source::Flag(name) => f.write_str(name),
        }
    }
}
