//! Looks for what is wrong with bars, block by block.

use wb_core::{BarColumns, Calendar, Grid, Interval, Span, Ts, UtcOffsets};

use crate::audit::{Audit, Issue, IssueKind, MAX_PLACES, Place};
use crate::sessions::SessionLog;

/// A close that moved by more than this since the row before is worth a look.
const LARGE_MOVE: f64 = 0.25;

/// Looks for what is wrong with the bars of one series.
///
/// Blocks may be cut anywhere: what is found does not depend on it. Rows with an error are reported back and
/// then ignored: times and moves are compared with the last good row.
#[derive(Debug)]
pub struct Auditor {
    interval: Interval,
    tick: Option<Grid>,
    findings: Findings,
    rows: u64,
    bad_rows: u64,
    last: Option<(Ts, f64)>,
    largest_move: Option<Place>,
    times: Times,
}

/// What gaps are judged by.
#[derive(Debug)]
enum Times {
    /// Every interval must have its bar; days are those of the zone.
    AlwaysOpen { zone: UtcOffsets, missing: u64 },
    /// Sessions are inferred once all times are known.
    Sessions(SessionLog),
}

/// What was found so far, by kind.
#[derive(Debug)]
pub(crate) struct Findings {
    by_kind: Vec<Issue>,
}

impl Findings {
    fn new() -> Findings {
        let empty = |kind| Issue { kind, count: 0, places: Vec::new() };
        Findings { by_kind: IssueKind::ALL.map(empty).into() }
    }

    /// Counts a finding, and keeps its place if it is among the first of its kind.
    pub(crate) fn add(&mut self, kind: IssueKind, place: Place) {
        let issue = &mut self.by_kind[kind as usize];
        issue.count += 1;
        if issue.places.len() < MAX_PLACES {
            issue.places.push(place);
        }
    }

    fn into_issues(self) -> Vec<Issue> {
        self.by_kind.into_iter().filter(|issue| issue.count > 0).collect()
    }
}

impl Auditor {
    /// An auditor of bars of this interval. Gaps are judged by the calendar: where the venue never closes every
    /// interval must have its bar, else the sessions are inferred from the data. Prices are held against
    /// `tick` where one is given.
    pub fn new(interval: Interval, calendar: Calendar, tick: Option<Grid>) -> Auditor {
        let times = if calendar.is_always_open() {
            Times::AlwaysOpen { zone: calendar.zone, missing: 0 }
        } else {
            Times::Sessions(SessionLog::new(interval, calendar))
        };
        Auditor {
            interval,
            tick,
            findings: Findings::new(),
            rows: 0,
            bad_rows: 0,
            last: None,
            largest_move: None,
            times,
        }
    }

    /// Looks at the next block, row `i` of which is row `row_of(i)` of the source. Returns the rows of the block
    /// that have errors, ascending.
    pub fn push(&mut self, block: &BarColumns, row_of: impl Fn(usize) -> u64) -> Vec<usize> {
        let mut bad = Vec::new();
        for i in 0..block.len() {
            let row = row_of(i);
            if self.is_good(block, i, row) {
                self.look_at_good(block, i, row);
            } else {
                bad.push(i);
            }
        }
        self.rows += block.len() as u64;
        self.bad_rows += bad.len() as u64;
        bad
    }

    /// How many rows with errors were seen so far.
    pub fn bad_rows(&self) -> u64 {
        self.bad_rows
    }

    /// What was found so far, `dropped_rows` zero: whoever drops the bad rows says so in it.
    pub fn finish(mut self) -> Audit {
        let (missing_bars, sessions) = match self.times {
            Times::AlwaysOpen { missing, .. } => (missing, "always open".to_string()),
            Times::Sessions(log) => log.finish(&mut self.findings),
        };
        Audit {
            rows: self.rows,
            bad_rows: self.bad_rows,
            dropped_rows: 0,
            missing_bars,
            sessions,
            largest_move: self.largest_move,
            issues: self.findings.into_issues(),
        }
    }

    /// Notes every error of the row.
    fn is_good(&mut self, block: &BarColumns, i: usize, row: u64) -> bool {
        let ts = block.ts[i];
        let bar = block.bar(i);
        let prices = [bar.open, bar.high, bar.low, bar.close];
        let mut good = true;
        let mut error = |kind, value| {
            good = false;
            self.findings.add(kind, Place { row, ts, value });
        };
        if let Some(x) = [bar.volume].into_iter().chain(prices).find(|x| !x.is_finite()) {
            error(IssueKind::NotANumber, x);
        } else {
            let lowest = bar.open.min(bar.high).min(bar.low).min(bar.close);
            if lowest <= 0.0 {
                error(IssueKind::NonPositivePrice, lowest);
            }
            if bar.high < bar.low {
                error(IssueKind::HighBelowLow, bar.high - bar.low);
            } else if let Some(x) =
                [bar.open, bar.close].into_iter().find(|x| !(bar.low..=bar.high).contains(x))
            {
                error(IssueKind::OutsideRange, x);
            }
            if bar.volume < 0.0 {
                error(IssueKind::NegativeVolume, bar.volume);
            }
        }
        match self.last {
            Some((last, _)) if ts == last => error(IssueKind::Duplicate, bar.close),
            Some((last, _)) if ts < last => error(IssueKind::Disorder, (last - ts).as_seconds_f64()),
            _ => {}
        }
        good
    }

    /// Notes every warning of a row without errors.
    fn look_at_good(&mut self, block: &BarColumns, i: usize, row: u64) {
        let ts = block.ts[i];
        let bar = block.bar(i);
        if let Some(tick) = self.tick
            && let Some(value) =
                [bar.open, bar.high, bar.low, bar.close].into_iter().find(|x| tick.exact(*x).is_none())
        {
            self.findings.add(IssueKind::OffGrid, Place { row, ts, value });
        }
        if bar.volume <= 0.0 {
            self.findings.add(IssueKind::ZeroVolume, Place { row, ts, value: bar.close });
        }
        if let Some((last, last_close)) = self.last {
            let place = Place { row, ts, value: bar.close / last_close - 1.0 };
            if self.largest_move.is_none_or(|largest| place.value.abs() > largest.value.abs()) {
                self.largest_move = Some(place);
            }
            if place.value.abs() > LARGE_MOVE {
                self.findings.add(IssueKind::LargeMove, place);
            }
            self.compare_times(last, ts, row);
        }
        if let Times::Sessions(log) = &mut self.times {
            log.note(ts, row);
        }
        self.last = Some((ts, bar.close));
    }

    fn compare_times(&mut self, last: Ts, ts: Ts, row: u64) {
        let steps = match (self.interval, &self.times) {
            // Days are counted on the calendar: where the clock changes they have 23 or 25 hours.
            (Interval::Days(n), Times::AlwaysOpen { zone, .. }) => {
                (last_day(zone, ts) - last_day(zone, last)) / i64::from(n)
            }
            (Interval::Days(_), Times::Sessions(log)) => log.day(ts) - log.day(last),
            (other, _) => (ts - last).0 / other.span().0,
        };
        if steps < 1 {
            let value = (ts - last).as_seconds_f64();
            self.findings.add(IssueKind::TooClose, Place { row, ts, value });
        }
        if let Times::AlwaysOpen { missing, .. } = &mut self.times
            && steps > 1
        {
            *missing += steps as u64 - 1;
            let place = Place { row, ts: last + self.interval.span(), value: (steps - 1) as f64 };
            self.findings.add(IssueKind::Gap, place);
        }
    }
}

/// The local day in which a bar that ends at `ts` lies, in days since the epoch.
pub(crate) fn last_day(zone: &UtcOffsets, ts: Ts) -> i64 {
    zone.date(ts - Span(1)).days_since_epoch()
}

#[cfg(test)]
mod tests;
