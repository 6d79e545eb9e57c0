//! A kernel, and who carries out what it wants: the venue over the wire, or a simulated one in this process.

use wb_core::{Command, Event, MarketData, MarketEvent, TimerId, Ts};
use wb_kernel::Kernel;
use wb_sim::{LatencyModel, Record, Session, SimConfig, SimVenue};
use wb_store::JournalRecord;

/// A kernel, and who carries out what it wants.
#[derive(Debug)]
pub struct Trader(Hands);

/// Who carries out what the kernel wants.
#[derive(Debug)]
pub(super) enum Hands {
    /// Commands are sent to the venue, and what becomes of orders is heard from it.
    Venue(Box<Kernel>),
    /// A simulated venue carries them out as soon as they are given.
    Simulated(Box<Session>),
}

impl Trader {
    /// Orders go to the venue.
    pub fn at_venue(kernel: Kernel) -> Trader {
        Trader(Hands::Venue(Box::new(kernel)))
    }

    /// Orders go nowhere: a simulated venue fills them from the bars that come, at the costs of a backtest.
    ///
    /// Kernel and venue live in the market's time, whenever news of it reach us, so bars do what they do in a backtest.
    /// Latencies are not simulated.
    pub fn on_paper(kernel: Kernel, simulation: &SimConfig) -> Trader {
        let config = SimConfig { latency: LatencyModel::default(), ..*simulation };
        let venue = SimVenue::new(kernel.portfolio().instruments().clone(), config);
        let mut session = Session::new(kernel, venue, config.latency);
        session.transcribe();
        Trader::of_session(session)
    }

    /// A session on paper, which is transcribed.
    pub(super) fn of_session(session: Session) -> Trader {
        Trader(Hands::Simulated(Box::new(session)))
    }

    /// Takes out who carries out what the kernel wants.
    pub(super) fn into_hands(self) -> Hands {
        self.0
    }

    /// The kernel.
    pub fn kernel(&self) -> &Kernel {
        match &self.0 {
            Hands::Venue(kernel) => kernel,
            Hands::Simulated(session) => session.kernel(),
        }
    }

    /// Whether the venue is simulated. Then there are no books to compare and no key to show.
    pub fn is_on_paper(&self) -> bool {
        matches!(self.0, Hands::Simulated(_))
    }

    /// The simulated venue's open orders; nothing where orders go to a real one.
    pub(super) fn simulated_orders(&self) -> Option<usize> {
        match &self.0 {
            Hands::Venue(_) => None,
            Hands::Simulated(session) => Some(session.venue().open_orders()),
        }
    }

    /// Tells the kernel. Appends to `records` all that it was told and gave, and to `commands` what is to be sent.
    pub(super) fn tell(
        &mut self,
        event: &Event,
        records: &mut Vec<JournalRecord>,
        commands: &mut Vec<Command>,
    ) {
        match &mut self.0 {
            Hands::Venue(kernel) => {
                records.push(JournalRecord::Event(*event));
                let before = commands.len();
                kernel.on_event(event, commands);
                let at = kernel.now();
                records.extend(predictions(kernel, event));
                records.extend(commands[before..].iter().map(|command| JournalRecord::Command(at, *command)));
            }
            Hands::Simulated(session) => {
                tell_session(session, event);
                write_down(session, records);
            }
        }
    }

    /// The next timer that has to be told of. A simulated session tells its kernel of them itself, in
    /// [`Trader::pass_time`].
    pub(super) fn next_timer(&self) -> Option<(Ts, TimerId)> {
        match &self.0 {
            Hands::Venue(kernel) => kernel.next_timer(),
            Hands::Simulated(_) => None,
        }
    }

    /// Time has passed until `until`. Appends to `records` what came of it.
    pub(super) fn pass_time(&mut self, until: Ts, records: &mut Vec<JournalRecord>) {
        let Hands::Simulated(session) = &mut self.0 else { return };
        // What happens once the next bar has closed happens behind it, however late it comes.
        if let Some(close) = session.venue().next_close() {
            session.on_time(until.min(Ts(close.0 - 1)));
            write_down(session, records);
        }
    }
}

fn tell_session(session: &mut Session, event: &Event) {
    let now = session.kernel().now();
    match *event {
        Event::Market(market) => {
            session.on_market(&MarketEvent { ts_recv: market.ts_event.max(now), ..market });
        }
        Event::Past { ts_event, instrument, bar, .. } => {
            session.on_past_bar(ts_event.max(now), ts_event, instrument, bar);
        }
        Event::Control { ts, control } => session.on_control(ts, control),
        Event::Order { .. } | Event::Timer { .. } | Event::Cash { .. } => {
            unreachable!("a simulated session tells its kernel so itself")
        }
    }
}

fn write_down(session: &mut Session, records: &mut Vec<JournalRecord>) {
    for told in session.transcript() {
        records.push(record(told));
        if let Record::Event(event) = told {
            records.extend(predictions(session.kernel(), event));
        }
    }
    session.clear_transcript();
}

/// What models gave when a kernel was told of a bar. They give nothing else before the next one of its instrument.
fn predictions(kernel: &Kernel, event: &Event) -> impl Iterator<Item = JournalRecord> {
    let bar = match event {
        Event::Market(event) if matches!(event.data, MarketData::Bar(_)) => Some(event),
        _ => None,
    };
    let of = |event: &MarketEvent| {
        let at = event.ts_recv;
        kernel.predictions(event.instrument).map(move |prediction| JournalRecord::Prediction(at, prediction))
    };
    bar.map(of).into_iter().flatten()
}

/// What a session has written down, for a journal.
pub(super) fn record(of: &Record) -> JournalRecord {
    match *of {
        Record::Command(ts, command) => JournalRecord::Command(ts, command),
        Record::Event(event) => JournalRecord::Event(event),
    }
}
