//! Runs over several instruments: what is beside an instrument changes nothing of it.

#[path = "workload/w1.rs"]
mod w1;
mod workload;

use wb_core::{BarColumns, Instrument, InstrumentId, Rng};
use wb_engine::{RunInput, run};
use wb_metrics::Outcome;

/// Random bars at the times of `bars`, with some left out.
fn beside(bars: &BarColumns, seed: u64) -> BarColumns {
    let mut rng = Rng::new(seed);
    let mut columns = BarColumns::new(bars.interval);
    for row in 0..bars.len() {
        if rng.below(5) > 0 {
            let mut bar = bars.bar(row);
            (bar.high, bar.low) = (bar.high * (1.0 + rng.uniform()), bar.low * rng.uniform());
            columns.push(bars.ts[row], &bar);
        }
    }
    columns
}

/// The workload's run with other instruments before and after its own in every close.
fn run_at(place: usize, neighbours: usize) -> Outcome {
    let base = workload::bars(20_000);
    let own = workload::instruments()[0].clone();
    let at = |id: usize| Instrument {
        id: InstrumentId(id as u32),
        symbol: if id == place { own.symbol.clone() } else { format!("X{id}") },
        ..own.clone()
    };
    let instruments: Vec<Instrument> = (0..=neighbours).map(at).collect();
    let bars: Vec<BarColumns> = (0..=neighbours)
        .map(|id| if id == place { base.clone() } else { beside(&base, id as u64) })
        .collect();
    let spec = workload::spec("w1-long-short");
    let entry = &w1::TABLE[1];
    let input =
        RunInput { entry, spec: &spec, instruments: instruments.into(), bars: &bars, benchmark: None };
    run(&input, &mut |_| {}).expect("it runs").outcome
}

#[test]
fn fills_and_round_trips_are_the_same_wherever_an_instrument_stands_in_its_close() {
    let alone = run_at(0, 0);
    assert!(alone.round_trips.len() > 500, "{} round trips", alone.round_trips.len());
    for (place, neighbours) in [(0, 1), (1, 1), (1, 2)] {
        let mut many = run_at(place, neighbours);
        many.fills.iter_mut().for_each(|fill| fill.instrument = InstrumentId(0));
        many.round_trips.iter_mut().for_each(|trip| trip.instrument = InstrumentId(0));
        assert_eq!(many.fills, alone.fills, "{place} of {neighbours}");
        assert_eq!(many.round_trips, alone.round_trips, "{place} of {neighbours}");
    }
}
