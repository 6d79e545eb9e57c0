//! freqtrade's feather and JSON: date, open, high, low, close, volume, stamped at the open in UTC.

use wb_core::InstrumentKind;

use crate::columns::Roles;
use crate::decompress::Source;
use crate::head::{Head, Physical};

use super::Facts;

const NAMES: [&str; 6] = ["date", "open", "high", "low", "close", "volume"];

/// The layout, if the file has it: feather with its names, or JSON arrays of six, which have none.
pub(crate) fn facts(source: &Source, head: &Head) -> Option<Facts> {
    let arrays = head.physical == Physical::Json && head.names.is_none() && head.width() == NAMES.len();
    named_facts(source, head).or_else(|| arrays.then(|| described(source)))
}

/// The layout, if the file shows by its names that it has it.
pub(crate) fn named_facts(source: &Source, head: &Head) -> Option<Facts> {
    let named = head.names.as_ref().is_some_and(|names| names.iter().map(String::as_str).eq(NAMES));
    (named && head.physical == Physical::Feather).then(|| described(source))
}

fn described(source: &Source) -> Facts {
    let futures = source.file_name().contains("-futures") || source.file_name().contains("-mark");
    Facts {
        roles: Some(Roles::in_order(NAMES.len())),
        stamps_open: true,
        zone: Some("UTC"),
        kind: futures.then_some(InstrumentKind::Perpetual),
        always_open: true,
        ..Facts::named("freqtrade")
    }
}
