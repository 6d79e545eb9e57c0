//! A block of rows as they were read, before they are bars.

use crate::blocks::LineNumbers;
use crate::columns::{Roles, TimeAt};
use crate::timestamps::{Moment, TimeFormat};

/// A block of rows as they were read. All columns are equally long.
#[derive(Debug, Default)]
pub(crate) struct RawBlock {
    /// The numbers of the rows in their file.
    pub(crate) rows: LineNumbers,
    /// What their times say.
    pub(crate) time: Vec<Moment>,
    /// Open, high, low, close; NaN where a cell is empty or no number.
    pub(crate) prices: [Vec<f64>; 4],
    /// The volume; zero where there is no such column.
    pub(crate) volume: Vec<f64>,
    /// The adjusted close, if it was asked for.
    pub(crate) adj_close: Option<Vec<f64>>,
    /// The rows as they are written, for messages.
    pub(crate) text: RowText,
    /// Rows of other symbols that were left out.
    pub(crate) other_symbols: u64,
}

impl RawBlock {
    /// The number of rows.
    pub(crate) fn len(&self) -> usize {
        self.time.len()
    }

    /// Puts the last row first.
    pub(crate) fn reverse(&mut self) {
        let n = self.len();
        self.rows = LineNumbers::listed((0..n).rev().map(|i| self.rows.of(i)).collect());
        self.time.reverse();
        self.prices.iter_mut().for_each(|column| column.reverse());
        self.volume.reverse();
        if let Some(adj_close) = &mut self.adj_close {
            adj_close.reverse();
        }
        self.text.keep(&(0..n).rev().collect::<Vec<_>>());
    }

    /// Keeps only the rows whose place is marked.
    pub(crate) fn keep(&mut self, marks: &[bool]) {
        let places: Vec<usize> = (0..marks.len()).filter(|i| marks[*i]).collect();
        let take = |column: &mut Vec<f64>| *column = places.iter().map(|i| column[*i]).collect();
        self.other_symbols += (marks.len() - places.len()) as u64;
        self.rows = LineNumbers::listed(places.iter().map(|i| self.rows.of(*i)).collect());
        self.time = places.iter().map(|i| self.time[*i]).collect();
        self.prices.iter_mut().for_each(take);
        take(&mut self.volume);
        if let Some(adj_close) = &mut self.adj_close {
            take(adj_close);
        }
        self.text.keep(&places);
    }
}

/// Rows as they are written.
#[derive(Debug, Default)]
pub(crate) struct RowText {
    /// One line a row; empty for tables, which have no text.
    pub(crate) lines: Vec<u8>,
    /// Which line is which row, where they differ.
    pub(crate) places: Option<Vec<usize>>,
}

impl RowText {
    fn keep(&mut self, rows: &[usize]) {
        let lines = self.places.take();
        self.places = Some(rows.iter().map(|i| lines.as_ref().map_or(*i, |lines| lines[*i])).collect());
    }

    /// The row as written, without its line end and at most 120 characters of it.
    pub(crate) fn of(&self, row: usize) -> Option<String> {
        let line = self.places.as_ref().map_or(row, |places| places[row]);
        let line = self.lines.split(|b| *b == b'\n').nth(line).filter(|line| !line.is_empty())?;
        Some(String::from_utf8_lossy(line).trim_end().chars().take(120).collect())
    }
}

/// What a reader must know to make blocks of a file's rows.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    /// Which column is what.
    pub(crate) roles: Roles,
    /// How times are written.
    pub(crate) time: TimeFormat,
    /// The symbol of the rows that are wanted.
    pub(crate) symbol: String,
    /// Whether the adjusted close is needed.
    pub(crate) adjusted: bool,
}

impl Reading {
    /// The column of the adjusted close, if it is needed.
    pub(crate) fn adj_close(&self) -> Option<usize> {
        self.roles.adj_close.filter(|_| self.adjusted)
    }

    /// Whether a cell of the column of symbols names the one that is wanted, ignoring case and how base and
    /// quote are joined: `BTC/USD`, `BTC-USD` and `btcusd` are one.
    pub(crate) fn is_wanted(&self, cell: &str) -> bool {
        let letters = |text: &str| -> Vec<u8> {
            text.bytes().filter(|b| !b"/-".contains(b)).map(|b| b.to_ascii_uppercase()).collect()
        };
        cell == self.symbol || letters(cell.trim()) == letters(&self.symbol)
    }

    /// The text of a row's time: two cells are joined by a blank.
    pub(crate) fn time_text<'a>(&self, cell: impl Fn(usize) -> &'a str) -> String {
        match self.roles.time {
            TimeAt::One(place) => cell(place).trim().to_string(),
            TimeAt::DateAndTime(date, time) => format!("{} {}", cell(date).trim(), cell(time).trim()),
        }
    }
}
