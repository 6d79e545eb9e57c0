//! Whether anybody still watches.

use wb_core::{Span, Ts};

/// When the operator was last heard of.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct DeadMan {
    heard: Option<Ts>,
    /// When orders were cancelled because of it.
    cancelled: Option<Ts>,
}

impl DeadMan {
    /// A sign of life.
    pub(crate) fn heard(&mut self, now: Ts) {
        *self = DeadMan { heard: Some(now), cancelled: None };
    }

    /// How long silence is allowed, if it has lasted so long. Whoever begins a session is alive.
    pub(crate) fn silent(&mut self, now: Ts, allowed: Option<Span>) -> Option<Span> {
        let heard = *self.heard.get_or_insert(now);
        allowed.filter(|allowed| now - heard >= *allowed)
    }

    /// Whether to cancel what is open: the first time, and then as often as this.
    pub(crate) fn may_cancel(&mut self, now: Ts, every: Span) -> bool {
        let may = self.cancelled.is_none_or(|cancelled| now - cancelled >= every);
        if may {
            self.cancelled = Some(now);
        }
        may
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_counts_from_the_beginning_and_from_each_sign_of_life() {
        let mut dead_man = DeadMan::default();
        let allowed = Some(Span(10));
        assert_eq!(dead_man.silent(Ts(100), allowed), None);
        assert_eq!(dead_man.silent(Ts(109), allowed), None);
        assert_eq!(dead_man.silent(Ts(110), allowed), allowed);
        assert_eq!(dead_man.silent(Ts(999), None), None, "it is not asked for");
        assert_eq!([110, 119, 120].map(|now| dead_man.may_cancel(Ts(now), Span(10))), [true, false, true]);
        dead_man.heard(Ts(121));
        assert_eq!(dead_man.silent(Ts(130), allowed), None);
        assert_eq!(dead_man.silent(Ts(150), allowed), allowed);
        assert!(dead_man.may_cancel(Ts(131), Span(10)), "this is another silence");
    }
}
