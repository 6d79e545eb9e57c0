//! A recording told to a fresh kernel again, and the outcome of what it says.

use wb_core::{Bar, BarColumns, Command, Event, InstrumentId, MarketData, MarketEvent, Ts};
use wb_kernel::{Difference, Digest, Kernel, Replay};
use wb_sim::Record;

use crate::error::EngineError;
use crate::event_driven::{RunInput, RunResult, outcome};
use crate::recorder::Recorder;

/// A [`Replay`] that keeps the books of a backtest: who reads the recording calls one method for each of its records.
///
/// The outcome is the one that the recorder of a backtest gives where the recording is a backtest's without latency, to
/// the bit. The account is the kernel's: what it was told after a close belongs to the next one.
#[derive(Debug)]
pub struct Retelling<'a> {
    input: &'a RunInput<'a>,
    replay: Replay,
    recorder: Recorder,
    /// The bars that the kernel was told of, those of the past included.
    bars: Vec<BarColumns>,
    marks: Vec<Option<f64>>,
    first_close: Option<Ts>,
    close: Close,
}

/// What has been heard since the last close was booked.
#[derive(Debug, Default)]
struct Close {
    /// What happened between kernel and venue.
    records: Vec<Record>,
    /// Its bars, and how many of the records came before them.
    bars: Vec<(InstrumentId, f64, f64)>,
    before: usize,
    /// When it closed, and when the kernel heard of its last bar.
    ended: Option<(Ts, Ts)>,
}

/// What a recording says.
#[derive(Clone, PartialEq, Debug)]
pub struct Retold {
    /// The run that it is of.
    pub result: RunResult,
    /// The bars of each instrument, in the order of the instruments, those of the past included.
    pub bars: Vec<BarColumns>,
    /// The last price of its instrument when each order was given, in the order of the orders; absent before the first.
    pub decision_marks: Vec<Option<f64>>,
}

impl Close {
    /// Whether it has ended, and `event` is not of its instant.
    fn is_over_before(&self, event: &Event) -> bool {
        let is_later = |closed| matches!(event, Event::Market(market) if market.ts_event > closed);
        self.ended.is_some_and(|(closed, heard)| event.ts() > heard || is_later(closed))
    }
}

impl<'a> Retelling<'a> {
    /// A retelling to a kernel that has seen nothing. The bars are those of the recording: `input` needs none.
    ///
    /// # Errors
    /// If the strategy cannot be built.
    pub fn new(input: &'a RunInput<'a>) -> Result<Retelling<'a>, EngineError> {
        let bars = input.instruments.iter().map(|_| BarColumns::new(input.spec.interval)).collect();
        Ok(Retelling {
            input,
            replay: Replay::new(input.kernel()?),
            recorder: Recorder::of(input),
            bars,
            marks: Vec::new(),
            first_close: None,
            close: Close::default(),
        })
    }

    /// The kernel, as far as the recording has been read.
    pub fn kernel(&self) -> &Kernel {
        self.replay.kernel()
    }

    /// Tells the kernel what the recording says that it was told.
    ///
    /// # Errors
    /// As [`Replay::event`].
    pub fn event(&mut self, event: &Event) -> Result<(), Box<Difference>> {
        if self.close.is_over_before(event) {
            self.book();
        }
        self.replay.event(event)?;
        match event {
            Event::Market(market) => self.on_market(market),
            Event::Past { ts_event, instrument, bar, .. } => self.keep(*instrument, *ts_event, bar),
            _ => self.close.records.push(Record::Event(*event)),
        }
        Ok(())
    }

    /// Takes the next command of the recording.
    ///
    /// # Errors
    /// As [`Replay::command`].
    pub fn command(&mut self, ts: Ts, command: &Command) -> Result<(), Box<Difference>> {
        self.replay.command(ts, command)?;
        if let Command::Submit { request, .. } | Command::Refused { request, .. } = command {
            self.marks.push(self.kernel().portfolio().position(request.instrument).mark());
        }
        self.close.records.push(Record::Command(ts, *command));
        Ok(())
    }

    /// Takes a digest of the recording.
    ///
    /// # Errors
    /// As [`Replay::digest`].
    pub fn digest(&mut self, recorded: Digest) -> Result<(), Box<Difference>> {
        self.replay.digest(recorded)
    }

    /// What the recording says, now that it has been read.
    pub fn finish(mut self) -> Retold {
        if self.close.ended.is_some() {
            self.book();
        }
        self.book_records(0..self.close.records.len());
        let kernel = self.replay.kernel();
        let (digest, halted) = (kernel.digest(), kernel.is_halted());
        let traded_bars = |name: &String| {
            let at = self.input.instruments.iter().position(|instrument| instrument.name() == *name)?;
            let from = self.first_close? - self.input.spec.interval.span();
            Some(self.bars[at].between(from, Ts::MAX))
        };
        let benchmark = self.input.spec.benchmark.as_ref().and_then(traded_bars);
        let input = RunInput { benchmark: benchmark.as_ref(), ..self.input.clone() };
        let outcome = outcome(&input, self.recorder);
        let result = RunResult { outcome, digest, halted };
        Retold { result, bars: self.bars, decision_marks: self.marks }
    }

    fn on_market(&mut self, market: &MarketEvent) {
        let MarketData::Bar(bar) = &market.data else { return };
        if self.close.bars.is_empty() {
            self.close.before = self.close.records.len();
        }
        self.close.bars.push((market.instrument, bar.high, bar.low));
        self.keep(market.instrument, market.ts_event, bar);
        if market.last {
            self.close.ended = Some((market.ts_event, market.ts_recv));
        }
    }

    fn keep(&mut self, instrument: InstrumentId, closed: Ts, bar: &Bar) {
        let bars = &mut self.bars[instrument.index()];
        if bars.ts.last().is_none_or(|last| *last < closed) {
            bars.push(closed, bar);
        }
    }

    /// Books a close, now that all that happened at its instant has been heard.
    fn book(&mut self) {
        let (before, all) = (self.close.before, self.close.records.len());
        self.book_records(0..before);
        for (instrument, high, low) in self.close.bars.drain(..) {
            self.recorder.on_extremes(instrument, high, low);
        }
        self.book_records(before..all);
        self.close.records.clear();
        let Some((closed, _)) = self.close.ended.take() else { return };
        // A bar that comes after the rest of its close has been booked adds no point.
        if self.recorder.equity.ts.last().is_none_or(|last| *last < closed) {
            self.first_close.get_or_insert(closed);
            self.recorder.on_valuation(closed, self.replay.kernel().portfolio().valuation());
        }
    }

    fn book_records(&mut self, range: std::ops::Range<usize>) {
        let halted = self.replay.kernel().is_halted();
        for record in &self.close.records[range] {
            self.recorder.on_record(&self.input.instruments, halted, record);
        }
    }
}
