//! A run proved again: run event by event to the digest that is stored, with everything that gates ask for.

use wb_engine::{RunInput, RunResult, run_transcribed};
use wb_metrics::Tearsheet;
use wb_store::{
    Bundle, ContentHash, GateRecord, JournalRecord, Manifest, NewBundle, NewJournal, RunId, RunStore,
};

use super::super::Global;
use super::super::backtest::now;
use super::super::run_args::ResolvedRun;
use super::attached::attached;
use crate::deployed::{CODE_ID, this_binary};
use crate::error::UserError;
use crate::gates::{Evidence, Judged, Studies};
use crate::golden::GoldenEvents;
use crate::models::ModelLibrary;
use crate::output::Progress;
use crate::run_journal::limits;
use crate::settings::{Project, Settings, SpecText};
use crate::spec_file::spec_text;

/// A run that gave again what it gave before, and what is known of it.
pub(super) struct Proof {
    store: RunStore,
    /// The run as it is stored.
    pub(super) manifest: Manifest,
    resolved: ResolvedRun,
    golden: Vec<JournalRecord>,
    /// What gates ask for.
    pub(super) evidence: Evidence,
}

impl Proof {
    /// Runs the run that `text` means again, and everything that gates ask for.
    ///
    /// # Errors
    /// If there is none, it is of other code, data or settings than now, or it does not give its digest.
    pub(super) fn of(
        text: &str,
        global: &Global,
        project: &Project,
        progress: &Progress,
    ) -> anyhow::Result<Proof> {
        let flags = global.flags()?;
        let settings = project.settings(None, &flags)?;
        let store = RunStore::open(project.folder(&settings, "paths.experiments"));
        let id = store.resolve(text)?;
        let manifest = store.find(&id)?.expect("it was just found");
        let path = store.folder(&id).join("spec.toml");
        let spec = SpecText { path: Project::shown(&path), text: store.spec(&id)? };
        if manifest.provenance.code_id != CODE_ID {
            let message = format!(
                "run {} was made by other code: {}, this is {CODE_ID}",
                id.short(),
                manifest.provenance.code_id
            );
            return Err(again(message, &spec.path).into());
        }
        let resolved = ResolvedRun::of(project, &spec, &flags, now(), progress)?;
        if RunId::of(&resolved.spec.canonical()) != id {
            let changed = changes(&spec.text, &spec_text(&resolved.spec)).join("; ");
            let message = format!("run {} cannot be run again as it was: {changed}", id.short());
            return Err(again(message, &spec.path).into());
        }
        let bars = resolved.market.read()?;
        let input = RunInput {
            entry: resolved.entry,
            spec: &resolved.spec,
            instruments: resolved.market.instruments.clone(),
            bars: bars.traded(),
            benchmark: bars.benchmark(),
        };
        let (result, golden) = run_again(&input, progress)?;
        let digest = result.digest.to_string();
        if digest != manifest.digest {
            let message = format!(
                "run {} has digest {}, and event by event it now gave {digest}",
                id.short(),
                manifest.digest
            );
            let hint = "please report this with the run's spec.toml; nothing was deployed";
            return Err(UserError::no(message).hint(hint).into());
        }
        let (studies, findings) = (Studies::find(&store, &resolved.spec, &id)?, resolved.market.findings()?);
        let tearsheet = Tearsheet::of(&result.outcome);
        let evidence = Evidence::gather(id, &input, tearsheet, studies, findings, progress);
        Ok(Proof { store, manifest, resolved, golden, evidence })
    }

    /// Makes the bundle of it.
    ///
    /// # Errors
    /// If a file that the spec names lies outside the project, or the disk refuses.
    pub(super) fn bundle(
        &self,
        project: &Project,
        settings: &Settings,
        judged: &[Judged],
    ) -> anyhow::Result<Bundle> {
        let (spec, run) = (&self.resolved.spec, self.manifest.id);
        let gates: Vec<GateRecord> = judged.iter().map(|judged| judged.record.clone()).collect();
        let files = attached(project, &ModelLibrary::of(project, settings), spec)?;
        Ok(self.store.write_bundle(&NewBundle {
            journal: NewJournal {
                subject: &format!("golden events of run {run}"),
                workbench: env!("CARGO_PKG_VERSION"),
                code_id: CODE_ID,
                started: self.manifest.provenance.started,
                risk: &limits(&spec.risk),
                spec: &spec_text(spec),
                instruments: &self.resolved.market.instruments,
            },
            strategy: &spec.strategy,
            binary: ContentHash::of_file(&this_binary()?)?,
            run,
            run_digest: &self.manifest.digest,
            golden: &self.golden,
            gates: &gates,
            files: &files,
        })?)
    }
}

/// Runs a run event by event, and keeps its golden events.
fn run_again(input: &RunInput<'_>, progress: &Progress) -> anyhow::Result<(RunResult, Vec<JournalRecord>)> {
    progress.length("running again", input.bars.iter().map(|bars| bars.len() as u64).sum());
    let mut golden = GoldenEvents::new();
    let mut tell = |done| progress.at(done);
    let result = run_transcribed(input, &mut tell, &mut |records, digest| golden.take(records, digest))?;
    Ok((result, golden.finish()))
}

fn again(message: String, spec: &str) -> UserError {
    let hint = format!("`workbench backtest {spec}` runs it as things are now: check and deploy that run");
    UserError::no(message).hint(hint)
}

/// The lines of a spec that are others now: what was, and what is.
fn changes(was: &str, is: &str) -> Vec<String> {
    let lines = |text: &str| -> Vec<String> {
        text.lines().skip(1).map(|line| line.trim_start_matches("# ").to_string()).collect()
    };
    let (was, is) = (lines(was), lines(is));
    let gone = was.iter().filter(|line| !is.contains(line)).map(|line| format!("it had {line}"));
    let new = is.iter().filter(|line| !was.contains(line)).map(|line| format!("it would have {line}"));
    gone.chain(new).collect()
}
