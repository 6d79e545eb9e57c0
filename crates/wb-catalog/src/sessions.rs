//! Infers when a venue trades from the bars it gave, and finds what is missing.
//!
//! What is inferred: a weekday is a trading day if it has data at least half as often as the weekday that has
//! data most often. An interval of the local day belongs to a weekday's session if at least half of its days
//! with data have a bar there. Up to five trading days in a row without any bar are taken as holidays, more are
//! a gap. An early close is a gap: nothing in the data tells it from lost bars.

use wb_core::{Calendar, Interval, Span, Ts, UtcOffsets};

use crate::audit::{IssueKind, Place};
use crate::auditor::{Findings, last_day};

/// More trading days than these in a row without data are a gap. The longest closures of stock exchanges on
/// record since 1933 were shorter, as are the holiday weeks of the Chinese calendar.
const LONGEST_HOLIDAY: i64 = 5;

const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// The times of all bars so far, as runs of neighbours.
#[derive(Debug)]
pub(crate) struct SessionLog {
    span: Span,
    /// Intervals a day: one for daily bars.
    slots: usize,
    /// Calendar days a bar covers: one within the day.
    days_per_bar: i64,
    calendar: Calendar,
    runs: Vec<Run>,
}

/// Bars of one local day without a hole between them.
#[derive(Clone, Copy, Debug)]
struct Run {
    /// Days since the epoch, local.
    day: i64,
    /// Intervals of the day, first and last.
    first: u32,
    last: u32,
    /// The source row of the first bar.
    row: u64,
}

/// When a weekday trades.
#[derive(Clone, PartialEq, Debug, Default)]
struct Session {
    /// For each interval of the day whether it belongs to the session.
    open: Vec<bool>,
}

impl SessionLog {
    pub(crate) fn new(interval: Interval, calendar: Calendar) -> SessionLog {
        let (span, slots, days_per_bar) = match interval {
            Interval::Days(n) => (Span::DAY, 1, i64::from(n)),
            other => (other.span(), (Span::DAY.0 as u64).div_ceil(other.span().0 as u64) as usize, 1),
        };
        SessionLog { span, slots, days_per_bar, calendar, runs: Vec::new() }
    }

    /// The local day of a bar that ends at `ts`.
    pub(crate) fn day(&self, ts: Ts) -> i64 {
        last_day(&self.calendar.zone, ts)
    }

    /// Notes a bar that ends at `ts`; they come in time order.
    pub(crate) fn note(&mut self, ts: Ts, row: u64) {
        let day = self.day(ts);
        let inside = ts - Span(1);
        let slot = if self.slots == 1 {
            0
        } else {
            ((inside + self.calendar.zone.at(inside)).time_of_day().0 / self.span.0) as u32
        };
        match self.runs.last_mut() {
            // Where the clock is set back, the hour that comes twice is seen once.
            Some(run) if run.day == day && slot <= run.last => {}
            Some(run) if run.day == day && slot == run.last + 1 => run.last = slot,
            _ => self.runs.push(Run { day, first: slot, last: slot, row }),
        }
    }

    /// Adds the gaps to the findings. Returns how many bars are missing, and the sessions in words.
    pub(crate) fn finish(self, findings: &mut Findings) -> (u64, String) {
        if self.days_per_bar > 1 {
            return (self.find_missing_spans(findings), format!("one bar in {} days", self.days_per_bar));
        }
        let days: Vec<&[Run]> = self.runs.chunk_by(|a, b| a.day == b.day).collect();
        let sessions = self.infer(&days);
        let (mut missing, mut holidays) = (0, 0);
        for (i, runs) in days.iter().enumerate() {
            let next = days.get(i + 1).map(|next| next[0]);
            // Before the first bar of all and after the last nothing is missing.
            let from = if i == 0 { runs[0].first } else { 0 };
            let until = if next.is_none() { runs[runs.len() - 1].last } else { self.slots as u32 };
            let session = &sessions[weekday(runs[0].day)];
            missing += self.find_inside(runs, session, from..until, next, findings);
            if let Some(next) = next {
                let absent = self.absent_days(runs[0].day, next.day, &sessions);
                if absent.len() as i64 <= LONGEST_HOLIDAY {
                    holidays += absent.len();
                } else {
                    missing += self.add_absence(&absent, &sessions, next.row, findings);
                }
            }
        }
        (missing, self.describe(&sessions, holidays))
    }

    fn infer(&self, days: &[&[Run]]) -> [Session; 7] {
        let mut with_data = [0_u32; 7];
        // How many days have a bar in each interval, as differences from one interval to the next.
        let mut steps = vec![vec![0_i64; self.slots + 1]; 7];
        for runs in days {
            let weekday = weekday(runs[0].day);
            with_data[weekday] += 1;
            for run in *runs {
                steps[weekday][run.first as usize] += 1;
                steps[weekday][run.last as usize + 1] -= 1;
            }
        }
        let most = with_data.into_iter().max().unwrap_or(0);
        std::array::from_fn(|weekday| {
            if with_data[weekday] == 0 || 2 * with_data[weekday] < most {
                return Session::default();
            }
            let mut count = 0;
            let open = steps[weekday][..self.slots].iter().map(|step| {
                count += step;
                2 * count >= i64::from(with_data[weekday])
            });
            Session { open: open.collect() }
        })
    }

    /// Finds the intervals of a session that have no bar within `range` of a day.
    fn find_inside(
        &self,
        runs: &[Run],
        session: &Session,
        range: std::ops::Range<u32>,
        next_day: Option<Run>,
        findings: &mut Findings,
    ) -> u64 {
        let mut missing = 0;
        let mut hole: Option<(u32, u64)> = None;
        let mut later = runs.iter().copied().peekable();
        let mut close = |hole: &mut Option<(u32, u64)>, row: Option<u64>| {
            if let (Some((first, count)), Some(row)) = (hole.take(), row) {
                let ts = self.end_of(runs[0].day, first);
                findings.add(IssueKind::Gap, Place { row, ts, value: count as f64 });
                missing += count;
            }
        };
        for slot in range {
            while later.peek().is_some_and(|run| run.last < slot) {
                later.next();
            }
            match later.peek() {
                Some(run) if run.first <= slot => close(&mut hole, Some(run.row)),
                _ if session.open.get(slot as usize) == Some(&true) => {
                    hole.get_or_insert((slot, 0)).1 += 1;
                }
                _ => {}
            }
        }
        close(&mut hole, later.next().or(next_day).map(|run| run.row));
        missing
    }

    /// Trading days between two days with data.
    fn absent_days(&self, day: i64, next: i64, sessions: &[Session; 7]) -> Vec<i64> {
        (day + 1..next).filter(|day| sessions[weekday(*day)].bars() > 0).collect()
    }

    fn add_absence(&self, absent: &[i64], sessions: &[Session; 7], row: u64, findings: &mut Findings) -> u64 {
        let count: u64 = absent.iter().map(|day| sessions[weekday(*day)].bars()).sum();
        let first = sessions[weekday(absent[0])].open.iter().position(|open| *open).unwrap_or(0);
        let ts = self.end_of(absent[0], first as u32);
        findings.add(IssueKind::Gap, Place { row, ts, value: count as f64 });
        count
    }

    /// Bars of several days: their dates alone say what is missing.
    fn find_missing_spans(&self, findings: &mut Findings) -> u64 {
        let mut missing = 0;
        for pair in self.runs.windows(2) {
            let count = (pair[1].day - pair[0].day) / self.days_per_bar - 1;
            if count > 0 {
                let ts = self.end_of(pair[0].day + self.days_per_bar, 0);
                findings.add(IssueKind::Gap, Place { row: pair[1].row, ts, value: count as f64 });
                missing += count as u64;
            }
        }
        missing
    }

    /// The end of an interval of a local day.
    fn end_of(&self, day: i64, slot: u32) -> Ts {
        let local = Ts(day * Span::DAY.0 + (i64::from(slot) + 1) * self.span.0);
        to_utc(&self.calendar.zone, local)
    }

    /// Which days and hours were taken as the sessions: `Mon-Fri 09:30-16:00 (390 bars)`.
    fn describe(&self, sessions: &[Session; 7], holidays: usize) -> String {
        let mut parts = Vec::new();
        let mut weekday = 0;
        while weekday < 7 {
            let session = &sessions[weekday];
            let alike = sessions[weekday..].iter().take_while(|other| *other == session).count();
            if session.bars() > 0 {
                let last = weekday + alike - 1;
                let days = if alike == 1 {
                    WEEKDAYS[weekday].to_string()
                } else {
                    format!("{}-{}", WEEKDAYS[weekday], WEEKDAYS[last])
                };
                parts.push(format!("{days}{}", self.hours(session)));
            }
            weekday += alike;
        }
        format!(
            "inferred from the data: {}; {} time; {holidays} such days without any bar taken as holidays",
            parts.join(", "),
            self.calendar.zone_name
        )
    }

    fn hours(&self, session: &Session) -> String {
        let first = session.open.iter().position(|open| *open);
        let last = session.open.iter().rposition(|open| *open);
        let (Some(first), Some(last), true) = (first, last, self.slots > 1) else {
            return String::new();
        };
        let clock = |slot: usize| {
            let seconds = slot as i64 * self.span.0 / 1_000_000_000;
            format!("{:02}:{:02}", seconds / 3600, seconds / 60 % 60)
        };
        format!(" {}-{} ({} bars)", clock(first), clock(last + 1), session.bars())
    }
}

impl Session {
    fn bars(&self) -> u64 {
        self.open.iter().filter(|open| **open).count() as u64
    }
}

/// 0 for Monday, of a day since the epoch (a Thursday).
fn weekday(day: i64) -> usize {
    (day + 3).rem_euclid(7) as usize
}

/// The instant at which clocks of the zone first show `local`.
fn to_utc(zone: &UtcOffsets, local: Ts) -> Ts {
    // The offset in force is that of an instant at most one day away.
    let guess = local - zone.at(local);
    local - zone.at(guess)
}
