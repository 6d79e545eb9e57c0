//! Requests about a connection of the WebSocket API: who it is, and what of the account it is told.

use serde_json::{Value, json};

use super::auth::Secret;
use super::error::ApiError;
use super::operation::{Call, Door, Reply};
use crate::connection::{ApiSession, Connection, ConnectionId};
use crate::exchange::Exchange;

/// The connection that a request came over: these requests come over no other.
fn connection(call: &Call) -> ConnectionId {
    match call.door {
        Door::Socket(connection, _) => connection,
        Door::Http(_) => unreachable!("the table has no REST path for sessions"),
    }
}

impl Exchange {
    fn session_mut(&mut self, call: &Call) -> &mut ApiSession {
        match self.connections.get_mut(&connection(call)) {
            Some(Connection::Api(session)) => session,
            _ => unreachable!("a request of the WebSocket API comes over one of its connections"),
        }
    }

    /// What is told of a session.
    fn session_status(&mut self, call: &Call) -> Value {
        let session = self.session_mut(call);
        json!({
            "apiKey": session.logon.as_ref().map(|(key, _)| key),
            "authorizedSince": session.logon.as_ref().map(|(_, since)| call.unit.of(*since)),
            "connectedSince": call.unit.of(session.opened),
            "returnRateLimits": session.returns_limits,
            "serverTime": call.unit.of(call.now),
            "userDataStream": !session.subscriptions.is_empty(),
        })
    }
}

pub(crate) fn logon(exchange: &mut Exchange, call: &Call) -> Result<Reply, ApiError> {
    let name = exchange.check_signed_frame(call)?;
    let is_hmac = |secret: &Secret| matches!(secret, Secret::Hmac(_));
    if exchange.keys.iter().any(|key| key.name == name && is_hmac(&key.secret)) {
        return Err(ApiError::new(-4056, "HMAC_SHA256 API key is not supported."));
    }
    exchange.session_mut(call).logon = Some((name, call.now));
    Ok(Reply::Now(exchange.session_status(call)))
}

pub(crate) fn status(exchange: &mut Exchange, call: &Call) -> Result<Reply, ApiError> {
    Ok(Reply::Now(exchange.session_status(call)))
}

/// Ends the logon, and the subscription that came with it.
pub(crate) fn logout(exchange: &mut Exchange, call: &Call) -> Result<Reply, ApiError> {
    let session = exchange.session_mut(call);
    session.logon = None;
    if let Some(number) = session.own_subscription.take() {
        session.subscriptions.remove(&number);
    }
    Ok(Reply::Now(exchange.session_status(call)))
}

pub(crate) fn subscriptions(exchange: &mut Exchange, call: &Call) -> Result<Reply, ApiError> {
    let numbers = exchange.session_mut(call).subscriptions.iter();
    Ok(Reply::Now(numbers.map(|number| json!({ "subscriptionId": number })).collect()))
}

pub(crate) fn subscribe(exchange: &mut Exchange, call: &Call) -> Result<Reply, ApiError> {
    let session = exchange.session_mut(call);
    if session.logon.is_none() {
        return Err(ApiError::bad_key());
    }
    if session.own_subscription.is_some() {
        return Err(ApiError::new(-2035, "User Data Stream subscription already active."));
    }
    let number = session.subscribe();
    session.own_subscription = Some(number);
    Ok(Reply::Now(json!({ "subscriptionId": number })))
}

pub(crate) fn subscribe_signed(exchange: &mut Exchange, call: &Call) -> Result<Reply, ApiError> {
    let number = exchange.session_mut(call).subscribe();
    Ok(Reply::Now(json!({ "subscriptionId": number })))
}

/// Ends the subscription of that number, or all.
pub(crate) fn unsubscribe(exchange: &mut Exchange, call: &Call) -> Result<Reply, ApiError> {
    let wanted = call.params.integer("subscriptionId")?;
    let session = exchange.session_mut(call);
    let before = session.subscriptions.len();
    session.subscriptions.retain(|number| wanted.is_some_and(|wanted| i64::try_from(*number) != Ok(wanted)));
    if session.subscriptions.len() == before {
        return Err(ApiError::new(-2036, "User Data Stream subscription not active."));
    }
    if session.own_subscription.is_some_and(|own| !session.subscriptions.contains(&own)) {
        session.own_subscription = None;
    }
    Ok(Reply::Now(json!({})))
}
