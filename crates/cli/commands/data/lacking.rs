//! What a build without the feature `ingest` says to commands that need it.

use std::process::ExitCode;

use clap::Args;

use crate::error::UserError;

/// Whatever arguments the command would take.
#[derive(Args, Debug)]
pub(crate) struct LackingArgs {
    #[arg(hide = true, trailing_var_arg = true, allow_hyphen_values = true)]
    _arguments: Vec<String>,
}

/// Says that this build cannot.
///
/// # Errors
/// Always.
pub(super) fn run() -> anyhow::Result<ExitCode> {
    let message = "this build cannot import, resample or make up market data";
    Err(UserError::usage(message).hint("build with the feature `ingest`, which is on by default").into())
}
