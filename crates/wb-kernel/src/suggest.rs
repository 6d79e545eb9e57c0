//! "Did you mean": the known name nearest to a misspelt one.

/// Names less alike than this are not worth suggesting. Between 0, nothing in common, and 1, equal.
const LEAST_SIMILARITY: f64 = 0.55;

/// The candidate most like `name`, if any is like it at all. Capitals do not count.
pub fn closest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    let score = |candidate: &str| {
        let candidate = candidate.to_lowercase();
        // A typo is a small distance; a word left unfinished is a common beginning.
        let edits = strsim::normalized_damerau_levenshtein(&name, &candidate);
        let beginning = name.len() >= 3 && candidate.starts_with(&name);
        if beginning { edits.max(0.9) } else { edits }
    };
    let mut best: Option<(f64, &'a str)> = None;
    for candidate in candidates {
        let score = score(candidate);
        if score >= LEAST_SIMILARITY && best.is_none_or(|(so_far, _)| score > so_far) {
            best = Some((score, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_finds_the_nearest_name_and_nonsense_finds_none() {
        let check = |name: &str, expected: Option<&str>| {
            let known = ["sma-cross", "pairs", "buy-and-hold", "binance:NEARUSDT", "interval"];
            assert_eq!(closest(name, known), expected, "{name}");
        };
        check("sma-corss", Some("sma-cross"));
        check("sma_cross", Some("sma-cross"));
        check("SMA-CROSS", Some("sma-cross"));
        check("buy", Some("buy-and-hold"));
        check("binance:NEARUSD", Some("binance:NEARUSDT"));
        check("intreval", Some("interval"));
        check("zzzz", None);
        check("", None);
    }
}
