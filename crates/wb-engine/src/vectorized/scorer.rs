//! What a trial is judged by, taken while it runs.

use std::sync::Arc;

use wb_core::{Bar, Command, Event, Fill, Instrument, MarketEvent, OrderEvent, Ts};
use wb_metrics::{ExitReason, FigureSet, Frame, RoundTripBuilder, Tally, TripCounter};
use wb_sim::{Record, Session};

use super::evaluate::TrialFigures;
use crate::recorder::Observer;

/// Equity at the end of each stretch of time.
#[derive(Clone, Debug)]
pub(crate) struct Stretches {
    /// Closes before the end of each.
    ends: Arc<[usize]>,
    equity: Vec<f64>,
    start: f64,
}

impl Stretches {
    pub(crate) fn new(ends: Arc<[usize]>, start: f64) -> Stretches {
        let equity = Vec::with_capacity(ends.len());
        Stretches { ends, equity, start }
    }

    /// Takes equity after consecutive closes, of which `before` came earlier.
    pub(crate) fn on_equity(&mut self, before: usize, equity: &[f64]) {
        while let Some(end) = self.ends.get(self.equity.len()).filter(|end| **end <= before + equity.len()) {
            // A stretch that ends before the first close ends with what there was at the start.
            let at = if *end > before { equity[*end - before - 1] } else { self.last() };
            self.equity.push(at);
        }
    }

    fn last(&self) -> f64 {
        self.equity.last().copied().unwrap_or(self.start)
    }

    /// The return of each; zero from where equity is no longer above zero.
    pub(crate) fn returns(&self) -> Vec<f64> {
        let before = std::iter::once(&self.start).chain(&self.equity);
        let share = |(before, now): (&f64, &f64)| if *before > 0.0 { now / before - 1.0 } else { 0.0 };
        before.zip(&self.equity).map(share).collect()
    }
}

/// Round trips, as far as the figures ask for them.
#[derive(Clone, Debug)]
pub(crate) enum Trips {
    /// Their number.
    Count(TripCounter),
    /// All of them.
    Whole(RoundTripBuilder),
}

impl Trips {
    pub(crate) fn new(figures: &FigureSet) -> Trips {
        if figures.need_trips() {
            Trips::Whole(RoundTripBuilder::new())
        } else {
            Trips::Count(TripCounter::default())
        }
    }

    pub(crate) fn on_fill(&mut self, fill: &Fill, instrument: &Instrument) {
        match self {
            Trips::Count(counter) => counter.on_fill(fill),
            Trips::Whole(builder) => builder.on_fill(fill, instrument, ExitReason::Signal),
        }
    }

    pub(crate) fn finish(self, tally: &mut Tally) {
        match self {
            Trips::Count(counter) => tally.on_trips(counter.count()),
            Trips::Whole(builder) => builder.closed().iter().for_each(|trip| tally.on_trip(trip)),
        }
    }
}

/// Observes a lane and keeps no more of it than its figures need.
#[derive(Debug)]
pub(crate) struct Scorer {
    tally: Tally,
    trips: Trips,
    stretches: Stretches,
    /// Equity after the closes of the tile at hand, and closes before it.
    equity: Vec<f64>,
    before: usize,
    held: usize,
}

impl Scorer {
    pub(crate) fn new(figures: &FigureSet, stretches: Stretches) -> Scorer {
        Scorer {
            tally: Tally::new(figures, stretches.start),
            trips: Trips::new(figures),
            stretches,
            equity: Vec::new(),
            before: 0,
            held: 0,
        }
    }

    /// Lends the room for a tile's equity.
    pub(crate) fn begin_tile(&mut self, room: &mut Vec<f64>) {
        std::mem::swap(&mut self.equity, room);
        self.equity.clear();
    }

    /// Takes the tile's equity in, and gives the room back.
    pub(crate) fn end_tile(&mut self, room: &mut Vec<f64>) {
        self.tally.on_equity(&self.equity);
        self.tally.on_held(std::mem::take(&mut self.held));
        self.stretches.on_equity(self.before, &self.equity);
        self.before += self.equity.len();
        std::mem::swap(&mut self.equity, room);
    }

    /// The figures of the run.
    pub(crate) fn finish(mut self, figures: &FigureSet, frame: &Frame) -> TrialFigures {
        self.trips.finish(&mut self.tally);
        let periods = self.stretches.returns();
        TrialFigures { values: self.tally.values(figures, frame), periods }
    }

    #[cold]
    fn on_record(&mut self, session: &Session, record: &Record) {
        match record {
            Record::Command(_, Command::Submit { .. }) => self.tally.on_order(false),
            Record::Command(_, Command::Refused { .. }) => self.tally.on_order(true),
            Record::Event(Event::Order { event: OrderEvent::Filled(fill), .. }) => {
                let instrument = &session.venue().portfolio().instruments()[fill.instrument.index()];
                self.tally.on_fill(fill, instrument);
                self.trips.on_fill(fill, instrument);
            }
            Record::Event(Event::Order { event: OrderEvent::Rejected(..), .. }) => self.tally.on_rejection(),
            Record::Event(Event::Cash { amount, .. }) => self.tally.on_carry(*amount),
            Record::Command(..) | Record::Event(_) => {}
        }
    }

    fn on_records(&mut self, session: &Session) {
        for record in session.records_before().iter().chain(session.records_after()) {
            self.on_record(session, record);
        }
    }
}

impl Observer for Scorer {
    #[inline]
    fn after_bar(&mut self, session: &Session, event: &MarketEvent, _: &Bar) {
        if event.last && session.has_records() {
            self.on_records(session);
        }
    }

    #[inline]
    fn on_close(&mut self, _: Ts, session: &Session) {
        let (equity, gross) = session.venue().portfolio().valuation();
        self.equity.push(equity);
        self.held += usize::from(gross > 0.0);
    }

    fn after_finish(&mut self, session: &Session) {
        self.on_records(session);
    }
}
