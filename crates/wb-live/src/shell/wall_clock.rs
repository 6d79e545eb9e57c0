//! The machine's clock: the one place that asks for the time.

use std::time::{SystemTime, UNIX_EPOCH};

use wb_core::Ts;

/// What the machine's clock shows.
///
/// # Panics
/// If it shows a time before 1970 or after 2262.
pub fn wall_clock() -> Ts {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is set");
    Ts(i64::try_from(since.as_nanos()).expect("the clock is set"))
}
