//! What the trades have in common.

use std::collections::BTreeSet;

use wb_core::Interval;
use wb_metrics::Outcome;

use crate::figures::{self, ProfitByTime, TradeScatter};
use crate::html::{half, note, put};
use crate::number;
use crate::plot::{Size, captioned, figure};
use crate::sections::breakdown::breakdown;

/// Figures of the trades and a table by kind.
pub(crate) fn trades(outcome: &Outcome) -> String {
    let trips = &outcome.round_trips;
    if trips.is_empty() {
        return note("No trade was closed.");
    }
    let scatter = TradeScatter::of(trips);
    let (wide, dots) = scatter.draw(Size::HALF);
    let (phone, _) = scatter.draw(Size::PHONE);
    let caption = if dots < trips.len() {
        format!(
            "{} trades drawn as {} dots; a larger dot is more of them.",
            number::count(trips.len()),
            number::count(dots)
        )
    } else {
        format!("{} trades. The scale of time is logarithmic.", number::count(trips.len()))
    };
    let scatter = half("Return against holding time", &captioned(&wide, &phone, &caption));
    let mut out = format!("<div class=\"halves\">\n{scatter}");
    if trips.len() >= 5 {
        let returns: Vec<f64> = trips.iter().map(|trip| trip.ret).collect();
        let draw = |size| figures::distribution(&returns, None, size);
        let caption =
            "Trades by return after costs, with the normal distribution of the same mean and deviation.";
        out.push_str(&half("Distribution of trade returns", &figure(Size::HALF, 250.0, caption, draw)));
    }
    let zones: BTreeSet<&str> = outcome.instruments.iter().map(|i| i.calendar.zone_name.as_str()).collect();
    let zones = zones.into_iter().collect::<Vec<_>>().join(", ");
    let weekdays = format!("Profit of the trades entered on each weekday, and their number ({zones}).");
    let by_time = ProfitByTime::of(outcome);
    let draw = |size| by_time.draw_weekdays(size);
    out.push_str(&half("Profit by weekday", &figure(Size::HALF, 220.0, &weekdays, draw)));
    let kinds = half("By side and reason", &breakdown(outcome));
    if outcome.interval < Interval::Days(1) {
        let hours = format!("Profit of the trades entered in each hour ({zones}).");
        let draw = |size| by_time.draw_hours(size);
        out.push_str(&half("Profit by hour", &figure(Size::HALF, 220.0, &hours, draw)));
        put(&mut out, format_args!("</div>\n{kinds}"));
    } else {
        put(&mut out, format_args!("{kinds}</div>\n"));
    }
    out
}
