//! What passed between kernel and venue, written down.

use wb_core::{Command, Event, Ts};

/// All that the kernel was told and all that it gave, in that order, where somebody reads it.
#[derive(Debug, Default)]
pub(crate) struct Transcript(Option<Vec<Record>>);

/// What happened between kernel and venue, as the kernel's side sees it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Record {
    /// The kernel gave a command.
    Command(Ts, Command),
    /// The kernel was told.
    Event(Event),
}

impl Transcript {
    /// Keeps what comes from now on.
    pub(crate) fn begin(&mut self) {
        self.0.get_or_insert_default();
    }

    /// What was kept.
    pub(crate) fn records(&self) -> &[Record] {
        self.0.as_deref().unwrap_or_default()
    }

    /// Forgets it.
    pub(crate) fn clear(&mut self) {
        if let Some(records) = &mut self.0 {
            records.clear();
        }
    }

    /// Keeps that the kernel was told.
    #[inline]
    pub(crate) fn event(&mut self, event: impl FnOnce() -> Event) {
        if let Some(records) = &mut self.0 {
            records.push(Record::Event(event()));
        }
    }

    /// The record of a command, kept as well where somebody reads it.
    #[inline]
    pub(crate) fn command(&mut self, ts: Ts, command: Command) -> Record {
        let record = Record::Command(ts, command);
        if let Some(records) = &mut self.0 {
            records.push(record);
        }
        record
    }
}
