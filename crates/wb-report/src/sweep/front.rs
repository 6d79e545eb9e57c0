//! The trials that no other beats in every objective.

use crate::figures::Scatter;
use crate::html::{escape, half, note};
use crate::number;
use crate::plot::{Size, figure};
use crate::sweep::best::trials_table;
use crate::sweep::study::Study;

/// Objectives that are drawn against each other.
const DRAWN: usize = 3;
/// Rows in the table.
const ROWS: usize = 200;

/// A figure for every two objectives, and the table of the front.
pub(crate) fn front(study: &Study<'_>) -> String {
    let members = members(study);
    let page = study.page;
    if members.is_empty() {
        return note("No trial is on the front: none has every objective.");
    }
    let mut out = String::from("<div class=\"halves\">\n");
    let drawn = page.objectives.len().min(DRAWN);
    for (i, a) in page.objectives[..drawn].iter().enumerate() {
        for (j, b) in page.objectives[..drawn].iter().enumerate().skip(i + 1) {
            let columns = &page.trials.objectives;
            let pair = |row: &usize| (columns[i][*row], columns[j][*row]);
            let points: Vec<(f64, f64)> = study.ranked.iter().map(pair).collect();
            let chosen: Vec<(f64, f64)> = members.iter().map(pair).collect();
            let drawing = Scatter {
                points: &points,
                chosen: &chosen,
                line: None,
                names: (&a.label, &b.label),
                units: (a.unit, b.unit),
                alt: "Two objectives of every trial, those on the front marked",
            };
            let caption = format!(
                "{}; the {} on the front in colour.",
                number::counted(points.len(), "trial", "trials"),
                number::count(chosen.len())
            );
            let title = format!("{} and {}", a.label, b.label);
            out.push_str(&half(
                &title,
                &figure(Size { height: 320.0, ..Size::HALF }, 280.0, &caption, |size| drawing.draw(size)),
            ));
        }
    }
    out.push_str("</div>\n");
    let shown = &members[..members.len().min(ROWS)];
    let said = match members.len() {
        n if n > shown.len() => {
            format!("{} of {} on the front.", shown.len(), number::counted(n, "trial", "trials"))
        }
        n => format!("{} on the front.", number::counted(n, "trial", "trials")),
    };
    format!(
        "{out}<div class=\"tall\">{}</div><p class=\"note\">{}</p>\n",
        trials_table(study, shown, "Trials on the front"),
        escape(&said)
    )
}

/// The rows of the front, in the order of the ranking.
fn members(study: &Study<'_>) -> Vec<usize> {
    let mut numbers = study.page.front.to_vec();
    numbers.sort_unstable();
    let is_member = |row: &usize| numbers.binary_search(&study.page.trials.number[*row]).is_ok();
    study.ranked.iter().copied().filter(is_member).collect()
}
