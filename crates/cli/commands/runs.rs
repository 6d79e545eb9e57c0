//! `workbench runs`: what has been run, side by side, and removed.

use std::collections::BTreeSet;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};
use wb_core::Span;
use wb_metrics::{Tearsheet, Unit};
use wb_store::{Listing, Manifest, Metrics, RunId, RunStore};

use super::Global;
use super::backtest::now;
use super::sweep_result;
use crate::error::UserError;
use crate::figures::{figures_json, written};
use crate::output::{self, Align, Format, Table};
use crate::settings::Project;

/// The commands below `workbench runs`.
#[derive(Subcommand, Debug)]
pub(crate) enum RunsCommand {
    /// Every stored run in a line, oldest first
    List(ListArgs),
    /// A run's spec, figures and provenance
    Show(ShowArgs),
    /// Specs and figures of several runs side by side, with what differs
    Compare(CompareArgs),
    /// Remove old runs
    Prune(PruneArgs),
}

/// Arguments of `workbench runs list`.
#[derive(Args, Debug)]
pub(crate) struct ListArgs {
    /// List sweeps instead of runs
    #[arg(long)]
    sweeps: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

/// Arguments of `workbench runs show`.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  workbench runs show 3f9a")]
pub(crate) struct ShowArgs {
    /// A run's id, its first digits (at least four), `latest`, or a ref
    id: String,
    /// How to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

/// Arguments of `workbench runs compare`.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  workbench runs compare 3f9a a07b")]
pub(crate) struct CompareArgs {
    /// Runs: ids, first digits or refs
    #[arg(required = true, num_args = 2..)]
    ids: Vec<String>,
    /// Show every figure and setting, not only those that differ
    #[arg(long)]
    all: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

/// Arguments of `workbench runs prune`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  workbench runs prune --older-than 30d         what would be removed
  workbench runs prune --older-than 30d --yes   remove it

Runs that a ref means are kept.")]
pub(crate) struct PruneArgs {
    /// Remove runs that are older than this: 12h, 30d
    #[arg(long, value_name = "SPAN", value_parser = parse_span)]
    older_than: Span,
    /// Really remove them
    #[arg(long)]
    yes: bool,
}

fn parse_span(text: &str) -> Result<Span, String> {
    Span::parse(text).ok_or_else(|| "write a number and a unit, such as 12h or 30d".to_string())
}

/// Shows or removes runs.
///
/// # Errors
/// If a run is not there or cannot be read.
pub(crate) fn run(command: RunsCommand, global: &Global) -> anyhow::Result<ExitCode> {
    let store = open_store(global)?;
    match command {
        RunsCommand::List(args) if args.sweeps => sweep_result::list(&store, args.format),
        RunsCommand::List(args) => list(&store, args.format),
        RunsCommand::Show(args) => show(&store, &args),
        RunsCommand::Compare(args) => compare(&store, &args),
        RunsCommand::Prune(args) => prune(&store, &args),
    }
}

/// The runs of the project.
pub(super) fn open_store(global: &Global) -> anyhow::Result<RunStore> {
    let project = global.project()?;
    let settings = project.settings(None, &global.flags()?)?;
    Ok(RunStore::open(project.folder(&settings, "paths.experiments")))
}

fn list(store: &RunStore, format: Format) -> anyhow::Result<ExitCode> {
    let Listing { runs, mut damaged } = store.list()?;
    let mut table = Table::new([
        ("run", Align::Left),
        ("started", Align::Left),
        ("what", Align::Left),
        ("return", Align::Right),
        ("sharpe", Align::Right),
        ("drawdown", Align::Right),
        ("trades", Align::Right),
    ]);
    let mut rows = Vec::new();
    for manifest in &runs {
        let metrics = match store.metrics(&manifest.id) {
            Ok(metrics) => metrics,
            // One damaged run hides no other.
            Err(error) => {
                damaged.push(error);
                continue;
            }
        };
        let figure = |key: &str, unit| written(metrics.get(key), unit);
        let started = manifest.provenance.started.to_string();
        table.row([
            manifest.id.short(),
            started[..16].replace('T', " "),
            manifest.provenance.title.clone(),
            figure("total_return", Unit::Percent),
            figure("sharpe", Unit::Ratio),
            figure("max_drawdown", Unit::Percent),
            figure("trades", Unit::Count),
        ]);
        rows.push(as_json(manifest, &metrics));
    }
    match format {
        Format::Json => output::json(&rows.into()),
        Format::Table if rows.is_empty() => output::note("no runs yet: `workbench backtest` makes one"),
        Format::Table => output::table(&table),
    }
    damaged.iter().for_each(output::warning);
    Ok(ExitCode::SUCCESS)
}

fn as_json(manifest: &Manifest, metrics: &Metrics) -> Value {
    json!({
        "run_id": manifest.id.to_string(),
        "digest": manifest.digest,
        "title": manifest.provenance.title,
        "started": manifest.provenance.started.to_string(),
        "warnings": manifest.provenance.warnings,
        "versions": manifest.provenance.versions,
        "figures": figures_json(metrics),
    })
}

fn show(store: &RunStore, args: &ShowArgs) -> anyhow::Result<ExitCode> {
    let id = store.resolve(&args.id)?;
    let manifest = store.find(&id)?.expect("it was resolved");
    let metrics = store.metrics(&id)?;
    let spec = store.spec(&id)?;
    if args.format == Format::Json {
        let mut object = as_json(&manifest, &metrics);
        object["spec"] = spec.into();
        output::json(&object);
        return Ok(ExitCode::SUCCESS);
    }
    output::heading(&manifest.provenance.title);
    let mut table = Table::new([("", Align::Left), ("", Align::Right)]);
    let mut group = "";
    for figure in Tearsheet::describe() {
        if figure.group != group {
            group = figure.group;
            table.heading(group);
        }
        table.row([figure.label.to_string(), written(metrics.get(figure.key), figure.unit)]);
    }
    output::table(&table);
    output::line("");
    output::heading("Spec");
    output::raw(&spec);
    output::line("");
    let mut about = Table::new([("", Align::Left), ("", Align::Left)]);
    let provenance = &manifest.provenance;
    about.row(["run", &id.to_string()]);
    about.row(["digest", &manifest.digest]);
    about.row(["started", &provenance.started.to_string()]);
    about.row(["took", &format!("{:.2} s", provenance.duration_s)]);
    about.row(["workbench", &provenance.workbench]);
    for (name, version) in &provenance.versions {
        about.row([name, version]);
    }
    about.row(["folder", &Project::shown(&store.folder(&id))]);
    output::table(&about);
    for warning in &provenance.warnings {
        output::warning(warning);
    }
    Ok(ExitCode::SUCCESS)
}

/// A run that is compared.
struct Side {
    id: RunId,
    digest: String,
    spec: Vec<(String, String)>,
    metrics: Metrics,
}

fn compare(store: &RunStore, args: &CompareArgs) -> anyhow::Result<ExitCode> {
    let mut sides = Vec::new();
    for text in &args.ids {
        let id = store.resolve(text)?;
        let digest = store.find(&id)?.expect("it was resolved").digest;
        sides.push(Side { id, digest, spec: spec_rows(&store.spec(&id)?)?, metrics: store.metrics(&id)? });
    }
    let keys: BTreeSet<&String> =
        sides.iter().flat_map(|side| side.spec.iter().map(|(key, _)| key)).collect();
    let settings = keys.into_iter().map(|key| {
        let value = |side: &Side| {
            side.spec.iter().find(|(k, _)| k == key).map_or("-".to_string(), |(_, v)| v.clone())
        };
        (key.clone(), sides.iter().map(value).collect::<Vec<_>>())
    });
    let figures = Tearsheet::describe().map(|figure| {
        let value = |side: &Side| written(side.metrics.get(figure.key), figure.unit);
        (figure.label.to_string(), sides.iter().map(value).collect::<Vec<_>>())
    });
    let differs =
        |(_, values): &(String, Vec<String>)| args.all || values.iter().any(|value| *value != values[0]);
    if args.format == Format::Json {
        output::json(&compare_json(&sides));
        return Ok(ExitCode::SUCCESS);
    }
    let headings = sides.iter().map(|side| (side.id.short(), Align::Right));
    let mut table = Table::new([(String::new(), Align::Left)].into_iter().chain(headings));
    let row = |(name, values): (String, Vec<String>)| [name].into_iter().chain(values);
    table.heading("Spec");
    settings.filter(differs).for_each(|line| table.row(row(line)));
    table.heading("Figures");
    figures.filter(differs).for_each(|line| table.row(row(line)));
    table.row(row(("digest".to_string(), sides.iter().map(|side| side.digest[..12].to_string()).collect())));
    output::table(&table);
    if sides.iter().all(|side| side.digest == sides[0].digest) {
        output::note("the digests are equal: these runs traded alike, order for order and fill for fill");
    }
    Ok(ExitCode::SUCCESS)
}

fn compare_json(sides: &[Side]) -> Value {
    let side = |side: &Side| {
        let spec: Map<String, Value> = side.spec.iter().map(|(k, v)| (k.clone(), v.clone().into())).collect();
        let figures = figures_json(&side.metrics);
        json!({ "run_id": side.id.to_string(), "digest": side.digest, "spec": spec, "figures": figures })
    };
    sides.iter().map(side).collect()
}

/// Dotted keys and values of a stored spec.
fn spec_rows(text: &str) -> anyhow::Result<Vec<(String, String)>> {
    fn walk(prefix: &str, table: &toml::Table, rows: &mut Vec<(String, String)>) {
        for (key, value) in table {
            let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
            match value {
                toml::Value::Table(inner) => walk(&path, inner, rows),
                toml::Value::String(text) => rows.push((path, text.clone())),
                other => rows.push((path, other.to_string())),
            }
        }
    }
    let table: toml::Table =
        text.parse().map_err(|error| UserError::data(format!("a stored spec cannot be read: {error}")))?;
    let mut rows = Vec::new();
    walk("", &table, &mut rows);
    Ok(rows)
}

fn prune(store: &RunStore, args: &PruneArgs) -> anyhow::Result<ExitCode> {
    let before = now() - args.older_than;
    let kept: BTreeSet<RunId> = store.refs()?.into_iter().map(|(_, id)| id).collect();
    let listing = store.list()?;
    let old: Vec<&Manifest> =
        listing.runs.iter().filter(|m| m.provenance.started < before && !kept.contains(&m.id)).collect();
    for manifest in &old {
        if args.yes {
            store.remove(&manifest.id)?;
        }
        output::line(format_args!("{} {}", manifest.id.short(), manifest.provenance.title));
    }
    match (old.len(), args.yes) {
        (0, _) => output::note(format_args!("no run is older than {}", args.older_than)),
        (n, true) => output::note(format_args!("{n} removed")),
        (n, false) => output::note(format_args!("{n} would be removed; say --yes to remove them")),
    }
    Ok(ExitCode::SUCCESS)
}
