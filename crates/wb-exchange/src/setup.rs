//! What an exchange is opened with.

use std::sync::Arc;

use wb_core::{BarColumns, Instrument, Ts};
use wb_sim::SimConfig;

use crate::clock::{Speed, Timestamps};
use crate::faults::FaultScript;
use crate::listing::OrderRules;
use crate::path::Path;
use crate::protocol::auth::ApiKey;
use crate::protocol::rate_limits::Limits;

/// What an exchange is opened with.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The symbols, numbered from zero in their order. One settlement currency, one unit a unit.
    pub instruments: Arc<[Instrument]>,
    /// Bars of each symbol, all of one interval. Those that end by `from` are past when the exchange opens.
    pub bars: Vec<BarColumns>,
    /// Where the replay begins.
    pub from: Ts,
    /// How orders are filled and charged, and the cash of the account. Spot is paid in full: leverage counts as one.
    pub simulation: SimConfig,
    /// The path of prices inside a bar.
    pub path: Path,
    /// How fast the replay goes.
    pub speed: Speed,
    /// Which times are told.
    pub timestamps: Timestamps,
    /// Keys of the account.
    pub keys: Vec<ApiKey>,
    /// How much clients may ask for.
    pub limits: Limits,
    /// What every order must pass.
    pub rules: OrderRules,
    /// What goes wrong.
    pub faults: FaultScript,
}

/// Why an exchange cannot be opened.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SetupError {
    /// No symbol, or not one column of bars for each.
    #[error("an exchange needs at least one symbol, and bars of each")]
    NoMarkets,
    /// Bars of several lengths.
    #[error("the bars of {first} are of {of_first}, those of {other} of {of_other}")]
    Intervals {
        /// The first symbol.
        first: String,
        /// Its interval.
        of_first: String,
        /// A symbol with another.
        other: String,
        /// That.
        of_other: String,
    },
    /// Not everything is settled in the same currency.
    #[error("{first} is settled in {of_first}, {other} in {of_other}: the account has one currency")]
    Currencies {
        /// The first symbol.
        first: String,
        /// Its currency.
        of_first: String,
        /// A symbol with another.
        other: String,
        /// That.
        of_other: String,
    },
    /// Bars that a market which never closes does not have.
    #[error(
        "the bars of {symbol} do not close at whole multiples of {interval} in UTC: a market that never closes cannot list it"
    )]
    Sessions {
        /// The symbol.
        symbol: String,
        /// Its interval.
        interval: String,
    },
    /// A contract of several units.
    #[error("a unit of {0} stands for several: a spot market cannot list it")]
    Multiplier(String),
    /// A speed at which nothing goes on.
    #[error("the speed {0} is not above zero and finite")]
    Speed(String),
}

impl Setup {
    /// Whether an exchange can be opened with this.
    ///
    /// # Errors
    /// With what does not go together.
    pub(crate) fn check(&self) -> Result<(), SetupError> {
        let Some((first, bars)) = self.instruments.first().zip(self.bars.first()) else {
            return Err(SetupError::NoMarkets);
        };
        if self.bars.len() != self.instruments.len() {
            return Err(SetupError::NoMarkets);
        }
        for (other, other_bars) in self.instruments.iter().zip(&self.bars) {
            if other_bars.interval != bars.interval {
                return Err(SetupError::Intervals {
                    first: first.name(),
                    of_first: bars.interval.to_string(),
                    other: other.name(),
                    of_other: other_bars.interval.to_string(),
                });
            }
            if other.currency != first.currency {
                return Err(SetupError::Currencies {
                    first: first.name(),
                    of_first: first.currency.clone(),
                    other: other.name(),
                    of_other: other.currency.clone(),
                });
            }
            let length = other_bars.interval.span().0;
            if other_bars.ts.iter().any(|ts| ts.0.rem_euclid(length) != 0) {
                return Err(SetupError::Sessions {
                    symbol: other.name(),
                    interval: other_bars.interval.to_string(),
                });
            }
            if (other.multiplier - 1.0).abs() > f64::EPSILON {
                return Err(SetupError::Multiplier(other.name()));
            }
        }
        match self.speed {
            Speed::Times(times) if !(times.is_finite() && times > 0.0) => {
                Err(SetupError::Speed(times.to_string()))
            }
            _ => Ok(()),
        }
    }
}
