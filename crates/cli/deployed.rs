//! A bundle that may trade with this binary: whole, of this code, and its golden events answered as recorded.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Context;
use wb_kernel::Replay;
use wb_store::{Bundle, BundleId, ContentHash, Deployment, GateRecord, Journal, RunStore};

use crate::error::UserError;
use crate::recorded::{Found, Recorded, compare};
use crate::settings::{Project, Settings};

/// The hash of the sources of this binary that can change a decision.
pub(crate) const CODE_ID: &str = env!("WORKBENCH_CODE_ID");

/// The folder of deployments in a project's folder.
pub(crate) fn deployments(project: &Path) -> PathBuf {
    project.join("config/deployments")
}

/// Opens the bundle that `text` means: a deployment, or the id of a bundle.
///
/// # Errors
/// If there is none, or a byte of it was changed.
pub(crate) fn open_bundle(project: &Project, settings: &Settings, text: &str) -> anyhow::Result<Bundle> {
    let id: BundleId = match text.parse() {
        Ok(id) => id,
        Err(_) => Deployment::read(&deployments(&project.root), text)?.bundle,
    };
    let store = RunStore::open(project.folder(settings, "paths.experiments"));
    Ok(Bundle::open(&store.bundle_folder(&id), &id)?)
}

/// Tells a fresh kernel the golden events of a bundle. Nothing may trade from it where this is an error.
///
/// # Errors
/// If the bundle was made by other code or another binary, or this binary answers the golden events otherwise.
pub(crate) fn check_golden(bundle: &Bundle, project: &Project) -> anyhow::Result<Found> {
    let (id, folder) = (bundle.id.short(), &bundle.folder);
    if bundle.manifest.code_id != CODE_ID {
        let made = &bundle.manifest.code_id;
        let message = format!("bundle {id} was made by other code: {made}, this is {CODE_ID}");
        return Err(no(message, "use the binary that made it, or deploy its run again with this one"));
    }
    // The rest of the binary places the orders: what was proved is this file.
    if ContentHash::of_file(&this_binary()?)? != bundle.manifest.binary {
        let message = format!("bundle {id} was made by another binary of the same code");
        return Err(no(message, "use the binary that made it, or deploy its run again with this one"));
    }
    let recorded = Recorded::of(&bundle.journal, folder, &[], project)?;
    let found = compare(&mut bundle.journal.records(), Replay::new(recorded.kernel()?))?;
    if !found.is_equal() || found.events != bundle.manifest.golden.events {
        let sentence = found.sentence();
        let message = format!("bundle {id}: this binary does not answer the golden events: {sentence}");
        let hint = format!("`workbench replay {}` shows both sides", Project::shown(folder));
        return Err(no(message, hint));
    }
    Ok(found)
}

/// The bundle that the journal of a session is of; none where it is of a run.
pub(crate) fn bundle_of(journal: &Journal) -> Option<BundleId> {
    journal.header.subject.rsplit_once("bundle ")?.1.parse().ok()
}

/// What every report on a bundle must say of it: the gates that were waived, and why.
pub(crate) fn waiver_words(bundle: &Bundle) -> impl Iterator<Item = String> {
    let words = |(gate, reason): (&GateRecord, &str)| format!("the gate {} was waived: {reason}", gate.gate);
    bundle.manifest.waivers().map(words)
}

/// Asks a process that has nothing of this one whether a bundle of a project holds. `text` means the bundle as in
/// [`open_bundle`].
///
/// # Errors
/// If it does not, with what the process said.
pub(crate) fn check_elsewhere(binary: &Path, project: &Path, text: &str) -> anyhow::Result<()> {
    let mut command = Command::new(binary);
    command.arg("--project").arg(project).args(["check", "bundle", text]).stdout(Stdio::null());
    let done = command.output().with_context(|| format!("starting {}", binary.display()))?;
    if done.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&done.stderr);
    let message = format!("bundle {text} does not hold in a process of its own: {}", said.trim());
    Err(no(message, "please report this; nothing was deployed"))
}

/// The file that this process runs.
///
/// # Errors
/// If the system does not tell.
pub(crate) fn this_binary() -> anyhow::Result<PathBuf> {
    std::env::current_exe().context("finding this binary")
}

fn no(message: String, hint: impl Into<String>) -> anyhow::Error {
    UserError::no(message).hint(hint).into()
}
