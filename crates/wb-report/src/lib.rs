//! Results in, HTML text out: the reports of a run, a live session, a sweep and a walk-forward, each one self-contained
//! page.
//!
//! Pure: no file is written here. The page opens offline, prints, follows the reader's light or dark theme, and loads
//! nothing. Static figures are SVG by plotters, drawn once for a wide page and once for a phone; the price chart, the map
//! of two parameters, the parallel coordinates, the read-out under the equity curve, the sorting of tables and the switch
//! of themes are scripts in `src/script/`, which read data that is packed into the page. Everything that comes from data is escaped.
//!
//! The same results give the same bytes.

mod document;
mod downsample;
mod figures;
mod html;
mod json;
mod number;
mod packed;
mod palette;
mod plot;
mod price;
mod run_page;
mod sections;
mod session;
mod session_dates;
mod sweep;
mod ticks;
mod walk_forward;
mod warnings;

pub use document::Link;
pub use price::{FeatureColumn, PriceSeries};
pub use run_page::{RunPage, run_page};
pub use session::{Comparisons, Drift, SessionNotice, SessionPage, StageSamples, session_page};
pub use sweep::{
    Goal, InAndOut, Logits, Luck, Objective, StoredRun, SweepPage, SweepParameter, Threshold, TrialFigure,
    TrialStatus, Trials, sweep_page,
};
pub use walk_forward::{Efficiency, WalkForwardPage, Window, walk_forward_page};
pub use warnings::{Warning, warnings};
