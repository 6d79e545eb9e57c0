//! How much was held and traded, and what it cost.

use wb_core::{Fill, Instrument};

use crate::outcome::Outcome;

/// What was held and traded.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(crate) struct Activity {
    /// Bars at whose close something was held ÷ all bars. quantstats counts days with a return instead.
    pub(crate) exposure: Option<f64>,
    /// Mean, over the bars, of the positions' value without signs ÷ equity. Absent where equity is not always above
    /// zero.
    pub(crate) leverage: Option<f64>,
    /// Value of all fills, bought and sold, in the settlement currency.
    pub(crate) traded: f64,
    /// Value of all fills, bought and sold, ÷ mean equity ÷ years of the calendar. A cost of c per value traded then
    /// takes turnover × c of equity a year. pyfolio, too, counts both sides.
    pub(crate) turnover: Option<f64>,
    /// Fees of all fills, those of open positions included.
    pub(crate) fees: f64,
    /// What slippage made all fills worse by; already in the prices.
    pub(crate) slippage: f64,
}

impl Activity {
    /// `years` of the calendar from the start of the first bar to the end of the last.
    pub(crate) fn of(outcome: &Outcome, years: Option<f64>, always_above_zero: bool) -> Activity {
        let mut activity = Activity::default();
        for fill in &outcome.fills {
            activity.on_fill(fill, &outcome.instruments[fill.instrument.index()]);
        }
        let (equity, gross) = (&outcome.equity.equity, &outcome.equity.gross);
        if equity.is_empty() {
            return activity;
        }
        let bars = equity.len() as f64;
        let (mut held, mut total, mut leverage) = (0.0, 0.0, 0.0);
        for (&value, &gross) in equity.iter().zip(gross) {
            held += if gross > 0.0 { 1.0 } else { 0.0 };
            total += value;
            leverage += gross / value;
        }
        activity.exposure = Some(held / bars);
        activity.leverage = always_above_zero.then_some(leverage / bars);
        let mean = total / bars;
        activity.turnover = years.filter(|_| mean > 0.0).map(|years| activity.traded / mean / years);
        activity
    }

    /// Takes the next fill.
    pub(crate) fn on_fill(&mut self, fill: &Fill, instrument: &Instrument) {
        let (units, price) = (instrument.qty_f64(fill.qty), instrument.price_f64(fill.price));
        self.traded += instrument.notional(units, price).abs();
        self.fees += fill.fee;
        self.slippage += fill.slippage;
    }
}
