//! The golden events: the first of a run with what the kernel gave, for a bundle to be tried with.

use wb_core::Ts;
use wb_kernel::Digest;
use wb_sim::Record;
use wb_store::{EVENTS_PER_DIGEST, JournalRecord};

use crate::run_journal::{journal_record, time};

/// So many events at least, where the run has them.
const EVENTS: u64 = 4_096;
/// So many commands as well, or a strategy with a long warm-up would be tried on its silence.
const COMMANDS: u64 = 16;
/// No more events than these, however few commands there are.
const MOST_EVENTS: u64 = 65_536;

/// Keeps the first records of a run, up to the end of a close.
#[derive(Debug)]
pub(crate) struct GoldenEvents {
    records: Vec<JournalRecord>,
    events: u64,
    commands: u64,
    /// Events since the last digest.
    undigested: u64,
    /// The kernel's time and digest after the last record.
    last: (Ts, Digest),
}

impl GoldenEvents {
    /// Keeps nothing yet.
    pub(crate) fn new() -> GoldenEvents {
        let last = (Ts::MIN, Digest::default());
        GoldenEvents { records: Vec::new(), events: 0, commands: 0, undigested: 0, last }
    }

    /// Takes records, after the last of which the kernel has this digest.
    pub(crate) fn take(&mut self, records: &[Record], digest: Digest) {
        let enough = self.events >= EVENTS && self.commands >= COMMANDS || self.events >= MOST_EVENTS;
        if enough || records.is_empty() {
            return;
        }
        for record in records {
            let count = match record {
                Record::Event(_) => &mut self.events,
                Record::Command(..) => &mut self.commands,
            };
            *count += 1;
            self.undigested += u64::from(matches!(record, Record::Event(_)));
            self.records.push(journal_record(record));
            self.last = (time(record), digest);
        }
        if self.undigested >= EVENTS_PER_DIGEST {
            self.append_digest();
        }
    }

    /// The records, a digest the last.
    pub(crate) fn finish(mut self) -> Vec<JournalRecord> {
        self.append_digest();
        self.records
    }

    fn append_digest(&mut self) {
        let (ts, digest) = self.last;
        self.records.push(JournalRecord::Digest(ts, digest.bits()));
        self.undigested = 0;
    }
}

#[cfg(test)]
mod tests {
    use wb_core::{Command, Event, OrderId, TimerId};

    use super::*;

    /// Closes of three events each, every `every`th with a command; how many events and commands are kept.
    fn kept(closes: i64, every: i64) -> (usize, usize) {
        let mut golden = GoldenEvents::new();
        for close in 0..closes {
            let event = |n| Record::Event(Event::Timer { ts: Ts(close), id: TimerId(n) });
            let mut records = vec![event(1), event(2), event(3)];
            if close % every == every - 1 {
                records.push(Record::Command(Ts(close), Command::Cancel { id: OrderId(1) }));
            }
            golden.take(&records, Digest::default());
        }
        let records = golden.finish();
        assert!(matches!(records.last(), Some(JournalRecord::Digest(ts, _)) if ts.0 < closes));
        let digests = records.iter().filter(|r| matches!(r, JournalRecord::Digest(..))).count();
        let events = records.iter().filter(|r| matches!(r, JournalRecord::Event(_))).count();
        assert!(digests > events / 1_100, "{digests} digests of {events} events");
        (events, records.len() - events - digests)
    }

    #[test]
    fn a_run_is_kept_until_it_has_shown_enough_and_whole_closes_only() {
        assert_eq!(kept(10, 1), (30, 10), "a short run is kept whole");
        assert_eq!(kept(100_000, 10), (4_098, 136));
        assert_eq!(kept(100_000, 500), (16 * 1_500, 16), "long enough to have sixteen commands");
        assert_eq!(kept(100_000, 50_000), (65_538, 0), "but not for ever");
    }
}
