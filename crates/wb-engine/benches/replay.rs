//! A journal on disk to a verdict: records read and checked, a fresh kernel told, its commands and digests compared.
#![expect(missing_docs, reason = "criterion declares a public function")]

#[path = "../tests/workload/w1.rs"]
mod w1;
#[path = "../tests/workload/mod.rs"]
mod workload;

use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use wb_core::Ts;
use wb_engine::{RunInput, run_transcribed};
use wb_kernel::{Digest, Replay};
use wb_sim::Record;
use wb_store::{Journal, JournalRecord, JournalWriter, NewJournal, SyncPolicy};

/// Writes the journal of a run and gives its events.
fn write(dir: &Path, input: &RunInput<'_>) -> u64 {
    let new = NewJournal {
        subject: "W1",
        workbench: "",
        code_id: "",
        started: Ts(0),
        risk: &[],
        spec: "",
        instruments: &input.instruments,
    };
    let mut writer = JournalWriter::create(dir, &new, SyncPolicy::AtSegmentEnd).expect("a new journal");
    let mut events = 0;
    let mut reader = |records: &[Record], digest: Digest| {
        for record in records {
            let record = match record {
                Record::Event(event) => JournalRecord::Event(*event),
                Record::Command(ts, command) => JournalRecord::Command(*ts, *command),
            };
            events += u64::from(matches!(record, JournalRecord::Event(_)));
            writer.append(&record).expect("room");
        }
        if writer.is_digest_due() {
            writer.append(&JournalRecord::Digest(Ts(0), digest.bits())).expect("room");
        }
    };
    run_transcribed(input, &mut |_| {}, &mut reader).expect("it runs");
    writer.finish().expect("room");
    events
}

fn replay(dir: &Path, input: &RunInput<'_>) {
    let journal = Journal::open(dir).expect("a journal");
    let mut records = journal.records();
    let mut replay = Replay::new(input.kernel().expect("it is built"));
    while let Some(entry) = records.next().expect("whole") {
        let told = match &entry.record {
            JournalRecord::Event(event) => replay.event(event),
            JournalRecord::Command(ts, command) => replay.command(*ts, command),
            JournalRecord::Digest(_, digest) => replay.digest(Digest::from_bits(*digest)),
            JournalRecord::Prediction(_, prediction) => replay.prediction(prediction),
            JournalRecord::Observation(..) => Ok(()),
        };
        told.expect("the same");
    }
}

fn benches(c: &mut Criterion) {
    let bars = [workload::bars(1_000_000)];
    let spec = workload::spec("w1-long-short");
    let (entry, instruments) = (&w1::TABLE[1], workload::instruments());
    let input = RunInput { entry, spec: &spec, instruments, bars: &bars, benchmark: None };
    let dir = tempfile::tempdir().expect("a folder");
    let events = write(dir.path(), &input);
    let mut group = c.benchmark_group("journal");
    group.throughput(Throughput::Elements(events)).sample_size(10);
    group.bench_function("replay", |b| b.iter(|| replay(dir.path(), &input)));
    let other = tempfile::tempdir().expect("a folder");
    let mut number = 0;
    group.bench_function("run and write", |b| {
        b.iter(|| {
            number += 1;
            write(&other.path().join(number.to_string()), &input)
        });
    });
    group.finish();
}

criterion_group!(all, benches);
criterion_main!(all);
