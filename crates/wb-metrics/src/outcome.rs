//! What a run produced: the plain facts from which every figure is computed.

use std::sync::Arc;

use wb_core::{
    Fill, Instrument, InstrumentId, Interval, OrderId, OrderRequest, OrderState, Qty, Reject, Side, Ts,
    UtcOffsets,
};

/// The facts of one run.
#[derive(Clone, PartialEq, Debug)]
pub struct Outcome {
    /// The run's instruments; an [`InstrumentId`] is an index into it.
    pub instruments: Arc<[Instrument]>,
    /// Settlement currency.
    pub currency: String,
    /// Cash at the start.
    pub start_equity: f64,
    /// Length of one bar, which is the spacing of the equity curve where the market is open.
    pub interval: Interval,
    /// Bars in a year of trading, by the instruments' calendar: what figures are annualised with.
    pub bars_per_year: f64,
    /// The account after each bar.
    pub equity: EquityCurve,
    /// Buy and hold of the benchmark, begun with the same cash, at the instants of the equity curve.
    pub benchmark: Option<Benchmark>,
    /// Every order, refused ones included, in the order of submission.
    pub orders: Vec<OrderRecord>,
    /// Every execution, in the order in which it happened.
    pub fills: Vec<Fill>,
    /// Entry to exit, by first in first out, in the order of exit.
    pub round_trips: Vec<RoundTrip>,
    /// Borrow cost and funding, received if positive.
    pub carry: f64,
}

impl Outcome {
    /// The zone in which days are cut: that of the first instrument, UTC without one.
    pub fn zone(&self) -> UtcOffsets {
        self.instruments.first().map(|instrument| instrument.calendar.zone.clone()).unwrap_or_default()
    }
}

/// The account after each bar, in columns of equal length.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct EquityCurve {
    /// Instants, strictly ascending.
    pub ts: Vec<Ts>,
    /// Cash and positions at the market's close, settlement currency.
    pub equity: Vec<f64>,
    /// Value of all positions without their signs, settlement currency.
    pub gross: Vec<f64>,
}

/// Buy and hold of one instrument.
#[derive(Clone, PartialEq, Debug)]
pub struct Benchmark {
    /// `venue:SYMBOL`.
    pub name: String,
    /// Equity at the instants of the equity curve.
    pub equity: Vec<f64>,
}

/// What became of one order.
#[derive(Clone, PartialEq, Debug)]
pub struct OrderRecord {
    /// Its number.
    pub id: OrderId,
    /// When it was submitted.
    pub submitted: Ts,
    /// What was asked for.
    pub request: OrderRequest,
    /// Where it ended, or is at the end of the run.
    pub state: OrderState,
    /// How much was filled.
    pub filled: Qty,
    /// Why it was refused or cut short, if it was.
    pub reject: Option<Reject>,
    /// When it reached that state.
    pub updated: Ts,
}

/// Why a round trip ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExitReason {
    /// The strategy said so.
    Signal,
    /// A protective stop was hit.
    StopLoss,
    /// A profit target was reached.
    TakeProfit,
    /// A trailing stop was hit.
    TrailingStop,
    /// The venue closed a position that the account could not carry.
    Liquidation,
    /// Risk limits or the operator closed the position.
    Halt,
}

impl ExitReason {
    /// Every reason, in the order of declaration.
    pub const ALL: [ExitReason; 6] = [
        ExitReason::Signal,
        ExitReason::StopLoss,
        ExitReason::TakeProfit,
        ExitReason::TrailingStop,
        ExitReason::Liquidation,
        ExitReason::Halt,
    ];

    /// The word used in tables: `signal`, `stop-loss`, `take-profit`, `trailing-stop`, `liquidation`, `halt`.
    pub const fn name(self) -> &'static str {
        match self {
            ExitReason::Signal => "signal",
            ExitReason::StopLoss => "stop-loss",
            ExitReason::TakeProfit => "take-profit",
            ExitReason::TrailingStop => "trailing-stop",
            ExitReason::Liquidation => "liquidation",
            ExitReason::Halt => "halt",
        }
    }
}

/// An entry and its exit.
#[derive(Clone, PartialEq, Debug)]
pub struct RoundTrip {
    /// What was traded.
    pub instrument: InstrumentId,
    /// `Buy` for long, `Sell` for short.
    pub side: Side,
    /// How much.
    pub qty: Qty,
    /// When it was entered.
    pub entry_ts: Ts,
    /// When it was left.
    pub exit_ts: Ts,
    /// Price of the entry.
    pub entry_price: f64,
    /// Price of the exit.
    pub exit_price: f64,
    /// Profit after fees, settlement currency.
    pub pnl: f64,
    /// Profit after fees as a share of the entry's notional.
    pub ret: f64,
    /// Fees of entry and exit, settlement currency.
    pub fees: f64,
    /// Slippage of entry and exit, settlement currency; already in the prices.
    pub slippage: f64,
    /// Maximum adverse excursion: the worst of the bars' extremes against the entry price, as a share of it; never
    /// above zero.
    pub mae: f64,
    /// Maximum favourable excursion: the best, as a share of the entry price; never below zero.
    pub mfe: f64,
    /// Bars that closed while it was held.
    pub bars_held: u32,
    /// Why it ended.
    pub exit_reason: ExitReason,
}
