//! Bars of the past: features know them, and nothing is decided on them.

use std::sync::mpsc;

use wb_core::{Event, Interval, ParamSet, Rng};
use wb_indicators::{Ema, Sma};
use wb_kernel::{Context, Input, Kernel, RiskLimits};

use crate::support::{A, Call, config, instruments, leave, random_bars};

/// A kernel whose strategy tells its features at each bar that it is shown, and buys at the first.
fn kernel() -> (Kernel, mpsc::Receiver<[f64; 3]>) {
    let (log, seen) = mpsc::channel();
    let entry = leave(move |setup| {
        let id = setup.instrument("all").expect("one");
        let bars = setup.bars(id);
        let hours = setup.bars_every(id, Interval::Minutes(60)).expect("a multiple");
        let features = [
            setup.feature(Input::close(bars), Sma::new(20)),
            setup.feature(Input::close(bars), Ema::new(12)),
            setup.feature(Input::close(hours), Sma::new(3)),
        ];
        move |call: Call<'_>, ctx: &mut Context<'_>| {
            if let Call::BarsClosed = call {
                log.send(features.map(|feature| ctx.value(feature))).expect("the test listens");
                ctx.target_percent(A, 0.5);
            }
        }
    });
    let instruments = instruments(1);
    let config = config(&instruments, RiskLimits::default());
    (Kernel::new(&entry, &ParamSet::new(), instruments, &config).expect("it builds"), seen)
}

#[test]
fn a_kernel_that_was_shown_enough_of_the_past_knows_what_one_knows_that_saw_it_all() {
    let bars = random_bars(&mut Rng::new(11), 4_000);
    let (mut old, seen_by_old) = kernel();
    let now = bars.len() - 100;
    let mut commands = Vec::new();
    for row in 0..bars.len() {
        old.on_event(&Event::Market(bars.event(row, A, true)), &mut commands);
    }
    let (mut young, seen_by_young) = kernel();
    let needed = young.history(bars.interval)[0];
    assert_eq!(needed, 240, "three hours and the one that was begun");
    commands.clear();
    for row in now - needed..now {
        let event =
            Event::Past { ts: bars.ts[now - 1], ts_event: bars.ts[row], instrument: A, bar: bars.bar(row) };
        young.on_event(&event, &mut commands);
    }
    assert!(commands.is_empty() && seen_by_young.try_recv().is_err(), "nothing is decided on the past");
    for row in now..bars.len() {
        young.on_event(&Event::Market(bars.event(row, A, true)), &mut commands);
    }
    let all: Vec<[f64; 3]> = seen_by_old.try_iter().collect();
    let fresh: Vec<[f64; 3]> = seen_by_young.try_iter().collect();
    assert_eq!(fresh.len(), 100);
    for (old, young) in all[all.len() - 100..].iter().zip(&fresh) {
        for (old, young) in old.iter().zip(young) {
            assert!((old - young).abs() <= 1e-9 * old.abs(), "{old} {young}");
        }
    }
}
