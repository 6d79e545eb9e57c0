//! HTTP requests to the keeper and its answers back; upgrades to WebSocket.

use std::convert::Infallible;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{
    CONNECTION, CONTENT_TYPE, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, UPGRADE,
};
use hyper::{HeaderMap, Request, Response, StatusCode};
use tokio::sync::{mpsc, oneshot};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::keeper::Input;
use super::socket;
use crate::exchange::Answer;
use crate::protocol::dispatch::HttpRequest;

/// Longest body of a request, bytes.
const LONGEST_BODY: usize = 1 << 20;

type Page = Response<Full<Bytes>>;

/// Answers a request, or turns its connection into a WebSocket.
pub(super) async fn respond(
    request: Request<Incoming>,
    inputs: mpsc::UnboundedSender<Input>,
) -> Result<Page, Infallible> {
    let asks_upgrade = request
        .headers()
        .get(UPGRADE)
        .is_some_and(|name| name.to_str().is_ok_and(|name| name.eq_ignore_ascii_case("websocket")));
    let answer = if asks_upgrade { upgrade(request, inputs).await } else { ask(request, inputs).await };
    Ok(answer.unwrap_or_else(|| plain(StatusCode::BAD_REQUEST)))
}

/// Asks the exchange. Nothing where the request cannot be read.
async fn ask(request: Request<Incoming>, inputs: mpsc::UnboundedSender<Input>) -> Option<Page> {
    let header = |headers: &HeaderMap, name: &str| Some(headers.get(name)?.to_str().ok()?.to_string());
    let (head, body) = request.into_parts();
    let body = Limited::new(body, LONGEST_BODY).collect().await.ok()?.to_bytes();
    let request = HttpRequest {
        method: head.method.to_string(),
        path: head.uri.path().to_string(),
        query: head.uri.query().unwrap_or_default().to_string(),
        body: String::from_utf8(body.to_vec()).ok()?,
        api_key: header(&head.headers, "X-MBX-APIKEY"),
        time_unit: header(&head.headers, "X-MBX-TIME-UNIT"),
    };
    let (sender, answer) = oneshot::channel();
    inputs.send(Input::Request(request, sender)).ok()?;
    Some(page(answer.await.ok()?))
}

fn page(answer: Answer) -> Page {
    let mut page = Response::new(Full::new(Bytes::from(answer.body)));
    *page.status_mut() = StatusCode::from_u16(answer.status).expect("the exchange knows its statuses");
    let headers = page.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json;charset=UTF-8"));
    for (name, value) in answer.headers {
        let value = HeaderValue::from_str(&value).expect("headers of the exchange are numbers");
        headers.insert(
            hyper::header::HeaderName::from_bytes(name.as_bytes()).expect("headers have plain names"),
            value,
        );
    }
    page
}

/// Takes a WebSocket connection (RFC 6455, section 4.2). Nothing where the handshake is none.
async fn upgrade(mut request: Request<Incoming>, inputs: mpsc::UnboundedSender<Input>) -> Option<Page> {
    let accept = derive_accept_key(request.headers().get(SEC_WEBSOCKET_KEY)?.as_bytes());
    let (path, query) =
        (request.uri().path().to_string(), request.uri().query().unwrap_or_default().to_string());
    let (sender, opened) = oneshot::channel();
    inputs.send(Input::Connect(path, query, sender)).ok()?;
    let Some(opened) = opened.await.ok()? else { return Some(plain(StatusCode::NOT_FOUND)) };
    let upgrade = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        let id = opened.id;
        if let Ok(upgraded) = upgrade.await {
            socket::pump(upgraded, opened, &inputs).await;
        }
        // Without a keeper there is nobody to tell.
        let _ = inputs.send(Input::Disconnect(id));
    });
    let mut page = plain(StatusCode::SWITCHING_PROTOCOLS);
    let headers = page.headers_mut();
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(SEC_WEBSOCKET_ACCEPT, HeaderValue::from_str(&accept).expect("base64 is plain text"));
    Some(page)
}

fn plain(status: StatusCode) -> Page {
    let mut page = Response::new(Full::default());
    *page.status_mut() = status;
    page
}
