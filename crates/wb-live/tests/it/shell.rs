//! Connections and requests over real sockets of this machine.

use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::Receiver;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, accept_async};
use wb_core::Span;
use wb_live::shell::{Connections, HttpClient, Incoming, Outgoing, Patience, Route};
use wb_live::venues::{HttpRequest, Line, Verb};

/// Quick to try again, and never tired of waiting.
const PATIENCE: Patience = Patience {
    silence: Span::from_seconds(3_600),
    connect: Span::from_seconds(3_600),
    first_wait: Span(1_000_000),
    most_wait: Span(5_000_000),
    tick: Span(1_000_000),
};

struct Venue {
    listener: TcpListener,
}

impl Venue {
    async fn new() -> Venue {
        Venue { listener: TcpListener::bind("127.0.0.1:0").await.expect("a port") }
    }

    fn host(&self) -> String {
        self.listener.local_addr().expect("a port").to_string()
    }

    fn connections(&self, patience: Patience) -> (Connections, Receiver<Incoming>) {
        Connections::open(vec![route(&format!("ws://{}/x?streams=a@b", self.host()))], patience, 7)
    }

    async fn accept(&self) -> WebSocketStream<TcpStream> {
        let (stream, _) = self.listener.accept().await.expect("somebody comes");
        accept_async(stream).await.expect("a handshake")
    }
}

fn route(url: &str) -> Route {
    Route { line: Line::Market, url: url.to_string() }
}

/// The next input that is not only the time.
async fn next(incoming: &mut Receiver<Incoming>) -> Incoming {
    loop {
        match incoming.recv().await.expect("the connections live") {
            Incoming::Time(_) => {}
            input => return input,
        }
    }
}

async fn connected(incoming: &mut Receiver<Incoming>) -> u64 {
    match next(incoming).await {
        Incoming::Connected { line: Line::Market, connection, .. } => connection,
        other => panic!("{other:?}"),
    }
}

async fn disconnected(incoming: &mut Receiver<Incoming>) -> String {
    match next(incoming).await {
        Incoming::Disconnected { line: Line::Market, why, .. } => why,
        other => panic!("{other:?}"),
    }
}

fn frame(connection: u64, text: &str) -> Outgoing {
    Outgoing::Frame { connection, text: text.to_string() }
}

#[tokio::test]
async fn frames_go_both_ways_and_a_ping_is_answered_with_its_payload() {
    let venue = Venue::new().await;
    let (connections, mut incoming) = venue.connections(PATIENCE);
    let mut server = venue.accept().await;
    let connection = connected(&mut incoming).await;
    server.send(Message::Ping("1700000000000".into())).await.expect("sent");
    assert_eq!(
        server.next().await.expect("an answer").expect("a frame"),
        Message::Pong("1700000000000".into())
    );
    server.send(Message::text("{\"e\":1}")).await.expect("sent");
    let Incoming::Frame { line: Line::Market, text, .. } = next(&mut incoming).await else {
        panic!("no frame")
    };
    assert_eq!(text.as_bytes(), b"{\"e\":1}");
    connections.tell(Line::Trading, frame(connection, "for nobody"));
    connections.tell(Line::Market, frame(connection, "hello"));
    assert_eq!(server.next().await.expect("a frame").expect("a frame"), Message::text("hello"));
}

#[tokio::test]
async fn a_lost_connection_is_made_again_and_its_frames_are_not_sent_on_the_next() {
    let venue = Venue::new().await;
    let (connections, mut incoming) = venue.connections(PATIENCE);
    let mut server = venue.accept().await;
    let first = connected(&mut incoming).await;
    server.close(None).await.expect("closed");
    drop(server);
    // Whoever decides has not heard of it yet.
    connections.tell(Line::Market, frame(first, "an order too late"));
    disconnected(&mut incoming).await;
    let mut server = venue.accept().await;
    let second = connected(&mut incoming).await;
    assert!(second > first);
    connections.tell(Line::Market, frame(first, "an order far too late"));
    connections.tell(Line::Market, Outgoing::Reconnect { connection: first });
    connections.tell(Line::Market, frame(second, "in time"));
    assert_eq!(server.next().await.expect("a frame").expect("a frame"), Message::text("in time"));
}

#[tokio::test]
async fn a_connection_is_made_anew_when_asked() {
    let venue = Venue::new().await;
    let (connections, mut incoming) = venue.connections(PATIENCE);
    let mut server = venue.accept().await;
    let first = connected(&mut incoming).await;
    connections.tell(Line::Market, Outgoing::Reconnect { connection: first });
    assert!(server.next().await.expect("a goodbye").expect("a frame").is_close());
    // The server's half of the goodbye goes out as it reads on.
    assert!(server.next().await.is_none());
    assert_eq!(disconnected(&mut incoming).await, "it was to be made anew");
    venue.accept().await;
    assert!(connected(&mut incoming).await > first);
}

#[tokio::test]
async fn a_venue_that_is_down_at_the_start_is_tried_until_it_is_there() {
    let venue = Venue::new().await;
    let host = venue.host();
    drop(venue);
    let (_connections, mut incoming) = Connections::open(vec![route(&format!("ws://{host}/"))], PATIENCE, 7);
    for _ in 0..3 {
        let why = disconnected(&mut incoming).await;
        assert!(why.contains("refused"), "{why}");
    }
    let venue = Venue { listener: TcpListener::bind(&host).await.expect("the same port") };
    let _server = venue.accept().await;
    loop {
        match next(&mut incoming).await {
            Incoming::Connected { connection, .. } => break assert!(connection > 3),
            Incoming::Disconnected { why, .. } => assert!(why.contains("refused"), "{why}"),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_socket_that_is_half_open_is_given_up() {
    let venue = Venue::new().await;
    let (_connections, mut incoming) = venue.connections(Patience { silence: Span(20_000_000), ..PATIENCE });
    let _silent = venue.accept().await;
    connected(&mut incoming).await;
    assert_eq!(disconnected(&mut incoming).await, "nothing was heard for 20ms");
}

#[tokio::test]
async fn a_handshake_that_never_ends_is_given_up() {
    let venue = Venue::new().await;
    let (_connections, mut incoming) = venue.connections(Patience { connect: Span(20_000_000), ..PATIENCE });
    let _silent = venue.listener.accept().await.expect("somebody comes");
    assert_eq!(disconnected(&mut incoming).await, "no connection within 20ms");
}

#[tokio::test]
async fn connections_end_when_they_are_told_to_or_nobody_holds_them() {
    for told in [true, false] {
        let venue = Venue::new().await;
        let (connections, mut incoming) = venue.connections(PATIENCE);
        let mut server = venue.accept().await;
        connected(&mut incoming).await;
        if told {
            connections.tell(Line::Market, Outgoing::Close);
        }
        drop(connections);
        assert!(server.next().await.expect("a goodbye").expect("a frame").is_close());
        assert!(server.next().await.is_none());
        loop {
            match incoming.recv().await {
                None => break,
                Some(input) => assert!(matches!(input, Incoming::Time(_)), "{input:?}"),
            }
        }
    }
}

#[tokio::test]
async fn time_passes_also_while_nothing_is_said() {
    let venue = Venue::new().await;
    let (_connections, mut incoming) = venue.connections(PATIENCE);
    let mut last = wb_core::Ts::MIN;
    for _ in 0..5 {
        let Some(Incoming::Time(now)) = incoming.recv().await else { continue };
        assert!(now >= last);
        last = now;
    }
    assert_ne!(last, wb_core::Ts::MIN);
}

#[tokio::test]
async fn tls_is_there() {
    let venue = Venue::new().await;
    let (_connections, mut incoming) =
        Connections::open(vec![route(&format!("wss://{}/", venue.host()))], PATIENCE, 7);
    let (mut stream, _) = venue.listener.accept().await.expect("somebody comes");
    let mut hello = [0; 3];
    stream.read_exact(&mut hello).await.expect("a hello");
    assert_eq!(hello[..2], [22, 3], "a TLS handshake");
    stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.expect("sent");
    let why = disconnected(&mut incoming).await;
    assert!(why.contains("InvalidContentType"), "{why}");
}

#[test]
fn what_is_sent_is_not_printed() {
    let printed = format!("{:?}", frame(3, "{\"apiKey\":\"canary\"}"));
    assert_eq!(printed, "Frame(19 bytes for 3)");
}

/// Answers one request with these bytes, and gives what was asked.
async fn answer_once(listener: TcpListener, answer: &'static str) -> String {
    let (mut stream, _) = listener.accept().await.expect("somebody comes");
    let mut asked = Vec::new();
    while !asked.ends_with(b"\r\n\r\n") {
        asked.push(stream.read_u8().await.expect("a request"));
    }
    stream.write_all(answer.as_bytes()).await.expect("sent");
    String::from_utf8(asked).expect("a request is text")
}

#[tokio::test]
async fn a_request_over_http_carries_its_key_and_brings_status_and_body() {
    let venue = Venue::new().await;
    let client = HttpClient::new(&format!("http://{}/", venue.host()), Span::from_seconds(3_600));
    let answer = "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\nContent-Length: 2\r\n\r\n{}";
    let server = tokio::spawn(answer_once(venue.listener, answer));
    let request = HttpRequest {
        verb: Verb::Delete,
        path: "/api/v3/order?symbol=%E5%B8%81USDT".to_string(),
        header: Some(("X-MBX-APIKEY", "key".to_string())),
    };
    let reply = client.ask(&request).await.expect("an answer");
    let answer = reply.answer();
    let again = answer.not_before(wb_core::Ts::from_seconds(1));
    assert_eq!((answer.status, again, answer.body), (429, Some(wb_core::Ts::from_seconds(8)), &b"{}"[..]));
    let asked = server.await.expect("it ends");
    assert!(asked.starts_with("DELETE /api/v3/order?symbol=%E5%B8%81USDT HTTP/1.1\r\n"), "{asked}");
    assert!(asked.to_lowercase().contains("x-mbx-apikey: key\r\n"), "{asked}");
}

#[tokio::test]
async fn no_answer_over_http_is_a_failure_that_says_why() {
    let venue = Venue::new().await;
    let base = format!("http://{}", venue.host());
    let client = HttpClient::new(&base, Span(20_000_000));
    let error = client.get("/api/v3/time").await.expect_err("nobody answers");
    assert_eq!(error.to_string(), format!("no answer of {base}: nothing within 20ms"));
    drop(venue);
    let client = HttpClient::new(&base, Span::from_seconds(3_600));
    let error = client.get("/api/v3/time").await.expect_err("nobody is there").to_string();
    assert!(error.contains("refused"), "{error}");
}
