//! Bars of several instruments as one stream, ties decided.

use crate::columns::BarColumns;
use crate::instrument::InstrumentId;
use crate::market::MarketEvent;
use crate::time::Ts;

/// Walks columns side by side: by time, then by instrument, which is numbered by its place.
#[derive(Clone, Debug)]
pub struct Merge<B> {
    bars: B,
    /// The next row of each instrument.
    rows: Vec<usize>,
}

impl<B: AsRef<[BarColumns]>> Merge<B> {
    /// A walk that begins at the first bar of each instrument.
    pub fn new(bars: B) -> Merge<B> {
        let rows = vec![0; bars.as_ref().len()];
        Merge { bars, rows }
    }

    /// When the next close is; nothing at the end.
    #[inline]
    pub fn next_close(&self) -> Option<Ts> {
        let next = |(bars, row): (&BarColumns, &usize)| bars.ts.get(*row).copied();
        self.bars.as_ref().iter().zip(&self.rows).filter_map(next).min()
    }

    /// Calls `f` with every bar of the next close, the last one marked. Gives the time of it; nothing at the end.
    #[inline]
    pub fn next_batch(&mut self, mut f: impl FnMut(&MarketEvent)) -> Option<Ts> {
        // One instrument needs no comparing.
        if let [bars] = self.bars.as_ref() {
            let row = self.rows[0];
            let ts = bars.ts.get(row).copied()?;
            self.rows[0] = row + 1;
            f(&bars.event(row, InstrumentId(0), true));
            return Some(ts);
        }
        let ts = self.next_close()?;
        let is_due = |bars: &BarColumns, row: usize| bars.ts.get(row) == Some(&ts);
        let mut pending = None;
        for (index, bars) in self.bars.as_ref().iter().enumerate() {
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
    use crate::market::Bar;
    use crate::time::Interval;

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
        assert_eq!(merge.next_close(), Some(Ts::from_seconds(60)));
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
