//! Imports of whole files: small ones written here, and real ones from the shared data folder.

mod commit;
mod layouts;
mod normalized;
mod refusals;
mod resampling;
mod shared_files;
mod support;
