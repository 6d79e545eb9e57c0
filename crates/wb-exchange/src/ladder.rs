//! The order book that is shown around the last price. Nobody else's orders are known, so it is made up: as many levels
//! on either side, a tick apart, of sizes that follow what was traded.

use std::collections::BTreeMap;

use wb_core::{Price, Qty};

/// Levels on either side.
const LEVELS: i64 = 20;
/// The size of a level is that of the last part of a bar divided by this.
const SHARE: i64 = 10;

/// Levels of both sides, and how often they have changed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ladder {
    bids: BTreeMap<Price, Qty>,
    asks: BTreeMap<Price, Qty>,
    /// The last change.
    update_id: u64,
}

/// Levels that changed; a quantity of zero takes one away.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct LadderDiff {
    /// The first and the last change in it.
    pub(crate) first: u64,
    pub(crate) last: u64,
    pub(crate) bids: Vec<(Price, Qty)>,
    pub(crate) asks: Vec<(Price, Qty)>,
}

impl Ladder {
    /// Moves the book to a trade at `last` of `traded` lots. Every changed level counts as one change.
    pub(crate) fn move_to(&mut self, last: Price, traded: Qty) -> LadderDiff {
        let unit = (traded.lots() / SHARE).max(1);
        let side = |sign: i64, from: i64| {
            let level = |k: i64| (Price(last.0 + sign * (from + k)), Qty::new(unit.saturating_mul(k + 1)));
            (0..LEVELS).map(level).filter(|(price, _)| price.0 > 0).collect::<BTreeMap<_, _>>()
        };
        let (bids, asks) = (side(-1, 0), side(1, 1));
        let first = self.update_id + 1;
        let bid_changes = changes(&self.bids, &bids);
        let ask_changes = changes(&self.asks, &asks);
        // A move that changes nothing is an event all the same.
        self.update_id += (bid_changes.len() + ask_changes.len()).max(1) as u64;
        (self.bids, self.asks) = (bids, asks);
        LadderDiff { first, last: self.update_id, bids: bid_changes, asks: ask_changes }
    }

    /// The last change.
    pub(crate) fn update_id(&self) -> u64 {
        self.update_id
    }

    /// Bids from the best on.
    pub(crate) fn bids(&self) -> impl Iterator<Item = (Price, Qty)> {
        self.bids.iter().rev().map(|(price, qty)| (*price, *qty))
    }

    /// Offers from the best on.
    pub(crate) fn asks(&self) -> impl Iterator<Item = (Price, Qty)> {
        self.asks.iter().map(|(price, qty)| (*price, *qty))
    }
}

fn changes(old: &BTreeMap<Price, Qty>, new: &BTreeMap<Price, Qty>) -> Vec<(Price, Qty)> {
    let gone = old.keys().filter(|price| !new.contains_key(price)).map(|price| (*price, Qty::ZERO));
    let set =
        new.iter().filter(|(price, qty)| old.get(price) != Some(qty)).map(|(price, qty)| (*price, *qty));
    gone.chain(set).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use wb_core::Rng;

    #[test]
    fn changes_make_the_new_book_of_the_old_one_and_ids_leave_no_gap() {
        let seed = 7;
        let mut rng = Rng::new(seed);
        let (mut ladder, mut bids, mut asks, mut last_id) =
            (Ladder::default(), BTreeMap::new(), BTreeMap::new(), 0);
        for _ in 0..500 {
            let diff = ladder.move_to(Price(1 + rng.below(60) as i64), Qty::new(rng.below(100) as i64));
            assert_eq!(diff.first, last_id + 1, "seed {seed}");
            assert!(diff.last >= diff.first, "seed {seed}");
            last_id = diff.last;
            for (book, changes) in [(&mut bids, &diff.bids), (&mut asks, &diff.asks)] {
                for (price, qty) in changes {
                    if qty.is_zero() {
                        book.remove(price)
                    } else {
                        book.insert(*price, *qty)
                    };
                }
            }
            assert_eq!((&bids, &asks), (&ladder.bids, &ladder.asks), "seed {seed}");
            let (bid, ask) =
                (ladder.bids().next().expect("a bid").0, ladder.asks().next().expect("an offer").0);
            assert_eq!(bid.0 + 1, ask.0, "seed {seed}");
        }
    }
}
