//! Rows of JSON: arrays or objects of scalars, in one array or one per line.

use std::io::Read;
use std::path::Path;

use serde_json::Value;

use crate::IngestError;
use crate::blocks::LineNumbers;
use crate::columns::TimeAt;
use crate::decompress::Source;
use crate::head::{Head, Physical, SAMPLE_ROWS};
use crate::raw::{RawBlock, Reading};

/// Bytes that are read at a time.
const CHUNK: usize = 1 << 20;

/// Rows of a block.
const BLOCK_ROWS: usize = 100_000;

/// Looks at the first rows. Names come from the first object; arrays have none.
pub(crate) fn head(source: &Source, bytes: &[u8], whole: bool) -> Result<Head, IngestError> {
    let mut rows = Rows::default();
    let mut found: Vec<Value> = Vec::new();
    let mut error = None;
    rows.push(bytes, &mut |row| {
        if found.len() < SAMPLE_ROWS && error.is_none() {
            match serde_json::from_slice(row) {
                Ok(value) => found.push(value),
                Err(e) => error = Some(e),
            }
        }
    });
    let hint = "rows are arrays like [ms,open,high,low,close,volume] or objects with these names";
    if let Some(error) = error {
        return Err(IngestError::layout(source.path(), format!("not JSON rows: {error}"), hint));
    }
    if whole && !rows.is_complete() {
        return Err(IngestError::layout(
            source.path(),
            "the JSON ends in the middle of a row",
            "fetch it again",
        ));
    }
    let names = match found.first() {
        Some(Value::Object(fields)) => Some(fields.keys().cloned().collect::<Vec<_>>()),
        Some(Value::Array(_)) => None,
        _ => return Err(IngestError::layout(source.path(), "no rows in the JSON", hint)),
    };
    let width = |row: &Value| names.as_ref().map_or_else(|| row.as_array().map_or(0, Vec::len), Vec::len);
    let cells = |row: &Value| (0..width(row)).map(|i| text(cell(row, i, names.as_deref()))).collect();
    let rows = found.iter().map(cells).collect();
    Ok(Head { physical: Physical::Json, names, rows })
}

/// Reads all rows, block by block. Rows are numbered from 1.
pub(crate) fn read(
    path: &Path,
    names: Option<&[String]>,
    reading: &Reading,
    reader: &mut dyn Read,
    on_block: &mut dyn FnMut(RawBlock) -> Result<(), IngestError>,
) -> Result<(), IngestError> {
    let mut rows = Rows::default();
    let mut block = JsonBlock::new(1);
    let mut chunk = vec![0; CHUNK];
    loop {
        let n = reader.read(&mut chunk).map_err(IngestError::io(path))?;
        if n == 0 {
            break;
        }
        let mut failure = None;
        rows.push(&chunk[..n], &mut |row| {
            if let Err(error) = block.push(row, names, reading) {
                failure.get_or_insert((block.next_row, error));
            }
        });
        if let Some((row, error)) = failure {
            let what = format!("row {row} is not JSON: {error}");
            return Err(IngestError::layout(path, what, "mend the file or fetch it again"));
        }
        if block.raw.len() >= BLOCK_ROWS {
            let next = JsonBlock::new(block.next_row);
            on_block(std::mem::replace(&mut block, next).finish())?;
        }
    }
    if !rows.is_complete() {
        return Err(IngestError::layout(
            path,
            "the JSON ends in the middle of a row",
            "fetch the file again",
        ));
    }
    if block.raw.len() > 0 || block.raw.other_symbols > 0 {
        on_block(block.finish())?;
    }
    Ok(())
}

/// A block that is being filled.
struct JsonBlock {
    next_row: u64,
    numbers: Vec<u64>,
    raw: RawBlock,
}

impl JsonBlock {
    fn new(next_row: u64) -> JsonBlock {
        JsonBlock { next_row, numbers: Vec::new(), raw: RawBlock::default() }
    }

    fn push(
        &mut self,
        row: &[u8],
        names: Option<&[String]>,
        reading: &Reading,
    ) -> Result<(), serde_json::Error> {
        let number = self.next_row;
        self.next_row += 1;
        let value: Value = serde_json::from_slice(row)?;
        let roles = &reading.roles;
        let at = |place: usize| cell(&value, place, names);
        if roles.symbol.is_some_and(|place| !reading.is_wanted(&text(at(place)))) {
            self.raw.other_symbols += 1;
            return Ok(());
        }
        let time = match roles.time {
            TimeAt::One(place) => text(at(place)),
            TimeAt::DateAndTime(date, time) => format!("{} {}", text(at(date)), text(at(time))),
        };
        self.raw.time.push(reading.time.parse(&time));
        for (column, place) in self.raw.prices.iter_mut().zip(roles.prices()) {
            column.push(number_of(at(place)));
        }
        self.raw.volume.push(roles.volume.map_or(0.0, |place| number_of(at(place))));
        if let Some(place) = reading.adj_close() {
            self.raw.adj_close.get_or_insert_default().push(number_of(at(place)));
        }
        self.numbers.push(number);
        self.raw.text.lines.extend(row.iter().filter(|b| **b != b'\n'));
        self.raw.text.lines.push(b'\n');
        Ok(())
    }

    fn finish(mut self) -> RawBlock {
        self.raw.rows = LineNumbers::listed(self.numbers);
        self.raw
    }
}

/// Cuts a stream of JSON into its rows: the elements of one array, or one value after the other.
#[derive(Default)]
struct Rows {
    /// Depth at which rows lie: 1 in an array of rows, 0 without; known once the first row begins.
    base: Option<usize>,
    outer_array: bool,
    depth: usize,
    in_text: bool,
    escaped: bool,
    row: Vec<u8>,
}

impl Rows {
    /// Takes the next bytes of the stream; gives every row that is now complete.
    fn push(&mut self, bytes: &[u8], on_row: &mut dyn FnMut(&[u8])) {
        for &byte in bytes {
            let Some(base) = self.base.or_else(|| self.find_base(byte)) else { continue };
            let inside = self.depth > base;
            if self.in_text {
                self.row.push(byte);
                self.in_text = self.escaped || byte != b'"';
                self.escaped = !self.escaped && byte == b'\\';
                continue;
            }
            match byte {
                b'"' if inside => self.in_text = true,
                b'[' | b'{' => self.depth += 1,
                b']' | b'}' => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
            if inside || self.depth > base {
                self.row.push(byte);
            }
            if inside && self.depth == base {
                on_row(&self.row);
                self.row.clear();
            }
        }
    }

    /// Learns from the first bytes where rows lie. An array whose first element is a scalar is itself a row.
    fn find_base(&mut self, byte: u8) -> Option<usize> {
        match (self.outer_array, byte) {
            (_, byte) if byte.is_ascii_whitespace() => return None,
            (false, b'[') => {
                self.outer_array = true;
                return None;
            }
            (true, b'[' | b'{' | b']') => (self.base, self.depth) = (Some(1), 1),
            (true, _) => {
                (self.base, self.depth) = (Some(0), 1);
                self.row.push(b'[');
            }
            (false, _) => self.base = Some(0),
        }
        self.base
    }

    /// Whether no row is open.
    fn is_complete(&self) -> bool {
        self.row.is_empty() && self.depth == 0 && (self.base.is_some() || !self.outer_array)
    }
}

fn cell<'a>(row: &'a Value, place: usize, names: Option<&[String]>) -> Option<&'a Value> {
    match (row, names) {
        (Value::Array(cells), _) => cells.get(place),
        (Value::Object(fields), Some(names)) => names.get(place).and_then(|name| fields.get(name)),
        _ => None,
    }
}

fn text(cell: Option<&Value>) -> String {
    match cell {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}

/// The number in a cell, also where it is written as a text; NaN where there is none.
fn number_of(cell: Option<&Value>) -> f64 {
    match cell {
        Some(Value::Number(number)) => number.as_f64().unwrap_or(f64::NAN),
        Some(Value::String(text)) => text.trim().parse().unwrap_or(f64::NAN),
        _ => f64::NAN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: &str, rows: &[&str], complete: bool) {
        for size in [1, 7, 1 << 20] {
            let mut cut = Rows::default();
            let mut found = Vec::new();
            for chunk in json.as_bytes().chunks(size) {
                cut.push(chunk, &mut |row| found.push(String::from_utf8_lossy(row).into_owned()));
            }
            assert_eq!(found, rows, "{json} in chunks of {size}");
            assert_eq!(cut.is_complete(), complete, "{json}");
        }
    }

    #[test]
    fn rows_are_cut_out_of_an_array_or_a_sequence() {
        check("[[1,2],[3,4]]", &["[1,2]", "[3,4]"], true);
        check(" [ {\"a\": 1} ,\n{\"a\": [2]} ]\n", &["{\"a\": 1}", "{\"a\": [2]}"], true);
        check("{\"a\":1}\n{\"a\":2}\n", &["{\"a\":1}", "{\"a\":2}"], true);
        check("[1,2]\n[3,4]", &["[1,2]", "[3,4]"], true);
        check(r#"[["]\"[", "\\"], [2]]"#, &[r#"["]\"[", "\\"]"#, "[2]"], true);
        check("[]", &[], true);
        check("[[1,2],[3,", &["[1,2]"], false);
        check("[[1,2]", &["[1,2]"], false);
    }
}
