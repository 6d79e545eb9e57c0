//! `workbench data journal`: the bars that a session saw, as series of the catalog.

use std::collections::BTreeMap;
use std::process::ExitCode;

use clap::Args;
use serde_json::json;
use wb_catalog::{Auditor, Catalog, Committed, Import, Overlap, SeriesKey, SeriesMeta, TickSource, Verdict};
use wb_core::{Bar, BarColumns, Event, Instrument, InstrumentId, MarketData, Ts};
use wb_store::{Journal, JournalRecord};

use super::audit::print_audit;
use crate::commands::Global;
use crate::commands::replay::find_journal;
use crate::error::UserError;
use crate::figures::grouped;
use crate::output::{self, Format};

/// Arguments of `workbench data journal`.
#[derive(Args, Debug)]
#[command(after_help = "\
Example:
  workbench data journal paper-near --venue seen

What was traded on becomes what is tested on: the bars as they
came, and those of the past by which features were brought up to date.")]
pub(crate) struct JournalArgs {
    /// The folder of the journal, or the name of a deployment
    journal: String,
    /// The venue under which the series are kept, so that those of the data's own venue stay as they are
    #[arg(long)]
    venue: String,
    /// Stored bars from the first to the last new one make way for the new ones
    #[arg(long)]
    replace: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

/// Bars of each instrument, by their close: one that came as news and as past is one bar.
type Seen = BTreeMap<InstrumentId, BTreeMap<Ts, Bar>>;

/// Brings the bars of a journal into the catalog.
///
/// # Errors
/// If the journal is damaged or has no bars, or the catalog refuses.
pub(super) fn run(args: &JournalArgs, catalog: &Catalog, global: &Global) -> anyhow::Result<ExitCode> {
    let (folder, _) = find_journal(&args.journal, global)?;
    let journal = Journal::open(&folder)?;
    let seen = read(&journal)?;
    if seen.is_empty() {
        let message = format!("no bars are in the journal {}", folder.display());
        return Err(UserError::data(message).hint("its session ended before its first close").into());
    }
    let overlap = if args.replace { Overlap::Replace } else { Overlap::Join };
    let mut said = Vec::new();
    for (id, bars) in seen {
        let instrument = &journal.instruments[id.index()];
        let Some(interval) = bars.values().map(|bar| bar.interval).next() else { continue };
        let key = SeriesKey::new(&args.venue, &instrument.symbol, interval)?;
        let mut columns = BarColumns::new(interval);
        bars.iter().for_each(|(ts, bar)| columns.push(*ts, bar));
        let (committed, import) = write(catalog, &key, instrument, &columns, overlap, &folder)?;
        if args.format == Format::Table {
            output::line(format_args!("{} bars of {key}", grouped(committed.new_rows as f64, 0)));
            if import.audit.verdict() != Verdict::Clean {
                print_audit(&import.audit);
            }
        }
        said.push(json!({
            "series": key.to_string(),
            "new_rows": committed.new_rows,
            "rows": committed.rows,
            "first": committed.first.to_string(),
            "last": committed.last.to_string(),
        }));
    }
    if args.format == Format::Json {
        output::json(&json!(said));
    }
    Ok(ExitCode::SUCCESS)
}

fn read(journal: &Journal) -> anyhow::Result<Seen> {
    let mut seen = Seen::new();
    let mut records = journal.records();
    while let Some(entry) = records.next()? {
        let (instrument, closed, bar) = match entry.record {
            JournalRecord::Event(Event::Past { instrument, ts_event, bar, .. }) => {
                (instrument, ts_event, bar)
            }
            JournalRecord::Event(Event::Market(market)) => match market.data {
                MarketData::Bar(bar) => (market.instrument, market.ts_event, bar),
                MarketData::Trade(_) | MarketData::Quote(_) | MarketData::Gap => continue,
            },
            _ => continue,
        };
        seen.entry(instrument).or_default().insert(closed, bar);
    }
    Ok(seen)
}

fn write(
    catalog: &Catalog,
    key: &SeriesKey,
    instrument: &Instrument,
    bars: &BarColumns,
    overlap: Overlap,
    folder: &std::path::Path,
) -> anyhow::Result<(Committed, Import)> {
    let mut auditor = Auditor::new(key.interval(), instrument.calendar.clone(), Some(instrument.tick));
    auditor.push(bars, |row| row as u64 + 1);
    let mut writer = catalog.writer(key, overlap)?;
    writer.push(bars)?;
    let meta = SeriesMeta {
        kind: instrument.kind,
        currency: instrument.currency.clone(),
        tick: instrument.tick,
        tick_source: TickSource::Stated,
        lot: instrument.lot,
        multiplier: instrument.multiplier,
        calendar: instrument.calendar.clone(),
    };
    let files = vec![folder.display().to_string()];
    let import = Import { files, format: "journal".to_string(), audit: auditor.finish() };
    let committed = writer.commit(&meta, &import)?;
    Ok((committed, import))
}
