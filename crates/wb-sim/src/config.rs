//! What the simulated venue charges, how fast it answers and when it fills.

use wb_core::Span;

/// At which price a market order that was sent at a bar's close is filled.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum FillModel {
    /// At the open of the first bar that begins at or after the order's arrival.
    #[default]
    NextOpen,
    /// At the close of the bar that caused it. Optimistic: nobody trades at a close he has already seen.
    ThisClose,
}

/// What the venue charges. All parts are added.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct FeeModel {
    /// Basis points of the notional where we take liquidity.
    pub taker_bps: f64,
    /// Basis points of the notional where we rest; negative for a rebate.
    pub maker_bps: f64,
    /// Per unit traded, settlement currency.
    pub per_unit: f64,
    /// Per order, charged with its first fill, settlement currency.
    pub per_order: f64,
    /// Least fee of an order, charged with its first fill, settlement currency.
    pub minimum: f64,
}

/// By how much a fill that takes liquidity is worse than the market's price. All parts are added, and the price
/// is then rounded away from us to the tick: a venue prints only prices on its grid.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct SlippageModel {
    /// Basis points of the price.
    pub bps: f64,
    /// Half the spread between bid and offer, in units of the price.
    pub half_spread: f64,
    /// Basis points of the price paid by an order as large as the bar's volume; the cost grows with the square
    /// root of the share (square-root law of market impact, Tóth et al. 2011).
    pub impact_bps: f64,
}

/// How long messages take.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LatencyModel {
    /// From the market to us.
    pub feed: Span,
    /// From us to the venue.
    pub order: Span,
    /// From the venue to us, for what became of an order.
    pub report: Span,
}

impl LatencyModel {
    /// Whether nothing is delayed.
    pub fn is_zero(&self) -> bool {
        *self == LatencyModel::default()
    }
}

/// The simulated venue's rules.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct SimConfig {
    /// When market orders fill.
    pub fill: FillModel,
    /// What it charges.
    pub fees: FeeModel,
    /// How much worse our fills are.
    pub slippage: SlippageModel,
    /// How long messages take.
    pub latency: LatencyModel,
    /// Largest share of a bar's volume that we may trade; the rest works on. Absent for no limit.
    pub max_participation: Option<f64>,
    /// Cost of holding a short position, basis points of its value a year (365 days), charged at each midnight UTC.
    pub borrow_bps: f64,
    /// Cash at the start, settlement currency.
    pub cash: f64,
    /// Largest value of all positions as a multiple of equity.
    pub leverage: f64,
    /// Smallest equity as a share of the value of all positions, before the venue closes them.
    pub maintenance_margin: f64,
}
