//! `workbench completions`: what a shell needs to complete our commands.

use std::process::ExitCode;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::Cli;
use crate::output;

/// Arguments of `workbench completions`.
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  workbench completions bash > ~/.local/share/bash-completion/completions/workbench"
)]
pub(crate) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

/// Prints the completions.
///
/// # Errors
/// Never.
pub(crate) fn run(args: &CompletionsArgs) -> anyhow::Result<ExitCode> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "workbench", &mut script);
    output::raw(&String::from_utf8_lossy(&script));
    Ok(ExitCode::SUCCESS)
}
