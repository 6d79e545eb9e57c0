//! The most that may be lost in a day.

use wb_core::{Span, Ts};

/// Watches what is lost in each day of UTC.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DailyLoss {
    /// The share of the day's first equity that may be lost.
    limit: Option<f64>,
    day: i64,
    first: f64,
}

impl DailyLoss {
    pub(crate) fn new(limit: Option<f64>) -> DailyLoss {
        DailyLoss { limit, day: i64::MIN, first: f64::NAN }
    }

    /// Takes the equity now; what has been lost of the day's first, if that is too much.
    #[inline]
    pub(crate) fn on_equity(&mut self, now: Ts, equity: f64) -> Option<f64> {
        let limit = self.limit?;
        let day = now.0.div_euclid(Span::DAY.0);
        if day != self.day {
            (self.day, self.first) = (day, equity);
        }
        let lost = (self.first - equity) / self.first;
        (lost > limit).then_some(lost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loss_counts_from_the_first_equity_of_its_day() {
        let mut loss = DailyLoss::new(Some(0.1));
        let at = |day: i64, hour: i64| Ts(day * Span::DAY.0 + hour * 3_600_000_000_000);
        assert_eq!(loss.on_equity(at(1, 0), 100.0), None);
        assert_eq!(loss.on_equity(at(1, 5), 91.0), None);
        assert_eq!(loss.on_equity(at(1, 6), 89.0).map(|lost| (lost * 100.0).round()), Some(11.0));
        assert_eq!(loss.on_equity(at(2, 0), 89.0), None, "a new day");
        assert_eq!(loss.on_equity(at(2, 1), 82.0), None);
        assert!(loss.on_equity(at(2, 1), 79.0).is_some());
        assert_eq!(DailyLoss::new(None).on_equity(at(1, 0), -5.0), None);
    }
}
