//! The pieces of a page: escaped text, sections, tables.

use std::borrow::Cow;
use std::fmt::Write;

/// Text that means itself in HTML, between tags and in quoted attributes.
pub(crate) fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['<', '>', '&', '"', '\'']) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    Cow::Owned(out)
}

/// A part of the page under a heading. `body` is HTML, `title` is text.
pub(crate) fn section(id: &str, title: &str, body: &str) -> String {
    format!("<section id=\"{id}\">\n<h2>{}</h2>\n{body}</section>\n", escape(title))
}

/// A part that takes half the page's width where it is wide. `body` is HTML, `title` is text.
pub(crate) fn half(title: &str, body: &str) -> String {
    format!("<div class=\"half\"><h3>{}</h3>\n{body}</div>\n", escape(title))
}

/// A paragraph in the voice of a note. `text` is text.
pub(crate) fn note(text: &str) -> String {
    format!("<p class=\"note\">{}</p>\n", escape(text))
}

/// A column of a table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Column<'a> {
    /// Words, aligned left.
    Text(&'a str),
    /// Numbers, aligned right.
    Number(&'a str),
}

/// A cell of a table.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Cell {
    /// Words.
    Text(String),
    /// A number as written, and by what it is sorted.
    Number(String, f64),
    /// A gain or a loss: a number that is coloured by its sign.
    Change(String, f64),
    /// A button that shows this round trip in the price chart.
    Trip(usize),
    /// Words that lead to another page.
    Link(String, String),
    /// A share from zero to one as a bar.
    Bar(f64),
}

/// A table; `sortable` ones are sorted by the reader's click on a heading.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Table<'a> {
    columns: Vec<Column<'a>>,
    rows: Vec<Vec<Cell>>,
    sortable: bool,
}

impl<'a> Table<'a> {
    /// A table without rows.
    pub(crate) fn new(columns: impl Into<Vec<Column<'a>>>) -> Table<'a> {
        Table { columns: columns.into(), rows: Vec::new(), sortable: false }
    }

    /// The same, sorted by the reader.
    pub(crate) fn sortable(self) -> Table<'a> {
        Table { sortable: true, ..self }
    }

    /// Appends a row with a cell for each column.
    pub(crate) fn row(&mut self, cells: impl Into<Vec<Cell>>) {
        let cells = cells.into();
        assert_eq!(cells.len(), self.columns.len(), "a row has a cell for each column");
        self.rows.push(cells);
    }

    /// The table in a box of its own that scrolls sideways where the page is narrow.
    pub(crate) fn html(&self, label: &str) -> String {
        let mut out = String::with_capacity(256 + self.rows.len() * self.columns.len() * 48);
        let class = if self.sortable { " class=\"sortable\"" } else { "" };
        let label = escape(label);
        put(
            &mut out,
            format_args!("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{label}\">"),
        );
        put(&mut out, format_args!("<table{class}>\n<thead><tr>"));
        for column in &self.columns {
            let (class, name) = match column {
                Column::Text(name) => ("", name),
                Column::Number(name) => (" class=\"n\"", name),
            };
            let name = escape(name);
            match self.sortable {
                true => put(
                    &mut out,
                    format_args!("<th{class} scope=\"col\"><button type=\"button\">{name}</button></th>"),
                ),
                false => put(&mut out, format_args!("<th{class} scope=\"col\">{name}</th>")),
            }
        }
        out.push_str("</tr></thead>\n<tbody>\n");
        for row in &self.rows {
            out.push_str("<tr>");
            row.iter().for_each(|cell| self.cell(&mut out, cell));
            out.push_str("</tr>\n");
        }
        out.push_str("</tbody></table></div>\n");
        out
    }

    fn cell(&self, out: &mut String, cell: &Cell) {
        let key = |x: &f64| if self.sortable { format!(" data-k=\"{x}\"") } else { String::new() };
        match cell {
            Cell::Text(text) => put(out, format_args!("<td>{}</td>", escape(text))),
            Cell::Number(text, x) => {
                put(out, format_args!("<td class=\"n\"{}>{}</td>", key(x), escape(text)));
            }
            Cell::Change(text, x) => {
                let class = match x {
                    x if *x > 0.0 => "n gain",
                    x if *x < 0.0 => "n loss",
                    _ => "n",
                };
                put(out, format_args!("<td class=\"{class}\"{}>{}</td>", key(x), escape(text)));
            }
            Cell::Link(text, href) => {
                put(out, format_args!("<td><a href=\"{}\">{}</a></td>", escape(href), escape(text)));
            }
            Cell::Bar(share) => put(
                out,
                format_args!(
                    "<td class=\"bar\"><span style=\"width:{:.1}%\"></span></td>",
                    share.clamp(0.0, 1.0) * 100.0
                ),
            ),
            Cell::Trip(index) => put(
                out,
                format_args!(
                    "<td class=\"n\" data-k=\"{index}\"><button type=\"button\" class=\"trip\" data-trip=\"{index}\" \
                     title=\"Show in the price chart\">{}</button></td>",
                    index + 1
                ),
            ),
        }
    }
}

/// Appends formatted text.
pub(crate) fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("writing to a string cannot fail");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_text_is_harmless() {
        assert_eq!(
            escape("<script>alert('\"&')</script>"),
            "&lt;script&gt;alert(&#39;&quot;&amp;&#39;)&lt;/script&gt;"
        );
        assert!(matches!(escape("plain"), Cow::Borrowed("plain")));
    }

    #[test]
    fn a_table_escapes_its_cells_and_colours_by_sign() {
        let mut table = Table::new([Column::Text("Name"), Column::Number("Profit")]).sortable();
        table.row([Cell::Text("<b>".into()), Cell::Change("−1".into(), -1.0)]);
        let html = table.html("Profits");
        assert!(html.contains("<td>&lt;b&gt;</td><td class=\"n loss\" data-k=\"-1\">−1</td>"), "{html}");
    }
}
