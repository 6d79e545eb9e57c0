//! How a series is cut into files.

use wb_core::{CivilDate, Interval, Span, Ts};

/// A stretch of time whose bars share a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Partition {
    /// The file's name without its ending; names sort in time order.
    pub(crate) name: String,
    /// The latest end of a bar that belongs to it.
    pub(crate) last: Ts,
}

impl Partition {
    /// The partition of a bar that ends at `ts`.
    ///
    /// Bars below an hour are cut by month, longer ones by year, those of a day and more not at all: so a file
    /// has some thousand to some ten thousand rows. Months are those of UTC. A bar belongs where its interval
    /// lies: one that ends at midnight belongs to the day before.
    pub(crate) fn of(interval: Interval, ts: Ts) -> Partition {
        let date = (ts - Span(1)).date();
        let (name, next) = match interval {
            Interval::Days(_) => return Partition { name: "all".to_string(), last: Ts::MAX },
            Interval::Minutes(n) if n >= 60 => {
                (format!("{:04}", date.year), CivilDate { year: date.year + 1, month: 1, day: 1 })
            }
            _ => {
                let carry = i32::from(date.month == 12);
                let next = CivilDate { year: date.year + carry, month: date.month % 12 + 1, day: 1 };
                (format!("{:04}-{:02}", date.year, date.month), next)
            }
        };
        // The year 2262 ends after the last instant that can be written.
        let ns = i128::from(next.days_since_epoch()) * i128::from(Span::DAY.0);
        Partition { name, last: i64::try_from(ns).map_or(Ts::MAX, Ts) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(interval: &str, ts: &str, name: &str, last: &str) {
        let interval = Interval::parse(interval).expect("an interval");
        let partition = Partition::of(interval, Ts::parse(ts).expect("a time"));
        assert_eq!((partition.name.as_str(), partition.last), (name, Ts::parse(last).expect("a time")));
    }

    #[test]
    fn a_bar_belongs_to_the_month_or_year_in_which_it_lies() {
        check("1m", "2023-08-31T23:59", "2023-08", "2023-09-01");
        check("1m", "2023-09-01T00:00", "2023-08", "2023-09-01");
        check("1m", "2023-09-01T00:01", "2023-09", "2023-10-01");
        check("1s", "2024-01-01T00:00", "2023-12", "2024-01-01");
        check("1m", "1969-12-31T12:00", "1969-12", "1970-01-01");
        check("1h", "2024-01-01T00:00", "2023", "2024-01-01");
        check("4h", "2024-01-01T04:00", "2024", "2025-01-01");
        let day = Partition::of(Interval::Days(1), Ts(0));
        assert_eq!(day, Partition { name: "all".into(), last: Ts::MAX });
        assert_eq!(Partition::of(Interval::Minutes(1), Ts::MAX).last, Ts::MAX);
    }
}
