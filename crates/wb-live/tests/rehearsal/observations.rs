//! What a session sees of itself is in its journal, where no kernel is told of it.

use wb_core::Rng;
use wb_live::runner::{RunnerState, Severity};
use wb_live::venues::Line;
use wb_store::{JournalRecord, Observation, Verdict};

use crate::lockstep::sma;
use crate::rig::{Flight, Rig};

fn seen(rig: &Rig<'_>) -> Vec<Observation> {
    let observation = |record: &JournalRecord| match record {
        JournalRecord::Observation(_, observation) => Some(*observation),
        _ => None,
    };
    rig.journal.iter().filter_map(observation).collect()
}

/// The notices of a journal, their parts joined.
fn notices(seen: &[Observation]) -> Vec<(Severity, String)> {
    let mut notices: Vec<(Severity, String)> = Vec::new();
    for observation in seen {
        match (observation, notices.last_mut()) {
            (Observation::Notice { part: 1.., words, .. }, Some((_, text))) => text.push_str(words.as_str()),
            (Observation::Notice { severity, words, .. }, _) => {
                notices.push((*severity, words.as_str().to_string()));
            }
            _ => {}
        }
    }
    notices
}

fn go_on(rig: &mut Rig<'_>, steps: usize) {
    for _ in 0..steps {
        if !rig.deliver() {
            rig.tick();
        }
    }
}

#[test]
fn notices_connections_and_comparisons_are_in_the_journal() {
    let run = sma(4, 120);
    let mut rig = Rig::new(&run);
    rig.connect();
    go_on(&mut rig, 200);
    rig.cut(Line::Trading);
    go_on(&mut rig, 20);
    rig.open(Line::Trading);
    rig.finish();
    let seen = seen(&rig);
    assert_eq!(notices(&seen), rig.notices);
    let count = |wanted: Observation| seen.iter().filter(|observation| **observation == wanted).count();
    assert_eq!(count(Observation::Connected(Line::Trading)), 2);
    assert_eq!(count(Observation::Disconnected(Line::Trading)), 1);
    assert_eq!(count(Observation::Connected(Line::Market)), 1);
    // One after each connection.
    assert!(count(Observation::Compared { verdict: Verdict::Agreed, found: 0 }) >= 2, "{seen:?}");
}

#[test]
fn every_fill_that_a_comparison_finds_is_counted() {
    let (mut found, mut disturbed) = (0, 0);
    for seed in 1..=20 {
        let run = sma(seed, 120);
        let (mut rng, mut rig) = (Rng::new(seed), Rig::new(&run));
        rig.connect();
        while rig.runner.state() != RunnerState::Stopping {
            let is_report =
                matches!(rig.wire.front(), Some(Flight::ToRunner(_, f)) if f.contains("executionReport"));
            if is_report && rng.below(3) == 0 {
                rig.wire.pop_front();
            } else if !rig.deliver() {
                rig.tick();
            }
        }
        // Longer than a comparison is waited for.
        for _ in 0..1_300 {
            rig.tick();
            while rig.deliver() {}
        }
        let seen = seen(&rig);
        let counted: u32 = seen
            .iter()
            .map(|observation| match observation {
                Observation::Compared { found, .. } => *found,
                _ => 0,
            })
            .sum();
        let said = rig.notices.iter().filter(|(_, text)| text.ends_with("was missed, and found")).count();
        assert_eq!(counted as usize, said, "seed {seed}");
        let is_disturbed =
            |o: &&Observation| matches!(o, Observation::Compared { verdict: Verdict::Disturbed, .. });
        disturbed += seen.iter().filter(is_disturbed).count();
        found += counted;
    }
    assert!(found > 10 && disturbed > 0, "{found} found, {disturbed} disturbed");
}
