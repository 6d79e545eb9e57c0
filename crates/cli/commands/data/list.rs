//! `workbench data list`: every series in a line.

use std::process::ExitCode;

use clap::Args;
use serde_json::json;
use wb_catalog::Catalog;

use crate::figures::grouped;
use crate::output::{self, Align, Format, Table};

/// Arguments of `workbench data list`.
#[derive(Args, Debug)]
pub(crate) struct ListArgs {
    /// How to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

/// Prints the series.
///
/// # Errors
/// None at present.
pub(super) fn run(args: &ListArgs, catalog: &Catalog) -> anyhow::Result<ExitCode> {
    let series = catalog.series();
    if args.format == Format::Json {
        let rows = series.iter().map(|info| {
            json!({
                "series": info.key.name(),
                "interval": info.key.interval().to_string(),
                "rows": info.rows,
                "first": info.first.to_string(),
                "last": info.last.to_string(),
                "bytes": info.bytes,
                "audit": info.verdict.name(),
            })
        });
        output::json(&rows.collect());
        return Ok(ExitCode::SUCCESS);
    }
    if series.is_empty() {
        output::note("the catalog is empty: `workbench data import` or `workbench data synth` fills it");
        return Ok(ExitCode::SUCCESS);
    }
    let headings = [("series", Align::Left), ("interval", Align::Left), ("bars", Align::Right)];
    let more = [("first close", Align::Left), ("last close", Align::Left), ("MB", Align::Right)];
    let mut table = Table::new(headings.into_iter().chain(more).chain([("audit", Align::Left)]));
    for info in &series {
        table.row([
            info.key.name(),
            info.key.interval().to_string(),
            grouped(info.rows as f64, 0),
            info.first.to_string(),
            info.last.to_string(),
            format!("{:.1}", info.bytes as f64 / 1e6),
            info.verdict.name().to_string(),
        ]);
    }
    output::table(&table);
    Ok(ExitCode::SUCCESS)
}
