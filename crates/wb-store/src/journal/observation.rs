//! What a session sees of itself. It is no event: a replay carries it past the kernel, and no digest knows it.

use std::fmt;

use wb_core::OrderId;

/// Bytes of text that one record holds.
const WORDS: usize = 55;

/// Records that one notice may take; the rest of a longer one is left out.
const PARTS: usize = 16;

/// What a session sees of itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Observation {
    /// A session begins: the first one of the journal, or one that goes on with it.
    Began,
    /// A connection to the venue stands.
    Connected(Line),
    /// A connection to the venue is lost.
    Disconnected(Line),
    /// Books were compared with the venue's.
    Compared {
        /// How that ended.
        verdict: Verdict,
        /// Fills that were missed and found by it.
        found: u32,
    },
    /// How long it took to send orders.
    Stages(StageTimes),
    /// Why trading waits from here on until the operator says that it may go on, whatever restarts come between: a set,
    /// one bit a reason, as whoever trades numbers them. Zero: it goes on.
    Halted(u16),
    /// Whoever watches was told this, which may go on in the next notice.
    Notice {
        /// How grave it is.
        severity: Severity,
        /// Zero for the beginning of a notice, one for what follows it, and so on.
        part: u8,
        /// What was said.
        words: Words,
    },
}

/// What a connection to a venue is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Line {
    /// Market data.
    Market,
    /// Orders, and what becomes of them.
    Trading,
}

impl Line {
    /// The word used in logs.
    pub const fn name(self) -> &'static str {
        match self {
            Line::Market => "market",
            Line::Trading => "trading",
        }
    }
}

/// How a comparison of books ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Books are the same.
    Agreed,
    /// Something was filled meanwhile, or was found: they are compared again.
    Disturbed,
    /// Balances differ, and what is on its way may explain it: they are compared again.
    Differed,
    /// They differ, and nothing explains it.
    Disagreed,
    /// The venue did not answer: they are compared again.
    Unanswered,
}

/// How grave a notice is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Severity {
    /// Good to know.
    Info,
    /// Something went otherwise than meant, and was dealt with.
    Warning,
    /// Trading has stopped.
    Halt,
}

/// How long each stage took from a frame of the venue to the orders that answer it, in nanoseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StageTimes {
    /// The number of the first order; the others have the numbers behind it.
    pub first: OrderId,
    /// How many orders were sent.
    pub orders: u32,
    /// From the socket to the runner.
    pub queue_ns: u64,
    /// In the runner: decoding, features, strategy, risk limits, encoding and signing.
    pub decide_ns: u64,
    /// In the journal, until it was written and the orders were handed to the connection.
    pub write_ns: u64,
}

impl StageTimes {
    /// Whether an order is one of those.
    pub fn is_of(&self, order: OrderId) -> bool {
        order.0.checked_sub(self.first.0).is_some_and(|place| place < u64::from(self.orders))
    }
}

/// A text of at most 55 bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Words {
    len: u8,
    /// UTF-8 up to `len`, zeroes behind it.
    bytes: [u8; WORDS],
}

impl Words {
    /// As much of `text` as there is room for, and the rest of it.
    fn split(text: &str) -> (Words, &str) {
        let at = text.floor_char_boundary(WORDS);
        let (front, rest) = text.split_at(at);
        let mut bytes = [0; WORDS];
        bytes[..at].copy_from_slice(front.as_bytes());
        (Words { len: at as u8, bytes }, rest)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..usize::from(self.len)]).expect("it was checked or cut from a text")
    }

    pub(super) fn to_bytes(self) -> (u8, [u8; WORDS]) {
        (self.len, self.bytes)
    }

    /// Words from bytes, if they are text of that length.
    pub(super) fn from_bytes(len: u8, bytes: [u8; WORDS]) -> Option<Words> {
        let text = bytes.get(..usize::from(len))?;
        std::str::from_utf8(text).is_ok().then_some(Words { len, bytes })
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl Observation {
    /// The records of one notice, in their order. What is behind 880 bytes of text is left out.
    pub fn notice(severity: Severity, text: &str) -> impl Iterator<Item = Observation> {
        let mut rest = Some(text);
        let parts = std::iter::from_fn(move || {
            let (words, behind) = Words::split(rest?);
            rest = (!behind.is_empty()).then_some(behind);
            Some(words)
        });
        (0..).zip(parts).take(PARTS).map(move |(part, words)| Observation::Notice { severity, part, words })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_comes_back_from_its_parts_cut_between_letters() {
        let long = "é".repeat(1_000);
        for (text, parts, kept) in [("", 1, 0), ("short", 1, 5), (&long[..110], 3, 110), (&long, 16, 864)] {
            let records: Vec<Observation> = Observation::notice(Severity::Halt, text).collect();
            let mut joined = String::new();
            for (place, record) in records.iter().enumerate() {
                let Observation::Notice { severity: Severity::Halt, part, words } = record else {
                    panic!("{record:?}")
                };
                assert_eq!(usize::from(*part), place);
                joined.push_str(words.as_str());
            }
            assert_eq!((records.len(), joined.as_str()), (parts, &text[..kept]), "{text}");
        }
    }

    #[test]
    fn stage_times_are_of_the_orders_that_were_sent_together() {
        let times = StageTimes { first: OrderId(5), orders: 2, queue_ns: 1, decide_ns: 2, write_ns: 3 };
        let of: Vec<u64> = (1..10).filter(|id| times.is_of(OrderId(*id))).collect();
        assert_eq!(of, [5, 6]);
    }
}
