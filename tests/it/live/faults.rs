//! What may be wrong around a session: a disk, a clock, a venue, a journal. Each is said, and nothing unsafe is done.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;

use super::{LOCKSTEP, Live, STATUS, deployed, done, files_below, live, wait_for};
use crate::support::exchange::start;
use crate::support::project::Project;

/// Answers every request over HTTP with this status, these headers and this body. Gives the address.
fn canned(status: &str, headers: &str, body: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("a port"));
    let length = body.len();
    let answer =
        format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}");
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("somebody comes");
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).expect("a request");
                head.push(byte[0]);
            }
            stream.write_all(answer.as_bytes()).expect("answered");
        }
    });
    address
}

/// The segment of the journal that was written last.
fn last_segment(project: &Project) -> PathBuf {
    let segments = files_below(&project.path().join("experiments/journals")).into_iter();
    segments.filter(|file| file.extension().is_some_and(|end| end == "wbj")).max().expect("a journal")
}

#[test]
fn what_a_venue_refuses_at_the_start_is_said_with_what_would_help() {
    let (project, _) = deployed();
    let check = |status: &str, headers: &str, body: &str, says: &[&str]| {
        let url = canned(status, headers, body);
        let mut command = project.command(&["live", "near", "--exchange", &url]);
        command.env("WORKBENCH_VENUE_KEY", "the-key").env("WORKBENCH_VENUE_SECRET", "the-secret");
        let done = done(command);
        assert_eq!(done.code, 4, "{}", done.stderr);
        for text in says {
            assert!(done.stderr.contains(text), "`{text}` in\n{}", done.stderr);
        }
    };
    let unknown = r#"{"code":-1121,"msg":"Invalid symbol."}"#;
    check(
        "400 Bad Request",
        "",
        unknown,
        &["the venue says -1121: Invalid symbol.", "does it list NEARUSDT?"],
    );
    let many = r#"{"code":-1003,"msg":"Too many requests."}"#;
    check("429 Too Many Requests", "Retry-After: 60\r\n", many, &["-1003", "begin again after 20"]);
    check("418 I'm a teapot", "Retry-After: 600\r\n", many, &["-1003", "begin again after 20"]);
    check("503 Service Unavailable", "", "<html>", &["HTTP 503", "begin again in some minutes"]);
    let without = r#"{"rateLimits":[],"symbols":[]}"#;
    check("200 OK", "", without, &["the venue lists no NEARUSDT", "look for the spelling"]);
    check("200 OK", "", "<html>", &["should stand at byte 0"]);
}

#[test]
fn a_clock_that_is_far_from_the_venues_keeps_a_session_from_beginning() {
    let (project, _) = deployed();
    let skew = project.write("skew.toml", "[clock]\nskew = \"7s\"\n").display().to_string();
    let exchange = start(&project, &[&LOCKSTEP[..], &["--faults", &skew]].concat());
    let done = done(live(&project, &exchange, &["--lockstep"]));
    assert_eq!(done.code, 4, "{}", done.stderr);
    assert!(done.stderr.contains("our clock is 7.0 s behind the venue's"), "{}", done.stderr);
    assert!(done.stderr.contains("set-ntp"), "{}", done.stderr);
}

#[test]
fn a_journal_that_was_cut_short_goes_on_and_one_that_was_changed_is_refused() {
    let (project, _) = deployed();
    let exchange = start(&project, &LOCKSTEP);
    drop(Live::trading(live(&project, &exchange, &["--lockstep"])));
    let segment = last_segment(&project);
    let good = fs::read(&segment).expect("a segment");

    let mut bad = good.clone();
    bad[good.len() / 2] ^= 1;
    fs::write(&segment, &bad).expect("writable");
    let refused = done(live(&project, &exchange, &["--lockstep"]));
    assert_eq!(refused.code, 3, "{}", refused.stderr);
    let name = segment.file_name().expect("a name").to_string_lossy().into_owned();
    assert!(refused.stderr.contains(&name), "{}", refused.stderr);
    assert!(!refused.stderr.contains("note: starting"), "nothing was sent: {}", refused.stderr);

    // What was cut off may have been sent: the venue's books say so.
    fs::write(&segment, &good[..good.len() - 3]).expect("writable");
    let done = done(live(&project, &exchange, &["--lockstep"]));
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert!(done.stderr.contains("records of earlier sessions read"), "{}", done.stderr);
}

#[cfg(unix)]
#[test]
fn a_disk_that_is_full_halts_and_the_next_session_finds_that_nothing_unwritten_was_sent() {
    let (project, _) = deployed();
    let exchange = start(&project, &LOCKSTEP);
    let unlimited = live(&project, &exchange, &["--lockstep", "--log-level", "error"]);
    // A file may have eight blocks of 512 bytes; a write beyond fails as one to a full disk does.
    let mut limited = Command::new("sh");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\""]).arg(unlimited.get_program());
    limited.args(unlimited.get_args()).current_dir(project.path());
    limited.envs(unlimited.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let session = Live::begin(limited, |line| line.contains("the journal cannot be written: "));
    wait_for(&project, &STATUS, "halted");
    project.ok(&["live", "kill", "near"]);
    let (status, said) = session.ended();
    assert_eq!(status.code(), Some(3), "{said}");

    let done = done(live(&project, &exchange, &["--lockstep"]));
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert!(!done.stderr.contains("disagree"), "{}", done.stderr);
    project.ok(&["replay", &last_segment(&project).parent().expect("a folder").display().to_string()]);
}
