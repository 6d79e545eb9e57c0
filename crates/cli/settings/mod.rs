//! Settings: where a value may stand, which one wins, and what a run is made of them.
//!
//! Lowest first: the defaults of the table of keys, `config/workbench.toml`, `config/risk.toml`,
//! `config/profiles/<profile>.toml`, the run spec, the sweep spec, `WORKBENCH_*`, flags. Each value remembers where it was written.

mod keys;
mod layers;
mod options;
mod project;
mod resolve;
mod sources;

pub(crate) use keys::{Home, KEYS, Value};
pub(crate) use layers::{Entry, Settings, read_flag, split_assignment};
pub(crate) use options::{Given, Raw};
pub(crate) use project::{Project, SpecText};
pub(crate) use resolve::{RunRequest, When, read_param, resolve_run, resolve_simulation, strategy_named};
