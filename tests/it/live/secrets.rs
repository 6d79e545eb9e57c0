//! No key of the venue is in anything that a session writes or says, at any level of its log.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;

use data_encoding::{BASE64, HEXLOWER, HEXUPPER};

use super::{Live, STATUS, deployed, done, files_below, log, wait_for};
use crate::support::exchange::{Running, start_with};
use crate::support::project::{Done, Project};

/// As long as those of the venue.
const KEY: &str = "CANARYkeyCANARYkeyCANARYkeyCANARYkeyCANARYkeyCANARYkeyCANARYkey1";
const SECRET: &str = "CANARYsecretCANARYsecretCANARYsecretCANARYsecretCANARYsecretCAN2";

/// The key pair of RFC 8032, section 7.1, test 1.
const ED25519_SEED: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
const ED25519: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n\
                       -----END PRIVATE KEY-----\n";
const ED25519_PUBLIC: &str = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n\
                              -----END PUBLIC KEY-----\n";

/// A text in the forms in which it may be written down: as it is, in hexadecimal digits, and what base64 makes of it
/// wherever in a longer text it begins.
fn forms(secret: &[u8]) -> Vec<Vec<u8>> {
    let mut forms = vec![secret.to_vec(), HEXLOWER.encode(secret).into(), HEXUPPER.encode(secret).into()];
    for before in 0..3 {
        let text = BASE64.encode(&[&[0; 3][..before], secret].concat());
        // The ends depend on what stands beside it.
        forms.push(text.as_bytes()[4..text.len() - 4].to_vec());
    }
    forms
}

/// All that sessions have written and said, searched for every form of these.
fn nothing_shows(project: &Project, said: &[String], secrets: &[&[u8]]) {
    let written = files_below(&project.path().join("experiments"));
    let files = written.iter().map(|file| (file.display().to_string(), std::fs::read(file).expect("a file")));
    let said = said.iter().map(|text| ("what was said".to_string(), text.clone().into_bytes()));
    for (name, bytes) in files.chain(said) {
        let has = |form: &[u8]| bytes.windows(form.len()).any(|window| window == form);
        for secret in secrets {
            assert!(!forms(secret).iter().any(|form| has(form)), "{name} shows a secret");
        }
        let text = String::from_utf8_lossy(&bytes);
        let signature = text.split("signature=").skip(1).find(|behind| !behind.starts_with("<redacted>"));
        assert_eq!(signature, None, "{name} shows a signature");
    }
}

/// `workbench live near` with all in its log.
fn live(project: &Project, more: &[&str]) -> Command {
    project.command(&[&["live", "near", "--format", "json", "--log-level", "trace"], more].concat())
}

fn with_keys(mut command: Command, secret: &str) -> Command {
    command.env("WORKBENCH_VENUE_KEY", KEY).env("WORKBENCH_VENUE_SECRET", secret);
    command
}

fn url(exchange: &Running) -> String {
    format!("http://127.0.0.1:{}", exchange.port)
}

/// What a session that is under way says to whoever asks.
fn asked(project: &Project) -> String {
    let door = files_below(project.path()).into_iter().find(|file| file.ends_with("operations.toml"));
    let door: toml::Table =
        std::fs::read_to_string(door.expect("it is open")).expect("text").parse().expect("TOML");
    let address = door["address"].as_str().expect("an address");
    let get = |path: &str| {
        let mut stream = TcpStream::connect(address).expect("it listens");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        assert!(!answer.is_empty(), "{path}");
        answer
    };
    ["/live", "/metrics", "/ready", "/health"].map(get).concat()
}

/// Passes on what anybody may ask, and refuses the rest with an error that repeats all of the request.
fn gossip(exchange: &Running) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("a port"));
    let behind = format!("127.0.0.1:{}", exchange.port);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("somebody comes");
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).expect("a request");
                head.push(byte[0]);
            }
            let head = String::from_utf8(head).expect("text");
            if head.contains("signature=") {
                let msg = head.replace("\r\n", " ");
                let body = format!("{{\"code\":-1100,\"msg\":\"not understood: {msg}\"}}");
                let length = body.len();
                write!(
                    stream,
                    "HTTP/1.1 400 Bad Request\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
                )
                .expect("answered");
            } else {
                let mut venue = TcpStream::connect(&behind).expect("it listens");
                let request = head.replacen("\r\n", "\r\nconnection: close\r\n", 1);
                venue.write_all(request.as_bytes()).expect("passed on");
                std::io::copy(&mut venue, &mut stream).expect("passed back");
            }
        }
    });
    base
}

#[test]
fn an_hmac_key_of_the_environment_is_in_nothing_that_is_written_or_said() {
    let (project, _) = deployed();
    let key = ["--port", "0", "--api-key", KEY, "--api-secret", SECRET];
    let paced = ["--speed", "1x", "--spec", "spec.toml"];
    let exchange = start_with(&project, &[&key[..], &paced].concat());
    let mut said = Vec::new();
    let mut keep = |done: Done, code: i32, says: &str| {
        assert_eq!(done.code, code, "{}", done.stderr);
        assert!(done.stderr.contains(says), "{}", done.stderr);
        said.extend([done.stderr, done.stdout]);
    };

    let wrong = format!("{SECRET}x");
    keep(done(with_keys(live(&project, &["--exchange", &url(&exchange)]), &wrong)), 4, "-1022");
    let sockets = format!("ws://127.0.0.1:{}", exchange.port);
    let pointer = project.path().join("config/deployments/near.toml");
    let bundle = std::fs::read_to_string(&pointer).expect("text");
    let rest = gossip(&exchange);
    let venue = format!("[venue]\nrest = \"{rest}\"\nstreams = \"{sockets}\"\nrequests = \"{sockets}\"\n");
    std::fs::write(&pointer, bundle.clone() + &venue).expect("writable");
    keep(done(with_keys(live(&project, &[]), SECRET)), 4, "signature=<redacted>");
    std::fs::write(&pointer, bundle).expect("writable");

    let port = exchange.port.clone();
    let session = Live::trading(with_keys(live(&project, &["--exchange", &url(&exchange)]), SECRET));
    said.push(asked(&project));
    // The key is revoked: the venue comes back with another one.
    drop(exchange);
    let other = ["--port", &port, "--api-key", "another", "--api-secret", "other"];
    let _exchange = start_with(&project, &[&other[..], &paced].concat());
    wait_for(&project, &STATUS, "halted");
    let halted = asked(&project);
    assert!(halted.contains("the venue refuses the key"), "{halted}");
    said.push(halted);
    project.ok(&["live", "kill", "near"]);
    said.push(session.ended().1);

    let levels: Vec<String> = log::lines(&project).iter().map(|line| line["level"].to_string()).collect();
    assert!(["\"TRACE\"", "\"ERROR\""].iter().all(|level| levels.iter().any(|other| other == level)));
    nothing_shows(&project, &said, &[KEY.as_bytes(), SECRET.as_bytes()]);
}

#[test]
fn an_ed25519_key_of_a_file_is_in_nothing_that_is_written_or_said() {
    let (project, _) = deployed();
    let public = project.write("public.pem", ED25519_PUBLIC).display().to_string();
    let file = project.write(
        "config/secrets/near.toml",
        &format!("api_key = \"{KEY}\"\napi_secret = \"\"\"\n{ED25519}\"\"\"\n"),
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).expect("ours");
    }
    let key = ["--port", "0", "--api-key", KEY, "--ed25519", &public];
    let exchange =
        start_with(&project, &[&key[..], &["--speed", "lockstep", "--spec", "spec.toml"]].concat());
    let done = done(live(&project, &["--exchange", &url(&exchange), "--lockstep"]));
    assert_eq!(done.code, 0, "{}", done.stderr);
    let seed = HEXLOWER.decode(ED25519_SEED.as_bytes()).expect("digits");
    let pem: String = ED25519.lines().filter(|line| !line.starts_with('-')).collect();
    let said = [done.stderr, done.stdout];
    nothing_shows(&project, &said, &[KEY.as_bytes(), &seed, pem.as_bytes()]);
    assert!(log::lines(&project).iter().any(|line| line["level"] == "TRACE"));
    std::fs::remove_file(file).expect("there");
}
