//! Whether bars are as far apart as their interval says.

use std::path::Path;

use wb_core::{Interval, Span, Ts};

use crate::IngestError;

/// With fewer steps than this it is enough that all are multiples of the interval.
const FEW: usize = 5;

/// The commonest step between rows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Spacing {
    /// The step; in whole days where the interval is.
    pub(crate) step: Span,
    /// How many steps are that long.
    pub(crate) count: usize,
    /// How many steps there are.
    pub(crate) of: usize,
}

/// The commonest step between the ends of neighbouring bars, whichever way the rows run; the shorter of two
/// equally common. `None` where no two rows differ.
///
/// Days are counted as whole days, since the day on which the clock changes is longer or shorter.
pub(crate) fn commonest(interval: Interval, ends: &[Ts]) -> Option<Spacing> {
    let unit = if matches!(interval, Interval::Days(_)) { Span::DAY.0 } else { 1 };
    let mut steps: Vec<i64> = ends
        .windows(2)
        .map(|pair| ((pair[1] - pair[0]).0.abs() + unit / 2) / unit * unit)
        .filter(|step| *step > 0)
        .collect();
    steps.sort_unstable();
    let longest_run = steps.chunk_by(|a, b| a == b).rev().max_by_key(|run| run.len())?;
    Some(Spacing { step: Span(longest_run[0]), count: longest_run.len(), of: steps.len() })
}

/// Refuses a file whose bars have another interval.
///
/// The commonest step must be the interval. Where bars without trades are absent it may be longer, if every step
/// is a multiple of the interval and the interval itself is at least a quarter as common.
pub(crate) fn check(path: &Path, interval: Interval, ends: &[Ts]) -> Result<(), IngestError> {
    let Some(spacing) = commonest(interval, ends) else { return Ok(()) };
    let span = interval.span();
    let steps = || ends.windows(2).map(|pair| (pair[1] - pair[0]).0.abs()).filter(|step| *step > 0);
    let exact = steps().filter(|step| *step == span.0).count();
    let sparse = spacing.step > span
        && steps().all(|step| step % span.0 == 0)
        && (exact * 4 >= spacing.count || spacing.of < FEW);
    if spacing.step == span || sparse {
        return Ok(());
    }
    Err(IngestError::Spacing {
        path: path.to_path_buf(),
        expected: interval,
        found: spacing.step.to_string(),
        count: spacing.count,
        of: spacing.of,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(interval: &str, minutes: &[i64]) -> String {
        let ends: Vec<Ts> = minutes.iter().map(|m| Ts::from_seconds(60 * m)).collect();
        let interval = Interval::parse(interval).expect("an interval");
        match check(Path::new("f.csv"), interval, &ends) {
            Ok(()) => "fits".to_string(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn the_commonest_step_must_be_the_interval() {
        assert_eq!(verdict("1m", &[0, 1, 2, 3, 9, 10, 30, 31]), "fits");
        assert_eq!(verdict("1m", &[31, 30, 10, 9, 3, 2, 1, 0]), "fits");
        assert_eq!(
            verdict("1m", &[0, 5, 10, 15, 20, 25, 31]),
            "f.csv: bars are mostly 5m apart, not 1m (in 5 of 6 steps)"
        );
        assert_eq!(
            verdict("1h", &[0, 1, 2, 3, 4, 5, 6]),
            "f.csv: bars are mostly 1m apart, not 1h (in 6 of 6 steps)"
        );
        // Minutes in which nothing traded are absent.
        assert_eq!(verdict("1m", &[0, 2, 4, 5, 7, 10, 12, 13]), "fits");
        assert_eq!(verdict("1m", &[0, 7, 20]), "fits");
        assert_eq!(verdict("5m", &[0, 1]), "f.csv: bars are mostly 1m apart, not 5m (in 1 of 1 steps)");
        assert_eq!(verdict("1m", &[0]), "fits");
    }

    #[test]
    fn a_day_of_23_hours_is_a_day() {
        let days = [0, 1440, 2880 - 60, 4320 - 60, 5760 - 60, 7200 - 60];
        assert_eq!(verdict("1d", &days), "fits");
    }
}
