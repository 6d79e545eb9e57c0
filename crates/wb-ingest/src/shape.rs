//! How a text file is built: its delimiter, header and banner lines.

use crate::header;

/// Delimiters, the most telling first: a comma may be a decimal comma.
const DELIMITERS: [u8; 4] = [b';', b'\t', b'|', b','];

/// Lines in which the rows must begin.
const MAX_BANNER: usize = 20;

/// How a text file is built.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct TextShape {
    /// Between cells.
    pub(crate) delimiter: u8,
    /// Numbers are written `1,5`.
    pub(crate) decimal_comma: bool,
    /// Lines before the first row that are not blank: banners and the header.
    pub(crate) skip: usize,
    /// Cells of a row.
    pub(crate) width: usize,
}

/// The first rows of a text.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct TextHead {
    pub(crate) shape: TextShape,
    /// The cells of the header.
    pub(crate) names: Option<Vec<String>>,
    pub(crate) rows: Vec<Vec<String>>,
}

/// Looks at the first lines of a text, none of them blank. `None` where there is no table in them.
pub(crate) fn text_head(lines: &[&str]) -> Option<TextHead> {
    let delimiter = delimiter(lines)?;
    let cells: Vec<Vec<String>> = lines.iter().map(|line| split(line, delimiter)).collect();
    let decimal_comma = delimiter != b',' && has_decimal_commas(&cells);
    let is_row = |row: &&Vec<String>| row.iter().filter(|cell| is_number(cell, decimal_comma)).count() >= 4;
    let start = &cells[..cells.len().min(MAX_BANNER)];
    let named = start.iter().position(|row| header::is_header(row));
    let first_row = start.iter().position(|row| is_row(&row));
    let (header_at, skip) = match (named, first_row) {
        (Some(at), _) => (Some(at), at + 1),
        // A line above the first row that has as many cells as it is its header, in words we do not know.
        (None, Some(at)) => {
            let is_header = at > 0 && cells[at - 1].len() == cells[at].len();
            (is_header.then(|| at - 1), at)
        }
        (None, None) => return None,
    };
    let names = header_at.map(|at| cells[at].iter().map(|cell| cell.trim().to_string()).collect::<Vec<_>>());
    let width = names.as_ref().map_or_else(|| cells[skip].len(), Vec::len);
    let shape = TextShape { delimiter, decimal_comma, skip, width };
    Some(TextHead { shape, names, rows: cells[skip..].to_vec() })
}

/// The delimiter by which most lines at the end of the sample have equally many cells, and at least five.
fn delimiter(lines: &[&str]) -> Option<u8> {
    let tail = &lines[lines.len().saturating_sub(20)..];
    DELIMITERS.into_iter().find(|delimiter| {
        let mut widths: Vec<usize> = tail.iter().map(|line| split(line, *delimiter).len()).collect();
        widths.sort_unstable();
        let commonest = widths.chunk_by(|a, b| a == b).max_by_key(|run| run.len());
        commonest.is_some_and(|run| run[0] >= 5 && run.len() * 2 > tail.len())
    })
}

/// The cells of a line. A cell in double quotes may hold the delimiter.
pub(crate) fn split(line: &str, delimiter: u8) -> Vec<String> {
    let line = line.trim_end_matches(['\n', '\r']);
    if !line.contains('"') {
        return line.split(char::from(delimiter)).map(String::from).collect();
    }
    let mut cells = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            c if c == char::from(delimiter) && !quoted => cells.push(String::new()),
            c => cells.last_mut().expect("there is always a cell").push(c),
        }
    }
    cells
}

/// The cell as a number; `NaN` is one, an empty cell is not.
pub(crate) fn number(cell: &str, decimal_comma: bool) -> Option<f64> {
    let cell = cell.trim();
    if decimal_comma { cell.replace(',', ".").parse().ok() } else { cell.parse().ok() }
}

fn is_number(cell: &str, decimal_comma: bool) -> bool {
    number(cell, decimal_comma).is_some()
}

fn has_decimal_commas(cells: &[Vec<String>]) -> bool {
    let is_decimal = |cell: &str| {
        cell.split_once(',').is_some_and(|(whole, fraction)| {
            let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            digits(whole.trim_start_matches('-')) && digits(fraction)
        })
    };
    cells.iter().rev().take(20).any(|row| row.iter().filter(|cell| is_decimal(cell)).count() >= 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `delimiter width skip names`.
    fn check(text: &str, expected: &str) {
        let lines: Vec<&str> = text.lines().collect();
        let said = text_head(&lines).map_or("nothing".to_string(), |head| {
            let names = head.names.map_or("-".to_string(), |names| names.join("/"));
            let shape = head.shape;
            let comma = if shape.decimal_comma { " comma" } else { "" };
            format!("{}{comma} {} {} {names}", char::from(shape.delimiter), shape.width, shape.skip)
        });
        assert_eq!(said, expected, "{text}");
    }

    #[test]
    fn delimiter_header_and_banner_are_found() {
        check("1690848000000,1,2,3,4,5\n", ", 6 0 -");
        check("20110103 090100;126.35;126.39;126.35;126.39;1579\n", "; 6 0 -");
        check("d;o;h;l;c\n01.02.2020;1,5;1,6;1,4;1,5\n", "; comma 5 1 d/o/h/l/c");
        check("Date\tOpen\tHigh\tLow\tClose\n2020-01-01\t1\t2\t3\t4\n", "\t 5 1 Date/Open/High/Low/Close");
        check(
            "all times UTC,https://example.org\ndate,open,high,low,close\n2020-01-01,1,2,3,4\n",
            ", 5 2 date/open/high/low/close",
        );
        check("wann,auf,hoch,tief,zu\n2020-01-01,1,2,3,4\n", ", 5 1 wann/auf/hoch/tief/zu");
        check(",Open,High,Low,Close\n2020-01-01,1,2,3,4\n", ", 5 1 /Open/High/Low/Close");
        check("Date,Open,High,Low,Close\n", ", 5 1 Date/Open/High/Low/Close");
        check("Dear reader,\nthis is no table\n", "nothing");
    }

    #[test]
    fn a_quoted_cell_may_hold_the_delimiter() {
        assert_eq!(split("a,\"b,c\",d\r\n", b','), ["a", "b,c", "d"]);
    }
}
