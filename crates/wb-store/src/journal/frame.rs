//! The bytes of one record.

use std::fmt;

use wb_core::{
    Bar, Command, Event, Fill, InstrumentId, MarketData, MarketEvent, OrderEvent, OrderId, Price, Quote,
    TimerId, Trade, Ts,
};

use super::codes::{
    cancel_code, cancel_of, control_code, control_of, reject_code, reject_of, side_code, side_of,
};
use super::fields::{Put, Take};
use crate::hash::ContentHash;

/// Length and checksum, which the length does not count.
const PREFIX: usize = 8;
/// Number, time and kind, which it does.
const HEAD: usize = 17;
/// The fewest bytes from which a record's length can be told from its kind.
const SHORTEST: usize = PREFIX + HEAD;

/// The bytes of the longest record.
pub(super) const LONGEST: usize = SHORTEST + 58;

/// What a journal says.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum JournalRecord {
    /// The kernel was told.
    Event(Event),
    /// The kernel gave a command, at this time.
    Command(Ts, Command),
    /// The kernel's digest of everything before, at this time.
    Digest(Ts, u128),
}

/// A record as a segment holds it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Framed {
    /// The first one of each segment.
    Begin {
        /// The format of the journal.
        format: u32,
        /// The number of the segment.
        segment: u32,
        /// The hash of the header.
        header: ContentHash,
    },
    /// Any other.
    Record(JournalRecord),
}

/// What kind of payload follows, and how many bytes it has.
macro_rules! kinds {
    ($($(#[$about:meta])* $name:ident = $code:literal, $bytes:literal;)+) => {
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        enum Kind { $($(#[$about])* $name = $code,)+ }

        impl Kind {
            const fn of(code: u8) -> Option<Kind> {
                match code { $($code => Some(Kind::$name),)+ _ => None }
            }

            /// Bytes of the payload.
            const fn payload(self) -> usize {
                match self { $(Kind::$name => $bytes,)+ }
            }
        }
    };
}

// Number 7 is kept for what models gave.
kinds! {
    /// format u32, segment u32, header's BLAKE3 [u8; 32]
    Begin = 1, 40;
    /// market, interval unit u8, interval count u32, open, high, low, close, volume f64
    Bar = 2, 58;
    /// market, side u8, price f64, qty f64
    Trade = 3, 30;
    /// market, bid, bid qty, ask, ask qty f64
    Quote = 4, 45;
    /// market: ts_event i64, instrument u32, last u8
    Gap = 5, 13;
    /// order u64, what u8, reason u8
    Order = 6, 10;
    /// order u64, instrument u32, side u8, price i64, qty i64, fee f64, slippage f64, maker u8, ts i64
    Fill = 8, 54;
    /// timer u64
    Timer = 9, 8;
    /// instrument u32, amount f64
    Cash = 10, 12;
    /// control u8
    Control = 11, 1;
    /// order u64, request (49 bytes, see `Put::request`)
    Submit = 12, 57;
    /// reason u8, order u64, request
    Refused = 13, 58;
    /// order u64
    Cancel = 14, 8;
    /// digest u128
    Digest = 15, 16;
    /// the same as of a bar
    PastBar = 16, 58;
}

/// What stands at some place of a segment.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Found {
    /// A record, its number and its bytes.
    Whole(u64, Framed, usize),
    /// The beginning of a record whose end was not written.
    Torn,
    /// No record.
    Damaged(Fault),
}

/// Why bytes are no record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fault {
    /// No such kind.
    Kind(u8),
    /// A length that a record of its kind does not have.
    Length { found: u32, kind: u8, expected: u32 },
    /// The checksum is that of other bytes.
    Checksum { found: u32, computed: u32 },
    /// A byte that stands for nothing.
    Code { field: &'static str, code: u8 },
    /// A quantity below zero.
    NegativeQty(i64),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Kind(kind) => write!(f, "there is no kind {kind}"),
            Fault::Length { found, kind, expected } => {
                write!(f, "a record of kind {kind} has {expected} bytes, not {found}")
            }
            Fault::Checksum { found, computed } => {
                write!(f, "its checksum is {found:08x}, that of its bytes {computed:08x}")
            }
            Fault::Code { field, code } => write!(f, "{code} stands for no {field}"),
            Fault::NegativeQty(lots) => write!(f, "a quantity of {lots} lots"),
        }
    }
}

/// Appends the bytes of a record to `buffer`.
pub(super) fn encode(buffer: &mut Vec<u8>, seq: u64, framed: &Framed) {
    let start = buffer.len();
    let (kind, ts) = match framed {
        Framed::Begin { .. } => (Kind::Begin, Ts(0)),
        Framed::Record(JournalRecord::Event(event)) => (kind_of(event), event.ts()),
        Framed::Record(JournalRecord::Command(ts, command)) => {
            let kind = match command {
                Command::Submit { .. } => Kind::Submit,
                Command::Refused { .. } => Kind::Refused,
                Command::Cancel { .. } => Kind::Cancel,
            };
            (kind, *ts)
        }
        Framed::Record(JournalRecord::Digest(ts, _)) => (Kind::Digest, *ts),
    };
    let len = (HEAD + kind.payload()) as u32;
    let mut put = Put(buffer);
    put.u32(len).u32(0).u64(seq).i64(ts.0).u8(kind as u8);
    match framed {
        Framed::Begin { format, segment, header } => {
            put.u32(*format).u32(*segment).bytes(header.as_bytes());
        }
        Framed::Record(JournalRecord::Event(event)) => put_event(&mut put, event),
        Framed::Record(JournalRecord::Command(_, command)) => put_command(&mut put, command),
        Framed::Record(JournalRecord::Digest(_, digest)) => {
            put.bytes(&digest.to_le_bytes());
        }
    }
    debug_assert_eq!(buffer.len() - start, PREFIX + len as usize, "{kind:?} is as long as its table says");
    let checksum = checksum(&buffer[start..]);
    buffer[start + 4..start + PREFIX].copy_from_slice(&checksum.to_le_bytes());
}

/// Reads the record at the front of `bytes`, which reach to the end of the segment.
pub(super) fn decode(bytes: &[u8]) -> Found {
    // Some file systems leave zeroes where a write was cut short.
    if bytes.len() < SHORTEST || (bytes[..SHORTEST] == [0; SHORTEST] && bytes.iter().all(|byte| *byte == 0)) {
        return Found::Torn;
    }
    let mut head = Take(bytes);
    let (len, found) = (head.u32(), head.u32());
    let (seq, ts, code) = (head.u64(), Ts(head.i64()), head.u8());
    let Some(kind) = Kind::of(code) else { return Found::Damaged(Fault::Kind(code)) };
    let expected = (HEAD + kind.payload()) as u32;
    if len != expected {
        return Found::Damaged(Fault::Length { found: len, kind: code, expected });
    }
    let size = PREFIX + len as usize;
    let Some(record) = bytes.get(..size) else { return Found::Torn };
    let computed = checksum(record);
    if found != computed {
        return Found::Damaged(Fault::Checksum { found, computed });
    }
    match take(kind, ts, &mut Take(&record[SHORTEST..])) {
        Ok(framed) => Found::Whole(seq, framed, size),
        Err(fault) => Found::Damaged(fault),
    }
}

/// CRC-32 (IEEE) of the length and of all that follows the checksum.
fn checksum(record: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&record[..4]);
    hasher.update(&record[PREFIX..]);
    hasher.finalize()
}

fn kind_of(event: &Event) -> Kind {
    match event {
        Event::Market(market) => match market.data {
            MarketData::Bar(_) => Kind::Bar,
            MarketData::Trade(_) => Kind::Trade,
            MarketData::Quote(_) => Kind::Quote,
            MarketData::Gap => Kind::Gap,
        },
        Event::Past { .. } => Kind::PastBar,
        Event::Order { event: OrderEvent::Filled(_), .. } => Kind::Fill,
        Event::Order { .. } => Kind::Order,
        Event::Timer { .. } => Kind::Timer,
        Event::Cash { .. } => Kind::Cash,
        Event::Control { .. } => Kind::Control,
    }
}

fn put_event(put: &mut Put<'_>, event: &Event) {
    match event {
        Event::Market(market) => put_market(put, market),
        Event::Past { ts, ts_event, instrument, bar } => {
            let (ts_event, instrument, data) = (*ts_event, *instrument, MarketData::Bar(*bar));
            put_market(put, &MarketEvent { ts_event, ts_recv: *ts, instrument, last: false, data });
        }
        Event::Order { event, .. } => put_order(put, event),
        Event::Timer { id, .. } => {
            put.u64(id.0);
        }
        Event::Cash { instrument, amount, .. } => {
            put.u32(instrument.0).f64(*amount);
        }
        Event::Control { control, .. } => {
            put.u8(control_code(*control));
        }
    }
}

fn put_market(put: &mut Put<'_>, market: &MarketEvent) {
    put.i64(market.ts_event.0).u32(market.instrument.0).bool(market.last);
    match &market.data {
        MarketData::Bar(bar) => {
            put.interval(bar.interval);
            put.f64(bar.open).f64(bar.high).f64(bar.low).f64(bar.close).f64(bar.volume);
        }
        MarketData::Trade(trade) => {
            put.u8(side_code(trade.aggressor)).f64(trade.price).f64(trade.qty);
        }
        MarketData::Quote(quote) => {
            put.f64(quote.bid).f64(quote.bid_qty).f64(quote.ask).f64(quote.ask_qty);
        }
        MarketData::Gap => {}
    }
}

fn put_order(put: &mut Put<'_>, event: &OrderEvent) {
    let (what, reason) = match event {
        OrderEvent::Filled(fill) => {
            put.u64(fill.order.0).u32(fill.instrument.0).u8(side_code(fill.side));
            put.i64(fill.price.0).i64(fill.qty.lots()).f64(fill.fee).f64(fill.slippage);
            put.bool(fill.maker).i64(fill.ts.0);
            return;
        }
        OrderEvent::Accepted(_) => (1, 0),
        OrderEvent::Rejected(_, reason) => (2, reject_code(*reason)),
        OrderEvent::Cancelled(_, reason) => (3, cancel_code(*reason)),
        OrderEvent::CancelRejected(_) => (4, 0),
        OrderEvent::Expired(_) => (5, 0),
    };
    put.u64(event.order().0).u8(what).u8(reason);
}

fn put_command(put: &mut Put<'_>, command: &Command) {
    match command {
        Command::Submit { id, request } => {
            put.u64(id.0).request(request);
        }
        Command::Refused { id, request, reason } => {
            put.u8(reject_code(*reason)).u64(id.0).request(request);
        }
        Command::Cancel { id } => {
            put.u64(id.0);
        }
    }
}

fn take(kind: Kind, ts: Ts, from: &mut Take<'_>) -> Result<Framed, Fault> {
    let event = match kind {
        Kind::Begin => {
            let (format, segment) = (from.u32(), from.u32());
            return Ok(Framed::Begin { format, segment, header: ContentHash::from_bytes(from.array()) });
        }
        Kind::Digest => {
            let digest = u128::from_le_bytes(from.array());
            return Ok(Framed::Record(JournalRecord::Digest(ts, digest)));
        }
        Kind::Submit | Kind::Refused | Kind::Cancel => {
            let command = take_command(kind, from)?;
            return Ok(Framed::Record(JournalRecord::Command(ts, command)));
        }
        Kind::Bar | Kind::Trade | Kind::Quote | Kind::Gap => Event::Market(take_market(kind, ts, from)?),
        Kind::PastBar => {
            let MarketEvent { ts_event, instrument, data, .. } = take_market(kind, ts, from)?;
            let MarketData::Bar(bar) = data else { unreachable!("it is read as a bar") };
            Event::Past { ts, ts_event, instrument, bar }
        }
        Kind::Order => Event::Order { ts, event: take_order(from)? },
        Kind::Fill => Event::Order { ts, event: OrderEvent::Filled(take_fill(from)?) },
        Kind::Timer => Event::Timer { ts, id: TimerId(from.u64()) },
        Kind::Cash => Event::Cash { ts, instrument: InstrumentId(from.u32()), amount: from.f64() },
        Kind::Control => Event::Control { ts, control: from.code("control", control_of)? },
    };
    Ok(Framed::Record(JournalRecord::Event(event)))
}

fn take_command(kind: Kind, from: &mut Take<'_>) -> Result<Command, Fault> {
    let reason = match kind {
        Kind::Refused => Some(from.code("reason of a refusal", reject_of)?),
        _ => None,
    };
    let id = OrderId(from.u64());
    Ok(match (kind, reason) {
        (Kind::Cancel, _) => Command::Cancel { id },
        (_, Some(reason)) => Command::Refused { id, request: from.request()?, reason },
        _ => Command::Submit { id, request: from.request()? },
    })
}

fn take_market(kind: Kind, ts_recv: Ts, from: &mut Take<'_>) -> Result<MarketEvent, Fault> {
    let (ts_event, instrument) = (Ts(from.i64()), InstrumentId(from.u32()));
    let last = from.bool("last")?;
    let data = match kind {
        Kind::Bar | Kind::PastBar => MarketData::Bar(Bar {
            interval: from.interval()?,
            open: from.f64(),
            high: from.f64(),
            low: from.f64(),
            close: from.f64(),
            volume: from.f64(),
        }),
        Kind::Trade => {
            let aggressor = from.code("side", side_of)?;
            MarketData::Trade(Trade { price: from.f64(), qty: from.f64(), aggressor })
        }
        Kind::Quote => MarketData::Quote(Quote {
            bid: from.f64(),
            bid_qty: from.f64(),
            ask: from.f64(),
            ask_qty: from.f64(),
        }),
        _ => MarketData::Gap,
    };
    Ok(MarketEvent { ts_event, ts_recv, instrument, last, data })
}

fn take_order(from: &mut Take<'_>) -> Result<OrderEvent, Fault> {
    let (id, what) = (OrderId(from.u64()), from.u8());
    Ok(match what {
        1 => OrderEvent::Accepted(id),
        2 => OrderEvent::Rejected(id, from.code("reason of a refusal", reject_of)?),
        3 => OrderEvent::Cancelled(id, from.code("reason of a cancel", cancel_of)?),
        4 => OrderEvent::CancelRejected(id),
        5 => OrderEvent::Expired(id),
        code => return Err(Fault::Code { field: "order event", code }),
    })
}

fn take_fill(from: &mut Take<'_>) -> Result<Fill, Fault> {
    Ok(Fill {
        order: OrderId(from.u64()),
        instrument: InstrumentId(from.u32()),
        side: from.code("side", side_of)?,
        price: Price(from.i64()),
        qty: from.qty()?,
        fee: from.f64(),
        slippage: from.f64(),
        maker: from.bool("maker")?,
        ts: Ts(from.i64()),
    })
}
