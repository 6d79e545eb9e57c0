//! The runner's thread: what connections tell goes in, what is to be done comes out.

use std::fmt;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, SyncSender, TrySendError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::sync::{mpsc as async_mpsc, watch};
use wb_core::Ts;
use wb_store::{JournalRecord, JournalWriter, Observation, Severity, StoreError};

use super::counters::Counters;
use super::log::Happening;
use super::scribe::{self, Page, Written};
use super::stages::{Stages, Timing};
use super::status::Status;
use super::stopwatch::Stopwatch;
use super::vigil::keep_vigil;
use crate::runner::{Baseline, Caution, Notice, Outbox, Reasons, Runner, RunnerState, Verb};
use crate::shell::{Connections, Incoming, Outgoing, wall_clock};
use crate::venues::Line;

/// Pages on their way to the journal at most. Beyond it the disk is too slow, and trading halts.
const PAGES: usize = 4_096;

/// How long what is on its way at the end may take.
const LAST_WAIT: Duration = Duration::from_millis(300);

/// What the operator tells a session.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Instruction {
    /// To do something.
    Verb(Verb),
    /// To be as careful as this from now on.
    Caution(Caution),
}

/// What a session is made of.
pub struct SessionParts {
    /// The runner, with what it already wants done.
    pub runner: Runner,
    /// What it wants done before it is told anything: what a recovery found.
    pub first: Outbox,
    /// The journal, which takes all that the runner is told and answers.
    pub journal: JournalWriter,
    /// Connections to the venue.
    pub connections: Connections,
    /// What they tell.
    pub incoming: async_mpsc::Receiver<Incoming>,
    /// What the operator says.
    pub operator: Receiver<Instruction>,
    /// Is told what the runner has to say to people.
    pub on_notice: Box<dyn FnMut(&Notice) + Send>,
    /// Is told the baseline once it is known, to be kept for restarts.
    pub on_baseline: Box<dyn FnMut(&Baseline) + Send>,
}

impl fmt::Debug for SessionParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionParts").field("runner", &self.runner).finish_non_exhaustive()
    }
}

/// A session that goes on.
#[derive(Debug)]
pub struct Session {
    status: watch::Receiver<Status>,
    runner: JoinHandle<Status>,
    scribe: JoinHandle<Result<(), StoreError>>,
}

/// How a session ended.
#[derive(Debug)]
pub struct Ended {
    /// How it stood at the end.
    pub status: Status,
    /// Whether the journal could be written to its end.
    pub journal: Result<(), StoreError>,
}

impl Session {
    /// Begins a session on two threads of its own.
    ///
    /// # Panics
    /// If the system gives no thread.
    pub fn begin(parts: SessionParts) -> Session {
        let SessionParts {
            runner,
            mut first,
            journal,
            connections,
            incoming,
            operator,
            on_notice,
            on_baseline,
        } = parts;
        first.records.insert(0, JournalRecord::Observation(wall_clock(), Observation::Began));
        let (to_scribe, pages) = mpsc::sync_channel(PAGES);
        let (written, from_scribe) = mpsc::sync_channel(PAGES);
        let connections = Arc::new(connections);
        let peak = runner.kernel().portfolio().equity();
        let status = Status::of(&runner, wall_clock(), peak, Counters::default());
        let instruments = runner.kernel().portfolio().instruments().to_vec();
        let (tell_status, watch_status) = watch::channel(status);
        let driver = Driver {
            runner,
            out: first,
            to_scribe,
            from_scribe,
            spare: Vec::new(),
            happenings: Vec::new(),
            told: Reasons::default(),
            journal_failed: false,
            on_wire: 0,
            lines: [None, None],
            counters: Counters::default(),
            stages: Stages::new(),
            operator,
            status: tell_status,
            on_notice,
            on_baseline,
            baseline_told: false,
            first_equity: peak,
            peak,
        };
        let spawn = thread::Builder::new().name("journal".to_string());
        let scribe = spawn
            .spawn(move || scribe::write(journal, &pages, &written, &connections, &instruments))
            .expect("the system gives a thread");
        let spawn = thread::Builder::new().name("runner".to_string());
        let runner = spawn.spawn(move || driver.run(incoming)).expect("the system gives a thread");
        Session { status: watch_status, runner, scribe }
    }

    /// How it stands, as it changes.
    pub fn status(&self) -> watch::Receiver<Status> {
        self.status.clone()
    }

    /// Waits for its end, while connections send what is on its way.
    ///
    /// # Panics
    /// If one of its threads did.
    pub async fn ended(self) -> Ended {
        let wait = move || {
            let status = self.runner.join().expect("the runner does not panic");
            let journal = self.scribe.join().expect("the journal does not panic");
            Ended { status, journal }
        };
        tokio::task::spawn_blocking(wait).await.expect("it waits and does nothing else")
    }
}

/// The runner's thread.
struct Driver {
    runner: Runner,
    out: Outbox,
    to_scribe: SyncSender<Page>,
    from_scribe: Receiver<Written>,
    /// Pages that were used before.
    spare: Vec<Page>,
    /// For the log, until the next page takes it along.
    happenings: Vec<Happening>,
    /// Why the runner does not trade, as the log knows it.
    told: Reasons,
    /// Whether the journal lacks something: then nothing follows it, and nothing is sent.
    journal_failed: bool,
    /// Pages that the journal has not given back.
    on_wire: u64,
    /// The number of the connection of each line.
    lines: [Option<u64>; 2],
    counters: Counters,
    stages: Stages,
    operator: Receiver<Instruction>,
    status: watch::Sender<Status>,
    on_notice: Box<dyn FnMut(&Notice) + Send>,
    on_baseline: Box<dyn FnMut(&Baseline) + Send>,
    baseline_told: bool,
    first_equity: f64,
    peak: f64,
}

fn place(line: Line) -> usize {
    usize::from(line == Line::Trading)
}

impl Driver {
    fn run(mut self, mut incoming: async_mpsc::Receiver<Incoming>) -> Status {
        self.pass_on(None);
        while let Some(input) = keep_vigil(|| incoming.try_recv().ok()).or_else(|| incoming.blocking_recv()) {
            self.take(input);
            self.hear_the_journal();
            if self.runner.state() == RunnerState::Stopping {
                break;
            }
        }
        self.finish()
    }

    fn take(&mut self, input: Incoming) {
        match input {
            Incoming::Frame { line, now, text } => {
                let begun = Stopwatch::start();
                let queued = (wall_clock() - now).0.max(0).unsigned_abs();
                self.counters.frames += 1;
                self.runner.on_frame(line, now, text.as_bytes(), &mut self.out);
                let sends = self.out.frames().next().is_some();
                self.pass_on(sends.then(|| Timing::decided(queued, begun, &self.out.records)));
            }
            Incoming::Connected { line, connection, now } => {
                self.lines[place(line)] = Some(connection);
                self.counters.reconnects += u64::from(connection > 1);
                self.happenings.push(Happening::Connected(line, connection));
                self.runner.on_connected(line, now, &mut self.out);
                self.pass_on(None);
            }
            Incoming::Disconnected { line, now, why } => {
                self.lines[place(line)] = None;
                self.runner.on_disconnected(line, now, &mut self.out);
                let text = format!("the connection is lost: {why}");
                self.out.write_down(Severity::Warning, &text);
                (self.on_notice)(&Notice::warning(text));
                self.happenings.push(Happening::Disconnected(line, why));
                self.pass_on(None);
            }
            Incoming::Time(now) => {
                while let Ok(instruction) = self.operator.try_recv() {
                    self.obey(instruction, now);
                }
                self.runner.on_time(now, &mut self.out);
                self.pass_on(None);
                self.tell_status(now);
            }
        }
    }

    fn obey(&mut self, instruction: Instruction, now: Ts) {
        match instruction {
            Instruction::Verb(verb) => {
                self.happenings.push(Happening::Verb(verb));
                self.runner.control(verb, now, &mut self.out);
            }
            Instruction::Caution(caution) => self.runner.take_caution(caution, now, &mut self.out),
        }
    }

    /// Hands what the runner wants done to the journal, which sends it on.
    fn pass_on(&mut self, timing: Option<Timing>) {
        self.tell_people();
        if let (false, Some(baseline)) = (self.baseline_told, self.runner.baseline()) {
            (self.on_baseline)(baseline);
            self.baseline_told = true;
        }
        let mut page = self.spare.pop().unwrap_or_default();
        self.out.records.iter().for_each(|record| self.counters.count(record));
        page.records.append(&mut self.out.records);
        page.timing = timing;
        for (line, frame) in self.out.frames() {
            // A frame for a connection that is gone is not sent on the next one.
            if let Some(connection) = self.lines[place(line)] {
                page.frames.push((line, Outgoing::Frame { connection, text: frame.to_string() }));
            }
        }
        for line in &self.out.reconnect {
            if let Some(connection) = self.lines[place(*line)] {
                page.frames.push((*line, Outgoing::Reconnect { connection }));
            }
        }
        self.out.clear();
        page.happenings.append(&mut self.happenings);
        if self.journal_failed {
            page.records.clear();
            page.frames.clear();
        }
        if page.is_empty() {
            return self.spare.push(page);
        }
        self.on_wire += 1;
        let why = match self.to_scribe.try_send(page) {
            Ok(()) => return,
            Err(TrySendError::Full(_)) => "the disk is too slow",
            Err(TrySendError::Disconnected(_)) => "its thread has ended",
        };
        self.on_wire -= 1;
        self.fail(why);
    }

    /// Says what the runner has to say, and keeps it for the log.
    fn tell_people(&mut self) {
        for notice in self.out.notices.drain(..) {
            (self.on_notice)(&notice);
            self.happenings.push(Happening::Notice(notice));
        }
        let reasons = self.runner.reason_set();
        if std::mem::replace(&mut self.told, reasons) != reasons {
            self.happenings.push(Happening::State(reasons));
        }
    }

    /// The journal lacks something: a restart would not know of anything that is sent from here on.
    fn fail(&mut self, why: &str) {
        self.journal_failed = true;
        self.runner.journal_failed(why, &mut self.out);
        self.tell_people();
        self.out.clear();
    }

    fn hear_the_journal(&mut self) {
        while let Ok(written) = self.from_scribe.try_recv() {
            self.heard(written);
        }
    }

    fn heard(&mut self, written: Written) {
        match written {
            Written::Done(page, times) => {
                self.on_wire -= 1;
                if let Some(times) = times {
                    self.stages.take(&times);
                    // It is known only now how long writing took: this goes with the next page.
                    if times.orders > 0 {
                        self.out.observe(Observation::Stages(times));
                    }
                }
                self.spare.push(page);
            }
            Written::Failed(why) => self.fail(&why),
        }
    }

    fn tell_status(&mut self, now: Ts) {
        let mut status = Status::of(&self.runner, now, self.peak, self.counters);
        self.peak = status.peak_equity;
        status.first_equity = self.first_equity;
        status.journal_lag = self.on_wire;
        status.latency = self.stages.latencies();
        self.status.send_replace(status);
    }

    /// Writes the last digest, and lets what is on its way be sent.
    fn finish(mut self) -> Status {
        self.await_the_journal();
        self.out.records.push(self.runner.digest_record());
        self.pass_on(None);
        self.await_the_journal();
        self.tell_status(wall_clock());
        self.status.borrow().clone()
    }

    /// Waits until all pages are written, or something is wrong with the disk.
    fn await_the_journal(&mut self) {
        while self.on_wire > 0 {
            match self.from_scribe.recv_timeout(LAST_WAIT) {
                Ok(written) => self.heard(written),
                Err(_) => break,
            }
        }
    }
}
