//! Each round trip's return against how long it was held.

use wb_metrics::RoundTrip;

use crate::figures::dots;
use crate::number;
use crate::palette::Ink;
use crate::plot::{self, Axis, Frame, Size};
use crate::ticks::{self, Scale, Tick};

/// The points of the scatter: decimal logarithm of the seconds held, and return.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct TradeScatter {
    points: Vec<(f64, f64)>,
}

impl TradeScatter {
    /// The scatter of trips, of which there is at least one.
    pub(crate) fn of(trips: &[RoundTrip]) -> TradeScatter {
        let held = |trip: &RoundTrip| (trip.exit_ts - trip.entry_ts).as_seconds_f64().max(1.0);
        TradeScatter { points: trips.iter().map(|trip| (libm::log10(held(trip)), trip.ret)).collect() }
    }

    /// The figure and the number of dots in it.
    pub(crate) fn draw(&self, size: Size) -> (String, usize) {
        let left = if size.is_narrow() { 44.0 } else { 52.0 };
        let frame = Frame { left, right: size.width - 12.0, top: 12.0, bottom: size.height - 26.0 };
        let x = time_axis(self.points.iter().map(|point| point.0), (size.width / 70.0) as usize);
        let ends = |(low, high): (f64, f64), point: &(f64, f64)| (low.min(point.1), high.max(point.1));
        let (low, high) = self.points.iter().fold((0.0, 0.0), ends);
        let margin = ((high - low) * 0.05).max(1e-6);
        let (low, high) = (low - margin, high + margin);
        let y = Axis::new(low, high, ticks::of_numbers(low, high, 5, Scale::Percent));
        // A few dots may be larger than many.
        let least = if self.points.len() < 300 { 2.8 } else { 1.9 };
        let mut drawn = 0;
        let svg = plot::draw(size, "Return of each trade against its holding time", |sheet| {
            let panel = sheet.panel(frame, &x, &y);
            panel.line([(x.low, 0.0), (x.high, 0.0)], Ink::Axis, 1.0);
            let dots = dots::merged(&panel, self.points.iter().copied());
            drawn = dots.len();
            for dot in dots {
                let ink = if dot.at.1 < 0.0 { Ink::Loss } else { Ink::Gain };
                panel.dot(dot.at, dot.radius(least), ink, 0.62);
            }
        });
        (svg, drawn)
    }
}

/// A logarithmic axis of lengths of time with marks at lengths people use.
fn time_axis(logs: impl Iterator<Item = f64>, most: usize) -> Axis {
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
    let ends = |(low, high): (f64, f64), x: f64| (low.min(x), high.max(x));
    let (low, high) = logs.fold((f64::INFINITY, f64::NEG_INFINITY), ends);
    let (low, high) = (low - 0.08, high + 0.08);
    let inside: Vec<f64> = MARKS.into_iter().filter(|s| (low..=high).contains(&libm::log10(*s))).collect();
    let every = inside.len().div_ceil(most.max(1)).max(1);
    let mark = |s: &f64| Tick { at: libm::log10(*s), label: number::duration(*s) };
    Axis::new(low, high, inside.iter().step_by(every).map(mark).collect())
}
