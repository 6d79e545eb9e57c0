//! Requests over HTTP: few, at the start and where the venue has no other way.

use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::Bytes;
use hyper::header::{HeaderName, HeaderValue};
use hyper::{Method, Request};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tracing::{debug, warn};
use wb_core::Span;

use super::connections::duration;
use super::tls::use_ring;
use crate::venues::{HttpAnswer, HttpRequest, Verb};

/// The longest answer that is read. What Binance lists of all its instruments has 15 MB.
const LONGEST: usize = 64 << 20;

/// Asks one host over HTTP.
#[derive(Clone, Debug)]
pub struct HttpClient {
    /// Scheme and host.
    base: String,
    patience: Span,
    client: Client<HttpsConnector<HttpConnector>, Empty<Bytes>>,
}

/// An answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HttpReply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Bytes,
}

/// Why there is no answer. Whether the request arrived is not known.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("no answer of {base}: {why}")]
pub struct HttpFailure {
    base: String,
    why: String,
}

impl HttpReply {
    /// For [`crate::venues::VenueCodec::decode_http`].
    pub fn answer(&self) -> HttpAnswer<'_> {
        HttpAnswer { status: self.status, headers: &self.headers, body: &self.body }
    }
}

impl HttpClient {
    /// Asks `base`, scheme (`https`, or `http` on this machine) and host, and waits so long for an answer.
    pub fn new(base: &str, patience: Span) -> HttpClient {
        use_ring();
        let connector =
            HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().build();
        let client = Client::builder(TokioExecutor::new()).build(connector);
        HttpClient { base: base.trim_end_matches('/').to_string(), patience, client }
    }

    /// Asks for a path.
    ///
    /// # Errors
    /// If no answer came in time.
    pub async fn get(&self, path: &str) -> Result<HttpReply, HttpFailure> {
        self.ask(&HttpRequest { verb: Verb::Get, path: path.to_string(), header: None }).await
    }

    /// Asks what a codec has written.
    ///
    /// # Errors
    /// If no answer came in time.
    pub async fn ask(&self, request: &HttpRequest) -> Result<HttpReply, HttpFailure> {
        let failure = |why: String| HttpFailure { base: self.base.clone(), why };
        let answered = match tokio::time::timeout(duration(self.patience), self.exchange(request)).await {
            Ok(answered) => answered.map_err(failure),
            Err(_) => Err(failure(format!("nothing within {}", self.patience))),
        };
        match &answered {
            Ok(reply) => debug!(request = ?request, base = self.base, status = reply.status, "answered"),
            Err(error) => warn!(request = ?request, "{error}"),
        }
        answered
    }

    async fn exchange(&self, request: &HttpRequest) -> Result<HttpReply, String> {
        let method = match request.verb {
            Verb::Get => Method::GET,
            Verb::Post => Method::POST,
            Verb::Delete => Method::DELETE,
        };
        let mut built = Request::builder().method(method).uri(format!("{}{}", self.base, request.path));
        if let Some((name, value)) = &request.header {
            built = built.header(*name, value);
        }
        let built = built.body(Empty::new()).map_err(|_| "the address is none".to_string())?;
        let answer = self.client.request(built).await.map_err(|error| with_cause(&error))?;
        let status = answer.status().as_u16();
        // A value that is no text says nothing to anybody here.
        let text = |(name, value): (&HeaderName, &HeaderValue)| {
            Some((name.as_str().to_string(), value.to_str().ok()?.to_string()))
        };
        let headers = answer.headers().iter().filter_map(text).collect();
        let body =
            Limited::new(answer.into_body(), LONGEST).collect().await.map_err(|error| error.to_string())?;
        Ok(HttpReply { status, headers, body: body.to_bytes() })
    }
}

/// What went wrong, and why it did: the outermost error alone says little.
fn with_cause(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
