//! A session's log: JSON, a line for each thing that happened, in a file of its own.

use std::fs;
use std::path::Path;
use std::sync::Mutex;

use anyhow::Context;
use clap::ValueEnum;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

/// How much is written into the log.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, ValueEnum)]
pub(crate) enum LogLevel {
    /// What stops trading.
    Error,
    /// What went otherwise than meant, too.
    Warn,
    /// Orders, reports, connections, changes of state, and what the operator says, too.
    #[default]
    Info,
    /// Bars, timers and requests over HTTP, too.
    Debug,
    /// The length of each frame, too.
    Trace,
}

/// Writes what this process logs from here on into a new file.
///
/// Only our own code is heard: libraries log headers and frames, and those carry keys.
///
/// # Errors
/// If the disk refuses.
pub(crate) fn begin_log(file: &Path, level: LogLevel) -> anyhow::Result<()> {
    let doing = || format!("writing {}", file.display());
    fs::create_dir_all(file.parent().expect("a file lies in a folder")).with_context(doing)?;
    let opened = fs::File::create_new(file).with_context(doing)?;
    let level = LevelFilter::from(level);
    let ours = Targets::new().with_target("wb_live", level).with_target("workbench", level);
    let lines = fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_writer(Mutex::new(opened));
    tracing_subscriber::registry().with(lines.with_filter(ours)).try_init().context("beginning the log")
}

impl From<LogLevel> for LevelFilter {
    fn from(level: LogLevel) -> LevelFilter {
        match level {
            LogLevel::Error => LevelFilter::ERROR,
            LogLevel::Warn => LevelFilter::WARN,
            LogLevel::Info => LevelFilter::INFO,
            LogLevel::Debug => LevelFilter::DEBUG,
            LogLevel::Trace => LevelFilter::TRACE,
        }
    }
}
