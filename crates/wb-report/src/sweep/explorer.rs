//! The places of the heat map and of the parallel coordinates, which scripts draw.

use crate::html::{escape, note, put};
use crate::number;
use crate::sweep::data::Embedded;
use crate::sweep::importance::Importance;
use crate::sweep::study::Study;

/// Two parameters against each other.
pub(crate) fn heat_map(study: &Study<'_>, embedded: &Embedded, shares: Option<&Importance>) -> String {
    if study.varied.len() < 2 || study.ranked.is_empty() {
        return note("A map needs two parameters that vary and a trial that can be judged.");
    }
    let [x, y] = axes_of_interest(study, shares);
    let select = |name: &str, chosen: usize| {
        let mut options = String::new();
        for (i, p) in study.varied.iter().enumerate() {
            let mark = if *p == chosen { " selected" } else { "" };
            let text = escape(&study.page.parameters[*p].name);
            put(&mut options, format_args!("<option value=\"{i}\"{mark}>{text}</option>"));
        }
        format!(
            "<label>{name} <select data-do=\"{}\">{options}</select></label>\n",
            name.to_ascii_lowercase()
        )
    };
    format!(
        "<figure id=\"heat-map\">\n<div class=\"tools\">\n{}{}{}\
         <label>Cell <select data-do=\"cell\"><option value=\"best\">best</option><option value=\"mean\">mean</option>\
         <option value=\"count\">number of trials</option></select></label>\n</div>\n\
         <div class=\"sliders\"></div>\n\
         <p class=\"readout\" data-part=\"cell\"></p>\n\
         <canvas class=\"map\" tabindex=\"0\" role=\"application\" aria-roledescription=\"heat map\" \
         aria-label=\"Objective over two parameters. Arrow keys move from cell to cell.\"></canvas>\n\
         {NOSCRIPT}<figcaption>{}</figcaption>\n</figure>\n",
        select("Across", x),
        select("Up", y),
        objective_select(study),
        escape(&caption(
            study,
            embedded,
            "○ the best trial. Where a parameter has many values, neighbouring ones share a cell. Blank: no trial."
        )),
    )
}

/// All parameters beside each other.
pub(crate) fn parallel(study: &Study<'_>, embedded: &Embedded) -> String {
    if study.varied.is_empty() || study.ranked.is_empty() {
        return note("Parallel coordinates need a parameter that varies and a trial that can be judged.");
    }
    format!(
        "<figure id=\"parallel\">\n<div class=\"tools\">\n{}\
         <button type=\"button\" data-do=\"clear\">Clear selection</button>\n</div>\n\
         <p class=\"readout\" data-part=\"chosen\"></p>\n\
         <canvas class=\"parallel\" role=\"img\" aria-label=\"Parallel coordinates of the trials\"></canvas>\n\
         {NOSCRIPT}<figcaption>{} <span data-part=\"note\"></span></figcaption>\n</figure>\n",
        objective_select(study),
        escape(&caption(
            study,
            embedded,
            "A line is a trial, coloured by the objective. Drag along an axis to keep the trials between two values."
        )),
    )
}

const NOSCRIPT: &str = "<noscript><p class=\"note\">This figure needs a script.</p></noscript>\n";

/// What was left out, if anything, and what the figure says.
fn caption(study: &Study<'_>, embedded: &Embedded, text: &str) -> String {
    let n = study.ranked.len();
    if embedded.len() == n {
        return format!("{}. {text}", number::counted(n, "trial", "trials"));
    }
    format!(
        "{} of {} trials are in this page: {} drawn at random and the best. Means and numbers are of those drawn at random. {text}",
        number::count(embedded.len()),
        number::count(n),
        number::count(embedded.drawn)
    )
}

fn objective_select(study: &Study<'_>) -> String {
    let objectives = &study.page.objectives;
    let hidden = if objectives.len() < 2 { " hidden" } else { "" };
    let mut options = String::new();
    for (i, objective) in objectives.iter().enumerate() {
        put(&mut options, format_args!("<option value=\"{i}\">{}</option>", escape(&objective.label)));
    }
    format!("<label{hidden}>Objective <select data-do=\"objective\">{options}</select></label>\n")
}

/// The two numbers that explain most of the objective, before any words, whose order means nothing.
fn axes_of_interest(study: &Study<'_>, shares: Option<&Importance>) -> [usize; 2] {
    let mut ranked = match shares {
        Some(importance) => importance.alone.iter().map(|(p, _)| *p).collect(),
        None => study.varied.clone(),
    };
    ranked.sort_by_key(|p| !study.page.parameters[*p].words.is_empty());
    [ranked[0].min(ranked[1]), ranked[0].max(ranked[1])]
}
