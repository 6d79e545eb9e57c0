//! `workbench model show`: the card of a model.

use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};
use wb_store::Card;

use crate::models::ModelLibrary;
use crate::output::{self, Align, Format, Table};

/// Arguments of `workbench model show`.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  workbench model show alpha@1")]
pub(crate) struct ShowArgs {
    /// A model: its name, or name@version
    model: String,
    /// How to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

/// Shows a card.
///
/// # Errors
/// If there is no such model, or its card is damaged.
pub(super) fn run(args: &ShowArgs, library: &ModelLibrary) -> anyhow::Result<ExitCode> {
    print(&library.store.card(&args.model)?, args.format);
    Ok(ExitCode::SUCCESS)
}

/// Prints a card.
pub(super) fn print(card: &Card, format: Format) {
    if format == Format::Json {
        return output::json(&as_json(card));
    }
    output::heading(&card.reference());
    let mut table = Table::new([("", Align::Left), ("", Align::Left)]);
    for (number, feature) in card.input.features.iter().enumerate() {
        table.row([format!("input {}", number + 1), feature.clone()]);
    }
    table.row(["trained on bars of", card.input.interval.as_deref().unwrap_or("any length")]);
    table.row(["trained on", card.trained_on.as_deref().unwrap_or("unknown data")]);
    table.row(["gives".to_string(), format!("{} of {}", card.output.meaning, card.output.names.join(", "))]);
    table.row(["runs in", &card.runtime]);
    table.row(["file", &card.blob.to_string()]);
    table.row(["content", &card.hash().to_string()]);
    output::table(&table);
}

/// A card as JSON.
pub(super) fn as_json(card: &Card) -> Value {
    json!({
        "name": card.name,
        "version": card.version,
        "inputs": card.input.features,
        "interval": card.input.interval,
        "trained_on": card.trained_on,
        "meaning": card.output.meaning,
        "outputs": card.output.names,
        "runtime": card.runtime,
        "file": card.blob.to_string(),
        "content": card.hash().to_string(),
    })
}
