//! The report of a sweep: one HTML file that needs nothing else.

use crate::document::{self, Header, warning_list};
use crate::html::{escape, put, section};
use crate::json::Json;
use crate::number;
use crate::sections;
use crate::sweep::best::best_trials;
use crate::sweep::data::{self, Embedded};
use crate::sweep::effects::{along_parameters, importance, neighbours_table};
use crate::sweep::explorer::{heat_map, parallel};
use crate::sweep::front::front;
use crate::sweep::importance::Importance;
use crate::sweep::input::SweepPage;
use crate::sweep::judgement::judgement;
use crate::sweep::neighbours::Neighbours;
use crate::sweep::space::{method, outcome_of_trials, space};
use crate::sweep::study::Study;
use crate::sweep::warnings::warnings;

/// The page. The same sweep gives the same bytes. However many trials there are, the page stays below five megabytes:
/// of many a sample is in the page, and it says so.
///
/// # Panics
/// If there is no objective, if the columns of the trials do not match the page's parameters, objectives and figures,
/// or if they differ in length.
pub fn sweep_page(page: &SweepPage<'_>) -> String {
    let study = Study::of(page);
    let embedded = Embedded::of(&study);
    let neighbours = Neighbours::of(&study);
    let shares = Importance::of(&study);
    let mut parts = vec![
        ("best", "Best trials", best_trials(&study)),
        ("luck", "Is it luck?", judgement(&study)),
        ("map", "Two parameters", heat_map(&study, &embedded, shares.as_ref())),
        ("all-parameters", "All parameters", parallel(&study, &embedded)),
        ("importance", "Importance", importance(&study, shares.as_ref())),
    ];
    if let Some(neighbours) = &neighbours {
        let body = neighbours_table(&study, neighbours) + &along_parameters(&study, neighbours);
        parts.push(("neighbours", "Around the best", body));
    }
    if page.objectives.len() > 1 {
        parts.push(("front", "Pareto front", front(&study)));
    }
    parts.push(("space", "Space", space(&study)));
    parts.push(("method", "Method", method(&study)));
    parts.push(("provenance", "Provenance", sections::provenance(page.provenance, page.spec_text)));

    let mut body = String::with_capacity(1 << 20);
    body.push_str(&header(&study, &parts));
    body.push_str("<main>\n");
    body.push_str(&headline(&study));
    body.push_str(&warning_list(warnings(&study).iter().chain(page.warnings)));
    parts.iter().for_each(|(id, title, html)| body.push_str(&section(id, title, html)));
    body.push_str("</main>\n");
    let data = Json::Object(vec![("sweep", data::data(&study, &embedded))]);
    document::html(page.title, &body, &data, &SCRIPTS)
}

/// What only this page needs besides what every page has.
const SCRIPTS: [&str; 4] = [
    include_str!("../script/canvas.js"),
    include_str!("../script/sweep_data.js"),
    include_str!("../script/heat_map.js"),
    include_str!("../script/parallel.js"),
];

fn header(study: &Study<'_>, parts: &[(&str, &str, String)]) -> String {
    let page = study.page;
    let parts: Vec<(&str, &str)> = parts.iter().map(|(id, title, _)| (*id, *title)).collect();
    let mut facts = page.facts.to_vec();
    facts.push(format!("trials {}", outcome_of_trials(study)));
    document::header(&Header {
        title: page.title,
        facts: &facts,
        verdict: page.verdict,
        links: page.links,
        parts: &parts,
    })
}

/// The figures that a reader looks for first.
fn headline(study: &Study<'_>) -> String {
    let Some(best) = study.best() else { return String::new() };
    let median = study.ranked[study.ranked.len() / 2];
    let label = study.label();
    let mut terms = vec![
        (format!("Best {label}"), study.objective_text(best)),
        (format!("Median {label}"), study.objective_text(median)),
    ];
    let luck = study.page.luck;
    if let Some(threshold) = &luck.threshold {
        terms.push(("Threshold of luck".to_string(), number::in_unit(threshold.value, study.unit())));
    }
    if let Some(logits) = &luck.logits {
        terms.push(("Probability of overfitting".to_string(), number::percent(logits.probability)));
    }
    terms.push(("Trials judged".to_string(), number::count(study.ranked.len())));
    let mut out = String::from("<dl class=\"headline\">\n");
    for (name, value) in terms {
        put(&mut out, format_args!("<div><dt>{}</dt><dd>{}</dd></div>\n", escape(&name), escape(&value)));
    }
    put(
        &mut out,
        format_args!(
            "</dl>\n<p class=\"note\">Best: trial {}{}.</p>\n",
            study.number(best),
            match study.choice(best) {
                choice if choice.is_empty() => String::new(),
                choice => format!(" with {}", escape(&choice)),
            }
        ),
    );
    out
}
