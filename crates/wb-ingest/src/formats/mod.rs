//! What is known of the layouts that venues and programs write.

mod binance;
mod freqtrade;
mod lean;
mod recognise;
mod yahoo;

pub(crate) use recognise::{Facts, recognise};
