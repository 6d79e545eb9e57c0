//! What a reader of a sweep's page has to know, read from its trials.

use crate::number;
use crate::sweep::input::TrialStatus;
use crate::sweep::study::Study;

/// The warnings, each a sentence.
pub(crate) fn warnings(study: &Study<'_>) -> Vec<String> {
    let n = study.page.trials.number.len();
    let mut out = Vec::new();
    if n == 0 {
        out.push("The sweep has no trial.".to_string());
        return out;
    }
    let failed = study.count(TrialStatus::Failed);
    if failed > 0 {
        out.push(format!(
            "{} of {} failed; the messages are under Method.",
            number::count(failed),
            number::counted(n, "trial", "trials")
        ));
    }
    if study.ranked.is_empty() {
        out.push(
            "No trial can be ranked: none ran to its end, kept the constraints and has the objective."
                .to_string(),
        );
    }
    if let Some(best) = study.best() {
        out.extend(edges(study, best));
    }
    out
}

/// The best at the edge of what was tried: what lies beyond may be better.
fn edges(study: &Study<'_>, best: usize) -> Option<String> {
    let at_edge = |p: &&usize| {
        let levels = &study.levels[**p];
        let code = study.code(**p, best);
        // Two values have nothing but edges, and words have no order.
        levels.count() > 2
            && study.page.parameters[**p].words.is_empty()
            && (code == 0 || code == levels.count() - 1)
    };
    let names: Vec<&str> =
        study.varied.iter().filter(at_edge).map(|p| study.page.parameters[*p].name.as_str()).collect();
    (!names.is_empty()).then(|| {
        format!(
            "The best trial lies at the edge of what was tried of {}: beyond it may be better ones.",
            names.join(", ")
        )
    })
}
