//! Exits of a venue that keeps none: they wait at the runner, and what is due is sent.

use std::collections::BTreeMap;

use wb_core::{
    CancelReason, Command, Event, Fill, Link, OrderEvent, OrderId, OrderRequest, OrderType, Rng, Side,
};
use wb_live::runner::Severity;
use wb_live::venues::Line;
use wb_store::JournalRecord;

use crate::lockstep::{with_stop_and_target, with_trailing_stop};
use crate::market::Run;
use crate::rig::Rig;

/// What became of the exits of a session.
#[derive(Default)]
struct Exits {
    asked: BTreeMap<OrderId, OrderRequest>,
    fills: Vec<Fill>,
    /// How often an exit ended because another of its group did, or the position.
    ended: usize,
}

fn exits(journal: &[JournalRecord]) -> Exits {
    let mut exits = Exits::default();
    for record in journal {
        match record {
            JournalRecord::Command(_, Command::Submit { id, request }) if request.link != Link::None => {
                exits.asked.insert(*id, *request);
            }
            JournalRecord::Event(Event::Order { event, .. }) if exits.asked.contains_key(&event.order()) => {
                match event {
                    OrderEvent::Filled(fill) => exits.fills.push(*fill),
                    OrderEvent::Cancelled(_, CancelReason::Group) => exits.ended += 1,
                    _ => {}
                }
            }
            _ => {}
        }
    }
    exits
}

/// Nothing is wrong at the end of a session, and every exit was filled where it should be.
fn check(rig: &mut Rig<'_>, run: &Run, what: &str) -> Exits {
    let halts: Vec<&(Severity, String)> =
        rig.notices.iter().filter(|(severity, _)| *severity == Severity::Halt).collect();
    assert!(halts.is_empty(), "{what}: {halts:?}");
    let held = rig.runner.kernel().portfolio().position(run.instruments[0].id).qty.0;
    assert_eq!(rig.exchange_position(), held, "{what}");
    assert!(held >= 0, "{what}: an exit opened a position");
    let exits = exits(&rig.journal);
    for fill in &exits.fills {
        let request = exits.asked[&fill.order];
        assert_eq!((fill.side, request.reduce_only), (Side::Sell, true), "{what}");
        match request.kind {
            OrderType::Limit { price, .. } => assert!(fill.price >= price, "{what}: {fill:?}"),
            // It is seen by a trade at or below the trigger, and filled at the next one.
            OrderType::Stop { trigger } => {
                assert!(fill.price.0 - trigger.0 < 40, "{what}: {fill:?} for {request:?}");
            }
            _ => {}
        }
    }
    exits
}

#[test]
fn a_position_ends_at_its_stop_or_its_target_and_the_other_with_it() {
    let (mut stops, mut targets, mut trailed, mut ended) = (0, 0, 0, 0);
    for seed in 1..=10 {
        for run in [with_stop_and_target(seed, 240), with_trailing_stop(seed, 240)] {
            let mut rig = Rig::by_the_clock(&run);
            rig.connect();
            rig.finish_by_the_clock();
            let exits = check(&mut rig, &run, &format!("{} {seed}", run.spec.strategy));
            ended += exits.ended;
            for fill in &exits.fills {
                match exits.asked[&fill.order].kind {
                    OrderType::Stop { .. } => stops += 1,
                    OrderType::Limit { .. } => targets += 1,
                    _ => trailed += 1,
                }
            }
        }
    }
    assert!(stops > 20 && targets > 20 && trailed > 20 && ended > 40);
}

#[test]
fn exits_outlive_broken_connections_and_killed_processes() {
    let mut fills = 0;
    for seed in 1..=40 {
        let run = if seed % 2 == 0 { with_stop_and_target(seed, 120) } else { with_trailing_stop(seed, 120) };
        let mut rng = Rng::new(seed);
        let mut rig = Rig::by_the_clock(&run);
        rig.connect();
        for _ in 0..6 {
            for _ in 0..rng.below(1_500) {
                if !rig.deliver() {
                    rig.tick();
                }
            }
            if rng.below(2) == 0 {
                rig.restart(rng.below(3) as usize);
                rig.connect();
            } else {
                let line = if rng.below(2) == 0 { Line::Market } else { Line::Trading };
                rig.cut(line);
                for _ in 0..rng.below(30) {
                    rig.tick();
                    rig.deliver();
                }
                rig.open(line);
            }
        }
        rig.finish_by_the_clock();
        fills += check(&mut rig, &run, &format!("seed {seed}")).fills.len();
    }
    assert!(fills > 40, "{fills} exits prove little");
}
