//! What stays of a journal whose disk refuses, or whose writer is killed.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::process::Command as Process;

use wb_core::Rng;

use super::super::segment::Medium;
use super::super::writer::Disk;
use super::super::*;
use super::{SMALL, bar, begin, begin_on, read, resume};
use crate::error::StoreError;

thread_local! {
    /// Bytes for which the disk of this thread has room.
    static ROOM: Cell<usize> = const { Cell::new(usize::MAX) };
    /// How often it was asked to keep what it was handed.
    static SYNCS: Cell<u32> = const { Cell::new(0) };
    /// Whether the process ends where the room does.
    static KILLS: Cell<bool> = const { Cell::new(false) };
}

/// A disk that takes what it has room for and then refuses, or ends the process.
struct FullDisk(File);

impl Write for FullDisk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = ROOM.get();
        if room == 0 {
            if KILLS.get() {
                std::process::abort();
            }
            return Err(io::ErrorKind::StorageFull.into());
        }
        let written = self.0.write(&bytes[..bytes.len().min(room)])?;
        ROOM.set(room - written);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Medium for FullDisk {
    fn sync(&mut self) -> io::Result<()> {
        SYNCS.set(SYNCS.get() + 1);
        self.0.sync()
    }
}

fn open_full(path: &Path) -> io::Result<Box<dyn Medium>> {
    Ok(Box::new(FullDisk(File::options().create(true).append(true).open(path)?)))
}

/// Writes bars, each committed, until the disk refuses. Gives how many were.
fn fill_up(dir: &Path) -> Result<usize, (usize, StoreError)> {
    let mut writer = begin_on(dir, SMALL, open_full).map_err(|error| (0, error))?;
    for done in 0..40 {
        let appended = writer.append(&bar(done as i64, 1.0)).and_then(|_| writer.commit());
        if let Err(error) = appended {
            let later = writer.append(&bar(99, 1.0)).and_then(|_| writer.commit());
            assert!(later.is_err(), "nothing may follow what was not written to its end");
            return Err((done, error));
        }
    }
    Ok(40)
}

#[test]
fn a_disk_that_is_full_at_any_byte_is_told_and_loses_no_committed_record() {
    for room in (0..3_600).step_by(7) {
        let dir = tempfile::tempdir().expect("a folder");
        ROOM.set(room);
        let done = match fill_up(dir.path()) {
            Ok(done) => done,
            Err((done, error)) => {
                assert!(error.to_string().starts_with("cannot "), "{error}");
                done
            }
        };
        let (found, end) = read(dir.path());
        let expected: Vec<JournalRecord> = (0..done).map(|i| bar(i as i64, 1.0)).collect();
        assert_eq!(found, expected, "room for {room} bytes");
        assert!(end.is_ok(), "room for {room} bytes: {end:?}");
    }
    ROOM.set(usize::MAX);
}

#[test]
fn a_commit_is_kept_by_the_disk_where_that_is_asked_for() {
    for (sync, expected) in [(SyncPolicy::AtCommit, 5), (SyncPolicy::AtSegmentEnd, 1)] {
        let dir = tempfile::tempdir().expect("a folder");
        drop(begin(dir.path(), SMALL));
        SYNCS.set(0);
        let disk = Disk { dir: dir.path().to_path_buf(), sync, limit: SMALL, open: open_full };
        let mut writer = JournalWriter::resume_on(disk).expect("resumed");
        for i in 0..3 {
            writer.append(&bar(i, 1.0)).expect("room");
            writer.commit().expect("room");
        }
        writer.finish().expect("room");
        assert_eq!(SYNCS.get(), expected, "{sync:?}");
    }
}

const KILLED_DIR: &str = "WB_STORE_KILLED_JOURNAL";
const KILLED_ROOM: &str = "WB_STORE_KILLED_JOURNAL_ROOM";

#[test]
#[ignore = "the process that the next test starts"]
fn a_process_to_be_killed_at_a_write() {
    let (Ok(dir), Ok(room)) = (std::env::var(KILLED_DIR), std::env::var(KILLED_ROOM)) else { return };
    ROOM.set(room.parse().expect("a number"));
    KILLS.set(true);
    drop(fill_up(Path::new(&dir)));
}

#[test]
fn a_writer_killed_at_any_write_leaves_a_journal_that_is_written_on() {
    let seed = 20_260_701;
    let mut rng = Rng::new(seed);
    for _ in 0..24 {
        let dir = tempfile::tempdir().expect("a folder");
        let room = (rng.uniform() * 3_500.0) as usize;
        let mut child = Process::new(std::env::current_exe().expect("a test binary"));
        child.args(["journal::tests::faults::a_process_to_be_killed_at_a_write", "--exact", "--ignored"]);
        let output = child.env(KILLED_DIR, dir.path()).env(KILLED_ROOM, room.to_string()).output();
        assert_eq!(
            output.expect("it starts").status.code(),
            None,
            "seed {seed}: it was to be killed at byte {room}"
        );
        let (found, end) = read(dir.path());
        assert!(end.is_ok(), "seed {seed}, killed at byte {room}: {end:?}");
        let mut writer = resume(dir.path(), SMALL).expect("resumed");
        writer.append(&bar(99, 4.0)).expect("room");
        writer.finish().expect("room");
        let (again, end) = read(dir.path());
        assert_eq!(
            (again.len(), end.expect("whole")),
            (found.len() + 1, None),
            "seed {seed}, killed at byte {room}"
        );
    }
}
