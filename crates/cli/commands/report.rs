//! `workbench report`: where the report of a run, a sweep or a deployment is, rendered again if asked, opened if asked.

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use clap::Args;
use wb_engine::RunInput;
use wb_metrics::Tearsheet;
use wb_store::{Deployment, RunId, RunStore, StoreError};
use wb_strategies::STRATEGIES;

use super::Global;
use super::runs::open_store;
use crate::deployed::deployments;
use crate::error::UserError;
use crate::live::{journal_folder, write_session_report};
use crate::market::{Market, open_catalog};
use crate::models::{ModelLibrary, check_unchanged};
use crate::output;
use crate::page::{Page, provenance_rows, render};
use crate::settings::{Project, SpecText, resolve_run};
use crate::targets;

/// Arguments of `workbench report`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  workbench report 3f9a --open
  workbench report a07b              the report of a sweep
  workbench report paper-near        what a deployment did live, made of its journal; also while it goes on
  workbench report 3f9a --render     make it again with this version, from the stored run")]
pub(crate) struct ReportArgs {
    /// The id of a run or a sweep, its first digits (at least four), `latest`, a ref, a deployment, or a journal's folder
    id: String,
    /// Show it in the browser
    #[arg(long)]
    open: bool,
    /// Make it again from the stored run and the catalog; that of a deployment is made at each call
    #[arg(long)]
    render: bool,
}

/// Prints the path of a report.
///
/// # Errors
/// If the run is not there, or its data have changed since.
pub(crate) fn run(args: &ReportArgs, global: &Global) -> anyhow::Result<ExitCode> {
    let store = open_store(global)?;
    let path = match store.resolve(&args.id) {
        Ok(id) => {
            if args.render {
                render_again(&store, &id, global)?;
            }
            store.report_path(&id)
        }
        Err(StoreError::NotFound(_) | StoreError::ShortPrefix(_)) => {
            match session_report(&store, args, global)? {
                Some(path) => path,
                None => sweep_report(&store, args)?,
            }
        }
        Err(error) => return Err(error.into()),
    };
    output::line(Project::shown(&path));
    if args.open {
        let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
        let opened = Command::new(opener).arg(&path).status();
        if !opened.is_ok_and(|status| status.success()) {
            output::warning(format_args!("{opener} could not show it: open the file in a browser"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Where the report of the deployment or journal is that `args` name, if they name one.
fn session_report(store: &RunStore, args: &ReportArgs, global: &Global) -> anyhow::Result<Option<PathBuf>> {
    let project = global.project()?;
    let settings = project.settings(None, &global.flags()?)?;
    let folder = journal_folder(&args.id, &project, &settings);
    if folder.join("header.toml").is_file() {
        return Ok(Some(write_session_report(&folder, &project, store)?));
    }
    if Deployment::read(&deployments(&project.root), &args.id).is_ok() {
        let error = UserError::data(format!("{} has had no session yet", args.id));
        return Err(error.hint(format!("`workbench live {}` begins one", args.id)).into());
    }
    Ok(None)
}

/// Where the report of the sweep is that `args` name.
fn sweep_report(store: &RunStore, args: &ReportArgs) -> anyhow::Result<PathBuf> {
    let id = store.resolve_sweep(&args.id)?;
    let path = store.sweep_report_path(&id);
    if args.render {
        let error = UserError::usage("the report of a sweep is made with the sweep, not by itself");
        return Err(error.hint("`workbench optimize … --force` runs the sweep again").into());
    }
    if !path.is_file() {
        let message = format!("sweep {} was cut short and has no report yet", id.short());
        return Err(UserError::data(message).hint("`workbench optimize … --resume` goes on with it").into());
    }
    Ok(path)
}

/// Renders the report of a stored run with this version's page.
fn render_again(store: &RunStore, id: &RunId, global: &Global) -> anyhow::Result<()> {
    let stored = store.load(id)?;
    let project = global.project()?;
    let file = SpecText { path: "spec.toml".to_string(), text: stored.spec.clone() };
    let settings = project.settings(Some(&file), &[])?;
    let request = resolve_run(&settings, STRATEGIES, "spec.toml", &project.root)?;
    let entry = request.strategy;
    targets::check_unchanged(&request.params, &stored.spec, &format!("run {}", id.short()))?;
    let market = Market::find(open_catalog(&project.folder(&settings, "paths.data"))?, &request)?;
    let then: Vec<&String> = stored.manifest.provenance.data.iter().map(|d| &d.fingerprint).collect();
    if !then.into_iter().eq(&market.fingerprints) {
        let message = format!("the data of run {} have changed since it was made", id.short());
        return Err(UserError::data(message)
            .hint("its stored report is as it was; run the spec again for a new one")
            .into());
    }
    let models = ModelLibrary::of(&project, &settings).load(&request.models)?;
    check_unchanged(&models, &stored.spec, &format!("run {}", id.short()))?;
    let spec = market.run_spec(request, models, &stored.manifest.provenance.code_id);
    let bars = market.read()?;
    let input = RunInput {
        entry,
        spec: &spec,
        instruments: market.instruments.clone(),
        bars: bars.traded(),
        benchmark: bars.benchmark(),
    };
    let tearsheet = Tearsheet::of(&stored.outcome);
    let manifest = &stored.manifest;
    let mut provenance = provenance_rows(id, &manifest.digest, &manifest.provenance);
    provenance.push(("Rendered by".to_string(), env!("CARGO_PKG_VERSION").to_string()));
    let computed: Vec<String> =
        wb_report::warnings(&stored.outcome, &tearsheet).into_iter().map(|w| w.text).collect();
    let notes: Vec<String> =
        manifest.provenance.warnings.iter().filter(|w| !computed.contains(w)).cloned().collect();
    let page = Page {
        input: &input,
        outcome: &stored.outcome,
        tearsheet: &tearsheet,
        notes: &notes,
        provenance: &provenance,
    };
    Ok(store.replace_report(id, &render(&page)?)?)
}
