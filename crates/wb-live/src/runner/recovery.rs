//! A restart: the journal brings a fresh kernel into the state in which the last one ended.

use wb_core::{
    Bar, Command, Control, Event, InstrumentId, MarketData, MarketEvent, OrderEvent, OrderId, OrderRequest,
    Reject, Ts,
};
use wb_kernel::{Digest, Replay};
use wb_sim::SessionReplay;
use wb_store::{JournalRecord, Observation, Severity};

use super::machine::Runner;
use super::outbox::Outbox;
use super::state::Reasons;
use super::trader::{Hands, Trader, record};

/// Reads the records of a journal into a fresh kernel, which must answer what is recorded.
#[derive(Debug)]
pub struct Recovery {
    retold: Retold,
    /// What the runner needs to know besides the kernel.
    facts: Vec<Fact>,
    paused: bool,
    /// Why trading waits for the operator, as [`Observation::Halted`] says.
    halted: u16,
    /// The number of the last record, and of the last one by which everything had its cause.
    last: u64,
    explained: u64,
}

/// What is told again.
#[derive(Debug)]
enum Retold {
    /// A kernel. What became of orders, and what still has to be found out, the venue knows.
    Kernel(Box<Replay>),
    /// A kernel and the simulated venue.
    Session(Box<SessionReplay>),
}

/// What a runner remembers of its past.
#[derive(Clone, Copy, Debug)]
enum Fact {
    Given(Ts, OrderId, OrderRequest),
    Became(OrderEvent),
    Closed(InstrumentId, Ts, Bar),
}

/// The journal is not what this kernel would have answered.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
#[error("record {seq} of the journal: {difference}; this is other code, or other parameters, than wrote it")]
pub struct RecoveryError {
    /// The record's number.
    pub seq: u64,
    /// What differs, in words.
    pub difference: String,
}

impl Recovery {
    /// A recovery into a kernel that has seen nothing.
    pub fn new(trader: Trader) -> Recovery {
        let retold = match trader.into_hands() {
            Hands::Venue(kernel) => Retold::Kernel(Box::new(Replay::new(*kernel))),
            Hands::Simulated(session) => Retold::Session(Box::new(SessionReplay::new(*session))),
        };
        Recovery { retold, facts: Vec::new(), paused: false, halted: 0, last: 0, explained: 0 }
    }

    /// Takes the next record.
    ///
    /// # Errors
    /// If the kernel answers otherwise than is recorded.
    pub fn take(&mut self, seq: u64, record: &JournalRecord) -> Result<(), RecoveryError> {
        match record {
            JournalRecord::Event(event) => self.remember(event),
            JournalRecord::Command(ts, Command::Submit { id, request }) => {
                self.facts.push(Fact::Given(*ts, *id, *request));
            }
            JournalRecord::Observation(_, Observation::Halted(reasons)) => self.halted = *reasons,
            JournalRecord::Command(..)
            | JournalRecord::Digest(..)
            | JournalRecord::Prediction(..)
            | JournalRecord::Observation(..) => {}
        }
        let checked = match &mut self.retold {
            Retold::Kernel(replay) => match record {
                JournalRecord::Event(event) => replay.event(event),
                JournalRecord::Command(ts, command) => replay.command(*ts, command),
                JournalRecord::Digest(_, bits) => replay.digest(Digest::from_bits(*bits)),
                // A model that gives other bits and the same commands is for `workbench replay` to find.
                JournalRecord::Prediction(..) | JournalRecord::Observation(..) => Ok(()),
            }
            .map_err(|difference| difference.to_string()),
            Retold::Session(replay) => match record {
                JournalRecord::Event(event) => replay.event(event),
                JournalRecord::Command(ts, command) => replay.command(*ts, command),
                JournalRecord::Digest(_, bits) => replay.digest(Digest::from_bits(*bits)),
                JournalRecord::Prediction(..) | JournalRecord::Observation(..) => Ok(()),
            }
            .map_err(|difference| difference.to_string()),
        };
        self.last = seq;
        if self.is_explained() {
            self.explained = seq;
        }
        checked.map_err(|difference| RecoveryError { seq, difference })
    }

    fn is_explained(&self) -> bool {
        match &self.retold {
            Retold::Kernel(_) => true,
            Retold::Session(replay) => replay.without_cause() == 0,
        }
    }

    /// The number of the record behind which the journal has to be cut, if it does. A journal on paper says what became
    /// of orders inside a bar before it says the bar; where the process ended in between, the rest has no cause. It is
    /// taken back, the recovery begun anew, and the bar learned of again.
    pub fn cut(&self) -> Option<u64> {
        (self.explained < self.last).then_some(self.explained)
    }

    fn remember(&mut self, event: &Event) {
        match *event {
            Event::Order { event, .. } => self.facts.push(Fact::Became(event)),
            Event::Past { instrument, ts_event, bar, .. } => {
                self.facts.push(Fact::Closed(instrument, ts_event, bar));
            }
            Event::Market(MarketEvent { data: MarketData::Bar(bar), instrument, ts_event, .. }) => {
                self.facts.push(Fact::Closed(instrument, ts_event, bar));
            }
            Event::Control { control: Control::Pause, .. } => self.paused = true,
            Event::Control { control: Control::Resume, .. } => self.paused = false,
            _ => {}
        }
    }

    /// The runner that `build` makes of the kernel, with its past.
    ///
    /// Commands that the kernel gave and the journal lacks were never sent: a journal is written before anything is
    /// sent. They are written down now and refused, for what was wanted then may be wrong now. On paper what is lacking
    /// is written down as it was, for nothing is sent.
    ///
    /// # Panics
    /// If the journal has to be [cut](Recovery::cut).
    pub fn finish(self, now: Ts, out: &mut Outbox, build: impl FnOnce(Trader) -> Runner) -> Runner {
        out.at(now);
        let (trader, unsent) = match self.retold {
            Retold::Kernel(replay) => {
                let (kernel, unsent) = replay.into_parts();
                (Trader::at_venue(kernel), unsent)
            }
            Retold::Session(replay) => {
                let (session, lacking) = replay.into_parts();
                out.records.extend(lacking.iter().map(record));
                (Trader::of_session(session), Vec::new())
            }
        };
        let mut runner = build(trader);
        for fact in self.facts {
            runner.recall(&fact, now);
        }
        runner.contingents.doubt(now, &runner.desk, runner.trader.kernel().portfolio());
        runner.recall_pause(self.paused);
        for reason in Reasons::of_lasting(self.halted) {
            runner.reasons.add(reason);
            out.notice(Severity::Halt, format!("since an earlier session: {}", reason.words()));
        }
        runner.refuse_unsent(unsent, now, out);
        runner
    }
}

impl Runner {
    fn recall(&mut self, fact: &Fact, now: Ts) {
        match fact {
            Fact::Closed(instrument, ts, bar) => {
                self.past.took(*instrument, *ts);
                self.note_bar(*instrument, *ts, bar);
            }
            // The simulated venue remembers its own orders.
            Fact::Given(..) | Fact::Became(_) if self.is_on_paper() => {}
            Fact::Given(ts, id, request) => {
                self.desk.give(*id, *request, *ts);
                let rules = &self.listings[request.instrument.index()].rules;
                if self.contingents.must_take(*id, request, rules, &self.desk) {
                    self.contingents.take(*id, *request, *ts);
                    self.contingents.doubt(now, &self.desk, self.trader.kernel().portfolio());
                }
            }
            Fact::Became(event) => self.book(event),
        }
    }

    fn refuse_unsent(&mut self, unsent: Vec<Command>, now: Ts, out: &mut Outbox) {
        let at = self.kernel().now();
        for command in &unsent {
            out.records.push(JournalRecord::Command(at, *command));
        }
        for command in unsent {
            let (id, event) = match command {
                Command::Submit { id, request } => {
                    self.desk.give(id, request, at);
                    (id, OrderEvent::Rejected(id, Reject::Venue))
                }
                Command::Cancel { id } => (id, OrderEvent::CancelRejected(id)),
                Command::Refused { .. } => continue,
            };
            out.notice(Severity::Warning, format!("order {}: what was wanted of it was never sent", id.0));
            self.tell_order(event, now, out);
        }
    }
}
