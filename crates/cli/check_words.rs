//! What checks found, in words: for the command that runs one and for the gates that ask for it.

use wb_engine::checks::{Lookahead, Rerun, Warmup};

use crate::figures::grouped;

/// Later starts that are tried where nobody asks for another number.
pub(crate) const STARTS: u16 = 4;

/// Whether nothing depends on the future. A run without an order is not known to be honest.
pub(crate) fn is_honest(found: &Lookahead) -> bool {
    found.holds() && found.orders > 0
}

/// The repetitions of each point together.
pub(crate) fn points(found: &Lookahead) -> impl Iterator<Item = &[Rerun]> {
    found.reruns.chunk_by(|a, b| a.point == b.point)
}

/// What was found about lookahead. `seed` is that of the random walks.
pub(crate) fn lookahead_words(seed: u64, found: &Lookahead) -> String {
    let (orders, runs) = (grouped(found.orders as f64, 0), found.reruns.len());
    let how = format!("{} points, {runs} runs, seed {seed}", points(found).count());
    let caught = found.reruns.iter().filter(|rerun| rerun.changed > 0).count();
    if found.orders == 0 {
        format!("Nothing is known: the run gives no order ({how}).")
    } else if caught == 0 {
        format!("No command depends on a later bar: {orders} orders, {how}.")
    } else {
        format!("Commands depend on later bars: {caught} of {runs} runs changed the past ({how}).")
    }
}

/// What was found about warm-up: of features, then of decisions.
pub(crate) fn warmup_words(found: &Warmup) -> [String; 2] {
    [feature_words(found), start_words(found)]
}

fn feature_words(found: &Warmup) -> String {
    let broken: Vec<&str> =
        found.features.iter().filter(|feature| !feature.holds).map(|feature| feature.name.as_str()).collect();
    match found.features.len() {
        0 => "The strategy declares no features.".to_string(),
        _ if !broken.is_empty() => format!("Remembered longer than declared: {}.", broken.join(", ")),
        1 => "The feature is that of the long history within its memory.".to_string(),
        n => format!("All {n} features are those of the long history within their memories."),
    }
}

fn start_words(found: &Warmup) -> String {
    let all = found.starts.len();
    let unsettled = found.starts.iter().filter(|start| !found.settles(start)).count();
    let apart = found.starts.iter().filter(|start| start.differing > 0).count();
    let orders = found.orders + found.starts.iter().map(|start| start.orders).sum::<usize>();
    if orders == 0 {
        format!("There is no order after {}: no decisions were compared.", found.common)
    } else if unsettled > 0 {
        format!(
            "The result depends on where the data begins: {unsettled} of {all} starts still decide otherwise after {}.",
            found.settled_by
        )
    } else if apart > 0 {
        format!(
            "Decisions come to be the same from any start; {apart} of {all} need more than the features' memory."
        )
    } else {
        "Decisions are the same from any start, once features have forgotten it.".to_string()
    }
}
