//! `workbench data resample`: longer bars of a series.

use std::process::ExitCode;

use clap::Args;
use serde_json::json;
use wb_catalog::{Catalog, Overlap};
use wb_core::Interval;
use wb_ingest::{ResampleRequest, resample};

use super::{parse_interval, print_notes, series};
use crate::figures::grouped;
use crate::output::{self, Format, Progress};

/// Arguments of `workbench data resample`.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  workbench data resample binance:NEARUSDT --from 1m --to 1h")]
pub(crate) struct ResampleArgs {
    /// The series: venue:SYMBOL
    series: String,
    /// Which interval to read, where there are several
    #[arg(long, value_parser = parse_interval)]
    from: Option<Interval>,
    /// Length of the new bars, a multiple of the old; days are cut in the venue's time zone
    #[arg(long, value_parser = parse_interval)]
    to: Interval,
    /// Stored bars from the first to the last new one make way for the new ones
    #[arg(long)]
    replace: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

/// Makes longer bars.
///
/// # Errors
/// If the series is not there, the interval is no multiple, or the catalog refuses.
pub(super) fn run(args: &ResampleArgs, catalog: &Catalog) -> anyhow::Result<ExitCode> {
    let info = series(catalog, &args.series, args.from)?;
    let overlap = if args.replace { Overlap::Replace } else { Overlap::Join };
    let progress = Progress::step("resampling");
    let report = resample(catalog, &ResampleRequest { series: info.key.clone(), to: args.to, overlap })?;
    drop(progress);
    let (read, new) = (report.rows, report.committed.new_rows);
    match args.format {
        Format::Json => output::json(&json!({
            "series": report.series.to_string(),
            "from": info.key.to_string(),
            "rows_read": read,
            "new_rows": new,
            "rows": report.committed.rows,
            "notes": report.notes,
        })),
        Format::Table => {
            let (read, new) = (grouped(read as f64, 0), grouped(new as f64, 0));
            output::line(format_args!("{new} bars of {} from {read} bars of {}", report.series, info.key));
        }
    }
    print_notes(&report.notes);
    Ok(ExitCode::SUCCESS)
}
