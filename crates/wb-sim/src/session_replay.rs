//! A recording of a session compared with a fresh session that is told the same.

use std::collections::VecDeque;
use std::fmt;

use wb_core::{Command, Event, Ts};
use wb_kernel::Digest;

use crate::session::Session;
use crate::transcript::Record;

/// A fresh session, told what a recording says that came to another from outside, which must then do all else that is
/// recorded. So venue and kernel are both brought to where they were.
///
/// A recording is of what the kernel was told and gave. What the market does to orders stands in it before the market
/// event itself: the kernel hears of fills first.
#[derive(Debug)]
pub struct SessionReplay {
    session: Session,
    /// What the session did, beyond what is recorded so far.
    done: VecDeque<Record>,
    /// What is recorded, beyond what the session has done so far.
    recorded: VecDeque<Record>,
}

/// Where a recording and the session part.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum SessionDifference {
    /// Another event or command.
    Record {
        /// What the recording has.
        recorded: Record,
        /// What the session did; nothing if it is at rest.
        done: Option<Record>,
    },
    /// The same commands, and fills or cash that differ.
    Digest {
        /// The kernel's time.
        at: Ts,
    },
    /// An event that is earlier than the one before it.
    TimeWentBack {
        /// Of the event before.
        from: Ts,
        /// Of this one.
        to: Ts,
    },
}

impl fmt::Display for SessionDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SessionDifference::Record { done: Some(_), .. } => {
                "the simulated venue or the kernel does otherwise"
            }
            SessionDifference::Record { done: None, .. } => {
                "neither the simulated venue nor the kernel does this"
            }
            SessionDifference::Digest { .. } => "the same commands, and another digest",
            SessionDifference::TimeWentBack { .. } => "an event that is earlier than the one before it",
        })
    }
}

impl SessionReplay {
    /// A replay on a session that has seen nothing.
    pub fn new(mut session: Session) -> SessionReplay {
        session.transcribe();
        SessionReplay { session, done: VecDeque::new(), recorded: VecDeque::new() }
    }

    /// Takes the next event of the recording: from outside, or from the venue.
    ///
    /// # Errors
    /// If the session has done something else.
    pub fn event(&mut self, event: &Event) -> Result<(), Box<SessionDifference>> {
        self.recorded.push_back(Record::Event(*event));
        // What is there already is compared; what is not is made by whatever comes from outside.
        if self.done.is_empty() {
            self.hear(event)?;
        }
        self.compare()
    }

    /// Takes the next command of the recording.
    ///
    /// # Errors
    /// If the session has done something else.
    pub fn command(&mut self, ts: Ts, command: &Command) -> Result<(), Box<SessionDifference>> {
        self.recorded.push_back(Record::Command(ts, *command));
        self.compare()
    }

    /// Takes a digest of the recording.
    ///
    /// # Errors
    /// If it is not the kernel's, or more is recorded before it than the session did.
    pub fn digest(&mut self, recorded: Digest) -> Result<(), Box<SessionDifference>> {
        if let Some(recorded) = self.recorded.front() {
            return Err(Box::new(SessionDifference::Record { recorded: *recorded, done: None }));
        }
        if self.session.kernel().digest() == recorded {
            return Ok(());
        }
        Err(Box::new(SessionDifference::Digest { at: self.session.kernel().now() }))
    }

    /// Records at the end of the recording whose cause it lacks: its writer was cut short within a close. A recording
    /// without them is one of a session that had not seen that close.
    pub fn without_cause(&self) -> usize {
        self.recorded.len()
    }

    /// The session, and what it did after the last event beyond what is recorded.
    ///
    /// # Panics
    /// If records are without cause.
    pub fn into_parts(self) -> (Session, Vec<Record>) {
        assert_eq!(self.without_cause(), 0, "the session is not where the recording ends");
        (self.session, self.done.into())
    }

    fn hear(&mut self, event: &Event) -> Result<(), Box<SessionDifference>> {
        let (from, to) = (self.session.kernel().now(), event.ts());
        if to < from {
            return Err(Box::new(SessionDifference::TimeWentBack { from, to }));
        }
        let breaks_in = !matches!(event, Event::Market(_) | Event::Order { .. } | Event::Cash { .. });
        if breaks_in && self.session.is_mid_close() {
            return Err(Box::new(SessionDifference::Record { recorded: Record::Event(*event), done: None }));
        }
        match *event {
            Event::Market(market) => self.session.on_market(&market),
            Event::Past { ts, ts_event, instrument, bar } => {
                self.session.on_past_bar(ts, ts_event, instrument, bar);
            }
            Event::Control { ts, control } => self.session.on_control(ts, control),
            Event::Timer { ts, .. } => self.session.on_time(ts),
            Event::Order { .. } | Event::Cash { .. } => {}
        }
        Ok(())
    }

    fn compare(&mut self) -> Result<(), Box<SessionDifference>> {
        self.done.extend(self.session.transcript());
        self.session.clear_transcript();
        while let (Some(recorded), Some(done)) = (self.recorded.front(), self.done.front()) {
            if recorded != done {
                let (recorded, done) = (*recorded, Some(*done));
                return Err(Box::new(SessionDifference::Record { recorded, done }));
            }
            self.recorded.pop_front();
            self.done.pop_front();
        }
        Ok(())
    }
}
