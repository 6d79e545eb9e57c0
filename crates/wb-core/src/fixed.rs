//! Exact integers on a grid: prices in ticks, quantities in lots.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

/// A price in ticks of its instrument.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Price(pub i64);

/// A quantity in lots of its instrument, never negative.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Qty(i64);

/// A position in lots: positive is long, negative is short.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct SignedQty(pub i64);

impl Qty {
    /// Nothing.
    pub const ZERO: Qty = Qty(0);

    /// So many lots.
    ///
    /// # Panics
    /// If `lots` is negative.
    pub const fn new(lots: i64) -> Qty {
        assert!(lots >= 0, "a quantity is never negative");
        Qty(lots)
    }

    /// The number of lots.
    pub const fn lots(self) -> i64 {
        self.0
    }

    /// Whether there is nothing.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
}

impl Add for Qty {
    type Output = Qty;
    fn add(self, other: Qty) -> Qty {
        Qty(self.0 + other.0)
    }
}

impl AddAssign for Qty {
    fn add_assign(&mut self, other: Qty) {
        self.0 += other.0;
    }
}

/// # Panics
/// If the result would be negative.
impl Sub for Qty {
    type Output = Qty;
    fn sub(self, other: Qty) -> Qty {
        Qty::new(self.0 - other.0)
    }
}

/// # Panics
/// If the result would be negative.
impl SubAssign for Qty {
    fn sub_assign(&mut self, other: Qty) {
        *self = *self - other;
    }
}

impl Sum for Qty {
    fn sum<I: Iterator<Item = Qty>>(iter: I) -> Qty {
        iter.fold(Qty::ZERO, Add::add)
    }
}

impl SignedQty {
    /// No position.
    pub const ZERO: SignedQty = SignedQty(0);

    /// The size without its sign.
    pub const fn abs(self) -> Qty {
        Qty(self.0.abs())
    }

    /// Whether there is no position.
    pub const fn is_flat(self) -> bool {
        self.0 == 0
    }
}

impl Add for SignedQty {
    type Output = SignedQty;
    fn add(self, other: SignedQty) -> SignedQty {
        SignedQty(self.0 + other.0)
    }
}

impl AddAssign for SignedQty {
    fn add_assign(&mut self, other: SignedQty) {
        self.0 += other.0;
    }
}

impl Sub for SignedQty {
    type Output = SignedQty;
    fn sub(self, other: SignedQty) -> SignedQty {
        SignedQty(self.0 - other.0)
    }
}

impl Neg for SignedQty {
    type Output = SignedQty;
    fn neg(self) -> SignedQty {
        SignedQty(-self.0)
    }
}

impl Add<Price> for Price {
    type Output = Price;
    fn add(self, other: Price) -> Price {
        Price(self.0 + other.0)
    }
}

impl Sub<Price> for Price {
    type Output = Price;
    fn sub(self, other: Price) -> Price {
        Price(self.0 - other.0)
    }
}

/// The step of a grid, exact as a decimal fraction: `mantissa / 10^decimals`.
///
/// Multiples are the doubles nearest to the true decimal, the same that parsing their text gives, as long as
/// they have at most 15 digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Grid {
    mantissa: i64,
    decimals: u8,
}

const POW10: [f64; 19] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18];

impl Grid {
    /// The step `mantissa / 10^decimals`, for example `Grid::new(25, 2)` for 0.25. `None` unless the mantissa
    /// is positive and there are at most 18 decimals.
    pub const fn new(mantissa: i64, decimals: u8) -> Option<Grid> {
        if mantissa > 0 && decimals <= 18 { Some(Grid { mantissa, decimals }) } else { None }
    }

    /// The step `10^-decimals`, with at most 18 decimals.
    ///
    /// # Panics
    /// If there are more than 18 decimals.
    pub const fn decimal(decimals: u8) -> Grid {
        assert!(decimals <= 18, "a grid has at most 18 decimals");
        Grid { mantissa: 1, decimals }
    }

    /// Reads a positive decimal such as `0.25`, `1` or `1e-8`. `None` for anything else.
    pub fn parse(text: &str) -> Option<Grid> {
        if let Some((mantissa, exponent)) = text.split_once(['e', 'E']) {
            let exponent = exponent.parse::<i8>().ok()?;
            let grid = Grid::parse(mantissa)?;
            if exponent < 0 {
                return Grid::new(grid.mantissa, grid.decimals.checked_add(exponent.unsigned_abs())?);
            }
            let scale = 10_i64.checked_pow(u32::from(exponent.unsigned_abs()))?;
            return Grid::new(grid.mantissa.checked_mul(scale)?, grid.decimals);
        }
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let fraction = fraction.trim_end_matches('0');
        let digits = !whole.is_empty() && whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit());
        if !digits || fraction.len() > 18 {
            return None;
        }
        Grid::new(format!("{whole}{fraction}").parse().ok()?, fraction.len() as u8)
    }

    /// The size of one step.
    #[inline]
    pub fn step(self) -> f64 {
        self.value(1)
    }

    /// `n` steps as a number.
    #[inline]
    pub fn value(self, n: i64) -> f64 {
        (n as f64 * self.mantissa as f64) / POW10[self.decimals as usize]
    }

    /// The step times `10^decimals`: with [`Grid::decimals`] what [`Grid::new`] takes.
    pub const fn mantissa(self) -> i64 {
        self.mantissa
    }

    /// Digits after the decimal point that are needed to write any multiple.
    pub const fn decimals(self) -> u8 {
        self.decimals
    }

    /// The multiple nearest to `x`; halves away from zero.
    #[inline]
    pub fn nearest(self, x: f64) -> i64 {
        let steps = x * POW10[self.decimals as usize] / self.mantissa as f64;
        // `f64::round` is a call where the machine at hand need not have an instruction for it.
        let whole = steps as i64;
        let rest = steps - whole as f64;
        whole.saturating_add(i64::from(rest >= 0.5)).saturating_sub(i64::from(rest <= -0.5))
    }

    /// The largest multiple that is not above `x`.
    #[inline]
    pub fn floor(self, x: f64) -> i64 {
        let near = self.nearest(x);
        if self.value(near) > x { near - 1 } else { near }
    }

    /// The smallest multiple that is not below `x`.
    #[inline]
    pub fn ceil(self, x: f64) -> i64 {
        let near = self.nearest(x);
        if self.value(near) < x { near + 1 } else { near }
    }

    /// The multiple that `x` is, or `None` where it lies between two.
    pub fn exact(self, x: f64) -> Option<i64> {
        let near = self.nearest(x);
        #[expect(clippy::float_cmp, reason = "being on the grid means being the very double of a multiple")]
        let on_grid = self.value(near) == x;
        on_grid.then_some(near)
    }
}

/// The step as a decimal: `0.25`.
impl fmt::Display for Grid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.*}", usize::from(self.decimals), self.step())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_multiple_is_the_double_that_its_text_parses_to() {
        let grid = Grid::decimal(8);
        for n in [1, 3, 7, 12_345_678, 6_421_050_000_000, 999_999_999_999_999] {
            let text = format!("{}.{:08}", n / 100_000_000, n % 100_000_000);
            assert_eq!(grid.exact(text.parse().expect("a number")), Some(n), "{text}");
        }
    }

    #[test]
    fn rounding_goes_where_it_says_for_every_sign_and_offset() {
        let grid = Grid::new(25, 2).expect("a quarter");
        // (x, floor, nearest, ceil)
        let cases = [
            (1.0, 4, 4, 4),
            (1.1, 4, 4, 5),
            (1.125, 4, 5, 5),
            (1.2, 4, 5, 5),
            (-1.1, -5, -4, -4),
            (0.0, 0, 0, 0),
        ];
        for (x, floor, nearest, ceil) in cases {
            assert_eq!((grid.floor(x), grid.nearest(x), grid.ceil(x)), (floor, nearest, ceil), "{x}");
        }
        assert_eq!(Grid::decimal(1).floor(0.3), 3);
        assert_eq!(Grid::decimal(1).ceil(0.1 + 0.2), 4, "0.30000000000000004 lies above 0.3");
        assert_eq!(grid.exact(1.1), None);
    }

    #[test]
    fn steps_are_read_as_written() {
        for (text, mantissa, decimals) in [
            ("0.25", 25, 2),
            ("1", 1, 0),
            ("1e-8", 1, 8),
            ("0.00100", 1, 3),
            ("5e1", 50, 0),
            ("12.5e-1", 125, 2),
        ] {
            assert_eq!(Grid::parse(text), Grid::new(mantissa, decimals), "{text}");
        }
        for bad in ["", "0", "-1", "0.0", "abc", ".5", "1e-30", "nan"] {
            assert_eq!(Grid::parse(bad), None, "{bad}");
        }
    }
}
