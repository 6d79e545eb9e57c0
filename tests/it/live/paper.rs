//! A deployment on paper: market data of the exchange, no key and no order.

use std::process::Command;

use serde_json::Value;

use super::{LOCKSTEP, Live, deployed, done, journal, live, wait_for};
use crate::support::exchange::{Running, start};
use crate::support::project::Project;

/// `workbench live near --paper` against an exchange, without a key.
fn paper(project: &Project, exchange: &Running, more: &[&str]) -> Command {
    let mut command = live(project, exchange, &[&["--paper"], more].concat());
    command.env_remove("WORKBENCH_VENUE_KEY").env_remove("WORKBENCH_VENUE_SECRET");
    command
}

#[test]
fn paper_in_lockstep_has_the_digest_of_the_backtest_and_its_journal_replays() {
    let (project, digest) = deployed();
    let exchange = start(&project, &LOCKSTEP);
    let done = done(paper(&project, &exchange, &["--lockstep"]));
    assert_eq!(done.code, 0, "{}\n{}", done.stdout, done.stderr);
    let said: Value = serde_json::from_str(&done.stdout).expect("JSON");
    assert_eq!(
        (&said["digest"], &said["orders_go_to"]),
        (&digest.into(), &"paper".into()),
        "{}",
        done.stderr
    );
    assert!(done.stderr.contains("note: on paper: no order is sent"), "{}", done.stderr);
    project.ok(&["replay", journal(&said)]);
    let why = project.json(&["explain", journal(&said), "2"]);
    assert!(why["order"].as_str().expect("words").starts_with("order 2: sell"), "{why}");
}

#[test]
fn a_paper_session_that_was_killed_goes_on_from_its_own_journal() {
    let (project, _) = deployed();
    let exchange = start(&project, &LOCKSTEP);
    for _ in 0..3 {
        drop(Live::trading(paper(&project, &exchange, &["--lockstep"])));
    }
    let done = done(paper(&project, &exchange, &["--lockstep"]));
    assert_eq!(done.code, 0, "{}\n{}", done.stdout, done.stderr);
    assert!(done.stderr.contains("records of earlier sessions read"), "{}", done.stderr);
    let said: Value = serde_json::from_str(&done.stdout).expect("JSON");
    assert!(journal(&said).ends_with("/paper/journal"), "{said}");
    project.ok(&["replay", journal(&said)]);
}

#[test]
fn a_paper_session_by_the_clock_says_that_it_is_one_and_obeys() {
    let (project, _) = deployed();
    let exchange = start(&project, &["--speed", "1x", "--spec", "spec.toml", "--api-secret", "the-secret"]);
    let session = Live::trading(paper(&project, &exchange, &[]));
    project.fails(&["live", "kill", "near"], 3, &["no session of near is under way"]);
    let asked = ["live", "status", "--paper", "near"];
    let status: Value = serde_json::from_str(&project.ok(&asked).stdout).expect("JSON");
    assert_eq!((&status["state"], &status["orders_go_to"]), (&"trading".into(), &"paper".into()), "{status}");
    for (verb, state) in [("pause", "paused"), ("resume", "trading"), ("flatten", "paused")] {
        project.ok(&["live", verb, "--paper", "near"]);
        wait_for(&project, &asked, state);
    }
    project.ok(&["live", "kill", "--paper", "near"]);
    assert!(session.ended().0.success());
}
