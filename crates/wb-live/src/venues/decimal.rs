//! Decimal numbers as venues write them: exact on a grid, and the nearest double where one is observed.

use std::fmt::Write;

use wb_core::Grid;

/// `mantissa / 10^decimals`, exact.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Decimal {
    mantissa: i64,
    decimals: u8,
}

/// So many digits always fit.
const DIGITS: usize = 18;

/// Powers of ten that a double holds exactly.
const POW10_F64: [f64; DIGITS + 1] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18];

const POW10: [i64; DIGITS + 1] = {
    let mut powers = [1; DIGITS + 1];
    let mut n = 1;
    while n <= DIGITS {
        powers[n] = powers[n - 1] * 10;
        n += 1;
    }
    powers
};

impl Decimal {
    /// Reads the number that a text begins with, and how many bytes it takes: digits with at most one point between
    /// them and a sign, without an exponent. `None` for anything else, and for more than 18 digits that count.
    #[inline]
    pub(crate) fn scan(text: &[u8]) -> Option<(Decimal, usize)> {
        let sign = usize::from(text.first() == Some(&b'-'));
        let (mut mantissa, mut point, mut end) = (0_i64, None, sign);
        while let Some(byte) = text.get(end) {
            let digit = byte.wrapping_sub(b'0');
            if digit < 10 {
                // Wraps only beyond 18 digits, which are read again below.
                mantissa = mantissa.wrapping_mul(10).wrapping_add(i64::from(digit));
            } else if *byte == b'.' && point.is_none() {
                point = Some(end);
            } else {
                break;
            }
            end += 1;
        }
        let decimals = point.map_or(0, |point| end - point - 1);
        let digits = end - sign - usize::from(point.is_some());
        let bare = point.is_some_and(|point| point == sign || decimals == 0);
        if digits == 0 || bare {
            return None;
        }
        if digits > DIGITS {
            return Some((Decimal::long(&text[..end])?, end));
        }
        let mantissa = if sign == 1 { -mantissa } else { mantissa };
        Some((Decimal { mantissa, decimals: decimals as u8 }, end))
    }

    /// Reads a number whose digits are too many, but perhaps only for its zeros at either end.
    #[cold]
    fn long(text: &[u8]) -> Option<Decimal> {
        let (sign, digits) = if text[0] == b'-' { (-1, &text[1..]) } else { (1, text) };
        let point = digits.iter().position(|byte| *byte == b'.').unwrap_or(digits.len());
        let (whole, fraction) = digits.split_at(point);
        let fraction = fraction.strip_prefix(b".").unwrap_or(fraction);
        let significant = fraction.iter().rposition(|byte| *byte != b'0').map_or(0, |last| last + 1);
        let mut mantissa = 0_i64;
        for digit in whole.iter().chain(&fraction[..significant]) {
            mantissa = mantissa.checked_mul(10)?.checked_add(i64::from(digit - b'0'))?;
        }
        let decimals = u8::try_from(significant).ok().filter(|n| usize::from(*n) <= DIGITS)?;
        Some(Decimal { mantissa: sign * mantissa, decimals })
    }

    /// The double that parsing the text gives, where one division finds it: a quotient of two exact doubles is rounded
    /// once (W. Clinger, 1990).
    #[inline]
    pub(crate) fn to_f64(self) -> Option<f64> {
        let exact = self.mantissa.unsigned_abs() <= 1 << 53;
        exact.then(|| self.mantissa as f64 / POW10_F64[usize::from(self.decimals)])
    }

    /// How many steps of the grid it is; `None` where it lies between two.
    #[inline]
    pub(crate) fn on_grid(self, grid: Grid) -> Option<i64> {
        // value / step = mantissa * 10^(grid's decimals) / (grid's mantissa * 10^decimals), shortened.
        let (ours, theirs) = (self.decimals, grid.decimals());
        let up = POW10[usize::from(theirs.saturating_sub(ours))];
        let down = grid.mantissa().checked_mul(POW10[usize::from(ours.saturating_sub(theirs))])?;
        let value = self.mantissa.checked_mul(up)?;
        if value % down == 0 { Some(value / down) } else { None }
    }

    /// The least number of steps that is not below it; `None` at zero and below.
    pub(crate) fn at_least(self, grid: Grid) -> Option<i64> {
        let most = self.at_most(grid).unwrap_or(0);
        let least = if self.on_grid(grid) == Some(most) { most } else { most.checked_add(1)? };
        (self.mantissa > 0).then_some(least)
    }

    /// The greatest number of steps that is not above it, if it is above zero.
    pub(crate) fn at_most(self, grid: Grid) -> Option<i64> {
        let wide = |decimals: u8| i128::from(POW10[usize::from(decimals)]);
        let value = i128::from(self.mantissa) * wide(grid.decimals());
        let steps = value / (i128::from(grid.mantissa()) * wide(self.decimals));
        i64::try_from(steps).ok().filter(|steps| *steps > 0)
    }

    /// So many steps of a grid; `None` where that is too much to write.
    pub(crate) fn of_steps(steps: i64, grid: Grid) -> Option<Decimal> {
        Some(Decimal { mantissa: steps.checked_mul(grid.mantissa())?, decimals: grid.decimals() })
    }

    /// The grid whose step this is, if it is above zero.
    pub(crate) fn grid(self) -> Option<Grid> {
        let (mut mantissa, mut decimals) = (self.mantissa, self.decimals);
        while decimals > 0 && mantissa % 10 == 0 {
            (mantissa, decimals) = (mantissa / 10, decimals - 1);
        }
        Grid::new(mantissa, decimals)
    }

    /// Appends its digits, as many behind the point as it has decimals.
    pub(crate) fn write(self, out: &mut String) {
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let (digits, decimals) = (self.mantissa.unsigned_abs(), usize::from(self.decimals));
        let scale = POW10[decimals].unsigned_abs();
        let (whole, fraction) = (digits / scale, digits % scale);
        let written = if decimals == 0 {
            write!(out, "{sign}{whole}")
        } else {
            write!(out, "{sign}{whole}.{fraction:0decimals$}")
        };
        written.expect("a string takes any text");
    }
}

/// Reads the number that a text begins with, as [`Decimal::scan`] but with any number of digits: the nearest double.
#[inline]
pub(crate) fn observe(text: &[u8]) -> Option<(f64, usize)> {
    Decimal::scan(text)
        .and_then(|(value, length)| Some((value.to_f64()?, length)))
        .or_else(|| observe_long(text))
}

#[cold]
fn observe_long(text: &[u8]) -> Option<(f64, usize)> {
    let length =
        text.iter().position(|byte| !matches!(byte, b'-' | b'.' | b'0'..=b'9')).unwrap_or(text.len());
    let digits = std::str::from_utf8(&text[..length]).ok()?;
    let bare = digits.trim_start_matches('-').starts_with('.') || digits.ends_with('.');
    if bare { None } else { Some((digits.parse().ok()?, length)) }
}

#[cfg(test)]
mod tests {
    use wb_core::Rng;

    use super::*;

    fn read(text: &str) -> Option<Decimal> {
        let (value, end) = Decimal::scan(text.as_bytes())?;
        (end == text.len()).then_some(value)
    }

    fn written(value: Decimal) -> String {
        let mut text = String::new();
        value.write(&mut text);
        text
    }

    #[test]
    fn a_number_is_the_text_and_the_double_that_it_was() {
        let mut rng = Rng::new(11);
        for _ in 0..20_000 {
            let digits = rng.next_u64() % 10_u64.pow(1 + rng.below(17) as u32);
            let decimals = rng.below(13) as usize;
            let mut text = format!("{digits:0width$}", width = decimals + 1);
            if decimals > 0 {
                text.insert(text.len() - decimals, '.');
            }
            let value = read(&text).expect("a decimal");
            assert_eq!(written(value), text);
            if let Some(double) = value.to_f64() {
                assert_eq!(double.to_bits(), text.parse::<f64>().expect("a number").to_bits(), "{text}");
            }
        }
    }

    #[test]
    fn zeros_at_either_end_do_not_count() {
        let check =
            |text: &str, expected: &str| assert_eq!(read(text).map(written).as_deref(), Some(expected));
        check("12345678901234.00000000", "12345678901234");
        check("-0000000000000000000012.50000000", "-12.5");
        check("0.000000000000000001", "0.000000000000000001");
        check("0.00000000000000000000", "0");
    }

    #[test]
    fn anything_else_is_no_number() {
        for bad in [
            "",
            "-",
            ".",
            ".5",
            "-.5",
            "5.",
            "1e5",
            "+1",
            "1.2.3",
            "--1",
            "1-",
            "12345678901234567890",
            "0x1",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
        assert_eq!(read("0.0000000000000000001"), None, "19 decimals");
    }

    #[test]
    fn steps_are_exact_and_a_price_between_two_has_none() {
        let check = |text: &str, step: &str, steps: Option<i64>| {
            let grid = read(step).and_then(Decimal::grid).expect("a step");
            let value = read(text).expect("a number");
            assert_eq!(value.on_grid(grid), steps, "{text} by {step}");
            if let Some(steps) = steps {
                let back = Decimal::of_steps(steps, grid).expect("small");
                assert_eq!(back.on_grid(grid), Some(steps), "{text} by {step}");
            }
        };
        check("60650.01000000", "0.01000000", Some(6_065_001));
        check("0.00847", "0.00001000", Some(847));
        check("0.75", "0.25", Some(3));
        check("0.7", "0.25", None);
        check("0.701", "0.01", None);
        check("-1.5", "0.5", Some(-3));
        check("7", "1.00000000", Some(7));
        check("900000000000000000", "0.01", None);
        assert_eq!(read("0.00000000").and_then(Decimal::grid), None, "no step");
    }
}
