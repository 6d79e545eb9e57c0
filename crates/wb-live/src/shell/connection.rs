//! One connection after the other to the same place.

use std::pin::pin;

use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};
use tracing::trace;
use wb_core::Span;

use super::backoff::Backoff;
use super::connections::{Incoming, Outgoing, Patience, Route, Text, duration};
use super::wall_clock::wall_clock;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Why a connection ended.
enum End {
    /// Make another; why.
    Again(String),
    /// Make no other.
    ForGood,
}

/// Keeps a connection up until it is told to close, or nobody listens or speaks any more.
pub(super) async fn keep(
    route: Route,
    patience: Patience,
    mut backoff: Backoff,
    mut outgoing: mpsc::UnboundedReceiver<Outgoing>,
    inputs: mpsc::Sender<Incoming>,
) {
    for connection in 1.. {
        let begun = Instant::now();
        let end = match connect(&route, patience).await {
            Ok(socket) => {
                let stands = Incoming::Connected { line: route.line, connection, now: wall_clock() };
                if inputs.send(stands).await.is_err() {
                    return;
                }
                serve(socket, connection, &route, patience, &mut outgoing, &inputs).await
            }
            Err(why) => End::Again(why),
        };
        let End::Again(why) = end else { return };
        let lost = Incoming::Disconnected { line: route.line, now: wall_clock(), why };
        if inputs.send(lost).await.is_err() {
            return;
        }
        let stood = Span(i64::try_from(begun.elapsed().as_nanos()).unwrap_or(i64::MAX));
        if !wait(backoff.after(stood), &mut outgoing).await {
            return;
        }
    }
}

async fn connect(route: &Route, patience: Patience) -> Result<Socket, String> {
    // Small frames are to leave at once.
    let no_delay = true;
    let connecting = connect_async_with_config(route.url.as_str(), None, no_delay);
    match tokio::time::timeout(duration(patience.connect), connecting).await {
        Ok(Ok((socket, _))) => Ok(socket),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err(format!("no connection within {}", patience.connect)),
    }
}

/// Moves frames both ways. Pings are answered by the WebSocket implementation as it is read.
async fn serve(
    mut socket: Socket,
    connection: u64,
    route: &Route,
    patience: Patience,
    outgoing: &mut mpsc::UnboundedReceiver<Outgoing>,
    inputs: &mpsc::Sender<Incoming>,
) -> End {
    let silence = duration(patience.silence);
    let mut deadline = pin!(tokio::time::sleep(silence));
    loop {
        tokio::select! {
            frame = socket.next() => {
                deadline.as_mut().reset(Instant::now() + silence);
                match frame {
                    Some(Ok(Message::Text(text))) => {
                        trace!(line = route.line.name(), bytes = text.len(), "frame in");
                        let frame = Incoming::Frame { line: route.line, now: wall_clock(), text: Text::new(text) };
                        if inputs.send(frame).await.is_err() {
                            return End::ForGood;
                        }
                    }
                    Some(Ok(Message::Close(reason))) => {
                        let why = reason.map(|reason| reason.to_string()).unwrap_or_default();
                        return End::Again(format!("the venue closed the connection: {why}"));
                    }
                    Some(Ok(_)) => {}
                    Some(Err(error)) => return End::Again(error.to_string()),
                    None => return End::Again("the connection ended".to_string()),
                }
            }
            told = outgoing.recv() => match told {
                Some(Outgoing::Frame { connection: of, text }) if of == connection => {
                    // Its length only: it may carry a key.
                    trace!(line = route.line.name(), bytes = text.len(), "frame out");
                    if let Err(error) = socket.send(Message::text(text)).await {
                        return End::Again(error.to_string());
                    }
                }
                Some(Outgoing::Reconnect { connection: of }) if of == connection => {
                    close(socket, patience).await;
                    return End::Again("it was to be made anew".to_string());
                }
                Some(Outgoing::Frame { .. } | Outgoing::Reconnect { .. }) => {}
                Some(Outgoing::Close) | None => {
                    close(socket, patience).await;
                    return End::ForGood;
                }
            },
            () = deadline.as_mut() => {
                return End::Again(format!("nothing was heard for {}", patience.silence));
            }
        }
    }
}

/// Says goodbye, but waits no longer for it than for a connection.
async fn close(mut socket: Socket, patience: Patience) {
    drop(tokio::time::timeout(duration(patience.connect), socket.close(None)).await);
}

/// Waits, and forgets what is said meanwhile: it was meant for a connection that is lost. Whether to go on.
async fn wait(span: Span, outgoing: &mut mpsc::UnboundedReceiver<Outgoing>) -> bool {
    let mut waited = pin!(tokio::time::sleep(duration(span)));
    loop {
        tokio::select! {
            () = waited.as_mut() => return true,
            told = outgoing.recv() => {
                if matches!(told, None | Some(Outgoing::Close)) {
                    return false;
                }
            }
        }
    }
}
