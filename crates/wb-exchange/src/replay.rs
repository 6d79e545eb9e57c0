//! The market data that the exchange goes through, close by close.

use wb_core::{Bar, BarColumns, Instrument, MarketEvent, Merge, Ts};

use crate::path::Path;

/// In which steps the replay goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Step {
    /// A whole bar at a time, as a backtest does.
    Bar,
    /// A part of a bar's path at a time.
    Part,
}

/// What is still to happen in each market, and what has.
#[derive(Debug)]
pub(crate) struct Replay {
    merge: Merge<Vec<BarColumns>>,
    path: Path,
    step: Step,
}

impl Replay {
    /// A replay of these bars, one column for each instrument.
    pub(crate) fn new(bars: Vec<BarColumns>, instruments: &[Instrument], path: Path, step: Step) -> Replay {
        let bars = match step {
            Step::Bar => bars,
            Step::Part => bars.iter().zip(instruments).map(|(bars, i)| path.cut(bars, i.lot)).collect(),
        };
        Replay { merge: Merge::new(bars), path, step }
    }

    /// When the next thing happens; nothing at the end.
    pub(crate) fn next_close(&self) -> Option<Ts> {
        self.merge.next_close()
    }

    /// What happens next: all bars, or parts of bars, of one close.
    pub(crate) fn next_batch(&mut self) -> Vec<MarketEvent> {
        let mut batch = Vec::new();
        self.merge.next_batch(|event| batch.push(*event));
        batch
    }

    /// The parts of a replayed bar, each of which stands for a trade at its end.
    pub(crate) fn parts(&self, instrument: &Instrument, end: Ts, bar: &Bar) -> Vec<(Ts, Bar)> {
        match self.step {
            Step::Bar => self.path.parts(end, bar, instrument.lot),
            Step::Part => vec![(end, *bar)],
        }
    }
}
