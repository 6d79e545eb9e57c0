//! `workbench deploy`: a run proved again, held against every gate, and made into the bundle that a name points to.

use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

use anyhow::Context;
use clap::Args;
use serde_json::{Value, json};
use wb_store::{Bundle, Deployment, GateRecord};

use super::Global;
use super::proof::Proof;
use crate::deployed::{deployments, this_binary};
use crate::error::{Exit, UserError};
use crate::figures::written;
use crate::gates::{Judged, Thresholds, Waivers, judge};
use crate::output::{self, Align, Format, Progress, Table};
use crate::settings::Project;

/// Arguments of `workbench deploy`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  workbench deploy 3f9a --to paper-near
  workbench deploy 3f9a --to paper-near --waive history_days --reason \"the market is two months old\"

The run is run again event by event and must give its digest. Then every gate of config/gates.toml must be passed, or
waived with a reason, which the bundle keeps. The exit code is 1 where a gate is in the way.")]
pub(crate) struct DeployArgs {
    /// A run: its id, the beginning of it, `latest`, or a ref
    run: String,
    /// The deployment that is to trade it: a file in config/deployments
    #[arg(long, value_name = "NAME")]
    to: String,
    /// The thresholds of the gates, instead of config/gates.toml
    #[arg(long, value_name = "FILE")]
    gates: Option<PathBuf>,
    /// Let a gate, or `all`, be in nobody's way; needs a reason
    #[arg(long, value_name = "GATE")]
    waive: Vec<String>,
    /// Why, for each --waive in its order
    #[arg(long, value_name = "TEXT")]
    reason: Vec<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

/// Deploys a run, or says which gates are in its way.
///
/// # Errors
/// If the run is not what it was, a waiver or threshold is none, or the bundle cannot be made.
pub(crate) fn run(args: &DeployArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let project = global.project()?;
    let thresholds = Thresholds::of(&project, args.gates.as_deref())?;
    let waivers = Waivers::of(&args.waive, &args.reason)?;
    let progress = Progress::step("looking up data");
    let proof = Proof::of(&args.run, global, &project, &progress)?;
    let judged = judge(&proof.evidence, &thresholds, &waivers);
    let promoted = if judged.iter().any(Judged::blocks) {
        None
    } else {
        progress.next("making the bundle");
        let bundle = proof.bundle(&judged)?;
        progress.next("replaying the golden events in a process of their own");
        try_elsewhere(&project, &bundle)?;
        Some((Deployment::point(&deployments(&project), &args.to, bundle.id)?, bundle))
    };
    drop(progress);
    match args.format {
        Format::Json => output::json(&as_json(&proof, &judged, promoted.as_ref())),
        Format::Table => print(&proof, &judged, promoted.as_ref()),
    }
    Ok(if promoted.is_some() { ExitCode::SUCCESS } else { ExitCode::from(Exit::No.code()) })
}

/// Replays the golden events in a process that has nothing of this one.
fn try_elsewhere(project: &Project, bundle: &Bundle) -> anyhow::Result<()> {
    let mut command = Command::new(this_binary()?);
    command.arg("--project").arg(&project.root).args(["check", "bundle"]).arg(bundle.id.to_string());
    let done = command.stdout(Stdio::null()).output().context("starting a process for the golden events")?;
    if done.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&done.stderr);
    let message =
        format!("bundle {} does not hold in a process of its own: {}", bundle.id.short(), said.trim());
    Err(UserError::no(message).hint("please report this; the deployment points where it did").into())
}

const fn verdict(record: &GateRecord) -> &'static str {
    match (record.passed, &record.waived, record.value) {
        (true, ..) => "passed",
        (false, Some(_), _) => "waived",
        (false, None, Some(_)) => "failed",
        (false, None, None) => "not known",
    }
}

fn print(proof: &Proof, judged: &[Judged], promoted: Option<&(Deployment, Bundle)>) {
    output::heading(&format!("Gates: {}", proof.manifest.provenance.title));
    let mut table = Table::new([
        ("gate", Align::Left),
        ("", Align::Left),
        ("must be", Align::Left),
        ("threshold", Align::Right),
        ("is", Align::Right),
        ("", Align::Left),
        ("evidence", Align::Left),
    ]);
    for Judged { gate, record, .. } in judged {
        let number = |x| written(x, gate.unit);
        let cells = [gate.label.to_string(), record.gate.clone(), gate.bound.words().to_string()];
        let values = [number(Some(record.threshold)), number(record.value), verdict(record).to_string()];
        table.row(cells.into_iter().chain(values).chain([record.evidence.clone()]));
    }
    output::table(&table);
    output::line("");
    for Judged { record, .. } in judged {
        if let Some(reason) = &record.waived {
            output::warning(format_args!("the gate {} is waived: {reason}", record.gate));
        }
    }
    let Some((deployment, bundle)) = promoted else { return refuse(judged) };
    let golden = &bundle.manifest.golden;
    output::line(format_args!(
        "The run gives its digest again, and this binary answers its {} golden events as recorded.",
        golden.events
    ));
    output::line("");
    let mut about = Table::new([("", Align::Left), ("", Align::Left)]);
    about.row(["bundle", &bundle.id.short()]);
    about.row(["folder", &Project::shown(&bundle.folder)]);
    about.row(["deployment", &Project::shown(&deployment.path)]);
    output::table(&about);
}

/// Says which gates are in the way and what would help.
fn refuse(judged: &[Judged]) {
    let blocking: Vec<&Judged> = judged.iter().filter(|judged| judged.blocks()).collect();
    let keys: Vec<&str> = blocking.iter().map(|judged| judged.gate.key).collect();
    output::line(format_args!(
        "Not deployed: {} of {} gates are in the way: {}.",
        keys.len(),
        judged.len(),
        keys.join(", ")
    ));
    let mut hints: Vec<&str> = blocking.iter().filter_map(|judged| judged.hint.as_deref()).collect();
    hints.dedup();
    hints.into_iter().for_each(output::note);
}

fn as_json(proof: &Proof, judged: &[Judged], promoted: Option<&(Deployment, Bundle)>) -> Value {
    let gate = |Judged { gate, record, hint }: &Judged| {
        json!({
            "gate": gate.key,
            "label": gate.label,
            "bound": record.bound,
            "threshold": record.threshold,
            "value": record.value,
            "verdict": verdict(record),
            "evidence": record.evidence,
            "waived": record.waived,
            "hint": hint,
        })
    };
    json!({
        "run": proof.manifest.id.to_string(),
        "digest": proof.manifest.digest,
        "deployed": promoted.is_some(),
        "gates": judged.iter().map(gate).collect::<Vec<_>>(),
        "bundle": promoted.map(|(_, bundle)| bundle.id.to_string()),
        "folder": promoted.map(|(_, bundle)| bundle.folder.display().to_string()),
        "deployment": promoted.map(|(deployment, _)| deployment.path.display().to_string()),
        "golden": promoted.map(|(_, bundle)| {
            let golden = &bundle.manifest.golden;
            json!({ "events": golden.events, "commands": golden.commands, "digest": golden.digest })
        }),
    })
}
