//! The text by which Binance's answers name requests: a letter for the kind, then what it is about.

use std::fmt::Write;

use wb_core::{InstrumentId, Interval, OrderId};

use crate::venues::request::{OrderRef, RequestKey};

/// Appends the text of a request.
pub(super) fn write_key(key: RequestKey, out: &mut String) {
    let written = match key {
        RequestKey::Place(OrderId(order)) => write!(out, "p{order}"),
        RequestKey::Cancel(OrderRef::Ours(OrderId(order))) => write!(out, "c{order}"),
        RequestKey::Cancel(OrderRef::Venue(order)) => write!(out, "C{order}"),
        RequestKey::CancelAll(instrument) => write!(out, "x{}", instrument.0),
        RequestKey::Query(OrderRef::Ours(OrderId(order))) => write!(out, "q{order}"),
        RequestKey::Query(OrderRef::Venue(order)) => write!(out, "Q{order}"),
        RequestKey::OpenOrders(instrument) => write!(out, "o{}", instrument.0),
        RequestKey::Account => write!(out, "a"),
        RequestKey::Trades(instrument) => write!(out, "t{}", instrument.0),
        RequestKey::Depth(instrument) => write!(out, "d{}", instrument.0),
        RequestKey::Bars(instrument, interval) => write!(out, "b{}.{interval}", instrument.0),
        RequestKey::Time => write!(out, "T"),
        RequestKey::Rights => write!(out, "r"),
        RequestKey::Step => write!(out, "step"),
        RequestKey::Logon => write!(out, "l"),
        RequestKey::Reports => write!(out, "u"),
    };
    written.expect("a string takes any text");
}

/// The request that [`write_key`] writes so.
pub(super) fn read_key(text: &str) -> Option<RequestKey> {
    let kind = text.chars().next()?;
    let rest = &text[kind.len_utf8()..];
    let order = || rest.parse().ok().map(OrderId);
    let venue = || rest.parse().ok().map(OrderRef::Venue);
    let instrument = || rest.parse().ok().map(InstrumentId);
    let bare = |key| rest.is_empty().then_some(key);
    match kind {
        'p' => order().map(RequestKey::Place),
        'c' => order().map(OrderRef::Ours).map(RequestKey::Cancel),
        'C' => venue().map(RequestKey::Cancel),
        'x' => instrument().map(RequestKey::CancelAll),
        'q' => order().map(OrderRef::Ours).map(RequestKey::Query),
        'Q' => venue().map(RequestKey::Query),
        'o' => instrument().map(RequestKey::OpenOrders),
        'a' => bare(RequestKey::Account),
        't' => instrument().map(RequestKey::Trades),
        'd' => instrument().map(RequestKey::Depth),
        'b' => {
            let (instrument, interval) = rest.split_once('.')?;
            Some(RequestKey::Bars(InstrumentId(instrument.parse().ok()?), Interval::parse(interval)?))
        }
        'T' => bare(RequestKey::Time),
        'r' => bare(RequestKey::Rights),
        's' => (rest == "tep").then_some(RequestKey::Step),
        'l' => bare(RequestKey::Logon),
        'u' => bare(RequestKey::Reports),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_known_by_its_text() {
        let keys = [
            RequestKey::Place(OrderId(u64::MAX)),
            RequestKey::Step,
            RequestKey::Cancel(OrderRef::Ours(OrderId(7))),
            RequestKey::Cancel(OrderRef::Venue(7)),
            RequestKey::CancelAll(InstrumentId(3)),
            RequestKey::Query(OrderRef::Ours(OrderId(7))),
            RequestKey::Query(OrderRef::Venue(7)),
            RequestKey::OpenOrders(InstrumentId(0)),
            RequestKey::Account,
            RequestKey::Trades(InstrumentId(1)),
            RequestKey::Depth(InstrumentId(2)),
            RequestKey::Bars(InstrumentId(2), Interval::Minutes(90)),
            RequestKey::Time,
            RequestKey::Rights,
            RequestKey::Logon,
            RequestKey::Reports,
        ];
        for key in keys {
            let mut text = String::new();
            write_key(key, &mut text);
            assert!(text.len() <= 36, "the venue takes no longer ones: {text}");
            assert_eq!(read_key(&text), Some(key), "{text}");
        }
        for text in ["", "p", "p-1", "z1", "T1", "b1", "b1.x", "é", "51e2affb-0aba-4821-ba75-f2625006eb43"] {
            assert_eq!(read_key(text), None, "{text}");
        }
    }
}
