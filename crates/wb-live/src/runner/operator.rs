//! What the operator says, and what happens when nothing is heard of them any more.

use wb_core::{Control, Event, Ts};
use wb_store::Severity;

use super::config::Caution;
use super::machine::Runner;
use super::outbox::Outbox;
use super::state::Reason;

/// What the operator can say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verb {
    /// Somebody is there. Every other verb says that as well.
    Alive,
    /// No new exposure.
    Pause,
    /// Go on; also after a halt, once the operator has looked.
    Resume,
    /// Cancel every order and close every position, then pause.
    Flatten,
    /// Cancel every order, pause, and end.
    Kill,
    /// End, and leave orders and positions as they are.
    Stop,
}

impl Verb {
    /// The word that the operator says.
    pub const fn name(self) -> &'static str {
        match self {
            Verb::Alive => "alive",
            Verb::Pause => "pause",
            Verb::Resume => "resume",
            Verb::Flatten => "flatten",
            Verb::Kill => "kill",
            Verb::Stop => "stop",
        }
    }
}

impl Runner {
    /// The operator speaks.
    pub fn control(&mut self, verb: Verb, now: Ts, out: &mut Outbox) {
        out.at(now);
        self.dead_man.heard(now);
        match verb {
            Verb::Alive => {}
            Verb::Pause => self.hold(Reason::Operator, now, out),
            Verb::Resume => {
                for reason in [
                    Reason::Operator,
                    Reason::DailyLoss,
                    Reason::Disagreement,
                    Reason::ShutOut,
                    Reason::Clock,
                    Reason::DeadMan,
                ] {
                    self.clear(reason, now, out);
                }
                self.try_the_key_again(now, out);
            }
            Verb::Flatten => {
                self.tell(Event::Control { ts: self.kernel_time(now), control: Control::Flatten }, now, out);
                self.hold(Reason::Operator, now, out);
            }
            Verb::Kill => {
                self.cancel_all(now, out);
                self.hold(Reason::Stopping, now, out);
            }
            Verb::Stop => self.hold(Reason::Stopping, now, out),
        }
    }

    /// The operator has changed how careful to be. That, too, is a sign of life.
    pub fn take_caution(&mut self, caution: Caution, now: Ts, out: &mut Outbox) {
        out.at(now);
        self.dead_man.heard(now);
        let before = std::mem::replace(&mut self.config.caution, caution);
        let changes = caution.changes_since(&before);
        let what = if changes.is_empty() { "nothing changed".to_string() } else { changes.join(", ") };
        out.notice(Severity::Info, format!("settings read again: {what}"));
    }

    /// Where nothing was heard of the operator for too long, nobody may be left to end what goes wrong.
    pub(super) fn look_for_the_operator(&mut self, now: Ts, out: &mut Outbox) {
        let Some(allowed) = self.dead_man.silent(now, self.config.caution.dead_man) else { return };
        if !self.reasons.has(Reason::DeadMan) {
            self.halt(Reason::DeadMan, &format!("no sign of life for {allowed}"), out);
        }
        // Again where a cancel could not be sent, as while there is no connection.
        let every = self.config.settle_every;
        if self.desk.open().next().is_some() && self.dead_man.may_cancel(now, every) {
            self.cancel_all(now, out);
        }
    }

    fn cancel_all(&mut self, now: Ts, out: &mut Outbox) {
        self.tell(Event::Control { ts: self.kernel_time(now), control: Control::CancelAll }, now, out);
    }
}
