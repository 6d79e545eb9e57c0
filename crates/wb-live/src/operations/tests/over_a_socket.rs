//! Server and client over a socket of this machine.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::{SECRET, halted, status, token};
use crate::operations::{Operation, OperationsError, Reload, ReloadRefusal, Token, ask, serve};
use crate::runner::{RunnerConfig, Verb};
use crate::session::{Instruction, Status};
use crate::shell::wall_clock;

struct Served {
    address: SocketAddr,
    status: watch::Sender<Status>,
    operator: Receiver<Instruction>,
    server: JoinHandle<std::io::Result<()>>,
}

fn served() -> Served {
    let reload = || Err(ReloadRefusal { error: "no file".to_string(), hint: None });
    served_with(Arc::new(reload))
}

fn served_with(reload: Reload) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("a port");
    let (status, watched) = watch::channel(Status { now: wall_clock(), ..status() });
    let (sender, operator) = mpsc::channel();
    let server = tokio::spawn(serve(listener, watched, sender, reload, token()));
    Served { address, status, operator, server }
}

/// What comes back to these bytes.
async fn raw(address: SocketAddr, request: &str) -> String {
    let mut stream = tokio::net::TcpStream::connect(address).await.expect("it listens");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    answer
}

fn refused(answer: Result<String, OperationsError>) -> (u16, String, Option<String>) {
    match answer.expect_err("a refusal") {
        OperationsError::Refused { status, error, hint } => (status, error, hint),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_client_asks_reads_and_commands() {
    let served = served();
    let answer = ask(served.address, &token(), Operation::Live).await.expect("an answer");
    let live: serde_json::Value = serde_json::from_str(&answer).expect("JSON");
    assert_eq!(live["state"], "trading");
    ask(served.address, &token(), Operation::Ready).await.expect("it trades");
    for verb in [Verb::Alive, Verb::Pause, Verb::Resume, Verb::Flatten, Verb::Kill, Verb::Stop] {
        ask(served.address, &token(), Operation::Control(verb)).await.expect("accepted");
        assert_eq!(served.operator.try_recv(), Ok(Instruction::Verb(verb)));
    }
    served.status.send_replace(Status { now: wall_clock(), ..halted() });
    let (code, error, _) = refused(ask(served.address, &token(), Operation::Ready).await);
    assert_eq!(code, 503);
    assert_eq!(error, "not trading: no connection for market data, the venue's books and ours disagree");
}

#[tokio::test]
async fn a_client_with_another_token_is_refused_and_its_token_is_not_printed() {
    let served = served();
    let other = Token::new("another-canary-0123").expect("it is long enough");
    let error = ask(served.address, &other, Operation::Control(Verb::Kill)).await.expect_err("refused");
    let printed = format!("{error} {error:?}");
    assert!(!printed.contains("canary"), "{printed}");
    let (code, error, hint) = refused(Err(error));
    assert_eq!((code, error.as_str()), (401, "the token is wrong"));
    assert_eq!(hint.as_deref(), Some("send the header `Authorization: Bearer TOKEN`"));
    assert!(served.operator.try_recv().is_err(), "nothing reached the runner");
}

#[tokio::test]
async fn settings_that_are_read_again_reach_the_runner_or_are_refused_with_what_is_wrong() {
    let caution = RunnerConfig::new(wb_core::Interval::Minutes(1)).caution;
    let served = served_with(Arc::new(move || Ok(caution)));
    ask(served.address, &token(), Operation::Reload).await.expect("accepted");
    assert_eq!(served.operator.try_recv(), Ok(Instruction::Caution(caution)));
    let other = Token::new("another-canary-0123").expect("it is long enough");
    assert_eq!(refused(ask(served.address, &other, Operation::Reload).await).0, 401);

    let hint = Some("write it like 12h".to_string());
    let refusal = ReloadRefusal { error: "dead_man: no span".to_string(), hint: hint.clone() };
    let served = served_with(Arc::new(move || Err(refusal.clone())));
    let refused = refused(ask(served.address, &token(), Operation::Reload).await);
    assert_eq!(refused, (422, "dead_man: no span".to_string(), hint));
    assert!(served.operator.try_recv().is_err(), "nothing reached the runner");
}

#[tokio::test]
async fn headers_go_over_the_wire_as_they_should() {
    let served = served();
    let answer = raw(served.address, "GET /metrics?x=1 HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("\r\ncontent-type: text/plain; version=0.0.4; charset=utf-8\r\n"), "{answer}");
    let answer = raw(served.address, "GET /kill HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 405 "), "{answer}");
    assert!(answer.contains("\r\nallow: POST\r\n"), "{answer}");
    let answer = raw(served.address, "POST /kill HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    assert!(answer.contains("\r\nwww-authenticate: Bearer\r\n"), "{answer}");
    let answer = raw(served.address, "HEAD /health HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("\r\n\r\n"), "{answer}");
    let answer = raw(served.address, "what is this\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    let kill = format!("POST /kill HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {SECRET}\r\n\r\n");
    let answer = raw(served.address, &kill).await;
    assert!(answer.starts_with("HTTP/1.1 202 ") && !answer.contains(SECRET), "{answer}");
    assert_eq!(served.operator.try_recv(), Ok(Instruction::Verb(Verb::Kill)));
}

#[tokio::test]
async fn a_verb_that_nobody_hears_is_not_accepted() {
    let Served { address, operator, status: _status, .. } = served();
    drop(operator);
    let (code, error, _) = refused(ask(address, &token(), Operation::Control(Verb::Stop)).await);
    assert_eq!((code, error.as_str()), (503, "the session has ended"));
}

#[tokio::test]
async fn it_serves_until_the_session_has_ended() {
    let Served { address, status, server, .. } = served();
    ask(address, &token(), Operation::Health).await.expect("it lives");
    drop(status);
    server.await.expect("it ends").expect("without a fault");
    let error = ask(address, &token(), Operation::Health).await.expect_err("nobody listens");
    assert!(error.to_string().starts_with(&format!("no answer of http://{address}: ")), "{error}");
    assert!(error.to_string().contains("refused"), "{error}");
}
