//! Profit by the hour and by the weekday of entry.

use plotters::style::text_anchor::{HPos, VPos};
use wb_metrics::Outcome;

use crate::number;
use crate::palette::Ink;
use crate::plot::{self, Axis, Frame, Size};
use crate::ticks::{self, Scale, Tick};

const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// Profit and number of the round trips entered in one hour or on one weekday.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
struct Slot {
    profit: f64,
    trips: usize,
}

/// Profit by the hour and by the weekday of entry, in the time zone of each instrument.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct ProfitByTime {
    hours: [Slot; 24],
    weekdays: [Slot; 7],
}

impl ProfitByTime {
    /// Of the round trips of a run.
    pub(crate) fn of(outcome: &Outcome) -> ProfitByTime {
        let mut out = ProfitByTime::default();
        for trip in &outcome.round_trips {
            let zone = &outcome.instruments[trip.instrument.index()].calendar.zone;
            let local = trip.entry_ts + zone.at(trip.entry_ts);
            let hour = (local.time_of_day().as_seconds_f64() / 3600.0) as usize;
            for slot in [&mut out.hours[hour], &mut out.weekdays[usize::from(local.date().weekday())]] {
                slot.profit += trip.pnl;
                slot.trips += 1;
            }
        }
        out
    }

    /// Bars by hour.
    pub(crate) fn draw_hours(&self, size: Size) -> String {
        let every = if size.is_narrow() { 4 } else { 2 };
        let name =
            |hour: usize| if hour.is_multiple_of(every) { format!("{hour:02}") } else { String::new() };
        bars(&self.hours, name, "Profit by hour of entry", size)
    }

    /// Bars by weekday, with the number of trades.
    pub(crate) fn draw_weekdays(&self, size: Size) -> String {
        bars(&self.weekdays, |day| WEEKDAYS[day].to_string(), "Profit by weekday of entry", size)
    }
}

fn bars(slots: &[Slot], name: impl Fn(usize) -> String, title: &str, size: Size) -> String {
    let left = if size.is_narrow() { 44.0 } else { 52.0 };
    let frame = Frame { left, right: size.width - 8.0, top: 12.0, bottom: size.height - 26.0 };
    let (low, high) =
        slots.iter().fold((0.0_f64, 0.0_f64), |(low, high), s| (low.min(s.profit), high.max(s.profit)));
    let margin = ((high - low) * 0.13).max(1e-9);
    let (low, high) = (if low < 0.0 { low - margin } else { 0.0 }, high + margin);
    let marks = (0..slots.len()).map(|i| Tick { at: i as f64 + 0.5, label: name(i) }).collect();
    let x = Axis::new(0.0, slots.len() as f64, marks);
    let y = Axis::new(low, high, ticks::of_numbers(low, high, 4, Scale::Compact));
    plot::draw(size, title, |sheet| {
        let panel = sheet.panel(frame, &x, &y);
        for (i, slot) in slots.iter().enumerate().filter(|(_, slot)| slot.trips > 0) {
            let ink = if slot.profit < 0.0 { Ink::Loss } else { Ink::Gain };
            let left = i as f64;
            panel.block((left + 0.14, 0.0), (left + 0.86, slot.profit), ink, 0.85);
            if slots.len() <= 7 {
                let (by, side) = if slot.profit < 0.0 { (4.0, VPos::Top) } else { (-4.0, VPos::Bottom) };
                let place = (left + 0.5, slot.profit);
                let trips = number::count(slot.trips);
                panel.label(&trips, place, (0.0, by), Ink::Quiet, (HPos::Center, side));
            }
        }
        panel.line([(0.0, 0.0), (x.high, 0.0)], Ink::Axis, 1.0);
    })
}
