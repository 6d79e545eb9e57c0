//! Yahoo Finance's daily CSV: session dates, prices adjusted for splits, and an `Adj Close` that is adjusted for
//! dividends too.

use crate::head::{Head, Physical};
use crate::header;

use super::Facts;

/// The layout, if the file has it.
pub(crate) fn facts(head: &Head) -> Option<Facts> {
    let fits = matches!(head.physical, Physical::Text(_))
        && head.names.as_ref().is_some_and(|names| header::has_adj_close(names));
    fits.then(|| Facts { stamps_open: true, ..Facts::named("yahoo") })
}
