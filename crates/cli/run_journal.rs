//! The journal of a run, written while the run goes on.

use std::path::Path;

use wb_core::{Instrument, RiskLimit, Ts};
use wb_engine::RunSpec;
use wb_kernel::{Digest, RiskLimits};
use wb_sim::Record;
use wb_store::{JournalRecord, JournalWriter, NewJournal, RunId, StoreError, SyncPolicy};

use crate::spec_file::spec_text;

/// Takes what a kernel was told and what it gave.
pub(crate) struct RunJournal {
    writer: JournalWriter,
    /// The kernel's time and digest after the last record.
    last: (Ts, Digest),
    /// What the disk refused, and all that comes after it.
    failed: Result<(), StoreError>,
}

impl RunJournal {
    /// Begins the journal of a run in a folder.
    ///
    /// # Errors
    /// If the folder holds a journal already, or the disk refuses.
    pub(crate) fn create(
        dir: &Path,
        spec: &RunSpec,
        id: &RunId,
        instruments: &[Instrument],
        started: Ts,
    ) -> Result<RunJournal, StoreError> {
        let new = NewJournal {
            subject: &format!("run {id}"),
            workbench: env!("CARGO_PKG_VERSION"),
            code_id: &spec.code_id,
            started,
            risk: &limits(&spec.risk),
            spec: &spec_text(spec),
            instruments,
        };
        let writer = JournalWriter::create(dir, &new, SyncPolicy::AtSegmentEnd)?;
        Ok(RunJournal { writer, last: (Ts::MIN, Digest::default()), failed: Ok(()) })
    }

    /// Writes down records, after the last of which the kernel has this digest.
    pub(crate) fn take(&mut self, records: &[Record], digest: Digest) {
        if self.failed.is_ok() {
            self.failed = self.append(records, digest);
        }
    }

    fn append(&mut self, records: &[Record], digest: Digest) -> Result<(), StoreError> {
        for record in records {
            self.last = (time(record), digest);
            self.writer.append(&journal_record(record))?;
        }
        if self.writer.is_digest_due() { self.append_digest() } else { Ok(()) }
    }

    fn append_digest(&mut self) -> Result<(), StoreError> {
        let (ts, digest) = self.last;
        self.writer.append(&JournalRecord::Digest(ts, digest.bits())).map(drop)
    }

    /// Writes the last digest and has the disk keep it all.
    ///
    /// # Errors
    /// If the disk refuses, now or before.
    pub(crate) fn finish(mut self) -> Result<(), StoreError> {
        std::mem::replace(&mut self.failed, Ok(()))?;
        self.append_digest()?;
        self.writer.finish()
    }
}

/// A record as a journal has it.
pub(crate) fn journal_record(record: &Record) -> JournalRecord {
    match record {
        Record::Event(event) => JournalRecord::Event(*event),
        Record::Command(ts, command) => JournalRecord::Command(*ts, *command),
    }
}

/// When it happened, by the kernel's clock.
pub(crate) fn time(record: &Record) -> Ts {
    match record {
        Record::Event(event) => event.ts(),
        Record::Command(ts, _) => *ts,
    }
}

/// The limits that are set, by their keys.
pub(crate) fn limits(risk: &RiskLimits) -> Vec<(&'static str, f64)> {
    let RiskLimits {
        max_order_notional,
        max_position_notional,
        max_concentration,
        max_leverage,
        max_orders_per_minute,
        max_drawdown,
    } = *risk;
    let limits = [
        (RiskLimit::OrderNotional, max_order_notional),
        (RiskLimit::PositionNotional, max_position_notional),
        (RiskLimit::Concentration, max_concentration),
        (RiskLimit::Leverage, max_leverage),
        (RiskLimit::OrderRate, max_orders_per_minute.map(f64::from)),
        (RiskLimit::Drawdown, max_drawdown),
    ];
    limits.into_iter().filter_map(|(limit, value)| Some((limit.key(), value?))).collect()
}
