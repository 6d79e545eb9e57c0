//! The task that owns the exchange: everything that comes in passes through its one queue, in order.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::{Passing, now};
use crate::connection::ConnectionId;
use crate::exchange::{Answer, Exchange, Output, RequestId};
use crate::protocol::dispatch::HttpRequest;

/// Messages that may wait for one client before it is taken to be gone.
const MOST_WAITING: usize = 65_536;

/// What can come in.
#[derive(Debug)]
pub(super) enum Input {
    /// An HTTP request, and where its answer goes.
    Request(HttpRequest, oneshot::Sender<Answer>),
    /// A WebSocket connection to this path and query, and where its messages come from; nothing for a wrong path.
    Connect(String, String, oneshot::Sender<Option<Opened>>),
    /// A text frame.
    Frame(ConnectionId, String),
    /// A connection has ended.
    Disconnect(ConnectionId),
}

/// A WebSocket connection that the exchange has taken.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) id: ConnectionId,
    /// What is to be sent; the end of it ends the connection.
    pub(super) messages: mpsc::Receiver<String>,
}

/// Is shown every frame that passes.
pub(super) type Watch = Box<dyn FnMut(Passing<'_>) + Send>;

/// Owner of the exchange.
pub(super) struct Keeper {
    exchange: Exchange,
    watch: Watch,
    inputs: mpsc::UnboundedReceiver<Input>,
    /// Requests that wait for their answers.
    requests: BTreeMap<RequestId, oneshot::Sender<Answer>>,
    connections: BTreeMap<ConnectionId, mpsc::Sender<String>>,
    /// The last number given to a request or a connection.
    last: u64,
}

impl Keeper {
    pub(super) fn new(exchange: Exchange, watch: Watch, inputs: mpsc::UnboundedReceiver<Input>) -> Keeper {
        Keeper { exchange, watch, inputs, requests: BTreeMap::new(), connections: BTreeMap::new(), last: 0 }
    }

    /// Goes on until nobody can send anything any more.
    pub(super) async fn run(mut self) {
        loop {
            let wakeup = self.exchange.next_wakeup();
            let wait = wakeup.map(|at| Duration::from_nanos((at - now()).0.max(0).unsigned_abs()));
            let timer = async {
                match wait {
                    Some(wait) => tokio::time::sleep(wait).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                input = self.inputs.recv() => match input {
                    Some(input) => self.take(input),
                    None => return,
                },
                () = timer => self.exchange.on_time(now()),
            }
            self.send();
        }
    }

    fn take(&mut self, input: Input) {
        let now = now();
        self.exchange.on_time(now);
        match input {
            Input::Request(request, answer) => {
                self.last += 1;
                let id = RequestId(self.last);
                self.requests.insert(id, answer);
                self.exchange.on_request(now, id, &request);
            }
            Input::Connect(path, query, opened) => {
                self.last += 1;
                let id = ConnectionId(self.last);
                let taken = self.exchange.on_connect(now, id, &path, &query).then(|| {
                    let (sender, messages) = mpsc::channel(MOST_WAITING);
                    self.connections.insert(id, sender);
                    Opened { id, messages }
                });
                // Whoever asked may have gone; its connection then ends with the receiver.
                let _ = opened.send(taken);
            }
            Input::Frame(id, text) => {
                (self.watch)(Passing::In(&text));
                self.exchange.on_frame(now, id, &text);
            }
            Input::Disconnect(id) => self.end(id),
        }
    }

    fn end(&mut self, id: ConnectionId) {
        self.connections.remove(&id);
        self.exchange.on_disconnect(id);
    }

    /// Passes on what the exchange has to say.
    fn send(&mut self) {
        while let Some(output) = self.exchange.poll() {
            match output {
                Output::Answer(id, answer) => {
                    if let Some(waiting) = self.requests.remove(&id) {
                        // A client that has gone needs no answer.
                        let _ = waiting.send(answer);
                    }
                }
                Output::Message(id, text) => {
                    (self.watch)(Passing::Out(&text));
                    let sent = self.connections.get(&id).map(|sender| sender.try_send(text));
                    if matches!(sent, Some(Err(_))) {
                        self.end(id);
                    }
                }
                Output::Close(id) => self.end(id),
            }
        }
    }
}
