//! The first rows of a file, whatever it is, as cells of text.

use std::io::Read;
use std::sync::atomic::AtomicU64;

use crate::decompress::Source;
use crate::shape::{TextShape, text_head};
use crate::{IngestError, columnar, json};

/// Unpacked bytes that are looked at.
const SAMPLE: u64 = 1 << 20;

/// Rows that are looked at.
pub(crate) const SAMPLE_ROWS: usize = 5_000;

/// How the rows of a file are stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Physical {
    /// Lines of text.
    Text(TextShape),
    /// JSON arrays or objects, one per row.
    Json,
    /// A Parquet table.
    Parquet,
    /// An Arrow IPC table.
    Feather,
}

impl Physical {
    /// The name of a file of this kind, for reports.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Physical::Text(_) => "csv",
            Physical::Json => "json",
            Physical::Parquet => "parquet",
            Physical::Feather => "feather",
        }
    }
}

/// The first rows of a file.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Head {
    /// How the rows are stored.
    pub(crate) physical: Physical,
    /// Names of the columns, if they have any.
    pub(crate) names: Option<Vec<String>>,
    /// The first rows, in the order of the file, as text.
    pub(crate) rows: Vec<Vec<String>>,
}

impl Head {
    /// Looks at the beginning of a file.
    pub(crate) fn read(source: &Source) -> Result<Head, IngestError> {
        let mut bytes = Vec::new();
        source.read(&AtomicU64::new(0), |reader| {
            reader.take(SAMPLE).read_to_end(&mut bytes).map_err(IngestError::io(source.path()))
        })?;
        let whole = (bytes.len() as u64) < SAMPLE;
        let refuse = |what: &str, hint: &str| Err(IngestError::layout(source.path(), what, hint));
        let first = bytes.iter().find(|b| !b.is_ascii_whitespace());
        match (bytes.as_slice(), first) {
            ([b'P', b'A', b'R', b'1', ..], _) => columnar::head(source, Physical::Parquet),
            ([b'A', b'R', b'R', b'O', b'W', b'1', ..], _) => columnar::head(source, Physical::Feather),
            ([0xff, 0xfe, ..] | [0xfe, 0xff, ..], _) => {
                refuse("the text is UTF-16", "save it as UTF-8, for example with iconv -f UTF-16 -t UTF-8")
            }
            (_, Some(b'[' | b'{')) => json::head(source, &bytes, whole),
            (_, None) => refuse("the file is empty", "fetch it again"),
            _ if bytes.contains(&0) => {
                refuse("not a text, JSON, Parquet or feather file", "this layout is not known")
            }
            _ => Head::of_text(source, &bytes, whole),
        }
    }

    fn of_text(source: &Source, bytes: &[u8], whole: bool) -> Result<Head, IngestError> {
        let text = String::from_utf8_lossy(bytes);
        let text = text.trim_start_matches('\u{feff}');
        // The last line of a sample may be cut.
        let text = if whole { text } else { text.rsplit_once('\n').map_or(text, |(lines, _)| lines) };
        let lines: Vec<&str> =
            text.lines().filter(|line| !line.trim().is_empty()).take(SAMPLE_ROWS).collect();
        let head = text_head(&lines).ok_or_else(|| {
            IngestError::layout(
                source.path(),
                "no rows of at least a time and four prices",
                "rows are cells between commas, semicolons, tabs or bars: time, open, high, low, close",
            )
        })?;
        Ok(Head { physical: Physical::Text(head.shape), names: head.names, rows: head.rows })
    }

    /// Cells of a row.
    pub(crate) fn width(&self) -> usize {
        match (&self.physical, &self.names) {
            (Physical::Text(shape), _) => shape.width,
            (_, Some(names)) => names.len(),
            (_, None) => self.rows.first().map_or(0, Vec::len),
        }
    }

    /// Whether numbers are written with a decimal comma.
    pub(crate) fn decimal_comma(&self) -> bool {
        matches!(&self.physical, Physical::Text(shape) if shape.decimal_comma)
    }

    /// The cell, empty where the row is short.
    pub(crate) fn cell(&self, row: usize, column: usize) -> &str {
        self.rows[row].get(column).map_or("", String::as_str)
    }
}
