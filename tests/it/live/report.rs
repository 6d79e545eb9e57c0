//! What is seen of a session afterwards.

use std::fs;

use serde_json::Value;
use wb_store::JOURNAL_FORMAT;

use super::{LOCKSTEP, deployed, done, journal, live};
use crate::replay::golden;
use crate::support::exchange::start;
use crate::support::project::Project;

/// The report of the rehearsal: the figures of its backtest, and what only a session has.
pub(super) fn check(project: &Project, path: &str) {
    let page = fs::read_to_string(project.path().join(path.trim_end())).expect("a page");
    let backtest = project.ok(&["report", "latest"]).stdout;
    let backtest = fs::read_to_string(project.path().join(backtest.trim_end())).expect("a page");
    let headline = |page: &str| {
        let (_, rest) = page.split_once("<dl class=\"headline\">").expect("a headline");
        rest.split("</dl>").next().expect("a split has a first part").to_string()
    };
    assert_eq!(headline(&page), headline(&backtest));
    for text in [
        "the gate history_days was waived: a rehearsal",
        "NEARUSDT buy",
        "from the socket to the runner",
        "<td>books agreed</td>",
        "<td>sessions begun</td><td class=\"n\">1</td>",
        "no longer: no connection for orders",
        "deployment near, bundle ",
    ] {
        assert!(page.contains(text), "{text}");
    }
}

/// To be run by name once a format is new, or a strategy's results change. Journals of earlier formats are changed by
/// nobody.
#[test]
#[ignore = "writes the journal of the present format for others to read"]
fn write_the_journal_of_this_format() {
    let (project, _) = deployed();
    let exchange = start(&project, &LOCKSTEP);
    let done = done(live(&project, &exchange, &["--lockstep"]));
    let said: Value = serde_json::from_str(&done.stdout).expect("JSON");
    let to = golden().join(format!("format-{JOURNAL_FORMAT}"));
    fs::create_dir_all(&to).expect("a folder");
    for name in ["header.toml", "spec.toml", "instruments.json", "000000.wbj"] {
        fs::copy(project.path().join(journal(&said)).join(name), to.join(name)).expect("a copy");
    }
}

#[test]
fn a_deployment_without_a_session_has_no_report() {
    let (project, _) = deployed();
    project.fails(
        &["report", "near"],
        3,
        &["near has had no session yet", "`workbench live near` begins one"],
    );
    project.fails(&["report", "far"], 3, &["far"]);
}
