//! Each round trip's return against how long it was held.

use std::collections::BTreeMap;

use wb_metrics::RoundTrip;

use crate::number;
use crate::palette::Ink;
use crate::plot::{self, Axis, Frame, Size};
use crate::ticks::{self, Scale, Tick};

/// Side of the cells in which trips are drawn as one dot, in pixels.
const CELL: f64 = 4.0;

/// A scatter of trips, of which there is at least one, and the number of dots drawn.
pub(crate) fn trade_scatter(trips: &[RoundTrip], size: Size) -> (String, usize) {
    let left = if size.width < 400.0 { 44.0 } else { 52.0 };
    let frame = Frame { left, right: size.width - 12.0, top: 12.0, bottom: size.height - 26.0 };
    let held = |trip: &RoundTrip| (trip.exit_ts - trip.entry_ts).as_seconds_f64().max(1.0);
    let x = time_axis(trips.iter().map(held), (size.width / 70.0) as usize);
    let (low, high) =
        trips.iter().fold((0.0_f64, 0.0_f64), |(low, high), t| (low.min(t.ret), high.max(t.ret)));
    let margin = ((high - low) * 0.05).max(1e-6);
    let (low, high) = (low - margin, high + margin);
    let y = Axis::new(low, high, ticks::of_numbers(low, high, 5, Scale::Percent));
    // A few dots may be larger than many.
    let least = if trips.len() < 300 { 2.8 } else { 1.9 };
    let mut drawn = 0;
    let svg = plot::draw(size, "Return of each trade against its holding time", |sheet| {
        let panel = sheet.panel(frame, &x, &y);
        panel.line([(x.low, 0.0), (x.high, 0.0)], Ink::Axis, 1.0);
        let mut cells: BTreeMap<(i64, i64), (usize, f64, f64)> = BTreeMap::new();
        for trip in trips {
            let point = (libm::log10(held(trip)), trip.ret);
            let (px, py) = panel.pixel(point.0, point.1);
            let cell = cells.entry(((px / CELL) as i64, (py / CELL) as i64)).or_default();
            *cell = (cell.0 + 1, cell.1 + point.0, cell.2 + point.1);
        }
        drawn = cells.len();
        for (count, x, y) in cells.values() {
            let n = *count as f64;
            let ink = if *y < 0.0 { Ink::Loss } else { Ink::Gain };
            let radius = (least + 0.7 * libm::log10(n)).min(4.5);
            panel.dot((x / n, y / n), radius, ink, 0.62);
        }
    });
    (svg, drawn)
}

/// A logarithmic axis of lengths of time with marks at lengths people use.
fn time_axis(held: impl Iterator<Item = f64>, most: usize) -> Axis {
    const MARKS: [f64; 18] = [
        1.0,
        10.0,
        60.0,
        300.0,
        900.0,
        3600.0,
        4.0 * 3600.0,
        12.0 * 3600.0,
        86_400.0,
        3.0 * 86_400.0,
        7.0 * 86_400.0,
        14.0 * 86_400.0,
        30.0 * 86_400.0,
        90.0 * 86_400.0,
        180.0 * 86_400.0,
        365.25 * 86_400.0,
        3.0 * 365.25 * 86_400.0,
        10.0 * 365.25 * 86_400.0,
    ];
    let (low, high) = held.fold((f64::INFINITY, 0.0_f64), |(low, high), s| (low.min(s), high.max(s)));
    let (low, high) = (libm::log10(low) - 0.08, libm::log10(high) + 0.08);
    let inside: Vec<f64> = MARKS.into_iter().filter(|s| (low..=high).contains(&libm::log10(*s))).collect();
    let every = inside.len().div_ceil(most.max(1)).max(1);
    let mark = |s: &f64| Tick { at: libm::log10(*s), label: number::duration(*s) };
    Axis::new(low, high, inside.iter().step_by(every).map(mark).collect())
}
