//! `workbench replay`: does a kernel that is told the same answer the same?

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};
use wb_core::{Command, Event, Instrument, Ts};
use wb_engine::{RunInput, RunSpec};
use wb_kernel::{Difference, Digest, Kernel, Replay};
use wb_store::{Journal, JournalReader, JournalRecord, StoreError};
use wb_strategies::STRATEGIES;

use super::Global;
use crate::error::Exit;
use crate::figures::grouped;
use crate::order_words::{command_words, event_words};
use crate::output::{self, Align, Format, Table};
use crate::settings::{Project, Settings, SpecText, read_flag, resolve_run, split_assignment};
use crate::targets;

/// Arguments of `workbench replay`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  workbench backtest sma-cross --journal journals/sma
  workbench replay journals/sma
  workbench replay journals/sma --param fast=12

A fresh kernel is told what the journal says that another was told. Each command, and a digest after each thousand
events, must be those of the journal. The exit code is 0 where all are, 1 where one is not.")]
pub(crate) struct ReplayArgs {
    /// The folder of the journal
    journal: PathBuf,
    /// Set a parameter of the strategy otherwise than it was: shows the first command that it would have changed
    #[arg(long, value_name = "NAME=VALUE")]
    param: Vec<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

/// Tells a fresh kernel what a journal says, and compares.
///
/// # Errors
/// If the journal is damaged, or its strategy cannot be built.
pub(crate) fn run(args: &ReplayArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let journal = Journal::open(&args.journal)?;
    let kernel = fresh_kernel(&args.journal, &journal, &args.param, &global.project()?)?;
    let code_id = env!("WORKBENCH_CODE_ID");
    if journal.header.code_id != code_id {
        let then = &journal.header.code_id;
        output::note(format_args!("the journal was written by other code: {then}, this is {code_id}"));
    }
    let found = compare(&mut journal.records(), Replay::new(kernel))?;
    match args.format {
        Format::Json => output::json(&as_json(&journal, &found)),
        Format::Table => print(&journal, &found),
    }
    Ok(if found.parting.is_none() { ExitCode::SUCCESS } else { ExitCode::from(Exit::No.code()) })
}

/// A kernel as the journal's was before its first event: its strategy, account and limits, and of the project only the files
/// that parameters name.
fn fresh_kernel(
    dir: &Path,
    journal: &Journal,
    params: &[String],
    project: &Project,
) -> anyhow::Result<Kernel> {
    let path = Project::shown(&dir.join("spec.toml"));
    let mut flags = Vec::new();
    for key in Settings::keys_below("risk.") {
        let limit = journal.header.risk.get(&key["risk.".len()..]);
        let value = limit.map_or_else(|| "none".to_string(), f64::to_string);
        flags.push(read_flag("header.toml", key, &value)?);
    }
    for text in params {
        let (name, value) = split_assignment("--param", text)?;
        flags.push(read_flag("--param", &format!("params.{name}"), value)?);
    }
    let spec = SpecText { path: path.clone(), text: journal.spec.clone() };
    let request = resolve_run(&Settings::of_spec(&spec, &flags)?, STRATEGIES, &path, &project.root)?;
    targets::check_unchanged(&request.params, &journal.spec, "the journal")?;
    let entry = request.strategy;
    let spec = RunSpec {
        strategy: entry.name.to_string(),
        params: request.params,
        roles: request.roles,
        interval: request.interval,
        // What there is to see is in the journal.
        from: Ts::MIN,
        to: Ts::MAX,
        benchmark: None,
        simulation: request.simulation,
        risk: request.risk,
        models: Vec::new(),
        data: Vec::new(),
        code_id: String::new(),
    };
    let instruments = journal.instruments.clone();
    Ok(RunInput { entry, spec: &spec, instruments, bars: &[], benchmark: None }.kernel()?)
}

/// What was compared, and where the two sides part if they do.
struct Found {
    events: u64,
    commands: u64,
    digests: u64,
    parting: Option<Parting>,
    /// What the kernel answers to the last event beyond what is recorded: the writer was stopped in between.
    unrecorded: Vec<Command>,
    /// Said of a journal whose writer was stopped within a record.
    torn: Option<String>,
}

/// The first thing that differs.
struct Parting {
    /// The number of the record at which it was seen.
    seq: u64,
    /// The last event that the kernel was told, and the number of its record.
    event: Option<(u64, Event)>,
    difference: Box<Difference>,
}

fn compare(records: &mut JournalReader<'_>, mut replay: Replay) -> Result<Found, StoreError> {
    let (mut events, mut commands, mut digests) = (0, 0, 0);
    let (mut event, mut parting) = (None, None);
    while let Some(entry) = records.next()? {
        let told = match &entry.record {
            JournalRecord::Event(told) => {
                events += 1;
                let done = replay.event(told);
                if done.is_ok() {
                    event = Some((entry.seq, *told));
                }
                done
            }
            JournalRecord::Command(ts, command) => {
                commands += 1;
                replay.command(*ts, command)
            }
            JournalRecord::Digest(_, digest) => {
                digests += 1;
                replay.digest(Digest::from_bits(*digest))
            }
        };
        if let Err(difference) = told {
            parting = Some(Parting { seq: entry.seq, event, difference });
            break;
        }
    }
    let torn = records.torn().map(|torn| {
        let path = Project::shown(&torn.path);
        format!("{path} ends within a record: {} bytes from byte {} on are of none", torn.bytes, torn.offset)
    });
    let unrecorded = if parting.is_none() { replay.unconfirmed().to_vec() } else { Vec::new() };
    Ok(Found { events, commands, digests, parting, unrecorded, torn })
}

fn print(journal: &Journal, found: &Found) {
    if let Some(torn) = &found.torn {
        output::warning(torn);
    }
    if !found.unrecorded.is_empty() {
        output::warning(format_args!(
            "the journal ends before the kernel's answer to its last event: {}",
            found
                .unrecorded
                .iter()
                .map(|c| command_words(&journal.instruments, c))
                .collect::<Vec<_>>()
                .join("; ")
        ));
    }
    if let Some(parting) = &found.parting {
        let mut table = Table::new([("", Align::Left), ("", Align::Left)]);
        for (name, words) in parting.words(&journal.instruments) {
            table.row([name.to_string(), words]);
        }
        output::table(&table);
    }
    output::line(sentence(found));
}

fn sentence(found: &Found) -> String {
    let count = |n: u64| grouped(n as f64, 0);
    let all = format!(
        "{} events, {} commands, {} digests",
        count(found.events),
        count(found.commands),
        count(found.digests)
    );
    match &found.parting {
        None => format!("The kernel answers as recorded: {all}."),
        Some(parting) => format!("Record {}: {}. Compared: {all}.", count(parting.seq), parting.difference),
    }
}

impl Parting {
    /// Both sides and what came before, by name.
    fn words(&self, instruments: &[Instrument]) -> Vec<(&'static str, String)> {
        let side = |side: &Option<(Ts, Command)>| match side {
            Some((ts, command)) => format!("{} at {ts}", command_words(instruments, command)),
            None => "nothing".to_string(),
        };
        let mut words = vec![("record", self.seq.to_string())];
        if let Some((seq, event)) = &self.event {
            words.push(("after", format!("record {seq}, {}", event_words(instruments, event))));
        }
        let (recorded, given) = match &*self.difference {
            Difference::Command { recorded, given } => (side(recorded), side(given)),
            Difference::Digest { recorded, given, .. } => {
                (format!("digest {recorded}"), format!("digest {given}"))
            }
            Difference::TimeWentBack { from, to } => (format!("an event of {to}"), format!("is at {from}")),
        };
        words.extend([("recorded", recorded), ("kernel", given)]);
        words
    }
}

fn as_json(journal: &Journal, found: &Found) -> Value {
    let words = |parting: &Parting| {
        let words = parting.words(&journal.instruments);
        let mut object: serde_json::Map<String, Value> =
            words.into_iter().map(|(name, words)| (name.to_string(), words.into())).collect();
        object.insert("record".into(), parting.seq.into());
        Value::from(object)
    };
    json!({
        "subject": journal.header.subject,
        "code_id": journal.header.code_id,
        "started": journal.header.started.to_string(),
        "equal": found.parting.is_none(),
        "verdict": sentence(found),
        "events": found.events,
        "commands": found.commands,
        "digests": found.digests,
        "difference": found.parting.as_ref().map(words),
        "unrecorded": found
            .unrecorded
            .iter()
            .map(|command| command_words(&journal.instruments, command))
            .collect::<Vec<_>>(),
        "torn": found.torn,
    })
}
