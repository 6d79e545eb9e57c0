//! A stream of text, cut into blocks at line ends.

use std::io::Read;

/// Bytes of a block. Large enough that the work per block does not show, small against the memory allowed.
const BLOCK: usize = 16 << 20;

/// Whole lines of a text, none of them blank, each with its line end.
#[derive(Debug, Default)]
pub(crate) struct Block {
    pub(crate) bytes: Vec<u8>,
    pub(crate) lines: LineNumbers,
}

/// The numbers that the lines of a block have in their file.
#[derive(Clone, Debug, Default)]
pub(crate) struct LineNumbers {
    first: u64,
    /// Only where blank lines were left out.
    listed: Option<Vec<u64>>,
}

impl LineNumbers {
    /// Consecutive numbers from `first` on.
    pub(crate) fn from(first: u64) -> LineNumbers {
        LineNumbers { first, listed: None }
    }

    /// These numbers.
    pub(crate) fn listed(numbers: Vec<u64>) -> LineNumbers {
        LineNumbers { first: 0, listed: Some(numbers) }
    }

    /// The number of the block's line `i`.
    pub(crate) fn of(&self, i: usize) -> u64 {
        match &self.listed {
            Some(listed) => listed[i],
            None => self.first + i as u64,
        }
    }
}

/// Reads blocks of whole lines.
pub(crate) struct LineBlocks<'a> {
    reader: &'a mut dyn Read,
    size: usize,
    carry: Vec<u8>,
    next_line: u64,
    ended: bool,
}

impl<'a> LineBlocks<'a> {
    /// Blocks of the usual size; lines are numbered from 1.
    pub(crate) fn new(reader: &'a mut dyn Read) -> LineBlocks<'a> {
        LineBlocks::with_size(reader, BLOCK)
    }

    /// Blocks of about `size` bytes.
    pub(crate) fn with_size(reader: &'a mut dyn Read, size: usize) -> LineBlocks<'a> {
        LineBlocks { reader, size, carry: Vec::new(), next_line: 1, ended: false }
    }

    /// The next lines, or `None` at the end. The first block begins without a byte order mark, the last line
    /// gets a line end if it has none.
    pub(crate) fn next_block(&mut self) -> std::io::Result<Option<Block>> {
        let mut bytes = std::mem::take(&mut self.carry);
        loop {
            if !self.ended {
                let wanted = self.size.saturating_sub(bytes.len()).max(1 << 10) as u64;
                let n = Read::take(&mut *self.reader, wanted).read_to_end(&mut bytes)? as u64;
                self.ended = n < wanted;
            }
            if self.ended {
                if bytes.last().is_some_and(|b| *b != b'\n') {
                    bytes.push(b'\n');
                }
                break;
            }
            if let Some(end) = memchr::memrchr(b'\n', &bytes) {
                self.carry = bytes.split_off(end + 1);
                break;
            }
        }
        if self.next_line == 1 && bytes.starts_with(b"\xef\xbb\xbf") {
            bytes.drain(..3);
        }
        if bytes.is_empty() {
            return Ok(None);
        }
        let first = self.next_line;
        self.next_line += memchr::memchr_iter(b'\n', &bytes).count() as u64;
        Ok(Some(without_blank_lines(bytes, first)))
    }
}

fn without_blank_lines(bytes: Vec<u8>, first: u64) -> Block {
    let is_blank = |line: &[u8]| line.iter().all(u8::is_ascii_whitespace);
    let may_have_blank = bytes.first().is_some_and(u8::is_ascii_whitespace)
        || memchr::memmem::find(&bytes, b"\n\n").is_some()
        || memchr::memmem::find(&bytes, b"\n\r").is_some()
        || memchr::memmem::find(&bytes, b"\n ").is_some();
    if !may_have_blank {
        return Block { bytes, lines: LineNumbers::from(first) };
    }
    let mut kept = Block { bytes: Vec::with_capacity(bytes.len()), lines: LineNumbers::default() };
    let mut numbers = Vec::new();
    for (number, line) in (first..).zip(bytes.split_inclusive(|b| *b == b'\n')) {
        if !is_blank(line) {
            kept.bytes.extend_from_slice(line);
            numbers.push(number);
        }
    }
    kept.lines = LineNumbers::listed(numbers);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All lines with their numbers, read in blocks of `size` bytes.
    fn lines(text: &str, size: usize) -> Vec<(u64, String)> {
        let mut reader = text.as_bytes();
        let mut blocks = LineBlocks::with_size(&mut reader, size);
        let mut out = Vec::new();
        while let Some(block) = blocks.next_block().expect("memory does not fail") {
            let text = String::from_utf8(block.bytes).expect("text");
            assert!(text.is_empty() || text.ends_with('\n'));
            out.extend(text.lines().enumerate().map(|(i, line)| (block.lines.of(i), line.to_string())));
        }
        out
    }

    #[test]
    fn blocks_hold_every_line_once_whatever_their_size() {
        let text: String = (1..=2000).map(|i| format!("{i},{}\n", "x".repeat(i % 50))).collect();
        let whole = lines(&text, 1 << 20);
        assert_eq!(whole.len(), 2000);
        assert!(whole.iter().all(|(number, line)| line.starts_with(&format!("{number},"))));
        for size in [1, 1500, 4096] {
            assert_eq!(lines(&text, size), whole, "blocks of {size}");
        }
    }

    #[test]
    fn blank_lines_are_left_out_and_numbers_stay_those_of_the_file() {
        let expected = [(2, "a"), (5, "b"), (6, "c")].map(|(n, line)| (n, line.to_string()));
        assert_eq!(lines("\na\n\n\r\nb\nc", 1 << 20), expected);
        assert_eq!(lines("\u{feff}a\n", 1 << 20), [(1, "a".to_string())]);
        assert_eq!(lines("", 10), []);
        assert_eq!(lines("\n\n", 10), []);
    }
}
