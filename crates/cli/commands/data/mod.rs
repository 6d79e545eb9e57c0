//! `workbench data`: market data in the catalog.

mod audit;
#[cfg(feature = "ingest")]
mod import;
mod journal;
#[cfg(not(feature = "ingest"))]
mod lacking;
mod list;
#[cfg(feature = "ingest")]
mod resample;
mod show;
#[cfg(feature = "ingest")]
mod synth;

use std::process::ExitCode;

use clap::Subcommand;
use wb_catalog::{Catalog, SeriesInfo};
use wb_core::Interval;

use super::Global;
use crate::error::UserError;
use crate::market::{find_series, open_catalog};
#[cfg(feature = "ingest")]
use crate::output;

#[cfg(feature = "ingest")]
use {import::ImportArgs, resample::ResampleArgs, synth::SynthArgs};
#[cfg(not(feature = "ingest"))]
use {
    lacking::LackingArgs as ImportArgs, lacking::LackingArgs as ResampleArgs,
    lacking::LackingArgs as SynthArgs,
};

/// The commands below `workbench data`.
#[derive(Subcommand, Debug)]
pub(crate) enum DataCommand {
    /// Bring files of bars into the catalog
    Import(Box<ImportArgs>),
    /// Bring the bars that a session saw into the catalog
    Journal(journal::JournalArgs),
    /// Every series in a line
    List(list::ListArgs),
    /// A series: what its numbers mean, its first and last bars
    Show(show::ShowArgs),
    /// What is wrong, missing or odd in a series
    Audit(audit::AuditArgs),
    /// Make longer bars of a series
    Resample(ResampleArgs),
    /// Make up bars from a seed
    Synth(SynthArgs),
}

/// Does what was asked for.
///
/// # Errors
/// As the command says.
pub(crate) fn run(command: DataCommand, global: &Global) -> anyhow::Result<ExitCode> {
    let project = global.project()?;
    let settings = project.settings(None, &global.flags()?)?;
    let catalog = open_catalog(&project.folder(&settings, "paths.data"))?;
    match command {
        DataCommand::Journal(args) => journal::run(&args, &catalog, global),
        DataCommand::List(args) => list::run(&args, &catalog),
        DataCommand::Show(args) => show::run(&args, &catalog),
        DataCommand::Audit(args) => audit::run(&args, &catalog),
        #[cfg(feature = "ingest")]
        DataCommand::Import(args) => import::run(&args, &catalog),
        #[cfg(feature = "ingest")]
        DataCommand::Resample(args) => resample::run(&args, &catalog),
        #[cfg(feature = "ingest")]
        DataCommand::Synth(args) => synth::run(&args, &catalog),
        #[cfg(not(feature = "ingest"))]
        DataCommand::Import(_) | DataCommand::Resample(_) | DataCommand::Synth(_) => lacking::run(),
    }
}

/// The series of that name: at that interval, or at its only one.
///
/// # Errors
/// If there is none, or there are several and no interval says which.
pub(super) fn series(
    catalog: &Catalog,
    name: &str,
    interval: Option<Interval>,
) -> anyhow::Result<SeriesInfo> {
    if let Some(interval) = interval {
        return find_series(catalog, name, interval);
    }
    let all: Vec<SeriesInfo> = catalog.series().into_iter().filter(|info| info.key.name() == name).collect();
    match &all[..] {
        [one] => Ok(one.clone()),
        // The usual error, with what is there instead.
        [] => find_series(catalog, name, Interval::Days(1)).map_err(|error| {
            match error.downcast::<UserError>() {
                Ok(told) => UserError { message: format!("no series {name} in the catalog"), ..told }.into(),
                Err(other) => other,
            }
        }),
        many => {
            let intervals: Vec<String> = many.iter().map(|info| info.key.interval().to_string()).collect();
            let message = format!("{name} is there at {}", intervals.join(", "));
            Err(UserError::usage(message).hint("say which with --interval").into())
        }
    }
}

/// Reads an interval for the command line.
pub(super) fn parse_interval(text: &str) -> Result<Interval, String> {
    Interval::parse(text).ok_or_else(|| "write a number and a unit, such as 1m, 4h or 1d".to_string())
}

/// Prints what was assumed or left out.
#[cfg(feature = "ingest")]
fn print_notes(notes: &[String]) {
    notes.iter().for_each(output::note);
}
