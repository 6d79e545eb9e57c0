//! A whole session, with sockets, threads and a journal, against an exchange on a port of this machine.

use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread;

use wb_core::{Span, Ts};
use wb_exchange::{Exchange, Passing, Speed, Timestamps, now, serve_watched};
use wb_live::runner::{Outbox, Pace, Runner, RunnerConfig, Verb};
use wb_live::session::{Ended, Instruction, Session, SessionParts, Status};
use wb_live::shell::{Connections, Patience, Route, block_on};
use wb_live::venues::{Feed, Line, VenueCodec};
use wb_store::{JournalWriter, NewJournal, SyncPolicy};

use crate::market::Run;
use crate::venue::{codec, key_for, rules, setup};

/// What a session is to trade.
pub(crate) struct Venture<'a> {
    pub(crate) run: &'a Run,
    /// In lockstep, the session is too.
    pub(crate) speed: Speed,
    pub(crate) feeds: Vec<Feed>,
    /// Where its journal goes.
    pub(crate) journal: &'a Path,
}

impl Venture<'_> {
    /// Trades until the replay says that it is over, or `enough` does. `watch` is shown every frame at the exchange.
    pub(crate) fn trade(
        self,
        watch: impl FnMut(Passing<'_>) + Send + 'static,
        enough: impl FnMut(&Status) -> bool,
    ) -> Ended {
        let Venture { run, speed, feeds, journal } = self;
        // A paced replay begins when the session has connected.
        let begins = now() + Span::from_seconds(2);
        let mut exchange =
            Exchange::open(setup(run, speed, Timestamps::Original), begins).expect("a good setup");
        let rules = rules(run, &mut exchange);
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let host = format!("ws://{}", listener.local_addr().expect("it is bound"));
        // It is served as long as this process lives.
        let server = thread::Builder::new().name("exchange".to_string());
        server
            .spawn(move || serve_watched(exchange, listener, watch).expect("it can be served"))
            .expect("the system gives a thread");
        let trader = run.trader(false);
        let codec = codec(&rules, feeds, key_for(&trader));
        let route = |line| Route { line, url: format!("{host}{}", codec.path(line)) };
        let routes = vec![route(Line::Market), route(Line::Trading)];
        let pace = if speed == Speed::Lockstep { Pace::Lockstep } else { Pace::Clock };
        let config = RunnerConfig { pace, preload: false, ..RunnerConfig::new(run.spec.interval) };
        let runner = Runner::new(trader, Box::new(codec), rules, config, None);
        let journal = begin_journal(journal);
        let session = async {
            let (connections, incoming) = Connections::open(routes, Patience::default(), 1);
            let (operator, instructions) = channel();
            let session = Session::begin(SessionParts {
                runner,
                first: Outbox::default(),
                journal,
                connections,
                incoming,
                operator: instructions,
                on_notice: Box::new(|_| {}),
                on_baseline: Box::new(|_| {}),
            });
            stop_when(enough, &session, &operator).await;
            session.ended().await
        };
        block_on(session).expect("an event loop")
    }
}

/// How many frames the exchange has sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sent {
    pub(crate) quotes: Arc<AtomicU64>,
    pub(crate) closed_bars: Arc<AtomicU64>,
    /// All of them, bars that are open and answers included.
    pub(crate) frames: Arc<AtomicU64>,
    /// Whether the last bar has been sent.
    over: Arc<AtomicBool>,
}

impl Sent {
    /// What counts them for a run.
    pub(crate) fn watch(&self, run: &Run) -> impl FnMut(Passing<'_>) + Send + 'static {
        let last_close = run.bars[0].ts.last().expect("a run has bars");
        let last_bar = format!("\"T\":{}", last_close.0 / 1_000_000 - 1);
        let sent = self.clone();
        move |passing| {
            let Passing::Out(frame) = passing else { return };
            let count = |number: &AtomicU64, is: bool| number.fetch_add(u64::from(is), Ordering::Relaxed);
            let is_closed = frame.contains("\"x\":true");
            count(&sent.quotes, frame.contains("@bookTicker"));
            count(&sent.closed_bars, is_closed);
            count(&sent.frames, true);
            if is_closed && frame.contains(&last_bar) {
                sent.over.store(true, Ordering::Release);
            }
        }
    }

    /// Whether all that the market had to say has been sent, and has arrived.
    pub(crate) fn has_arrived(&self, status: &Status) -> bool {
        self.over.load(Ordering::Acquire) && status.counters.frames == self.frames.load(Ordering::Relaxed)
    }
}

fn begin_journal(folder: &Path) -> JournalWriter {
    let new = NewJournal {
        subject: "a rehearsal",
        workbench: "",
        code_id: "",
        started: Ts(0),
        risk: &[],
        spec: "",
        instruments: &[],
    };
    JournalWriter::create(folder, &new, SyncPolicy::AtSegmentEnd).expect("a new journal")
}

/// Ends the session once it has done enough.
async fn stop_when(
    mut enough: impl FnMut(&Status) -> bool,
    session: &Session,
    operator: &Sender<Instruction>,
) {
    let mut status = session.status();
    while status.changed().await.is_ok() {
        // It may have ended by itself.
        if enough(&status.borrow_and_update()) && operator.send(Instruction::Verb(Verb::Stop)).is_err() {
            return;
        }
    }
}
