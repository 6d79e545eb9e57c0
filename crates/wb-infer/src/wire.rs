//! The wire format of protocol buffers, as far as ONNX files need it: fields in, nothing generated.
//!
//! <https://protobuf.dev/programming-guides/encoding/>. A field of the wrong kind or a length beyond the end is an
//! error; an unknown field is skipped by whoever reads.

use crate::error::{InferError, malformed};

/// A field's content.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Content<'a> {
    Varint(u64),
    /// Eight bytes; no field that is read is of this kind.
    Fixed64,
    Bytes(&'a [u8]),
    Fixed32([u8; 4]),
}

/// The fields of one message, in the order in which they stand.
pub(crate) struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(crate) fn of(message: &'a [u8]) -> Fields<'a> {
        Fields { rest: message }
    }

    /// The next field's number and content; nothing at the end.
    pub(crate) fn next(&mut self) -> Result<Option<(u64, Content<'a>)>, InferError> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let tag = varint(&mut self.rest)?;
        let content = match tag & 7 {
            0 => Content::Varint(varint(&mut self.rest)?),
            1 => {
                array::<8>(&mut self.rest)?;
                Content::Fixed64
            }
            2 => {
                let length = varint(&mut self.rest)?;
                let length = usize::try_from(length).ok().filter(|length| *length <= self.rest.len());
                let length = length.ok_or_else(|| malformed("a field is longer than its message"))?;
                let (bytes, rest) = self.rest.split_at(length);
                self.rest = rest;
                Content::Bytes(bytes)
            }
            5 => Content::Fixed32(array(&mut self.rest)?),
            kind => return Err(malformed(format!("a field of the unknown wire type {kind}"))),
        };
        Ok(Some((tag >> 3, content)))
    }
}

impl<'a> Content<'a> {
    pub(crate) fn bytes(self) -> Result<&'a [u8], InferError> {
        match self {
            Content::Bytes(bytes) => Ok(bytes),
            _ => Err(malformed("a number stands where a message or a text belongs")),
        }
    }

    pub(crate) fn text(self) -> Result<String, InferError> {
        let text = std::str::from_utf8(self.bytes()?);
        text.map(str::to_string).map_err(|_| malformed("a text is not UTF-8"))
    }

    pub(crate) fn int(self) -> Result<i64, InferError> {
        match self {
            Content::Varint(x) => Ok(x.cast_signed()),
            _ => Err(malformed("something else stands where a whole number belongs")),
        }
    }

    pub(crate) fn float(self) -> Result<f32, InferError> {
        match self {
            Content::Fixed32(bytes) => Ok(f32::from_le_bytes(bytes)),
            _ => Err(malformed("something else stands where a number belongs")),
        }
    }

    /// Appends whole numbers, packed or one by one.
    pub(crate) fn append_ints(self, out: &mut Vec<i64>) -> Result<(), InferError> {
        let Content::Bytes(mut packed) = self else {
            out.push(self.int()?);
            return Ok(());
        };
        while !packed.is_empty() {
            out.push(varint(&mut packed)?.cast_signed());
        }
        Ok(())
    }

    /// Appends numbers, packed or one by one.
    pub(crate) fn append_floats(self, out: &mut Vec<f32>) -> Result<(), InferError> {
        let Content::Bytes(mut packed) = self else {
            out.push(self.float()?);
            return Ok(());
        };
        while !packed.is_empty() {
            out.push(f32::from_le_bytes(array(&mut packed)?));
        }
        Ok(())
    }
}

fn varint(rest: &mut &[u8]) -> Result<u64, InferError> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let (first, others) = rest.split_first().ok_or_else(|| malformed("it ends within a number"))?;
        *rest = others;
        value |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(malformed("a number of more than ten bytes"))
}

fn array<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], InferError> {
    let (bytes, others) = rest.split_first_chunk().ok_or_else(|| malformed("it ends within a number"))?;
    *rest = others;
    Ok(*bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_as_the_encoding_guide_writes_them() {
        // The guide's examples: a = 150; b = "testing"; packed f = 3, 270, 86942.
        let mut fields = Fields::of(b"\x08\x96\x01\x12\x07testing\x32\x06\x03\x8e\x02\x9e\xa7\x05");
        let (number, content) = fields.next().expect("sound").expect("a field");
        assert_eq!((number, content.int()), (1, Ok(150)));
        let (number, content) = fields.next().expect("sound").expect("a field");
        assert_eq!((number, content.text()), (2, Ok("testing".to_string())));
        let (number, content) = fields.next().expect("sound").expect("a field");
        let mut ints = Vec::new();
        content.append_ints(&mut ints).expect("sound");
        assert_eq!((number, ints), (6, vec![3, 270, 86942]));
        assert!(fields.next().expect("sound").is_none());
    }

    #[test]
    fn what_ends_too_early_is_refused() {
        for bytes in [&b"\x08"[..], b"\x08\x80", b"\x12\x07test", b"\x0d\x00\x00", b"\x09\x00", b"\x0b\x00"] {
            assert!(Fields::of(bytes).next().is_err(), "{bytes:?}");
        }
        assert!(Fields::of(&[0xff; 11]).next().is_err(), "a number without an end");
    }
}
