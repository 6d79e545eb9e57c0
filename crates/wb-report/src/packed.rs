//! Columns of numbers as short text: whole numbers as variable-length bytes, in Base64. `columns.js` reads them.

/// A column in which a value is mostly near the one before it: differences are kept.
pub(crate) fn steps(values: impl Iterator<Item = Option<i64>>) -> String {
    let mut previous = 0;
    pack(values.map(|value| {
        value.map(|v| {
            let step = v.wrapping_sub(previous);
            previous = v;
            step
        })
    }))
}

/// A column of numbers that are small themselves.
pub(crate) fn plain(values: impl Iterator<Item = i64>) -> String {
    pack(values.map(Some))
}

/// Zero stands for an absent value; another is zigzag coded (0, -1, 1, -2, …) and one is added. Seven bits a
/// byte, low ones first, the eighth says that more follow.
fn pack(values: impl Iterator<Item = Option<i64>>) -> String {
    let mut bytes = Vec::with_capacity(values.size_hint().0 * 2);
    for value in values {
        let mut code = match value {
            // Doubled in 128 bits: the ends of the range have no zigzag in 64.
            Some(v) => ((i128::from(v) << 1) ^ (i128::from(v) >> 127)) as u128 + 1,
            None => 0,
        };
        while code >= 0x80 {
            bytes.push(code as u8 | 0x80);
            code >>= 7;
        }
        bytes.push(code as u8);
    }
    base64(&bytes)
}

/// `x` times `unit`, to the nearest whole number; absent where that is no number or too large to be exact in a script.
pub(crate) fn scaled(x: f64, unit: f64) -> Option<i64> {
    let scaled = (x * unit).round();
    (scaled.abs() < 9e15).then_some(scaled as i64)
}

/// RFC 4648 Base64 with padding.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group = chunk.iter().enumerate().fold(0, |acc, (i, b)| acc | u32::from(*b) << (16 - 8 * i));
        for i in 0..4 {
            let digit = ALPHABET[(group >> (18 - 6 * i) & 63) as usize];
            out.push(if i <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_meets_the_vectors_of_rfc_4648() {
        let vectors = [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ];
        for (bytes, text) in vectors {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn small_numbers_take_one_byte() {
        // 0 → 1, -1 → 2, 1 → 3, absent → 0, 63 → 127 (one byte), 64 → 129 (two bytes).
        assert_eq!(
            pack([Some(0), Some(-1), Some(1), None, Some(63), Some(64)].into_iter()),
            base64(&[1, 2, 3, 0, 127, 0x81, 1])
        );
        assert_eq!(steps([Some(100), None, Some(101)].into_iter()), base64(&[0xC9, 1, 0, 3]));
    }

    /// What `columns.js` does.
    fn unpack(text: &str) -> Vec<Option<i64>> {
        const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let digits = text.bytes().filter_map(|c| ALPHABET.find(char::from(c)));
        let bits: Vec<usize> = digits.flat_map(|d| (0..6).rev().map(move |i| d >> i & 1)).collect();
        let bytes: Vec<usize> =
            bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |b, bit| b << 1 | bit)).collect();
        let mut out = Vec::new();
        let (mut code, mut shift) = (0_u128, 0);
        for byte in bytes {
            code |= ((byte & 127) as u128) << shift;
            shift += 7;
            if byte & 128 == 0 {
                let zigzag = code.wrapping_sub(1) as i128;
                out.push((code > 0).then_some(((zigzag >> 1) ^ -(zigzag & 1)) as i64));
                (code, shift) = (0, 0);
            }
        }
        out
    }

    #[test]
    fn columns_are_read_back_as_they_were_written() {
        let seed = 23;
        let mut rng = wb_core::Rng::new(seed);
        for _ in 0..200 {
            let n = rng.below(50) as usize;
            let mut value = || {
                let bits = rng.below(53);
                let size = rng.below(1 << bits) as i64;
                let sign = if rng.below(2) == 0 { 1 } else { -1 };
                (rng.below(10) > 0).then_some(sign * size)
            };
            let values: Vec<Option<i64>> = (0..n).map(|_| value()).collect();
            let mut sum = 0;
            let read: Vec<Option<i64>> = unpack(&steps(values.iter().copied()))
                .into_iter()
                .map(|step| {
                    step.map(|step| {
                        sum += step;
                        sum
                    })
                })
                .collect();
            assert_eq!(read, values, "seed {seed}");
            let present: Vec<i64> = values.into_iter().flatten().collect();
            let read: Vec<i64> = unpack(&plain(present.iter().copied())).into_iter().flatten().collect();
            assert_eq!(read, present, "seed {seed}");
        }
    }

    #[test]
    fn what_a_script_cannot_hold_is_absent() {
        assert_eq!(scaled(1.25, 100.0), Some(125));
        assert_eq!(scaled(f64::NAN, 1.0), None);
        assert_eq!(scaled(f64::INFINITY, 1.0), None);
        assert_eq!(scaled(1e300, 1.0), None);
    }
}
