//! Instruments: the only place where floats become grid integers.

use std::fmt;

use crate::fixed::{Grid, Price, Qty, SignedQty};
use crate::order::Side;
use crate::time::{Interval, UtcOffsets};

/// A dense index of the instruments of one run, given at start-up in the order of the spec.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct InstrumentId(pub u32);

impl InstrumentId {
    /// The position in the run's table of instruments.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// What kind of contract an instrument is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InstrumentKind {
    /// Shares, coins: paid in full, delivered at once.
    Spot,
    /// A future without expiry.
    Perpetual,
    /// A future.
    Future,
}

/// Where a price that lies between two ticks goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Round {
    /// To the nearer tick.
    Nearest,
    /// Away from the market: a buyer bids less, a seller asks more.
    Passive,
    /// Towards the market: a buyer pays more, a seller takes less.
    Aggressive,
}

/// When a venue trades, as far as counting bars a year and cutting days needs it.
#[derive(Clone, PartialEq, Debug)]
pub struct Calendar {
    /// Trading days a year: 365 where the venue never closes, about 252 for shares.
    pub days_per_year: f64,
    /// Trading seconds a day: 86,400 where the venue never closes, 23,400 for US shares.
    pub seconds_per_day: f64,
    /// Name of the time zone in which days are cut, for people: `UTC`, `America/New_York`.
    pub zone_name: String,
    /// The same zone as offsets.
    pub zone: UtcOffsets,
}

impl Calendar {
    /// A venue that never closes; days are cut at midnight UTC.
    pub fn always_open() -> Calendar {
        Calendar {
            days_per_year: 365.0,
            seconds_per_day: 86_400.0,
            zone_name: "UTC".to_string(),
            zone: UtcOffsets::default(),
        }
    }

    /// Whether the venue never closes.
    pub fn is_always_open(&self) -> bool {
        self.days_per_year >= 365.0 && self.seconds_per_day >= 86_400.0
    }

    /// Bars of this interval in a year of trading. A bar of a day or longer counts trading days.
    pub fn bars_per_year(&self, interval: Interval) -> f64 {
        match interval {
            Interval::Days(n) if self.is_always_open() => self.days_per_year / f64::from(n),
            // Trading weeks have five days of seven: a bar of n calendar days covers n * days_per_year / 365 of them.
            Interval::Days(1) => self.days_per_year,
            Interval::Days(n) => 365.0 / f64::from(n),
            _ => self.days_per_year * self.seconds_per_day / interval.span().as_seconds_f64(),
        }
    }
}

/// A contract at a venue: its names, grids and calendar.
#[derive(Clone, PartialEq, Debug)]
pub struct Instrument {
    /// The run's index of it.
    pub id: InstrumentId,
    /// The venue's name for it: `BTCUSDT`.
    pub symbol: String,
    /// The venue, lower case: `binance`.
    pub venue: String,
    /// What kind of contract it is.
    pub kind: InstrumentKind,
    /// Currency in which its profit is settled: `USDT`.
    pub currency: String,
    /// The price grid.
    pub tick: Grid,
    /// The quantity grid.
    pub lot: Grid,
    /// Value of one unit at a price of one: 1 for spot, 50 for an index future of 50 a point.
    pub multiplier: f64,
    /// When it trades.
    pub calendar: Calendar,
}

/// A price that lies between two ticks.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct OffGrid {
    /// The price asked for.
    pub price: f64,
    /// The instrument's tick.
    pub tick: Grid,
}

impl fmt::Display for OffGrid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "price {} is not a multiple of the tick {}", self.price, self.tick)
    }
}

impl std::error::Error for OffGrid {}

impl Instrument {
    /// `venue:SYMBOL`, as specs write it.
    pub fn name(&self) -> String {
        format!("{}:{}", self.venue, self.symbol)
    }

    /// The price on the grid for an order of this side.
    #[inline]
    pub fn price(&self, x: f64, side: Side, round: Round) -> Price {
        let up = match round {
            Round::Nearest => return Price(self.tick.nearest(x)),
            Round::Passive => side == Side::Sell,
            Round::Aggressive => side == Side::Buy,
        };
        Price(if up { self.tick.ceil(x) } else { self.tick.floor(x) })
    }

    /// The price on the grid that `x` is.
    ///
    /// # Errors
    /// Where `x` lies between two ticks.
    pub fn exact_price(&self, x: f64) -> Result<Price, OffGrid> {
        self.tick.exact(x).map(Price).ok_or(OffGrid { price: x, tick: self.tick })
    }

    /// The largest quantity on the grid that is not above `x`; nothing for a negative or absent number.
    #[inline]
    pub fn qty(&self, x: f64) -> Qty {
        if x > 0.0 { Qty::new(self.lot.floor(x).max(0)) } else { Qty::ZERO }
    }

    /// The price as a number.
    #[inline]
    pub fn price_f64(&self, price: Price) -> f64 {
        self.tick.value(price.0)
    }

    /// The quantity as a number of units.
    #[inline]
    pub fn qty_f64(&self, qty: Qty) -> f64 {
        self.lot.value(qty.lots())
    }

    /// The position as a number of units, with its sign.
    #[inline]
    pub fn signed_f64(&self, qty: SignedQty) -> f64 {
        self.lot.value(qty.0)
    }

    /// What `units` are worth at `price`, in the settlement currency.
    #[inline]
    pub fn notional(&self, units: f64, price: f64) -> f64 {
        units * price * self.multiplier
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instrument(tick: &str, lot: &str) -> Instrument {
        Instrument {
            id: InstrumentId(0),
            symbol: "X".into(),
            venue: "v".into(),
            kind: InstrumentKind::Spot,
            currency: "USD".into(),
            tick: Grid::parse(tick).expect("tick"),
            lot: Grid::parse(lot).expect("lot"),
            multiplier: 1.0,
            calendar: Calendar::always_open(),
        }
    }

    #[test]
    fn every_rounding_mode_and_side_is_as_stated() {
        let x = instrument("0.25", "1");
        // (price, side, round, ticks)
        let cases = [
            (1.1, Side::Buy, Round::Passive, 4),
            (1.1, Side::Buy, Round::Aggressive, 5),
            (1.1, Side::Sell, Round::Passive, 5),
            (1.1, Side::Sell, Round::Aggressive, 4),
            (1.1, Side::Buy, Round::Nearest, 4),
            (1.2, Side::Sell, Round::Nearest, 5),
        ];
        for (price, side, round, ticks) in cases {
            assert_eq!(x.price(price, side, round), Price(ticks), "{price} {side:?} {round:?}");
        }
        for round in [Round::Nearest, Round::Passive, Round::Aggressive] {
            assert_eq!(x.price(1.25, Side::Buy, round), Price(5));
            assert_eq!(x.price(1.25, Side::Sell, round), Price(5));
        }
        assert!(x.exact_price(1.1).is_err());
    }

    #[test]
    fn quantities_round_down_and_never_below_zero() {
        let x = instrument("0.01", "0.001");
        assert_eq!(x.qty(1.0009), Qty::new(1000));
        assert_eq!(x.qty(0.003), Qty::new(3));
        assert_eq!(x.qty(-1.0), Qty::ZERO);
        assert_eq!(x.qty(f64::NAN), Qty::ZERO);
    }

    #[test]
    fn bars_a_year_follow_the_calendar() {
        let always = Calendar::always_open();
        assert_eq!(always.bars_per_year(Interval::Minutes(1)) as i64, 525_600);
        assert_eq!(always.bars_per_year(Interval::Days(1)) as i64, 365);
        let shares = Calendar { days_per_year: 252.0, seconds_per_day: 23_400.0, ..always };
        assert_eq!(shares.bars_per_year(Interval::Minutes(1)) as i64, 98_280);
        assert_eq!(shares.bars_per_year(Interval::Days(1)) as i64, 252);
        assert_eq!(shares.bars_per_year(Interval::Days(7)) as i64, 52);
    }
}
