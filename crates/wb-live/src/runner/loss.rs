//! The most that may be lost in a day.

use wb_core::{Span, Ts};

/// Watches what is lost in each day of UTC.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DailyLoss {
    day: i64,
    first: f64,
}

impl Default for DailyLoss {
    fn default() -> DailyLoss {
        DailyLoss { day: i64::MIN, first: f64::NAN }
    }
}

impl DailyLoss {
    /// Takes the equity now; the share of the day's first that has been lost, if that is above the limit.
    #[inline]
    pub(crate) fn on_equity(&mut self, now: Ts, equity: f64, limit: Option<f64>) -> Option<f64> {
        let day = now.0.div_euclid(Span::DAY.0);
        if day != self.day {
            (self.day, self.first) = (day, equity);
        }
        let lost = (self.first - equity) / self.first;
        limit.filter(|limit| lost > *limit).map(|_| lost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loss_counts_from_the_first_equity_of_its_day() {
        let mut loss = DailyLoss::default();
        let limit = Some(0.1);
        let at = |day: i64, hour: i64| Ts(day * Span::DAY.0 + hour * 3_600_000_000_000);
        assert_eq!(loss.on_equity(at(1, 0), 100.0, limit), None);
        assert_eq!(loss.on_equity(at(1, 5), 91.0, limit), None);
        assert_eq!(loss.on_equity(at(1, 6), 89.0, limit).map(|lost| (lost * 100.0).round()), Some(11.0));
        assert_eq!(loss.on_equity(at(2, 0), 89.0, limit), None, "a new day");
        assert_eq!(loss.on_equity(at(2, 1), 82.0, limit), None);
        assert!(loss.on_equity(at(2, 1), 79.0, limit).is_some());
        assert_eq!(loss.on_equity(at(2, 2), -5.0, None), None, "nothing is asked for");
    }
}
