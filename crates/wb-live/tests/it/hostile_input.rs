//! No input makes a codec panic, and what is cut short is an error.

use wb_core::{OrderId, Rng, Ts};
use wb_live::venues::binance::read_rules;
use wb_live::venues::{Decoded, HttpAnswer, LocalBook, Message, OrderRef, Request, VenueCodec};

use crate::fixtures;
use crate::listed::{BTC, RULES};
use crate::messages::{CLOSED_BAR, DEPTH, FILL, QUOTE, TRADE, codec, symbols};

const NOW: Ts = Ts(1_700_000_000_000_000_000);

/// Whatever becomes of a text on every way that takes one.
fn feed(text: &[u8]) {
    let (mut codec, mut out, mut book) = (codec(), Decoded::default(), LocalBook::default());
    let understood = codec.decode(NOW, text, &mut out).is_ok();
    for message in &out.messages {
        if let Message::Depth(change) = message {
            assert!(change.levels.end <= out.levels.len());
            book.on_change(change, &out.levels);
            book.on_snapshot(change.last, &out.levels);
        }
    }
    if !understood {
        assert!(codec.decode(NOW, text, &mut out).is_err(), "the same bytes say the same");
    }
    for request in [
        Request::Query(BTC, OrderRef::Ours(OrderId(1))),
        Request::OpenOrders(BTC),
        Request::Account,
        Request::Trades { instrument: BTC, from: None },
        Request::Depth(BTC),
        Request::Time,
        Request::Rights,
    ] {
        let status = if text.len().is_multiple_of(5) { 400 } else { 200 };
        let headers = [("retry-after", u64::MAX), ("x-mbx-used-weight-1m", u64::MAX)];
        let headers = headers.map(|(name, value)| (name.to_string(), value.to_string()));
        let answer = HttpAnswer { status, headers: &headers, body: text };
        let _ = codec.decode_http(NOW, &request, &answer, &mut out);
    }
    let _ = read_rules(text, &symbols());
}

fn messages() -> Vec<Vec<u8>> {
    let own = [QUOTE, TRADE, CLOSED_BAR, DEPTH, FILL, RULES].map(|text| text.as_bytes().to_vec());
    own.into_iter().chain(fixtures::all()).collect()
}

#[test]
fn a_message_that_is_cut_short_at_any_byte_is_an_error() {
    for message in [QUOTE, TRADE, CLOSED_BAR, DEPTH, FILL] {
        for length in 0..message.len() {
            let cut = &message.as_bytes()[..length];
            assert!(
                codec().decode(NOW, cut, &mut Decoded::default()).is_err(),
                "{length} bytes of {message}"
            );
        }
    }
    for message in messages() {
        for length in 0..message.len().min(4_096) {
            feed(&message[..length]);
        }
    }
}

/// Pieces that parsers trip over.
const PIECES: [&str; 24] = [
    "\"",
    "\\",
    "\\u",
    "\\ud800",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "-",
    ".",
    "e9",
    "null",
    "true",
    "0",
    "-1",
    "1.5",
    "99999999999999999999",
    "9223372036854775807",
    "\"0.00000000000000000001\"",
    "\"-9223372036854775808\"",
    "\"\"",
    "é",
];

fn mutate(rng: &mut Rng, message: &mut Vec<u8>) {
    for _ in 0..=rng.below(3) {
        let at = rng.below(message.len() as u64 + 1) as usize;
        let until = (at + rng.below(12) as usize).min(message.len());
        match rng.below(4) {
            0 if at < message.len() => message[at] = rng.next_u64() as u8,
            1 => drop(message.drain(at..until)),
            2 => {
                let copy = message[at..until].to_vec();
                message.splice(at..at, copy);
            }
            _ => {
                let piece = PIECES[rng.below(PIECES.len() as u64) as usize];
                message.splice(at..until, piece.bytes());
            }
        }
    }
}

#[test]
fn no_mutation_of_a_message_makes_a_codec_panic() {
    for seed in 0..20 {
        let mut rng = Rng::new(seed);
        for message in messages() {
            for _ in 0..20 {
                let mut text = message.clone();
                mutate(&mut rng, &mut text);
                let shown = String::from_utf8_lossy(&text).into_owned();
                let fed = std::panic::catch_unwind(move || feed(&text));
                assert!(fed.is_ok(), "seed {seed}: {shown}");
            }
        }
    }
}

#[test]
fn bytes_of_no_meaning_make_no_codec_panic() {
    for seed in 0..2_000 {
        let mut rng = Rng::new(seed);
        let bytes: Vec<u8> = (0..rng.below(64)).map(|_| rng.next_u64() as u8).collect();
        feed(&bytes);
        let pieces: String = (0..rng.below(32)).map(|_| PIECES[rng.below(24) as usize]).collect();
        feed(pieces.as_bytes());
    }
}
