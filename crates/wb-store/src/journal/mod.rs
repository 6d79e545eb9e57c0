//! Journals: everything that a kernel was told and everything that it answered, in that order; and of a session what it
//! saw of itself.
//!
//! ```text
//! DIR/  header.toml  spec.toml  instruments.json  000000.wbj  000001.wbj …
//! ```
//!
//! A segment holds at most 64 MiB of records, each with its length, its checksum and its number:
//!
//! ```text
//! len u32 | crc32 u32 | seq u64 | ts_recv i64 | kind u8 | payload
//! ```
//!
//! Little endian. `len` counts the bytes behind the checksum, and the checksum covers `len` and them. Numbers begin at
//! one and have no gap, also across segments. The first record of a segment binds it to its place and to its header,
//! whose hashes bind the other two files. The layout of each kind's payload stands in `frame.rs`, and is fixed: a
//! journal of this format is read for as long as there is a workbench. Format 2 added what models gave, and what a session
//! sees of itself.

mod codes;
mod fields;
mod frame;
mod header;
mod observation;
mod payload;
mod reader;
mod segment;
mod writer;

pub use frame::JournalRecord;
pub use header::{JOURNAL_FORMAT, JournalHeader, NewJournal};
pub use observation::{Line, Observation, Severity, StageTimes, Verdict, Words};
pub use reader::{Journal, JournalEntry, JournalReader, TornTail};
pub use writer::{EVENTS_PER_DIGEST, JournalWriter, SyncPolicy};

#[cfg(test)]
mod tests;
