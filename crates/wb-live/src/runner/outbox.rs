//! What a runner wants done.

use std::fmt;

use wb_core::Ts;
use wb_store::{JournalRecord, Observation, Severity};

use crate::venues::Line;

/// What a runner wants done: records first, and only when they are written the frames. Emptied and used again.
#[derive(Debug, Default)]
pub struct Outbox {
    /// Into the journal, in this order.
    pub records: Vec<JournalRecord>,
    frames: Vec<(Line, String)>,
    used: usize,
    /// Connections to close and make anew.
    pub reconnect: Vec<Line>,
    /// For whoever watches; they are among the records as well.
    pub notices: Vec<Notice>,
    /// When the runner was told what it answers here.
    now: Ts,
}

/// Something that whoever watches should know.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Notice {
    /// How grave it is.
    pub severity: Severity,
    /// What it is.
    pub text: String,
}

impl Notice {
    /// That something went otherwise than meant.
    pub(crate) fn warning(text: impl Into<String>) -> Notice {
        Notice { severity: Severity::Warning, text: text.into() }
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Outbox {
    /// The frames to send, each over its connection, in this order.
    pub fn frames(&self) -> impl Iterator<Item = (Line, &str)> {
        self.frames[..self.used].iter().map(|(line, frame)| (*line, frame.as_str()))
    }

    /// Forgets everything and keeps the room.
    pub fn clear(&mut self) {
        self.records.clear();
        self.used = 0;
        self.reconnect.clear();
        self.notices.clear();
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty() && self.used == 0 && self.reconnect.is_empty() && self.notices.is_empty()
    }

    /// Writes a frame into a text that was used before, if `write` can.
    pub(crate) fn frame<E>(
        &mut self,
        line: Line,
        write: impl FnOnce(&mut String) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.used == self.frames.len() {
            self.frames.push((line, String::new()));
        }
        let (to, frame) = &mut self.frames[self.used];
        frame.clear();
        *to = line;
        write(frame)?;
        self.used += 1;
        Ok(())
    }

    /// The runner is told something at this time: what it sees of itself from here on, it sees then.
    pub(crate) fn at(&mut self, now: Ts) {
        self.now = now;
    }

    /// Writes down what is seen of the session.
    pub(crate) fn observe(&mut self, observation: Observation) {
        self.records.push(JournalRecord::Observation(self.now, observation));
    }

    /// Writes down what whoever watches is told.
    pub(crate) fn write_down(&mut self, severity: Severity, text: &str) {
        Observation::notice(severity, text).for_each(|part| self.observe(part));
    }

    pub(crate) fn notice(&mut self, severity: Severity, text: impl Into<String>) {
        let text = text.into();
        self.write_down(severity, &text);
        self.notices.push(Notice { severity, text });
    }
}
