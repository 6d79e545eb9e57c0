//! How much of a result is luck: what the best of many trials would show without any skill.
//!
//! Returns are those of equal stretches of time, the same for every trial. Sharpe ratios are per stretch unless a name
//! says otherwise. What is random comes from a seed.

mod average_linkage;
mod bootstrap_bands;
mod correlations;
mod cross_validation;
mod deflated_sharpe;
mod effective_trials;
#[cfg(test)]
mod example;
mod folds;
mod normal;
mod overfitting;
mod range_sharpe;
mod sharpe_estimate;
mod silhouette;
mod stationary_bootstrap;
mod superior_ability;
mod sweep_luck;
mod trade_order;
mod verdict;

pub use bootstrap_bands::{Band, BootstrapBands};
pub use cross_validation::CrossValidation;
pub use deflated_sharpe::DeflatedSharpe;
pub use effective_trials::EffectiveTrials;
pub use folds::{Folds, FoldsError};
pub use overfitting::{HalfSplit, Overfitting};
pub use sharpe_estimate::SharpeEstimate;
pub use superior_ability::SuperiorAbility;
pub use sweep_luck::{SweepLuck, SweepResults};
pub use trade_order::TradeOrder;
