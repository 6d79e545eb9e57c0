//! A replay in lockstep: it goes on when we say so, and we say so when we are done with its last close.

use wb_core::{MarketEvent, Ts};

use super::config::Pace;
use super::machine::Runner;
use super::outbox::{Outbox, Severity};
use super::state::Reason;
use crate::venues::{Answered, Request, VenueError};

/// Where the replay stands.
#[derive(Debug, Default)]
pub(crate) struct Lockstep {
    /// Whether it was told to go on and has not answered. What it has to tell of orders comes before its answer.
    waiting: bool,
    /// Whether it was ever told to go on.
    begun: bool,
    /// Bars that came before the answer.
    held: Vec<MarketEvent>,
    /// When it answered.
    answered: Ts,
}

impl Runner {
    /// Whether a bar has to wait, because news of orders may still come before it; then it is kept.
    pub(super) fn holds_for_step(&mut self, event: MarketEvent) -> bool {
        let holds = self.config.pace == Pace::Lockstep && self.lockstep.waiting;
        if holds {
            self.lockstep.held.push(event);
        }
        holds
    }

    /// We are done with a close: the replay may go on.
    pub(super) fn step(&mut self, now: Ts, out: &mut Outbox) {
        if self.config.pace == Pace::Lockstep && !self.lockstep.waiting {
            self.lockstep.waiting = self.ask(Request::Step, now, out);
        }
    }

    /// The replay begins to go on once everything is ready, with bars that were held when a connection broke.
    pub(super) fn first_step(&mut self, now: Ts, out: &mut Outbox) {
        if self.config.pace == Pace::Clock || self.lockstep.begun {
            return;
        }
        self.lockstep.begun = true;
        self.lockstep.answered = now;
        if self.lockstep.held.is_empty() {
            return self.step(now, out);
        }
        for event in std::mem::take(&mut self.lockstep.held) {
            self.on_bar(event, now, out);
        }
    }

    /// The answer that was waited for will not come: the replay is asked again once books agree.
    pub(super) fn forget_step(&mut self) {
        self.lockstep.waiting = false;
        self.lockstep.begun = false;
    }

    /// The replay has gone on: all that it had to tell of orders is told.
    pub(super) fn on_stepped(&mut self, result: Result<Answered, VenueError>, now: Ts, out: &mut Outbox) {
        self.lockstep.waiting = false;
        self.lockstep.answered = now;
        if let Err(error) = result {
            out.notice(Severity::Info, error.text);
            self.hold(Reason::Stopping, now, out);
            return;
        }
        for event in std::mem::take(&mut self.lockstep.held) {
            self.on_bar(event, now, out);
        }
    }

    /// A close that has no bar of ours is done with when none has come for long enough.
    pub(super) fn look_for_an_empty_close(&mut self, now: Ts, out: &mut Outbox) {
        let Lockstep { waiting, begun, answered, .. } = self.lockstep;
        if begun
            && !waiting
            && now - answered > self.config.close_grace
            && !self.reasons.has(Reason::Stopping)
        {
            self.step(now, out);
        }
    }
}
