//! `workbench check lookahead`: does anything a strategy did depend on what came later?

use clap::Args;
use serde_json::{Value, json};
use wb_engine::checks::{Change, Future, Lookahead, LookaheadConfig, Rerun, lookahead};
use wb_engine::{RunInput, run as run_engine};
use wb_metrics::OrderRecord;

use super::{CheckArgs, Global};
use crate::check_words::{is_honest, lookahead_words, points};
use crate::figures::grouped;
use crate::order_words::request_words;
use crate::output::{self, Align, Format, Table};
use crate::page::title;

/// Arguments of `workbench check lookahead`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  workbench check lookahead
  workbench check lookahead config/runs/pairs.toml --points 50

The run is repeated on data that ends at a point, and on data that is a random walk with other volumes from that point
on. What was commanded up to the point must stay as it was. The time grows in line with the number of points.")]
pub(crate) struct LookaheadArgs {
    #[command(flatten)]
    check: CheckArgs,
    /// Points at which the future is changed; half of them lie where orders were submitted
    #[arg(long, default_value_t = LookaheadConfig::default().points as u16, value_name = "N",
          value_parser = clap::value_parser!(u16).range(1..))]
    points: u16,
    /// Seed of the random walks
    #[arg(long, default_value_t = LookaheadConfig::default().seed, value_name = "N")]
    seed: u64,
}

/// Checks a strategy for lookahead. Gives the answer.
///
/// # Errors
/// If settings, data or the strategy do not go together.
pub(super) fn run(args: &LookaheadArgs, global: &Global) -> anyhow::Result<bool> {
    args.check.with_input(global, |input, progress| {
        let config = LookaheadConfig { points: usize::from(args.points), seed: args.seed };
        let mut engine = |input: &RunInput<'_>| run_engine(input, &mut |_| {});
        let found = lookahead(input, config, &mut engine, &mut |done, total| {
            progress.runs("changing the future", done, total);
        })?;
        progress.clear();
        match args.check.format {
            Format::Json => output::json(&as_json(input, args, &found)),
            Format::Table => print(input, args, &found),
        }
        Ok(is_honest(&found))
    })
}

fn print(input: &RunInput<'_>, args: &LookaheadArgs, found: &Lookahead) {
    output::heading(&format!("Lookahead: {}", title(input.spec)));
    let headings = [
        ("point", Align::Left),
        ("orders until then", Align::Right),
        ("data ends", Align::Left),
        ("other future", Align::Left),
    ];
    let mut table = Table::new(headings);
    for point in points(found) {
        let word = |future| point.iter().find(|rerun| rerun.future == future).map_or("-".into(), verdict);
        let compared = grouped(point[0].compared as f64, 0);
        let cells = [point[0].point.to_string(), compared, word(Future::Truncated), word(Future::Altered)];
        table.row(cells);
    }
    output::table(&table);
    output::line("");
    if !found.holds() {
        print_changes(input, found);
    }
    output::line(lookahead_words(args.seed, found));
}

fn verdict(rerun: &Rerun) -> String {
    match rerun.changed {
        0 => "same".to_string(),
        changed => format!("{} changed", grouped(changed as f64, 0)),
    }
}

fn print_changes(input: &RunInput<'_>, found: &Lookahead) {
    let names = ["command at", "bar", "as it was", "with another future", "future changed after"];
    let mut table = Table::new(names.map(|name| (name, Align::Left)));
    for rerun in &found.reruns {
        for change in &rerun.first {
            table.row([
                change.ts.to_string(),
                bar_words(input, change),
                order_words(input, change.before.as_ref()),
                order_words(input, change.after.as_ref()),
                format!("{}, {}", rerun.point, future_word(rerun.future)),
            ]);
        }
    }
    output::table(&table);
    output::line(format_args!("at most {} commands of each run are shown", Rerun::SHOWN));
    output::line("");
}

const fn future_word(future: Future) -> &'static str {
    match future {
        Future::Truncated => "data ends",
        Future::Altered => "other future",
    }
}

/// `sample:SP500 row 57, close 1282.8`
fn bar_words(input: &RunInput<'_>, change: &Change) -> String {
    let name = input.instruments[change.instrument.index()].name();
    match change.bar {
        Some((row, ts, bar)) if ts == change.ts => format!("{name} row {row}, close {}", bar.close),
        Some((row, ts, bar)) => format!("{name} row {row} of {ts}, close {}", bar.close),
        None => format!("{name} before its first"),
    }
}

/// `buy 95.2 limit 101.5, filled`
fn order_words(input: &RunInput<'_>, order: Option<&OrderRecord>) -> String {
    let Some(order) = order else { return "nothing".to_string() };
    format!("{}, {}", request_words(&input.instruments, &order.request), order.state.name())
}

fn as_json(input: &RunInput<'_>, args: &LookaheadArgs, found: &Lookahead) -> Value {
    let change = |change: &Change| {
        json!({
            "ts": change.ts.to_string(),
            "instrument": input.instruments[change.instrument.index()].name(),
            "row": change.bar.map(|(row, ..)| row),
            "bar": change.bar.map(|(_, ts, _)| ts.to_string()),
            "before": change.before.as_ref().map(|order| order_words(input, Some(order))),
            "after": change.after.as_ref().map(|order| order_words(input, Some(order))),
        })
    };
    let rerun = |rerun: &Rerun| {
        json!({
            "point": rerun.point.to_string(),
            "future": match rerun.future { Future::Truncated => "truncated", Future::Altered => "altered" },
            "compared": rerun.compared,
            "changed": rerun.changed,
            "first": rerun.first.iter().map(change).collect::<Vec<_>>(),
        })
    };
    json!({
        "check": "lookahead",
        "run": title(input.spec),
        "answer": is_honest(found),
        "verdict": lookahead_words(args.seed, found),
        "seed": args.seed,
        "orders": found.orders,
        "reruns": found.reruns.iter().map(rerun).collect::<Vec<_>>(),
    })
}
