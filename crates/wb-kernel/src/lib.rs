//! The deterministic trading kernel.

mod risk;

pub use risk::RiskLimits;
