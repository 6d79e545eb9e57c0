//! `workbench` alone: what a newcomer does next.

use std::process::ExitCode;

use super::Global;
use crate::output;

const STEPS: &str = "\
Algorithmic trading research: market data in, backtests and reports out.

  workbench backtest                 run the example: two averages on twenty years of the S&P 500
  workbench report ID --open         look at a run in the browser
  workbench strategy list            what can be run
  workbench strategy show sma-cross  what it does and which parameters it takes
  workbench data import FILES… --venue V --symbol S --interval 1m
                                     bring your own market data
  workbench runs list                what has been run so far

A run spec is a small file: see config/runs/, or what `workbench runs show ID` prints.
Every command has --help with examples.";

/// Prints the way on.
///
/// # Errors
/// If the named project does not exist.
pub(crate) fn run(global: &Global) -> anyhow::Result<ExitCode> {
    let project = global.project()?;
    output::line(STEPS);
    output::note(format_args!("project folder: {}", project.root.display()));
    Ok(ExitCode::SUCCESS)
}
