//! The strategies, each one file, and the table that lists them.
//!
//! A strategy is a struct of parameters that derives [`wb_kernel::prelude::Params`] and builds itself through
//! [`wb_kernel::StrategyParams`]. A new one is one file and one line in [`STRATEGIES`]. They are examples of
//! ideas, each told with where it comes from and how it loses money; none is a recommendation.

mod bracket;
mod buy_and_hold;
mod donchian_breakout;
mod momentum_rotation;
mod onnx_alpha;
mod pairs;
#[cfg(test)]
mod rig;
mod rsi_reversion;
mod rules;
mod signals;
mod sma_cross;

pub use buy_and_hold::BuyAndHold;
pub use donchian_breakout::{DonchianBreakout, StopKind};
pub use momentum_rotation::MomentumRotation;
pub use onnx_alpha::OnnxAlpha;
pub use pairs::Pairs;
pub use rsi_reversion::RsiReversion;
pub use sma_cross::SmaCross;

use wb_kernel::StrategyEntry;

/// Every strategy, in the order in which it is listed to users.
pub static STRATEGIES: &[StrategyEntry] = &[
    StrategyEntry::of::<BuyAndHold>(),
    StrategyEntry::of::<SmaCross>(),
    StrategyEntry::of::<RsiReversion>(),
    StrategyEntry::of::<DonchianBreakout>(),
    StrategyEntry::of::<Pairs>(),
    StrategyEntry::of::<MomentumRotation>(),
    StrategyEntry::of::<OnnxAlpha>(),
    rules::RULES,
    signals::SIGNALS,
];
