//! A replay in lockstep: it goes on when we say so, and we say so when we are done with its last close.

use wb_core::{MarketEvent, OrderEvent, OrderId, OrderState, Ts};
use wb_store::Severity;

use super::config::Pace;
use super::desk::Order;
use super::machine::Runner;
use super::outbox::Outbox;
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
    /// Whether we are done with its last close but for orders whose fate is on its way.
    due: bool,
    /// Orders that were asked back and whose end is not known.
    asked_back: Vec<OrderId>,
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

    /// We are done with a close: the replay may go on, once the venue has said what became of all that we sent. What
    /// follows from that belongs to this close.
    pub(super) fn step(&mut self, now: Ts, out: &mut Outbox) {
        if self.config.pace == Pace::Clock || self.lockstep.waiting {
            return;
        }
        let is_sent = |(id, order): (OrderId, &Order)| {
            order.state == OrderState::Submitted && !self.contingents.holds(id)
        };
        self.lockstep.due = !self.lockstep.asked_back.is_empty() || self.desk.open().any(is_sent);
        if !self.lockstep.due {
            self.lockstep.waiting = self.ask(Request::Step, now, out);
        }
    }

    /// Something was said: what a step waited for may have come.
    pub(super) fn step_if_due(&mut self, now: Ts, out: &mut Outbox) {
        if self.lockstep.due {
            self.step(now, out);
        }
    }

    /// The venue was asked to cancel an order.
    pub(super) fn await_cancel(&mut self, id: OrderId) {
        if self.config.pace == Pace::Lockstep {
            self.lockstep.asked_back.push(id);
        }
    }

    /// Something became of an order; the desk knows.
    pub(super) fn note_end(&mut self, event: &OrderEvent) {
        let id = event.order();
        let ended = self.desk.get(id).is_none_or(|order| order.state.is_final());
        if ended || matches!(event, OrderEvent::CancelRejected(_)) {
            self.lockstep.asked_back.retain(|other| *other != id);
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
        self.lockstep.due = false;
        self.lockstep.asked_back.clear();
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
        let Lockstep { waiting, begun, answered, due, .. } = self.lockstep;
        if begun
            && !waiting
            && !due
            && now - answered > self.config.close_grace
            && !self.reasons.has(Reason::Stopping)
        {
            self.step(now, out);
        }
    }
}
