//! The one place that prints: data to stdout, everything else to stderr.

use std::fmt::Display;
use std::io::{ErrorKind, IsTerminal, Write};
use std::time::Duration;
use std::{env, io, process};

use indicatif::{ProgressBar, ProgressStyle};

use crate::error::Exit;

const BOLD: &str = "\x1b[1m";
const DIM: &str = "\x1b[2m";
const RED: &str = "\x1b[1;31m";
const YELLOW: &str = "\x1b[1;33m";
const CYAN: &str = "\x1b[1;36m";
const RESET: &str = "\x1b[0m";

/// How facts are printed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Table,
    /// For machines: one JSON document.
    Json,
}

/// Where a column's cells stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Align {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// Rows under headings, columns padded to their widest cell.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    columns: Vec<(String, Align)>,
    rows: Vec<Row>,
}

#[derive(Clone, Debug)]
enum Row {
    Cells(Vec<String>),
    Heading(String),
}

impl Table {
    /// A table with these headings and no rows.
    pub(crate) fn new<S: Into<String>>(columns: impl IntoIterator<Item = (S, Align)>) -> Table {
        let columns = columns.into_iter().map(|(name, align)| (name.into(), align)).collect();
        Table { columns, rows: Vec::new() }
    }

    /// Appends a row; it has as many cells as there are columns.
    pub(crate) fn row<S: Into<String>>(&mut self, cells: impl IntoIterator<Item = S>) {
        let cells: Vec<String> = cells.into_iter().map(Into::into).collect();
        assert_eq!(cells.len(), self.columns.len(), "a row has a cell for each column");
        self.rows.push(Row::Cells(cells));
    }

    /// Appends a line over the whole width that names the rows below it.
    pub(crate) fn heading(&mut self, text: impl Into<String>) {
        self.rows.push(Row::Heading(text.into()));
    }

    /// The lines, headings styled where `colour` says so.
    fn lines(&self, colour: bool) -> Vec<String> {
        let paint = |style: &str, text: &str| painted(colour, style, text);
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| match row {
                Row::Cells(cells) => Some(cells[column].chars().count()),
                Row::Heading(_) => None,
            });
            cells.chain([self.columns[column].0.chars().count()]).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.columns.len()).map(width).collect();
        let join = |cells: &[String]| {
            let padded = cells.iter().zip(&self.columns).zip(&widths).map(|((cell, (_, align)), width)| {
                let room = " ".repeat(width - cell.chars().count());
                if *align == Align::Right { format!("{room}{cell}") } else { format!("{cell}{room}") }
            });
            padded.collect::<Vec<_>>().join("  ").trim_end().to_string()
        };
        let names: Vec<String> = self.columns.iter().map(|(name, _)| name.clone()).collect();
        let mut lines = Vec::with_capacity(self.rows.len() + 1);
        if names.iter().any(|name| !name.is_empty()) {
            lines.push(paint(DIM, &join(&names)));
        }
        lines.extend(self.rows.iter().map(|row| match row {
            Row::Cells(cells) => join(cells),
            Row::Heading(text) => paint(BOLD, text),
        }));
        lines
    }
}

/// Prints a line of data.
pub(crate) fn line(text: impl Display) {
    write_out(&format!("{text}\n"));
}

/// Prints text as it is.
pub(crate) fn raw(text: &str) {
    write_out(text);
}

/// Prints a heading over what follows.
pub(crate) fn heading(text: &str) {
    line(painted(colours(&io::stdout()), BOLD, text));
}

/// Prints a table.
pub(crate) fn table(table: &Table) {
    table.lines(colours(&io::stdout())).iter().for_each(line);
}

/// Prints one JSON document.
pub(crate) fn json(value: &serde_json::Value) {
    line(serde_json::to_string_pretty(value).expect("a JSON value has a text"));
}

/// Tells something by the way.
pub(crate) fn note(text: impl Display) {
    write_err(CYAN, "note", &text.to_string());
}

/// Tells what to be careful about.
pub(crate) fn warning(text: impl Display) {
    write_err(YELLOW, "warning", &text.to_string());
}

/// Tells what went wrong, and what would help.
pub(crate) fn error(message: &str, hint: Option<&str>) {
    write_err(RED, "error", message);
    if let Some(hint) = hint {
        write_err(CYAN, "hint", hint);
    }
}

/// A step of a command that is under way, drawn on stderr where that is a terminal.
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// Begins a step: `reading data`.
    pub(crate) fn step(name: &str) -> Progress {
        let progress = Progress { bar: ProgressBar::new_spinner() };
        progress.next(name);
        progress.bar.enable_steady_tick(Duration::from_millis(100));
        progress
    }

    /// Names the next step.
    pub(crate) fn next(&self, name: &str) {
        let style = ProgressStyle::with_template("{spinner} {msg} {elapsed}");
        self.bar.set_style(style.expect("the template is well formed"));
        self.bar.set_message(name.to_string());
    }

    /// Names the next step, whose length is known.
    pub(crate) fn length(&self, name: &str, total: u64) {
        let style = ProgressStyle::with_template("{spinner} {msg} {bar:30} {percent}% {per_sec} {eta}");
        self.bar.set_style(style.expect("the template is well formed"));
        self.bar.set_message(name.to_string());
        self.bar.set_length(total);
    }

    /// Tells how many runs of a step of many are done.
    pub(crate) fn runs(&self, name: &str, done: usize, total: usize) {
        if self.bar.length() != Some(total as u64) {
            self.length(name, total as u64);
        }
        self.at(done as u64);
    }

    /// Takes the step off the screen, so that what is found can be printed.
    pub(crate) fn clear(&self) {
        self.bar.finish_and_clear();
    }

    /// Names the step under way otherwise: `trials, best sharpe 1.9`.
    pub(crate) fn say(&self, name: &str) {
        self.bar.set_message(name.to_string());
    }

    /// Tells how much of the step is done.
    pub(crate) fn at(&self, done: u64) {
        self.bar.set_position(done);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// Whether to style what goes to `stream`. <https://no-color.org>
fn colours(stream: &impl IsTerminal) -> bool {
    let wanted = env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    wanted && env::var_os("TERM").is_none_or(|term| term != "dumb") && stream.is_terminal()
}

fn painted(colour: bool, style: &str, text: &str) -> String {
    if colour { format!("{style}{text}{RESET}") } else { text.to_string() }
}

fn write_out(text: &str) {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Ok(()) => {}
        // Whoever read us has seen enough: `workbench runs list | head`.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => process::exit(0),
        Err(error) => {
            write_err(RED, "error", &format!("standard output cannot be written: {error}"));
            process::exit(i32::from(Exit::Data.code()));
        }
    }
}

fn write_err(style: &str, label: &str, text: &str) {
    let stderr = io::stderr();
    let label = painted(colours(&stderr), style, &format!("{label}:"));
    // There is nowhere left to report that this failed.
    let _ = writeln!(stderr.lock(), "{label} {text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let mut table = Table::new([("key", Align::Left), ("value", Align::Right)]);
        table.row(["a", "1"]);
        table.heading("More");
        table.row(["längeres", "1,000.00"]);
        let expected = ["key          value", "a                1", "More", "längeres  1,000.00"];
        assert_eq!(table.lines(false), expected);
        assert_eq!(table.lines(true)[2], "\x1b[1mMore\x1b[0m");
    }
}
