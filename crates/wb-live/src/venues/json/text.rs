//! Where a text ends, and what it says without its escapes.

/// How far the first quote or backslash is: eight bytes at a time, by the test for a zero byte (A. Mycroft, 1987).
#[inline]
pub(super) fn quote_or_backslash(text: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const TOPS: u64 = ONES << 7;
    const QUOTES: u64 = ONES * b'"' as u64;
    const BACKSLASHES: u64 = ONES * b'\\' as u64;
    let zero = |word: u64| word.wrapping_sub(ONES) & !word & TOPS;
    let mut at = 0;
    while let Some(eight) = text.get(at..at + 8) {
        let word = u64::from_le_bytes(eight.try_into().expect("eight bytes"));
        let hits = zero(word ^ QUOTES) | zero(word ^ BACKSLASHES);
        if hits != 0 {
            return Some(at + hits.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    Some(at + text[at..].iter().position(|byte| matches!(byte, b'"' | b'\\'))?)
}

/// A text without its escapes; what is no character becomes U+FFFD.
#[cold]
pub(super) fn unescaped(raw: &str) -> String {
    let mut plain = String::with_capacity(raw.len());
    let mut rest = raw.chars();
    while let Some(character) = rest.next() {
        plain.push(match character {
            '\\' => match rest.next() {
                Some('n') => '\n',
                Some('r') => '\r',
                Some('t') => '\t',
                Some('b') => '\u{8}',
                Some('f') => '\u{c}',
                Some('u') => {
                    let code = rest.as_str().get(..4).and_then(|digits| u32::from_str_radix(digits, 16).ok());
                    rest.by_ref().take(4).for_each(drop);
                    code.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER)
                }
                Some(escaped) => escaped,
                None => char::REPLACEMENT_CHARACTER,
            },
            character => character,
        });
    }
    plain
}
