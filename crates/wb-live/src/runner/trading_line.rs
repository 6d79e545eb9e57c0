//! The connection for orders: from its making until reports of orders come, and whether it still answers.
//!
//! A connection may be open and dead: nothing comes, and nothing says so. Market data are missed by their silence; here a
//! question that got no answer, and nothing else either, is the sign.

use wb_core::Ts;
use wb_store::Severity;

use super::machine::Runner;
use super::outbox::Outbox;
use super::state::Reason;
use crate::venues::{Line, Meaning, Request, VenueError};

/// Where the connection for orders stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum TradingLine {
    /// There is none, or it is being made anew.
    #[default]
    Down,
    /// It was made then, and has not said yet that reports of orders come.
    Opened(Ts),
    /// The venue did not take the time of our first request, and was asked for its own then.
    AskedForTime(Ts),
    /// The venue refuses the key.
    Refused,
    /// Reports of orders come. When it was last heard of.
    Heard(Ts),
}

impl Runner {
    /// Whether it was heard of since then.
    fn has_heard_since(&self, then: Ts) -> bool {
        matches!(self.trading_line, TradingLine::Heard(heard) if heard > then)
    }

    /// Something came over it.
    pub(super) fn hear_trading_line(&mut self, now: Ts) {
        if let TradingLine::Heard(heard) = &mut self.trading_line {
            *heard = now;
        }
    }

    /// Reports of orders come from here on.
    pub(super) fn reports_come(&mut self, now: Ts, out: &mut Outbox) {
        self.trading_line = TradingLine::Heard(now);
        self.clear(Reason::TradingLine, now, out);
        self.go_on(now, out);
    }

    /// The venue does not let us in.
    pub(super) fn is_refused(&mut self, error: &VenueError, now: Ts, out: &mut Outbox) {
        if error.meaning != Meaning::Clock {
            self.trading_line = TradingLine::Refused;
            return self.halt(Reason::ShutOut, &error.to_string(), out);
        }
        out.notice(Severity::Warning, error.to_string());
        self.trading_line = TradingLine::AskedForTime(now);
        self.ask_at_once(Request::Time, now, out);
    }

    /// The venue has told its time: with it the next connection may be let in.
    pub(super) fn go_on_with_the_time(&mut self, now: Ts, out: &mut Outbox) {
        if matches!(self.trading_line, TradingLine::AskedForTime(_)) {
            self.make_trading_line_anew("with the venue's time", now, out);
        }
    }

    /// The operator has looked: a key that was refused may be good again.
    pub(super) fn try_the_key_again(&mut self, now: Ts, out: &mut Outbox) {
        if self.trading_line == TradingLine::Refused {
            self.make_trading_line_anew("the key is tried again", now, out);
        }
    }

    /// Whether a question of that time has found a dead connection; then another one is made.
    pub(super) fn is_dead_since(&mut self, asked: Ts, now: Ts, out: &mut Outbox) -> bool {
        let is_up = matches!(self.trading_line, TradingLine::Heard(_));
        let is_dead = is_up && !self.has_heard_since(asked);
        if is_dead {
            self.make_trading_line_anew("it does not answer", now, out);
        }
        is_dead
    }

    /// Looks whether the first answers are overdue.
    pub(super) fn look_for_a_dumb_line(&mut self, now: Ts, out: &mut Outbox) {
        if let TradingLine::Opened(since) | TradingLine::AskedForTime(since) = self.trading_line
            && now - since >= self.config.answer_within
        {
            self.make_trading_line_anew("it does not answer", now, out);
        }
    }

    fn make_trading_line_anew(&mut self, why: &str, now: Ts, out: &mut Outbox) {
        out.notice(Severity::Warning, format!("the connection for orders is made anew: {why}"));
        self.lose_trading_line(now, out);
        out.reconnect.push(Line::Trading);
    }

    /// It is lost: what was asked is asked again when books are compared, and what was ordered is looked for there.
    pub(super) fn lose_trading_line(&mut self, now: Ts, out: &mut Outbox) {
        self.trading_line = TradingLine::Down;
        self.hold(Reason::TradingLine, now, out);
        self.hold(Reason::Unsettled, now, out);
        self.requests.abandon();
        self.forget_step();
        self.settling = None;
        self.past.abandon();
    }
}
