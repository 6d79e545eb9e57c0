//! An order book kept from a snapshot and the changes after it, by the rules of Binance Spot.
//!
//! Each change carries the numbers of its first and last update. Changes are held back until a snapshot is there; a
//! snapshot that is older than the first of them is of no use. Then a change that brings nothing new is dropped, one that
//! leaves a number out is a gap, and any other is applied. Source: "How to manage a local order book correctly",
//! binance-spot-api-docs, web-socket-streams.md, as corrected on 2025-11-12.

use wb_core::{Instrument, Price, Qty, Quote, Side};

use super::message::{DepthChange, Level};

/// So many changes are held back at most; a snapshot that takes longer is asked for again.
const HELD_BACK: usize = 4_096;

/// The order book of one instrument.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct LocalBook {
    /// The best bid is the last.
    bids: Vec<(Price, Qty)>,
    /// The best offer is the last.
    offers: Vec<(Price, Qty)>,
    /// The number of the last update that is in the book; `None` before the first snapshot.
    last: Option<u64>,
    /// Numbers of the first and last update of each change that waits for a snapshot, and how many levels it has.
    held_back: Vec<(u64, u64, usize)>,
    /// Their levels, one after the other.
    held_levels: Vec<Level>,
}

/// What a change or a snapshot did to a book.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BookStep {
    /// The book is now that of this moment.
    Applied,
    /// Nothing: it was in the book already.
    Old,
    /// The change waits for a snapshot: ask for one, if none is under way.
    HeldBack,
    /// The snapshot is older than the changes that wait: ask for another.
    TooOld,
    /// Updates are missing. The book is empty and waits: ask for a snapshot.
    Gap,
}

impl LocalBook {
    /// Forgets everything, as after a break of the connection.
    pub fn reset(&mut self) {
        self.bids.clear();
        self.offers.clear();
        self.last = None;
        self.held_back.clear();
        self.held_levels.clear();
    }

    /// Takes in a change. `levels` are those of the whole [`super::Decoded`].
    pub fn on_change(&mut self, change: &DepthChange, levels: &[Level]) -> BookStep {
        let levels = &levels[change.levels.clone()];
        let step = match self.last {
            Some(_) => self.advance(change.first, change.last, levels),
            None => BookStep::HeldBack,
        };
        if matches!(step, BookStep::HeldBack | BookStep::Gap) {
            self.hold_back(change.first, change.last, levels);
        }
        step
    }

    /// Takes in a snapshot that is up to date to the update numbered `last`, and the changes that waited for it.
    pub fn on_snapshot(&mut self, last: u64, levels: &[Level]) -> BookStep {
        if self.held_back.first().is_some_and(|(first, ..)| last < *first) {
            return BookStep::TooOld;
        }
        self.bids.clear();
        self.offers.clear();
        for level in levels {
            self.set(level);
        }
        self.last = Some(last);
        let (held_back, held_levels) =
            (std::mem::take(&mut self.held_back), std::mem::take(&mut self.held_levels));
        let mut rest = held_levels.as_slice();
        for (first, last, count) in held_back {
            let (levels, after) = rest.split_at(count);
            rest = after;
            if self.last.is_none() || self.advance(first, last, levels) == BookStep::Gap {
                self.hold_back(first, last, levels);
            }
        }
        if self.last.is_some() { BookStep::Applied } else { BookStep::Gap }
    }

    /// The number of the last update that is in the book; `None` while it waits for a snapshot.
    pub fn last_update(&self) -> Option<u64> {
        self.last
    }

    /// The levels of a side, the best first.
    pub fn levels(&self, side: Side) -> impl Iterator<Item = (Price, Qty)> {
        self.side(side).iter().rev().copied()
    }

    /// The best prices, if both sides have one.
    pub fn quote(&self, instrument: &Instrument) -> Option<Quote> {
        let ((bid, bid_qty), (ask, ask_qty)) = (*self.bids.last()?, *self.offers.last()?);
        Some(Quote {
            bid: instrument.price_f64(bid),
            bid_qty: instrument.qty_f64(bid_qty),
            ask: instrument.price_f64(ask),
            ask_qty: instrument.qty_f64(ask_qty),
        })
    }

    fn advance(&mut self, first: u64, last: u64, levels: &[Level]) -> BookStep {
        let book = self.last.expect("only a book with a snapshot advances");
        if last <= book {
            return BookStep::Old;
        }
        if first > book.saturating_add(1) {
            self.reset();
            return BookStep::Gap;
        }
        for level in levels {
            self.set(level);
        }
        self.last = Some(last);
        BookStep::Applied
    }

    fn hold_back(&mut self, first: u64, last: u64, levels: &[Level]) {
        if self.held_back.len() == HELD_BACK {
            self.held_back.clear();
            self.held_levels.clear();
        }
        self.held_back.push((first, last, levels.len()));
        self.held_levels.extend_from_slice(levels);
    }

    fn set(&mut self, level: &Level) {
        let levels = match level.side {
            Side::Buy => &mut self.bids,
            Side::Sell => &mut self.offers,
        };
        let sign = level.side.sign();
        let rank = |price: Price| price.0.saturating_mul(sign);
        let found = levels.binary_search_by_key(&rank(level.price), |(price, _)| rank(*price));
        match (found, level.qty.is_zero()) {
            (Ok(at), true) => drop(levels.remove(at)),
            (Ok(at), false) => levels[at].1 = level.qty,
            (Err(_), true) => {}
            (Err(at), false) => levels.insert(at, (level.price, level.qty)),
        }
    }

    fn side(&self, side: Side) -> &[(Price, Qty)] {
        match side {
            Side::Buy => &self.bids,
            Side::Sell => &self.offers,
        }
    }
}

#[cfg(test)]
mod tests;
