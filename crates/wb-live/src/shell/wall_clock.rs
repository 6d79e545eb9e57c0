//! The machine's clock: the one place that asks for the time.

use wb_core::Ts;

/// What the machine's clock shows.
///
/// # Panics
/// If it shows a time before 1970 or after 2262.
#[expect(clippy::disallowed_types, reason = "this is the edge: everything else is told the time")]
pub fn wall_clock() -> Ts {
    use std::time::{SystemTime, UNIX_EPOCH};
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is set");
    Ts(i64::try_from(since.as_nanos()).expect("the clock is set"))
}
