//! `workbench data show`: what a series' numbers mean, its first and last bars.

use std::process::ExitCode;

use clap::Args;
use serde_json::json;
use wb_catalog::Catalog;
use wb_core::{BarColumns, Interval, Ts};

use super::{parse_interval, series};
use crate::figures::grouped;
use crate::output::{self, Align, Format, Table};

/// Bars shown at either end.
const SHOWN: usize = 5;

/// Arguments of `workbench data show`.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  workbench data show sample:SP500")]
pub(crate) struct ShowArgs {
    /// The series: venue:SYMBOL
    series: String,
    /// Which interval, where there are several
    #[arg(long, value_parser = parse_interval)]
    interval: Option<Interval>,
    /// How to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

/// Prints a series.
///
/// # Errors
/// If it is not there or cannot be read.
pub(super) fn run(args: &ShowArgs, catalog: &Catalog) -> anyhow::Result<ExitCode> {
    let info = series(catalog, &args.series, args.interval)?;
    let key = &info.key;
    let meta = catalog.meta(key)?;
    let fingerprint = catalog.fingerprint(key, Ts::MIN, Ts::MAX)?.to_string();
    let calendar = &meta.calendar;
    if args.format == Format::Json {
        output::json(&json!({
            "series": key.name(),
            "interval": key.interval().to_string(),
            "rows": info.rows,
            "first": info.first.to_string(),
            "last": info.last.to_string(),
            "audit": info.verdict.name(),
            "currency": meta.currency,
            "tick": meta.tick.to_string(),
            "tick_source": meta.tick_source.name(),
            "lot": meta.lot.to_string(),
            "multiplier": meta.multiplier,
            "zone": calendar.zone_name,
            "days_per_year": calendar.days_per_year,
            "seconds_per_day": calendar.seconds_per_day,
            "fingerprint": fingerprint,
        }));
        return Ok(ExitCode::SUCCESS);
    }
    output::heading(&key.to_string());
    let mut about = Table::new([("", Align::Left), ("", Align::Left)]);
    about.row(["bars".to_string(), grouped(info.rows as f64, 0)]);
    about.row(["closes".to_string(), format!("{} to {}", info.first, info.last)]);
    about.row(["tick".to_string(), format!("{} ({})", meta.tick, meta.tick_source.name())]);
    about.row(["lot".to_string(), meta.lot.to_string()]);
    about.row(["multiplier".to_string(), meta.multiplier.to_string()]);
    about.row(["currency".to_string(), meta.currency.clone()]);
    about.row([
        "calendar".to_string(),
        format!(
            "{} days a year, {} hours a day, days cut in {}",
            calendar.days_per_year,
            calendar.seconds_per_day / 3600.0,
            calendar.zone_name
        ),
    ]);
    about.row(["audit", info.verdict.name()]);
    about.row(["fingerprint", &fingerprint]);
    for import in catalog.imports(key)? {
        about.row(["from".to_string(), format!("{} ({})", import.files.join(", "), import.format)]);
    }
    output::table(&about);
    output::line("");
    let span = key.interval().span();
    let head = catalog.read_bars(key, Ts::MIN, Ts(info.first.0 + span.0 * 40))?;
    let tail = catalog.read_bars(key, Ts(info.last.0 - span.0 * 40), Ts::MAX)?;
    output::table(&bars_table(&head, &tail, info.rows as usize));
    Ok(ExitCode::SUCCESS)
}

fn bars_table(head: &BarColumns, tail: &BarColumns, rows: usize) -> Table {
    let numbers = ["open", "high", "low", "close", "volume"].map(|name| (name, Align::Right));
    let mut table = Table::new([("close of bar", Align::Left)].into_iter().chain(numbers));
    let mut put = |bars: &BarColumns, row: usize| {
        let bar = bars.bar(row);
        let numbers = [bar.open, bar.high, bar.low, bar.close, bar.volume].map(|x| x.to_string());
        table.row([bars.ts[row].to_string()].into_iter().chain(numbers));
    };
    let shown = SHOWN.min(rows);
    (0..shown.min(head.len())).for_each(|row| put(head, row));
    let rest = (rows - shown).min(SHOWN).min(tail.len());
    (tail.len() - rest..tail.len()).for_each(|row| put(tail, row));
    table
}
