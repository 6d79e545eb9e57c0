//! The report of a deployment's sessions, made of their journal.

use std::path::{Path, PathBuf};

use anyhow::Context;
use wb_core::Ts;
use wb_engine::{Retelling, RunInput};
use wb_kernel::Digest;
use wb_metrics::{Outcome, SampleDistance, Shortfall, Tearsheet};
use wb_report::{Drift, RunPage, SessionPage, session_page};
use wb_store::{Bundle, Journal, JournalRecord, RunStore};

use super::seen::Seen;
use crate::deployed::{CODE_ID, bundle_of, waiver_words};
use crate::error::UserError;
use crate::models::model_versions;
use crate::page::{Page, title, with_run_page};
use crate::recorded::Recorded;
use crate::settings::Project;

/// Tells a fresh kernel what a journal says, and writes the report of that into the journal's folder. Gives its path.
///
/// # Errors
/// If the journal is damaged, its kernel answers otherwise than recorded, or the disk refuses.
pub(crate) fn write_session_report(
    folder: &Path,
    project: &Project,
    store: &RunStore,
) -> anyhow::Result<PathBuf> {
    let journal = Journal::open(folder)?;
    let bundle = bundle_of(&journal).map(|id| Bundle::open(&store.bundle_folder(&id), &id)).transpose();
    let files = bundle.as_ref().ok().and_then(Option::as_ref).map_or(folder, |bundle| &bundle.folder);
    let recorded = Recorded::of(&journal, files, &[], project)?;
    let mut notes = Vec::new();
    let waivers = match &bundle {
        Ok(bundle) => bundle.iter().flat_map(waiver_words).collect(),
        Err(error) => {
            notes.push(format!("It is not known which gates were waived: {error}."));
            Vec::new()
        }
    };
    let text = render(&journal, &recorded, &waivers, notes)?;
    let (path, aside) = (folder.join("report.html"), folder.join("report.new"));
    std::fs::write(&aside, text).with_context(|| format!("writing {}", aside.display()))?;
    std::fs::rename(&aside, &path).with_context(|| format!("writing {}", path.display()))?;
    Ok(path)
}

fn render(
    journal: &Journal,
    recorded: &Recorded<'_>,
    waivers: &[String],
    mut notes: Vec<String>,
) -> anyhow::Result<String> {
    let input = recorded.input();
    let mut retelling = Retelling::new(&input)?;
    let (mut seen, mut last) = (Seen::default(), None);
    let mut records = journal.records();
    while let Some(entry) = records.next()? {
        let told = match &entry.record {
            JournalRecord::Event(event) => retelling.event(event),
            JournalRecord::Command(ts, command) => retelling.command(*ts, command),
            JournalRecord::Digest(_, bits) => retelling.digest(Digest::from_bits(*bits)),
            JournalRecord::Prediction(..) => Ok(()),
            JournalRecord::Observation(at, observation) => {
                last = Some(*at);
                seen.take(*at, retelling.kernel().now(), observation);
                Ok(())
            }
        };
        told.map_err(|difference| {
            UserError::no(format!("record {}: {difference}", entry.seq))
                .hint("`workbench replay` shows both sides; the journal is of other code or parameters")
        })?;
    }
    if let Some(torn) = records.torn() {
        notes.push(format!("The journal ends within a record: {} bytes are of none.", torn.bytes));
    }
    let retold = retelling.finish();
    let (outcome, bars) = (&retold.result.outcome, &retold.bars);
    notes.extend(facts(journal, retold.result.halted, seen.sessions > 0));
    let tearsheet = Tearsheet::of(outcome);
    let shortfalls = Shortfall::of(outcome, &retold.decision_marks);
    let provenance = provenance_rows(journal, recorded, &retold.result.digest, last);
    let page = Page {
        input: &RunInput { bars, ..input.clone() },
        outcome,
        tearsheet: &tearsheet,
        notes: &notes,
        provenance: &provenance,
    };
    let (stages, comparisons) = (seen.stages(), seen.comparisons());
    let drifts = drifts(&recorded.golden_columns()?, page.input, outcome)?;
    with_run_page(&page, |run| {
        session_page(&SessionPage {
            run: RunPage {
                title: &format!("{}, live", title(recorded.spec())),
                spec_text: &journal.spec,
                ..*run
            },
            waivers,
            shortfalls: &shortfalls,
            stages: &stages,
            sessions: seen.sessions,
            lost_connections: seen.lost_connections,
            comparisons: &comparisons,
            found_fills: seen.found_fills,
            drifts: &drifts,
            notices: &seen.notices,
        })
    })
}

/// How far inputs and outputs of models, on the bars of the equity curve, are from their golden rows.
fn drifts(
    golden: &[(String, Vec<f64>)],
    input: &RunInput<'_>,
    outcome: &Outcome,
) -> anyhow::Result<Vec<Drift>> {
    let (Some(first), false) = (outcome.equity.ts.first(), golden.is_empty()) else { return Ok(Vec::new()) };
    let mut drifts = Vec::new();
    for column in input.features()? {
        let instrument = column.instrument.index();
        let begin = input.bars[instrument].ts.partition_point(|ts| ts < first);
        let live: Vec<f64> = column.values[begin..].iter().copied().filter(|x| !x.is_nan()).collect();
        for (feature, rows) in golden.iter().filter(|(name, _)| *name == column.name) {
            let Some(SampleDistance { distance, limit }) = SampleDistance::of(rows, &live) else { continue };
            drifts.push(Drift {
                feature: feature.clone(),
                instrument: input.instruments[instrument].name(),
                rows: rows.len(),
                bars: live.len(),
                distance,
                limit,
            });
        }
    }
    Ok(drifts)
}

/// What a reader should know that the figures do not say.
fn facts(journal: &Journal, halted: bool, is_live: bool) -> Vec<String> {
    let mut facts = Vec::new();
    if halted {
        facts.push("Trading was halted: equity fell by more than risk.max_drawdown allows.".to_string());
    }
    if is_live {
        let text = "A venue does not say what its prices cost beyond the fee, so slippage is zero among the costs; the \
                    part Slippage measures it.";
        facts.push(text.to_string());
    }
    if journal.header.code_id != CODE_ID {
        let then = &journal.header.code_id;
        facts.push(format!("The journal was written by other code: {then}, this page by {CODE_ID}."));
    }
    facts
}

fn provenance_rows(
    journal: &Journal,
    recorded: &Recorded<'_>,
    digest: &Digest,
    last: Option<Ts>,
) -> Vec<(String, String)> {
    let header = &journal.header;
    let mut rows = vec![
        ("Subject".to_string(), header.subject.clone()),
        ("Digest".to_string(), digest.to_string()),
        ("Code".to_string(), header.code_id.clone()),
        ("Workbench".to_string(), header.workbench.clone()),
        ("Journal begun".to_string(), header.started.to_string()),
    ];
    rows.extend(last.map(|last| ("Last heard of".to_string(), last.to_string())));
    rows.extend(model_versions(&recorded.spec().models));
    rows
}
