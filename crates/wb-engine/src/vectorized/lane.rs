//! One run that takes every bar through its session, its features read from columns.

use wb_core::MarketData;
use wb_sim::Session;

use super::columns::{Columns, Wire};
use super::tape::Tile;
use crate::recorder::Observer;

/// One run over tiles.
pub(crate) struct Lane<O> {
    session: Session,
    /// By instrument.
    wires: Vec<Vec<Wire>>,
    pub(crate) observer: O,
}

impl<O: Observer> Lane<O> {
    /// A lane whose kernel's features have been taken out and are found at `wires`.
    pub(crate) fn new(session: Session, wires: Vec<Vec<Wire>>, observer: O) -> Lane<O> {
        Lane { session, wires, observer }
    }

    /// Takes the bars of a tile.
    pub(crate) fn on_tile(&mut self, tile: &Tile, columns: &Columns) {
        let resolve = |wires: &Vec<Wire>| -> Vec<(usize, &[f64])> {
            wires.iter().map(|wire| (wire.position, columns.get(*wire))).collect()
        };
        let values: Vec<_> = self.wires.iter().map(resolve).collect();
        for bar in &tile.bars {
            let event = &bar.event;
            for (position, column) in &values[event.instrument.index()] {
                self.session.set_feature(*position, column[bar.row]);
            }
            self.session.on_market(event);
            let MarketData::Bar(data) = &event.data else { unreachable!("tiles hold bars") };
            self.observer.after_bar(&self.session, event, data);
            if event.last {
                self.observer.on_close(event.ts_event, &self.session);
            }
        }
    }

    /// Delivers what is left, and gives the session and what was observed.
    pub(crate) fn finish(mut self) -> (Session, O) {
        self.session.finish();
        self.observer.after_finish(&self.session);
        (self.session, self.observer)
    }
}
