//! Writing a journal: records are appended, segments turned over, and what was committed stays.

use std::fmt;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::frame::{Framed, JournalRecord, LONGEST, encode};
use super::header::{JOURNAL_FORMAT, JournalHeader, NewJournal};
use super::reader::{HEADER, INSTRUMENTS, Journal, SPEC};
use super::segment::{Medium, Open, open_file, segment_path};
use crate::error::{IoContext, StoreError};
use crate::hash::ContentHash;
use crate::instruments_file;

/// Events after which a digest is due.
pub const EVENTS_PER_DIGEST: u64 = 1_000;

/// The most bytes of a segment.
const SEGMENT_BYTES: u64 = 64 << 20;

/// Bytes that are handed to the system at once where nobody commits before.
const BUFFER_BYTES: usize = 64 << 10;

/// When a journal asks the disk to keep what it was handed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SyncPolicy {
    /// At the end of each segment. What was committed survives the end of the process.
    AtSegmentEnd,
    /// At each commit as well. What was committed survives the loss of power.
    AtCommit,
}

/// A journal being written. Only one process at a time can hold it.
///
/// What was appended survives the end of the process once [`JournalWriter::commit`] returns; what was not committed
/// when the writer is dropped is lost.
pub struct JournalWriter {
    disk: Disk,
    header: ContentHash,
    /// The number of the segment, and where it goes.
    number: u32,
    segment: Box<dyn Medium>,
    /// Bytes of the segment, those in the buffer included.
    size: u64,
    /// The number of the last record.
    seq: u64,
    buffer: Vec<u8>,
    /// Events since the last digest.
    events: u64,
    /// Whether the disk has refused: what it holds may end within a record, and nothing may follow that.
    broken: bool,
    _lock: File,
}

/// Where segments are written, and how.
pub(super) struct Disk {
    pub(super) dir: PathBuf,
    pub(super) sync: SyncPolicy,
    /// The most bytes of a segment.
    pub(super) limit: u64,
    pub(super) open: Open,
}

impl fmt::Debug for JournalWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = (&self.disk.dir, self.number, self.seq);
        f.debug_tuple("JournalWriter").field(&place).finish_non_exhaustive()
    }
}

impl JournalWriter {
    /// Begins a journal in a folder, which is made if it is not there.
    ///
    /// # Errors
    /// If it holds one already, or the disk refuses.
    pub fn create(dir: &Path, new: &NewJournal<'_>, sync: SyncPolicy) -> Result<JournalWriter, StoreError> {
        JournalWriter::create_on(Disk::real(dir, sync), new)
    }

    pub(super) fn create_on(disk: Disk, new: &NewJournal<'_>) -> Result<JournalWriter, StoreError> {
        let dir = &disk.dir;
        let header_path = dir.join(HEADER);
        if header_path.exists() {
            return Err(StoreError::JournalExists(dir.clone()));
        }
        fs::create_dir_all(dir).doing("create", dir)?;
        let instruments = instruments_file::to_json(new.instruments);
        let files = [(SPEC, new.spec), (INSTRUMENTS, instruments.as_str())];
        for (name, text) in files {
            let path = dir.join(name);
            fs::write(&path, text).doing("write", &path)?;
        }
        // The header comes last, whole or not at all: a folder that has one is a journal.
        let header = JournalHeader::new(new, &files).to_toml();
        let aside = dir.join("header.new");
        fs::write(&aside, &header).doing("write", &aside)?;
        fs::rename(&aside, &header_path).doing("rename into place", &header_path)?;
        let lock = lock(dir)?;
        JournalWriter::begin(disk, ContentHash::of(header.as_bytes()), 0, 0, lock)
    }

    /// Writes on where a writer was cut short: in a new segment, behind the last whole record.
    ///
    /// # Errors
    /// If there is no journal, another process writes it, it is damaged anywhere but at its end, its format is an
    /// earlier one, or the disk refuses.
    pub fn resume(dir: &Path, sync: SyncPolicy) -> Result<JournalWriter, StoreError> {
        JournalWriter::resume_on(Disk::real(dir, sync))
    }

    pub(super) fn resume_on(disk: Disk) -> Result<JournalWriter, StoreError> {
        let journal = Journal::open(&disk.dir)?;
        let lock = lock(&disk.dir)?;
        if journal.header.format != JOURNAL_FORMAT {
            let (path, found) = (disk.dir.join(HEADER), journal.header.format.to_string());
            return Err(StoreError::Format { path, found, supported: JOURNAL_FORMAT });
        }
        let mut records = journal.records();
        while records.next()?.is_some() {}
        let mut number = journal.segments();
        if let Some(torn) = records.torn() {
            let file = File::options().write(true).open(&torn.path).doing("open", &torn.path)?;
            file.set_len(torn.offset).doing("cut", &torn.path)?;
            // Where not even its first record is whole, the segment is begun again.
            number -= u32::from(torn.offset == 0);
        }
        JournalWriter::begin(disk, journal.header_hash(), number, records.seq(), lock)
    }

    /// Takes back every record behind number `seq`, and writes on in a new segment: what was written down and had no
    /// effect need not have been. If the process ends meanwhile, some of them are left, and can be taken back later.
    ///
    /// # Errors
    /// If the journal is damaged, or the disk refuses.
    pub fn take_back(self, seq: u64) -> Result<JournalWriter, StoreError> {
        let JournalWriter { disk, header, _lock: lock, .. } = self;
        let journal = Journal::open(&disk.dir)?;
        let mut records = journal.records();
        let (mut number, mut offset) = (0, 0);
        let mut kept = 0;
        while let Some(entry) = records.next()?.filter(|entry| entry.seq <= seq) {
            (number, offset) = records.place();
            kept = entry.seq;
        }
        for segment in (number + 1..journal.segments()).rev() {
            let path = segment_path(&disk.dir, segment);
            fs::remove_file(&path).doing("remove", &path)?;
        }
        let path = segment_path(&disk.dir, number);
        let file = File::options().write(true).open(&path).doing("open", &path)?;
        file.set_len(offset).doing("cut", &path)?;
        // Where nothing is kept of it, the segment is begun again.
        JournalWriter::begin(disk, header, number + u32::from(offset > 0), kept, lock)
    }

    fn begin(
        disk: Disk,
        header: ContentHash,
        number: u32,
        seq: u64,
        lock: File,
    ) -> Result<JournalWriter, StoreError> {
        let path = segment_path(&disk.dir, number);
        let segment = (disk.open)(&path).doing("create", &path)?;
        let buffer = Vec::with_capacity(BUFFER_BYTES + LONGEST);
        let (size, events, broken) = (0, 0, false);
        let mut writer =
            JournalWriter { disk, header, number, segment, size, seq, buffer, events, broken, _lock: lock };
        writer.begin_segment();
        writer.commit()?;
        Ok(writer)
    }

    /// Appends a record and gives its number.
    ///
    /// # Errors
    /// If the disk refuses, now or at an earlier call.
    #[inline]
    pub fn append(&mut self, record: &JournalRecord) -> Result<u64, StoreError> {
        if self.size + LONGEST as u64 > self.disk.limit {
            self.turn_over()?;
        }
        match record {
            JournalRecord::Event(_) => self.events += 1,
            JournalRecord::Digest(..) => self.events = 0,
            JournalRecord::Command(..) | JournalRecord::Prediction(..) | JournalRecord::Observation(..) => {}
        }
        self.put(&Framed::Record(*record));
        if self.buffer.len() >= BUFFER_BYTES {
            self.hand_over()?;
        }
        Ok(self.seq)
    }

    /// Whether a digest of the kernel should be the next record.
    #[inline]
    pub fn is_digest_due(&self) -> bool {
        self.events >= EVENTS_PER_DIGEST
    }

    /// Hands over everything that was appended.
    ///
    /// # Errors
    /// If the disk refuses, now or at an earlier call.
    pub fn commit(&mut self) -> Result<(), StoreError> {
        self.hand_over()?;
        if self.disk.sync == SyncPolicy::AtCommit { self.sync_segment() } else { Ok(()) }
    }

    /// Hands over everything that was appended, and has the disk keep it.
    ///
    /// # Errors
    /// If the disk refuses, now or at an earlier call.
    pub fn finish(mut self) -> Result<(), StoreError> {
        self.hand_over()?;
        self.sync_segment()
    }

    #[inline]
    fn put(&mut self, framed: &Framed) {
        let before = self.buffer.len();
        self.seq += 1;
        encode(&mut self.buffer, self.seq, framed);
        self.size += (self.buffer.len() - before) as u64;
    }

    fn begin_segment(&mut self) {
        self.size = 0;
        self.put(&Framed::Begin { format: JOURNAL_FORMAT, segment: self.number, header: self.header });
    }

    #[cold]
    fn turn_over(&mut self) -> Result<(), StoreError> {
        self.hand_over()?;
        self.sync_segment()?;
        let path = segment_path(&self.disk.dir, self.number + 1);
        self.segment = self.unless_broken("create", &path, |writer| (writer.disk.open)(&path))?;
        self.number += 1;
        self.begin_segment();
        Ok(())
    }

    fn hand_over(&mut self) -> Result<(), StoreError> {
        let path = segment_path(&self.disk.dir, self.number);
        self.unless_broken("write", &path, |writer| writer.segment.write_all(&writer.buffer))?;
        self.buffer.clear();
        Ok(())
    }

    fn sync_segment(&mut self) -> Result<(), StoreError> {
        let path = segment_path(&self.disk.dir, self.number);
        self.unless_broken("sync", &path, |writer| writer.segment.sync())
    }

    /// Does something to the disk, which from its first refusal on is not asked again.
    fn unless_broken<T>(
        &mut self,
        action: &'static str,
        path: &Path,
        act: impl FnOnce(&mut JournalWriter) -> io::Result<T>,
    ) -> Result<T, StoreError> {
        let done = if self.broken { Err(io::Error::other("an earlier write failed")) } else { act(self) };
        self.broken |= done.is_err();
        done.doing(action, path)
    }
}

impl Disk {
    fn real(dir: &Path, sync: SyncPolicy) -> Disk {
        Disk { dir: dir.to_path_buf(), sync, limit: SEGMENT_BYTES, open: open_file }
    }
}

/// The right to write to a journal's folder. The header is locked because it is never replaced.
fn lock(dir: &Path) -> Result<File, StoreError> {
    let path = dir.join(HEADER);
    let file = File::open(&path).doing("open", &path)?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Err(StoreError::JournalBusy(dir.to_path_buf())),
        // A file system without locks: then nobody is kept out.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(file),
    }
}
