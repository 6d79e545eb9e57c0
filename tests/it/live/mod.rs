//! A deployment trades over real sockets against the bundled exchange, and is what its backtest was.

mod faults;
mod log;
mod operations;
mod paper;
mod predictions;
mod report;
mod secrets;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;

use serde_json::Value;

use crate::support::exchange::{Running, project, start};
use crate::support::project::{Done, Project};

const SPEC: &str = "strategy = \"sma-cross\"\n[params]\nfast = 3\nslow = 10\n[data]\n\
                    instruments = { base = \"binance:NEARUSDT\" }\ninterval = \"1m\"\n\
                    from = \"2023-11-15T01:00:00Z\"\n[account]\ncash = 10000\n\
                    [simulation]\nfees = { taker_bps = 7.3 }\nslippage = { bps = 3 }\n";
const LOCKSTEP: [&str; 6] = ["--speed", "lockstep", "--spec", "spec.toml", "--api-secret", "the-secret"];

/// A project whose run is deployed as `near`. Gives the run's digest.
fn deployed() -> (Project, String) {
    let project = project();
    let digest = deploy(&project, SPEC);
    (project, digest)
}

/// Deploys the run of a spec as `near`. Gives its digest.
fn deploy(project: &Project, spec: &str) -> String {
    project.write("spec.toml", spec);
    let run = project.json(&["backtest", "spec.toml"]);
    let id = run["run_id"].as_str().expect("an id");
    project.ok(&["deploy", id, "--to", "near", "--waive", "all", "--reason", "a rehearsal"]);
    run["digest"].as_str().expect("a digest").to_string()
}

/// `workbench live near` against an exchange, with its key.
fn live(project: &Project, exchange: &Running, more: &[&str]) -> Command {
    let url = format!("http://127.0.0.1:{}", exchange.port);
    let mut command =
        project.command(&[&["live", "near", "--exchange", &url, "--format", "json"], more].concat());
    command.env("WORKBENCH_VENUE_KEY", "the-key").env("WORKBENCH_VENUE_SECRET", "the-secret");
    command
}

fn done(mut command: Command) -> Done {
    Done::of(command.output().expect("the binary starts"))
}

/// A session that goes on. Ended with the test.
struct Live {
    child: Child,
    lines: Option<JoinHandle<String>>,
}

impl Drop for Live {
    fn drop(&mut self) {
        // One that has ended by itself needs no end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Live {
    /// Begins, and reads what it says up to the first line that `until` takes.
    fn begin(mut command: Command, until: impl Fn(&str) -> bool) -> Live {
        let mut child =
            command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().expect("the binary starts");
        let said = BufReader::new(child.stderr.take().expect("it is piped"));
        let mut lines = said.lines().map(|line| line.expect("text"));
        let mut text = String::new();
        let found = lines.by_ref().any(|line| {
            text += &format!("{line}\n");
            until(&line)
        });
        assert!(found, "it does not come so far:\n{text}");
        // Whoever closes the pipe must not end the session: it goes on being read.
        let lines = std::thread::spawn(move || text + &lines.map(|line| line + "\n").collect::<String>());
        Live { child, lines: Some(lines) }
    }

    /// One that has begun to trade.
    fn trading(command: Command) -> Live {
        Live::begin(command, |line| line == "note: trading")
    }

    /// The number of its process.
    fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for its end; how it ended, and all that it said.
    fn ended(mut self) -> (ExitStatus, String) {
        let status = self.child.wait().expect("it ends");
        let said = self.lines.take().expect("it is asked once").join().expect("it was read");
        (status, said)
    }
}

/// Every file of a folder and of those in it.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { found.extend(files_below(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

fn journal(said: &Value) -> &str {
    said["journal"].as_str().expect("a folder")
}

#[test]
fn a_rehearsal_has_the_digest_of_the_backtest_and_its_journal_replays() {
    let (project, digest) = deployed();
    let exchange = start(&project, &LOCKSTEP);
    let done = done(live(&project, &exchange, &["--lockstep"]));
    assert_eq!(done.code, 0, "{}\n{}", done.stdout, done.stderr);
    let said: Value = serde_json::from_str(&done.stdout).expect("JSON");
    assert_eq!(said["digest"], digest.as_str(), "{}", done.stderr);
    let counters = &said["counters"];
    assert!(counters["fills"].as_u64() > Some(10) && counters["rejected"] == 0, "{said}");
    assert!(done.stderr.contains("the gate history_days was waived: a rehearsal"), "{}", done.stderr);
    project.ok(&["replay", journal(&said)]);
    report::check(&project, &project.ok(&["report", "near"]).stdout);
    report::check(&project, &project.ok(&["report", journal(&said)]).stdout);
    project.ok(&["replay", "near"]);
    let why = project.json(&["explain", "near", "2"]);
    let [fast, slow] = ["sma(close,3)", "sma(close,10)"].map(|name| {
        let features = why["kernel"]["features"].as_array().expect("features");
        let feature = features.iter().find(|feature| feature["feature"] == name).expect(name);
        feature["value"].as_f64().expect("a number")
    });
    assert!(why["order"].as_str().expect("words").starts_with("order 2: sell") && fast <= slow, "{why}");
    assert_eq!((&why["risk"], &why["after"][0]["ns"]), (&"within every limit".into(), &0.into()));
    for stage in ["queue", "decide", "write"] {
        assert!(why["stages_ns"][stage].is_u64(), "{why}");
    }
    project.fails(&["explain", journal(&said), "9999"], 3, &["no order 9999", "its orders end with"]);
}

#[test]
fn a_session_that_was_killed_goes_on_from_its_journal() {
    let (project, _) = deployed();
    let exchange = start(&project, &LOCKSTEP);
    for _ in 0..3 {
        drop(Live::trading(live(&project, &exchange, &["--lockstep"])));
    }
    let done = done(live(&project, &exchange, &["--lockstep"]));
    assert_eq!(done.code, 0, "{}\n{}", done.stdout, done.stderr);
    assert!(done.stderr.contains("records of earlier sessions read"), "{}", done.stderr);
    assert!(!done.stderr.contains("disagree"), "{}", done.stderr);
    let said: Value = serde_json::from_str(&done.stdout).expect("JSON");
    project.ok(&["replay", journal(&said)]);
}

#[test]
fn a_paced_session_knows_the_past_and_keeps_its_journal_for_itself() {
    let (project, _) = deployed();
    let exchange = start(&project, &["--speed", "1x", "--spec", "spec.toml", "--api-secret", "the-secret"]);
    let session = Live::trading(live(&project, &exchange, &[]));
    let second = done(live(&project, &exchange, &[]));
    assert_eq!(second.code, 3, "{}", second.stderr);
    assert!(second.stderr.contains("another process"), "{}", second.stderr);
    let status: Value = serde_json::from_str(&project.ok(&STATUS).stdout).expect("JSON");
    assert_eq!((&status["state"], &status["open_orders"]), (&"trading".into(), &0.into()), "{status}");
    for (verb, state) in [("pause", "paused"), ("resume", "trading"), ("flatten", "paused")] {
        project.ok(&["live", verb, "near"]);
        wait_for(&project, &STATUS, state);
    }
    project.ok(&["live", "kill", "near"]);
    assert!(session.ended().0.success());
    project.fails(&STATUS, 3, &["no session of near is under way"]);
}

const STATUS: [&str; 3] = ["live", "status", "near"];

/// Asks until the session is in a state: what was asked for is done within a tenth of a second.
fn wait_for(project: &Project, asked: &[&str], state: &str) {
    for _ in 0..1_000 {
        let said = project.ok(asked).stdout;
        let status: Value = serde_json::from_str(&said).expect("JSON");
        if status["state"] == state {
            return;
        }
    }
    panic!("the session does not come to be {state}");
}

#[test]
fn what_keeps_a_deployment_from_trading_is_said() {
    let (project, _) = deployed();
    let exchange = start(&project, &LOCKSTEP);
    let check = |mut command: Command, code: i32, says: &[&str]| {
        let done = Done::of(command.output().expect("the binary starts"));
        assert_eq!(done.code, code, "{}", done.stderr);
        for text in says {
            assert!(done.stderr.contains(text), "`{text}` in\n{}", done.stderr);
        }
        assert!(!done.stderr.contains("the-secret") && !done.stderr.contains("canary"), "{}", done.stderr);
    };
    check(
        live(&project, &exchange, &["--lockstep", "--port", &exchange.port]),
        2,
        &["cannot listen on port", "--port 0"],
    );
    assert!(
        !files_below(project.path()).iter().any(|file| file.ends_with("journal/header.toml")),
        "none began"
    );
    let mut without = live(&project, &exchange, &["--lockstep"]);
    without.env_remove("WORKBENCH_VENUE_KEY").env_remove("WORKBENCH_VENUE_SECRET");
    check(without, 2, &["no key of the venue is given", "chmod 600"]);
    let mut wrong = live(&project, &exchange, &["--lockstep"]);
    wrong.env("WORKBENCH_VENUE_SECRET", "canary");
    check(wrong, 4, &["is it the key of this venue?"]);
    let down = ["live", "near", "--exchange", "http://127.0.0.1:1"];
    let mut nobody = project.command(&down);
    nobody.env("WORKBENCH_VENUE_KEY", "k").env("WORKBENCH_VENUE_SECRET", "s");
    check(nobody, 4, &["no answer of http://127.0.0.1:1"]);
    check(project.command(&["live", "far"]), 3, &["far", "near"]);
    check(project.command(&["live", "near"]), 2, &["near.toml", "venue.rest is missing", "binance-demo"]);
    let bundles = project.path().join("experiments/bundles");
    let bundle = std::fs::read_dir(bundles).expect("bundles").next().expect("one").expect("an entry").path();
    let spec = std::fs::read_to_string(bundle.join("spec.toml")).expect("its spec");
    std::fs::write(bundle.join("spec.toml"), spec.replace("slow = 10", "slow = 11")).expect("writable");
    check(live(&project, &exchange, &["--lockstep"]), 3, &["spec.toml"]);
}
