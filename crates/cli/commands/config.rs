//! `workbench config`: every setting with its value and where it was written.

use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::Global;
use crate::output::{self, Align, Format, Table};
use crate::settings::{Entry, Home, KEYS, Settings};

/// Arguments of `workbench config`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  workbench config                              what holds without a run spec
  workbench config config/runs/sma-cross.toml   what a run of this spec would use
  WORKBENCH_ACCOUNT_CASH=5000 workbench config --set simulation.fees.taker_bps=10

Lowest first: defaults, config/workbench.toml, config/risk.toml, config/profiles/NAME.toml, the run spec,
WORKBENCH_* variables, flags.")]
pub(crate) struct ConfigArgs {
    /// A run spec, to see what a run of it would use
    spec: Option<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

/// Prints the settings.
///
/// # Errors
/// If a file of settings cannot be read or holds what it may not.
pub(crate) fn run(args: &ConfigArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let project = global.project()?;
    let spec = args.spec.as_deref().map(|name| project.spec(Some(name))).transpose()?;
    let settings = project.settings(spec.as_ref(), &global.flags()?)?;
    match args.format {
        Format::Table => {
            output::table(&as_table(&settings));
            output::note(format_args!("project folder: {}", project.root.display()));
        }
        Format::Json => output::json(&as_json(&settings)),
    }
    Ok(ExitCode::SUCCESS)
}

/// One key, set or not.
struct Row<'a> {
    path: String,
    entry: Option<&'a Entry>,
    doc: &'static str,
}

/// Every key in the order of the table of keys, the parameters after the strategy.
fn rows(settings: &Settings) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    for key in KEYS.iter().filter(|key| key.home != Home::Sweep) {
        rows.push(Row { path: key.path.to_string(), entry: settings.get(key.path), doc: key.doc });
        if key.path == "strategy" {
            let params = settings.below("params.");
            rows.extend(params.map(|(name, entry)| Row {
                path: format!("params.{name}"),
                entry: Some(entry),
                doc: "",
            }));
        }
    }
    rows
}

fn as_table(settings: &Settings) -> Table {
    let mut table =
        Table::new([("key", Align::Left), ("value", Align::Left), ("from", Align::Left), ("", Align::Left)]);
    for Row { path, entry, doc } in rows(settings) {
        let (value, source) = match entry {
            Some(entry) => (entry.written.clone(), entry.source.to_string()),
            None => ("-".to_string(), "-".to_string()),
        };
        table.row([path, value, source, doc.to_string()]);
    }
    table
}

fn as_json(settings: &Settings) -> serde_json::Value {
    let entries = rows(settings).into_iter().map(|row| {
        let value = row.entry.map(|entry| entry.written.clone());
        let source = row.entry.map(|entry| entry.source.to_string());
        (row.path, json!({ "value": value, "source": source }))
    });
    entries.collect::<serde_json::Map<_, _>>().into()
}
