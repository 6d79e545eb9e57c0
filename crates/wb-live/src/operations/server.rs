//! Operations on a TCP port: this file moves bytes and asks the clock.

use std::convert::Infallible;
use std::io;
use std::net;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::{sleep, timeout};
use tracing::{debug, warn};

use super::respond::{self, Act, respond};
use super::token::Token;
use crate::runner::Caution;
use crate::session::{Instruction, Status};
use crate::shell::wall_clock;

/// Connections at once at most: the files that a process may open are for the venue first.
const CONNECTIONS: usize = 16;

/// How long a connection may last, from the first byte of the request to the last of the answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long to wait after the system could give no connection.
const PAUSE: Duration = Duration::from_millis(100);

/// Why settings that were read again are not taken over.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReloadRefusal {
    /// What is wrong.
    pub error: String,
    /// What would help, if that is known.
    pub hint: Option<String>,
}

/// Reads the settings of a session again, whole, and checks them.
pub type Reload = Arc<dyn Fn() -> Result<Caution, ReloadRefusal> + Send + Sync>;

/// What an answer is made of.
struct Desk {
    status: watch::Receiver<Status>,
    operator: Sender<Instruction>,
    reload: Reload,
    token: Token,
}

/// Serves operations until the session has ended, that is, until nobody sends its status any more.
///
/// # Errors
/// If the runtime cannot use the listener.
pub async fn serve(
    listener: net::TcpListener,
    mut status: watch::Receiver<Status>,
    operator: Sender<Instruction>,
    reload: Reload,
    token: Token,
) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let listener = TcpListener::from_std(listener)?;
    let desk = Arc::new(Desk { status: status.clone(), operator, reload, token });
    tokio::select! {
        _ = status.wait_for(|_| false) => Ok(()),
        () = accept(listener, desk) => Ok(()),
    }
}

async fn accept(listener: TcpListener, desk: Arc<Desk>) {
    let free = Arc::new(Semaphore::new(CONNECTIONS));
    while let Ok(place) = free.clone().acquire_owned().await {
        match listener.accept().await {
            Ok((stream, _)) => {
                let desk = desk.clone();
                tokio::spawn(async move {
                    // A client that goes away or dawdles is no fault of the server.
                    drop(timeout(PATIENCE, serve_connection(stream, desk)).await);
                    drop(place);
                });
            }
            Err(_) => sleep(PAUSE).await,
        }
    }
}

/// Answers one request.
async fn serve_connection(stream: TcpStream, desk: Arc<Desk>) -> hyper::Result<()> {
    let service = service_fn(move |request| {
        let answer = desk.answer(&request);
        async move { Ok::<_, Infallible>(answer) }
    });
    http1::Builder::new().keep_alive(false).serve_connection(TokioIo::new(stream), service).await
}

impl Desk {
    fn answer(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        let asked = respond::Request {
            method: request.method().as_str(),
            path: request.uri().path(),
            authorization: request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok()),
        };
        // A copy: as long as it is borrowed, the runner cannot tell the next one.
        let status = self.status.borrow().clone();
        let answer = respond(&asked, &status, wall_clock(), &self.token);
        // Whoever looks in every few seconds is no news; whoever is refused is.
        match answer.status {
            401 | 422 => warn!(method = asked.method, path = asked.path, status = answer.status, "asked"),
            _ => debug!(method = asked.method, path = asked.path, status = answer.status, "asked"),
        }
        let instruction = match answer.act {
            None => return page(answer),
            Some(Act::Tell(verb)) => Instruction::Verb(verb),
            Some(Act::Reload) => match (self.reload)() {
                Ok(caution) => Instruction::Caution(caution),
                Err(refusal) => return page(respond::Response::not_reloaded(&refusal)),
            },
        };
        match self.operator.send(instruction) {
            Ok(()) => page(answer),
            Err(_) => page(respond::Response::ended()),
        }
    }
}

fn page(answer: respond::Response) -> Response<Full<Bytes>> {
    let mut page = Response::new(Full::new(Bytes::from(answer.body)));
    *page.status_mut() = StatusCode::from_u16(answer.status).expect("answers have good statuses");
    page.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(answer.content_type));
    if let Some((name, value)) = answer.header {
        page.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    page
}
