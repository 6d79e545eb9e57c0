//! Several instruments' bars of one close, joined.

use std::collections::VecDeque;

use wb_core::{MarketEvent, Span, Ts};

/// Waits until all bars of a close are in, or long enough. What is due is then taken by [`Closes::next_due`].
#[derive(Debug)]
pub(crate) struct Closes {
    /// How many instruments there are.
    instruments: usize,
    grace: Span,
    /// Bars of one close, in the order of their instruments.
    waiting: Vec<MarketEvent>,
    /// When the first of them came.
    since: Ts,
    /// Bars to be delivered, the last of each close marked.
    due: VecDeque<MarketEvent>,
}

impl Closes {
    pub(crate) fn new(instruments: usize, grace: Span) -> Closes {
        let waiting = Vec::with_capacity(instruments);
        Closes { instruments, grace, waiting, since: Ts::MIN, due: VecDeque::new() }
    }

    /// Takes a bar.
    pub(crate) fn on_bar(&mut self, now: Ts, bar: MarketEvent) {
        if self.waiting.first().is_some_and(|first| first.ts_event < bar.ts_event) {
            self.flush();
        }
        if self.waiting.is_empty() {
            self.since = now;
        }
        let place = self.waiting.partition_point(|other| other.instrument < bar.instrument);
        self.waiting.insert(place, bar);
        if self.waiting.len() == self.instruments {
            self.flush();
        }
    }

    /// Makes due what has been waited for long enough.
    pub(crate) fn on_time(&mut self, now: Ts) {
        if !self.waiting.is_empty() && now - self.since >= self.grace {
            self.flush();
        }
    }

    /// Takes out the next bar to be delivered.
    pub(crate) fn next_due(&mut self) -> Option<MarketEvent> {
        self.due.pop_front()
    }

    fn flush(&mut self) {
        let count = self.waiting.len();
        let marked = |(place, bar)| MarketEvent { last: place + 1 == count, ..bar };
        self.due.extend(self.waiting.drain(..).enumerate().map(marked));
    }
}

#[cfg(test)]
mod tests {
    use wb_core::{InstrumentId, MarketData};

    use super::*;

    fn bar(instrument: u32, close: i64) -> MarketEvent {
        MarketEvent {
            ts_event: Ts(close),
            ts_recv: Ts(close),
            instrument: InstrumentId(instrument),
            last: true,
            data: MarketData::Gap,
        }
    }

    #[test]
    fn a_close_is_delivered_when_it_is_whole_or_the_next_begins_or_time_is_up() {
        let mut closes = Closes::new(3, Span(10));
        closes.on_bar(Ts(100), bar(2, 100));
        closes.on_bar(Ts(101), bar(0, 100));
        assert_eq!(closes.next_due(), None);
        closes.on_bar(Ts(102), bar(1, 100));
        closes.on_bar(Ts(200), bar(1, 200));
        closes.on_bar(Ts(300), bar(0, 300));
        closes.on_time(Ts(309));
        let due =
            |closes: &mut Closes| std::iter::from_fn(|| closes.next_due()).collect::<Vec<MarketEvent>>();
        let mut seen = due(&mut closes);
        closes.on_time(Ts(310));
        closes.on_time(Ts(999));
        seen.extend(due(&mut closes));
        let seen: Vec<(i64, u32, bool)> =
            seen.iter().map(|bar| (bar.ts_event.0, bar.instrument.0, bar.last)).collect();
        assert_eq!(seen, [(100, 0, false), (100, 1, false), (100, 2, true), (200, 1, true), (300, 0, true)]);
    }
}
