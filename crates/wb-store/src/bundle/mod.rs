//! Bundles: a run that was proved to be what it is, in the folder that a runner trades from.
//!
//! ```text
//! bundles/a07b…/   bundle.toml  header.toml  spec.toml  instruments.json  000000.wbj  project/…
//! ```
//!
//! A bundle is the journal of its run's first events, the *golden* ones, with `bundle.toml` beside it: which run it is
//! of, what built it, which gates it passed and which were waived, and the hash of each other file. The strategy, its
//! parameters, instruments and risk limits are those of the journal, so that they stand in one place. A kernel that is
//! told the golden events must answer as recorded before it may trade. `project/` has the files of the project that the
//! spec names, such as models, by their paths in the project: whoever builds the kernel takes it for the project.
//!
//! The folder's name is the hash of `bundle.toml`, so a byte that is changed in any file is found.

mod deployment;
mod folder;
mod manifest;

pub use deployment::Deployment;
pub use folder::{BUNDLE_PROJECT, Bundle, NewBundle};
pub use manifest::{BUNDLE_FORMAT, BundleId, BundleManifest, GateRecord, Golden};

#[cfg(test)]
mod tests;
