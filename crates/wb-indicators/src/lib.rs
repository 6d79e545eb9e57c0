//! Technical indicators, each one `update` function that streams and folds alike.

mod indicator;

pub use indicator::{Definition, Indicator, column};
