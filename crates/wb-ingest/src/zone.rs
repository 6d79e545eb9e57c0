//! Named time zones as offsets, and local times as instants.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use wb_core::{CivilDate, Span, Ts, UtcOffsets};

use crate::IngestError;

/// First and last year of the offsets that are written out.
const YEARS: (i32, i32) = (1900, 2100);

/// The offsets of a zone of the IANA time zone database (`America/New_York`, `UTC`), from 1900 to 2100 after
/// the rules known to the database that is compiled in. Before 1900 the first offset holds.
///
/// # Errors
/// [`IngestError::Request`] where the database has no zone of this name.
pub fn utc_offsets(zone_name: &str) -> Result<UtcOffsets, IngestError> {
    let zone = TimeZone::get(zone_name).map_err(|_| IngestError::Request {
        what: format!("unknown time zone {zone_name:?}"),
        hint: "use a name of the IANA database, such as America/New_York, Europe/Berlin, Etc/GMT+5 (five \
               hours behind UTC) or UTC"
            .to_string(),
    })?;
    let year = |y| Ts::from_date(CivilDate { year: y, month: 1, day: 1 });
    let start = Timestamp::from_nanosecond(i128::from(year(YEARS.0).0)).expect("1900 is in jiff's range");
    let span = |offset: jiff::tz::Offset| Span::from_seconds(i64::from(offset.seconds()));
    let mut steps = vec![(Ts::MIN, span(zone.to_offset(start)))];
    for transition in zone.following(start) {
        let at = Ts::from_seconds(transition.timestamp().as_second());
        if at >= year(YEARS.1) {
            break;
        }
        // Many transitions change only the name of the zone.
        if steps.last().is_some_and(|(_, offset)| *offset != span(transition.offset())) {
            steps.push((at, span(transition.offset())));
        }
    }
    // A zone that never left UTC is the default, whatever its name.
    if steps.len() == 1 && steps[0].1 == Span::ZERO {
        return Ok(UtcOffsets::default());
    }
    Ok(UtcOffsets::new(steps))
}

/// What a local time on a clock that changes can mean.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Instant {
    /// The one instant at which the clock shows it.
    Once(Ts),
    /// The clock shows it twice, when it is turned back.
    Twice(Ts, Ts),
    /// The clock never shows it: it is turned forward past it.
    Never,
}

/// The instants at which a clock of this zone shows `local`, nanoseconds since 1970-01-01T00:00 by that clock.
pub(crate) fn instants(zone: &UtcOffsets, local: i64) -> Instant {
    // No clock is a day ahead or behind, so these are the offsets before and after any change near it.
    let before = Ts(local - zone.at(Ts(local - Span::DAY.0)).0);
    let after = Ts(local - zone.at(Ts(local + Span::DAY.0)).0);
    let shows = |ts: Ts| ts.0 + zone.at(ts).0 == local;
    match (shows(before), shows(after)) {
        (true, true) if before == after => Instant::Once(before),
        (true, true) => Instant::Twice(before.min(after), before.max(after)),
        (true, false) => Instant::Once(before),
        (false, true) => Instant::Once(after),
        (false, false) => Instant::Never,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(zone: &str, local: &str, expected: Instant) {
        let offsets = utc_offsets(zone).expect(zone);
        assert_eq!(instants(&offsets, Ts::parse(local).expect(local).0), expected, "{local} in {zone}");
    }

    fn ts(text: &str) -> Ts {
        Ts::parse(text).expect(text)
    }

    #[test]
    fn a_local_time_is_once_twice_or_never_on_the_clock() {
        let ny = "America/New_York";
        check(ny, "2024-01-15 09:30", Instant::Once(ts("2024-01-15T14:30:00Z")));
        check(ny, "2024-07-15 09:30", Instant::Once(ts("2024-07-15T13:30:00Z")));
        check(ny, "2024-03-10 01:59", Instant::Once(ts("2024-03-10T06:59:00Z")));
        check(ny, "2024-03-10 02:30", Instant::Never);
        check(ny, "2024-03-10 03:00", Instant::Once(ts("2024-03-10T07:00:00Z")));
        let twice = Instant::Twice(ts("2024-11-03T05:30:00Z"), ts("2024-11-03T06:30:00Z"));
        check(ny, "2024-11-03 01:30", twice);
        check(ny, "2024-11-03 02:00", Instant::Once(ts("2024-11-03T07:00:00Z")));
        check("Etc/GMT+5", "2024-07-15 00:00", Instant::Once(ts("2024-07-15T05:00:00Z")));
        check("UTC", "2024-03-10 02:30", Instant::Once(ts("2024-03-10T02:30:00Z")));
    }

    #[test]
    fn rules_reach_back_before_1970_and_forward_past_the_table() {
        // US daylight saving time in 1967 began on the last Sunday of April; the rule of 2007 holds in 2090.
        check("America/New_York", "1967-05-01 12:00", Instant::Once(ts("1967-05-01T16:00:00Z")));
        check("America/New_York", "2090-07-01 12:00", Instant::Once(ts("2090-07-01T16:00:00Z")));
        assert_eq!(utc_offsets("UTC").expect("UTC"), UtcOffsets::default());
    }

    #[test]
    fn an_unknown_zone_is_refused_with_examples() {
        let error = utc_offsets("New York").expect_err("not a zone");
        assert_eq!(error.to_string(), "unknown time zone \"New York\"");
        assert!(error.hint().is_some_and(|hint| hint.contains("America/New_York")));
    }
}
