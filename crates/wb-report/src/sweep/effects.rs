//! What the parameters do: how much of the spread each explains, and the objective along each.

use crate::figures::{AlongParameter, Positions};
use crate::html::{Cell, Column, Table, escape, half, note};
use crate::number;
use crate::plot::{self, Size, figure};
use crate::sweep::importance::Importance;
use crate::sweep::neighbours::Neighbours;
use crate::sweep::study::Study;

/// Bins of a parameter in the figure along it, at most.
const BINS: usize = 60;
/// Trials that a bin should have on average: with fewer the lines are of noise.
const TRIALS_A_BIN: usize = 30;
/// Pairs of parameters in the table.
const PAIRS: usize = 6;

const FORMULA: &str = "Share of the variance of the objective, over the trials that can be judged, that lies between \
    the parameter's bins: 1 − (1 − B ÷ T)(n − 1) ÷ (n − k), with n trials in k bins (at most 16 of neighbouring values), T the \
    sum of squares about the mean and B that of the bins' means (Kelley's correction of the correlation ratio; on a full \
    grid the main effect of a functional analysis of variance). Two parameters together: the share of their joint bins \
    (at most 8 by 8) less those of each alone. Where a search tried some regions more than others the shares are of what \
    it tried, and may add up to more than one.";

/// A share of variance: its decimals tell nothing.
fn percent(share: f64) -> String {
    format!("{}%", number::fixed(share * 100.0, 1))
}

/// The table of shares with their formula.
pub(crate) fn importance(study: &Study<'_>, importance: Option<&Importance>) -> String {
    let Some(importance) = importance else {
        return note("The objective has no spread to explain.");
    };
    let name = |p: usize| study.page.parameters[p].name.clone();
    let mut table =
        Table::new([Column::Text("Parameter"), Column::Text("Share of variance"), Column::Number("")]);
    let mut row = |what: String, share: f64| {
        table.row([Cell::Text(what), Cell::Bar(share), Cell::Number(percent(share), share)]);
    };
    importance.alone.iter().for_each(|(p, share)| row(name(*p), *share));
    row("Interplay and noise".to_string(), importance.rest());
    let shares = half("Each alone", &table.html("Importance of each parameter"));
    let mut out = format!("<div class=\"halves importance\">\n{shares}");
    let pairs: Vec<_> =
        importance.together.iter().filter(|(.., share)| *share >= 0.001).take(PAIRS).collect();
    if !pairs.is_empty() {
        let mut table =
            Table::new([Column::Text("Parameters"), Column::Text("Share of variance"), Column::Number("")]);
        for (a, b, share) in pairs {
            let what = format!("{} and {}", name(*a), name(*b));
            table.row([Cell::Text(what), Cell::Bar(*share), Cell::Number(percent(*share), *share)]);
        }
        out.push_str(&half("Two together, beyond each alone", &table.html("Importance of pairs")));
    }
    format!(
        "{out}</div>\n<details><summary>How the shares are computed</summary>{}</details>\n",
        note(FORMULA)
    )
}

/// A figure for each parameter that varied.
pub(crate) fn along_parameters(study: &Study<'_>, neighbours: &Neighbours) -> String {
    let Some(best) = study.best() else { return String::new() };
    let lines: Vec<Lines> =
        neighbours.slices.iter().map(|(parameter, slice)| Lines::of(study, *parameter, slice)).collect();
    let ends = plot::extremes(lines.iter().flat_map(Lines::heights));
    let has_slice = lines.iter().any(|lines| lines.slice.len() > 1);
    let through = if has_slice { "through the best trial" } else { "the best trial" };
    let mut out = format!(
        "<p class=\"readout\"><span class=\"key run\">{through}</span> \
         <span class=\"key benchmark\">best of all trials with the value</span> \
         <span class=\"key quiet-key\">their mean</span></p>\n<div class=\"halves\">\n"
    );
    for lines in &lines {
        let parameter = &study.page.parameters[lines.parameter];
        let drawing = AlongParameter {
            name: &parameter.name,
            positions: match parameter.words.as_slice() {
                [] => Positions::Numbers,
                words => Positions::Words(words),
            },
            mean: &lines.mean,
            best: &lines.best,
            slice: &lines.slice,
            top: (study.page.trials.params[lines.parameter][best], study.objective(best)),
            ends,
            unit: study.unit(),
        };
        let caption = match lines.slice.len() - 1 {
            0 if has_slice => "No trial differs from the best in it alone.".to_string(),
            0 => String::new(),
            1 => "1 trial differs from the best in it alone.".to_string(),
            n => format!("{} trials differ from the best in it alone.", number::count(n)),
        };
        let size = Size { height: 220.0, ..Size::HALF };
        out.push_str(&half(&parameter.name, &figure(size, 220.0, &caption, |size| drawing.draw(size))));
    }
    out.push_str("</div>\n");
    out
}

/// The lines of one figure.
struct Lines {
    parameter: usize,
    mean: Vec<(f64, f64)>,
    best: Vec<(f64, f64)>,
    slice: Vec<(f64, f64)>,
}

impl Lines {
    fn of(study: &Study<'_>, parameter: usize, slice: &[usize]) -> Lines {
        let levels = &study.levels[parameter];
        let words = study.page.parameters[parameter].words.len();
        let bins = levels.bins((study.ranked.len() / TRIALS_A_BIN).clamp(8, BINS).max(words));
        let mut cells: Vec<Option<(usize, f64, f64)>> = vec![None; bins.count];
        for row in &study.ranked {
            let x = study.objective(*row);
            let cell = &mut cells[bins.bin(study.code(parameter, *row))];
            *cell = Some(match *cell {
                Some((n, sum, best)) => (n + 1, sum + x, study.better(best, x)),
                None => (1, x, x),
            });
        }
        let filled =
            || cells.iter().enumerate().filter_map(|(bin, cell)| Some((bins.middle(levels, bin), (*cell)?)));
        let column = &study.page.trials.params[parameter];
        Lines {
            parameter,
            mean: filled().map(|(x, (n, sum, _))| (x, sum / n as f64)).collect(),
            best: filled().map(|(x, (.., best))| (x, best)).collect(),
            slice: slice.iter().map(|row| (column[*row], study.objective(*row))).collect(),
        }
    }

    fn heights(&self) -> impl Iterator<Item = f64> + '_ {
        self.mean.iter().chain(&self.best).chain(&self.slice).map(|point| point.1)
    }
}

/// The table of neighbours, with the judgement in words.
pub(crate) fn neighbours_table(study: &Study<'_>, neighbours: &Neighbours) -> String {
    let Some(best) = study.best() else { return String::new() };
    let rank = ranks(study, neighbours);
    if rank.is_empty() {
        return note("The best has no neighbour among the trials.");
    }
    let mut table = Table::new([
        Column::Number("Trial"),
        Column::Number(study.label()),
        Column::Number("Difference"),
        Column::Number("Rank"),
        Column::Text("Change"),
    ])
    .sortable();
    for (row, rank) in neighbours.rows().zip(&rank) {
        let by = study.objective(row) - study.objective(best);
        table.row([
            Cell::Number(study.number(row), study.page.trials.number[row] as f64),
            Cell::Number(study.objective_text(row), study.objective(row)),
            Cell::Number(number::signed(number::in_unit(by, study.unit()), by), by),
            Cell::Number(number::count(*rank), *rank as f64),
            Cell::Text(change(study, best, row)),
        ]);
    }
    let said = format!("<p>{}</p>\n", escape(&judgement(study, neighbours, &rank)));
    said + &table.html("Neighbours of the best")
}

/// What sets a trial apart from the best: `fast 19 → 20`.
fn change(study: &Study<'_>, best: usize, row: usize) -> String {
    let params = &study.page.trials.params;
    let differing = study.varied.iter().filter(|p| params[**p][best].total_cmp(&params[**p][row]).is_ne());
    let texts = differing.map(|p| {
        let value = |row: usize| study.value_text(*p, params[*p][row]);
        format!("{} {} → {}", study.page.parameters[*p].name, value(best), value(row))
    });
    texts.collect::<Vec<_>>().join(", ")
}

/// The place of each neighbour among all trials, from 1.
fn ranks(study: &Study<'_>, neighbours: &Neighbours) -> Vec<usize> {
    let mut place = vec![0; study.page.trials.number.len()];
    for (i, row) in study.ranked.iter().enumerate() {
        place[*row] = i + 1;
    }
    neighbours.rows().map(|row| place[row]).collect()
}

/// Plateau, slope or spike: by how the neighbours rank among all trials, which needs no scale of the objective.
fn judgement(study: &Study<'_>, neighbours: &Neighbours, ranks: &[usize]) -> String {
    let mut sorted = ranks.to_vec();
    sorted.sort_unstable();
    let n = study.ranked.len();
    let share = |rank: usize| rank as f64 / n as f64;
    let (median, worst) = (sorted[sorted.len() / 2], sorted[sorted.len() - 1]);
    let verdict = match (share(median), share(worst)) {
        (median, worst) if median <= 0.1 && worst <= 0.5 => {
            "A plateau: half of its neighbours are in the best tenth of all trials, none in the worse half."
        }
        (median, _) if median > 0.25 => {
            "A spike: half of its neighbours are not even in the best quarter of all trials."
        }
        _ => "A slope: the neighbours are good, but not all of them.",
    };
    let kind = match neighbours.nearest.as_slice() {
        [] => format!("{} one step away", number::counted(sorted.len(), "trial", "trials")),
        [(_, near), .., (_, far)] => format!(
            "{} trials nearest to it, {} to {} of the range away,",
            number::count(sorted.len()),
            number::significant((near * 100.0).round() / 100.0),
            number::significant((far * 100.0).round() / 100.0)
        ),
        [_] => "the trial nearest to it".to_string(),
    };
    format!(
        "{verdict} Of the {kind} the median ranks {} of {}, the last {}.",
        number::count(median),
        number::count(n),
        number::count(worst)
    )
}
