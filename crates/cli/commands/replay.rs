//! `workbench replay`: does a kernel that is told the same answer the same?

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};
use wb_core::{Command, Instrument, InstrumentId, Prediction, SignedQty, Ts};
use wb_kernel::{Difference, FeatureValue, Replay};
use wb_metrics::Unit;
use wb_store::Journal;

use super::Global;
use crate::error::Exit;
use crate::figures::written;
use crate::live::journal_folder;
use crate::order_words::{command_words, event_words};
use crate::output::{self, Align, Format, Table};
use crate::recorded::{Found, KernelState, Parting, Recorded, compare};
use crate::settings::Project;

/// Arguments of `workbench replay`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  workbench backtest sma-cross --journal journals/sma
  workbench replay journals/sma
  workbench replay journals/sma --param fast=12
  workbench replay paper-near

A fresh kernel is told what the journal says that another was told. Each command, and a digest after each thousand
events, must be those of the journal. The exit code is 0 where all are, 1 where one is not.")]
pub(crate) struct ReplayArgs {
    /// The folder of the journal, or the name of a deployment
    journal: String,
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
    let (folder, project) = find_journal(&args.journal, global)?;
    let journal = Journal::open(&folder)?;
    let recorded = Recorded::of(&journal, &folder, &args.param, &project)?;
    let code_id = env!("WORKBENCH_CODE_ID");
    if journal.header.code_id != code_id {
        let then = &journal.header.code_id;
        output::note(format_args!("the journal was written by other code: {then}, this is {code_id}"));
    }
    let found = compare(&mut journal.records(), Replay::new(recorded.kernel()?))?;
    match args.format {
        Format::Json => output::json(&as_json(&journal, &found)),
        Format::Table => print(&journal, &found),
    }
    Ok(if found.is_equal() { ExitCode::SUCCESS } else { ExitCode::from(Exit::No.code()) })
}

/// The folder of the journal that `text` means, and the project that it is looked for in.
pub(super) fn find_journal(text: &str, global: &Global) -> anyhow::Result<(PathBuf, Project)> {
    let project = global.project()?;
    let settings = project.settings(None, &global.flags()?)?;
    Ok((journal_folder(text, &project, &settings), project))
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
        for (name, words) in sides(parting, &journal.instruments) {
            table.row([name.to_string(), words]);
        }
        table.heading("The kernel then:");
        state_words(&parting.state, &journal.instruments).into_iter().for_each(|row| table.row(row));
        output::table(&table);
    }
    output::line(found.sentence());
}

/// Both sides and what came before, by name.
fn sides(parting: &Parting, instruments: &[Instrument]) -> Vec<(&'static str, String)> {
    let side = |side: &Option<(Ts, Command)>| match side {
        Some((ts, command)) => format!("{} at {ts}", command_words(instruments, command)),
        None => "nothing".to_string(),
    };
    let mut words = vec![("record", parting.seq.to_string())];
    if let Some((seq, event)) = &parting.event {
        words.push(("after", format!("record {seq}, {}", event_words(instruments, event))));
    }
    let (recorded, given) = match &*parting.difference {
        Difference::Command { recorded, given } => (side(recorded), side(given)),
        Difference::Digest { recorded, given, .. } => {
            (format!("digest {recorded}"), format!("digest {given}"))
        }
        Difference::Prediction { recorded, given, .. } => {
            let features = &parting.state.features;
            let name = features.get(recorded.place as usize).map_or("no feature", |feature| &feature.name);
            let words = |prediction: &Prediction| format!("{name} is {}", prediction.value);
            (words(recorded), given.as_ref().map_or("nothing".to_string(), words))
        }
        Difference::TimeWentBack { from, to } => (format!("an event of {to}"), format!("is at {from}")),
    };
    words.extend([("recorded", recorded), ("kernel", given)]);
    words
}

/// What the kernel holds and sees, by name.
pub(super) fn state_words(state: &KernelState, instruments: &[Instrument]) -> Vec<[String; 2]> {
    let name = |id: InstrumentId| instruments[id.index()].name();
    let money = |x| written(Some(x), Unit::Money);
    let account = [["equity".to_string(), money(state.equity)], ["cash".to_string(), money(state.cash)]];
    let position = |(id, qty): &(InstrumentId, SignedQty)| {
        let units = instruments[id.index()].signed_f64(*qty);
        [format!("position in {}", name(*id)), units.to_string()]
    };
    let feature = |feature: &FeatureValue| {
        [format!("{} of {}", feature.name, name(feature.instrument)), feature.value.to_string()]
    };
    let (positions, features) = (state.positions.iter().map(position), state.features.iter().map(feature));
    account.into_iter().chain(positions).chain(features).collect()
}

/// The same as JSON.
pub(super) fn state_json(state: &KernelState, instruments: &[Instrument]) -> Value {
    let name = |id: InstrumentId| instruments[id.index()].name();
    let position = |(id, qty): &(InstrumentId, SignedQty)| json!({ "instrument": name(*id), "units": instruments[id.index()].signed_f64(*qty) });
    let feature = |feature: &FeatureValue| {
        json!({
            "feature": feature.name,
            "instrument": name(feature.instrument),
            "interval": feature.interval.to_string(),
            "value": feature.value,
        })
    };
    json!({
        "equity": state.equity,
        "cash": state.cash,
        "positions": state.positions.iter().map(position).collect::<Vec<_>>(),
        "features": state.features.iter().map(feature).collect::<Vec<_>>(),
    })
}

fn as_json(journal: &Journal, found: &Found) -> Value {
    let parting_json = |parting: &Parting| {
        let words = sides(parting, &journal.instruments);
        let mut object: serde_json::Map<String, Value> =
            words.into_iter().map(|(name, words)| (name.to_string(), words.into())).collect();
        object.insert("record".into(), parting.seq.into());
        object.insert("state".into(), state_json(&parting.state, &journal.instruments));
        Value::from(object)
    };
    json!({
        "subject": journal.header.subject,
        "code_id": journal.header.code_id,
        "started": journal.header.started.to_string(),
        "equal": found.is_equal(),
        "verdict": found.sentence(),
        "events": found.events,
        "commands": found.commands,
        "digests": found.digests,
        "predictions": found.predictions,
        "difference": found.parting.as_ref().map(parting_json),
        "unrecorded": found
            .unrecorded
            .iter()
            .map(|command| command_words(&journal.instruments, command))
            .collect::<Vec<_>>(),
        "torn": found.torn,
    })
}
