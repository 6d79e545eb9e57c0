//! How much of the best may be luck: figures, the spread of all trials, choices in sample judged out of sample.

use wb_metrics::{Line, Unit};

use crate::figures::{HistogramFigure, Mark, Scatter};
use crate::html::{Cell, Column, Table, half, note};
use crate::number;
use crate::palette::Ink;
use crate::plot::{Size, figure};
use crate::sweep::input::{InAndOut, Logits};
use crate::sweep::study::Study;

/// The part of the page about luck.
pub(crate) fn judgement(study: &Study<'_>) -> String {
    let luck = study.page.luck;
    let mut out = String::new();
    if !luck.figures.is_empty() {
        let mut table = Table::new([Column::Text("Figure"), Column::Text("Value"), Column::Text("Meaning")]);
        for (name, value, meaning) in &luck.figures {
            table.row([name, value, meaning].map(|text| Cell::Text(text.clone())));
        }
        out.push_str(&table.html("Figures about luck"));
    }
    let mut halves = objective_histogram(study);
    if let Some(pairs) = &luck.in_and_out {
        halves.push_str(&in_and_out(pairs));
    }
    if let Some(logits) = &luck.logits {
        halves.push_str(&ranks(logits));
    }
    if !halves.is_empty() {
        out.push_str("<div class=\"halves\">\n");
        out.push_str(&halves);
        out.push_str("</div>\n");
    }
    if out.is_empty() {
        return note("Nothing was computed about luck.");
    }
    out
}

/// Every trial by its objective, with the threshold and the best.
fn objective_histogram(study: &Study<'_>) -> String {
    let Some(best) = study.best() else { return String::new() };
    let values: Vec<f64> = study.ranked.iter().map(|row| study.objective(*row)).collect();
    let unit = study.unit();
    let text = |x: f64| number::in_unit(x, unit);
    let mut marks = Vec::new();
    let mut caption = format!("{} by {}.", number::counted(values.len(), "trial", "trials"), study.label());
    if let Some(threshold) = &study.page.luck.threshold {
        marks.push(Mark {
            at: threshold.value,
            label: format!("threshold {}", text(threshold.value)),
            ink: Ink::Loss,
        });
        caption.push_str(&format!(" Threshold: {}. {}", threshold.label, threshold.method));
    }
    let top = study.objective(best);
    marks.push(Mark { at: top, label: format!("best {}", text(top)), ink: Ink::Text });
    let drawing = HistogramFigure {
        values: &values,
        unit,
        marks: &marks,
        losses_to: None,
        alt: "Histogram of the objective over all trials",
    };
    half(
        &format!("{} of all trials", study.label()),
        &figure(Size::HALF, 250.0, &caption, |size| drawing.draw(size)),
    )
}

/// The pairs with their line of least squares.
pub(crate) fn in_and_out(pairs: &InAndOut) -> String {
    let points: Vec<(f64, f64)> =
        pairs.points.iter().copied().filter(|(x, y)| x.is_finite() && y.is_finite()).collect();
    let title = format!("{} in sample and out of sample", pairs.label);
    if points.is_empty() {
        return half(&title, &note("No choice could be judged out of sample."));
    }
    let line = Line::through(&points);
    let below = points.iter().filter(|(_, y)| *y < 0.0).count() as f64 / points.len() as f64;
    let mut caption =
        format!("{} {} of the points lie below zero out of sample.", pairs.method, number::percent(below));
    if let Some(line) = &line {
        let sign = if line.slope < 0.0 { '−' } else { '+' };
        let explained = line.r_squared.map_or(String::new(), |r| format!(", R² {}", number::fixed(r, 2)));
        caption.push_str(&format!(
            " Least squares: out of sample = {} {sign} {} × in sample{explained}.",
            number::ratio(line.intercept),
            number::ratio(line.slope.abs()),
        ));
    }
    let drawing = Scatter {
        points: &points,
        chosen: &[],
        line: line.map(|line| (line.slope, line.intercept)),
        names: ("In sample", "Out of sample"),
        units: (pairs.unit, pairs.unit),
        alt: "In sample against out of sample, with the line of least squares",
    };
    half(&title, &figure(Size::HALF, 270.0, &caption, |size| drawing.draw(size)))
}

/// Where among all trials the choices ended.
fn ranks(logits: &Logits) -> String {
    let values: Vec<f64> = logits.values.iter().copied().filter(|x| x.is_finite()).collect();
    let title = "Rank out of sample of what was best in sample";
    if values.is_empty() {
        return half(title, &note("No split could be judged."));
    }
    let probability = number::percent(logits.probability);
    let caption = format!(
        "Logit of the relative rank, by split; zero is the middle of all trials. {probability} of {} are not above \
         zero: the probability of backtest overfitting. {}",
        number::counted(values.len(), "split", "splits"),
        logits.method
    );
    let mark = Mark { at: 0.0, label: format!("{probability} ≤ 0"), ink: Ink::Text };
    let drawing = HistogramFigure {
        values: &values,
        unit: Unit::Ratio,
        marks: std::slice::from_ref(&mark),
        losses_to: Some(0.0),
        alt: "Histogram of the logits of overfitting",
    };
    half(title, &figure(Size::HALF, 250.0, &caption, |size| drawing.draw(size)))
}
