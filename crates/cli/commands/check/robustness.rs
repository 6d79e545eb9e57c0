//! `workbench check robustness`: does the result survive small changes of what could as well have been otherwise?

use clap::Args;
use serde_json::{Map, Value, json};
use wb_engine::checks::{Aspect, Headline, Robustness, RobustnessConfig, Variant, robustness};
use wb_engine::{RunInput, run as run_engine};
use wb_metrics::Unit;

use super::{CheckArgs, Global, word};
use crate::error::explain;
use crate::figures::written;
use crate::output::{self, Align, Format, Table};
use crate::page::title;

/// Arguments of `workbench check robustness`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  workbench check robustness
  workbench check robustness config/runs/rsi-reversion.toml --noise-bps 2 --noise-runs 20

Tried one at a time: each number among the parameters a step and a tenth away, fees and slippage doubled, fills a bar
later, prices with noise, the data begun later or ended earlier. A variant holds if it earns and keeps half of the
Sharpe ratio. The answer is yes if three quarters of the variants of each kind hold.

Fills come a bar later by a latency of one bar: over a pause of the market that is longer than a bar, such as a weekend
of daily bars, an order still trades at the same open.")]
pub(crate) struct RobustnessArgs {
    #[command(flatten)]
    check: CheckArgs,
    /// Standard deviation of the noise on each price, basis points
    #[arg(long, default_value_t = 5.0, value_name = "BPS", value_parser = noise_bps, allow_negative_numbers = true)]
    noise_bps: f64,
    /// Markets with noise
    #[arg(long, default_value_t = 5, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    noise_runs: u16,
    /// Seed of the noise
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
}

fn noise_bps(text: &str) -> Result<f64, String> {
    let within = |bps: &f64| (0.0..=1_000.0).contains(bps) && *bps > 0.0;
    text.parse().ok().filter(within).ok_or_else(|| "a number above 0, at most 1000".to_string())
}

/// Checks whether a result is robust. Gives the answer.
///
/// # Errors
/// If settings, data or the strategy do not go together.
pub(super) fn run(args: &RobustnessArgs, global: &Global) -> anyhow::Result<bool> {
    args.check.with_input(global, |input, progress| {
        let config = RobustnessConfig {
            noise_bps: args.noise_bps,
            noise_runs: usize::from(args.noise_runs),
            seed: args.seed,
        };
        let mut engine = |input: &RunInput<'_>| run_engine(input, &mut |_| {});
        let found = robustness(input, config, &mut engine, &mut |done, total| {
            progress.runs("changing one thing at a time", done, total);
        })?;
        progress.clear();
        match args.check.format {
            Format::Json => output::json(&as_json(input, args, &found)),
            Format::Table => print(input, args, &found),
        }
        Ok(found.holds())
    })
}

const COLUMNS: [(&str, Unit); 4] = [
    ("total return", Unit::Percent),
    ("sharpe", Unit::Ratio),
    ("max drawdown", Unit::Percent),
    ("trades", Unit::Count),
];

fn print(input: &RunInput<'_>, args: &RobustnessArgs, found: &Robustness) {
    output::heading(&format!("Robustness: {}", title(input.spec)));
    let figures = COLUMNS.map(|(name, _)| (name, Align::Right));
    let headings = [("", Align::Left)].into_iter().chain(figures).chain([("holds", Align::Left)]);
    let mut table = Table::new(headings);
    let row = |name: &str, figures: &Headline, holds: &str| {
        let cells = values(figures).into_iter().zip(COLUMNS).map(|(x, (_, unit))| written(x, unit));
        [name.to_string()].into_iter().chain(cells).chain([holds.to_string()]).collect::<Vec<_>>()
    };
    table.row(row("as it is", &found.base, ""));
    for aspect in Aspect::ALL {
        table.heading(heading(aspect));
        for variant in found.variants.iter().filter(|variant| variant.aspect == aspect) {
            match &variant.figures {
                Ok(figures) => table.row(row(&variant.name, figures, word(found.keeps(variant)))),
                Err(_) => {
                    let nothing =
                        Headline { total_return: None, sharpe: None, max_drawdown: None, trades: None };
                    table.row(row(&variant.name, &nothing, "cannot be run"));
                }
            }
        }
    }
    output::table(&table);
    output::line("");
    for aspect in Aspect::ALL {
        output::line(format_args!("{}: {}", heading(aspect), aspect_sentence(found, aspect)));
    }
    output::line(sentence(args, found));
    for (variant, why) in failures(found) {
        output::warning(format_args!("{}: {why}", variant.name));
    }
}

/// The variants that could not be run, and why.
fn failures(found: &Robustness) -> impl Iterator<Item = (&Variant, String)> {
    let failed = |variant: &&Variant| variant.figures.is_err();
    found.variants.iter().filter(failed).map(|variant| {
        let error = variant.figures.clone().expect_err("only those that failed");
        (variant, explain(&error.into()).message)
    })
}

const fn heading(aspect: Aspect) -> &'static str {
    match aspect {
        Aspect::Parameters => "Parameters",
        Aspect::Costs => "Costs",
        Aspect::Delay => "Fills a bar later",
        Aspect::Noise => "Noise",
        Aspect::Range => "Start and end",
    }
}

fn aspect_sentence(found: &Robustness, aspect: Aspect) -> String {
    let (held, all) = found.count(aspect);
    match all {
        0 if aspect == Aspect::Costs => "nothing is charged, so there is nothing to double.".to_string(),
        0 => "there is nothing to change.".to_string(),
        _ if found.survives(aspect) => format!("{held} of {all} hold."),
        _ => format!("only {held} of {all} hold."),
    }
}

fn sentence(args: &RobustnessArgs, found: &Robustness) -> String {
    if !found.earns() {
        return "Not robust: as it is it earns nothing that could be kept.".to_string();
    }
    let broken: Vec<String> = Aspect::ALL
        .into_iter()
        .filter(|aspect| !found.survives(*aspect))
        .map(|aspect| heading(aspect).to_lowercase())
        .collect();
    let rule = format!(
        "a variant holds if it earns and keeps {:.0} % of the Sharpe ratio, {:.0} % of each kind must (seed {})",
        100.0 * Robustness::KEPT_SHARPE,
        100.0 * Robustness::HOLDING,
        args.seed
    );
    if broken.is_empty() {
        format!("Robust: {rule}.")
    } else {
        format!("Fragile: {}: {rule}.", broken.join(", "))
    }
}

fn values(figures: &Headline) -> [Option<f64>; 4] {
    [figures.total_return, figures.sharpe, figures.max_drawdown, figures.trades]
}

fn figures_json(figures: &Headline) -> Map<String, Value> {
    let keys = ["total_return", "sharpe", "max_drawdown", "trades"];
    keys.into_iter().zip(values(figures)).map(|(key, x)| (key.to_string(), x.into())).collect()
}

fn as_json(input: &RunInput<'_>, args: &RobustnessArgs, found: &Robustness) -> Value {
    let variant = |variant: &Variant| {
        json!({
            "aspect": heading(variant.aspect),
            "name": variant.name,
            "figures": variant.figures.as_ref().ok().map(figures_json),
            "error": variant.figures.as_ref().err().map(ToString::to_string),
            "holds": found.keeps(variant),
        })
    };
    json!({
        "check": "robustness",
        "run": title(input.spec),
        "answer": found.holds(),
        "verdict": sentence(args, found),
        "kept_sharpe": Robustness::KEPT_SHARPE,
        "holding": Robustness::HOLDING,
        "seed": args.seed,
        "noise_bps": args.noise_bps,
        "base": figures_json(&found.base),
        "variants": found.variants.iter().map(variant).collect::<Vec<_>>(),
    })
}
