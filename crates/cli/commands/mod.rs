//! The commands, one file each: its arguments and what it does.

mod backtest;
mod check;
mod completions;
mod config;
mod data;
mod deploy;
mod exchange;
mod explain;
mod live;
mod model;
mod optimize;
mod replay;
mod report;
mod run_args;
mod runs;
mod strategy;
mod sweep_args;
mod sweep_result;
mod walk_forward;
mod welcome;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::settings::{Given, Project, read_flag, split_assignment};

/// Algorithmic trading research: market data in, backtests and reports out.
#[derive(Parser, Debug)]
#[command(name = "workbench", bin_name = "workbench", version, about, max_term_width = 100, after_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Option<Command>,
}

const EXAMPLES: &str = "\
Examples:
  workbench backtest                               the built-in example, on a real daily series
  workbench backtest config/runs/pairs.toml        a run spec of your own
  workbench data import NEARUSDT-1m-*.zip --venue binance --symbol NEARUSDT --interval 1m

Exit codes: 0 done, 1 the answer is no, 2 usage or configuration, 3 data, 70 a bug, 130 interrupted.";

/// The heading in help over what every command understands.
const PROJECT: &str = "Project and settings";

/// What every command understands.
#[derive(Args, Debug)]
pub(crate) struct Global {
    /// Project folder, instead of the nearest parent with config/workbench.toml [env: WORKBENCH_PROJECT]
    #[arg(long, value_name = "DIR", global = true, help_heading = PROJECT)]
    project: Option<PathBuf>,
    /// Use config/profiles/NAME.toml as well [env: WORKBENCH_PROFILE]
    #[arg(long, value_name = "NAME", global = true, help_heading = PROJECT)]
    profile: Option<String>,
    /// Set any key of `workbench config`, such as account.cash=50000
    #[arg(long, value_name = "KEY=VALUE", global = true, help_heading = PROJECT)]
    set: Vec<String>,
}

impl Global {
    /// The project that is meant.
    pub(crate) fn project(&self) -> anyhow::Result<Project> {
        Ok(Project::find(self.project.as_deref(), self.profile.as_deref())?)
    }

    /// The layer of flags, as far as every command has them.
    pub(crate) fn flags(&self) -> anyhow::Result<Vec<Given>> {
        let read = |text: &String| {
            let (key, value) = split_assignment("--set", text)?;
            read_flag("--set", key, value)
        };
        Ok(self.set.iter().map(read).collect::<Result<_, _>>()?)
    }
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Run a strategy over market data, and store figures and a report
    Backtest(backtest::BacktestArgs),
    /// Whether a result may be believed: checks of a strategy by running it again otherwise
    #[command(subcommand)]
    Check(check::CheckCommand),
    /// Search a strategy's parameters, and judge the best of them
    Optimize(optimize::OptimizeArgs),
    /// Choose parameters in one stretch of time and use them in the next, again and again
    WalkForward(walk_forward::WalkForwardArgs),
    /// Market data: import, look at, audit, resample, make up
    #[command(subcommand)]
    Data(data::DataCommand),
    /// Let a run trade, if it passes every gate: make a bundle of it and let a name point to it
    Deploy(deploy::DeployArgs),
    /// Trade what was deployed
    Live(live::LiveArgs),
    /// Whether a kernel that is told what a journal says answers as it says
    Replay(replay::ReplayArgs),
    /// Why an order was given, and what became of it
    Explain(explain::ExplainArgs),
    /// An exchange on this machine that replays market data: a live session can be rehearsed against it
    Exchange(Box<exchange::ExchangeArgs>),
    /// Trained models: add, list, show, check
    #[command(subcommand)]
    Model(model::ModelCommand),
    /// What has been run
    #[command(subcommand)]
    Runs(runs::RunsCommand),
    /// The report of a run
    Report(report::ReportArgs),
    /// The strategies and their parameters
    #[command(subcommand)]
    Strategy(strategy::StrategyCommand),
    /// Every setting with its value and where it was written
    Config(config::ConfigArgs),
    /// Completions for a shell, on stdout
    Completions(completions::CompletionsArgs),
}

/// Runs what was asked for.
///
/// # Errors
/// As the command says.
pub(crate) fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let global = &cli.global;
    match cli.command {
        None => welcome::run(global),
        Some(Command::Backtest(args)) => backtest::run(&args, global),
        Some(Command::Check(command)) => check::run(&command, global),
        Some(Command::Optimize(args)) => optimize::run(&args, global),
        Some(Command::WalkForward(args)) => walk_forward::run(&args, global),
        Some(Command::Data(command)) => data::run(command, global),
        Some(Command::Deploy(args)) => deploy::run(&args, global),
        Some(Command::Explain(args)) => explain::run(&args, global),
        Some(Command::Live(args)) => live::run(&args, global),
        Some(Command::Replay(args)) => replay::run(&args, global),
        Some(Command::Exchange(args)) => exchange::run(&args, global),
        Some(Command::Model(command)) => model::run(command, global),
        Some(Command::Runs(command)) => runs::run(command, global),
        Some(Command::Report(args)) => report::run(&args, global),
        Some(Command::Strategy(command)) => strategy::run(command),
        Some(Command::Config(args)) => config::run(&args, global),
        Some(Command::Completions(args)) => completions::run(&args),
    }
}
