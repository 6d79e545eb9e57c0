//! The parts of the page that are words and tables.

mod costs;
mod drawdowns;
mod headline;
mod overview;
mod provenance;
mod returns_table;
mod trades_table;

pub(crate) use costs::{costs, orders};
pub(crate) use drawdowns::drawdowns;
pub(crate) use headline::{headline, period, summary};
pub(crate) use overview::all_figures;
pub(crate) use provenance::{parameters, provenance};
pub(crate) use returns_table::returns_table;
pub(crate) use trades_table::trades_table;
