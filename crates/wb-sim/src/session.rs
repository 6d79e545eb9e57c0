//! One kernel and one simulated venue, and the one order in which they step.

use wb_core::{Bar, Command, Control, Event, InstrumentId, MarketData, MarketEvent, TimerId, Ts};
use wb_kernel::Kernel;

use crate::config::LatencyModel;
use crate::mail::{Letter, Mail, Rank};
use crate::transcript::{Record, Transcript};
use crate::venue::SimVenue;

/// One kernel and one simulated venue.
///
/// The steps of one close, for every driver: timers that are due by then; the venue sees every event of the close;
/// what the venue then has to say reaches the kernel, and the commands that causes reach the venue; the kernel sees one
/// event after another, and its commands reach the venue after each. So nothing that a strategy does when it sees one
/// instrument's bar can change what happened inside another's.
///
/// With latencies the venue sees market data at `ts_event` and the kernel at `ts_recv`, and all messages wait in one
/// queue in time order; at equal times timers come first, then the venue before the kernel, and orders before market
/// data.
#[derive(Debug)]
pub struct Session {
    kernel: Kernel,
    venue: SimVenue,
    latency: LatencyModel,
    /// Whether nothing is delayed.
    instant: bool,
    commands: Vec<Command>,
    records: Vec<Record>,
    /// How many of them were there when the kernel saw the market event.
    before: usize,
    /// Answers of the kernel at the instant of the last one.
    answers: usize,
    answered: Ts,
    /// Whether a close has begun whose last event is still to come.
    mid_close: bool,
    /// The events of that close, which the kernel has not seen.
    close: Vec<MarketEvent>,
    mail: Mail,
    transcript: Transcript,
}

/// Most commands that the kernel may give in answer to the venue, or timers that it may set for an instant that is
/// past, at one instant; the rest waits for the next event, so that a strategy that answers every answer cannot hang a
/// run.
const MOST_ANSWERS: usize = 10_000;

impl Session {
    /// A session that has seen nothing.
    pub fn new(kernel: Kernel, venue: SimVenue, latency: LatencyModel) -> Session {
        let instant = latency.is_zero();
        Session {
            kernel,
            venue,
            latency,
            instant,
            commands: Vec::new(),
            records: Vec::new(),
            before: 0,
            answers: 0,
            answered: Ts::MIN,
            mid_close: false,
            close: Vec::new(),
            mail: Mail::default(),
            transcript: Transcript::default(),
        }
    }

    /// The kernel.
    pub fn kernel(&self) -> &Kernel {
        &self.kernel
    }

    /// The venue.
    pub fn venue(&self) -> &SimVenue {
        &self.venue
    }

    /// Sets the value of a feature that was taken out of the kernel.
    #[inline]
    pub fn set_feature(&mut self, position: usize, value: f64) {
        self.kernel.set_feature(position, value);
    }

    /// Whether anything happened during the last close.
    #[inline]
    pub fn has_records(&self) -> bool {
        !self.records.is_empty()
    }

    /// What happened during the last close until the kernel saw its market events: fills inside bars.
    #[inline]
    pub fn records_before(&self) -> &[Record] {
        &self.records[..self.before]
    }

    /// What happened during the last close from then on: commands, and fills at the close.
    #[inline]
    pub fn records_after(&self) -> &[Record] {
        &self.records[self.before..]
    }

    /// From now on keeps what [`Session::transcript`] gives.
    pub fn transcribe(&mut self) {
        self.transcript.begin();
    }

    /// All that the kernel was told, market data and timers included, and all that it gave, in that order, since the
    /// last [`Session::clear_transcript`]; nothing unless it is kept.
    pub fn transcript(&self) -> &[Record] {
        self.transcript.records()
    }

    /// Forgets what was kept so far.
    pub fn clear_transcript(&mut self) {
        self.transcript.clear();
    }

    /// Whether a close has begun whose last event is still to come.
    pub(crate) fn is_mid_close(&self) -> bool {
        self.mid_close
    }

    /// Takes the next market event, in the order of `ts_event`. The last one of each close must say so.
    #[inline]
    pub fn on_market(&mut self, event: &MarketEvent) {
        if !self.mid_close && !self.records.is_empty() {
            self.records.clear();
        }
        if self.instant {
            self.step(event);
        } else {
            self.step_with_latency(event);
        }
    }

    /// Takes what an operator says at `ts`.
    ///
    /// # Panics
    /// In the middle of a close, or if `ts` is earlier than the kernel's time.
    pub fn on_control(&mut self, ts: Ts, control: Control) {
        assert!(!self.mid_close, "a close is one step");
        self.on_time(ts);
        self.tell(&Event::Control { ts, control });
        self.send(ts);
    }

    /// Takes a bar that closed at `ts_event` and is learned of at `ts`, too late to act on it: the venue goes through it,
    /// the kernel's features take it in, and its strategy is not asked.
    ///
    /// # Panics
    /// As [`Session::on_control`].
    pub fn on_past_bar(&mut self, ts: Ts, ts_event: Ts, instrument: InstrumentId, bar: Bar) {
        assert!(!self.mid_close, "a close is one step");
        self.on_time(ts);
        let data = MarketData::Bar(bar);
        self.venue.on_market(&MarketEvent { ts_event, ts_recv: ts, instrument, last: true, data });
        if self.instant {
            self.settle(ts)
        } else {
            self.collect(ts)
        }
        self.tell(&Event::Past { ts, ts_event, instrument, bar });
        self.send(ts);
    }

    /// Lets time pass until `until`: timers that are due ring, and what is on its way by then arrives. Whoever calls it
    /// knows that no market event before `until` is still to come. In the middle of a close nothing happens.
    pub fn on_time(&mut self, until: Ts) {
        match (self.mid_close, self.instant) {
            (true, _) => {}
            (false, true) => self.run_timers(until),
            (false, false) => self.deliver_until(until),
        }
    }

    /// Delivers what is still on its way after the last market event. Timers no longer run, and commands that the
    /// kernel gives now reach nobody.
    pub fn finish(&mut self) {
        self.records.clear();
        self.collect(self.kernel.now());
        while let Some((ts, letter)) = self.mail.next_letter() {
            match letter {
                Letter::ToVenue(command) => {
                    self.venue.on_command(ts, &command);
                    self.collect(ts);
                }
                Letter::ToKernel(event) => self.tell(&event),
            }
            for command in self.commands.drain(..) {
                self.records.push(self.transcript.command(ts, command));
            }
        }
        self.before = self.records.len();
    }

    #[inline]
    fn step(&mut self, event: &MarketEvent) {
        let now = event.ts_recv;
        self.run_timers(now);
        self.venue.on_market(event);
        if self.mid_close || !event.last {
            self.step_of_many(event, now);
            return;
        }
        if self.venue.has_due() {
            self.settle(now);
        }
        self.before = self.records.len();
        self.show(event, now);
    }

    /// One event of a close that has several.
    fn step_of_many(&mut self, event: &MarketEvent, now: Ts) {
        self.mid_close = !event.last;
        self.close.push(*event);
        if self.mid_close {
            return;
        }
        if self.venue.has_due() {
            self.settle(now);
        }
        self.before = self.records.len();
        let mut close = std::mem::take(&mut self.close);
        for event in close.drain(..) {
            self.show(&event, now);
        }
        self.close = close;
    }

    /// Shows a market event to the kernel and carries out what it wants.
    #[inline]
    fn show(&mut self, event: &MarketEvent, now: Ts) {
        self.transcript.event(|| Event::Market(*event));
        self.kernel.on_market(event, &mut self.commands);
        if !self.commands.is_empty() {
            self.carry(now);
            self.settle(now);
        }
    }

    /// Passes what the venue has to say to the kernel and the kernel's answers back, until both are at rest.
    #[cold]
    fn settle(&mut self, now: Ts) {
        while self.has_patience(now, 0) {
            let Some(event) = self.venue.poll(now) else { return };
            // On bars the venue learns at the close what happened at the open; the kernel's time has moved on.
            self.tell(&at(event, now));
            self.has_patience(now, self.commands.len());
            self.carry(now);
        }
    }

    /// Counts more answers at this instant; false when there have been too many.
    fn has_patience(&mut self, now: Ts, more: usize) -> bool {
        if now > self.answered {
            (self.answered, self.answers) = (now, 0);
        }
        self.answers += more;
        self.answers <= MOST_ANSWERS
    }

    /// Tells the kernel of something that is no market data, or that has been on its way.
    fn tell(&mut self, event: &Event) {
        if !matches!(event, Event::Market(_)) {
            self.records.push(Record::Event(*event));
        }
        self.transcript.event(|| *event);
        self.kernel.on_event(event, &mut self.commands);
    }

    /// Sends the kernel's commands to the venue, and lets both come to rest where nothing is delayed.
    fn send(&mut self, now: Ts) {
        if self.instant {
            self.carry(now);
            self.settle(now);
        } else {
            self.post(now);
        }
    }

    /// Hands the kernel's commands to the venue.
    fn carry(&mut self, now: Ts) {
        for command in self.commands.drain(..) {
            self.records.push(self.transcript.command(now, command));
            self.venue.on_command(now, &command);
        }
    }

    /// Tells the kernel that a timer of its is due.
    fn ring(&mut self, ts: Ts, id: TimerId) {
        let event = Event::Timer { ts, id };
        self.transcript.event(|| event);
        self.kernel.on_event(&event, &mut self.commands);
    }

    #[inline]
    fn run_timers(&mut self, until: Ts) {
        if self.kernel.next_timer().is_some_and(|(ts, _)| ts <= until) {
            self.run_due_timers(until);
        }
    }

    #[cold]
    fn run_due_timers(&mut self, until: Ts) {
        self.answers = 0;
        while let Some((due, id)) = self.kernel.next_timer().filter(|(ts, _)| *ts <= until) {
            let ts = due.max(self.kernel.now());
            if !self.has_patience(ts, 1) {
                return;
            }
            self.ring(ts, id);
            self.carry(ts);
            self.settle(ts);
        }
    }

    #[cold]
    fn step_with_latency(&mut self, event: &MarketEvent) {
        self.answers = 0;
        // Whatever arrives at the venue before this event, and whatever follows from it.
        self.deliver_until(Ts(event.ts_event.0 - 1));
        self.venue.on_market(event);
        self.collect(event.ts_event);
        let received =
            MarketEvent { ts_recv: event.ts_recv.max(event.ts_event + self.latency.feed), ..*event };
        self.mail.send(received.ts_recv, Rank::KernelMarket, Letter::ToKernel(Event::Market(received)));
        self.mid_close = !event.last;
        if !self.mid_close {
            self.deliver_until(event.ts_event);
        }
        // With latency nothing is filled at the close that caused it.
        self.before = self.records.len();
    }

    fn deliver_until(&mut self, until: Ts) {
        loop {
            let next = self.mail.next_due();
            let timer = self.kernel.next_timer().map(|(due, id)| (due.max(self.kernel.now()), id));
            let timer = timer.filter(|(ts, _)| next.is_none_or(|next| *ts <= next));
            let Some(ts) = timer.map(|(ts, _)| ts).or(next).filter(|ts| *ts <= until) else { return };
            if !self.has_patience(ts, usize::from(timer.is_some())) {
                return;
            }
            if let Some((_, id)) = timer {
                self.ring(ts, id);
            } else {
                let (_, letter) = self.mail.next_letter().expect("just seen");
                match letter {
                    Letter::ToVenue(command) => {
                        self.venue.on_command(ts, &command);
                        self.collect(ts);
                    }
                    Letter::ToKernel(event) => self.tell(&event),
                }
            }
            self.has_patience(ts, self.commands.len());
            self.post(ts);
        }
    }

    /// Sends the kernel's commands on their way.
    fn post(&mut self, now: Ts) {
        for command in self.commands.drain(..) {
            self.records.push(self.transcript.command(now, command));
            self.mail.send(now + self.latency.order, Rank::Venue, Letter::ToVenue(command));
        }
    }

    /// Sends what the venue has to say on its way.
    fn collect(&mut self, now: Ts) {
        while let Some(event) = self.venue.poll(now) {
            let ts = now + self.latency.report;
            self.mail.send(ts, Rank::KernelOrder, Letter::ToKernel(at(event, ts)));
        }
    }
}

/// The event as learned at `ts`.
fn at(event: Event, ts: Ts) -> Event {
    match event {
        Event::Order { event, .. } => Event::Order { ts, event },
        Event::Cash { instrument, amount, .. } => Event::Cash { ts, instrument, amount },
        other => other,
    }
}
