//! `workbench strategy`: the table of strategies and what each declares.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::json;
use wb_core::{ParamKind, ParamSet, ParamSpec, ParamValue};
use wb_kernel::StrategyEntry;
use wb_strategies::STRATEGIES;

use crate::output::{self, Align, Format, Table};
use crate::settings::strategy_named;

/// The commands below `workbench strategy`.
#[derive(Subcommand, Debug)]
pub(crate) enum StrategyCommand {
    /// Every strategy in a line
    List(ListArgs),
    /// A strategy's idea, roles and parameters
    Show(ShowArgs),
}

/// Arguments of `workbench strategy list`.
#[derive(Args, Debug)]
pub(crate) struct ListArgs {
    /// How to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

/// Arguments of `workbench strategy show`.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  workbench strategy show sma-cross")]
pub(crate) struct ShowArgs {
    /// Name in `workbench strategy list`
    name: String,
    /// How to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

/// Prints strategies.
///
/// # Errors
/// If there is none of the name.
pub(crate) fn run(command: StrategyCommand) -> anyhow::Result<ExitCode> {
    match command {
        StrategyCommand::List(args) => list(args.format),
        StrategyCommand::Show(args) => show(strategy_named(STRATEGIES, &args.name)?, args.format),
    }
    Ok(ExitCode::SUCCESS)
}

fn list(format: Format) {
    if format == Format::Json {
        return output::json(&STRATEGIES.iter().map(as_json).collect());
    }
    let mut table = Table::new([("strategy", Align::Left), ("idea", Align::Left)]);
    STRATEGIES.iter().for_each(|entry| table.row([entry.name, entry.about]));
    output::table(&table);
}

fn show(entry: &StrategyEntry, format: Format) {
    if format == Format::Json {
        return output::json(&as_json(entry));
    }
    output::heading(entry.name);
    output::line(entry.about);
    output::line("");
    let mut roles = Table::new([("role", Align::Left), ("takes", Align::Left), ("for", Align::Left)]);
    for role in entry.roles {
        roles.row([role.name, if role.many { "several" } else { "one" }, role.doc]);
    }
    if let Some(doc) = entry.more_roles {
        roles.row(["any other", "one", doc]);
    }
    output::table(&roles);
    output::line("");
    let headings = [("parameter", Align::Left), ("default", Align::Right), ("allowed", Align::Left)];
    let mut params = Table::new(headings.into_iter().chain([("meaning", Align::Left)]));
    for spec in specs(entry) {
        params.row([
            spec.name.to_string(),
            spec.default.to_string(),
            spec.kind.to_string(),
            spec.doc.to_string(),
        ]);
    }
    output::table(&params);
    output::line("");
    if let Some(manual) = entry.manual {
        output::line(manual());
        output::line("");
    }
    output::line(format_args!("a spec to begin with: config/runs/{}.toml", entry.name));
}

/// What it takes while nothing is given.
fn specs(entry: &StrategyEntry) -> Vec<ParamSpec> {
    (entry.specs)(&ParamSet::new()).expect("the defaults of a strategy are accepted")
}

fn as_json(entry: &StrategyEntry) -> serde_json::Value {
    let roles =
        entry.roles.iter().map(|role| json!({ "name": role.name, "many": role.many, "doc": role.doc }));
    json!({
        "name": entry.name,
        "about": entry.about,
        "roles": roles.collect::<Vec<_>>(),
        "more_roles": entry.more_roles,
        "params": specs(entry).iter().map(param_json).collect::<Vec<_>>(),
    })
}

fn param_json(spec: &ParamSpec) -> serde_json::Value {
    let default = match &spec.default {
        ParamValue::Int(x) => json!(x),
        ParamValue::Float(x) => json!(x),
        ParamValue::Bool(x) => json!(x),
        ParamValue::Choice(x) => json!(x),
        ParamValue::Text(x) => json!(&**x),
        ParamValue::Targets(x) => json!(x.source),
    };
    let allowed = match spec.kind {
        ParamKind::Int { min, max, step } => json!({ "type": "int", "min": min, "max": max, "step": step }),
        ParamKind::Float { min, max, step } => {
            json!({ "type": "float", "min": min, "max": max, "step": step })
        }
        ParamKind::Bool => json!({ "type": "bool" }),
        ParamKind::Choice(words) => json!({ "type": "choice", "words": words }),
        ParamKind::Text => json!({ "type": "text" }),
        ParamKind::Targets => json!({ "type": "targets" }),
    };
    json!({ "name": spec.name, "doc": spec.doc, "default": default, "allowed": allowed })
}
