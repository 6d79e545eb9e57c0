//! How far our clock is from the venue's.

use std::collections::VecDeque;

use wb_core::{Span, Ts};

/// So many measurements are kept: a clock that drifts by 100 ppm is off by 0.2 s after half an hour of one a minute.
const KEPT: usize = 30;

/// More than the measurements that are kept drift apart: a clock that differs by more has been set.
const SET: Span = Span(250_000_000);

/// Measures the venue's clock by asking for its time: of the last measurements the one with the shortest round trip
/// counts, because its error is at most half of that (D. Mills, NTP's clock filter, RFC 5905 section 10).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct VenueClock {
    /// Round trip and offset of each, oldest first.
    measured: VecDeque<(Span, Span)>,
}

impl VenueClock {
    /// Takes in one question and answer: when it was sent and received by our clock, and the time that came back.
    /// An answer before its question counts for nothing.
    pub fn measure(&mut self, sent: Ts, venue: Ts, received: Ts) {
        let round_trip = received - sent;
        if round_trip < Span::ZERO {
            return;
        }
        if self.measured.len() == KEPT {
            self.measured.pop_front();
        }
        // Venues tell whole milliseconds, rounded down: half of one is added back.
        let offset = (venue + Span(500_000)) - (sent + Span(round_trip.0 / 2));
        if let (Some(before), Some(uncertain)) = (self.offset(), self.uncertainty())
            && (offset.0 - before.0).abs() > uncertain.0 + round_trip.0 / 2 + SET.0
        {
            // What was measured before says nothing of a clock that was set meanwhile.
            self.measured.clear();
        }
        self.measured.push_back((round_trip, offset));
    }

    /// Venue's time minus ours, if it has been measured.
    pub fn offset(&self) -> Option<Span> {
        self.best().map(|(_, offset)| offset)
    }

    /// By how much [`VenueClock::offset`] may be wrong.
    pub fn uncertainty(&self) -> Option<Span> {
        self.best().map(|(round_trip, _)| Span(round_trip.0 / 2 + 500_000))
    }

    /// What the venue's clock shows when ours shows `ours`; the same while nothing has been measured.
    pub fn at(&self, ours: Ts) -> Ts {
        ours + self.offset().unwrap_or(Span::ZERO)
    }

    fn best(&self) -> Option<(Span, Span)> {
        self.measured.iter().copied().min_by_key(|(round_trip, _)| *round_trip)
    }
}

#[cfg(test)]
mod tests {
    use wb_core::Rng;

    use super::*;

    const MS: i64 = 1_000_000;

    #[test]
    fn the_offset_is_right_to_within_what_it_says() {
        let mut rng = Rng::new(3);
        for _ in 0..200 {
            let truth = rng.below(4_000) as i64 * MS - 2_000 * MS + rng.below(1_000_000) as i64;
            let mut clock = VenueClock::default();
            for question in 0..50 {
                let sent = Ts(1_700_000_000_000 * MS + question * 60_000 * MS);
                let (there, back) = (rng.below(80) as i64 * MS, rng.below(80) as i64 * MS);
                let venue = sent.0 + there + truth;
                clock.measure(sent, Ts(venue - venue.rem_euclid(MS)), Ts(sent.0 + there + back));
            }
            let (offset, uncertainty) =
                (clock.offset().expect("measured"), clock.uncertainty().expect("measured"));
            assert!((offset.0 - truth).abs() <= uncertainty.0, "{offset:?} {truth} {uncertainty:?}");
            assert_eq!(clock.at(Ts(0)), Ts(offset.0));
        }
    }

    #[test]
    fn an_old_measurement_is_forgotten_and_an_impossible_one_ignored() {
        let mut clock = VenueClock::default();
        clock.measure(Ts(10 * MS), Ts(0), Ts(9 * MS));
        assert_eq!((clock.offset(), clock.at(Ts(7))), (None, Ts(7)));
        clock.measure(Ts(0), Ts(100 * MS), Ts(0));
        for _ in 0..KEPT {
            clock.measure(Ts(0), Ts(5 * MS), Ts(10 * MS));
        }
        assert_eq!(clock.offset(), Some(Span(MS / 2)));
    }

    #[test]
    fn a_clock_that_was_set_is_known_by_the_next_measurement() {
        let mut clock = VenueClock::default();
        for minute in 0..10 {
            let sent = Ts(minute * 60_000 * MS);
            clock.measure(sent, Ts(sent.0 + 10 * MS), Ts(sent.0 + 2 * MS));
        }
        assert_eq!(clock.offset(), Some(Span(9 * MS + MS / 2)));
        // A slow answer says less, and still enough.
        let sent = Ts(600_000 * MS + 5_000 * MS);
        clock.measure(sent, Ts(sent.0 + 50 * MS - 5_000 * MS), Ts(sent.0 + 100 * MS));
        assert_eq!(clock.offset(), Some(Span(MS / 2 - 5_000 * MS)));
    }
}
