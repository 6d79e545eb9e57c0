//! `workbench model list`: every version of every model in a line.

use std::process::ExitCode;

use clap::Args;

use super::show::as_json;
use crate::models::ModelLibrary;
use crate::output::{self, Align, Format, Table};

/// Arguments of `workbench model list`.
#[derive(Args, Debug)]
pub(crate) struct ListArgs {
    /// How to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

/// Lists the models.
///
/// # Errors
/// If the store cannot be read.
pub(super) fn run(args: &ListArgs, library: &ModelLibrary) -> anyhow::Result<ExitCode> {
    let listed = library.store.list()?;
    if args.format == Format::Json {
        let rows = listed.iter().map(|listing| {
            let mut row = as_json(&listing.card);
            row["in_use"] = listing.in_use.into();
            row
        });
        output::json(&rows.collect());
        return Ok(ExitCode::SUCCESS);
    }
    if listed.is_empty() {
        output::note("no models yet: `workbench model add` keeps one");
        return Ok(ExitCode::SUCCESS);
    }
    let headings = ["model", "in use", "inputs", "gives", "runs in"].map(|name| (name, Align::Left));
    let mut table = Table::new(headings);
    for listing in &listed {
        let card = &listing.card;
        table.row([
            card.reference(),
            if listing.in_use { "yes" } else { "" }.to_string(),
            card.input.features.join(" "),
            format!("{} of {}", card.output.meaning, card.output.names.join(", ")),
            card.runtime.clone(),
        ]);
    }
    output::table(&table);
    Ok(ExitCode::SUCCESS)
}
