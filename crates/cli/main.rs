//! The `workbench` command: market data in, backtests and reports out.

mod check_words;
mod commands;
mod deployed;
mod engine;
mod error;
mod execute;
mod figures;
mod gates;
mod golden;
mod interrupt;
mod listen;
mod live;
mod market;
mod models;
mod notes;
mod order_words;
mod output;
mod page;
mod recorded;
mod run_journal;
mod sample;
mod settings;
mod spec_file;
mod suggest;
mod sweep;
mod targets;

use std::panic;
use std::process::ExitCode;

use clap::Parser;

use crate::commands::{Cli, run};
use crate::error::{Exit, explain};

fn main() -> ExitCode {
    report_panics();
    interrupt::install();
    let cli = Cli::parse();
    match panic::catch_unwind(|| run(cli)) {
        Ok(Ok(code)) => code,
        Ok(Err(error)) => {
            let error = explain(&error);
            output::error(&error.message, error.hint.as_deref());
            ExitCode::from(error.exit.code())
        }
        Err(_) => ExitCode::from(Exit::Bug.code()),
    }
}

/// A panic is a fault of ours: says so, and what to send.
fn report_panics() {
    panic::set_hook(Box::new(|info| {
        let message = info.payload_as_str().unwrap_or("no message");
        let place = info.location().map(|at| format!(" at {}:{}", at.file(), at.line())).unwrap_or_default();
        output::error(
            &format!("this is a bug in workbench {}{place}: {message}", env!("CARGO_PKG_VERSION")),
            Some("please report this message with the command that was run; stored data and runs are intact"),
        );
    }));
}
