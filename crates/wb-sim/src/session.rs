//! One kernel and one simulated venue, and the one order in which they step.

use std::collections::BTreeMap;

use wb_core::{Command, Event, MarketEvent, Ts};
use wb_kernel::Kernel;

use crate::config::LatencyModel;
use crate::venue::SimVenue;

/// One kernel and one simulated venue.
///
/// The steps of one market event, for every driver: the venue sees it; what the venue then has to say reaches the
/// kernel, and the commands that causes reach the venue; the kernel sees the event; its commands reach the venue.
/// With latencies the venue sees market data at `ts_event` and the kernel at `ts_recv`, and all messages wait in one
/// queue in time order; at equal times the venue comes before the kernel, and orders before market data.
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
    mail: Mail,
}

/// What happened between kernel and venue, as the kernel's side sees it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Record {
    /// The kernel gave a command.
    Command(Ts, Command),
    /// The kernel was told.
    Event(Event),
}

/// Messages on their way, in time order.
#[derive(Debug, Default)]
struct Mail {
    queue: BTreeMap<(Ts, Rank, u64), Letter>,
    sent: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Rank {
    Venue,
    KernelOrder,
    KernelMarket,
}

#[derive(Clone, Copy, Debug)]
enum Letter {
    ToVenue(Command),
    ToKernel(Event),
}

/// Most exchanges between kernel and venue at one instant; what is left then waits for the next event, so that a
/// strategy that answers every answer cannot hang a run.
const MOST_ROUNDS: usize = 10_000;

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
            mail: Mail::default(),
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

    /// What happened during the last step until the kernel saw the market event: fills inside a bar.
    #[inline]
    pub fn records_before(&self) -> &[Record] {
        &self.records[..self.before]
    }

    /// What happened during the last step from then on: commands, and fills at a bar's close.
    #[inline]
    pub fn records_after(&self) -> &[Record] {
        &self.records[self.before..]
    }

    /// Takes the next market event, in the order of `ts_event`.
    #[inline]
    pub fn on_market(&mut self, event: &MarketEvent) {
        if !self.records.is_empty() {
            self.records.clear();
        }
        if self.instant {
            self.step(event);
        } else {
            self.step_with_latency(event);
        }
    }

    /// Delivers what is still on its way after the last market event.
    pub fn finish(&mut self) {
        self.records.clear();
        self.deliver_until(Ts::MAX);
        self.before = self.records.len();
    }

    #[inline]
    fn step(&mut self, event: &MarketEvent) {
        let now = event.ts_recv;
        self.run_timers(now);
        self.venue.on_market(event);
        if self.venue.has_due() {
            self.settle(now);
        }
        self.before = self.records.len();
        self.kernel.on_market(event, &mut self.commands);
        if !self.commands.is_empty() {
            self.carry(now);
            self.settle(now);
        }
    }

    /// Passes what the venue has to say to the kernel and the kernel's answers back, until both are at rest.
    #[cold]
    fn settle(&mut self, now: Ts) {
        for _ in 0..MOST_ROUNDS {
            let Some(event) = self.venue.poll(now) else { return };
            // On bars the venue learns at the close what happened at the open; the kernel's time has moved on.
            let event = at(event, now);
            self.records.push(Record::Event(event));
            self.kernel.on_event(&event, &mut self.commands);
            self.carry(now);
        }
    }

    /// Hands the kernel's commands to the venue.
    fn carry(&mut self, now: Ts) {
        for command in self.commands.drain(..) {
            self.records.push(Record::Command(now, command));
            self.venue.on_command(now, &command);
        }
    }

    #[inline]
    fn run_timers(&mut self, until: Ts) {
        while let Some((ts, id)) = self.kernel.next_timer().filter(|(ts, _)| *ts <= until) {
            self.timer(ts, id, until);
        }
    }

    #[cold]
    fn timer(&mut self, ts: Ts, id: wb_core::TimerId, until: Ts) {
        let ts = ts.max(self.kernel.now()).min(until);
        self.kernel.on_event(&Event::Timer { ts, id }, &mut self.commands);
        self.carry(ts);
        self.settle(ts);
    }

    #[cold]
    fn step_with_latency(&mut self, event: &MarketEvent) {
        // Whatever arrives at the venue before this event, and whatever follows from it.
        self.deliver_until(Ts(event.ts_event.0 - 1));
        self.venue.on_market(event);
        self.collect(event.ts_event);
        let received =
            MarketEvent { ts_recv: event.ts_recv.max(event.ts_event + self.latency.feed), ..*event };
        self.mail.send(received.ts_recv, Rank::KernelMarket, Letter::ToKernel(Event::Market(received)));
        self.deliver_until(event.ts_event);
        // With latency nothing is filled at the close that caused it.
        self.before = self.records.len();
    }

    fn deliver_until(&mut self, until: Ts) {
        loop {
            let next = self.mail.queue.first_key_value().map(|((ts, ..), _)| *ts);
            let timer = self.kernel.next_timer().map(|(ts, _)| ts.max(self.kernel.now()));
            if let Some(due) = timer.filter(|due| *due <= until && next.is_none_or(|ts| *due < ts)) {
                let (_, id) = self.kernel.next_timer().expect("just seen");
                self.kernel.on_event(&Event::Timer { ts: due, id }, &mut self.commands);
                self.post(due);
            } else if next.is_some_and(|ts| ts <= until) {
                let ((ts, ..), letter) = self.mail.queue.pop_first().expect("just seen");
                match letter {
                    Letter::ToVenue(command) => {
                        self.venue.on_command(ts, &command);
                        self.collect(ts);
                    }
                    Letter::ToKernel(event) => {
                        if !matches!(event, Event::Market(_)) {
                            self.records.push(Record::Event(event));
                        }
                        self.kernel.on_event(&event, &mut self.commands);
                        self.post(ts);
                    }
                }
            } else {
                return;
            }
        }
    }

    /// Sends the kernel's commands on their way.
    fn post(&mut self, now: Ts) {
        for command in self.commands.drain(..) {
            self.records.push(Record::Command(now, command));
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

impl Mail {
    fn send(&mut self, ts: Ts, rank: Rank, letter: Letter) {
        self.queue.insert((ts, rank, self.sent), letter);
        self.sent += 1;
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
