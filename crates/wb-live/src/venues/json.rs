//! Reading JSON from front to back, without a tree and without allocation: what venues send, on the hot path.
//!
//! Whoever reads knows what should stand there and asks for it; anything else is an error with the field and the byte.
//! What nobody asks for is passed over by its brackets and quotes alone. Not serde_json: prices and quantities go
//! straight to the grid, levels straight into the buffer of the caller, and messages whose kind decides how they are
//! read need no second pass.

use std::borrow::Cow;

use wb_core::Ts;

use super::codec::CodecError;
use super::decimal::{self, Decimal};

mod field;
mod text;

pub(crate) use field::{Field, required};
use text::{quote_or_backslash, unescaped};

/// The deepest nesting of values that nobody asked for.
const DEEPEST: usize = 64;

/// The year 2200.
const LATEST_MS: u64 = 7_258_118_400_000;

pub(crate) type Read<T> = Result<T, CodecError>;

/// A place in a JSON text.
#[derive(Clone, Debug)]
pub(crate) struct Json<'a> {
    /// From here to the end.
    rest: &'a [u8],
    /// How long the whole text is.
    length: usize,
}

impl<'a> Json<'a> {
    /// Reads a whole text with `read`: nothing but spaces may follow.
    pub(crate) fn whole<T>(text: &'a [u8], read: impl FnOnce(&mut Json<'a>) -> Read<T>) -> Read<T> {
        let mut json = Json { rest: text, length: text.len() };
        let value = read(&mut json)?;
        if json.peek().is_some() { Err(json.expected("the end of the message")) } else { Ok(value) }
    }

    /// Reads an object: `member` is called with each name and must read its value.
    #[inline]
    pub(crate) fn object(&mut self, mut member: impl FnMut(&mut Json<'a>, &'a [u8]) -> Read<()>) -> Read<()> {
        self.expect(b'{', "an object")?;
        if self.take(b'}') {
            return Ok(());
        }
        loop {
            let name = self.name()?;
            member(self, name).map_err(|error| error.inside(name))?;
            if !self.take(b',') {
                return self.expect(b'}', "a comma or the end of the object");
            }
        }
    }

    /// The name of the first member of the object that begins here. Reads nothing.
    pub(crate) fn first_name(&self) -> Option<&'a [u8]> {
        let mut ahead = self.clone();
        if ahead.take(b'{') { ahead.name().ok() } else { None }
    }

    /// Looks ahead for a member of the object that begins here: its value. Reads nothing.
    #[inline]
    pub(crate) fn find(&self, wanted: &str) -> Read<Option<Json<'a>>> {
        let mut ahead = self.clone();
        ahead.expect(b'{', "an object")?;
        if ahead.take(b'}') {
            return Ok(None);
        }
        loop {
            let name = ahead.name()?;
            if name == wanted.as_bytes() {
                return Ok(Some(ahead));
            }
            ahead.skip().map_err(|error| error.inside(name))?;
            if !ahead.take(b',') {
                return Ok(None);
            }
        }
    }

    /// Reads an array: `element` is called before each element and must read it.
    #[inline]
    pub(crate) fn array(&mut self, mut element: impl FnMut(&mut Json<'a>) -> Read<()>) -> Read<()> {
        self.expect(b'[', "an array")?;
        if self.take(b']') {
            return Ok(());
        }
        loop {
            element(self)?;
            if !self.take(b',') {
                return self.expect(b']', "a comma or the end of the array");
            }
        }
    }

    /// Reads an array whose elements differ: `first` reads those that matter, in their order with [`Json::next`] before
    /// each but the first; the rest is passed over.
    #[inline]
    pub(crate) fn tuple<T>(&mut self, first: impl FnOnce(&mut Json<'a>) -> Read<T>) -> Read<T> {
        self.expect(b'[', "an array")?;
        let value = first(self)?;
        while self.take(b',') {
            self.skip()?;
        }
        self.expect(b']', "a comma or the end of the array")?;
        Ok(value)
    }

    /// Goes to the next element inside [`Json::tuple`].
    #[inline]
    pub(crate) fn next(&mut self) -> Read<&mut Json<'a>> {
        self.expect(b',', "another element")?;
        Ok(self)
    }

    /// A text.
    #[inline]
    pub(crate) fn text(&mut self) -> Read<Cow<'a, str>> {
        self.peek();
        let start = self.at();
        let (raw, escaped) = self.quoted("a text")?;
        let raw = std::str::from_utf8(raw).map_err(|_| CodecError::malformed(start, "a text in UTF-8"))?;
        Ok(if escaped { Cow::Owned(unescaped(raw)) } else { Cow::Borrowed(raw) })
    }

    /// A decimal number, bare or as a text.
    #[inline]
    pub(crate) fn decimal(&mut self) -> Read<Decimal> {
        self.number_by(Decimal::scan)
    }

    /// A number, bare or as a text: the nearest double.
    #[inline]
    pub(crate) fn number(&mut self) -> Read<f64> {
        self.number_by(decimal::observe)
    }

    /// What `scan` makes of the number here; it also gives how many bytes that takes.
    #[inline]
    fn number_by<T>(&mut self, scan: impl FnOnce(&'a [u8]) -> Option<(T, usize)>) -> Read<T> {
        self.peek();
        let start = self.at();
        let quoted = self.take_here(b'"');
        let found = scan(self.rest);
        let value = found.map(|(value, length)| {
            self.rest = &self.rest[length..];
            value
        });
        let ends = if quoted { self.take_here(b'"') } else { self.at_end_of_number() };
        value.filter(|_| ends).ok_or(CodecError::malformed(start, "a decimal number"))
    }

    /// A whole number that is not negative.
    #[inline]
    pub(crate) fn u64(&mut self) -> Read<u64> {
        self.peek();
        let start = self.at();
        let mut value = 0_u64;
        while let Some((byte, after)) = self.rest.split_first() {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                break;
            }
            let next = value.checked_mul(10).and_then(|value| value.checked_add(u64::from(digit)));
            value = next.ok_or(CodecError::malformed(start, "a smaller number"))?;
            self.rest = after;
        }
        if self.at() > start && self.at_end_of_number() {
            Ok(value)
        } else {
            Err(CodecError::malformed(start, "a whole number"))
        }
    }

    /// A whole number.
    #[inline]
    pub(crate) fn i64(&mut self) -> Read<i64> {
        let negative = self.take(b'-');
        let (start, value) = (self.at(), self.u64()?);
        let value = i64::try_from(value).map_err(|_| CodecError::malformed(start, "a smaller number"))?;
        Ok(if negative { -value } else { value })
    }

    /// An instant in milliseconds since the epoch, up to the year 2200: beyond it sums of times would overflow.
    #[inline]
    pub(crate) fn time(&mut self) -> Read<Ts> {
        self.peek();
        let (start, milliseconds) = (self.at(), self.u64()?);
        if milliseconds < LATEST_MS {
            Ok(Ts(milliseconds as i64 * 1_000_000))
        } else {
            Err(CodecError::malformed(start, "a time in milliseconds"))
        }
    }

    /// `true` or `false`.
    #[inline]
    pub(crate) fn bool(&mut self) -> Read<bool> {
        if self.literal("true") {
            Ok(true)
        } else if self.literal("false") {
            Ok(false)
        } else {
            Err(self.expected("true or false"))
        }
    }

    /// Whether `null` stands here; goes past it.
    #[inline]
    pub(crate) fn is_null(&mut self) -> bool {
        self.literal("null")
    }

    /// Whether a text stands here.
    pub(crate) fn is_text(&mut self) -> bool {
        self.peek() == Some(b'"')
    }

    /// Passes over a value of any kind.
    #[inline]
    pub(crate) fn skip(&mut self) -> Read<()> {
        match self.peek() {
            Some(b'"') => self.quoted("a text").map(drop),
            Some(b'-' | b'0'..=b'9') => {
                self.pass_number();
                Ok(())
            }
            _ => self.skip_nested(),
        }
    }

    fn skip_nested(&mut self) -> Read<()> {
        let mut depth = 0_usize;
        loop {
            match self.peek() {
                Some(b'{' | b'[') if depth < DEEPEST => {
                    depth += 1;
                    self.pass(1);
                    continue;
                }
                Some(b'{' | b'[') => return Err(self.expected("less nesting")),
                Some(b'}' | b']') if depth > 0 => {
                    depth -= 1;
                    self.pass(1);
                }
                Some(b',' | b':') if depth > 0 => {
                    self.pass(1);
                    continue;
                }
                Some(b'"') => drop(self.quoted("a text")?),
                Some(b'-' | b'0'..=b'9') => self.pass_number(),
                Some(b'n') if self.literal("null") => {}
                Some(b't' | b'f') => drop(self.bool()?),
                _ => return Err(self.expected("a value")),
            }
            if depth == 0 {
                return Ok(());
            }
        }
    }

    /// The error that something else should stand here.
    #[cold]
    pub(crate) fn expected(&self, what: &'static str) -> CodecError {
        CodecError::malformed(self.at(), what)
    }

    /// Which byte of the whole text is next.
    #[inline]
    fn at(&self) -> usize {
        self.length - self.rest.len()
    }

    /// A name and its colon.
    #[inline]
    fn name(&mut self) -> Read<&'a [u8]> {
        // Most names in market data are one letter.
        if let [b'"', b'a'..=b'z' | b'A'..=b'Z', b'"', b':', after @ ..] = self.rest {
            let name = &self.rest[1..2];
            self.rest = after;
            return Ok(name);
        }
        let (name, _) = self.quoted("a name")?;
        self.expect(b':', "a colon")?;
        Ok(name)
    }

    /// What stands between quotes, as it is written, and whether it has escapes.
    #[inline]
    fn quoted(&mut self, what: &'static str) -> Read<(&'a [u8], bool)> {
        self.expect(b'"', what)?;
        match quote_or_backslash(self.rest) {
            Some(end) if self.rest[end] == b'"' => {
                let inside = &self.rest[..end];
                self.pass(end + 1);
                Ok((inside, false))
            }
            _ => self.quoted_with_escapes(),
        }
    }

    #[cold]
    fn quoted_with_escapes(&mut self) -> Read<(&'a [u8], bool)> {
        let start = self.rest;
        while let Some(end) = quote_or_backslash(self.rest) {
            let escapes = self.rest[end] == b'\\';
            self.pass(end + 1 + usize::from(escapes));
            if !escapes {
                return Ok((&start[..start.len() - self.rest.len() - 1], true));
            }
        }
        self.rest = &[];
        Err(self.expected("the end of the text"))
    }

    /// Passes over so many bytes, or all that are left.
    #[inline]
    fn pass(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }

    /// The next byte that is no space.
    #[inline]
    fn peek(&mut self) -> Option<u8> {
        while let Some((b' ' | b'\n' | b'\r' | b'\t', after)) = self.rest.split_first() {
            self.rest = after;
        }
        self.rest.first().copied()
    }

    #[inline]
    fn take(&mut self, byte: u8) -> bool {
        self.peek();
        self.take_here(byte)
    }

    #[inline]
    fn take_here(&mut self, byte: u8) -> bool {
        match self.rest.split_first() {
            Some((found, after)) if *found == byte => {
                self.rest = after;
                true
            }
            _ => false,
        }
    }

    #[inline]
    fn expect(&mut self, byte: u8, what: &'static str) -> Read<()> {
        if self.take(byte) { Ok(()) } else { Err(self.expected(what)) }
    }

    fn literal(&mut self, word: &str) -> bool {
        self.peek();
        let after = self.rest.strip_prefix(word.as_bytes());
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    #[inline]
    fn at_end_of_number(&self) -> bool {
        !matches!(self.rest.first(), Some(b'.' | b'e' | b'E' | b'+' | b'-' | b'0'..=b'9'))
    }

    #[inline]
    fn pass_number(&mut self) {
        while !self.at_end_of_number() {
            self.pass(1);
        }
    }
}

#[cfg(test)]
mod tests;
