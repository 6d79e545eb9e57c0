//! Tests of the matcher: by hand, and against one that does everything the slow way.

use wb_core::{OrderId, Rng};

use super::*;
use crate::example;

/// A fill of instrument 0 at second `second`, of an order of its own; price in ticks of 0.01, quantity in lots of
/// 0.001.
fn fill(second: i64, side: Side, ticks: i64, lots: i64, fee: f64) -> Fill {
    Fill {
        order: OrderId(second as u64),
        instrument: InstrumentId(0),
        side,
        price: Price(ticks),
        qty: Qty::new(lots),
        fee,
        slippage: fee / 2.0,
        maker: false,
        ts: Ts::from_seconds(second),
    }
}

fn run(fills: &[Fill]) -> RoundTripBuilder {
    let mut builder = RoundTripBuilder::new();
    for fill in fills {
        builder.on_fill(fill, &example::instrument(fill.instrument.0), ExitReason::Signal);
    }
    builder
}

fn close(got: f64, want: f64) -> bool {
    (got - want).abs() <= 1e-9 * want.abs().max(1.0)
}

/// Expected: side, lots, entry second, exit second, profit, fees.
fn check(fills: &[Fill], expected: &[(Side, i64, i64, i64, f64, f64)]) {
    let trips = run(fills).finish();
    assert_eq!(trips.len(), expected.len(), "{trips:?}");
    for (trip, &(side, lots, entry, exit, pnl, fees)) in trips.iter().zip(expected) {
        assert_eq!((trip.side, trip.qty.lots()), (side, lots), "{trip:?}");
        assert_eq!((trip.entry_ts, trip.exit_ts), (Ts::from_seconds(entry), Ts::from_seconds(exit)));
        assert!(close(trip.pnl, pnl) && close(trip.fees, fees), "{trip:?} for {pnl} and {fees}");
        assert!(close(trip.slippage, fees / 2.0), "{trip:?}");
        assert!(close(trip.ret, trip.pnl / (trip.entry_price * lots as f64 / 1000.0)), "{trip:?}");
    }
}

#[test]
fn the_oldest_lot_is_closed_first_and_fees_are_shared_by_quantity() {
    // Two units at 100 and one at 110; two and a half sold at 120.
    let fills = [
        fill(1, Side::Buy, 10_000, 2000, 2.0),
        fill(2, Side::Buy, 11_000, 1000, 1.0),
        fill(3, Side::Sell, 12_000, 2500, 5.0),
    ];
    check(&fills, &[(Side::Buy, 2000, 1, 3, 40.0 - 6.0, 6.0), (Side::Buy, 500, 2, 3, 5.0 - 1.5, 1.5)]);
    let open = run(&fills).open_lots();
    assert_eq!(open.len(), 1);
    assert_eq!((open[0].side, open[0].qty, open[0].entry_price), (Side::Buy, Qty::new(500), Price(11_000)));
    assert!(close(open[0].fees, 0.5) && close(open[0].slippage, 0.25));
}

#[test]
fn what_one_order_opened_and_one_order_closed_is_one_round_trip() {
    // Bought in two parts at 100 and 102, sold in two others at 110 and 108.
    let of = |order, fill| Fill { order: OrderId(order), ..fill };
    let fills = [
        of(1, fill(1, Side::Buy, 10_000, 1000, 1.0)),
        of(1, fill(2, Side::Buy, 10_200, 1000, 1.0)),
        of(2, fill(3, Side::Sell, 11_000, 500, 1.0)),
        of(2, fill(4, Side::Sell, 10_800, 1500, 1.0)),
    ];
    check(&fills, &[(Side::Buy, 2000, 1, 4, 55.0 + 162.0 - 202.0 - 4.0, 4.0)]);
    let trip = &run(&fills).finish()[0];
    assert!(close(trip.entry_price, 101.0) && close(trip.exit_price, 108.5), "{trip:?}");
    assert!(close(trip.mfe, 0.1), "the first part left at ten percent above its entry");
}

#[test]
fn a_fill_larger_than_the_position_turns_it() {
    check(
        &[
            fill(1, Side::Buy, 10_000, 1000, 0.0),
            fill(2, Side::Sell, 9_000, 3000, 3.0),
            fill(3, Side::Buy, 8_000, 2000, 1.0),
        ],
        &[(Side::Buy, 1000, 1, 2, -10.0 - 1.0, 1.0), (Side::Sell, 2000, 2, 3, 20.0 - 3.0, 3.0)],
    );
}

#[test]
fn a_contract_of_fifty_a_point_counts_fifty() {
    let mut builder = RoundTripBuilder::new();
    let future = Instrument { multiplier: 50.0, ..example::instrument(0) };
    builder.on_fill(&fill(1, Side::Sell, 10_000, 1000, 0.0), &future, ExitReason::Signal);
    builder.on_fill(&fill(2, Side::Buy, 10_100, 1000, 0.0), &future, ExitReason::StopLoss);
    assert!(close(builder.closed()[0].pnl, -50.0));
    assert!(close(builder.closed()[0].ret, -0.01));
    assert_eq!(builder.closed()[0].exit_reason, ExitReason::StopLoss);
}

/// Buys or sells one unit at 100, sees these bars (high, low), and closes at `exit` ticks.
fn excursions(side: Side, bars: &[(f64, f64)], exit: i64) -> (f64, f64, u32) {
    let mut builder = run(&[fill(1, side, 10_000, 1000, 0.0)]);
    bars.iter().for_each(|&(high, low)| builder.on_bar(InstrumentId(0), high, low));
    builder.on_fill(&fill(2, side.opposite(), exit, 1000, 0.0), &example::instrument(0), ExitReason::Signal);
    builder.on_bar(InstrumentId(0), 1000.0, 1.0);
    let trip = &builder.closed()[0];
    (trip.mae, trip.mfe, trip.bars_held)
}

#[test]
fn excursions_are_the_extremes_while_held_with_the_exit_itself() {
    let check = |side, bars: &[(f64, f64)], exit, expected: (f64, f64, u32)| {
        let (mae, mfe, held) = excursions(side, bars, exit);
        assert!(close(mae, expected.0) && close(mfe, expected.1), "{mae} {mfe} for {expected:?}");
        assert_eq!(held, expected.2);
    };
    let bars = [(105.0, 98.0), (103.0, 97.0)];
    check(Side::Buy, &bars, 10_100, (-0.03, 0.05, 2));
    check(Side::Sell, &bars, 10_100, (-0.05, 0.03, 2));
    check(Side::Buy, &bars, 9_000, (-0.1, 0.05, 2));
    check(Side::Buy, &bars, 11_000, (-0.03, 0.1, 2));
    // Within one bar only the exit counts; neither excursion has the wrong sign.
    check(Side::Buy, &[], 10_200, (0.0, 0.02, 0));
    check(Side::Sell, &[], 10_200, (-0.02, 0.0, 0));
    check(Side::Buy, &[(120.0, 110.0)], 11_500, (0.0, 0.2, 1));
}

#[test]
fn instruments_do_not_see_each_other() {
    let other = |fill: Fill| Fill { instrument: InstrumentId(2), ..fill };
    let mut builder = run(&[fill(1, Side::Buy, 100, 5, 0.0), other(fill(2, Side::Sell, 100, 5, 0.0))]);
    assert_eq!(builder.closed(), []);
    builder.on_bar(InstrumentId(0), 2.0, 0.5);
    builder.on_bar(InstrumentId(1), 9.0, 0.1);
    builder.on_bar(InstrumentId(7), 9.0, 0.1);
    let held: Vec<_> = builder.open_lots().iter().map(|lot| (lot.instrument.0, lot.bars_held)).collect();
    assert_eq!(held, [(0, 1), (2, 0)]);
}

#[test]
#[should_panic(expected = "the grids of its own instrument")]
fn a_fill_of_another_instrument_is_a_fault() {
    let mut builder = RoundTripBuilder::new();
    builder.on_fill(&fill(1, Side::Buy, 100, 1, 0.0), &example::instrument(1), ExitReason::Signal);
}

/// A lot as the slow matcher keeps it: its own extremes, widened at every bar.
struct SlowLot {
    entry: Fill,
    lots: i64,
    high: f64,
    low: f64,
    bars: u32,
}

/// Closes lots the slow way; gives entry second, lots, excursions and bars of each round trip.
fn slow(lots: &mut Vec<SlowLot>, fill: &Fill) -> Vec<(Ts, i64, f64, f64, u32)> {
    let mut trips = Vec::new();
    let mut left = fill.qty.lots();
    while left > 0 && lots.first().is_some_and(|lot| lot.entry.side != fill.side) {
        let lot = &mut lots[0];
        let part = left.min(lot.lots);
        let (entry, exit) = (lot.entry.price.0 as f64 / 100.0, fill.price.0 as f64 / 100.0);
        let (up, down) = (lot.high.max(exit) / entry - 1.0, lot.low.min(exit) / entry - 1.0);
        let (best, worst) = if lot.entry.side == Side::Buy { (up, down) } else { (-down, -up) };
        trips.push((lot.entry.ts, part, worst.min(0.0), best.max(0.0), lot.bars));
        lot.lots -= part;
        left -= part;
        if lot.lots == 0 {
            lots.remove(0);
        }
    }
    if left > 0 {
        lots.push(SlowLot { entry: *fill, lots: left, high: f64::NEG_INFINITY, low: f64::INFINITY, bars: 0 });
    }
    trips
}

#[test]
fn the_matcher_agrees_with_one_that_widens_every_lot_at_every_bar() {
    let seed = 21;
    let mut rng = Rng::new(seed);
    let instrument = example::instrument(0);
    for _ in 0..40 {
        let mut builder = RoundTripBuilder::new();
        let (mut lots, mut expected) = (Vec::new(), Vec::new());
        for second in 0..400 {
            // Long spells on one side, so that many lots are open at once.
            let buys = (second / 40) % 2 == 0;
            if rng.below(2) == 0 {
                let side = if (rng.below(4) > 0) == buys { Side::Buy } else { Side::Sell };
                let fill = fill(second, side, 9_000 + rng.below(2000) as i64, 1 + rng.below(50) as i64, 0.0);
                expected.extend(slow(&mut lots, &fill));
                builder.on_fill(&fill, &instrument, ExitReason::Signal);
            }
            let (high, low) = (100.0 + 10.0 * rng.uniform(), 100.0 - 10.0 * rng.uniform());
            builder.on_bar(InstrumentId(0), high, low);
            for lot in &mut lots {
                lot.high = lot.high.max(high);
                lot.low = lot.low.min(low);
                lot.bars += 1;
            }
        }
        assert_eq!(builder.closed().len(), expected.len(), "seed {seed}");
        assert!(expected.len() > 50, "seed {seed}: there is something to compare");
        for (trip, (ts, lots, mae, mfe, bars)) in builder.closed().iter().zip(expected) {
            assert_eq!((trip.entry_ts, trip.qty.lots(), trip.bars_held), (ts, lots, bars), "seed {seed}");
            assert!(close(trip.mae, mae) && close(trip.mfe, mfe), "seed {seed}: {trip:?} {mae} {mfe}");
        }
        let open: Vec<_> =
            builder.open_lots().iter().map(|l| (l.entry_ts, l.qty.lots(), l.bars_held)).collect();
        let slow_open: Vec<_> = lots.iter().map(|l| (l.entry.ts, l.lots, l.bars)).collect();
        assert_eq!(open, slow_open, "seed {seed}");
    }
}

#[test]
fn what_was_won_and_what_is_open_is_what_was_received_less_fees() {
    let seed = 22;
    let mut rng = Rng::new(seed);
    let instrument = example::instrument(0);
    // Ticks and lots whose worth is a power of two, so that every sum below is exact.
    let instrument = Instrument {
        tick: wb_core::Grid::new(25, 2).expect("a quarter"),
        lot: wb_core::Grid::new(5, 1).expect("a half"),
        ..instrument
    };
    for _ in 0..50 {
        let mut builder = RoundTripBuilder::new();
        let (mut cash, mut position, mut fees) = (0_i128, 0_i128, 0.0);
        for second in 0..300 {
            let side = if rng.below(2) == 0 { Side::Buy } else { Side::Sell };
            let fee = rng.below(64) as f64 / 8.0;
            let fill = fill(second, side, 1000 + rng.below(500) as i64, 1 + rng.below(30) as i64, fee);
            builder.on_fill(&fill, &instrument, ExitReason::Signal);
            let signed = i128::from(side.sign() * fill.qty.lots());
            cash -= signed * i128::from(fill.price.0);
            position += signed;
            fees += fee;
        }
        let mark = 1200_i128;
        let open = builder.open_lots();
        let unrealised: i128 = open
            .iter()
            .map(|lot| {
                let signed = i128::from(lot.side.sign() * lot.qty.lots());
                signed * (mark - i128::from(lot.entry_price.0))
            })
            .sum();
        let held: i128 = open.iter().map(|lot| i128::from(lot.side.sign() * lot.qty.lots())).sum();
        assert_eq!(held, position, "seed {seed}");
        let gross: f64 = builder.closed().iter().map(|trip| trip.pnl + trip.fees).sum();
        let earned = (cash + position * mark) as f64 * 0.125;
        assert!(close(gross + unrealised as f64 * 0.125, earned), "seed {seed}: {gross} for {earned}");
        let shared: f64 = builder.closed().iter().map(|trip| trip.fees).sum::<f64>()
            + open.iter().map(|lot| lot.fees).sum::<f64>();
        assert!(close(shared, fees), "seed {seed}: {shared} for {fees}");
    }
}
