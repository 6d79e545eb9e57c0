//! What has happened since a session began, as numbers.

use wb_core::{Command, Event, OrderEvent};
use wb_store::JournalRecord;

/// Counts of a session.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counters {
    /// Frames that the venue sent.
    pub frames: u64,
    /// Events that the kernel was told.
    pub events: u64,
    /// Orders that the kernel gave.
    pub orders: u64,
    /// Orders that our own limits refused.
    pub refused: u64,
    /// Orders that the venue refused, or that could not be sent.
    pub rejected: u64,
    /// Fills.
    pub fills: u64,
    /// Connections made after the first of each line.
    pub reconnects: u64,
    /// Records of the journal.
    pub records: u64,
}

impl Counters {
    /// Counts a record.
    pub(super) fn count(&mut self, record: &JournalRecord) {
        self.records += 1;
        match record {
            JournalRecord::Command(_, Command::Submit { .. }) => self.orders += 1,
            JournalRecord::Command(_, Command::Refused { .. }) => self.refused += 1,
            JournalRecord::Event(event) => {
                self.events += 1;
                match event {
                    Event::Order { event: OrderEvent::Filled(_), .. } => self.fills += 1,
                    Event::Order { event: OrderEvent::Rejected(..), .. } => self.rejected += 1,
                    _ => {}
                }
            }
            JournalRecord::Command(_, Command::Cancel { .. })
            | JournalRecord::Digest(..)
            | JournalRecord::Prediction(..)
            | JournalRecord::Observation(..) => {}
        }
    }
}
