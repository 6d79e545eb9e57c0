//! Where the profit came from: by side, by reason of exit, by instrument.

use std::collections::BTreeMap;

use wb_core::Side;
use wb_metrics::{ExitReason, Outcome, RoundTrip};

use crate::html::{Cell, Column, Table};
use crate::number;

/// Instruments in the table: those with the largest profit or loss.
const INSTRUMENTS: usize = 12;

/// Sums over the round trips of one kind.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
struct Tally {
    trips: usize,
    won: usize,
    profit: f64,
    returns: f64,
    seconds: f64,
}

impl Tally {
    fn add(&mut self, trip: &RoundTrip) {
        self.trips += 1;
        self.won += usize::from(trip.pnl > 0.0);
        self.profit += trip.pnl;
        self.returns += trip.ret;
        self.seconds += (trip.exit_ts - trip.entry_ts).as_seconds_f64();
    }

    fn of<'a>(trips: impl Iterator<Item = &'a RoundTrip>) -> Tally {
        let mut tally = Tally::default();
        trips.for_each(|trip| tally.add(trip));
        tally
    }

    fn cells(&self, name: &str) -> [Cell; 6] {
        let n = self.trips as f64;
        let share = |x: f64, text: String| Cell::Number(text, x);
        [
            Cell::Text(name.to_string()),
            share(n, number::count(self.trips)),
            share(self.won as f64 / n, number::percent(self.won as f64 / n)),
            Cell::Change(number::profit(self.profit), self.profit),
            Cell::Change(number::change(self.returns / n), self.returns),
            share(self.seconds / n, number::duration(self.seconds / n)),
        ]
    }
}

/// The table; kinds without a round trip are left out.
pub(crate) fn breakdown(outcome: &Outcome) -> String {
    let trips = &outcome.round_trips;
    let mut table = Table::new([
        Column::Text("Trades"),
        Column::Number("Number"),
        Column::Number("Won"),
        Column::Number("Profit"),
        Column::Number("Average"),
        Column::Number("Held"),
    ]);
    let mut row = |name: &str, tally: Tally| {
        if tally.trips > 0 {
            table.row(tally.cells(name));
        }
    };
    for (name, side) in [("long", Side::Buy), ("short", Side::Sell)] {
        row(name, Tally::of(trips.iter().filter(|t| t.side == side)));
    }
    for reason in ExitReason::ALL {
        let name = format!("left by {}", reason.name());
        row(&name, Tally::of(trips.iter().filter(|t| t.exit_reason == reason)));
    }
    if outcome.instruments.len() > 1 {
        for (name, tally) in by_instrument(outcome) {
            row(&name, tally);
        }
    }
    table.html("Trades by kind")
}

/// The instruments that mattered most, in the run's order.
fn by_instrument(outcome: &Outcome) -> Vec<(String, Tally)> {
    let mut tallies: BTreeMap<usize, Tally> = BTreeMap::new();
    for trip in &outcome.round_trips {
        tallies.entry(trip.instrument.index()).or_default().add(trip);
    }
    let mut ranked: Vec<(usize, Tally)> = tallies.into_iter().collect();
    ranked.sort_by(|a, b| b.1.profit.abs().total_cmp(&a.1.profit.abs()).then(a.0.cmp(&b.0)));
    ranked.truncate(INSTRUMENTS);
    ranked.sort_by_key(|(index, _)| *index);
    ranked.into_iter().map(|(index, tally)| (outcome.instruments[index].symbol.clone(), tally)).collect()
}
