//! Requests under way: what each was, when it was sent, and how many more the venue allows.

use wb_core::{Span, Ts};
use wb_store::Severity;

use super::machine::Runner;
use super::outbox::Outbox;
use super::state::Reason;
use crate::venues::{Line, RateKind, RateLimit, RateUse, Request, RequestKey};

/// Requests without an answer yet.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    sent: Vec<Sent>,
}

/// One of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sent {
    pub(crate) request: Request,
    pub(crate) at: Ts,
}

impl Requests {
    /// Remembers a request; one of the same key is replaced.
    pub(crate) fn sent(&mut self, request: Request, at: Ts) {
        self.sent.retain(|other| other.request.key() != request.key());
        self.sent.push(Sent { request, at });
    }

    /// The request that an answer is for.
    pub(crate) fn answered(&mut self, key: RequestKey) -> Option<Sent> {
        let place = self.sent.iter().position(|sent| sent.request.key() == key)?;
        Some(self.sent.swap_remove(place))
    }

    /// Takes out one that has waited too long.
    pub(crate) fn overdue(&mut self, now: Ts, within: Span) -> Option<Sent> {
        let place = self.sent.iter().position(|sent| now - sent.at >= within)?;
        Some(self.sent.swap_remove(place))
    }

    /// Takes all out: their connection is gone.
    pub(crate) fn abandon(&mut self) -> Vec<Request> {
        self.sent.drain(..).map(|sent| sent.request).collect()
    }

    pub(crate) fn has(&self, key: RequestKey) -> bool {
        self.sent.iter().any(|sent| sent.request.key() == key)
    }
}

/// What is left of the venue's limits, by our own count and by what the venue says.
#[derive(Debug)]
pub(crate) struct Budget {
    limits: Vec<Counted>,
    /// Nothing at all before then: the venue has said so.
    not_before: Ts,
}

#[derive(Debug)]
struct Counted {
    limit: RateLimit,
    window: i64,
    used: u64,
}

impl Budget {
    pub(crate) fn new(limits: &[RateLimit]) -> Budget {
        let counted = |limit: &RateLimit| Counted { limit: *limit, window: i64::MIN, used: 0 };
        Budget { limits: limits.iter().map(counted).collect(), not_before: Ts::MIN }
    }

    /// Whether so much of each kind may be spent, `venue_now` by the venue's clock; then it is spent.
    #[inline]
    pub(crate) fn spend(&mut self, venue_now: Ts, costs: &[(RateKind, u64)]) -> bool {
        if venue_now < self.not_before {
            return false;
        }
        let cost = |kind| costs.iter().find(|(other, _)| *other == kind).map_or(0, |(_, cost)| *cost);
        for counted in &mut self.limits {
            counted.turn(venue_now);
        }
        if self.limits.iter().any(|counted| counted.used + cost(counted.limit.kind) > counted.limit.limit) {
            return false;
        }
        for counted in &mut self.limits {
            counted.used += cost(counted.limit.kind);
        }
        true
    }

    /// Takes in what the venue says is used.
    pub(crate) fn used(&mut self, venue_now: Ts, usage: &RateUse) {
        let is_meant =
            |counted: &&mut Counted| (counted.limit.kind, counted.limit.window) == (usage.kind, usage.window);
        if let Some(counted) = self.limits.iter_mut().find(is_meant) {
            counted.turn(venue_now);
            counted.used = counted.used.max(usage.used);
        }
    }

    /// The venue wants no request before then.
    pub(crate) fn wait_until(&mut self, venue_ts: Ts) {
        self.not_before = self.not_before.max(venue_ts);
    }
}

impl Counted {
    /// Begins again with each window.
    fn turn(&mut self, now: Ts) {
        let window = now.0.div_euclid(self.limit.window.0);
        if window != self.window {
            (self.window, self.used) = (window, 0);
        }
    }
}

impl Runner {
    /// The venue has said how much of a limit is used, otherwise than over a connection.
    pub fn take_usage(&mut self, usage: &RateUse, now: Ts) {
        self.budget.used(self.clock.at(now), usage);
    }

    /// Asks the venue over the trading connection, if there is one and the venue's limits allow it.
    pub(super) fn ask(&mut self, request: Request, now: Ts, out: &mut Outbox) -> bool {
        !self.reasons.has(Reason::TradingLine) && self.ask_at_once(request, now, out)
    }

    /// The same over a connection that is not ready yet.
    pub(super) fn ask_at_once(&mut self, request: Request, now: Ts, out: &mut Outbox) -> bool {
        let venue_now = self.clock.at(now);
        let costs = self.costs(&request);
        if !self.budget.spend(venue_now, &costs) {
            return false;
        }
        let codec = &mut self.codec;
        match out.frame(Line::Trading, |frame| codec.encode(venue_now, &request, frame)) {
            Ok(()) => {
                self.requests.sent(request, now);
                true
            }
            Err(error) => {
                out.notice(Severity::Warning, format!("cannot be asked: {error}"));
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_spent_within_its_window_and_what_the_venue_says_counts() {
        let limit = |kind, seconds, limit| RateLimit { kind, window: Span::from_seconds(seconds), limit };
        let limits = [limit(RateKind::Weight, 60, 10), limit(RateKind::Orders, 10, 2)];
        let mut budget = Budget::new(&limits);
        let order = [(RateKind::Weight, 1), (RateKind::Orders, 1)];
        let at = Ts::from_seconds;
        assert!(budget.spend(at(0), &order) && budget.spend(at(9), &order));
        assert!(!budget.spend(at(9), &order), "two orders in ten seconds");
        assert!(budget.spend(at(9), &[(RateKind::Weight, 8)]), "refusals cost nothing");
        assert!(!budget.spend(at(30), &order), "ten of weight in a minute");
        assert!(budget.spend(at(60), &order));
        budget.used(at(61), &RateUse { kind: RateKind::Weight, window: Span::from_seconds(60), used: 10 });
        assert!(!budget.spend(at(62), &[(RateKind::Weight, 1)]));
        budget.wait_until(at(200));
        assert!(!budget.spend(at(199), &[]) && budget.spend(at(200), &[]));
    }
}
