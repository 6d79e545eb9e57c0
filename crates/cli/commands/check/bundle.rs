//! `workbench check bundle`: may this binary trade from it?

use clap::Args;
use serde_json::json;

use super::Global;
use crate::deployed::{check_golden, open_bundle, waiver_words};
use crate::output::{self, Format};

/// Arguments of `workbench check bundle`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  workbench check bundle paper-near

Every byte of the bundle must be as it was deployed, it must be of this binary's code, and a fresh kernel that is told
its golden events must answer as recorded. `workbench deploy` asks this of a process of its own before it promotes a
bundle, and `workbench live` before it trades.")]
pub(crate) struct BundleArgs {
    /// A deployment, or the id of a bundle
    bundle: String,
    /// How to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

/// Checks a bundle.
///
/// # Errors
/// If it was changed, is of other code, or its golden events are answered otherwise.
pub(super) fn run(args: &BundleArgs, global: &Global) -> anyhow::Result<bool> {
    let project = global.project()?;
    let settings = project.settings(None, &global.flags()?)?;
    let bundle = open_bundle(&project, &settings, &args.bundle)?;
    let found = check_golden(&bundle, &project)?;
    let manifest = &bundle.manifest;
    waiver_words(&bundle).for_each(output::warning);
    match args.format {
        Format::Json => output::json(&json!({
            "check": "bundle",
            "bundle": bundle.id.to_string(),
            "run": manifest.run.to_string(),
            "strategy": manifest.strategy,
            "answer": true,
            "verdict": found.sentence(),
            "events": found.events,
            "commands": found.commands,
            "waived": manifest.waivers().map(|(gate, _)| gate.gate.clone()).collect::<Vec<_>>(),
        })),
        Format::Table => {
            output::line(format_args!("Bundle {} is what was deployed.", bundle.id.short()));
            output::line(found.sentence());
        }
    }
    Ok(true)
}
