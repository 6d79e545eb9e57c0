//! What kept our books and the venue's together, and what whoever watched was told.

use crate::html::{Cell, Column, Table, half, note};
use crate::number;

use super::input::{SessionNotice, SessionPage};

/// Notices in the table: every halt, and the last of the others.
const ROWS: usize = 400;

/// Comparisons and connections side by side, and the notices.
pub(super) fn reconciliation(page: &SessionPage<'_>) -> String {
    let halves = [
        half("Comparisons with the venue's books", &comparisons(page)),
        half("Sessions and connections", &connections(page)),
    ];
    format!("<div class=\"halves\">\n{}</div>\n", halves.concat()) + &notices(page.notices)
}

fn comparisons(page: &SessionPage<'_>) -> String {
    let mut table = Table::new([Column::Text("Ended"), Column::Number("Number")]);
    for ended in page.comparisons {
        table.row([Cell::Text(ended.verdict.to_string()), cell(ended.count)]);
    }
    table.row([Cell::Text("fills that were missed, and found".to_string()), cell(page.found_fills)]);
    table.html("Comparisons")
}

fn connections(page: &SessionPage<'_>) -> String {
    let [market, trading] = page.lost_connections;
    let mut table = Table::new([Column::Text("What"), Column::Number("Number")]);
    for (name, count) in [
        ("sessions begun", page.sessions),
        ("connections for market data lost", market),
        ("connections for orders lost", trading),
    ] {
        table.row([Cell::Text(name.to_string()), cell(count)]);
    }
    table.html("Sessions and connections")
}

fn cell(count: usize) -> Cell {
    Cell::Number(number::count(count), count as f64)
}

fn notices(notices: &[SessionNotice]) -> String {
    if notices.is_empty() {
        return note("Nothing was said to whoever watched.");
    }
    let halts = notices.iter().filter(|notice| notice.severity == "halt").count();
    let others = ROWS.saturating_sub(halts);
    let mut left = notices.len() - halts;
    let shown: Vec<&SessionNotice> = notices
        .iter()
        .filter(|notice| {
            let is_halt = notice.severity == "halt";
            left -= usize::from(!is_halt);
            is_halt || left < others
        })
        .collect();
    let mut table = Table::new([
        Column::Text("Said at"),
        Column::Text("The kernel's time"),
        Column::Text("How grave"),
        Column::Text("What"),
    ]);
    for notice in &shown {
        let kernel_time = notice.kernel_time.map_or(number::ABSENT.to_string(), number::instant);
        let grave = notice.severity.to_string();
        table.row([number::instant(notice.at), kernel_time, grave, notice.text.clone()].map(Cell::Text));
    }
    let said = format!(
        "{} of {}, {} of them halts: every halt, and the last of the others. Times in UTC: the clock of the machine, \
         and that of the events, which are those of the data where a replay is traded.",
        number::count(shown.len()),
        number::counted(notices.len(), "notice", "notices"),
        number::count(halts)
    );
    format!("<h3>Notices</h3>\n<div class=\"tall\">{}</div>{}", table.html("Notices"), note(&said))
}
