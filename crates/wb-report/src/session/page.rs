//! The report of a session: one HTML file that needs nothing else.

use crate::html::{escape, put, section};
use crate::run_page::{Extra, draw_dated};

use super::drift::drift;
use super::input::SessionPage;
use super::latency::latency;
use super::reconciliation::reconciliation;
use super::slippage::slippage;

/// The page. The same journal gives the same bytes.
///
/// # Panics
/// If columns that belong together are not equally long.
pub fn session_page(page: &SessionPage<'_>) -> String {
    let mut parts = vec![
        ("slippage", "Slippage", slippage(&page.run.outcome.instruments, page.shortfalls)),
        ("latency", "Latency", latency(page.stages)),
        ("reconciliation", "Reconciliation", reconciliation(page)),
    ];
    if !page.drifts.is_empty() {
        parts.push(("drift", "Drift of models", drift(page.drifts)));
    }
    draw_dated(&page.run, &Extra { top: &waivers(page.waivers), parts: &parts })
}

/// The waived gates, above everything that they make doubtful; nothing where none was waived.
fn waivers(waivers: &[String]) -> String {
    if waivers.is_empty() {
        return String::new();
    }
    let mut items = String::new();
    for waiver in waivers {
        put(&mut items, format_args!("<li>{}</li>\n", escape(waiver)));
    }
    section("waivers", "Deployed with waived gates", &format!("<ul>\n{items}</ul>\n"))
}
