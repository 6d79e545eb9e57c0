//! Bars longer than the run's: built from them, shown once, at their close.

use std::sync::mpsc;

use wb_core::{Bar, BarBuilder, BarColumns, Event, Interval, ParamSet, Rng, Ts, UtcOffsets};
use wb_kernel::{Context, Kernel, RiskLimits, SetupError};

use crate::support::{A, Call, config, instruments, leave, random_bars};

/// Every bar that a strategy sees, with the time at which it does: whether it is a longer one, and the bar.
type Seen = (Ts, bool, Bar);

/// Feeds bars of one instrument to a strategy on these and on longer ones. Gives what it sees.
fn seen(bars: &BarColumns, interval: Interval) -> Vec<Seen> {
    let (log, seen) = mpsc::channel();
    let entry = leave(move |setup| {
        let id = setup.instrument("all").expect("one");
        let source = setup.bars(id);
        let longer = setup.bars_every(id, interval).expect("a multiple");
        move |call: Call<'_>, ctx: &mut Context<'_>| {
            if let Call::Bar(series, bar) = call {
                assert!(series == source || series == longer);
                // All series are up to date before any is shown.
                assert_eq!(ctx.last_bar(source).map(|(ts, _)| ts), Some(ctx.now()));
                log.send((ctx.now(), series == longer, *bar)).expect("the test listens");
            }
        }
    });
    let instruments = instruments(1);
    let config = config(&instruments, RiskLimits::default());
    let mut kernel = Kernel::new(&entry, &ParamSet::new(), instruments, &config).expect("it builds");
    for row in 0..bars.len() {
        kernel.on_event(&Event::Market(bars.event(row, A, true)), &mut Vec::new());
    }
    seen.try_iter().collect()
}

#[test]
fn a_longer_bar_is_shown_once_when_it_closes() {
    let mut bars = BarColumns::new(Interval::Minutes(1));
    for minute in 1..=10 {
        let price = minute as f64;
        let interval = Interval::Minutes(1);
        let bar =
            Bar { interval, open: price, high: price + 0.5, low: price - 0.5, close: price, volume: 2.0 };
        bars.push(Ts::from_seconds(60 * minute), &bar);
    }
    let longer: Vec<(Ts, Bar)> =
        seen(&bars, Interval::Minutes(5)).into_iter().filter(|s| s.1).map(|s| (s.0, s.2)).collect();
    let five = |first: f64, last: f64| Bar {
        interval: Interval::Minutes(5),
        open: first,
        high: last + 0.5,
        low: first - 0.5,
        close: last,
        volume: 10.0,
    };
    assert_eq!(longer, [(Ts::from_seconds(300), five(1.0, 5.0)), (Ts::from_seconds(600), five(6.0, 10.0))]);
}

#[test]
fn a_longer_bar_left_open_by_a_gap_is_shown_with_the_next_bar() {
    let mut bars = BarColumns::new(Interval::Minutes(1));
    for minute in [3, 7, 8] {
        bars.push(Ts::from_seconds(60 * minute), &crate::support::flat(minute as f64));
    }
    let longer: Vec<(i64, f64)> = seen(&bars, Interval::Minutes(5))
        .into_iter()
        .filter(|s| s.1)
        .map(|(ts, _, bar)| (ts.0 / 60_000_000_000, bar.close))
        .collect();
    assert_eq!(longer, [(7, 3.0)]);
}

#[test]
fn longer_bars_are_those_that_resampling_gives() {
    for seed in 0..20 {
        let bars = random_bars(&mut Rng::new(seed), 3000);
        for interval in [Interval::Minutes(5), Interval::Minutes(60), Interval::Days(1)] {
            let mut builder = BarBuilder::new(interval, UtcOffsets::default());
            let mut resampled = Vec::new();
            for row in 0..bars.len() {
                builder.on_bar(bars.ts[row], &bars.bar(row), &mut resampled);
            }
            let (longer, source): (Vec<Seen>, Vec<Seen>) =
                seen(&bars, interval).into_iter().partition(|(_, is_longer, _)| *is_longer);
            let shown: Vec<Bar> = longer.iter().map(|(.., bar)| *bar).collect();
            let expected: Vec<Bar> = resampled.iter().map(|(_, bar)| *bar).collect();
            assert_eq!(shown, expected, "seed {seed}, {interval}");
            assert!(
                longer.iter().zip(&resampled).all(|(seen, (end, _))| seen.0 >= *end),
                "never before its end"
            );
            assert_eq!(source.len(), bars.len());
        }
    }
}

#[test]
fn bars_that_are_no_multiple_cannot_be_built() {
    let (log, results) = mpsc::channel();
    let entry = leave(move |setup| {
        let id = setup.instrument("all").expect("one");
        for interval in [Interval::Seconds(90), Interval::Seconds(30)] {
            log.send(setup.bars_every(id, interval)).expect("the test listens");
        }
        |_: Call<'_>, _: &mut Context<'_>| {}
    });
    let instruments = instruments(1);
    let config = config(&instruments, RiskLimits::default());
    Kernel::new(&entry, &ParamSet::new(), instruments, &config).expect("it builds");
    for result in results.try_iter() {
        assert!(
            matches!(result, Err(SetupError::Interval { source: Interval::Minutes(1), .. })),
            "{result:?}"
        );
    }
}
