//! The exchange on a TCP port: this module moves bytes and asks the clock; what they mean is decided in
//! [`crate::Exchange`].

mod http;
mod keeper;
mod keys;
mod socket;

use std::io;
use std::net;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use wb_core::Ts;

use self::keeper::{Input, Keeper};
pub use self::keys::random_text;
use crate::exchange::Exchange;

/// The real time.
#[expect(clippy::disallowed_types, reason = "this is the edge: the exchange itself is told the time")]
pub fn now() -> Ts {
    use std::time::{SystemTime, UNIX_EPOCH};
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970");
    Ts(i64::try_from(since.as_nanos()).expect("it is before 2262"))
}

/// A frame between the exchange and a client.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Passing<'a> {
    /// A client has sent it, and the exchange is about to read it.
    In(&'a str),
    /// The exchange has written it, and it is about to leave.
    Out(&'a str),
}

/// Serves an exchange until the process ends.
///
/// # Errors
/// If the system gives no event loop or takes the port back.
pub fn serve(exchange: Exchange, listener: net::TcpListener) -> io::Result<()> {
    serve_watched(exchange, listener, |_| {})
}

/// [`serve`], and shows every frame to `watch` as it passes: for whoever measures how fast a client answers.
///
/// One thread does everything: a message from one client to another never waits for a processor to wake up.
///
/// # Errors
/// If the system gives no event loop or takes the port back.
pub fn serve_watched(
    exchange: Exchange,
    listener: net::TcpListener,
    watch: impl FnMut(Passing<'_>) + Send + 'static,
) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::from_std(listener)?;
        let (inputs, received) = mpsc::unbounded_channel();
        tokio::spawn(Keeper::new(exchange, Box::new(watch), received).run());
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            tokio::spawn(serve_connection(stream, inputs.clone()));
        }
    })
}

async fn serve_connection(stream: TcpStream, inputs: mpsc::UnboundedSender<Input>) {
    let service = service_fn(move |request| http::respond(request, inputs.clone()));
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    // A client that goes away is no fault of the server.
    let _ = connection.with_upgrades().await;
}
