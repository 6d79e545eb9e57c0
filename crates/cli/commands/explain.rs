//! `workbench explain`: why an order was given, and what became of it.

use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};
use wb_core::{Command, Event, Instrument, OrderId, Ts};
use wb_kernel::Replay;
use wb_live::session::Stage;
use wb_store::{Journal, JournalRecord, Observation, StageTimes};

use super::Global;
use super::replay::{find_journal, state_json, state_words};
use crate::error::UserError;
use crate::order_words::{command_words, event_words};
use crate::output::{self, Align, Format, Table};
use crate::recorded::{KernelState, Recorded};

/// Arguments of `workbench explain`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  workbench explain paper-near 12
  workbench explain journals/sma 3

A fresh kernel is told what the journal says up to the order: what it saw then, features and model outputs included, is
what the strategy saw. Of an order that was given live it says how long each stage took, from the venue's frame on.")]
pub(crate) struct ExplainArgs {
    /// The folder of the journal, or the name of a deployment
    journal: String,
    /// The order's number
    order: u64,
    /// How to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

/// Why an order was given.
struct Given {
    /// The number of its record.
    seq: u64,
    at: Ts,
    command: Command,
    /// The event that it answers.
    event: Option<(u64, Event)>,
    state: KernelState,
}

/// Tells a kernel what the journal says, up to the order and on to what became of it.
///
/// # Errors
/// If the journal is damaged, is another code's, or has no such order.
pub(crate) fn run(args: &ExplainArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let (folder, project) = find_journal(&args.journal, global)?;
    let journal = Journal::open(&folder)?;
    let recorded = Recorded::of(&journal, &folder, &[], &project)?;
    let id = OrderId(args.order);
    let mut replay = Replay::new(recorded.kernel()?);
    let (mut event, mut given, mut after, mut times) = (None, None, Vec::new(), None);
    let mut last_order = 0;
    let mut records = journal.records();
    while let Some(entry) = records.next()? {
        let told = match &entry.record {
            JournalRecord::Event(told) => {
                if let Event::Order { ts, event } = told
                    && event.order() == id
                {
                    after.push((*ts, event_words(&journal.instruments, told)));
                }
                event = Some((entry.seq, *told));
                replay.event(told)
            }
            JournalRecord::Command(at, command) => {
                let (Command::Submit { id: own, .. }
                | Command::Refused { id: own, .. }
                | Command::Cancel { id: own }) = *command;
                last_order = last_order.max(own.0);
                match command {
                    Command::Cancel { .. } if own == id => {
                        after.push((*at, command_words(&journal.instruments, command)));
                    }
                    _ if own == id => {
                        let state = KernelState::of(replay.kernel());
                        given = Some(Given { seq: entry.seq, at: *at, command: *command, event, state });
                    }
                    _ => {}
                }
                replay.command(*at, command)
            }
            JournalRecord::Observation(_, Observation::Stages(stages)) if stages.is_of(id) => {
                times = Some(*stages);
                Ok(())
            }
            JournalRecord::Digest(..) | JournalRecord::Prediction(..) | JournalRecord::Observation(..) => {
                Ok(())
            }
        };
        told.map_err(|difference| {
            UserError::no(format!("record {}: {difference}", entry.seq))
                .hint("`workbench replay` shows both sides; the journal is of other code or parameters")
        })?;
    }
    let Some(given) = given else {
        let message = format!("{}: no order {}", args.journal, args.order);
        return Err(UserError::data(message).hint(format!("its orders end with {last_order}")).into());
    };
    match args.format {
        Format::Json => output::json(&as_json(&given, &after, times.as_ref(), &journal.instruments)),
        Format::Table => print(&given, &after, times.as_ref(), &journal.instruments),
    }
    Ok(ExitCode::SUCCESS)
}

/// What our own risk limits said.
fn risk(command: &Command) -> String {
    match command {
        Command::Refused { reason, .. } => format!("refused: {reason}"),
        _ => "within every limit".to_string(),
    }
}

fn print(given: &Given, after: &[(Ts, String)], times: Option<&StageTimes>, instruments: &[Instrument]) {
    let mut table = Table::new([("", Align::Left), ("", Align::Left)]);
    table.row(["order".to_string(), command_words(instruments, &given.command)]);
    table.row(["given".to_string(), format!("{}, record {}", given.at, given.seq)]);
    if let Some((seq, event)) = &given.event {
        table.row(["answers".to_string(), format!("record {seq}, {}", event_words(instruments, event))]);
    }
    table.row(["risk".to_string(), risk(&given.command)]);
    table.heading("What the strategy saw:");
    state_words(&given.state, instruments).into_iter().for_each(|row| table.row(row));
    if let Some(times) = times {
        table.heading("How long it took:");
        for stage in Stage::ALL {
            let took = format!("{:.1} us, {}", stage.ns(times) as f64 / 1_000.0, stage.about());
            table.row([stage.name().to_string(), took]);
        }
    }
    table.heading("What became of it:");
    for (ts, words) in after {
        table.row([format!("after {}", *ts - given.at), words.clone()]);
    }
    output::table(&table);
}

fn as_json(
    given: &Given,
    after: &[(Ts, String)],
    times: Option<&StageTimes>,
    instruments: &[Instrument],
) -> Value {
    let by_stage = |times: &StageTimes| -> serde_json::Map<String, Value> {
        Stage::ALL.into_iter().map(|stage| (stage.name().to_string(), stage.ns(times).into())).collect()
    };
    json!({
        "order": command_words(instruments, &given.command),
        "record": given.seq,
        "given": given.at.to_string(),
        "answers": given.event.map(|(seq, event)| json!({ "record": seq, "event": event_words(instruments, &event) })),
        "risk": risk(&given.command),
        "kernel": state_json(&given.state, instruments),
        "stages_ns": times.map(by_stage),
        "after": after
            .iter()
            .map(|(ts, words)| json!({ "ns": (*ts - given.at).0, "what": words }))
            .collect::<Vec<_>>(),
    })
}
