//! A runner and an exchange, and the wires between them: bytes travel when the test says so.

use std::collections::VecDeque;

use wb_core::{Span, Ts};
use wb_exchange::{ConnectionId, Exchange, HttpRequest, Output, RequestId, Speed, Timestamps};
use wb_live::runner::{
    Baseline, Outbox, Pace, Reason, Recovery, Runner, RunnerConfig, RunnerState, Severity, Trader,
};
use wb_live::venues::{Line, VenueCodec};
use wb_store::JournalRecord;

use crate::market::Run;
use crate::venue::{KEY, SECRET, codec, feeds, key_for, rules, setup};

/// The real time: years after the data.
const START: Ts = Ts::from_seconds(1_800_000_000);

/// A frame on its way.
#[derive(Clone, Debug)]
pub(crate) enum Flight {
    ToExchange(ConnectionId, String),
    ToRunner(Line, String),
}

/// A runner, an exchange, and what is between them.
pub(crate) struct Rig<'a> {
    run: &'a Run,
    pace: Pace,
    on_paper: bool,
    pub(crate) exchange: Exchange,
    pub(crate) runner: Runner,
    pub(crate) now: Ts,
    /// How far the exchange's clock is ahead of the runner's.
    pub(crate) ahead: Span,
    /// Connections that the runner wanted made anew; nobody does but the test.
    pub(crate) reconnects: Vec<Line>,
    pub(crate) out: Outbox,
    /// What the runner wrote down, whole.
    pub(crate) journal: Vec<JournalRecord>,
    pub(crate) wire: VecDeque<Flight>,
    /// What the runner had to say.
    pub(crate) notices: Vec<(Severity, String)>,
    baseline: Option<Baseline>,
    /// Connections of market data and of orders; a new number each time.
    lines: [Option<ConnectionId>; 2],
    connections: u64,
}

fn place(line: Line) -> usize {
    usize::from(line == Line::Trading)
}

impl<'a> Rig<'a> {
    /// A rehearsal in lockstep: everything at its start, nothing connected.
    pub(crate) fn new(run: &'a Run) -> Rig<'a> {
        Rig::of(run, Pace::Lockstep, false)
    }

    /// One by the clock: trades come as the exchange makes them inside bars.
    pub(crate) fn by_the_clock(run: &'a Run) -> Rig<'a> {
        Rig::of(run, Pace::Clock, false)
    }

    /// A rehearsal whose orders never leave the runner.
    pub(crate) fn on_paper(run: &'a Run, pace: Pace) -> Rig<'a> {
        Rig::of(run, pace, true)
    }

    fn of(run: &'a Run, pace: Pace, on_paper: bool) -> Rig<'a> {
        let (speed, timestamps) = match pace {
            Pace::Lockstep => (Speed::Lockstep, Timestamps::Original),
            Pace::Clock => (Speed::Times(1.0), Timestamps::Rebased),
        };
        let mut exchange = Exchange::open(setup(run, speed, timestamps), START).expect("a good setup");
        let runner = runner(run, pace, &mut exchange, run.trader(on_paper), None);
        Rig {
            run,
            pace,
            on_paper,
            exchange,
            runner,
            now: START,
            ahead: Span::ZERO,
            reconnects: Vec::new(),
            out: Outbox::default(),
            journal: Vec::new(),
            wire: VecDeque::new(),
            notices: Vec::new(),
            baseline: None,
            lines: [None, None],
            connections: 0,
        }
    }

    /// Opens both connections.
    pub(crate) fn connect(&mut self) {
        self.open(Line::Trading);
        self.open(Line::Market);
    }

    pub(crate) fn open(&mut self, line: Line) {
        self.connections += 1;
        let id = ConnectionId(self.connections);
        let target = codec(&rules(self.run, &mut self.exchange), feeds(self.run, self.pace), None).path(line);
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        assert!(self.exchange.on_connect(self.now + self.ahead, id, path, query), "{target}");
        self.lines[place(line)] = Some(id);
        self.runner.on_connected(line, self.now, &mut self.out);
        self.collect();
    }

    /// Cuts a connection; what is on the wire of it is lost.
    pub(crate) fn cut(&mut self, line: Line) {
        let Some(id) = self.lines[place(line)].take() else { return };
        self.exchange.on_disconnect(id);
        self.wire.retain(|flight| match flight {
            Flight::ToExchange(to, _) => *to != id,
            Flight::ToRunner(of, _) => *of != line,
        });
        self.runner.on_disconnected(line, self.now, &mut self.out);
        self.collect();
    }

    /// Takes what both have to say: first the journal, then the wire.
    pub(crate) fn collect(&mut self) {
        self.journal.append(&mut self.out.records);
        for (line, frame) in self.out.frames() {
            if let Some(id) = self.lines[place(line)] {
                self.wire.push_back(Flight::ToExchange(id, frame.to_string()));
            }
        }
        self.reconnects.append(&mut self.out.reconnect);
        self.notices.extend(self.out.notices.iter().map(|notice| (notice.severity, notice.text.clone())));
        self.out.clear();
        self.baseline = self.runner.baseline().cloned();
        while let Some(output) = self.exchange.poll() {
            if let Output::Message(id, text) = output {
                let line = [Line::Market, Line::Trading]
                    .into_iter()
                    .find(|line| self.lines[place(*line)] == Some(id));
                self.wire.extend(line.map(|line| Flight::ToRunner(line, text)));
            }
        }
    }

    /// Lets one frame arrive; false if there is none.
    pub(crate) fn deliver(&mut self) -> bool {
        let Some(flight) = self.wire.pop_front() else { return false };
        match flight {
            Flight::ToExchange(id, frame) => self.exchange.on_frame(self.now + self.ahead, id, &frame),
            Flight::ToRunner(line, frame) => {
                self.runner.on_frame(line, self.now, frame.as_bytes(), &mut self.out);
            }
        }
        self.collect();
        true
    }

    /// Lets a tenth of a second pass; by the clock, a second.
    pub(crate) fn tick(&mut self) {
        self.now = self.now
            + match self.pace {
                Pace::Lockstep => Span(100_000_000),
                Pace::Clock => Span::from_seconds(1),
            };
        self.exchange.on_time(self.now);
        self.runner.on_time(self.now, &mut self.out);
        self.collect();
    }

    /// Lets time pass while everything of a line is lost on its way.
    pub(crate) fn pass_without(&mut self, dead: Line, span: Span) {
        let until = self.now + span;
        while self.now < until {
            self.wire.retain(|flight| match flight {
                Flight::ToExchange(..) => dead != Line::Trading,
                Flight::ToRunner(line, _) => *line != dead,
            });
            if !self.deliver() {
                self.tick();
            }
        }
    }

    /// Goes on until the replay has come to its end.
    pub(crate) fn finish(&mut self) {
        for _ in 0..100_000 {
            if self.runner.state() == RunnerState::Stopping {
                break;
            }
            if !self.deliver() {
                self.tick();
            }
        }
        let reasons: Vec<Reason> = self.runner.reasons().collect();
        let said = &self.notices[self.notices.len().saturating_sub(5)..];
        assert_eq!(reasons, [Reason::Stopping], "it does not come to its end: {said:?}");
        while self.deliver() {}
    }

    /// Goes on by the clock until there are no more data and all is quiet.
    pub(crate) fn finish_by_the_clock(&mut self) {
        while self.exchange.next_wakeup().is_some() {
            if !self.deliver() {
                self.tick();
            }
        }
        for _ in 0..30 {
            while self.deliver() {}
            self.tick();
        }
        while self.deliver() {}
    }

    /// Lots that the account holds at the exchange.
    pub(crate) fn exchange_position(&mut self) -> i64 {
        let symbol = &self.run.instruments[0];
        let base = symbol.symbol.trim_end_matches("USDT");
        let sign = |query: &str| {
            let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, SECRET.as_bytes());
            let tag = ring::hmac::sign(&key, query.as_bytes());
            tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect::<String>()
        };
        let query = format!("timestamp={}", self.now.0 / 1_000_000);
        let query = format!("{query}&signature={}", sign(&query));
        let request = HttpRequest {
            method: "GET".to_string(),
            path: "/api/v3/account".to_string(),
            query,
            api_key: Some(KEY.to_string()),
            ..HttpRequest::default()
        };
        self.exchange.on_request(self.now, RequestId(2), &request);
        let Some(Output::Answer(_, answer)) = self.exchange.poll() else {
            panic!("every request is answered")
        };
        let account: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
        let balances = account["balances"].as_array().expect("balances");
        let balance = balances.iter().find(|balance| balance["asset"] == base);
        let units =
            |name: &str| balance.map_or(0.0, |b| b[name].as_str().expect("text").parse().expect("a number"));
        symbol.lot.nearest(units("free") + units("locked"))
    }

    /// The process is killed, and another one goes on from the journal. Of what was on the wire to the exchange, the
    /// first `arriving` frames arrive.
    pub(crate) fn restart(&mut self, arriving: usize) {
        let sent = std::mem::take(&mut self.wire).into_iter().filter_map(|flight| match flight {
            Flight::ToExchange(id, frame) => Some((id, frame)),
            Flight::ToRunner(..) => None,
        });
        for (id, frame) in sent.take(arriving) {
            self.exchange.on_frame(self.now, id, &frame);
        }
        while self.exchange.poll().is_some() {}
        for id in self.lines.iter_mut().filter_map(Option::take) {
            self.exchange.on_disconnect(id);
        }
        let mut recovery = self.recovery();
        if let Some(seq) = recovery.cut() {
            self.journal.truncate(seq as usize);
            recovery = self.recovery();
        }
        let (run, pace, exchange, baseline) =
            (self.run, self.pace, &mut self.exchange, self.baseline.clone());
        self.runner =
            recovery.finish(self.now, &mut self.out, |trader| runner(run, pace, exchange, trader, baseline));
        self.collect();
    }

    fn recovery(&self) -> Recovery {
        let mut recovery = Recovery::new(self.run.trader(self.on_paper));
        for (seq, record) in self.journal.iter().enumerate() {
            recovery.take(seq as u64 + 1, record).expect("the journal is what this kernel answers");
        }
        recovery
    }
}

fn runner(
    run: &Run,
    pace: Pace,
    exchange: &mut Exchange,
    trader: Trader,
    baseline: Option<Baseline>,
) -> Runner {
    let config = RunnerConfig { pace, preload: false, ..RunnerConfig::new(run.spec.interval) };
    let rules = rules(run, exchange);
    let codec = codec(&rules, feeds(run, pace), key_for(&trader));
    Runner::new(trader, Box::new(codec), rules, config, baseline)
}
