//! `workbench check warmup`: does the result depend on the date at which the data begins?

use clap::Args;
use serde_json::{Value, json};
use wb_engine::checks::{FeatureWarmup, LateStart, Warmup, warmup};
use wb_engine::{RunInput, run as run_engine};
use wb_metrics::Unit;

use super::{CheckArgs, Global, word};
use crate::check_words::{STARTS, warmup_words};
use crate::figures::{grouped, written};
use crate::output::{self, Align, Format, Table};
use crate::page::title;

/// Arguments of `workbench check warmup`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  workbench check warmup
  workbench check warmup config/runs/rsi-reversion.toml --starts 8

The run is repeated on data that begins later, by multiples of the longest memory that the strategy's features declare.
Each feature must come to the value of the long history within its memory, to a relative 1e-9, and each repetition must
in the end take the same decisions: orders at the same time, of the same instrument, side and kind, of any size.")]
pub(crate) struct WarmupArgs {
    #[command(flatten)]
    check: CheckArgs,
    /// Later starts that are tried
    #[arg(long, default_value_t = STARTS, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    starts: u16,
}

/// Checks how a result moves with the start of its data. Gives the answer.
///
/// # Errors
/// If settings, data or the strategy do not go together, or the data is too short.
pub(super) fn run(args: &WarmupArgs, global: &Global) -> anyhow::Result<bool> {
    args.check.with_input(global, |input, progress| {
        let mut engine = |input: &RunInput<'_>| run_engine(input, &mut |_| {});
        let found = warmup(input, usize::from(args.starts), &mut engine, &mut |done, total| {
            progress.runs("beginning later", done, total);
        })?;
        progress.clear();
        match args.check.format {
            Format::Json => output::json(&as_json(input, &found)),
            Format::Table => print(input, &found),
        }
        Ok(found.holds())
    })
}

fn print(input: &RunInput<'_>, found: &Warmup) {
    output::heading(&format!("Warm-up: {}", title(input.spec)));
    if !found.features.is_empty() {
        print_features(input, found);
        output::line("");
    }
    print_starts(found);
    output::line("");
    warmup_words(found).iter().for_each(output::line);
}

fn print_features(input: &RunInput<'_>, found: &Warmup) {
    let counts = ["warm after", "remembers", "measured"].map(|name| (name, Align::Right));
    let headings = [("feature", Align::Left), ("bars of", Align::Left)].into_iter().chain(counts);
    let mut table = Table::new(headings.chain([("holds", Align::Left)]));
    for feature in &found.features {
        let name = input.instruments[feature.instrument.index()].name();
        table.row([
            feature.name.clone(),
            format!("{name} {}", feature.interval),
            grouped(feature.warmup as f64, 0),
            bars_or(feature.memory, "everything"),
            bars_or(feature.measured, "never"),
            word(feature.holds).to_string(),
        ]);
    }
    output::table(&table);
}

fn bars_or(bars: Option<usize>, without: &str) -> String {
    bars.map_or_else(|| without.to_string(), |bars| grouped(bars as f64, 0))
}

fn print_starts(found: &Warmup) {
    let headings = [
        ("first bar", Align::Left),
        ("bars left out", Align::Right),
        ("orders", Align::Right),
        ("decided otherwise", Align::Right),
        ("last at", Align::Left),
        ("return", Align::Right),
        ("settles", Align::Left),
    ];
    let mut table = Table::new(headings);
    let percent = |x| written(Some(x), Unit::Percent);
    let orders = grouped(found.orders as f64, 0);
    let (none, base) = (String::new, percent(found.total_return));
    table.row(["the whole".to_string(), "0".to_string(), orders, none(), none(), base, none()]);
    for start in &found.starts {
        table.row([
            start.first.to_string(),
            grouped(start.skipped as f64, 0),
            grouped(start.orders as f64, 0),
            grouped(start.differing as f64, 0),
            start.last_differing.map_or("-".to_string(), |ts| ts.to_string()),
            percent(start.total_return),
            word(found.settles(start)).to_string(),
        ]);
    }
    output::table(&table);
    output::line(format_args!(
        "orders, decisions and returns after {}, when every start has seen {} bars",
        found.common,
        grouped(found.step as f64, 0)
    ));
}

fn as_json(input: &RunInput<'_>, found: &Warmup) -> Value {
    let feature = |feature: &FeatureWarmup| {
        json!({
            "name": feature.name,
            "instrument": input.instruments[feature.instrument.index()].name(),
            "interval": feature.interval.to_string(),
            "warmup": feature.warmup,
            "memory": feature.memory,
            "measured": feature.measured,
            "holds": feature.holds,
        })
    };
    let start = |start: &LateStart| {
        json!({
            "first": start.first.to_string(),
            "skipped": start.skipped,
            "orders": start.orders,
            "differing": start.differing,
            "last_differing": start.last_differing.map(|ts| ts.to_string()),
            "total_return": start.total_return,
            "settles": found.settles(start),
        })
    };
    json!({
        "check": "warmup",
        "run": title(input.spec),
        "answer": found.holds(),
        "verdict": warmup_words(found).join(" "),
        "step": found.step,
        "common": found.common.to_string(),
        "settled_by": found.settled_by.to_string(),
        "orders": found.orders,
        "total_return": found.total_return,
        "features": found.features.iter().map(feature).collect::<Vec<_>>(),
        "starts": found.starts.iter().map(start).collect::<Vec<_>>(),
    })
}
