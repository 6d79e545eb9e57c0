//! The journal's thread: writes records down, then lets frames out, then writes the log.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender};

use wb_core::Instrument;
use wb_store::{JournalRecord, JournalWriter, StageTimes, StoreError};

use super::log::{Happening, log_record};
use super::stages::Timing;
use super::vigil::keep_vigil;
use crate::shell::{Connections, Outgoing};
use crate::venues::Line;

/// What is to be written down and what is to be sent then. Goes back to the runner when it is done with, so that nothing
/// is allocated for the next one.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) records: Vec<JournalRecord>,
    pub(super) frames: Vec<(Line, Outgoing)>,
    /// For the log, besides the records.
    pub(super) happenings: Vec<Happening>,
    /// What the frame that caused this has taken so far; absent where nothing is sent.
    pub(super) timing: Option<Timing>,
}

impl Page {
    pub(super) fn is_empty(&self) -> bool {
        self.records.is_empty() && self.frames.is_empty() && self.happenings.is_empty()
    }
}

/// What the journal's thread says of a page.
#[derive(Debug)]
pub(super) enum Written {
    /// It is done with; how long all of it took where that was measured.
    Done(Page, Option<StageTimes>),
    /// The disk refused. Nothing of this page was sent, and nothing of a later one will be.
    Failed(String),
}

/// Writes pages until there are no more. From a refusal of the disk on only the log goes on. Gives what the disk said.
pub(super) fn write(
    mut journal: JournalWriter,
    pages: &Receiver<Page>,
    written: &SyncSender<Written>,
    connections: &Arc<Connections>,
    instruments: &[Instrument],
) -> Result<(), StoreError> {
    let mut refusal = None;
    while let Some(mut page) = keep_vigil(|| pages.try_recv().ok()).or_else(|| pages.recv().ok()) {
        if refusal.is_none() {
            match keep(&mut journal, &page.records) {
                Ok(()) => page.frames.drain(..).for_each(|(line, frame)| connections.tell(line, frame)),
                Err(error) => {
                    // Whoever reads this may have ended; then nobody trades any more.
                    drop(written.send(Written::Failed(error.to_string())));
                    refusal = Some(error);
                }
            }
        }
        let took = page.timing.take().map(Timing::written);
        if refusal.is_none() {
            page.records.iter().for_each(|record| log_record(record, instruments));
        }
        page.happenings.drain(..).for_each(|happening| happening.log());
        page.records.clear();
        page.frames.clear();
        if written.send(Written::Done(page, took)).is_err() {
            break;
        }
    }
    refusal.map_or_else(|| journal.finish(), Err)
}

fn keep(journal: &mut JournalWriter, records: &[JournalRecord]) -> Result<(), StoreError> {
    records.iter().try_for_each(|record| journal.append(record).map(drop))?;
    journal.commit()
}
