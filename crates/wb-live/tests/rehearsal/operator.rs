//! The operator falls silent, or changes how careful to be.

use wb_core::{Control, Event, Span};
use wb_live::runner::{Caution, Reason, RunnerConfig, RunnerState, Verb};
use wb_live::venues::Line;
use wb_store::JournalRecord;

use crate::lockstep::sma;
use crate::market::Run;
use crate::rig::Rig;

/// Hours, so that nothing else is too old before.
fn caution(run: &Run, dead_man: Option<Span>) -> Caution {
    let stale_after = Span::from_seconds(86_400);
    Caution { stale_after, dead_man, ..RunnerConfig::new(run.spec.interval).caution }
}

/// A rig with an order under way, whose operator must be heard of within three seconds.
fn watched(run: &Run) -> Rig<'_> {
    let mut rig = Rig::new(run);
    rig.runner.take_caution(caution(run, Some(Span::from_seconds(3))), rig.now, &mut rig.out);
    rig.connect();
    while rig.runner.open_orders() == 0 {
        if !rig.deliver() {
            rig.tick();
        }
        rig.runner.control(Verb::Alive, rig.now, &mut rig.out);
    }
    rig
}

fn controls(rig: &Rig<'_>) -> Vec<Control> {
    let controls = rig.journal.iter().filter_map(|record| match record {
        JournalRecord::Event(Event::Control { control, .. }) => Some(*control),
        _ => None,
    });
    controls.collect()
}

fn is_silent(rig: &Rig<'_>) -> bool {
    rig.runner.reasons().any(|reason| reason == Reason::DeadMan)
}

#[test]
fn orders_are_cancelled_and_none_given_once_nothing_was_heard_for_too_long() {
    let run = sma(3, 300);
    let mut rig = watched(&run);
    rig.now = rig.now + Span::from_seconds(2);
    rig.tick();
    assert!(!is_silent(&rig));
    rig.now = rig.now + Span::from_seconds(1);
    rig.tick();
    assert!(is_silent(&rig) && rig.runner.state() == RunnerState::Halted);
    let (_, said) = rig.notices.last().expect("a notice");
    assert_eq!(said, "the operator has fallen silent: no sign of life for 3s");
    assert_eq!(controls(&rig)[controls(&rig).len() - 2..], [Control::Pause, Control::CancelAll]);
    while rig.runner.open_orders() > 0 {
        assert!(rig.deliver(), "the venue says what became of it");
    }

    // It stays so however alive the operator is, until they say resume.
    rig.runner.control(Verb::Alive, rig.now, &mut rig.out);
    rig.tick();
    assert!(is_silent(&rig));
    rig.runner.control(Verb::Resume, rig.now, &mut rig.out);
    rig.collect();
    assert!(!is_silent(&rig) && rig.runner.state() == RunnerState::Trading);
    assert_eq!(controls(&rig).last(), Some(&Control::Resume));
    // A fresh kernel is told the same and answers the same.
    let digest = rig.runner.digest();
    rig.restart(0);
    assert_eq!(rig.runner.digest(), digest);
}

#[test]
fn a_cancel_that_cannot_be_sent_is_tried_again_when_it_can() {
    let run = sma(3, 300);
    let mut rig = watched(&run);
    rig.cut(Line::Trading);
    rig.now = rig.now + Span::from_seconds(3);
    rig.tick();
    assert!(is_silent(&rig) && rig.runner.open_orders() == 1);
    rig.open(Line::Trading);
    for _ in 0..1_000 {
        if !rig.deliver() {
            rig.tick();
        }
    }
    assert_eq!(rig.runner.open_orders(), 0);
    assert!(is_silent(&rig));
}

#[test]
fn nobody_is_asked_for_a_sign_of_life_unless_settings_say_so() {
    let run = sma(3, 300);
    let mut rig = Rig::new(&run);
    rig.runner.take_caution(caution(&run, None), rig.now, &mut rig.out);
    rig.connect();
    for _ in 0..20 {
        rig.deliver();
    }
    rig.now = rig.now + Span::from_seconds(3_600 * 20);
    rig.tick();
    assert!(!is_silent(&rig));
}

#[test]
fn settings_that_are_read_again_hold_from_then_on_and_what_changed_is_said() {
    let run = sma(3, 300);
    let mut rig = Rig::new(&run);
    rig.connect();
    while rig.runner.state() != RunnerState::Trading {
        if !rig.deliver() {
            rig.tick();
        }
    }
    let before = RunnerConfig::new(run.spec.interval).caution;
    let stale_after = Span(before.stale_after.0 * 2);
    rig.runner.take_caution(
        Caution { stale_after, max_daily_loss: Some(0.5), ..before },
        rig.now,
        &mut rig.out,
    );
    rig.collect();
    let (_, said) = rig.notices.last().expect("a notice");
    let expected = format!(
        "settings read again: stale_after is {stale_after}, was {}, max_daily_loss is 0.5, was off",
        before.stale_after
    );
    assert_eq!(*said, expected);
    rig.pass_without(Line::Market, Span(before.stale_after.0 + 1));
    assert_eq!(rig.runner.state(), RunnerState::Trading, "it is not stale by the new setting");
    rig.pass_without(Line::Market, before.stale_after);
    assert_eq!(rig.runner.reasons().collect::<Vec<_>>(), [Reason::Stale]);
}
