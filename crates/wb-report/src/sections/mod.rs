//! The parts of the page.

mod all_figures;
mod breakdown;
mod costs;
mod drawdowns;
mod equity;
mod headline;
mod provenance;
mod returns;
mod returns_table;
mod trades;
mod trades_table;

pub(crate) use all_figures::all_figures;
pub(crate) use costs::costs_and_orders;
pub(crate) use drawdowns::drawdowns;
pub(crate) use equity::equity;
pub(crate) use headline::{headline, period, summary};
pub(crate) use provenance::{parameters, provenance};
pub(crate) use returns::returns;
pub(crate) use trades::trades;
pub(crate) use trades_table::trades_table;
