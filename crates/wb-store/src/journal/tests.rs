//! What a journal gives back, and what it says when it was cut short or changed.

mod faults;
mod layout;

use std::fs;
use std::path::Path;

use wb_core::{
    Bar, CancelReason, Command, Control, Event, Fill, GroupId, InstrumentId, Interval, Link, MarketData,
    MarketEvent, OrderEvent, OrderId, OrderRequest, OrderType, Prediction, Price, Qty, Quote, Reject,
    RiskLimit, Rng, Side, TimeInForce, TimerId, Trade, Ts,
};

use super::segment::{open_file, segment_path};
use super::writer::Disk;
use super::*;
use crate::error::StoreError;
use crate::sample::Sample;

/// Segments small enough that a test has several.
const SMALL: u64 = 1_000;

fn begin(dir: &Path, limit: u64) -> JournalWriter {
    begin_on(dir, limit, open_file).expect("a new journal")
}

fn begin_on(dir: &Path, limit: u64, open: super::segment::Open) -> Result<JournalWriter, StoreError> {
    let sample = Sample::new(1, 5);
    let new = NewJournal {
        subject: "run 3f9a",
        workbench: "0.1.0",
        code_id: "c0de",
        started: Ts::from_seconds(1_700_000_000),
        risk: &[("max_leverage", 2.0)],
        spec: "strategy = \"sma-cross\"\n",
        instruments: &sample.outcome.instruments,
    };
    let disk = Disk { dir: dir.to_path_buf(), sync: SyncPolicy::AtSegmentEnd, limit, open };
    JournalWriter::create_on(disk, &new)
}

fn resume(dir: &Path, limit: u64) -> Result<JournalWriter, StoreError> {
    JournalWriter::resume_on(Disk {
        dir: dir.to_path_buf(),
        sync: SyncPolicy::AtSegmentEnd,
        limit,
        open: open_file,
    })
}

fn write(dir: &Path, limit: u64, records: &[JournalRecord]) {
    let mut writer = begin(dir, limit);
    for record in records {
        writer.append(record).expect("room on the disk");
    }
    writer.finish().expect("room on the disk");
}

/// What can be read, and how it ends.
fn read(dir: &Path) -> (Vec<JournalRecord>, Result<Option<TornTail>, StoreError>) {
    let mut found = Vec::new();
    let journal = match Journal::open(dir) {
        Ok(journal) => journal,
        Err(error) => return (found, Err(error)),
    };
    let mut records = journal.records();
    loop {
        match records.next() {
            Ok(Some(entry)) => found.push(entry.record),
            Ok(None) => return (found, Ok(records.torn().cloned())),
            Err(error) => return (found, Err(error)),
        }
    }
}

fn market(ts: i64, last: bool, data: MarketData) -> JournalRecord {
    let (ts_event, ts_recv, instrument) = (Ts(ts - 5), Ts(ts), InstrumentId(3));
    JournalRecord::Event(Event::Market(MarketEvent { ts_event, ts_recv, instrument, last, data }))
}

fn order(ts: i64, event: OrderEvent) -> JournalRecord {
    JournalRecord::Event(Event::Order { ts: Ts(ts), event })
}

fn bar(ts: i64, close: f64) -> JournalRecord {
    let interval = Interval::Minutes(1);
    let bar = Bar { interval, open: 1.5, high: 2.5, low: 0.5, close, volume: -0.0 };
    market(ts, true, MarketData::Bar(bar))
}

/// One record of every kind, and of every value of every enumeration.
fn one_of_each() -> Vec<JournalRecord> {
    let quote = Quote { bid: 1.0, bid_qty: 2.0, ask: 3.0, ask_qty: 1e-300 };
    let mut records = vec![
        bar(7, f64::MIN_POSITIVE),
        market(7, false, MarketData::Trade(Trade { price: 1.25, qty: 3.0, aggressor: Side::Sell })),
        market(8, true, MarketData::Trade(Trade { price: 1.25, qty: 3.0, aggressor: Side::Buy })),
        market(8, true, MarketData::Quote(quote)),
        market(8, true, MarketData::Gap),
        JournalRecord::Event(Event::Timer { ts: Ts(9), id: TimerId(u64::MAX) }),
        JournalRecord::Event(Event::Cash { ts: Ts(9), instrument: InstrumentId(1), amount: -0.125 }),
        JournalRecord::Digest(Ts(i64::MAX), u128::MAX - 5),
        JournalRecord::Prediction(
            Ts(10),
            Prediction { instrument: InstrumentId(3), place: u32::MAX, value: -0.0 },
        ),
        JournalRecord::Command(Ts(10), Command::Cancel { id: OrderId(77) }),
    ];
    for interval in [Interval::Seconds(30), Interval::Minutes(u32::MAX), Interval::Days(7)] {
        let bar = Bar { interval, open: 1.0, high: 2.0, low: 0.5, close: 1.5, volume: 9.0 };
        records.push(market(i64::MIN + 5, true, MarketData::Bar(bar)));
        let (ts, ts_event, instrument) = (Ts(10), Ts(-3), InstrumentId(7));
        records.push(JournalRecord::Event(Event::Past { ts, ts_event, instrument, bar }));
    }
    let id = OrderId(5);
    for event in [OrderEvent::Accepted(id), OrderEvent::CancelRejected(id), OrderEvent::Expired(id)] {
        records.push(order(11, event));
    }
    for maker in [true, false] {
        records.push(order(
            12,
            OrderEvent::Filled(Fill {
                order: OrderId::LIQUIDATION,
                instrument: InstrumentId(2),
                side: Side::Sell,
                price: Price(-4),
                qty: Qty::new(i64::MAX),
                fee: -0.5,
                slippage: 0.25,
                maker,
                ts: Ts(11),
            }),
        ));
    }
    for control in [Control::Pause, Control::Resume, Control::CancelAll, Control::Flatten] {
        records.push(JournalRecord::Event(Event::Control { ts: Ts(13), control }));
    }
    records.extend(refusals().map(|reason| order(14, OrderEvent::Rejected(id, reason))));
    records.extend(cancels().map(|reason| order(14, OrderEvent::Cancelled(id, reason))));
    records.extend(commands());
    records.extend(observations().map(|seen| JournalRecord::Observation(Ts(16), seen)));
    records
}

fn observations() -> impl Iterator<Item = Observation> {
    use Observation::*;
    let stages =
        StageTimes { first: OrderId(9), orders: 2, queue_ns: u64::MAX, decide_ns: 0, write_ns: 1 << 40 };
    let verdicts =
        [Verdict::Agreed, Verdict::Disturbed, Verdict::Differed, Verdict::Disagreed, Verdict::Unanswered];
    let lines = [Line::Market, Line::Trading].into_iter();
    let severities = [Severity::Info, Severity::Warning, Severity::Halt].into_iter();
    let text = "the venue's books and ours disagree: USDT 9 871.25 here, 9 870.00 \u{2260} there";
    [Began, Stages(stages), Halted(0), Halted(0x8001)]
        .into_iter()
        .chain(lines.flat_map(|line| [Connected(line), Disconnected(line)]))
        .chain(verdicts.map(|verdict| Compared { verdict, found: u32::MAX }))
        .chain(severities.flat_map(move |severity| Observation::notice(severity, text)))
}

fn refusals() -> impl Iterator<Item = Reject> {
    use Reject::*;
    use RiskLimit as L;
    let limits =
        [L::OrderNotional, L::PositionNotional, L::Concentration, L::Leverage, L::OrderRate, L::Drawdown];
    let others = [Paused, ZeroQty, NoPrice, Margin, PostOnly, ReduceOnly, BadPrice, Venue];
    others.into_iter().chain(limits.map(Risk))
}

fn cancels() -> impl Iterator<Item = CancelReason> {
    use CancelReason::*;
    [Requested, Group, TimeInForce, Margin, Parent, Liquidation, PostOnly].into_iter()
}

/// Submissions of every type of order under every time in force and link, and a refusal of each.
fn commands() -> Vec<JournalRecord> {
    let (price, trigger, offset) = (Price(100), Price(-3), Price(9));
    let kinds = [
        OrderType::Market,
        OrderType::Limit { price, post_only: false },
        OrderType::Limit { price, post_only: true },
        OrderType::Stop { trigger },
        OrderType::StopLimit { trigger, price },
        OrderType::TrailingStop { offset },
    ];
    let links = [Link::None, Link::Oco(GroupId(4)), Link::OnFill { parent: OrderId(3), group: GroupId(8) }];
    let mut records = Vec::new();
    for kind in kinds {
        for tif in [TimeInForce::Gtc, TimeInForce::Ioc, TimeInForce::Fok, TimeInForce::Day] {
            for link in links {
                let market = OrderRequest::market(InstrumentId(1), Side::Buy, Qty::new(12));
                let request =
                    OrderRequest { kind, tif, link, reduce_only: tif == TimeInForce::Ioc, ..market };
                let id = OrderId(records.len() as u64);
                records.push(JournalRecord::Command(Ts(15), Command::Submit { id, request }));
                let reason = Reject::Margin;
                records.push(JournalRecord::Command(Ts(15), Command::Refused { id, request, reason }));
            }
        }
    }
    records
}

#[test]
fn every_record_comes_back_as_it_was_written_across_segments() {
    let dir = tempfile::tempdir().expect("a folder");
    let records = one_of_each();
    write(dir.path(), SMALL, &records);
    let (found, end) = read(dir.path());
    assert_eq!(found, records);
    assert_eq!(end.expect("whole"), None);
    let journal = Journal::open(dir.path()).expect("a journal");
    assert_eq!(journal.header.subject, "run 3f9a");
    assert_eq!(journal.header.risk, [("max_leverage".to_string(), 2.0)].into());
    assert_eq!(journal.spec, "strategy = \"sma-cross\"\n");
    assert_eq!(journal.instruments, Sample::new(1, 5).outcome.instruments);
    assert!(journal.segments() > 5);
    for number in 0..journal.segments() {
        let bytes = fs::metadata(segment_path(dir.path(), number)).expect("a segment").len();
        assert!(bytes <= SMALL, "segment {number} has {bytes} bytes");
    }
}

#[test]
fn a_number_is_given_to_each_record_without_gaps() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut writer = begin(dir.path(), SMALL);
    let given: Vec<u64> = (0..50).map(|i| writer.append(&bar(i, 1.0)).expect("room")).collect();
    writer.finish().expect("room");
    assert_eq!(given[..2], [2, 3], "the first record begins the segment");
    let journal = Journal::open(dir.path()).expect("a journal");
    let mut records = journal.records();
    let mut found = Vec::new();
    while let Some(entry) = records.next().expect("whole") {
        found.push(entry.seq);
    }
    assert_eq!(found, given);
}

#[test]
fn a_flipped_bit_anywhere_is_found_in_its_record() {
    let dir = tempfile::tempdir().expect("a folder");
    let records = &one_of_each()[..70];
    write(dir.path(), 1 << 20, records);
    let path = segment_path(dir.path(), 0);
    let good = fs::read(&path).expect("a segment");
    let mut starts = vec![0];
    while let Some(len) = good[starts[starts.len() - 1]..].first_chunk::<4>() {
        starts.push(starts[starts.len() - 1] + 8 + u32::from_le_bytes(*len) as usize);
    }
    // Every bit of the first dozen records and of the last one, and each byte's lowest in between.
    let dense = |at: usize| at < starts[12] || at >= starts[starts.len() - 2];
    for at in 0..good.len() {
        for bit in if dense(at) { 0..8 } else { 0..1 } {
            let mut bytes = good.clone();
            bytes[at] ^= 1 << bit;
            fs::write(&path, &bytes).expect("written");
            let whole = starts.partition_point(|start| *start <= at) - 1;
            let (found, end) = read(dir.path());
            assert_eq!(found, records[..whole.saturating_sub(1)], "byte {at} bit {bit}");
            match end {
                Err(StoreError::DamagedRecord { offset, seq, .. }) => {
                    assert_eq!(
                        (offset as usize, seq as usize),
                        (starts[whole], whole + 1),
                        "byte {at} bit {bit}"
                    );
                }
                other => panic!("byte {at} bit {bit}: {other:?}"),
            }
        }
    }
}

#[test]
fn a_journal_cut_at_any_byte_has_every_whole_record_and_is_written_on() {
    let records = &one_of_each()[..30];
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), SMALL, records);
    let last = Journal::open(dir.path()).expect("a journal").segments() - 1;
    let path = segment_path(dir.path(), last);
    let good = fs::read(&path).expect("a segment");
    let mut known = 0;
    for cut in 0..good.len() {
        // The segment that `resume` began, if it did.
        drop(fs::remove_file(segment_path(dir.path(), last + 1)));
        fs::write(&path, &good[..cut]).expect("written");
        let (found, end) = read(dir.path());
        assert_eq!(found, records[..found.len()], "cut at {cut}");
        assert!(found.len() >= known, "cut at {cut}");
        known = found.len();
        let torn = end.expect("no damage");
        let whole = torn.as_ref().map_or(cut as u64, |torn| torn.offset);
        assert_eq!(torn.map_or(0, |torn| torn.bytes), cut as u64 - whole, "cut at {cut}");

        let mut writer = resume(dir.path(), SMALL).expect("resumed");
        writer.append(&bar(99, 4.0)).expect("room");
        writer.finish().expect("room");
        let (found, end) = read(dir.path());
        assert_eq!(found[..known], records[..known], "cut at {cut}");
        assert_eq!(found[known..], [bar(99, 4.0)], "cut at {cut}");
        assert_eq!(end.expect("whole"), None, "cut at {cut}");
    }
    assert_eq!(known, records.len() - 1);
}

#[test]
fn records_are_taken_back_and_others_written_behind_the_rest() {
    let records = &one_of_each()[..30];
    for kept in 0..=records.len() {
        let dir = tempfile::tempdir().expect("a folder");
        write(dir.path(), SMALL, records);
        let journal = Journal::open(dir.path()).expect("a journal");
        let mut entries = journal.records();
        let mut seq = 0;
        for _ in 0..kept {
            seq = entries.next().expect("no damage").expect("as many as were written").seq;
        }
        let writer = resume(dir.path(), SMALL).expect("resumed");
        let mut writer = writer.take_back(seq).expect("nobody else writes");
        writer.append(&bar(99, 4.0)).expect("room");
        writer.finish().expect("room");
        let (found, end) = read(dir.path());
        assert_eq!(found, [&records[..kept], &[bar(99, 4.0)]].concat(), "{kept} are kept");
        assert_eq!(end.expect("whole"), None, "{kept} are kept");
    }
}

#[test]
fn zeroes_at_the_end_are_a_torn_tail_and_in_the_middle_damage() {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), SMALL, &[bar(1, 1.0), bar(2, 2.0)]);
    let path = segment_path(dir.path(), 0);
    let good = fs::read(&path).expect("a segment");
    fs::write(&path, [&good[..], &[0; 4096]].concat()).expect("written");
    let (found, end) = read(dir.path());
    assert_eq!(found.len(), 2);
    assert_eq!(end.expect("no damage").expect("torn").bytes, 4096);
    fs::write(&path, [&good[..], &[0; 4096], &[1]].concat()).expect("written");
    assert!(read(dir.path()).1.is_err());
}

#[test]
fn what_is_missing_or_in_another_place_is_found() {
    let dir = tempfile::tempdir().expect("a folder");
    let records: Vec<JournalRecord> = (0..40).map(|i| bar(i, i as f64)).collect();
    let check = |change: &dyn Fn(&Path), says: &str| {
        drop(fs::remove_dir_all(dir.path()));
        write(dir.path(), SMALL, &records);
        change(dir.path());
        let error = read(dir.path()).1.expect_err(says).to_string();
        assert!(error.contains(says), "`{error}` does not say `{says}`");
    };
    let first = |dir: &Path| segment_path(dir, 0);
    let size = 25 + 58;
    let cut_out = |from: usize, to: usize| {
        move |dir: &Path| {
            let bytes = fs::read(first(dir)).expect("a segment");
            fs::write(first(dir), [&bytes[..from], &bytes[to..]].concat()).expect("written");
        }
    };
    check(
        &cut_out(65, 65 + size),
        "000000.wbj is damaged at byte 65, record 2: it is record 3: records are missing",
    );
    check(&cut_out(0, 65), "it is record 2: records are missing");
    check(
        &|dir| fs::remove_file(segment_path(dir, 1)).expect("there"),
        "000001.wbj is damaged: this segment is missing",
    );
    check(&|dir| drop(fs::copy(segment_path(dir, 2), segment_path(dir, 1))), "record 13: it is record 25");
    check(&|dir| drop(fs::write(first(dir), "")), "the segment ends within it, and another one follows");
    let edit = |name: &'static str, from: &'static str, to: &'static str| {
        move |dir: &Path| {
            let text = fs::read_to_string(dir.join(name)).expect("text");
            assert!(text.contains(from), "{text}");
            fs::write(dir.join(name), text.replacen(from, to, 1)).expect("written");
        }
    };
    check(&edit("spec.toml", "sma", "ema"), "spec.toml is damaged: its hash is not the one in header.toml");
    check(&edit("instruments.json", "1", "2"), "instruments.json is damaged: its hash is not the one");
    check(
        &edit("header.toml", "2.0", "3.0"),
        "header.toml was changed, or the segment is of another journal",
    );
    check(
        &edit("header.toml", "format = 2", "format = 3"),
        "header.toml has format 3, and this workbench reads format 2",
    );
    check(&edit("header.toml", "format = 2", ""), "it states no `format`");
    check(&edit("header.toml", "format = 2", "format = ["), "header.toml is damaged");
    check(&|dir| fs::remove_file(dir.join("header.toml")).expect("there"), "holds no journal");
}

#[test]
fn a_folder_that_has_a_journal_or_a_writer_is_refused() {
    let dir = tempfile::tempdir().expect("a folder");
    let writer = begin(dir.path(), SMALL);
    let again = begin_on(dir.path(), SMALL, open_file).expect_err("there is one");
    assert!(again.to_string().ends_with("holds a journal already"), "{again}");
    let other = resume(dir.path(), SMALL).expect_err("it is being written");
    assert!(other.to_string().starts_with("another process writes the journal"), "{other}");
    drop(writer);
    drop(resume(dir.path(), SMALL).expect("nobody writes it"));
    assert!(again.hint().is_some() && other.hint().is_some());
}

#[test]
fn a_digest_is_due_each_thousand_events() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut writer = begin(dir.path(), 1 << 20);
    let mut due = Vec::new();
    for i in 0..2_500 {
        writer.append(&bar(i, 1.0)).expect("room");
        writer.append(&JournalRecord::Command(Ts(i), Command::Cancel { id: OrderId(1) })).expect("room");
        if writer.is_digest_due() {
            due.push(i);
            writer.append(&JournalRecord::Digest(Ts(i), 5)).expect("room");
        }
    }
    assert_eq!(due, [999, 1_999]);
}

#[test]
fn bytes_of_any_kind_never_panic_a_reader() {
    let seed = 7;
    let mut rng = Rng::new(seed);
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), 1 << 20, &one_of_each());
    let path = segment_path(dir.path(), 0);
    let good = fs::read(&path).expect("a segment");
    for _ in 0..2_000 {
        let mut bytes = good.clone();
        let at = 65 + (rng.uniform() * (good.len() - 65) as f64) as usize;
        let to = (at + (rng.uniform() * 40.0) as usize).min(good.len());
        bytes[at..to].fill_with(|| (rng.uniform() * 256.0) as u8);
        // Under a good checksum as well, so that what lies behind it is read.
        let mut start = 0;
        while let Some(len) = bytes[start..].first_chunk::<4>() {
            let end = start + 8 + u32::from_le_bytes(*len) as usize;
            if end > bytes.len() {
                break;
            }
            let mut hasher = crc32fast::Hasher::new();
            hasher.update(&bytes[start..start + 4]);
            hasher.update(&bytes[start + 8..end]);
            bytes[start + 4..start + 8].copy_from_slice(&hasher.finalize().to_le_bytes());
            start = end;
        }
        fs::write(&path, &bytes).expect("written");
        let (found, _) = read(dir.path());
        assert!(found.len() <= one_of_each().len(), "seed {seed}");
    }
}
