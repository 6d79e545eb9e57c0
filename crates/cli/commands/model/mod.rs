//! `workbench model`: trained models, added, listed, shown and checked.

mod add;
mod check;
mod list;
mod show;

use std::process::ExitCode;

use clap::Subcommand;

use super::Global;
use crate::models::ModelLibrary;

/// The commands below `workbench model`.
#[derive(Subcommand, Debug)]
pub(crate) enum ModelCommand {
    /// Keep a trained model, with what it was trained on
    Add(add::AddArgs),
    /// Every version of every model in a line
    List(list::ListArgs),
    /// What a model takes and gives
    Show(show::ShowArgs),
    /// Hold models against their golden rows, in every runtime that can run them
    Check(check::CheckArgs),
}

/// Does what was asked for with models.
///
/// # Errors
/// As the command says.
pub(crate) fn run(command: ModelCommand, global: &Global) -> anyhow::Result<ExitCode> {
    let project = global.project()?;
    let settings = project.settings(None, &global.flags()?)?;
    let library = ModelLibrary::of(&project, &settings);
    match command {
        ModelCommand::Add(args) => add::run(&args, &library),
        ModelCommand::List(args) => list::run(&args, &library),
        ModelCommand::Show(args) => show::run(&args, &library),
        ModelCommand::Check(args) => check::run(&args, &library),
    }
}
