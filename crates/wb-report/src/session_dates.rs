//! Days named as people name them.
//!
//! A daily bar ends at midnight of its venue's zone, which in UTC is an hour of the next day. A page about daily bars
//! names days, not instants: it is drawn from a copy in which every instant has moved into the day it belongs to.

use std::borrow::Cow;

use wb_core::{BarColumns, Calendar, CivilDate, Interval, Span, Ts, UtcOffsets};
use wb_metrics::{Drawdown, Outcome, Tearsheet};

/// What a page is drawn from, as it is or moved.
pub(crate) struct Dated<'a> {
    pub(crate) outcome: Cow<'a, Outcome>,
    pub(crate) tearsheet: Cow<'a, Tearsheet>,
    /// Bars of each instrument that is drawn.
    pub(crate) bars: Vec<Cow<'a, BarColumns>>,
}

impl<'a> Dated<'a> {
    /// Moves what is about bars of a day or longer; shorter bars stay where they are.
    pub(crate) fn of(outcome: &'a Outcome, tearsheet: &'a Tearsheet, bars: Vec<&'a BarColumns>) -> Dated<'a> {
        if !matches!(outcome.interval, Interval::Days(_)) {
            let bars = bars.into_iter().map(Cow::Borrowed).collect();
            return Dated { outcome: Cow::Borrowed(outcome), tearsheet: Cow::Borrowed(tearsheet), bars };
        }
        let zone = outcome.zone();
        let moved = |bars: &'a BarColumns| {
            Cow::Owned(BarColumns {
                ts: bars.ts.iter().map(|ts| close(&zone, *ts)).collect(),
                ..bars.clone()
            })
        };
        let bars = bars.into_iter().map(moved).collect();
        let fall = |d: &Drawdown| Drawdown {
            peak: close(&zone, d.peak),
            trough: close(&zone, d.trough),
            recovery: d.recovery.map(|ts| close(&zone, ts)),
            ..*d
        };
        let sheet = Tearsheet {
            figures: tearsheet.figures.clone(),
            drawdowns: tearsheet.drawdowns.iter().map(fall).collect(),
        };
        Dated { outcome: Cow::Owned(dated_outcome(outcome, &zone)), tearsheet: Cow::Owned(sheet), bars }
    }
}

fn dated_outcome(outcome: &Outcome, zone: &UtcOffsets) -> Outcome {
    let mut dated = outcome.clone();
    dated.equity.ts.iter_mut().for_each(|ts| *ts = close(zone, *ts));
    // Fills of daily bars are at the open, which begins the day, or inside, which is known only by the close.
    for trip in &mut dated.round_trips {
        trip.entry_ts = open(zone, trip.entry_ts);
        trip.exit_ts = open(zone, trip.exit_ts);
    }
    dated.fills.iter_mut().for_each(|fill| fill.ts = open(zone, fill.ts));
    for order in &mut dated.orders {
        order.submitted = close(zone, order.submitted);
        order.updated = close(zone, order.updated);
    }
    let in_utc = |calendar: &Calendar| Calendar { zone: UtcOffsets::default(), ..calendar.clone() };
    dated.instruments = dated
        .instruments
        .iter()
        .map(|i| wb_core::Instrument { calendar: in_utc(&i.calendar), ..i.clone() })
        .collect();
    dated
}

/// An instant inside the day that ends at `ts`.
fn close(zone: &UtcOffsets, ts: Ts) -> Ts {
    inside(zone.last_date(ts))
}

/// The same for the day that begins at `ts`.
fn open(zone: &UtcOffsets, ts: Ts) -> Ts {
    inside(zone.date(ts))
}

/// Just after the day's midnight in UTC, so that it reads as a date alone.
fn inside(date: CivilDate) -> Ts {
    Ts::from_date(date) + Span(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_named_by_its_own_date_at_its_open_and_its_close() {
        let new_york = UtcOffsets::new(vec![(Ts::MIN, Span::from_seconds(-5 * 3600))]);
        let at = |text| Ts::parse(text).expect("an instant");
        assert_eq!(close(&new_york, at("2019-01-01T05:00:00Z")).date().to_string(), "2018-12-31");
        assert_eq!(open(&new_york, at("2018-12-31T05:00:00Z")).date().to_string(), "2018-12-31");
        assert_eq!(close(&UtcOffsets::default(), at("2019-01-01")).date().to_string(), "2018-12-31");
    }
}
