//! `workbench data synth`: made-up bars from a seed.

use std::process::ExitCode;

use clap::Args;
use serde_json::json;
use wb_catalog::Catalog;
use wb_core::{Grid, Interval, Ts};
use wb_ingest::{SynthRequest, synth};

use super::import::parse_grid;
use super::parse_interval;
use crate::figures::grouped;
use crate::output::{self, Format, Progress};

/// Arguments of `workbench data synth`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  workbench data synth --venue synth --symbols 6 --interval 1d
  workbench data synth --venue synth --symbols 1 --interval 1m --bars 1000000 --seed 7

The same arguments give the same bars on every machine.")]
pub(crate) struct SynthArgs {
    /// The venue, lower case
    #[arg(long, default_value = "synth")]
    venue: String,
    /// How many symbols: S1, S2, …
    #[arg(long, default_value_t = 1)]
    symbols: usize,
    /// Length of the bars
    #[arg(long, value_parser = parse_interval)]
    interval: Interval,
    /// Bars of each symbol
    #[arg(long, default_value_t = 2_500)]
    bars: usize,
    /// When the first bar begins
    #[arg(long, default_value = "2015-01-01", value_parser = parse_ts)]
    from: Ts,
    /// The seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Price before the first bar
    #[arg(long, default_value_t = 100.0)]
    price: f64,
    /// Annual volatility: 0.6 for 60 %
    #[arg(long, default_value_t = 0.4)]
    volatility: f64,
    /// Annual drift: 0.1 for 10 %
    #[arg(long, default_value_t = 0.05)]
    drift: f64,
    /// Correlation of any two symbols
    #[arg(long, default_value_t = 0.5)]
    correlation: f64,
    /// Price grid
    #[arg(long, default_value = "0.01", value_parser = parse_grid)]
    tick: Grid,
    /// Quantity grid
    #[arg(long, default_value = "0.001", value_parser = parse_grid)]
    lot: Grid,
    /// How to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

fn parse_ts(text: &str) -> Result<Ts, String> {
    Ts::parse(text).ok_or_else(|| "write a date such as 2015-01-01".to_string())
}

/// Makes up bars.
///
/// # Errors
/// If the request makes no sense, or the catalog refuses.
pub(super) fn run(args: &SynthArgs, catalog: &Catalog) -> anyhow::Result<ExitCode> {
    let progress = Progress::step("making up bars");
    let request = SynthRequest {
        seed: args.seed,
        venue: args.venue.clone(),
        symbols: (1..=args.symbols).map(|n| format!("S{n}")).collect(),
        interval: args.interval,
        from: args.from,
        bars: args.bars,
        price: args.price,
        volatility: args.volatility,
        drift: args.drift,
        correlation: args.correlation,
        tick: args.tick,
        lot: args.lot,
    };
    synth(catalog, &request)?;
    drop(progress);
    let names = request.symbols.iter().map(|symbol| format!("{}:{symbol}", args.venue));
    match args.format {
        Format::Json => {
            let interval = args.interval.to_string();
            let rows = names.map(|name| json!({ "series": name, "interval": interval, "rows": args.bars }));
            output::json(&rows.collect());
        }
        Format::Table => {
            let bars = grouped(args.bars as f64, 0);
            names.for_each(|name| output::line(format_args!("{bars} bars of {} for {name}", args.interval)));
        }
    }
    Ok(ExitCode::SUCCESS)
}
