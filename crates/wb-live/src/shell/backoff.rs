//! How long to wait before trying again.

use wb_core::{Rng, Span};

/// Waits that double from try to try up to a bound, each shortened at random by up to a half, so that many who lost the
/// same venue do not come back at once. A connection that has stood as long as the bound begins them anew.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Backoff {
    first: Span,
    most: Span,
    next: Span,
    rng: Rng,
}

impl Backoff {
    /// Waits from `first` up to `most`.
    pub fn new(first: Span, most: Span, seed: u64) -> Backoff {
        Backoff { first, most, next: first, rng: Rng::new(seed) }
    }

    /// The wait after a connection that stood for so long; nothing for one that was refused.
    pub fn after(&mut self, stood: Span) -> Span {
        if stood >= self.most {
            self.next = self.first;
        }
        let wait = self.next;
        self.next = Span(wait.0.saturating_mul(2)).min(self.most);
        Span((wait.0 as f64 * (0.5 + 0.5 * self.rng.uniform())) as i64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Span = Span(250_000_000);
    const MOST: Span = Span(30_000_000_000);

    #[test]
    fn waits_double_up_to_the_bound_and_vary_by_half() {
        for seed in 0..20 {
            let mut backoff = Backoff::new(FIRST, MOST, seed);
            let mut bound = FIRST;
            for _ in 0..12 {
                let wait = backoff.after(Span::ZERO);
                assert!(wait <= bound && wait.0 * 2 >= bound.0, "seed {seed}: {wait:?} of {bound:?}");
                bound = Span(bound.0 * 2).min(MOST);
            }
            assert!(backoff.after(MOST) <= FIRST, "seed {seed}: it stood long enough");
        }
    }

    #[test]
    fn a_connection_that_is_lost_at_once_does_not_begin_them_anew() {
        let mut backoff = Backoff::new(FIRST, MOST, 1);
        backoff.after(Span::ZERO);
        assert!(backoff.after(Span(1)) >= FIRST);
    }

    #[test]
    fn the_same_seed_waits_the_same() {
        let waits = |seed| {
            let mut backoff = Backoff::new(FIRST, MOST, seed);
            [Span::ZERO; 5].map(|stood| backoff.after(stood))
        };
        assert_eq!(waits(7), waits(7));
        assert_ne!(waits(7), waits(8));
    }
}
