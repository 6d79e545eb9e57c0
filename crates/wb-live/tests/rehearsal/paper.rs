//! On paper: no order leaves the runner, and what a simulated venue makes of them is what a backtest makes.

use wb_core::{BarColumns, Control, Event, MarketData, OrderEvent, OrderId, Rng, Span};
use wb_engine::run;
use wb_kernel::Replay;
use wb_live::runner::{Pace, Recovery, RunnerState, Severity, Verb};
use wb_live::venues::Line;
use wb_store::JournalRecord;

use crate::lockstep::{sma, three_coins, with_stop_and_target, with_trailing_stop};
use crate::market::Run;
use crate::rig::{Flight, Rig};

/// Whether a frame on its way to the exchange is anything but a question that anybody may ask.
fn is_secret(flight: &Flight) -> bool {
    matches!(flight, Flight::ToExchange(_, frame) if frame.contains("order") || frame.contains("signature"))
}

/// A fresh kernel must answer the journal as recorded.
fn replays(rig: &Rig<'_>, run: &Run) {
    let mut replay = Replay::new(run.kernel());
    for record in &rig.journal {
        let same = match record {
            JournalRecord::Event(event) => replay.event(event),
            JournalRecord::Command(ts, command) => replay.command(*ts, command),
            _ => continue,
        };
        same.expect("a fresh kernel answers what was recorded");
    }
    assert_eq!(replay.kernel().digest(), rig.runner.digest());
}

/// The same run on the bars that a kernel was told of.
fn seen_by(of: &Run, journal: &[JournalRecord]) -> Run {
    let empty = |_: &BarColumns| BarColumns::new(of.spec.interval);
    let mut bars: Vec<BarColumns> = of.bars.iter().map(empty).collect();
    for record in journal {
        if let JournalRecord::Event(Event::Market(event)) = record
            && let MarketData::Bar(bar) = event.data
        {
            bars[event.instrument.index()].push(event.ts_event, &bar);
        }
    }
    Run { entry: of.entry, spec: of.spec.clone(), instruments: of.instruments.clone(), bars }
}

fn no_halts(rig: &Rig<'_>) {
    let halts: Vec<_> = rig.notices.iter().filter(|(severity, _)| *severity == Severity::Halt).collect();
    assert!(halts.is_empty(), "{halts:?}");
}

/// In lockstep on paper, in lockstep over the wire, and the backtest: one digest.
fn agrees(of: &Run) {
    let expected = run(&of.input(), &mut |_| {}).expect("it runs");
    assert!(expected.outcome.fills.len() > 3, "{} fills prove little", expected.outcome.fills.len());
    let mut rig = Rig::on_paper(of, Pace::Lockstep);
    rig.connect();
    while rig.runner.state() != RunnerState::Stopping {
        assert!(!rig.wire.iter().any(is_secret), "{:?}", rig.wire);
        if !rig.deliver() {
            rig.tick();
        }
    }
    no_halts(&rig);
    assert_eq!(rig.runner.digest(), expected.digest, "{:?}", rig.notices);
    let equity = expected.outcome.equity.equity.last().expect("bars");
    assert_eq!(rig.runner.kernel().portfolio().equity().to_bits(), equity.to_bits());
    replays(&rig, of);
    let mut wire = Rig::new(of);
    wire.connect();
    wire.finish();
    assert_eq!(wire.runner.digest(), expected.digest);
}

#[test]
fn on_paper_in_lockstep_and_over_the_wire_the_digest_is_that_of_the_backtest() {
    for seed in 1..=4 {
        agrees(&sma(seed, 300));
    }
    agrees(&with_stop_and_target(1, 600));
    agrees(&with_trailing_stop(1, 600));
    agrees(&three_coins());
}

#[test]
fn by_the_clock_paper_is_the_backtest_of_the_bars_that_came() {
    for seed in 1..=4 {
        let of = sma(seed, 200);
        let mut rig = Rig::on_paper(&of, Pace::Clock);
        rig.connect();
        rig.finish_by_the_clock();
        no_halts(&rig);
        let mut bars = 0;
        for record in &rig.journal {
            let JournalRecord::Event(Event::Market(event)) = record else { continue };
            assert_eq!((event.ts_recv, matches!(event.data, MarketData::Bar(_))), (event.ts_event, true));
            bars += 1;
        }
        assert!(bars >= 199, "{bars} bars came");
        let seen = seen_by(&of, &rig.journal);
        let expected = run(&seen.input(), &mut |_| {}).expect("it runs");
        assert!(expected.outcome.fills.len() > 10);
        assert_eq!(rig.runner.digest(), expected.digest, "seed {seed}: {:?}", rig.notices);
        replays(&rig, &of);
    }
}

#[test]
fn a_paper_session_cut_off_anywhere_goes_on_from_what_is_whole() {
    for (seed, of) in [sma(7, 120), with_trailing_stop(1, 300), three_coins()].into_iter().enumerate() {
        let mut rng = Rng::new(seed as u64);
        let expected = run(&of.input(), &mut |_| {}).expect("it runs").digest;
        let mut whole = 0;
        for cut in 0..100 {
            let mut rig = Rig::on_paper(&of, Pace::Lockstep);
            rig.connect();
            for _ in 0..rng.below(700) {
                if !rig.deliver() {
                    rig.tick();
                }
            }
            // The writer may have been cut short behind any record of the last page, or before.
            let lost = rng.below(8).saturating_sub(3) as usize;
            let digest = rig.runner.digest();
            rig.journal.truncate(rig.journal.len().saturating_sub(lost));
            rig.restart(0);
            if lost == 0 {
                assert_eq!(rig.runner.digest(), digest, "seed {seed}, cut {cut}");
            }
            replays(&rig, &of);
            rig.connect();
            rig.finish();
            no_halts(&rig);
            replays(&rig, &of);
            // A bar that was on its way is learned of late, and not traded.
            let count = |run: &Run| run.bars.iter().map(|bars| bars.ts.len()).sum::<usize>();
            if count(&seen_by(&of, &rig.journal)) == count(&of) {
                whole += 1;
                assert_eq!(rig.runner.digest(), expected, "seed {seed}, cut {cut}");
            }
        }
        assert!(whole > 5, "seed {seed}: {whole} without a lost bar prove little");
    }
}

#[test]
fn the_operator_pauses_flattens_and_ends_on_paper() {
    let of = sma(3, 300);
    let mut rig = Rig::on_paper(&of, Pace::Clock);
    rig.connect();
    let instrument = of.instruments[0].id;
    let held = |rig: &Rig<'_>| rig.runner.kernel().portfolio().position(instrument).qty.0;
    let wait_until = |rig: &mut Rig<'_>, is_so: &dyn Fn(&Rig<'_>) -> bool| {
        for _ in 0..100_000 {
            if is_so(rig) {
                return;
            }
            if !rig.deliver() {
                rig.tick();
            }
        }
        panic!("it does not come to that: {:?}", rig.notices);
    };
    wait_until(&mut rig, &|rig| held(rig) != 0);
    rig.runner.control(Verb::Flatten, rig.now, &mut rig.out);
    rig.collect();
    assert_eq!((rig.runner.state(), rig.runner.open_orders()), (RunnerState::Paused, 1));
    wait_until(&mut rig, &|rig| held(rig) == 0);
    assert_eq!(rig.runner.open_orders(), 0);
    rig.restart(0);
    rig.connect();
    // Flattening has paused it, and a restart changes nothing of that.
    rig.runner.control(Verb::Resume, rig.now, &mut rig.out);
    rig.collect();
    wait_until(&mut rig, &|rig| rig.runner.state() == RunnerState::Trading);
    wait_until(&mut rig, &|rig| held(rig) != 0);
    rig.runner.control(Verb::Kill, rig.now, &mut rig.out);
    rig.collect();
    assert_eq!(rig.runner.state(), RunnerState::Stopping);
    replays(&rig, &of);
    let flattened = |record: &&JournalRecord| {
        matches!(record, JournalRecord::Event(Event::Control { control: Control::Flatten, .. }))
    };
    assert_eq!(rig.journal.iter().filter(flattened).count(), 1);
}

#[test]
fn a_broken_connection_on_paper_costs_bars_and_no_fills() {
    for seed in 1..=10 {
        let of = sma(seed, 200);
        let mut rng = Rng::new(seed);
        let mut rig = Rig::on_paper(&of, Pace::Clock);
        rig.connect();
        for _ in 0..5 {
            for _ in 0..rng.below(900) {
                if !rig.deliver() {
                    rig.tick();
                }
            }
            let line = if rng.below(2) == 0 { Line::Market } else { Line::Trading };
            rig.cut(line);
            for _ in 0..rng.below(300) {
                rig.tick();
                rig.deliver();
            }
            rig.open(line);
        }
        rig.finish_by_the_clock();
        no_halts(&rig);
        replays(&rig, &of);
        let portfolio = rig.runner.kernel().portfolio();
        assert!(portfolio.equity().is_finite());
    }
}

#[test]
fn latencies_of_the_spec_are_not_simulated_on_paper() {
    let mut of = sma(2, 200);
    let expected = run(&of.input(), &mut |_| {}).expect("it runs").digest;
    of.spec.simulation.latency.order = Span(1_000_000);
    let mut rig = Rig::on_paper(&of, Pace::Lockstep);
    rig.connect();
    rig.finish();
    assert_eq!(rig.runner.digest(), expected);
}

#[test]
fn a_journal_of_other_code_is_refused_with_its_record() {
    let of = sma(5, 200);
    let mut rig = Rig::on_paper(&of, Pace::Lockstep);
    rig.connect();
    rig.finish();
    let told = |journal: &[JournalRecord]| {
        let mut recovery = Recovery::new(of.trader(true));
        let mut taken = (1..).zip(journal).map(|(seq, record)| recovery.take(seq, record));
        taken.find_map(Result::err).map(|error| error.to_string())
    };
    let check = |change: &dyn Fn(&mut Vec<JournalRecord>), expected: &str| {
        let mut journal = rig.journal.clone();
        change(&mut journal);
        let error = told(&journal).expect("it was changed");
        assert!(error.contains(expected) && error.contains("this is other code"), "{error}");
    };
    assert_eq!(told(&rig.journal), None);
    let filled = |record: &JournalRecord| {
        matches!(record, JournalRecord::Event(Event::Order { event: OrderEvent::Filled(_), .. }))
    };
    let fill = rig.journal.iter().position(filled).expect("it trades");
    let dearer = |journal: &mut Vec<JournalRecord>| {
        if let JournalRecord::Event(Event::Order { event: OrderEvent::Filled(fill), .. }) = &mut journal[fill]
        {
            fill.fee += 1.0;
        }
    };
    check(&dearer, "the simulated venue or the kernel does otherwise");
    let without = |journal: &mut Vec<JournalRecord>| {
        journal.remove(fill);
    };
    check(&without, "the simulated venue or the kernel does otherwise");
    let is_market = |record: &&JournalRecord| matches!(record, JournalRecord::Event(Event::Market(_)));
    let first = *rig.journal.iter().find(is_market).expect("bars");
    check(&|journal| journal.push(first), "earlier than the one before it");
    let ts = rig.runner.kernel().now();
    check(&|journal| journal.push(JournalRecord::Digest(ts, 7)), "the same commands, and another digest");
    let lone = |journal: &mut Vec<JournalRecord>| {
        let event = OrderEvent::Accepted(OrderId(1));
        journal.push(JournalRecord::Event(Event::Order { ts, event }));
        journal.push(JournalRecord::Digest(ts, rig.runner.digest().bits()));
    };
    check(&lone, "neither the simulated venue nor the kernel does this");
}
