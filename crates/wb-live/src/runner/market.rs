//! What the venue says, sorted; and bars: their order, the gaps between them, and the past before the first.

use wb_core::{Bar, Control, Event, InstrumentId, MarketData, MarketEvent, Price, Span, Ts};
use wb_store::Severity;

use super::machine::Runner;
use super::outbox::Outbox;
use super::state::Reason;
use crate::venues::{Answer, Answered, Line, Message, Request, RequestKey};

/// Which bars have been taken in, and which are being fetched.
#[derive(Debug)]
pub(crate) struct Past {
    /// When the last bar of each instrument closed.
    last: Vec<Option<Ts>>,
    /// Instruments whose bars are being fetched, and the latest beginning of a bar that is wanted.
    fetching: Vec<(InstrumentId, Ts)>,
    /// Bars that came meanwhile.
    held: Vec<MarketEvent>,
    /// When the market was last heard of.
    heard: Ts,
}

impl Past {
    pub(crate) fn new(instruments: usize) -> Past {
        Past { last: vec![None; instruments], fetching: Vec::new(), held: Vec::new(), heard: Ts::MIN }
    }

    pub(crate) fn heard(&mut self, now: Ts) {
        self.heard = now;
    }

    /// Nothing is being fetched any more.
    pub(crate) fn abandon(&mut self) {
        self.fetching.clear();
    }

    pub(crate) fn is_fetching(&self) -> bool {
        !self.fetching.is_empty()
    }

    /// Remembers a bar that the kernel has been told of.
    pub(crate) fn took(&mut self, instrument: InstrumentId, closed: Ts) {
        let last = &mut self.last[instrument.index()];
        *last = Some(last.map_or(closed, |last| last.max(closed)));
    }

    fn has(&self, instrument: InstrumentId, closed: Ts) -> bool {
        self.last[instrument.index()].is_some_and(|last| closed <= last)
    }
}

impl Runner {
    /// Sorts one thing that the venue said.
    pub(super) fn on_message(&mut self, line: Line, now: Ts, message: Message, out: &mut Outbox) {
        match message {
            Message::Market(event) => self.on_market(event, now, out),
            Message::Order(report) => self.on_report(&report, now, out),
            Message::Answer(answer) => self.on_answer(answer, now, out),
            Message::RateUse(usage) => self.budget.used(self.clock.at(now), &usage),
            Message::Transfer(asset, amount) => {
                out.notice(Severity::Info, format!("{amount} {asset} came or went without a trade"));
                self.ledger.transfer(&asset, amount);
            }
            Message::OtherOrder(other) => {
                let what = format!(
                    "order {} of {} is not of this session: {}",
                    other.venue_order, other.symbol, other.what
                );
                out.notice(Severity::Info, what);
            }
            Message::Unexplained(id, what) => {
                self.halt(Reason::Disagreement, &format!("order {}: {what}", id.0), out);
                self.settle_soon();
            }
            Message::Closing | Message::ReportsEnded => out.reconnect.push(line),
            // Books are compared whole; the kernel has no depth.
            Message::Balance(_) | Message::Depth(_) => {}
        }
    }

    fn on_answer(&mut self, answer: Answer, now: Ts, out: &mut Outbox) {
        let Answer { request: Some(key), result } = answer else {
            if let Err(error) = answer.result {
                out.notice(Severity::Warning, error.to_string());
                self.heed(&error, out);
            }
            return;
        };
        let sent = self.requests.answered(key);
        match (key, result) {
            (RequestKey::Logon | RequestKey::Reports, Err(error)) => self.is_refused(&error, now, out),
            (RequestKey::Logon, Ok(_)) => {}
            (RequestKey::Reports, Ok(_)) => self.reports_come(now, out),
            (RequestKey::Step, result) => self.on_stepped(result, now, out),
            (RequestKey::Place(id), result) => self.on_placed(id, result, now, out),
            (RequestKey::Cancel(order), result) => self.on_cancel_answered(order, result, now, out),
            (RequestKey::Bars(instrument, _), Ok(Answered::Bars(bars))) => {
                self.on_past_bars(instrument, &bars, now, out);
            }
            (RequestKey::Time, Ok(Answered::Time(venue))) => {
                if let Some(sent) = sent {
                    self.clock.measure(sent.at, venue, now);
                    self.look_at_the_clock(now, out);
                    self.go_on_with_the_time(now, out);
                }
            }
            (key, result) => self.on_books(key, result, now, out),
        }
    }

    fn on_market(&mut self, event: MarketEvent, now: Ts, out: &mut Outbox) {
        self.past.heard(now);
        self.clear(Reason::Stale, now, out);
        match event.data {
            MarketData::Bar(_) => self.on_bar(event, now, out),
            // A strategy sees what a backtest shows it, and that is bars.
            MarketData::Trade(trade) => {
                let tick = self.listings[event.instrument.index()].instrument.tick;
                self.contingents.on_trade(event.instrument, Price(tick.nearest(trade.price)));
                self.tend_orders(now, out);
            }
            _ if self.reasons.has(Reason::Cold) => {}
            _ => self.tell_market(event, now, out),
        }
    }

    /// A bar that closed. One that was known is dropped, and one behind a gap waits until the gap is filled.
    pub(super) fn on_bar(&mut self, event: MarketEvent, now: Ts, out: &mut Outbox) {
        let MarketEvent { instrument, ts_event, .. } = event;
        if self.past.has(instrument, ts_event) || self.holds_for_step(event) {
            return;
        }
        if self.past.is_fetching() || self.reasons.has(Reason::Cold) {
            self.past.held.push(event);
            return;
        }
        let length = self.config.interval.span();
        // Those before this one: it is news, and they are not.
        let until = Ts(ts_event.0 - 2 * length.0);
        if let Some(last) = self.past.last[instrument.index()].filter(|last| ts_event - *last > length)
            && self.fetch(instrument, last, until, now, out)
        {
            self.past.held.push(event);
            return;
        }
        self.deliver_bar(event, now, out);
    }

    fn deliver_bar(&mut self, event: MarketEvent, now: Ts, out: &mut Outbox) {
        self.past.took(event.instrument, event.ts_event);
        self.closes.on_bar(now, event);
        self.tell_due(now, out);
    }

    pub(super) fn deliver_waiting_closes(&mut self, now: Ts, out: &mut Outbox) {
        self.closes.on_time(now);
        self.tell_due(now, out);
    }

    fn tell_due(&mut self, now: Ts, out: &mut Outbox) {
        while let Some(bar) = self.closes.next_due() {
            self.tell_market(bar, now, out);
        }
    }

    fn tell_market(&mut self, event: MarketEvent, now: Ts, out: &mut Outbox) {
        self.heard_of(event.ts_event);
        if let MarketData::Bar(bar) = &event.data {
            self.note_bar(event.instrument, event.ts_event, bar);
        }
        self.run_timers(now, out);
        let ts = self.kernel_time(now);
        self.tell(Event::Market(MarketEvent { ts_recv: ts, ..event }), now, out);
        // A close is one step: in the middle of it there is nothing to look at.
        if event.last {
            self.look_at_the_loss(now, out);
            self.step(now, out);
        }
    }

    fn look_at_the_loss(&mut self, now: Ts, out: &mut Outbox) {
        let (ts, equity) = (self.kernel().now(), self.kernel().portfolio().equity());
        if let Some(lost) = self.loss.on_equity(ts, equity, self.config.caution.max_daily_loss)
            && !self.reasons.has(Reason::DailyLoss)
        {
            self.tell(Event::Control { ts, control: Control::Flatten }, now, out);
            self.halt(Reason::DailyLoss, &format!("{:.2} % of the day's first equity", 100.0 * lost), out);
        }
    }

    /// Asks for the bars of an instrument that begin from `from` to `until`.
    fn fetch(&mut self, instrument: InstrumentId, from: Ts, until: Ts, now: Ts, out: &mut Outbox) -> bool {
        if from > until {
            return false;
        }
        let request = Request::Bars { instrument, interval: self.config.interval, from, until };
        let asked = self.ask(request, now, out);
        if asked && !self.past.fetching.iter().any(|(other, _)| *other == instrument) {
            self.past.fetching.push((instrument, until));
        }
        asked
    }

    /// Bars of the past: features take them in. Where more may be there, they are asked for.
    fn on_past_bars(&mut self, instrument: InstrumentId, bars: &[MarketEvent], now: Ts, out: &mut Outbox) {
        let mut more = None;
        for event in bars {
            if !self.past.has(instrument, event.ts_event) {
                self.tell_past(event, now, out);
                more = Some(event.ts_event);
            }
        }
        let until =
            self.past.fetching.iter().find(|(other, _)| *other == instrument).map(|(_, until)| *until);
        if let (Some(from), Some(until)) = (more, until)
            && self.fetch(instrument, from, until, now, out)
        {
            return;
        }
        self.past.fetching.retain(|(other, _)| *other != instrument);
        if !self.past.is_fetching() {
            self.clear(Reason::Cold, now, out);
            self.release(now, out);
        }
    }

    fn tell_past(&mut self, event: &MarketEvent, now: Ts, out: &mut Outbox) {
        let MarketData::Bar(bar) = event.data else { return };
        let MarketEvent { ts_event, instrument, .. } = *event;
        self.past.took(instrument, ts_event);
        self.note_bar(instrument, ts_event, &bar);
        self.heard_of(ts_event);
        self.tell(Event::Past { ts: self.kernel_time(now), ts_event, instrument, bar }, now, out);
    }

    /// Orders that wait here see a bar.
    pub(super) fn note_bar(&mut self, instrument: InstrumentId, closed: Ts, bar: &Bar) {
        let tick = self.listings[instrument.index()].instrument.tick;
        self.contingents.on_bar(instrument, closed, bar, tick);
    }

    /// Delivers the bars that were held: to the strategy where they are news, else only to its features.
    fn release(&mut self, now: Ts, out: &mut Outbox) {
        let held = std::mem::take(&mut self.past.held);
        for event in held {
            if self.past.has(event.instrument, event.ts_event) {
                continue;
            }
            if self.kernel_time(self.clock.at(now)) - event.ts_event > self.config.caution.stale_after {
                self.tell_past(&event, now, out);
            } else {
                self.deliver_bar(event, now, out);
            }
        }
    }

    /// Brings features up to date before the first decision.
    pub(super) fn warm_up(&mut self, now: Ts, out: &mut Outbox) {
        if self.past.is_fetching() {
            return;
        }
        let length = self.config.interval.span().0;
        let needed = self.kernel().history(self.config.interval);
        let until = Ts(self.clock.at(now).0 - length);
        for (index, bars) in needed.into_iter().enumerate() {
            let instrument = InstrumentId(index as u32);
            // A restarted runner has a past already, and lacks what came since.
            let from = match self.past.last[index] {
                Some(last) => last,
                None if self.config.preload && bars > 0 => {
                    let bars = i64::try_from(bars + 1).unwrap_or(i64::MAX);
                    Ts(self.clock.at(now).0.saturating_sub(length.saturating_mul(bars)))
                }
                None => continue,
            };
            self.fetch(instrument, from, until, now, out);
        }
        if !self.past.is_fetching() {
            self.clear(Reason::Cold, now, out);
            self.release(now, out);
        }
    }

    pub(super) fn look_for_stale_data(&mut self, now: Ts, out: &mut Outbox) {
        if !self.reasons.has(Reason::MarketLine) && now - self.past.heard > self.config.caution.stale_after {
            self.hold(Reason::Stale, now, out);
            // A half-open socket says nothing for ever; a new one does.
            if now - self.past.heard > Span(2 * self.config.caution.stale_after.0) {
                self.past.heard(now);
                out.reconnect.push(Line::Market);
            }
        }
    }

    fn look_at_the_clock(&mut self, now: Ts, out: &mut Outbox) {
        let (Some(offset), Some(uncertain)) = (self.clock.offset(), self.clock.uncertainty()) else { return };
        if offset.0.abs() - uncertain.0 > self.config.max_clock_offset.0 {
            if !self.reasons.has(Reason::Clock) {
                let side = if offset.0 > 0 { "behind" } else { "ahead of" };
                let off = Span(offset.0.abs()).as_seconds_f64();
                out.notice(Severity::Warning, format!("our clock is {off:.1} s {side} the venue's: set it"));
            }
            self.hold(Reason::Clock, now, out);
        } else {
            self.clear(Reason::Clock, now, out);
        }
    }
}
