//! The price chart: which bars are embedded in the page, and how.

mod data;
mod history;
mod section;

pub use section::{FeatureColumn, PriceSeries};

pub(crate) use data::ends;
pub(crate) use section::price_chart;
