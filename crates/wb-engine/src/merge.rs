//! Bars of several instruments as one stream, ties decided.

use wb_core::{BarColumns, InstrumentId, MarketEvent, Ts};

/// Walks columns side by side: by time, then by instrument.
pub(crate) struct Merge<'a> {
    bars: &'a [BarColumns],
    /// The next row of each instrument.
    rows: Vec<usize>,
}

impl<'a> Merge<'a> {
    pub(crate) fn new(bars: &'a [BarColumns]) -> Merge<'a> {
        Merge { bars, rows: vec![0; bars.len()] }
    }

    /// Calls `f` with every bar of the next close, the last one marked. Gives the time of it; nothing at the end.
    #[inline]
    pub(crate) fn next_batch(&mut self, mut f: impl FnMut(&MarketEvent)) -> Option<Ts> {
        // One instrument needs no comparing.
        if let [bars] = self.bars {
            let row = self.rows[0];
            let ts = bars.ts.get(row).copied()?;
            self.rows[0] = row + 1;
            f(&bars.event(row, InstrumentId(0), true));
            return Some(ts);
        }
        let next = |(bars, row): (&BarColumns, &usize)| bars.ts.get(*row).copied();
        let ts = self.bars.iter().zip(&self.rows).filter_map(next).min()?;
        let is_due = |bars: &BarColumns, row: usize| bars.ts.get(row) == Some(&ts);
        let mut pending = None;
        for (index, bars) in self.bars.iter().enumerate() {
            if is_due(bars, self.rows[index]) {
                let id = InstrumentId(index as u32);
                if let Some(event) = pending.replace(bars.event(self.rows[index], id, false)) {
                    f(&event);
                }
                self.rows[index] += 1;
            }
        }
        let event = pending.expect("the earliest bar is due");
        f(&MarketEvent { last: true, ..event });
        Some(ts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wb_core::{Bar, Interval};

    fn columns(minutes: &[i64]) -> BarColumns {
        let mut columns = BarColumns::new(Interval::Minutes(1));
        for &m in minutes {
            let bar = Bar {
                interval: Interval::Minutes(1),
                open: 1.0,
                high: 1.0,
                low: 1.0,
                close: 1.0,
                volume: 1.0,
            };
            columns.push(Ts::from_seconds(60 * m), &bar);
        }
        columns
    }

    #[test]
    fn bars_come_by_time_then_instrument_and_the_last_of_a_close_is_marked() {
        let bars = [columns(&[1, 2, 4]), columns(&[2, 3]), columns(&[2, 4])];
        let mut merge = Merge::new(&bars);
        let mut seen = Vec::new();
        while merge
            .next_batch(|e| seen.push((e.ts_event.0 / 60_000_000_000, e.instrument.0, e.last)))
            .is_some()
        {}
        let expected = [
            (1, 0, true),
            (2, 0, false),
            (2, 1, false),
            (2, 2, true),
            (3, 1, true),
            (4, 0, false),
            (4, 2, true),
        ];
        assert_eq!(seen, expected);
    }
}
