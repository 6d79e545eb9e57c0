//! Asks a session that another process runs.

use std::net::SocketAddr;

use serde_json::Value;
use wb_core::Span;

use super::operation::Operation;
use super::token::Token;
use crate::shell::{HttpClient, HttpFailure};
use crate::venues::{HttpRequest, Verb};

/// How long a session may take to answer.
const PATIENCE: Span = Span::from_seconds(5);

/// Why a session did not do what it was asked.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum OperationsError {
    /// Nobody answers; whether the request arrived is not known.
    #[error(transparent)]
    NoAnswer(#[from] HttpFailure),
    /// It said no.
    #[error("the session refuses with status {status}: {error}")]
    Refused {
        /// Of HTTP: 401 where it has another token, 422 where settings cannot be taken over, 503 where it does not trade
        /// or has ended.
        status: u16,
        /// What is wrong.
        error: String,
        /// What would help, if it knows.
        hint: Option<String>,
    },
}

/// Asks a session at an address for something, and gives what it answers: text for Prometheus, otherwise JSON.
///
/// # Errors
/// If it does not answer or refuses.
pub async fn ask(
    address: SocketAddr,
    token: &Token,
    operation: Operation,
) -> Result<String, OperationsError> {
    let path = operation.path().to_string();
    let request = if operation.changes() {
        HttpRequest { verb: Verb::Post, path, header: Some(("authorization", token.authorization())) }
    } else {
        HttpRequest { verb: Verb::Get, path, header: None }
    };
    let reply = HttpClient::new(&format!("http://{address}"), PATIENCE).ask(&request).await?;
    let answer = reply.answer();
    let body = String::from_utf8_lossy(answer.body).into_owned();
    if (200..300).contains(&answer.status) { Ok(body) } else { Err(refusal(answer.status, body)) }
}

/// What a refusal says; all of it where it is not written as ours are.
fn refusal(status: u16, body: String) -> OperationsError {
    let parts: Value = serde_json::from_str(&body).unwrap_or_default();
    let text = |name: &str| parts[name].as_str().map(str::to_string);
    let reasons: Vec<&str> =
        parts["reasons"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let error = match text("error") {
        Some(error) if reasons.is_empty() => error,
        Some(error) => format!("{error}: {}", reasons.join(", ")),
        None => body,
    };
    OperationsError::Refused { status, error, hint: text("hint") }
}
