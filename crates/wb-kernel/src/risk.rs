//! Limits that every command passes, in every mode.

/// The limits of `config/risk.toml`; an absent limit does not limit.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct RiskLimits {
    /// Largest value of one order, settlement currency.
    pub max_order_notional: Option<f64>,
    /// Largest value of the position in one instrument, settlement currency.
    pub max_position_notional: Option<f64>,
    /// Largest position in one instrument as a share of equity.
    pub max_concentration: Option<f64>,
    /// Largest value of all positions together as a multiple of equity.
    pub max_leverage: Option<f64>,
    /// Most orders in any sixty seconds.
    pub max_orders_per_minute: Option<u32>,
    /// Largest fall from the peak of equity, as a share of it; then the kernel halts: orders are cancelled,
    /// positions closed, and no new exposure is taken.
    pub max_drawdown: Option<f64>,
}
