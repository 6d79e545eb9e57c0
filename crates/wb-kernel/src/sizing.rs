//! How large a position is meant to be.

/// A position to hold, with its sign: negative is short.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Size {
    /// So many units.
    Units(f64),
    /// Worth so much at the last price, settlement currency.
    Notional(f64),
    /// Worth this share of equity at the last price.
    Equity(f64),
    /// So large that the position's volatility is `target` of equity: the share is `target / measured`.
    Volatility {
        /// Volatility wanted, annual, as a share of equity; its sign is the direction.
        target: f64,
        /// Volatility of the instrument, annual, above zero.
        measured: f64,
    },
}

impl Size {
    /// The units meant, for an account worth `equity` and an instrument at `price` with this multiplier. Nothing
    /// where the price, the equity or the measured volatility is not above zero.
    #[inline]
    pub fn units(self, equity: f64, price: f64, multiplier: f64) -> f64 {
        let worth = match self {
            Size::Units(units) => return units,
            Size::Notional(notional) => notional,
            Size::Equity(share) => share * equity.max(0.0),
            Size::Volatility { target, measured } if measured > 0.0 => target / measured * equity.max(0.0),
            Size::Volatility { .. } => 0.0,
        };
        let unit = price * multiplier;
        if unit > 0.0 { worth / unit } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_of_sizing_gives_the_units_meant() {
        // An account of 1,000 and a contract of 5 a point at 20: one unit is worth 100.
        let check = |size: Size, units: f64| {
            assert!((size.units(1000.0, 20.0, 5.0) - units).abs() < 1e-12, "{size:?}");
        };
        check(Size::Units(-3.0), -3.0);
        check(Size::Notional(250.0), 2.5);
        check(Size::Equity(0.5), 5.0);
        check(Size::Equity(-1.0), -10.0);
        check(Size::Volatility { target: 0.1, measured: 0.4 }, 2.5);
        check(Size::Volatility { target: 0.1, measured: 0.0 }, 0.0);
    }
}
