//! Features: never cold, declared once, and the same as columns.

use std::sync::{Arc, mpsc};

use wb_core::{BarColumns, Event, Instrument, Interval, OrderEvent, OrderId, ParamSet, Rng, UtcOffsets};
use wb_indicators::{Atr, Bollinger, Ema, Macd, Obv, Roc, SessionVwap, Sma};
use wb_kernel::{
    Context, Feature, FeatureColumn, Input, Kernel, KernelConfig, RiskLimits, Series, Setup, StrategyEntry,
};

use crate::support::{Call, Hand, config, instruments, leave, random_bars};

#[test]
fn no_call_is_made_before_every_feature_is_warm() {
    let (log, calls) = mpsc::channel();
    let mut hand = Hand::with(2, RiskLimits::default(), move |setup| {
        let series =
            setup.instruments("all").expect("two").into_iter().map(|id| setup.bars(id)).collect::<Vec<_>>();
        let early = setup.feature(Input::close(series[0]), Sma::new(2));
        let late = setup.feature(Input::close(series[1]), Sma::new(4));
        move |call: Call<'_>, ctx: &mut Context<'_>| {
            if let Call::BarsClosed = call {
                log.send((ctx.value(early), ctx.value(late))).expect("the test listens");
            }
        }
    });
    for n in 1..4 {
        hand.close(&[f64::from(n), 10.0]);
        let event = OrderEvent::CancelRejected(OrderId(1));
        hand.tell(event);
    }
    assert_eq!(calls.try_iter().count(), 0);
    hand.close(&[4.0, 10.0]);
    assert_eq!(calls.try_iter().collect::<Vec<_>>(), [(3.5, 10.0)]);
}

#[test]
fn nobody_waits_for_a_late_feature() {
    let (log, values) = mpsc::channel();
    let mut hand = Hand::with(1, RiskLimits::default(), move |setup| {
        let instrument = setup.instrument("all").expect("one");
        let bars = setup.bars(instrument);
        let late = setup.late_feature(Input::close(bars), Sma::new(3));
        move |call: Call<'_>, ctx: &mut Context<'_>| {
            if let Call::Bar(..) = call {
                log.send(ctx.late(late)).expect("the test listens");
            }
        }
    });
    for price in [1.0, 2.0, 3.0, 5.0] {
        hand.close(&[price]);
    }
    let expected = [None, None, Some(2.0), Some(10.0 / 3.0)];
    assert_eq!(values.try_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn the_same_feature_declared_twice_is_one() {
    let (log, declared) = mpsc::channel::<Vec<Feature>>();
    let _hand = Hand::with(2, RiskLimits::default(), move |setup| {
        let ids = setup.instruments("all").expect("two");
        let (a, again, b) = (setup.bars(ids[0]), setup.bars(ids[0]), setup.bars(ids[1]));
        assert_eq!(a, again);
        let features = vec![
            setup.feature(Input::close(a), Sma::new(5)),
            setup.feature(Input::close(again), Sma::new(5)),
            setup.feature(Input::open(a), Sma::new(5)),
            setup.feature(Input::close(a), Sma::new(6)),
            setup.feature(Input::close(b), Sma::new(5)),
            setup.feature(Input::close(a), Ema::new(5)),
        ];
        log.send(features).expect("the test listens");
        |_: Call<'_>, _: &mut Context<'_>| {}
    });
    let features = declared.recv().expect("declared");
    assert_eq!(features[0], features[1]);
    let distinct = features.iter().enumerate().filter(|(n, f)| !features[..*n].contains(f)).count();
    assert_eq!(distinct, 5);
}

/// Many kinds of features on the run's bars and on longer ones.
fn declare(setup: &mut Setup<'_>) -> (Vec<Series>, Vec<Feature>) {
    let (mut series, mut features) = (Vec::new(), Vec::new());
    for id in setup.instruments("all").expect("some") {
        let bars = setup.bars(id);
        let five = setup.bars_every(id, Interval::Minutes(5)).expect("five is a multiple of one");
        let hour = setup.bars_every(id, Interval::Minutes(60)).expect("sixty is a multiple of one");
        let minutes = [(bars, 1), (five, 5), (hour, 60)];
        for (bars, interval) in minutes.map(|(bars, n)| (bars, Interval::Minutes(n))) {
            features.push(setup.feature(Input::close(bars), Sma::new(3)));
            features.push(setup.feature(Input::typical(bars), Ema::new(4)));
            features.push(setup.feature(Input::volume(bars), Roc::new(2)));
            features.push(setup.feature(Input::bar(bars), Atr::new(3)));
            features.push(setup.feature(Input::bar(bars), Obv::new()));
            let vwap = SessionVwap::new(UtcOffsets::default(), interval);
            features.push(setup.feature(Input::stamped_bar(bars), vwap));
            features.extend(setup.features(Input::close(bars), Bollinger::new(5, 2.0)));
            features.extend(setup.features(Input::close(bars), Macd::new(2, 4, 3)));
            series.push(bars);
        }
    }
    (series, features)
}

fn columns_of(
    entry: &StrategyEntry,
    instruments: &Arc<[Instrument]>,
    config: &KernelConfig,
    bars: &[BarColumns],
) -> Vec<FeatureColumn> {
    let mut kernel = Kernel::new(entry, &ParamSet::new(), instruments.clone(), config).expect("it builds");
    let features = kernel.detach_features();
    features
        .into_iter()
        .flat_map(|f| {
            let at = f.instrument.index();
            f.columns(&bars[at])
        })
        .collect()
}

#[test]
fn columns_hold_what_the_kernel_streams_bit_for_bit() {
    for seed in 0..20 {
        let mut rng = Rng::new(seed);
        let bars: Vec<BarColumns> = (0..2).map(|_| random_bars(&mut rng, 800)).collect();
        let instruments = instruments(2);
        let config = config(&instruments, RiskLimits::default());

        let entry = leave(|setup| {
            declare(setup);
            |_: Call<'_>, _: &mut Context<'_>| {}
        });
        let columns = columns_of(&entry, &instruments, &config, &bars);

        let (log, streamed) = mpsc::channel::<Vec<u64>>();
        let entry = leave(move |setup| {
            let (_, features) = declare(setup);
            move |call: Call<'_>, ctx: &mut Context<'_>| {
                if let Call::BarsClosed = call {
                    log.send(features.iter().map(|f| ctx.value(*f).to_bits()).collect())
                        .expect("the test listens");
                }
            }
        });
        let mut kernel = Kernel::new(&entry, &ParamSet::new(), instruments, &config).expect("it builds");
        let mut rows = [0; 2];
        let mut compared = 0;
        while let Some(ts) = (0..2).filter_map(|n| bars[n].ts.get(rows[n])).min().copied() {
            let due: Vec<usize> = (0..2).filter(|n| bars[*n].ts.get(rows[*n]) == Some(&ts)).collect();
            for n in &due {
                let last = Some(n) == due.last();
                let event = bars[*n].event(rows[*n], wb_core::InstrumentId(*n as u32), last);
                kernel.on_event(&Event::Market(event), &mut Vec::new());
                rows[*n] += 1;
            }
            let Ok(values) = streamed.try_recv() else { continue };
            let expected = columns.iter().map(|c| c.values[rows[c.instrument.index()] - 1].to_bits());
            let names = columns.iter().map(|c| &c.name);
            for ((value, expected), name) in values.iter().zip(expected).zip(names) {
                assert_eq!(*value, expected, "seed {seed}: {name} at {ts}");
                compared += 1;
            }
        }
        assert!(compared > 10_000, "seed {seed}: only {compared} values");
    }
}

#[test]
fn columns_are_named_after_indicator_and_input() {
    let instruments = instruments(1);
    let config = config(&instruments, RiskLimits::default());
    let entry = leave(|setup| {
        let id = setup.instrument("all").expect("one");
        let bars = setup.bars(id);
        setup.feature(Input::close(bars), Sma::new(10));
        setup.feature(Input::bar(bars), Atr::new(14));
        setup.features(Input::close(bars), Macd::new(12, 26, 9));
        |_: Call<'_>, _: &mut Context<'_>| {}
    });
    let bars = [random_bars(&mut Rng::new(1), 30)];
    let columns = columns_of(&entry, &instruments, &config, &bars);
    let names: Vec<&str> = columns.iter().map(|c| c.name.as_str()).collect();
    let macd = ["macd(close,12,26,9).macd", "macd(close,12,26,9).signal", "macd(close,12,26,9).histogram"];
    assert_eq!(names, ["sma(close,10)", "atr(14)", macd[0], macd[1], macd[2]]);
    assert!(columns[0].values[8].is_nan() && !columns[0].values[9].is_nan(), "absent while cold");
}

#[test]
fn columns_tell_what_they_need_and_what_they_remember() {
    let instruments = instruments(1);
    let config = config(&instruments, RiskLimits::default());
    let entry = leave(|setup| {
        let id = setup.instrument("all").expect("one");
        let bars = setup.bars(id);
        let hour = setup.bars_every(id, Interval::Minutes(60)).expect("sixty is a multiple of one");
        setup.feature(Input::close(hour), Sma::new(10));
        setup.feature(Input::close(bars), Ema::new(10));
        setup.feature(Input::bar(bars), Obv::new());
        |_: Call<'_>, _: &mut Context<'_>| {}
    });
    let bars = [random_bars(&mut Rng::new(1), 30)];
    let columns = columns_of(&entry, &instruments, &config, &bars);
    let of = |name: &str| {
        let column = columns.iter().find(|column| column.name == name).expect(name);
        (column.interval, column.warmup, column.memory)
    };
    assert_eq!(of("sma(close@1h,10)"), (Interval::Minutes(60), 10, Some(10)));
    let (interval, warmup, memory) = of("ema(close,10)");
    assert_eq!((interval, warmup), (Interval::Minutes(1), 10));
    // 10 bars of the seed fade by 9/11 a bar to less than 1e-15.
    assert!(memory.is_some_and(|memory| (170..200).contains(&memory)), "{memory:?}");
    assert_eq!(of("obv()").2, None);
}

#[test]
fn a_feature_declared_by_its_text_is_the_one_declared_by_its_type() {
    let instruments = instruments(1);
    let config = config(&instruments, RiskLimits::default());
    let entry = leave(|setup| {
        let id = setup.instrument("all").expect("one");
        let bars = setup.bars(id);
        let hours = setup.bars_every(id, Interval::Minutes(60)).expect("hours of minutes");
        let text = |setup: &mut Setup<'_>, text: &str| {
            setup.feature_of(id, &text.parse().expect("a feature")).expect("given")
        };
        assert_eq!(text(setup, "sma(10)"), setup.feature(Input::close(bars), Sma::new(10)));
        let macd = setup.features(Input::close(hours), Macd::new(12, 26, 9));
        assert_eq!(text(setup, "macd(close@1h).signal"), macd[1]);
        assert_eq!(text(setup, "atr(14)"), setup.feature(Input::bar(bars), Atr::new(14)));
        let zone = setup.describe(id).calendar.zone.clone();
        let vwap = setup.feature(Input::stamped_bar(bars), SessionVwap::new(zone, Interval::Minutes(1)));
        assert_eq!(text(setup, "session_vwap()"), vwap);
        assert_eq!(text(setup, "close@1m"), text(setup, "close"));
        text(setup, "volume@1h");
        |_: Call<'_>, _: &mut Context<'_>| {}
    });
    let bars = [random_bars(&mut Rng::new(1), 300)];
    let columns = columns_of(&entry, &instruments, &config, &bars);
    let names: Vec<&str> = columns.iter().map(|c| c.name.as_str()).collect();
    let hours = ["macd", "signal", "histogram"].map(|output| format!("macd(close@1h,12,26,9).{output}"));
    let minutes = ["sma(close,10)", "atr(14)", "session_vwap()", "close"];
    assert_eq!(names, [&minutes[..], &hours.each_ref().map(String::as_str), &["volume@1h"]].concat());
    assert_eq!(columns[3].values, bars[0].close);
    let known = columns[7].values.iter().position(|v| !v.is_nan()).expect("an hour has passed");
    let hour = wb_core::Ts::from_seconds(3_600);
    let around = [bars[0].ts[known - 1], bars[0].ts[known]];
    assert!(around[0] < hour && hour <= around[1], "known when the hour has closed, not before: {around:?}");
}
