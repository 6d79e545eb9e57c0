//! Yahoo Finance's daily CSV: session dates, prices adjusted for splits, and an `Adj Close` that is adjusted for
//! dividends too.

use crate::head::{Head, Physical};
use crate::header;

use super::Facts;

const NAMES: [&str; 7] = ["Date", "Open", "High", "Low", "Close", "Adj Close", "Volume"];

/// The layout, if the file has a column of adjusted closes.
pub(crate) fn facts(head: &Head) -> Option<Facts> {
    let fits = matches!(head.physical, Physical::Text(_))
        && head.names.as_ref().is_some_and(|names| header::has_adj_close(names));
    fits.then(|| Facts { stamps_open: true, ..Facts::named("yahoo") })
}

/// The layout, if the header is the very one that Yahoo writes.
pub(crate) fn named_facts(head: &Head) -> Option<Facts> {
    let names = head.names.as_ref()?;
    names.iter().map(String::as_str).eq(NAMES).then(|| facts(head)).flatten()
}
