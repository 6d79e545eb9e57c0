//! A journal replays as it was written, and what was changed in it, in the parameters or in the code is said.

use std::fs;
use std::path::{Path, PathBuf};

use wb_core::{Event, MarketData};
use wb_store::{JOURNAL_FORMAT, Journal, JournalEntry, JournalRecord, JournalWriter, NewJournal, SyncPolicy};

use crate::support::project::Project;
use crate::support::{market, root};

const SPEC: &str = "strategy = \"sma-cross\"\n[data]\ninstruments = { base = \"test:S0\" }\ninterval = \"1h\"\n\
                    [simulation]\nfees = { taker_bps = 2 }\n";
const BACKTEST: &[&str] = &["backtest", "spec.toml", "--journal", "journal"];

/// A project with so many hours of one instrument and a spec.
fn project(length: usize) -> Project {
    let project = Project::new();
    market::store(&project, length, 42);
    project.write("spec.toml", SPEC);
    project
}

fn segment(project: &Project) -> PathBuf {
    project.path().join("journal/000000.wbj")
}

pub(crate) fn entries(journal: &Journal) -> Vec<JournalEntry> {
    let mut records = journal.records();
    let mut entries = Vec::new();
    while let Some(entry) = records.next().expect("whole") {
        entries.push(entry);
    }
    entries
}

/// Writes a journal of the given code with other records beside a given one.
pub(crate) fn rewrite(from: &Journal, to: &Path, code_id: &str, records: &[JournalRecord]) {
    let header = &from.header;
    let risk: Vec<(&str, f64)> = header.risk.iter().map(|(key, value)| (key.as_str(), *value)).collect();
    let new = NewJournal {
        subject: &header.subject,
        workbench: &header.workbench,
        code_id,
        started: header.started,
        risk: &risk,
        spec: &from.spec,
        instruments: &from.instruments,
    };
    let mut writer = JournalWriter::create(to, &new, SyncPolicy::AtSegmentEnd).expect("a new journal");
    for record in records {
        writer.append(record).expect("room on the disk");
    }
    writer.finish().expect("room on the disk");
}

#[test]
fn a_backtest_writes_a_journal_and_its_replay_gives_the_same() {
    let project = project(3_000);
    let run = project.json(BACKTEST);
    let found = project.json(&["replay", "journal"]);
    assert_eq!(found["equal"], true);
    assert_eq!(found["commands"].as_f64(), run["orders"].as_f64());
    assert!(found["events"].as_f64() > run["bars"].as_f64(), "fills are events as well");
    assert!(found["digests"].as_u64() >= Some(3), "one each thousand events, and one at the end: {found}");
    assert_eq!(found["difference"], serde_json::Value::Null);
    assert!(found["subject"].as_str().expect("text").ends_with(run["run_id"].as_str().expect("text")));
    let journal = Journal::open(&project.path().join("journal")).expect("a journal");
    let last = entries(&journal).pop().expect("records");
    let JournalRecord::Digest(_, digest) = last.record else { panic!("{last:?}") };
    assert_eq!(format!("{digest:032x}"), run["digest"].as_str().expect("text"), "the run's digest ends it");
    let done = project.ok(&["replay", "journal"]);
    assert!(done.stdout.starts_with("The kernel answers as recorded: 3,"), "{}", done.stdout);
}

#[test]
fn the_bars_of_a_journal_become_series_on_which_the_run_is_the_same() {
    let project = project(3_000);
    let run = project.json(BACKTEST);
    let said = project.json(&["data", "journal", "journal", "--venue", "seen"]);
    assert_eq!(said[0]["series"], "seen:S0 1h");
    assert_eq!(said[0]["new_rows"].as_f64(), run["bars"].as_f64());
    project.write("seen.toml", &SPEC.replace("test:S0", "seen:S0"));
    let again = project.json(&["backtest", "seen.toml"]);
    assert_eq!(again["digest"], run["digest"]);
    assert_ne!(again["run_id"], run["run_id"], "other data have another name");
    // The same bars again are the same series.
    project.ok(&["data", "journal", "journal", "--venue", "seen"]);
    assert_eq!(project.json(&["backtest", "seen.toml"]), again);
    project.fails(&["data", "journal", "nowhere", "--venue", "seen"], 3, &["nowhere holds no journal"]);
}

#[test]
fn a_run_that_is_stored_already_is_run_for_its_journal_and_no_journal_is_written_over() {
    let project = project(3_000);
    let first = project.json(&["backtest", "spec.toml"]);
    let again = project.json(BACKTEST);
    assert_eq!(first, again);
    project.ok(&["replay", "journal"]);
    project.fails(BACKTEST, 3, &["journal holds a journal already", "hint: give another folder"]);
    project.fails(&["replay", "nowhere"], 3, &["nowhere holds no journal", "--journal DIR"]);
}

#[test]
fn neither_the_project_nor_the_environment_changes_what_a_journal_is_of() {
    let project = project(3_000);
    project.ok(BACKTEST);
    project.write("config/workbench.toml", "[account]\ncash = 7\n");
    project.write("config/risk.toml", "max_leverage = 0.1\n");
    project.ok(&["replay", "journal"]);
}

#[test]
fn a_changed_parameter_shows_the_first_command_that_it_changes_with_both_sides() {
    let project = project(3_000);
    project.ok(BACKTEST);
    let done = project.run(&["replay", "journal", "--param", "fast=12"]);
    assert_eq!(done.code, 1, "{}", done.stderr);
    let state = ["The kernel then:", "equity", "sma(close,12) of test:S0"];
    for word in
        ["record", "after", "bar of test:S0 at", "recorded", "kernel", "order"].into_iter().chain(state)
    {
        assert!(done.stdout.contains(word), "`{word}` is not in {}", done.stdout);
    }
    project.fails(&["replay", "journal", "--param", "fsat=12"], 2, &["fsat", "did you mean `fast`?"]);
}

#[test]
fn a_changed_price_under_a_good_checksum_is_found_with_its_record() {
    let project = project(3_000);
    project.ok(BACKTEST);
    let journal = Journal::open(&project.path().join("journal")).expect("a journal");
    let mut records: Vec<JournalRecord> = entries(&journal).iter().map(|entry| entry.record).collect();
    let at = records.len() / 2;
    let changed = records[at..].iter_mut().find_map(|record| match record {
        JournalRecord::Event(Event::Market(market)) => match &mut market.data {
            MarketData::Bar(bar) => Some(&mut bar.close),
            _ => None,
        },
        _ => None,
    });
    *changed.expect("a bar") *= 1.5;
    rewrite(&journal, &project.path().join("other"), &journal.header.code_id, &records);
    let done = project.run(&["replay", "other", "--format", "json"]);
    assert_eq!(done.code, 1, "{}", done.stderr);
    let found: serde_json::Value = serde_json::from_str(&done.stdout).expect("JSON");
    assert_eq!(found["equal"], false);
    assert!(found["difference"]["record"].as_u64().expect("a number") > at as u64, "{found}");
    for side in ["recorded", "kernel", "after"] {
        assert!(found["difference"][side].is_string(), "{found}");
    }
    assert!(found["difference"]["state"]["equity"].is_number(), "{found}");
    assert_eq!(found["difference"]["state"]["features"][0]["feature"], "sma(close,10)");
}

#[test]
fn a_journal_of_other_code_replays_and_says_so() {
    let project = project(3_000);
    project.ok(BACKTEST);
    let journal = Journal::open(&project.path().join("journal")).expect("a journal");
    let records: Vec<JournalRecord> = entries(&journal).iter().map(|entry| entry.record).collect();
    rewrite(&journal, &project.path().join("other"), "0123abcd", &records);
    let done = project.ok(&["replay", "other"]);
    assert!(done.stderr.contains("written by other code: 0123abcd"), "{}", done.stderr);
    assert!(done.stdout.contains("answers as recorded"), "{}", done.stdout);
}

#[test]
fn a_changed_byte_is_refused_with_its_place_and_a_cut_is_tolerated() {
    let project = project(3_000);
    project.ok(BACKTEST);
    let good = fs::read(segment(&project)).expect("a segment");
    let mut bad = good.clone();
    bad[100_000] ^= 4;
    fs::write(segment(&project), &bad).expect("written");
    let says = ["000000.wbj is damaged at byte", "checksum", "the records before it are good"];
    project.fails(&["replay", "journal"], 3, &says);

    fs::write(segment(&project), &good[..good.len() - 30]).expect("written");
    let done = project.ok(&["replay", "journal"]);
    assert!(done.stderr.contains("000000.wbj ends within a record"), "{}", done.stderr);

    fs::write(segment(&project), &good).expect("written");
    let header = project.path().join("journal/header.toml");
    let ours = format!("format = {JOURNAL_FORMAT}");
    let text = fs::read_to_string(&header).expect("text").replace(&ours, "format = 99");
    fs::write(&header, text).expect("written");
    let says = format!("has format 99, and this workbench reads format {JOURNAL_FORMAT}");
    project.fails(&["replay", "journal"], 3, &[&says]);
}

#[test]
fn the_vectorized_engine_has_nothing_to_write_down() {
    let args = [BACKTEST, &["--engine", "vectorized"]].concat();
    project(200).fails(&args, 2, &["--journal", "vectorized", "hint: leave --engine away"]);
}

/// The journals of each format, by the workbench that had it.
pub(crate) fn golden() -> PathBuf {
    root().join("tests/golden/journals")
}

#[test]
fn journals_of_every_format_replay() {
    let project = Project::new();
    for format in 1..=JOURNAL_FORMAT {
        let path = golden().join(format!("format-{format}"));
        let done = project.ok(&["replay", path.to_str().expect("a path of text")]);
        assert!(done.stdout.contains("answers as recorded"), "{}", done.stdout);
    }
}
