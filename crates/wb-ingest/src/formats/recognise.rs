//! Tells which layout a file has.

use wb_core::InstrumentKind;

use super::{binance, freqtrade, lean, yahoo};
use crate::IngestError;
use crate::columns::Roles;
use crate::decompress::Source;
use crate::head::{Head, Physical};
use crate::request::Format;
use crate::timestamps::TimeFormat;

/// What a layout says by itself. What it does not say is taken from the header, the data or the request.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Facts {
    /// The name of the layout, for reports.
    pub(crate) format: &'static str,
    /// Which column is what.
    pub(crate) roles: Option<Roles>,
    /// How times are written.
    pub(crate) time: Option<TimeFormat>,
    /// Whether the layout stamps bars at their open, rather than leaving it unsaid.
    pub(crate) stamps_open: bool,
    /// Zone of the times.
    pub(crate) zone: Option<&'static str>,
    /// What prices are multiplied by in the file.
    pub(crate) price_divisor: Option<f64>,
    /// Kind of contract.
    pub(crate) kind: Option<InstrumentKind>,
    /// Currency of settlement.
    pub(crate) currency: Option<&'static str>,
    /// Whether the venue never closes.
    pub(crate) always_open: bool,
}

impl Facts {
    /// A layout that says nothing by itself.
    pub(crate) fn named(format: &'static str) -> Facts {
        Facts {
            format,
            roles: None,
            time: None,
            stamps_open: false,
            zone: None,
            price_divisor: None,
            kind: None,
            currency: None,
            always_open: false,
        }
    }
}

/// What is known of the file, under the format that was asked for or the one that it has.
pub(crate) fn recognise(format: Format, source: &Source, head: &Head) -> Result<Facts, IngestError> {
    let refuse = |name: &str, what: String| {
        let hint =
            format!("leave --format away to have the layout found out; {name} files are read as they come");
        Err(IngestError::layout(source.path(), format!("not a {name} file: {what}"), hint))
    };
    match format {
        Format::Csv => Ok(Facts::named(head.physical.name())),
        Format::Binance => match binance::facts(head) {
            Some(facts) => Ok(facts),
            None => refuse("Binance", format!("it has {} columns, not the twelve", head.width())),
        },
        Format::Lean => lean::facts(source, head),
        Format::Freqtrade => match freqtrade::facts(source, head) {
            Some(facts) => Ok(facts),
            None => refuse("freqtrade", "it is not date, open, high, low, close, volume".to_string()),
        },
        Format::Yahoo => match yahoo::facts(head) {
            Some(facts) => Ok(facts),
            None => refuse("Yahoo", "it has no column Adj Close".to_string()),
        },
        Format::Parquet => match head.physical {
            Physical::Parquet | Physical::Feather => Ok(Facts::named(head.physical.name())),
            _ => refuse("Parquet", "it begins with other bytes".to_string()),
        },
        Format::Auto => {
            if lean::looks_like(source, head) {
                return lean::facts(source, head);
            }
            let found = binance::facts(head).or_else(|| yahoo::named_facts(head));
            let found = found.or_else(|| freqtrade::named_facts(source, head));
            Ok(found.unwrap_or_else(|| Facts::named(head.physical.name())))
        }
    }
}
