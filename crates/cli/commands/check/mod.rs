//! `workbench check`: a strategy run again on other data and settings, before its result is believed.

mod bundle;
mod lookahead;
mod robustness;
mod warmup;

use std::process::ExitCode;

use clap::{Args, Subcommand};
use wb_engine::RunInput;

use super::Global;
use super::backtest::now;
use super::run_args::RunArgs;
use crate::error::Exit;
use crate::market::RunBars;
use crate::output::{Format, Progress};

/// The commands below `workbench check`.
#[derive(Subcommand, Debug)]
pub(crate) enum CheckCommand {
    /// Whether any command depends on bars that close after it
    Lookahead(lookahead::LookaheadArgs),
    /// Whether the result depends on where the data begins, feature by feature
    Warmup(warmup::WarmupArgs),
    /// Whether a bundle is what was deployed, and this binary may trade from it
    Bundle(bundle::BundleArgs),
    /// Whether the result survives other parameters, costs, fills, prices and dates
    Robustness(robustness::RobustnessArgs),
}

/// What every check is asked.
#[derive(Args, Debug)]
struct CheckArgs {
    #[command(flatten)]
    run: RunArgs,
    /// How to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

/// Checks a strategy. The exit code is 1 where the answer is no.
///
/// # Errors
/// If settings, data or the strategy do not go together.
pub(crate) fn run(command: &CheckCommand, global: &Global) -> anyhow::Result<ExitCode> {
    let answer = match command {
        CheckCommand::Lookahead(args) => lookahead::run(args, global)?,
        CheckCommand::Warmup(args) => warmup::run(args, global)?,
        CheckCommand::Bundle(args) => bundle::run(args, global)?,
        CheckCommand::Robustness(args) => robustness::run(args, global)?,
    };
    Ok(if answer { ExitCode::SUCCESS } else { ExitCode::from(Exit::No.code()) })
}

impl CheckArgs {
    /// Finds the run and its bars, and hands `check` the input.
    ///
    /// # Errors
    /// If settings, data or the strategy do not go together, or those of `check`.
    fn with_input<T>(
        &self,
        global: &Global,
        check: impl FnOnce(&RunInput<'_>, &Progress) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let progress = Progress::step("looking up data");
        let resolved = self.run.resolve(global, now(), &progress)?;
        progress.next("reading bars");
        let bars: RunBars = resolved.market.read()?;
        let input = RunInput {
            entry: resolved.entry,
            spec: &resolved.spec,
            instruments: resolved.market.instruments.clone(),
            bars: bars.traded(),
            benchmark: None,
        };
        check(&input, &progress)
    }
}

/// An answer in a table.
const fn word(holds: bool) -> &'static str {
    if holds { "yes" } else { "no" }
}
