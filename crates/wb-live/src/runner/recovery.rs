//! A restart: the journal brings a fresh kernel into the state in which the last one ended.

use wb_core::{Command, Control, Event, MarketData, OrderEvent, OrderId, OrderRequest, Reject, Ts};
use wb_kernel::{Difference, Digest, Kernel, Replay};
use wb_store::{JournalRecord, Severity};

use super::machine::Runner;
use super::outbox::Outbox;

/// Reads the records of a journal into a fresh kernel, which must answer what is recorded.
#[derive(Debug)]
pub struct Recovery {
    replay: Replay,
    /// What the runner needs to know besides the kernel.
    facts: Vec<Fact>,
    paused: bool,
}

/// What a runner remembers of its past.
#[derive(Clone, Copy, Debug)]
enum Fact {
    Given(Ts, OrderId, OrderRequest),
    Became(OrderEvent),
    Closed(wb_core::InstrumentId, Ts),
}

/// The journal is not what this kernel would have answered.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
#[error("record {seq} of the journal: {difference}; this is other code, or other parameters, than wrote it")]
pub struct RecoveryError {
    /// The record's number.
    pub seq: u64,
    /// What differs.
    pub difference: Box<Difference>,
}

impl Recovery {
    /// A recovery into a kernel that has seen nothing.
    pub fn new(kernel: Kernel) -> Recovery {
        Recovery { replay: Replay::new(kernel), facts: Vec::new(), paused: false }
    }

    /// Takes the next record.
    ///
    /// # Errors
    /// If the kernel answers otherwise than is recorded.
    pub fn take(&mut self, seq: u64, record: &JournalRecord) -> Result<(), RecoveryError> {
        let checked = match record {
            JournalRecord::Event(event) => {
                self.remember(event);
                self.replay.event(event)
            }
            JournalRecord::Command(ts, command) => {
                if let Command::Submit { id, request } = command {
                    self.facts.push(Fact::Given(*ts, *id, *request));
                }
                self.replay.command(*ts, command)
            }
            JournalRecord::Digest(_, bits) => self.replay.digest(Digest::from_bits(*bits)),
            // A model that gives other bits and the same commands is for `Replay` to find.
            JournalRecord::Prediction(..) | JournalRecord::Observation(..) => Ok(()),
        };
        checked.map_err(|difference| RecoveryError { seq, difference })
    }

    fn remember(&mut self, event: &Event) {
        match *event {
            Event::Order { event, .. } => self.facts.push(Fact::Became(event)),
            Event::Past { instrument, ts_event, .. } => self.facts.push(Fact::Closed(instrument, ts_event)),
            Event::Market(market) if matches!(market.data, MarketData::Bar(_)) => {
                self.facts.push(Fact::Closed(market.instrument, market.ts_event));
            }
            Event::Control { control: Control::Pause, .. } => self.paused = true,
            Event::Control { control: Control::Resume, .. } => self.paused = false,
            _ => {}
        }
    }

    /// The runner that `build` makes of the kernel, with its past.
    ///
    /// Commands that the kernel gave and the journal lacks were never sent: a journal is written before anything is
    /// sent. They are written down now and refused, for what was wanted then may be wrong now.
    pub fn finish(self, now: Ts, out: &mut Outbox, build: impl FnOnce(Kernel) -> Runner) -> Runner {
        out.at(now);
        let (kernel, unsent) = self.replay.into_parts();
        let mut runner = build(kernel);
        for fact in self.facts {
            runner.recall(&fact, now);
        }
        runner.contingents.doubt(now, &runner.desk, runner.kernel.portfolio());
        runner.recall_pause(self.paused);
        let at = runner.kernel.now();
        for command in &unsent {
            out.records.push(JournalRecord::Command(at, *command));
        }
        for command in unsent {
            let (id, event) = match command {
                Command::Submit { id, request } => {
                    runner.desk.give(id, request, at);
                    (id, OrderEvent::Rejected(id, Reject::Venue))
                }
                Command::Cancel { id } => (id, OrderEvent::CancelRejected(id)),
                Command::Refused { .. } => continue,
            };
            out.notice(Severity::Warning, format!("order {}: what was wanted of it was never sent", id.0));
            runner.tell_order(event, now, out);
        }
        runner
    }
}

impl Runner {
    fn recall(&mut self, fact: &Fact, now: Ts) {
        match fact {
            Fact::Given(ts, id, request) => {
                self.desk.give(*id, *request, *ts);
                let rules = &self.listings[request.instrument.index()].rules;
                if self.contingents.must_take(*id, request, rules, &self.desk) {
                    self.contingents.take(*id, *request);
                    self.contingents.doubt(now, &self.desk, self.kernel.portfolio());
                }
            }
            Fact::Closed(instrument, ts) => self.past.took(*instrument, *ts),
            Fact::Became(event) => self.book(event),
        }
    }
}
