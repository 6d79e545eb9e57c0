//! Imports as text, in the metadata of a partition.
//!
//! ```text
//! [import]
//! format = binance
//! file = NEARUSDT-1m-2023-08.zip
//! rows = 44640
//! bad_rows = 0
//! dropped_rows = 0
//! missing_bars = 2
//! sessions = always open
//! largest_move = 24103 2023-08-17T21:43:00Z -0.112
//! gap = 1
//!   17 2023-08-01T00:17:00Z 2
//! ```
//!
//! Places are row, end of the bar, value. Line breaks and backslashes in names are escaped by a backslash.

use std::fmt::Write;

use wb_core::Ts;

use crate::audit::{Audit, Issue, IssueKind, Place};
use crate::meta::Import;

const HEAD: &str = "[import]\n";

impl Import {
    /// The import as text, which [`parse_imports`] reads.
    pub(crate) fn text(&self) -> String {
        let mut text = HEAD.to_string();
        let mut line = |args: std::fmt::Arguments<'_>| {
            text.write_fmt(args).expect("writing to a string cannot fail");
            text.push('\n');
        };
        line(format_args!("format = {}", escape(&self.format)));
        for file in &self.files {
            line(format_args!("file = {}", escape(file)));
        }
        let audit = &self.audit;
        line(format_args!("rows = {}", audit.rows));
        line(format_args!("bad_rows = {}", audit.bad_rows));
        line(format_args!("dropped_rows = {}", audit.dropped_rows));
        line(format_args!("missing_bars = {}", audit.missing_bars));
        line(format_args!("sessions = {}", escape(&audit.sessions)));
        if let Some(Place { row, ts, value }) = audit.largest_move {
            line(format_args!("largest_move = {row} {ts} {value}"));
        }
        for issue in &audit.issues {
            line(format_args!("{} = {}", issue.kind.name(), issue.count));
            for Place { row, ts, value } in &issue.places {
                line(format_args!("  {row} {ts} {value}"));
            }
        }
        text
    }
}

/// Cuts the texts of several imports, written one after the other, apart.
pub(crate) fn split_imports(text: &str) -> impl Iterator<Item = &str> {
    // No line within an import begins with a bracket: names stand after their key.
    text.split(HEAD).filter(|part| !part.is_empty())
}

/// Joins the texts of imports, each kept once, in order.
pub(crate) fn join_imports<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let mut seen = Vec::new();
    for import in texts.flat_map(split_imports) {
        if !seen.contains(&import) {
            seen.push(import);
        }
    }
    seen.into_iter().flat_map(|import| [HEAD, import]).collect()
}

/// Reads the texts of several imports. `None` where they are not what [`Import::text`] writes.
pub(crate) fn parse_imports(text: &str) -> Option<Vec<Import>> {
    split_imports(text).map(parse_import).collect()
}

fn parse_import(text: &str) -> Option<Import> {
    let audit = Audit {
        rows: 0,
        bad_rows: 0,
        dropped_rows: 0,
        missing_bars: 0,
        sessions: String::new(),
        largest_move: None,
        issues: Vec::new(),
    };
    let mut import = Import { files: Vec::new(), format: String::new(), audit };
    for line in text.lines() {
        let audit = &mut import.audit;
        if let Some(place) = line.strip_prefix("  ") {
            audit.issues.last_mut()?.places.push(parse_place(place)?);
            continue;
        }
        let (key, value) = line.split_once(" = ")?;
        match key {
            "format" => import.format = unescape(value),
            "file" => import.files.push(unescape(value)),
            "rows" => audit.rows = value.parse().ok()?,
            "bad_rows" => audit.bad_rows = value.parse().ok()?,
            "dropped_rows" => audit.dropped_rows = value.parse().ok()?,
            "missing_bars" => audit.missing_bars = value.parse().ok()?,
            "sessions" => audit.sessions = unescape(value),
            "largest_move" => audit.largest_move = Some(parse_place(value)?),
            issue => {
                let kind = IssueKind::ALL.into_iter().find(|kind| kind.name() == issue)?;
                audit.issues.push(Issue { kind, count: value.parse().ok()?, places: Vec::new() });
            }
        }
    }
    Some(import)
}

fn parse_place(text: &str) -> Option<Place> {
    let mut words = text.split(' ');
    let mut word = || words.next();
    Some(Place { row: word()?.parse().ok()?, ts: Ts::parse(word()?)?, value: word()?.parse().ok()? })
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r")
}

fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match if c == '\\' { chars.next() } else { None } {
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some(other) => out.push(other),
            None => out.push(c),
        }
    }
    out
}
