//! `workbench deploy`: a run proved again, held against every gate, and made into the bundle that a name points to.

mod attached;
mod folder;
mod proof;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};
use wb_store::{Bundle, Deployment, GateRecord};

use super::Global;
use crate::deployed::{check_elsewhere, deployments, this_binary};
use crate::error::Exit;
use crate::figures::{grouped, written};
use crate::gates::{Judged, Thresholds, Waivers, judge};
use crate::output::{self, Align, Format, Progress, Table};
use crate::settings::{Project, Settings};

use self::folder::DeployFolder;
use self::proof::Proof;

/// Arguments of `workbench deploy`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  workbench deploy 3f9a --to paper-near
  workbench deploy 3f9a --to paper-near --dir paper-near
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
    /// Make a folder as well that runs on another machine: binary, bundle, settings and a systemd unit
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
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
    Deployment::path(&deployments(&project.root), &args.to)?;
    let settings = project.settings(None, &global.flags()?)?;
    if let Some(dir) = &args.dir {
        DeployFolder::check(dir, &settings)?;
    }
    let progress = Progress::step("looking up data");
    let proof = Proof::of(&args.run, global, &project, &progress)?;
    let judged = judge(&proof.evidence, &thresholds, &waivers);
    let promoted = match judged.iter().any(Judged::blocks) {
        true => None,
        false => Some(promote(args, &project, &settings, &proof, &judged, &progress)?),
    };
    drop(progress);
    match args.format {
        Format::Json => output::json(&as_json(args, &proof, &judged, promoted.as_ref())),
        Format::Table => print(args, &proof, &judged, promoted.as_ref()),
    }
    Ok(if promoted.is_some() { ExitCode::SUCCESS } else { ExitCode::from(Exit::No.code()) })
}

/// What was deployed.
struct Promoted {
    bundle: Bundle,
    deployment: Deployment,
}

/// Makes the bundle, tries it in a process of its own, makes the folder if one is wanted, and then moves the pointer.
fn promote(
    args: &DeployArgs,
    project: &Project,
    settings: &Settings,
    proof: &Proof,
    judged: &[Judged],
    progress: &Progress,
) -> anyhow::Result<Promoted> {
    progress.next("making the bundle");
    let bundle = proof.bundle(project, settings, judged)?;
    progress.next("replaying the golden events in a process of their own");
    check_elsewhere(&this_binary()?, &project.root, &bundle.id.to_string())?;
    if let Some(dir) = &args.dir {
        progress.next("making the folder");
        DeployFolder { dir, project, settings, name: &args.to, bundle: &bundle }.make()?;
    }
    let deployment = Deployment::point(&deployments(&project.root), &args.to, bundle.id)?;
    Ok(Promoted { bundle, deployment })
}

const fn verdict(record: &GateRecord) -> &'static str {
    match (record.passed, &record.waived, record.value) {
        (true, ..) => "passed",
        (false, Some(_), _) => "waived",
        (false, None, Some(_)) => "failed",
        (false, None, None) => "not known",
    }
}

fn print(args: &DeployArgs, proof: &Proof, judged: &[Judged], promoted: Option<&Promoted>) {
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
    let Some(Promoted { deployment, bundle }) = promoted else { return refuse(judged) };
    let golden = &bundle.manifest.golden;
    output::line(format_args!(
        "The run gives its digest again, and this binary answers its {} golden events as recorded.",
        grouped(golden.events as f64, 0)
    ));
    output::line("");
    let mut about = Table::new([("", Align::Left), ("", Align::Left)]);
    about.row(["bundle", &bundle.id.short()]);
    about.row(["folder", &Project::shown(&bundle.folder)]);
    about.row(["deployment", &Project::shown(&deployment.path)]);
    if let Some(dir) = &args.dir {
        about.row(["for another machine", &Project::shown(dir)]);
    }
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

fn as_json(args: &DeployArgs, proof: &Proof, judged: &[Judged], promoted: Option<&Promoted>) -> Value {
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
        "bundle": promoted.map(|promoted| promoted.bundle.id.to_string()),
        "folder": promoted.map(|promoted| promoted.bundle.folder.display().to_string()),
        "deployment": promoted.map(|promoted| promoted.deployment.path.display().to_string()),
        "dir": args.dir.as_ref().filter(|_| promoted.is_some()).map(|dir| dir.display().to_string()),
        "golden": promoted.map(|promoted| {
            let golden = &promoted.bundle.manifest.golden;
            json!({ "events": golden.events, "commands": golden.commands, "digest": golden.digest })
        }),
    })
}
