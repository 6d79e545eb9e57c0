//! Several instruments' bars of one close, joined.

use wb_core::{MarketEvent, Span, Ts};

/// Waits until all bars of a close are in, or long enough.
#[derive(Debug)]
pub(crate) struct Closes {
    /// How many instruments there are.
    instruments: usize,
    grace: Span,
    /// Bars of one close, in the order of their instruments.
    waiting: Vec<MarketEvent>,
    /// When the first of them came.
    since: Ts,
}

impl Closes {
    pub(crate) fn new(instruments: usize, grace: Span) -> Closes {
        Closes { instruments, grace, waiting: Vec::with_capacity(instruments), since: Ts::MIN }
    }

    /// Takes a bar. `deliver` is given those that are due, the last of each close marked.
    pub(crate) fn on_bar(&mut self, now: Ts, bar: MarketEvent, mut deliver: impl FnMut(MarketEvent)) {
        if self.waiting.first().is_some_and(|first| first.ts_event < bar.ts_event) {
            self.flush(&mut deliver);
        }
        if self.waiting.is_empty() {
            self.since = now;
        }
        let place = self.waiting.partition_point(|other| other.instrument < bar.instrument);
        self.waiting.insert(place, bar);
        if self.waiting.len() == self.instruments {
            self.flush(&mut deliver);
        }
    }

    /// Delivers bars whose close has been waited for long enough.
    pub(crate) fn on_time(&mut self, now: Ts, mut deliver: impl FnMut(MarketEvent)) {
        if !self.waiting.is_empty() && now - self.since >= self.grace {
            self.flush(&mut deliver);
        }
    }

    fn flush(&mut self, deliver: &mut impl FnMut(MarketEvent)) {
        let count = self.waiting.len();
        for (place, bar) in self.waiting.drain(..).enumerate() {
            deliver(MarketEvent { last: place + 1 == count, ..bar });
        }
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
        let mut seen = Vec::new();
        let mut note = |event: MarketEvent| seen.push((event.ts_event.0, event.instrument.0, event.last));
        closes.on_bar(Ts(100), bar(2, 100), &mut note);
        closes.on_bar(Ts(101), bar(0, 100), &mut note);
        closes.on_bar(Ts(102), bar(1, 100), &mut note);
        closes.on_bar(Ts(200), bar(1, 200), &mut note);
        closes.on_bar(Ts(300), bar(0, 300), &mut note);
        closes.on_time(Ts(309), &mut note);
        closes.on_time(Ts(310), &mut note);
        closes.on_time(Ts(999), &mut note);
        assert_eq!(seen, [(100, 0, false), (100, 1, false), (100, 2, true), (200, 1, true), (300, 0, true)]);
    }
}
