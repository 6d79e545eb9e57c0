//! Numbers as the wire has them: decimal text, with eight digits after the point or more.

use wb_core::Grid;

/// Digits after the point that every amount has at least.
const PLACES: usize = 8;

/// The shortest text that parses to this very double, with at least eight decimals: `1.5` is `1.50000000`.
pub(crate) fn decimal(x: f64) -> String {
    // Adding zero turns -0.0 to 0.0.
    let mut text = (x + 0.0).to_string();
    let places = match text.find('.') {
        Some(point) => text.len() - point - 1,
        None => {
            text.push('.');
            0
        }
    };
    text.extend(std::iter::repeat_n('0', PLACES.saturating_sub(places)));
    text
}

/// Ticks times lots as an amount of money, exact.
pub(crate) fn amount(ticks_lots: i128, tick: Grid, lot: Grid) -> String {
    let steps = ticks_lots * i128::from(tick.mantissa()) * i128::from(lot.mantissa());
    let places = usize::from(tick.decimals() + lot.decimals());
    let digits = format!("{:0>width$}", steps.unsigned_abs(), width = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    let sign = if steps < 0 { "-" } else { "" };
    let fraction = fraction.trim_end_matches('0');
    format!("{sign}{whole}.{fraction:0<PLACES$}")
}

/// An exact decimal as a client sent it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Decimal {
    digits: i128,
    places: u32,
}

impl Decimal {
    /// Reads `12`, `0.50`; nothing with a sign or an exponent, and no more than 18 digits on either side.
    pub(crate) fn parse(text: &str) -> Option<Decimal> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = |part: &str| part.len() <= 18 && part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || text.ends_with('.') || !digits(whole) || !digits(fraction) {
            return None;
        }
        let fraction = fraction.trim_end_matches('0');
        let digits = format!("{whole}{fraction}").parse().ok()?;
        Some(Decimal { digits, places: fraction.len() as u32 })
    }

    /// Digits after the point, without trailing zeros.
    pub(crate) fn places(self) -> u32 {
        self.places
    }

    /// How many steps of `grid` this is; nothing where it lies between two, or where there are too many to count.
    pub(crate) fn steps(self, grid: Grid) -> Option<i64> {
        let scaled = self.digits.checked_mul(10_i128.pow(u32::from(grid.decimals())))?;
        let step = i128::from(grid.mantissa()).checked_mul(10_i128.pow(self.places))?;
        (scaled % step == 0).then(|| i64::try_from(scaled / step).ok()).flatten()
    }

    /// The nearest double.
    pub(crate) fn as_f64(self) -> f64 {
        let text = format!("{}e-{}", self.digits, self.places);
        text.parse().expect("digits and an exponent are a number")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_comes_back_as_the_very_double() {
        for (x, text) in [
            (1.365, "1.36500000"),
            (0.0, "0.00000000"),
            (-0.0, "0.00000000"),
            (100_000.0, "100000.00000000"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e-9, "0.000000001"),
            (-2.5, "-2.50000000"),
        ] {
            assert_eq!(decimal(x), text);
            let back: f64 = text.parse().expect("a number");
            assert_eq!(back.to_bits(), (x + 0.0_f64).to_bits());
        }
    }

    #[test]
    fn money_is_exact() {
        let (tick, lot) = (Grid::decimal(3), Grid::decimal(1));
        assert_eq!(amount(1365 * 25, tick, lot), "3.41250000");
        assert_eq!(amount(0, tick, lot), "0.00000000");
        assert_eq!(amount(-1, tick, lot), "-0.00010000");
        assert_eq!(amount(3, Grid::decimal(5), Grid::decimal(5)), "0.0000000003");
        assert_eq!(amount(3, Grid::new(25, 2).expect("a grid"), Grid::decimal(0)), "0.75000000");
    }

    #[test]
    fn what_a_client_sends_is_read_exactly_or_not_at_all() {
        for (text, grid, steps) in [
            ("0.1", Grid::decimal(3), Some(100)),
            ("23416.10000000", Grid::decimal(2), Some(2_341_610)),
            ("10", Grid::decimal(0), Some(10)),
            ("0.1", Grid::decimal(0), None),
            ("0.30", Grid::new(25, 2).expect("a grid"), None),
            ("0.75", Grid::new(25, 2).expect("a grid"), Some(3)),
        ] {
            assert_eq!(Decimal::parse(text).expect(text).steps(grid), steps, "{text}");
        }
        for bad in ["", "-1", "+1", "1e3", ".5", "1.", "abc", "1.2.3", "1234567890123456789012", "NaN"] {
            assert_eq!(Decimal::parse(bad), None, "{bad}");
        }
        assert_eq!(Decimal::parse("0.100").expect("a number").places(), 1);
    }
}
