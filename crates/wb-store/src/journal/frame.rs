//! The bytes of one record.

use std::fmt;

use wb_core::{Command, Event, Prediction, Ts};

use super::fields::{Put, Take};
use super::observation::Observation;
use super::payload::{kind_of, put, take};
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
    /// A model gave this after the last event, at this time.
    Prediction(Ts, Prediction),
    /// The session saw this of itself, at this time by the machine's clock. The kernel was not told.
    Observation(Ts, Observation),
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
        pub(super) enum Kind { $($(#[$about])* $name = $code,)+ }

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
    /// instrument u32, place u32, value f64
    Prediction = 7, 16;
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
    /// nothing
    Began = 17, 0;
    /// line u8, stands u8
    Connection = 18, 2;
    /// verdict u8, fills found u32
    Comparison = 19, 5;
    /// first order u64, orders u32, queue ns, decide ns, write ns u64
    Stages = 20, 36;
    /// severity u8, part u8, length u8, text [u8; 55]
    Notice = 21, 58;
    /// reasons u16
    Halted = 22, 2;
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
    let (kind, ts) = kind_of(framed);
    let len = (HEAD + kind.payload()) as u32;
    let mut fields = Put(buffer);
    fields.u32(len).u32(0).u64(seq).i64(ts.0).u8(kind as u8);
    put(&mut fields, framed);
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
