//! One WebSocket connection: frames to the keeper, its messages back, and the venue's pings.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::sync::mpsc;
use tokio::time::{Instant, interval_at};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::Role;

use super::keeper::{Input, Opened};

/// Time between two pings.
const PING_EVERY: Duration = Duration::from_secs(20);
/// Pings that may stay without an answer: a minute's.
const UNANSWERED: u32 = 3;

/// Moves frames both ways until either side ends.
pub(super) async fn pump(upgraded: Upgraded, mut opened: Opened, inputs: &mpsc::UnboundedSender<Input>) {
    let io = TokioIo::new(upgraded);
    let mut socket = WebSocketStream::from_raw_socket(io, Role::Server, None).await;
    let mut ping = interval_at(Instant::now() + PING_EVERY, PING_EVERY);
    let mut unanswered = 0;
    loop {
        let sent = tokio::select! {
            frame = socket.next() => match frame {
                Some(Ok(Message::Text(text))) => {
                    if inputs.send(Input::Frame(opened.id, text.to_string())).is_err() {
                        return;
                    }
                    Ok(())
                }
                Some(Ok(Message::Pong(_))) => {
                    unanswered = 0;
                    Ok(())
                }
                // Pings are answered by the protocol itself.
                Some(Ok(Message::Binary(_) | Message::Ping(_) | Message::Frame(_))) => socket.flush().await,
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
            },
            message = opened.messages.recv() => match message {
                Some(text) => send_all(&mut socket, text, &mut opened.messages).await,
                None => return,
            },
            _ = ping.tick() => {
                unanswered += 1;
                if unanswered > UNANSWERED {
                    return;
                }
                socket.send(Message::Ping(Vec::new().into())).await
            }
        };
        if sent.is_err() {
            return;
        }
    }
}

/// Sends a message and all that wait behind it, in one write where they fit.
async fn send_all(
    socket: &mut WebSocketStream<TokioIo<Upgraded>>,
    first: String,
    more: &mut mpsc::Receiver<String>,
) -> Result<(), tokio_tungstenite::tungstenite::Error> {
    socket.feed(Message::Text(first.into())).await?;
    while let Ok(text) = more.try_recv() {
        socket.feed(Message::Text(text.into())).await?;
    }
    socket.flush().await
}
