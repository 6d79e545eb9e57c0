//! The rules one by one, and against a book that knows every update.

use std::collections::BTreeMap;
use std::ops::Range;

use wb_core::{InstrumentId, Rng, Ts};

use super::*;

fn level(side: Side, price: i64, qty: i64) -> Level {
    Level { side, price: Price(price), qty: Qty::new(qty) }
}

fn change(first: u64, last: u64, levels: Range<usize>) -> DepthChange {
    DepthChange { instrument: InstrumentId(0), ts_event: Ts(0), first, last, levels }
}

fn bid(price: i64, qty: i64) -> [Level; 1] {
    [level(Side::Buy, price, qty)]
}

/// Bids, best first.
fn bids(book: &LocalBook) -> Vec<(i64, i64)> {
    book.levels(Side::Buy).map(|(price, qty)| (price.0, qty.lots())).collect()
}

fn book_at(last: u64) -> LocalBook {
    let mut book = LocalBook::default();
    let levels = [level(Side::Buy, 100, 5), level(Side::Buy, 99, 6), level(Side::Sell, 101, 7)];
    assert_eq!(book.on_snapshot(last, &levels), BookStep::Applied);
    book
}

#[test]
fn levels_are_set_and_removed_and_an_unknown_one_may_be_removed() {
    let mut book = book_at(10);
    let levels =
        [level(Side::Buy, 100, 0), level(Side::Buy, 98, 4), level(Side::Buy, 42, 0), level(Side::Buy, 99, 9)];
    assert_eq!(book.on_change(&change(11, 12, 0..4), &levels), BookStep::Applied);
    assert_eq!(bids(&book), [(99, 9), (98, 4)]);
    assert_eq!(book.levels(Side::Sell).collect::<Vec<_>>(), [(Price(101), Qty::new(7))]);
    assert_eq!(book.last_update(), Some(12));
}

#[test]
fn a_change_takes_its_own_levels_only() {
    let mut book = book_at(10);
    let levels = [level(Side::Buy, 1, 1), level(Side::Buy, 2, 2), level(Side::Buy, 3, 3)];
    book.on_change(&change(11, 11, 1..2), &levels);
    assert_eq!(bids(&book), [(100, 5), (99, 6), (2, 2)]);
}

#[test]
fn what_is_in_the_book_already_is_old_and_an_overlap_is_applied() {
    let mut book = book_at(10);
    assert_eq!(book.on_change(&change(8, 10, 0..1), &bid(100, 1)), BookStep::Old);
    assert_eq!(book.on_change(&change(9, 11, 0..1), &bid(100, 2)), BookStep::Applied);
    assert_eq!(bids(&book)[0], (100, 2));
}

#[test]
fn a_number_left_out_is_a_gap_and_the_book_starts_over() {
    let mut book = book_at(10);
    assert_eq!(book.on_change(&change(12, 13, 0..1), &bid(100, 1)), BookStep::Gap);
    assert_eq!((book.last_update(), bids(&book)), (None, vec![]));
    // The change that showed the gap still counts once there is a snapshot.
    assert_eq!(book.on_change(&change(14, 14, 0..1), &bid(97, 1)), BookStep::HeldBack);
    assert_eq!(book.on_snapshot(12, &bid(50, 1)), BookStep::Applied);
    assert_eq!((book.last_update(), bids(&book)), (Some(14), vec![(100, 1), (97, 1), (50, 1)]));
}

#[test]
fn a_snapshot_older_than_the_first_change_held_back_is_of_no_use() {
    let mut book = LocalBook::default();
    assert_eq!(book.on_change(&change(105, 106, 0..1), &bid(100, 1)), BookStep::HeldBack);
    assert_eq!(book.on_snapshot(104, &bid(99, 1)), BookStep::TooOld, "strictly older, even if it joins");
    assert_eq!(book.last_update(), None);
    assert_eq!(book.on_snapshot(105, &bid(99, 1)), BookStep::Applied);
    assert_eq!((book.last_update(), bids(&book)), (Some(106), vec![(100, 1), (99, 1)]));
}

#[test]
fn a_gap_among_the_changes_held_back_waits_for_a_newer_snapshot() {
    let mut book = LocalBook::default();
    book.on_change(&change(5, 6, 0..1), &bid(100, 1));
    book.on_change(&change(9, 9, 0..1), &bid(101, 1));
    assert_eq!(book.on_snapshot(5, &[]), BookStep::Gap);
    assert_eq!(book.on_snapshot(9, &bid(99, 1)), BookStep::Applied);
    assert_eq!(bids(&book), [(99, 1)]);
}

#[test]
fn more_changes_than_can_be_held_back_begin_anew() {
    let mut book = LocalBook::default();
    for number in 1..=HELD_BACK as u64 + 1 {
        book.on_change(&change(number, number, 0..1), &bid(100, number as i64));
    }
    assert_eq!(book.on_snapshot(HELD_BACK as u64, &[]), BookStep::TooOld);
    assert_eq!(book.on_snapshot(HELD_BACK as u64 + 1, &bid(7, 7)), BookStep::Applied);
    assert_eq!(bids(&book), [(7, 7)]);
}

/// The venue's own book, which misses nothing.
#[derive(Clone, Default)]
struct Truth {
    last: u64,
    bids: BTreeMap<i64, i64>,
    offers: BTreeMap<i64, i64>,
}

impl Truth {
    fn change(&mut self, rng: &mut Rng) -> (DepthChange, Vec<Level>) {
        let levels: Vec<Level> = (0..rng.below(5))
            .map(|_| match rng.below(2) {
                0 => level(Side::Buy, 90 + rng.below(10) as i64, rng.below(4) as i64),
                _ => level(Side::Sell, 100 + rng.below(10) as i64, rng.below(4) as i64),
            })
            .collect();
        for level in &levels {
            let book = if level.side == Side::Buy { &mut self.bids } else { &mut self.offers };
            book.insert(level.price.0, level.qty.lots());
            book.retain(|_, qty| *qty != 0);
        }
        let first = self.last + 1;
        self.last = first + rng.below(3);
        (change(first, self.last, 0..levels.len()), levels)
    }

    fn snapshot(&self) -> Vec<Level> {
        let bids = self.bids.iter().map(|(price, qty)| level(Side::Buy, *price, *qty));
        bids.chain(self.offers.iter().map(|(price, qty)| level(Side::Sell, *price, *qty))).collect()
    }
}

#[test]
fn a_book_that_is_told_of_losses_is_the_venues_whenever_it_says_so() {
    for seed in 0..50 {
        let mut rng = Rng::new(seed);
        let (mut truth, mut book, mut asked) = (Truth::default(), LocalBook::default(), None);
        let mut compared = 0;
        for _ in 0..400 {
            let (change, levels) = truth.change(&mut rng);
            if asked.is_none() && book.last_update().is_none() && rng.below(3) == 0 {
                asked = Some(truth.clone());
            }
            if rng.below(20) == 0 {
                continue;
            }
            book.on_change(&change, &levels);
            if let Some(then) = asked.take_if(|_| rng.below(4) == 0) {
                book.on_snapshot(then.last, &then.snapshot());
            }
            if book.last_update() == Some(truth.last) {
                let ours: Vec<(i64, i64)> = bids(&book).into_iter().rev().collect();
                assert_eq!(ours, truth.bids.clone().into_iter().collect::<Vec<_>>(), "seed {seed}");
                let offers: Vec<_> =
                    book.levels(Side::Sell).map(|(price, qty)| (price.0, qty.lots())).collect();
                assert_eq!(offers, truth.offers.clone().into_iter().collect::<Vec<_>>(), "seed {seed}");
                compared += 1;
            }
        }
        assert!(compared > 50, "seed {seed}: only {compared} books");
    }
}
