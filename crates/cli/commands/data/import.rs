//! `workbench data import`: files of bars into the catalog.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde_json::json;
use wb_catalog::{Catalog, Overlap};
use wb_core::{Grid, InstrumentKind, Interval};
use wb_ingest::{
    CalendarChoice, ColumnMap, Format as FileFormat, ImportReport, ImportRequest, OnBad, Prices, Stamp,
};

use super::audit::print_audit;
use super::{parse_interval, print_notes};
use crate::commands::backtest::now;
use crate::figures::grouped;
use crate::output::{self, Align, Format, Progress, Table};

/// Arguments of `workbench data import`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  workbench data import NEARUSDT-1m-*.zip --venue binance --symbol NEARUSDT --interval 1m
  workbench data import AAPL.csv --venue yahoo --symbol AAPL --interval 1d --tz America/New_York --adjusted
  workbench data import spy.csv --venue nt --symbol SPY --interval 1m --stamp close
  workbench data import btc.csv.gz --venue bitfinex --symbol BTCUSD --interval 1m \\
      --columns ts=0,open=1,close=2,high=3,low=4,volume=5 --on-bad drop

Files may be gz, zip or zst. Rows that cannot be bars stop the import, which then changes nothing.")]
pub(crate) struct ImportArgs {
    /// Files, in any order; `archive.zip#entry.csv` names one entry of an archive
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The venue, lower case
    #[arg(long)]
    venue: String,
    /// The venue's name of the instrument
    #[arg(long)]
    symbol: String,
    /// Length of the bars: 1m, 1h, 1d
    #[arg(long, value_parser = parse_interval)]
    interval: Interval,
    /// Layout of the files
    #[arg(long, default_value = "auto", value_parser = parse_format)]
    format: FileFormat,
    /// Which end of the bar the times are [default: as the format says, else open]
    #[arg(long, value_enum)]
    stamp: Option<StampArg>,
    /// Time zone of times that carry none, in which days are cut too: America/New_York
    #[arg(long, value_name = "ZONE")]
    tz: Option<String>,
    /// What becomes of rows that cannot be bars
    #[arg(long, value_enum, default_value_t)]
    on_bad: OnBadArg,
    /// Which columns are which, by name or number from 0: ts=0,open=1,close=2,high=3,low=4,volume=5
    #[arg(long, value_name = "MAP")]
    columns: Option<String>,
    /// Stored bars from the first to the last new one make way for the new ones
    #[arg(long)]
    replace: bool,
    /// Prices adjusted for dividends and splits: by `Adj Close`, or Lean's factor file beside the data
    #[arg(long)]
    adjusted: bool,
    /// Prices adjusted by this Lean factor file
    #[arg(long, value_name = "FILE", conflicts_with = "adjusted")]
    factors: Option<PathBuf>,
    /// Divide prices by this
    #[arg(long, value_name = "N")]
    price_divisor: Option<f64>,
    /// Price grid [default: the coarsest on which all prices lie]
    #[arg(long, value_parser = parse_grid)]
    tick: Option<Grid>,
    /// Quantity grid [default: the coarsest on which all volumes lie]
    #[arg(long, value_parser = parse_grid)]
    lot: Option<Grid>,
    /// Value of one unit at a price of one [default: 1]
    #[arg(long)]
    multiplier: Option<f64>,
    /// Kind of contract [default: as the format says, else spot]
    #[arg(long, value_enum)]
    kind: Option<KindArg>,
    /// Currency of settlement [default: from the symbol's end, else USD]
    #[arg(long)]
    currency: Option<String>,
    /// When the venue trades
    #[arg(long, value_enum, default_value_t)]
    calendar: CalendarArg,
    /// How to print
    #[arg(long = "output", value_enum, default_value_t, value_name = "FORMAT")]
    output: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum StampArg {
    /// The bar begins then
    Open,
    /// The bar ends then
    Close,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum OnBadArg {
    /// Stop and show the first ten
    #[default]
    Error,
    /// Leave them out and count them
    Drop,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum KindArg {
    /// Shares, coins
    Spot,
    /// A future without expiry
    Perpetual,
    /// A future
    Future,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum CalendarArg {
    /// Known venues and the data decide, and it is stated
    #[default]
    Infer,
    /// It never closes
    Always,
    /// It has sessions
    Sessions,
}

fn parse_format(text: &str) -> Result<FileFormat, String> {
    let found = FileFormat::ALL.iter().find(|(name, _)| *name == text);
    let names = FileFormat::ALL.map(|(name, _)| name).join(", ");
    found.map(|(_, format)| *format).ok_or_else(|| format!("the formats are {names}"))
}

pub(super) fn parse_grid(text: &str) -> Result<Grid, String> {
    Grid::parse(text).ok_or_else(|| "write a positive decimal, such as 0.01 or 1e-8".to_string())
}

impl ImportArgs {
    fn request(&self) -> anyhow::Result<ImportRequest> {
        let prices = match &self.factors {
            Some(path) => Prices::AdjustedBy(path.clone()),
            None if self.adjusted => Prices::Adjusted,
            None => Prices::Raw,
        };
        let sessions = CalendarChoice::Sessions { days_per_year: None, seconds_per_day: None };
        Ok(ImportRequest {
            format: self.format,
            stamp: self.stamp.map(|stamp| match stamp {
                StampArg::Open => Stamp::Open,
                StampArg::Close => Stamp::Close,
            }),
            zone: self.tz.clone(),
            on_bad: match self.on_bad {
                OnBadArg::Error => OnBad::Error,
                OnBadArg::Drop => OnBad::Drop,
            },
            overlap: if self.replace { Overlap::Replace } else { Overlap::Join },
            columns: self.columns.as_deref().map(ColumnMap::parse).transpose()?,
            price_divisor: self.price_divisor,
            prices,
            tick: self.tick,
            lot: self.lot,
            multiplier: self.multiplier,
            kind: self.kind.map(|kind| match kind {
                KindArg::Spot => InstrumentKind::Spot,
                KindArg::Perpetual => InstrumentKind::Perpetual,
                KindArg::Future => InstrumentKind::Future,
            }),
            currency: self.currency.clone(),
            calendar: match self.calendar {
                CalendarArg::Infer => CalendarChoice::Inferred,
                CalendarArg::Always => CalendarChoice::AlwaysOpen,
                CalendarArg::Sessions => sessions,
            },
            ..ImportRequest::new(self.files.clone(), &self.venue, &self.symbol, self.interval, now())
        })
    }
}

/// Imports files.
///
/// # Errors
/// If a file is not understood, rows are bad, or the catalog refuses; the catalog is then as it was.
pub(super) fn run(args: &ImportArgs, catalog: &Catalog) -> anyhow::Result<ExitCode> {
    let request = args.request()?;
    let progress = Progress::step("importing");
    let mut begun = false;
    let report = wb_ingest::import(catalog, &request, &mut |done| {
        if !begun {
            progress.length("importing", done.bytes);
            begun = true;
        }
        progress.at(done.bytes_done);
    })?;
    drop(progress);
    match args.output {
        Format::Json => output::json(&as_json(&report)),
        Format::Table => print(&report),
    }
    Ok(ExitCode::SUCCESS)
}

fn print(report: &ImportReport) {
    output::heading(&report.series.to_string());
    let headings =
        [("file", Align::Left), ("as", Align::Left), ("rows", Align::Right), ("columns", Align::Left)];
    let mut files = Table::new(headings.into_iter().chain([("times", Align::Left)]));
    for file in &report.files {
        files.row([
            file.name.clone(),
            file.format.clone(),
            grouped(file.rows as f64, 0),
            file.columns.clone(),
            file.times.clone(),
        ]);
    }
    output::table(&files);
    output::line("");
    print_audit(&report.audit);
    output::line("");
    let done = &report.committed;
    output::line(format_args!(
        "{} bars written; {} now has {} bars that close from {} to {}",
        grouped(done.new_rows as f64, 0),
        report.series,
        grouped(done.rows as f64, 0),
        done.first,
        done.last
    ));
    report.files.iter().for_each(|file| print_notes(&file.notes));
    print_notes(&report.notes);
}

fn as_json(report: &ImportReport) -> serde_json::Value {
    let files = report.files.iter().map(|file| {
        json!({ "name": file.name, "format": file.format, "columns": file.columns, "times": file.times,
                "rows": file.rows, "notes": file.notes })
    });
    json!({
        "series": report.series.to_string(),
        "files": files.collect::<Vec<_>>(),
        "new_rows": report.committed.new_rows,
        "rows": report.committed.rows,
        "first": report.committed.first.to_string(),
        "last": report.committed.last.to_string(),
        "audit": report.audit.verdict().name(),
        "bad_rows": report.audit.bad_rows,
        "dropped_rows": report.audit.dropped_rows,
        "notes": report.notes,
    })
}
