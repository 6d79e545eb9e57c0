//! The bytes of records; the checksums are those of Python's `zlib.crc32`.

use std::fs;

use wb_core::{Event, OrderId, TimerId, Ts};

use super::{SMALL, segment_path, write};
use crate::journal::{JournalRecord, Observation, Severity, StageTimes};

/// The bytes of the only record of a journal.
fn bytes_of(record: JournalRecord) -> Vec<u8> {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), SMALL, &[record]);
    let bytes = fs::read(segment_path(dir.path(), 0)).expect("a segment");
    assert_eq!(bytes[24], 1, "a segment begins with kind 1");
    bytes[25 + 40..].to_vec()
}

#[test]
fn the_layout_of_format_1_is_kept() {
    let timer = bytes_of(JournalRecord::Event(Event::Timer { ts: Ts(258), id: TimerId(7) }));
    let expected = [
        25, 0, 0, 0, // 17 bytes of number, time and kind, 8 of payload
        0xEC, 0xCC, 0x13, 0x0C, // checksum
        2, 0, 0, 0, 0, 0, 0, 0, // number
        2, 1, 0, 0, 0, 0, 0, 0, // time
        9, // kind
        7, 0, 0, 0, 0, 0, 0, 0, // timer
    ];
    assert_eq!(timer, expected, "{timer:02x?}");
}

#[test]
fn the_layout_of_format_2_is_kept() {
    let times =
        StageTimes { first: OrderId(9), orders: 2, queue_ns: 1_000, decide_ns: 2_000, write_ns: 3_000 };
    let stages = bytes_of(JournalRecord::Observation(Ts(258), Observation::Stages(times)));
    let expected = [
        53, 0, 0, 0, // length
        0x15, 0xF9, 0x4E, 0xCD, // checksum
        2, 0, 0, 0, 0, 0, 0, 0, // number
        2, 1, 0, 0, 0, 0, 0, 0,  // time
        20, // kind
        9, 0, 0, 0, 0, 0, 0, 0, // first order
        2, 0, 0, 0, // orders
        0xE8, 3, 0, 0, 0, 0, 0, 0, // queue
        0xD0, 7, 0, 0, 0, 0, 0, 0, // decide
        0xB8, 11, 0, 0, 0, 0, 0, 0, // write
    ];
    assert_eq!(stages, expected, "{stages:02x?}");
    let text = "paused by the operator";
    let said = Observation::notice(Severity::Warning, text).next().expect("a part");
    let notice = bytes_of(JournalRecord::Observation(Ts(258), said));
    assert_eq!(notice[..8], [75, 0, 0, 0, 0xFF, 0xCC, 0x8D, 0x09], "{notice:02x?}");
    assert_eq!((&notice[24..28], &notice[28..50]), (&[21, 2, 0, 22][..], text.as_bytes()));
}
