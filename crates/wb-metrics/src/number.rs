//! Numbers as people write them.

/// With commas between thousands and so many decimals: `-1,234.50`. Zero has no sign.
pub fn grouped(x: f64, decimals: usize) -> String {
    let plain = format!("{:.*}", decimals, x.abs());
    let whole = plain.find('.').unwrap_or(plain.len());
    let mut out = String::with_capacity(plain.len() + whole / 3 + 1);
    if x < 0.0 && plain.bytes().any(|digit| (b'1'..=b'9').contains(&digit)) {
        out.push('-');
    }
    for (at, digit) in plain.chars().enumerate() {
        if at > 0 && at < whole && (whole - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated_and_zero_has_no_sign() {
        let check = |x: f64, decimals: usize, expected: &str| assert_eq!(grouped(x, decimals), expected);
        check(-1_234_567.891, 2, "-1,234,567.89");
        check(-0.001, 2, "0.00");
        check(-0.25, 2, "-0.25");
        check(38_973.0, 0, "38,973");
        check(999.6, 0, "1,000");
        check(100.0, 0, "100");
        check(1234.5678, 4, "1,234.5678");
    }
}
