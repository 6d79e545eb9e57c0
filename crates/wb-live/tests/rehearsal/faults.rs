//! Faults on the wire: connections that break, messages that come twice or not at all.

use wb_core::Rng;
use wb_live::runner::{Reason, RunnerState, Severity, Verb};
use wb_live::venues::Line;

use crate::lockstep::sma;
use crate::rig::{Flight, Rig};

fn halts(rig: &Rig<'_>) -> Vec<String> {
    let grave = rig.notices.iter().filter(|(severity, _)| *severity == Severity::Halt);
    grave.map(|(_, text)| text.clone()).collect()
}

#[test]
fn books_agree_after_connections_broke_at_random() {
    for seed in 1..=40 {
        let run = sma(seed, 120);
        let mut rng = Rng::new(seed);
        let mut rig = Rig::new(&run);
        rig.connect();
        for _ in 0..6 {
            for _ in 0..rng.below(120) {
                if !rig.deliver() {
                    rig.tick();
                }
            }
            if rig.runner.state() == RunnerState::Stopping {
                break;
            }
            let line = if rng.below(2) == 0 { Line::Market } else { Line::Trading };
            rig.cut(line);
            for _ in 0..rng.below(30) {
                rig.tick();
                rig.deliver();
            }
            rig.open(line);
        }
        rig.finish();
        assert_eq!(halts(&rig), Vec::<String>::new(), "seed {seed}");
        let held = rig.runner.kernel().portfolio().position(run.instruments[0].id).qty.0;
        assert_eq!(rig.exchange_position(), held, "seed {seed}");
    }
}

#[test]
fn a_fee_that_is_taken_out_of_what_was_bought_is_said_once() {
    let run = sma(2, 60);
    let mut rig = Rig::new(&run);
    rig.connect();
    let mut bought = 0;
    while bought < 2 && rig.runner.state() != RunnerState::Stopping {
        if let Some(Flight::ToRunner(_, frame)) = rig.wire.front_mut()
            && frame.contains("\"x\":\"TRADE\"")
            && frame.contains("\"S\":\"BUY\"")
        {
            *frame = frame.replace("\"N\":\"USDT\"", "\"N\":\"NEAR\"");
            bought += 1;
        }
        if !rig.deliver() {
            rig.tick();
        }
    }
    assert_eq!(bought, 2);
    let said = rig.notices.iter().filter(|(_, text)| text.contains("takes its fee out of the NEAR"));
    assert_eq!(said.count(), 1);
}

#[test]
fn a_report_that_comes_twice_counts_once_and_one_that_is_lost_is_found() {
    for seed in 1..=40 {
        let run = sma(seed, 120);
        let mut rng = Rng::new(seed);
        let mut rig = Rig::new(&run);
        rig.connect();
        let (mut twice, mut lost) = (0, 0);
        while rig.runner.state() != RunnerState::Stopping {
            let report = match rig.wire.front() {
                Some(Flight::ToRunner(_, frame)) if frame.contains("executionReport") => {
                    Some(rig.wire[0].clone())
                }
                _ => None,
            };
            match (report, rng.below(4)) {
                (Some(report), 0) => {
                    rig.wire.push_front(report);
                    twice += 1;
                }
                (Some(_), 1) => {
                    rig.wire.pop_front();
                    lost += 1;
                }
                _ => {}
            }
            if !rig.deliver() {
                rig.tick();
            }
        }
        while rig.deliver() {}
        assert!(twice + lost > 0, "seed {seed}");
        // The last losses are found by the next comparison of books.
        for _ in 0..1_300 {
            rig.tick();
            while rig.deliver() {}
        }
        assert_eq!(halts(&rig), Vec::<String>::new(), "seed {seed}");
        let held = rig.runner.kernel().portfolio().position(run.instruments[0].id).qty.0;
        assert_eq!(rig.exchange_position(), held, "seed {seed}");
    }
}

#[test]
fn the_operator_pauses_flattens_and_ends() {
    let run = sma(3, 300);
    let mut rig = Rig::new(&run);
    rig.connect();
    let instrument = run.instruments[0].id;
    while rig.runner.kernel().portfolio().position(instrument).qty.0 == 0 {
        if !rig.deliver() {
            rig.tick();
        }
    }
    rig.runner.control(Verb::Flatten, rig.now, &mut rig.out);
    rig.collect();
    assert_eq!(rig.runner.state(), RunnerState::Paused);
    for _ in 0..200 {
        if !rig.deliver() {
            rig.tick();
        }
    }
    assert_eq!(rig.runner.kernel().portfolio().position(instrument).qty.0, 0);
    assert_eq!(rig.exchange_position(), 0);
    rig.runner.control(Verb::Resume, rig.now, &mut rig.out);
    assert_eq!(rig.runner.state(), RunnerState::Trading);
    rig.runner.control(Verb::Kill, rig.now, &mut rig.out);
    rig.collect();
    assert_eq!(rig.runner.state(), RunnerState::Stopping);
}

#[test]
fn silence_of_the_market_pauses_and_a_journal_that_fails_halts() {
    let run = sma(3, 300);
    let mut rig = Rig::new(&run);
    rig.connect();
    for _ in 0..100 {
        if !rig.deliver() {
            rig.tick();
        }
    }
    assert_eq!(rig.runner.state(), RunnerState::Trading);
    while rig.runner.state() == RunnerState::Trading {
        rig.pass_without(Line::Market, wb_core::Span::from_seconds(10));
    }
    assert!(rig.runner.reasons().any(|reason| reason == Reason::Stale));
    rig.runner.journal_failed("no space left on device", &mut rig.out);
    rig.collect();
    assert_eq!(rig.runner.state(), RunnerState::Halted);
    assert_eq!(halts(&rig), ["the journal cannot be written: no space left on device"]);
}

#[test]
fn a_report_that_is_not_understood_is_looked_for_in_the_venues_books() {
    let run = sma(5, 120);
    let mut rig = Rig::new(&run);
    rig.connect();
    let mut spoilt = 0;
    while rig.runner.state() != RunnerState::Stopping {
        if let Some(Flight::ToRunner(_, frame)) = rig.wire.front_mut()
            && frame.contains("\"x\":\"TRADE\"")
            && spoilt < 3
        {
            *frame = frame.replace("\"L\":\"", "\"L\":\"0.00000001");
            spoilt += 1;
        }
        if !rig.deliver() {
            rig.tick();
        }
    }
    for _ in 0..200 {
        rig.tick();
        while rig.deliver() {}
    }
    assert_eq!(spoilt, 3);
    assert!(rig.notices.iter().any(|(_, text)| text.contains("is not understood")), "{:?}", rig.notices);
    assert_eq!(halts(&rig), Vec::<String>::new());
    let held = rig.runner.kernel().portfolio().position(run.instruments[0].id).qty.0;
    assert_eq!(rig.exchange_position(), held);
}

#[test]
fn a_cancel_that_cannot_be_sent_is_told_to_the_kernel() {
    let run = sma(3, 300);
    let mut rig = Rig::new(&run);
    rig.connect();
    while rig.runner.open_orders() == 0 {
        if !rig.deliver() {
            rig.tick();
        }
    }
    rig.cut(Line::Trading);
    rig.runner.control(Verb::Flatten, rig.now, &mut rig.out);
    rig.collect();
    let told: Vec<String> =
        rig.journal[rig.journal.len() - 3..].iter().map(|record| format!("{record:?}")).collect();
    assert!(told.iter().any(|record| record.contains("CancelRejected")), "{told:?}");
    assert!(rig.notices.iter().any(|(_, text)| text.ends_with("its cancel could not be sent")));
}
