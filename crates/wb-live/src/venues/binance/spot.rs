//! The codec of Binance Spot: which frame is what, and which request is which frame.

use wb_core::{Span, Ts};

use super::answer::AnswerReader;
use super::listed::{Assets, Listed};
use super::method::{Method, add_parameters, interval_name};
use super::parameters::{Parameters, percent_encode};
use super::report::{read_balances, read_report, read_transfer};
use super::request_id::write_key;
use super::signing::Credentials;
use super::stream::{read_bar, read_depth_change, read_quote, read_trade};
use crate::venues::Line;
use crate::venues::client_order_id::OrderNames;
use crate::venues::codec::{CodecError, Feed, HttpAnswer, HttpRequest, VenueCodec};
use crate::venues::json::{Json, Read};
use crate::venues::listing::Listing;
use crate::venues::message::{Answered, Decoded, Message};
use crate::venues::request::{Request, RequestKey};

/// How long after its time the venue may still take a request, unless settings say otherwise. It is also what the venue
/// takes for granted.
const RECEIVE_WINDOW: Span = Span(5_000_000_000);

/// Speaks the protocol of Binance Spot.
#[derive(Debug)]
pub struct BinanceSpot {
    listed: Listed,
    assets: Assets,
    feeds: Vec<Feed>,
    names: OrderNames,
    credentials: Option<Credentials>,
    receive_window: Span,
    /// Whether the trading connection is known by its key, so that requests need no signature.
    logged_on: bool,
    parameters: Parameters,
}

impl BinanceSpot {
    /// A codec for these instruments, which are numbered in their order. Without credentials it can only be told of the
    /// market.
    ///
    /// # Errors
    /// If the venue has no such bars as a feed asks for, or an instrument is not among the listings.
    pub fn new(
        listings: Vec<Listing>,
        feeds: Vec<Feed>,
        names: OrderNames,
        credentials: Option<Credentials>,
    ) -> Result<BinanceSpot, CodecError> {
        let assets = Assets::of(&listings);
        let codec = BinanceSpot {
            listed: Listed::new(listings),
            assets,
            feeds,
            names,
            credentials,
            receive_window: RECEIVE_WINDOW,
            logged_on: false,
            parameters: Parameters::default(),
        };
        codec.streams()?;
        Ok(codec)
    }

    /// The credentials, to be used by another codec.
    pub fn into_credentials(self) -> Option<Credentials> {
        self.credentials
    }

    /// Refuses requests that are older than this when they reach the venue; at most a minute.
    #[must_use]
    pub fn with_receive_window(mut self, window: Span) -> BinanceSpot {
        self.receive_window = window.clamp(Span(1_000_000), Span::from_seconds(60));
        self
    }
}

impl VenueCodec for BinanceSpot {
    fn path(&self, line: Line) -> String {
        match line {
            Line::Market => {
                let streams = self.streams().expect("they were made when the codec was");
                format!("/stream?streams={}", streams.join("/"))
            }
            Line::Trading => "/ws-api/v3".to_string(),
        }
    }

    fn on_connected(&mut self, line: Line, now: Ts, frames: &mut Vec<String>) -> Result<(), CodecError> {
        let (Line::Trading, Some(credentials)) = (line, &self.credentials) else { return Ok(()) };
        self.logged_on = false;
        self.parameters.clear();
        self.parameters.time("timestamp", now);
        self.parameters.sign_for_socket(credentials);
        let (key, method) = if credentials.signs_sessions() {
            (RequestKey::Logon, "session.logon")
        } else {
            (RequestKey::Reports, "userDataStream.subscribe.signature")
        };
        let mut frame = String::new();
        self.write_frame(key, method, &mut frame);
        frames.push(frame);
        Ok(())
    }

    fn decode(&mut self, ts_recv: Ts, frame: &[u8], out: &mut Decoded) -> Result<(), CodecError> {
        Json::whole(frame, |json| match json.first_name() {
            Some(b"stream" | b"data" | b"subscriptionId" | b"event") => {
                json.object(|json, name| match name {
                    b"data" | b"event" => self.read_event(json, ts_recv, out),
                    _ => json.skip(),
                })
            }
            Some(b"id" | b"status" | b"result" | b"error" | b"rateLimits") => {
                self.answers(ts_recv).read_frame(json, out)?;
                self.go_on_after_logon(out);
                Ok(())
            }
            _ => self.read_event(json, ts_recv, out),
        })
    }

    fn encode(&mut self, now: Ts, request: &Request, frame: &mut String) -> Result<(), CodecError> {
        let method = Method::of(request);
        let name = method.socket.ok_or(CodecError::Unsupported("such request but over HTTP"))?;
        self.write_parameters(now, request, method)?;
        match &self.credentials {
            Some(credentials) if method.signed && !self.logged_on => {
                self.parameters.sign_for_socket(credentials);
            }
            _ => {}
        }
        self.write_frame(request.key(), name, frame);
        Ok(())
    }

    fn encode_http(&mut self, now: Ts, request: &Request) -> Result<HttpRequest, CodecError> {
        let method = Method::of(request);
        self.write_parameters(now, request, method)?;
        let credentials = self.credentials.as_ref().filter(|_| method.signed);
        if let Some(credentials) = credentials {
            self.parameters.sign_for_http(credentials);
        }
        let (verb, path) = method.http;
        let mut path = format!("{path}?");
        self.parameters.write_query(&mut path);
        let header = credentials.map(|credentials| ("X-MBX-APIKEY", credentials.api_key().to_string()));
        Ok(HttpRequest { verb, path, header })
    }

    fn decode_http(
        &mut self,
        ts_recv: Ts,
        request: &Request,
        answer: &HttpAnswer<'_>,
        out: &mut Decoded,
    ) -> Result<(), CodecError> {
        self.answers(ts_recv).read_http(request.key(), answer, out)
    }

    fn weight(&self, request: &Request) -> u64 {
        Method::of(request).weight
    }
}

impl BinanceSpot {
    /// The streams that the feeds need.
    fn streams(&self) -> Read<Vec<String>> {
        let stream = |feed: &Feed| {
            let (instrument, kind) = match *feed {
                Feed::Bars(instrument, interval) => {
                    (instrument, format!("kline_{}", interval_name(interval)?))
                }
                Feed::Trades(instrument) => (instrument, "trade".to_string()),
                Feed::Quotes(instrument) => (instrument, "bookTicker".to_string()),
                Feed::Depth(instrument) => (instrument, "depth@100ms".to_string()),
            };
            let mut name = String::new();
            percent_encode(&self.listed.of(instrument)?.instrument.symbol.to_lowercase(), &mut name);
            Ok(format!("{name}@{kind}"))
        };
        self.feeds.iter().map(stream).collect()
    }

    /// One event: of a market stream, or about the account.
    fn read_event(&mut self, json: &mut Json<'_>, ts_recv: Ts, out: &mut Decoded) -> Read<()> {
        // Alone among those that are asked for, best bid and offer come without their kind, and begin with a number.
        if json.first_name() == Some(b"u") {
            return read_quote(json, &self.listed, ts_recv, out);
        }
        let Some(mut kind) = json.find("e")? else {
            return read_quote(json, &self.listed, ts_recv, out);
        };
        match &*kind.text().map_err(|error| error.inside(b"e"))? {
            "trade" => return read_trade(json, &self.listed, ts_recv, out),
            "kline" => return read_bar(json, &self.listed, ts_recv, out),
            "depthUpdate" => return read_depth_change(json, &self.listed, out),
            "executionReport" => {
                return read_report(json, &self.listed, &mut self.assets, &self.names, out);
            }
            "outboundAccountPosition" => return read_balances(json, &mut self.assets, out),
            "balanceUpdate" => return read_transfer(json, &mut self.assets, out),
            "serverShutdown" => out.messages.push(Message::Closing),
            "eventStreamTerminated" => out.messages.push(Message::ReportsEnded),
            _ => {}
        }
        json.skip()
    }

    fn answers(&mut self, ts_recv: Ts) -> AnswerReader<'_> {
        AnswerReader {
            listed: &self.listed,
            assets: &mut self.assets,
            names: &self.names,
            credentials: self.credentials.as_ref(),
            ts_recv,
        }
    }

    /// Once the connection is known by its key, asks for reports and signs nothing more.
    fn go_on_after_logon(&mut self, out: &mut Decoded) {
        let Some(Message::Answer(answer)) = out.messages.last() else { return };
        if answer.request == Some(RequestKey::Logon) && answer.result == Ok(Answered::Done) {
            self.logged_on = true;
            self.parameters.clear();
            let mut frame = String::new();
            self.write_frame(RequestKey::Reports, "userDataStream.subscribe", &mut frame);
            out.replies.push(frame);
        }
    }

    /// Collects what a request is about, and its time if it is about the account.
    fn write_parameters(&mut self, now: Ts, request: &Request, method: Method) -> Read<()> {
        if method.signed && self.credentials.is_none() {
            return Err(CodecError::NoKey);
        }
        self.parameters.clear();
        add_parameters(request, &self.listed, &self.names, &mut self.parameters)?;
        if method.signed {
            self.parameters.number("recvWindow", self.receive_window.0.unsigned_abs() / 1_000_000);
            self.parameters.time("timestamp", now);
        }
        Ok(())
    }

    fn write_frame(&self, key: RequestKey, method: &str, frame: &mut String) {
        frame.clear();
        frame.push_str("{\"id\":\"");
        write_key(key, frame);
        frame.push_str("\",\"method\":\"");
        frame.push_str(method);
        frame.push_str("\",\"params\":");
        self.parameters.write_json(frame);
        frame.push('}');
    }
}
