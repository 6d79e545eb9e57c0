//! The time of the replay, and how it is written on the wire.

use wb_core::{Span, Ts};

/// Which times market data and orders carry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Timestamps {
    /// Those of the data.
    Original,
    /// Those of the data, moved so that the replay begins now.
    Rebased,
}

/// How fast the replay goes.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Speed {
    /// One close at a time, when a client asks for it.
    Lockstep,
    /// So many times as fast as the clock; above zero and finite.
    Times(f64),
}

/// The unit of times on the wire.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum TimeUnit {
    /// Milliseconds since 1970.
    #[default]
    Milli,
    /// Microseconds since 1970.
    Micro,
}

impl TimeUnit {
    /// An instant in this unit.
    pub(crate) fn of(self, ts: Ts) -> i64 {
        match self {
            TimeUnit::Milli => ts.0.div_euclid(1_000_000),
            TimeUnit::Micro => ts.0.div_euclid(1_000),
        }
    }
}

/// How instants of the data are written for one client.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Stamp {
    offset: Span,
    unit: TimeUnit,
    now: Ts,
}

impl Stamp {
    /// An instant of the data.
    pub(crate) fn of(&self, ts: Ts) -> i64 {
        self.unit.of(ts + self.offset)
    }

    /// The last instant before one of the data.
    pub(crate) fn before(&self, ts: Ts) -> i64 {
        self.of(ts) - 1
    }

    /// The present of the data.
    pub(crate) fn now(&self) -> i64 {
        self.of(self.now)
    }
}

/// Where the replay is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    /// The instant of the data.
    pub(crate) replay: Ts,
    /// What is added to times of the data.
    offset: Span,
    /// When the exchange was opened, and the instant of the data at that time.
    opened: Ts,
    began: Ts,
    speed: Speed,
}

impl Clock {
    /// A clock that is at `from` of the data when the real one is at `now`.
    ///
    /// Rebased times keep the phase of bars: the offset is a whole number of `interval`s, and the replay begins as far
    /// into the first bar as `now` is into the present one.
    pub(crate) fn new(from: Ts, now: Ts, interval: Span, speed: Speed, timestamps: Timestamps) -> Clock {
        match timestamps {
            Timestamps::Original => {
                Clock { replay: from, offset: Span::ZERO, opened: now, began: from, speed }
            }
            Timestamps::Rebased => {
                let phase = Span((now.0 - from.0).rem_euclid(interval.0));
                let offset = now - (from + phase);
                Clock { replay: from, offset, opened: now, began: from + phase, speed }
            }
        }
    }

    /// How times are written for a client that wants them in `unit`.
    pub(crate) fn stamp(&self, unit: TimeUnit) -> Stamp {
        Stamp { offset: self.offset, unit, now: self.replay }
    }

    /// The instant of the data that a client means.
    pub(crate) fn meant(&self, told: Ts) -> Ts {
        Ts(told.0.saturating_sub(self.offset.0))
    }

    /// When the real clock reaches an instant of the data; never in lockstep.
    pub(crate) fn due(&self, ts: Ts) -> Option<Ts> {
        match self.speed {
            Speed::Lockstep => None,
            Speed::Times(times) => Some(Ts(self.opened.0 + ((ts - self.began).0 as f64 / times) as i64)),
        }
    }

    /// The instant of the data at real time `now`; in lockstep the last close.
    pub(crate) fn replayed(&self, now: Ts) -> Ts {
        match self.speed {
            Speed::Lockstep => self.replay,
            Speed::Times(times) => {
                self.replay.max(Ts(self.began.0 + ((now - self.opened).0 as f64 * times) as i64))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Span = Span::from_seconds(60);

    #[test]
    fn rebased_times_keep_the_phase_of_bars_and_begin_now() {
        let (from, now) = (Ts::from_seconds(600), Ts::from_seconds(1_000_017));
        let clock = Clock::new(from, now, MINUTE, Speed::Times(2.0), Timestamps::Rebased);
        assert_eq!(clock.offset.0 % MINUTE.0, 0);
        let begun = clock.replayed(now);
        assert_eq!(clock.stamp(TimeUnit::Micro).of(begun), now.0 / 1_000);
        assert_eq!(clock.meant(now), begun);
        let close = from + MINUTE;
        let due = clock.due(close).expect("it is paced");
        assert_eq!((due - now).0, (close - begun).0 / 2);
        assert_eq!(clock.replayed(due), close);
    }

    #[test]
    fn in_lockstep_nothing_is_due_and_time_stands() {
        let clock = Clock::new(
            Ts::from_seconds(600),
            Ts::from_seconds(9_000),
            MINUTE,
            Speed::Lockstep,
            Timestamps::Original,
        );
        assert_eq!(clock.due(Ts::from_seconds(660)), None);
        assert_eq!(clock.replayed(Ts::from_seconds(9_999)), Ts::from_seconds(600));
        assert_eq!(clock.stamp(TimeUnit::Milli).now(), 600_000);
    }
}
