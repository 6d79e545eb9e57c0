//! `workbench model check`: models held against their golden rows.

use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};
use wb_infer::InferError;

use crate::error::Exit;
use crate::models::{GoldenResult, ModelLibrary};
use crate::output::{self, Align, Format, Table};

/// Arguments of `workbench model check`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  workbench model check
  workbench model check alpha@1

Exits 1 where a model gives something else than when it was added, or its runtime cannot be had.")]
pub(crate) struct CheckArgs {
    /// A model: its name, or name@version [default: all]
    model: Option<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

/// Checks models.
///
/// # Errors
/// If one is not there, or is damaged.
pub(super) fn run(args: &CheckArgs, library: &ModelLibrary) -> anyhow::Result<ExitCode> {
    let wanted = match &args.model {
        Some(model) => vec![model.clone()],
        None => library.store.list()?.iter().map(|listing| listing.card.reference()).collect(),
    };
    let mut table = Table::new(["model", "runtime", "golden rows"].map(|name| (name, Align::Left)));
    let (mut rows, mut all_good) = (Vec::new(), true);
    for model in &wanted {
        let checked = library.check(model)?;
        for (serves, result) in [(true, &checked.serving), (false, &checked.other)] {
            let verdict = Verdict::of(result, serves);
            all_good &= verdict != Verdict::Bad;
            table.row([checked.reference.clone(), result.runtime.clone(), told(result)]);
            rows.push(as_json(&checked.reference, result, verdict));
        }
    }
    match args.format {
        Format::Json => output::json(&Value::from(rows)),
        Format::Table if wanted.is_empty() => output::note("no models yet: `workbench model add` keeps one"),
        Format::Table => output::table(&table),
    }
    Ok(if all_good { ExitCode::SUCCESS } else { ExitCode::from(Exit::No.code()) })
}

/// What a result means for the model.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Verdict {
    /// It gives what it gave.
    Good,
    /// It gives something else, or the runtime that is to serve it cannot.
    Bad,
    /// A runtime that does not serve it cannot run it, or is not there.
    Absent,
}

impl Verdict {
    /// `serves` is whether the runtime is the one that serves the model.
    fn of(result: &GoldenResult, serves: bool) -> Verdict {
        match &result.difference {
            Ok(_) => Verdict::Good,
            Err(InferError::Golden { .. }) => Verdict::Bad,
            Err(_) if serves => Verdict::Bad,
            Err(_) => Verdict::Absent,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Verdict::Good => "good",
            Verdict::Bad => "bad",
            Verdict::Absent => "absent",
        }
    }
}

fn told(result: &GoldenResult) -> String {
    match &result.difference {
        Ok(difference) => agreement(*difference),
        Err(error) => error.to_string(),
    }
}

/// How near two computations are, in words.
pub(super) fn agreement(difference: f32) -> String {
    if difference > 0.0 { format!("agree to {difference:.1e}") } else { "equal to the bit".to_string() }
}

fn as_json(model: &str, result: &GoldenResult, verdict: Verdict) -> Value {
    json!({
        "model": model,
        "runtime": result.runtime,
        "verdict": verdict.name(),
        "difference": result.difference.as_ref().ok(),
        "message": result.difference.as_ref().err().map(ToString::to_string),
    })
}
