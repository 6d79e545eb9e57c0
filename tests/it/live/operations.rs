//! A session under way is given signs of life and other settings, and tells its supervisor that it turns over.

use std::process::Command;

use serde_json::Value;

use super::{LOCKSTEP, Live, deployed, live, log};
use crate::support::exchange::{Running, start};
use crate::support::project::Project;

/// A session that trades at the pace of the clock.
fn paced(project: &Project) -> (Running, Live) {
    let exchange = start(project, &["--speed", "1x", "--spec", "spec.toml", "--api-secret", "the-secret"]);
    let session = Live::trading(live(project, &exchange, &[]));
    (exchange, session)
}

fn said(text: &str) -> impl Fn(&Value) -> bool {
    move |line| line["message"].as_str().is_some_and(|message| message.contains(text))
}

#[test]
fn settings_are_read_again_by_a_verb_or_a_signal_and_bad_ones_change_nothing() {
    let (project, _) = deployed();
    let pointer = project.path().join("config/deployments/near.toml");
    let bundle = std::fs::read_to_string(&pointer).expect("text");
    let write = |lines: &str| std::fs::write(&pointer, format!("{bundle}{lines}")).expect("writable");
    write("[runner]\nstale_after = \"10m\"\n");
    let (_exchange, session) = paced(&project);

    write("[runner]\nstale_after = \"20m\"\ndead_man = \"12h\"\n");
    project.ok(&["live", "reload", "near"]);
    let changed = "settings read again: stale_after is 20m, was 10m, dead_man is 12h, was off";
    log::wait_for(&project, said(changed));

    for (lines, says) in [
        ("[runner]\nstale_after = 5\n", "runner.stale_after: write it like"),
        ("[runner]\nstale_afterr = \"5m\"\n", "unknown key `runner.stale_afterr`"),
        ("[runner]\npreload = false\n", "runner.preload cannot change while a session goes on"),
        ("[venue]\ntag = \"other\"\n", "venue.tag cannot change while a session goes on"),
        ("[runner\n", "near.toml"),
    ] {
        write(lines);
        project.fails(&["live", "reload", "near"], 1, &["422", says]);
    }
    std::fs::write(&pointer, format!("bundle = \"{}\"\n", "0".repeat(64))).expect("writable");
    project.fails(&["live", "reload", "near"], 1, &["bundle cannot change", "workbench live kill near"]);

    #[cfg(unix)]
    {
        let hang_up = || {
            let id = session.id().to_string();
            assert!(Command::new("kill").args(["-HUP", &id]).status().expect("it starts").success());
        };
        // Nothing of what was refused is left.
        write("[runner]\nstale_after = \"20m\"\ndead_man = \"13h\"\n");
        hang_up();
        log::wait_for(&project, said("settings read again: dead_man is 13h, was 12h"));
        write("[runner]\ndead_man = \"1.5h\"\n");
        hang_up();
        log::wait_for(&project, said("not taken over"));
    }
    project.ok(&["live", "kill", "near"]);
    assert!(session.ended().0.success());
}

#[test]
fn an_operator_who_falls_silent_stops_the_session_and_resumes_it() {
    let (project, _) = deployed();
    let pointer = project.path().join("config/deployments/near.toml");
    let bundle = std::fs::read_to_string(&pointer).expect("text");
    std::fs::write(&pointer, bundle + "[runner]\ndead_man = \"1s\"\n").expect("writable");
    let (_exchange, session) = paced(&project);
    let silent =
        |line: &Value| line["state"] == "halted" && line["reasons"] == "the operator has fallen silent";
    log::wait_for(&project, silent);
    project.ok(&["live", "alive", "near"]);
    project.ok(&["live", "resume", "near"]);
    let resumed = |line: &Value| line["message"] == "no longer: the operator has fallen silent";
    log::wait_for(&project, resumed);
    project.ok(&["live", "kill", "near"]);
    assert!(session.ended().0.success());
}

#[cfg(unix)]
#[test]
fn a_supervisor_is_told_that_the_session_is_up_turns_over_and_ends() {
    let (project, _) = deployed();
    let exchange = start(&project, &LOCKSTEP);
    let path = project.path().join("notify");
    let socket = std::os::unix::net::UnixDatagram::bind(&path).expect("a socket");
    let mut command = live(&project, &exchange, &["--lockstep"]);
    command.env("NOTIFY_SOCKET", &path);
    let session = std::thread::spawn(move || super::done(command));
    let mut told: Vec<String> = Vec::new();
    while told.last().is_none_or(|last| last != "STOPPING=1") {
        let mut bytes = [0; 256];
        let length = socket.recv(&mut bytes).expect("it is told");
        told.extend(String::from_utf8_lossy(&bytes[..length]).lines().map(str::to_string));
    }
    assert_eq!(session.join().expect("it ends").code, 0);
    let at = |text: &str| {
        told.iter().position(|line| line == text).unwrap_or_else(|| panic!("{text} in {told:?}"))
    };
    assert!(at("READY=1") < at("WATCHDOG=1") && at("WATCHDOG=1") < at("STATUS=trading"), "{told:?}");
}
