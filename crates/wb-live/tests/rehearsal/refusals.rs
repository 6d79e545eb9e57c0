//! The venue says no: to an order, to the key, to the time of a request.

use wb_core::{Event, OrderEvent, Reject, Span};
use wb_live::runner::{Reason, RunnerState, Severity, Verb};
use wb_live::venues::{Line, RateKind, RateUse};
use wb_store::JournalRecord;

use crate::lockstep::sma;
use crate::rig::{Flight, Rig};

/// Answers the next request of this kind with an error instead of letting it arrive.
fn refuse_next(rig: &mut Rig<'_>, method: &str, status: u16, code: i64, msg: &str) {
    loop {
        match rig.wire.front() {
            Some(Flight::ToExchange(_, frame)) if frame.contains(method) => {
                let frame: serde_json::Value = serde_json::from_str(frame).expect("JSON");
                let error = serde_json::json!({ "code": code, "msg": msg });
                let answer = serde_json::json!({ "id": frame["id"], "status": status, "error": error });
                rig.wire.pop_front();
                rig.wire.push_front(Flight::ToRunner(Line::Trading, answer.to_string()));
                assert!(rig.deliver());
                return;
            }
            Some(_) => assert!(rig.deliver()),
            None => rig.tick(),
        }
    }
}

fn refusals(rig: &Rig<'_>) -> Vec<Reject> {
    let told = rig.journal.iter().filter_map(|record| match record {
        JournalRecord::Event(Event::Order { event: OrderEvent::Rejected(_, reason), .. }) => Some(*reason),
        _ => None,
    });
    told.collect()
}

fn said(rig: &Rig<'_>, severity: Severity, text: &str) -> bool {
    rig.notices.iter().any(|(grave, said)| *grave == severity && said.contains(text))
}

#[test]
fn an_order_that_the_venue_refuses_is_told_with_its_reason_and_trading_goes_on() {
    for (code, msg, reason) in [
        (-1013, "Filter failure: LOT_SIZE", Reject::Venue),
        (-1013, "Filter failure: NOTIONAL", Reject::Venue),
        (-2010, "Account has insufficient balance for requested action.", Reject::Margin),
    ] {
        let run = sma(3, 120);
        let mut rig = Rig::new(&run);
        rig.connect();
        refuse_next(&mut rig, "order.place", 400, code, msg);
        assert_eq!(refusals(&rig), [reason], "{msg}");
        assert!(
            said(&rig, Severity::Warning, &format!("order 1: the venue says {code}: {msg}")),
            "{:?}",
            rig.notices
        );
        assert_eq!((rig.runner.state(), rig.runner.open_orders()), (RunnerState::Trading, 0), "{msg}");
        rig.finish();
        let held = rig.runner.kernel().portfolio().position(run.instruments[0].id).qty.0;
        assert_eq!(rig.exchange_position(), held, "{msg}");
    }
}

#[test]
fn a_key_that_is_revoked_halts_until_the_operator_has_mended_it() {
    let run = sma(3, 300);
    let mut rig = Rig::new(&run);
    rig.connect();
    let msg = "Invalid API-key, IP, or permissions for action.";
    refuse_next(&mut rig, "order.place", 401, -2015, msg);
    assert_eq!(rig.runner.state(), RunnerState::Halted);
    assert!(said(&rig, Severity::Halt, &format!("the venue refuses the key: the venue says -2015: {msg}")));
    assert_eq!(refusals(&rig), [Reject::Venue]);

    // The next connection is not let in, and is not tried over and over.
    rig.cut(Line::Trading);
    rig.open(Line::Trading);
    refuse_next(&mut rig, "userDataStream", 401, -2015, msg);
    for _ in 0..1_000 {
        rig.tick();
        while rig.deliver() {}
    }
    assert_eq!((rig.runner.state(), rig.reconnects.as_slice()), (RunnerState::Halted, &[][..]));

    rig.runner.control(Verb::Resume, rig.now, &mut rig.out);
    rig.collect();
    assert_eq!(rig.reconnects, [Line::Trading]);
    rig.cut(Line::Trading);
    rig.open(Line::Trading);
    rig.finish();
}

#[test]
fn a_clock_that_is_wrong_from_the_beginning_is_measured_and_holds_trading_back() {
    let run = sma(3, 300);
    for (seconds, says) in [(-30, "30.0 s ahead of"), (30, "30.0 s behind")] {
        let mut rig = Rig::new(&run);
        rig.ahead = Span(seconds * 1_000_000_000);
        rig.connect();
        for _ in 0..50 {
            while rig.deliver() {}
            rig.tick();
        }
        assert!(said(&rig, Severity::Warning, "-1021"), "{:?}", rig.notices);
        assert!(
            said(&rig, Severity::Warning, &format!("our clock is {says} the venue's")),
            "{:?}",
            rig.notices
        );
        assert_eq!(rig.reconnects, [Line::Trading]);
        rig.cut(Line::Trading);
        rig.open(Line::Trading);
        for _ in 0..50 {
            while rig.deliver() {}
            rig.tick();
        }
        // Requests bear the venue's time by now, and are taken; no exposure is.
        assert_eq!(rig.runner.reasons().collect::<Vec<_>>(), [Reason::Clock]);
        assert_eq!(rig.runner.open_orders(), 0);
        // Somebody sets our clock.
        rig.ahead = Span::ZERO;
        rig.now = rig.now + Span(seconds * 1_000_000_000);
        for _ in 0..1_500 {
            while rig.deliver() {}
            rig.tick();
        }
        assert!(rig.runner.reasons().all(|reason| reason != Reason::Clock), "{:?}", rig.notices);
    }
}

#[test]
fn a_clock_that_jumps_while_trading_holds_trading_back_once_it_is_measured() {
    let run = sma(3, 300);
    let mut rig = Rig::new(&run);
    rig.connect();
    while rig.runner.state() != RunnerState::Trading {
        if !rig.deliver() {
            rig.tick();
        }
    }
    rig.ahead = Span::from_seconds(20);
    refuse_next(
        &mut rig,
        "order.place",
        400,
        -1021,
        "Timestamp for this request is outside of the recvWindow.",
    );
    assert_eq!(refusals(&rig), [Reject::Venue]);
    for _ in 0..100 {
        while rig.deliver() {}
        rig.tick();
    }
    assert!(rig.runner.reasons().any(|reason| reason == Reason::Clock), "{:?}", rig.notices);
    assert!(said(&rig, Severity::Warning, "our clock is 20.0 s behind the venue's"), "{:?}", rig.notices);
}

#[test]
fn what_is_used_of_a_limit_before_the_session_begins_counts_against_it() {
    let run = sma(3, 120);
    let mut rig = Rig::new(&run);
    let minute = Span::from_seconds(60);
    let usage = RateUse { kind: RateKind::Weight, window: minute, used: u64::MAX / 2 };
    rig.runner.take_usage(&usage, rig.now);
    rig.connect();
    for _ in 0..100 {
        while rig.deliver() {}
        rig.tick();
    }
    assert_eq!(
        rig.runner.reasons().collect::<Vec<_>>(),
        [Reason::Unsettled, Reason::Cold],
        "nothing may be asked"
    );
    rig.now = rig.now + minute;
    for _ in 0..100 {
        while rig.deliver() {}
        rig.tick();
    }
    assert!(rig.runner.reasons().all(|reason| reason != Reason::Unsettled), "another minute");
}
