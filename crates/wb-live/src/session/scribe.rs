//! The journal's thread: writes records down, then lets frames out.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender};

use wb_store::{JournalRecord, JournalWriter};

use super::stopwatch::Stopwatch;
use crate::shell::{Connections, Outgoing};
use crate::venues::Line;

/// What is to be written down and what is to be sent then. Goes back to the runner when it is done with, so that nothing
/// is allocated for the next one.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) records: Vec<JournalRecord>,
    pub(super) frames: Vec<(Line, Outgoing)>,
    /// When the frame that caused this had been decided on; absent where nothing is sent.
    pub(super) decided: Option<Stopwatch>,
}

/// What the journal's thread says of a page.
#[derive(Debug)]
pub(super) enum Written {
    /// It is written and sent; how long that took where it was asked.
    Done(Page, Option<u64>),
    /// The disk refused. Nothing of the page was sent, and nothing will be.
    Failed(String),
}

/// Writes pages until there are no more. Gives what the disk said at the end.
pub(super) fn write(
    mut journal: JournalWriter,
    pages: &Receiver<Page>,
    written: &SyncSender<Written>,
    connections: &Arc<Connections>,
) -> Result<(), wb_store::StoreError> {
    while let Ok(mut page) = pages.recv() {
        let kept = page.records.iter().try_for_each(|record| journal.append(record).map(drop));
        if let Err(error) = kept.and_then(|()| journal.commit()) {
            // Whoever reads this may have ended; then nobody trades any more.
            drop(written.send(Written::Failed(error.to_string())));
            return Err(error);
        }
        for (line, frame) in page.frames.drain(..) {
            connections.tell(line, frame);
        }
        page.records.clear();
        let took = page.decided.take().map(Stopwatch::ns);
        if written.send(Written::Done(page, took)).is_err() {
            break;
        }
    }
    journal.finish()
}
