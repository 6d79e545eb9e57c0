//! Reading a journal from its first record to its last, or to the place where it was cut off.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use wb_core::Instrument;

use super::frame::{Found, Framed, JournalRecord, decode};
use super::header::JournalHeader;
use super::segment::{count_segments, segment_path};
use crate::error::{IoContext, StoreError, damaged};
use crate::hash::ContentHash;
use crate::instruments_file;

pub(super) const HEADER: &str = "header.toml";
pub(super) const SPEC: &str = "spec.toml";
pub(super) const INSTRUMENTS: &str = "instruments.json";

/// A journal on disk.
#[derive(Clone, PartialEq, Debug)]
pub struct Journal {
    /// What it is of.
    pub header: JournalHeader,
    /// The resolved spec, as TOML.
    pub spec: String,
    /// The instruments, in the order of their ids.
    pub instruments: Arc<[Instrument]>,
    dir: PathBuf,
    header_hash: ContentHash,
    segments: u32,
}

/// One record and its number.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct JournalEntry {
    /// Its number, from one, without gaps; those between are the records that begin segments.
    pub seq: u64,
    /// What it says.
    pub record: JournalRecord,
}

/// The end of a journal whose writer was cut short.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TornTail {
    /// The last segment.
    pub path: PathBuf,
    /// Where its last whole record ends.
    pub offset: u64,
    /// Bytes behind it, of a record that was not written to its end.
    pub bytes: u64,
}

impl Journal {
    /// Finds the journal in a folder, and checks the files beside its segments.
    ///
    /// # Errors
    /// If there is none, one of its files was changed, a segment is missing, or its format is a later one.
    pub fn open(dir: &Path) -> Result<Journal, StoreError> {
        let header_path = dir.join(HEADER);
        if !header_path.is_file() {
            return Err(StoreError::NoJournal(dir.to_path_buf()));
        }
        let text = fs::read_to_string(&header_path).doing("read", &header_path)?;
        let header = JournalHeader::from_toml(&header_path, &text)?;
        let read = |name: &str| {
            let path = dir.join(name);
            let text = fs::read_to_string(&path).doing("read", &path)?;
            header.check(&path, name, &text)?;
            Ok::<_, StoreError>(text)
        };
        let (spec, instruments) = (read(SPEC)?, read(INSTRUMENTS)?);
        let instruments = instruments_file::from_json(&dir.join(INSTRUMENTS), instruments.as_bytes())?;
        let header_hash = ContentHash::of(text.as_bytes());
        let (dir, segments) = (dir.to_path_buf(), count_segments(dir)?);
        Ok(Journal { header, spec, instruments, dir, header_hash, segments })
    }

    /// Its records from the first.
    pub fn records(&self) -> JournalReader<'_> {
        JournalReader { journal: self, next_segment: 0, bytes: Vec::new(), at: 0, seq: 0, torn: None }
    }

    pub(super) fn segments(&self) -> u32 {
        self.segments
    }

    pub(super) fn header_hash(&self) -> ContentHash {
        self.header_hash
    }
}

/// Walks the records of a journal. One segment at a time is in memory.
#[derive(Clone, Debug)]
pub struct JournalReader<'a> {
    journal: &'a Journal,
    next_segment: u32,
    bytes: Vec<u8>,
    at: usize,
    /// The number of the last record.
    seq: u64,
    torn: Option<TornTail>,
}

impl JournalReader<'_> {
    /// The next record; none at the end, where [`JournalReader::torn`] tells whether the writer was cut short.
    ///
    /// # Errors
    /// Where bytes are no record, with their place; where records are missing; where the disk refuses.
    #[expect(clippy::should_implement_trait, reason = "an iterator of results would go on after an error")]
    pub fn next(&mut self) -> Result<Option<JournalEntry>, StoreError> {
        loop {
            if self.at == self.bytes.len() && !self.open_next()? {
                return Ok(None);
            }
            let (seq, framed, size) = match decode(&self.bytes[self.at..]) {
                Found::Whole(seq, framed, size) => (seq, framed, size),
                Found::Damaged(fault) => return Err(self.damage(fault)),
                Found::Torn => return self.tear().map(|()| None),
            };
            if seq != self.seq + 1 {
                return Err(self.damage(format!("it is record {seq}: records are missing")));
            }
            let is_first = self.at == 0;
            match framed {
                Framed::Begin { format, segment, header } if is_first => {
                    self.bind(format, segment, header)?
                }
                Framed::Record(record) if !is_first => {
                    self.at += size;
                    self.seq = seq;
                    return Ok(Some(JournalEntry { seq, record }));
                }
                _ => {
                    return Err(
                        self.damage("a segment begins with the record that says so, and only it does")
                    );
                }
            }
            self.at += size;
            self.seq = seq;
        }
    }

    /// Where the writer was cut short, once the end has been reached.
    pub fn torn(&self) -> Option<&TornTail> {
        self.torn.as_ref()
    }

    /// The number of the last record.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// The segment in which the last record ends, and where in it.
    pub(super) fn place(&self) -> (u32, u64) {
        (self.next_segment.saturating_sub(1), self.at as u64)
    }

    fn path(&self) -> PathBuf {
        segment_path(&self.journal.dir, self.next_segment - 1)
    }

    fn open_next(&mut self) -> Result<bool, StoreError> {
        if self.next_segment == self.journal.segments || self.torn.is_some() {
            return Ok(false);
        }
        self.next_segment += 1;
        let path = self.path();
        self.bytes = fs::read(&path).doing("read", &path)?;
        self.at = 0;
        if self.bytes.is_empty() {
            self.tear()?;
        }
        Ok(!self.bytes.is_empty())
    }

    /// Takes the rest of the segment for the beginning of a record that was not written to its end.
    fn tear(&mut self) -> Result<(), StoreError> {
        if self.next_segment < self.journal.segments {
            return Err(self.damage("the segment ends within it, and another one follows"));
        }
        let (offset, bytes) = (self.at as u64, (self.bytes.len() - self.at) as u64);
        self.torn = Some(TornTail { path: self.path(), offset, bytes });
        self.bytes.truncate(self.at);
        Ok(())
    }

    /// Whether the segment is the one that belongs here.
    fn bind(&self, format: u32, segment: u32, header: ContentHash) -> Result<(), StoreError> {
        let wrong = if format != self.journal.header.format {
            "its format is not that of header.toml"
        } else if segment + 1 != self.next_segment {
            "it is another segment of the journal under this name"
        } else if header != self.journal.header_hash {
            "header.toml was changed, or the segment is of another journal"
        } else {
            return Ok(());
        };
        Err(damaged(&self.path(), wrong))
    }

    fn damage(&self, reason: impl ToString) -> StoreError {
        StoreError::DamagedRecord {
            path: self.path(),
            offset: self.at as u64,
            seq: self.seq + 1,
            reason: reason.to_string(),
        }
    }
}
