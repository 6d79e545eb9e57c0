//! What a request to a session means, and what it is answered.

use serde_json::{Value, json};
use wb_core::{Span, Ts};

use super::metrics::{self, exposition};
use super::operation::Operation;
use super::server::ReloadRefusal;
use super::status_json::status_json;
use super::token::Token;
use crate::runner::{RunnerState, Verb};
use crate::session::Status;

/// A runner that has said nothing for so long hangs: it speaks ten times a second.
const SILENCE: Span = Span::from_seconds(5);

/// What is asked. Not to be printed: it may carry the token.
pub(super) struct Request<'a> {
    /// `GET`, `POST` and the like.
    pub(super) method: &'a str,
    /// The path, without a query.
    pub(super) path: &'a str,
    /// The header of that name.
    pub(super) authorization: Option<&'a str>,
}

/// What is answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) content_type: &'static str,
    /// A header that belongs to this status.
    pub(super) header: Option<(&'static str, &'static str)>,
    pub(super) body: String,
    /// What is to be done before it is answered so.
    pub(super) act: Option<Act>,
}

/// What a request wants done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Act {
    /// The runner is to be told.
    Tell(Verb),
    /// Settings are to be read again.
    Reload,
}

impl Response {
    fn json(status: u16, body: &Value) -> Response {
        let body = format!("{body:#}\n");
        Response { status, content_type: "application/json", header: None, body, act: None }
    }

    fn error(status: u16, error: &str, hint: &str) -> Response {
        Response::json(status, &json!({ "error": error, "hint": hint }))
    }

    /// To settings that cannot be taken over. Those that hold go on.
    pub(super) fn not_reloaded(refusal: &ReloadRefusal) -> Response {
        let hint = refusal.hint.as_deref().unwrap_or("the settings that hold go on");
        Response::error(422, &refusal.error, hint)
    }

    /// To a verb that nobody hears any more.
    pub(super) fn ended() -> Response {
        Response::error(503, "the session has ended", "begin it again")
    }
}

/// Answers a request at the time `now`, from what the runner said last.
pub(super) fn respond(request: &Request<'_>, status: &Status, now: Ts, token: &Token) -> Response {
    let Some(operation) = Operation::at(request.path) else {
        let paths = Operation::ALL.map(Operation::path).join(", ");
        return Response::error(404, "nothing is at this path", &format!("there are {paths}"));
    };
    let methods = operation.methods();
    if !methods.split(", ").any(|method| method == request.method) {
        let error = format!("{} is not asked for by this method", operation.path());
        let refusal = Response::error(405, &error, &format!("use {methods}"));
        return Response { header: Some(("allow", methods)), ..refusal };
    }
    match operation {
        Operation::Health => health(status, now),
        Operation::Ready => ready(status, now),
        Operation::Live => Response::json(200, &status_json(status)),
        Operation::Metrics => Response {
            status: 200,
            content_type: metrics::CONTENT_TYPE,
            header: None,
            body: exposition(status),
            act: None,
        },
        Operation::Control(verb) => act(Act::Tell(verb), operation, request.authorization, token),
        Operation::Reload => act(Act::Reload, operation, request.authorization, token),
    }
}

/// What is wrong where the runner's thread no longer turns over. A restart goes on from the journal.
fn hangs(status: &Status, now: Ts) -> Option<String> {
    let silent = now - status.now;
    let seconds = silent.as_seconds_f64();
    (silent > SILENCE).then(|| format!("the runner has said nothing for {seconds:.0} s"))
}

fn health(status: &Status, now: Ts) -> Response {
    match hangs(status, now) {
        None => Response::json(200, &json!({ "health": "ok" })),
        Some(why) => {
            Response::error(503, &why, "end the process and begin it again: it goes on from its journal")
        }
    }
}

fn ready(status: &Status, now: Ts) -> Response {
    let state = status.state.name();
    let mut reasons: Vec<String> = status.reasons.iter().map(|reason| reason.words().to_string()).collect();
    reasons.extend(hangs(status, now));
    if status.state == RunnerState::Trading && reasons.is_empty() {
        return Response::json(200, &json!({ "state": state }));
    }
    Response::json(503, &json!({ "error": "not trading", "state": state, "reasons": reasons }))
}

fn act(act: Act, operation: Operation, authorization: Option<&str>, token: &Token) -> Response {
    if !authorization.is_some_and(|header| token.is_shown_by(header)) {
        let error = if authorization.is_some() { "the token is wrong" } else { "this needs the token" };
        let refusal = Response::error(401, error, "send the header `Authorization: Bearer TOKEN`");
        return Response { header: Some(("www-authenticate", "Bearer")), ..refusal };
    }
    let accepted = json!({ "accepted": operation.path().trim_start_matches('/') });
    Response { act: Some(act), ..Response::json(202, &accepted) }
}
