//! The bundled exchange over real sockets, with other people's clients, and what it refuses to start with.

use std::net::TcpListener;
use std::process::Command;

use crate::support::exchange::{project, start};
use crate::support::project::Done;
use crate::support::python::python;
use crate::support::root;

/// The public half of the key in tests/python/exchange/sdk_session.py.
const PUBLIC: &str = "-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEA6kpsY+KcUgq+9VB7Ey7F+ZVHdq6+vnuSQh7qaRRG0iw=
-----END PUBLIC KEY-----
";

const HMAC: [&str; 2] = ["--api-secret", "the-secret"];

/// Runs a client of tests/python/exchange; it asserts by itself.
fn check(script: &str, secret: [&str; 2]) {
    let project = project();
    project.write("public.pem", PUBLIC);
    let exchange = start(&project, &[&["--speed", "lockstep"], &secret[..]].concat());
    let script = root().join("tests/python/exchange").join(script);
    let output = Command::new(python()).arg(&script).arg(&exchange.port).output().expect("python starts");
    let done = Done::of(output);
    assert_eq!(done.code, 0, "{}:\n{}\n{}", script.display(), done.stdout, done.stderr);
}

#[test]
fn python_binance_trades_against_the_exchange_as_it_is() {
    check("python_binance.py", HMAC);
}

#[test]
fn the_venues_own_sdk_trades_against_the_exchange_as_it_is() {
    check("sdk_spot.py", HMAC);
}

#[test]
fn the_venues_own_sdk_logs_on_with_an_ed25519_key() {
    check("sdk_session.py", ["--ed25519", "public.pem"]);
}

#[test]
fn ccxt_trades_against_the_exchange_as_it_is() {
    check("ccxt_binance.py", HMAC);
}

#[test]
fn an_exchange_that_cannot_open_says_why_and_what_helps() {
    let project = project();
    let exchange = ["exchange", "--data", "binance:NEARUSDT"];
    let fails =
        |more: &[&str], code: i32, says: &[&str]| project.fails(&[&exchange, more].concat(), code, says);
    project.fails(
        &["exchange", "--data", "binance:NEARUSD"],
        3,
        &["no series binance:NEARUSD", "did you mean"],
    );
    fails(&["--speed", "fast"], 2, &["write lockstep, or how many times as fast as the clock"]);
    fails(
        &["--from", "2024-01-01"],
        3,
        &["no bars from 2024-01-01T00:00:00Z on", "has bars to 2023-11-15T05:00:00Z"],
    );
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = taken.local_addr().expect("it is bound").port().to_string();
    fails(&["--port", &port], 2, &[&format!("cannot listen on port {port}"), "--port 0"]);
    project.write("key.pem", "not a key");
    fails(&["--ed25519", "key.pem"], 2, &["key.pem: not the public half of an Ed25519 key", "openssl"]);
    fails(&["--ed25519", "none.pem"], 3, &["reading none.pem"]);
    project.write("faults.toml", "[market]\ndrop = 2\n");
    fails(&["--faults", "faults.toml"], 2, &["faults.toml: ", "2 is not a share from 0 to 1"]);
    fails(&["--spec", "nothing"], 2, &["nothing"]);
}
