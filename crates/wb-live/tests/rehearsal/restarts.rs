//! The process may be killed at any moment: it goes on in the same state, loses no order and sends none twice.

use std::collections::BTreeMap;

use wb_core::{Command, Event, OrderEvent, OrderId, Rng};
use wb_live::runner::{Reason, RunnerState, Severity, Verb};
use wb_store::JournalRecord;

use crate::lockstep::sma;
use crate::rig::{Flight, Rig};

/// Fills of each order, as the journal has them.
fn fills(journal: &[JournalRecord]) -> BTreeMap<OrderId, i64> {
    let mut fills = BTreeMap::new();
    for record in journal {
        if let JournalRecord::Event(Event::Order { event: OrderEvent::Filled(fill), .. }) = record {
            *fills.entry(fill.order).or_insert(0) += fill.qty.lots();
        }
    }
    fills
}

/// Runs until `kills` of the process after random numbers of frames, then to the end.
fn killed(seed: u64, kills: u32) {
    let run = sma(seed, 120);
    let mut rng = Rng::new(seed);
    let mut rig = Rig::new(&run);
    let mut placed: Vec<String> = Vec::new();
    rig.connect();
    for kill in 0..kills {
        for _ in 0..rng.below(160) {
            note_orders(&rig, &mut placed);
            if !rig.deliver() {
                rig.tick();
            }
        }
        if rig.runner.state() == RunnerState::Stopping {
            break;
        }
        note_orders(&rig, &mut placed);
        let (digest, now) = (rig.runner.digest(), rig.runner.kernel().now());
        rig.restart(rng.below(3) as usize);
        assert_eq!(
            (rig.runner.digest(), rig.runner.kernel().now()),
            (digest, now),
            "seed {seed}, kill {kill}"
        );
        rig.connect();
    }
    rig.finish();
    let halts: Vec<&(Severity, String)> =
        rig.notices.iter().filter(|(severity, _)| *severity == Severity::Halt).collect();
    assert!(halts.is_empty(), "seed {seed}: {halts:?}");
    placed.sort();
    let count = placed.len();
    placed.dedup();
    assert_eq!(placed.len(), count, "seed {seed}: an order was sent twice");
    let submitted: Vec<OrderId> = rig
        .journal
        .iter()
        .filter_map(|record| match record {
            JournalRecord::Command(_, Command::Submit { id, .. }) => Some(*id),
            _ => None,
        })
        .collect();
    assert!(!submitted.is_empty(), "seed {seed}");
    // Every order has come to an end that the venue confirms: what is held is what was filled.
    let filled = fills(&rig.journal);
    let held = rig.runner.kernel().portfolio().position(run.instruments[0].id).qty.0;
    assert_eq!(rig.exchange_position(), held, "seed {seed}: {filled:?}");
}

/// The names of orders that are on their way to the exchange now, each frame noted once.
fn note_orders(rig: &Rig<'_>, placed: &mut Vec<String>) {
    if let Some(Flight::ToExchange(_, frame)) = rig.wire.front()
        && frame.contains("\"order.place\"")
    {
        let (_, rest) = frame.split_once("newClientOrderId").expect("orders have names");
        placed.push(rest.chars().skip(3).take_while(|c| *c != '"').collect());
    }
}

#[test]
fn what_only_the_operator_ends_outlives_a_restart() {
    let run = sma(3, 200);
    let mut rig = Rig::new(&run);
    rig.connect();
    let step = |rig: &mut Rig<'_>| {
        if !rig.deliver() {
            rig.tick();
        }
    };
    (0..200).for_each(|_| step(&mut rig));
    rig.runner.control(Verb::Pause, rig.now, &mut rig.out);
    rig.collect();
    rig.restart(0);
    rig.connect();
    (0..200).for_each(|_| step(&mut rig));
    assert_eq!(rig.runner.reasons().collect::<Vec<_>>(), [Reason::Operator]);
    rig.runner.control(Verb::Resume, rig.now, &mut rig.out);
    rig.collect();
    rig.restart(0);
    rig.connect();
    (0..200).for_each(|_| step(&mut rig));
    assert_eq!(rig.runner.state(), RunnerState::Trading);
}

#[test]
fn a_process_killed_at_any_moment_goes_on_where_it_was() {
    for seed in 1..=100 {
        killed(seed, 5);
    }
}

/// The journal as it was before the kernel gave its first order, which was sent all the same; what the runner says then.
fn without_its_first_order(arrives: usize) -> Vec<String> {
    let run = sma(3, 120);
    let mut rig = Rig::new(&run);
    rig.connect();
    while rig.runner.open_orders() == 0 {
        if !rig.deliver() {
            rig.tick();
        }
    }
    let is_order =
        |record: &JournalRecord| matches!(record, JournalRecord::Command(_, Command::Submit { .. }));
    let given = rig.journal.iter().position(is_order).expect("it was given");
    for _ in 0..arrives {
        assert!(rig.deliver());
    }
    rig.journal.truncate(given);
    rig.restart(1);
    rig.connect();
    for _ in 0..300 {
        while rig.deliver() {}
        rig.tick();
    }
    assert_eq!(rig.runner.state(), RunnerState::Halted, "{:?}", rig.notices);
    let halts = rig.notices.into_iter().filter(|(severity, _)| *severity == Severity::Halt);
    halts.map(|(_, text)| text).collect()
}

#[test]
fn an_order_that_the_journal_has_lost_halts_whether_it_works_or_was_filled() {
    let works = without_its_first_order(0);
    let expected = "the venue's books and ours disagree: order 1 works at the venue, and not by our books";
    assert!(works.iter().any(|text| text.starts_with(expected)), "{works:?}");
    let filled = without_its_first_order(40);
    assert!(filled[0].starts_with("the venue's books and ours disagree: "), "{filled:?}");
}
