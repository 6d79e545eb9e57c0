//! The stated path of prices inside a bar, and bars cut along it.

use wb_core::{Bar, BarColumns, Grid, Interval, Span, Ts};

/// In which order a bar is taken to have reached its extremes. The data do not say.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Path {
    /// Open, low, high, close.
    #[default]
    OpenLowHighClose,
    /// Open, high, low, close.
    OpenHighLowClose,
}

/// Parts of a bar: its open, the ways to both extremes, the way to its close.
const PARTS: i64 = 4;

impl Path {
    /// The parts of a bar that ends at `end`, in time order, each with its own end: equal in time, together the bar.
    /// Volume is cut to whole lots. A bar of less than four seconds, or whose length four does not divide, is its own
    /// only part.
    pub(crate) fn parts(self, end: Ts, bar: &Bar, lot: Grid) -> Vec<(Ts, Bar)> {
        let Some(interval) = quarter(bar.interval) else { return vec![(end, *bar)] };
        let [first, second] = match self {
            Path::OpenLowHighClose => [bar.low, bar.high],
            Path::OpenHighLowClose => [bar.high, bar.low],
        };
        let ways = [(bar.open, bar.open), (bar.open, first), (first, second), (second, bar.close)];
        let lots = lot.floor(bar.volume) / PARTS;
        let begin = end - bar.interval.span();
        let mut parts = Vec::with_capacity(ways.len());
        for (index, (from, to)) in (1..).zip(ways) {
            let rest = bar.volume - lot.value(lots * (PARTS - 1));
            let volume = if index == PARTS { rest } else { lot.value(lots) };
            let part = Bar { interval, open: from, high: from.max(to), low: from.min(to), close: to, volume };
            parts.push((begin + Span(interval.span().0 * index), part));
        }
        parts
    }

    /// All bars of a column, cut into their parts.
    pub(crate) fn cut(self, bars: &BarColumns, lot: Grid) -> BarColumns {
        let Some(interval) = quarter(bars.interval) else { return bars.clone() };
        let mut cut = BarColumns::with_capacity(interval, bars.len() * PARTS as usize);
        for row in 0..bars.len() {
            for (end, part) in self.parts(bars.ts[row], &bars.bar(row), lot) {
                cut.push(end, &part);
            }
        }
        cut
    }
}

/// A quarter of an interval, if it is a whole number of seconds.
fn quarter(interval: Interval) -> Option<Interval> {
    let seconds = interval.span().0 / Span::from_seconds(1).0;
    (seconds % PARTS == 0).then(|| u32::try_from(seconds / PARTS).ok().map(Interval::Seconds)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use wb_core::{BarBuilder, UtcOffsets};

    fn bar() -> Bar {
        Bar { interval: Interval::Minutes(1), open: 10.0, high: 12.0, low: 9.0, close: 11.0, volume: 10.3 }
    }

    #[test]
    fn the_parts_of_a_bar_follow_the_path_and_make_the_bar_again() {
        for (path, closes) in [
            (Path::OpenLowHighClose, [10.0, 9.0, 12.0, 11.0]),
            (Path::OpenHighLowClose, [10.0, 12.0, 9.0, 11.0]),
        ] {
            let parts = path.parts(Ts::from_seconds(120), &bar(), Grid::decimal(1));
            assert_eq!(parts.iter().map(|(_, part)| part.close).collect::<Vec<_>>(), closes);
            assert_eq!(
                parts.iter().map(|(ts, _)| ts.0 / 1_000_000_000).collect::<Vec<_>>(),
                [75, 90, 105, 120]
            );
            let mut builder = BarBuilder::new(Interval::Minutes(1), UtcOffsets::default());
            let mut out = Vec::new();
            for (ts, part) in &parts {
                builder.on_bar(*ts, part, &mut out);
            }
            let (ts, whole) = out[0];
            assert_eq!(
                (ts, whole.open, whole.high, whole.low, whole.close),
                (Ts::from_seconds(120), 10.0, 12.0, 9.0, 11.0)
            );
            assert!((whole.volume - 10.3).abs() < 1e-12, "{}", whole.volume);
        }
    }

    #[test]
    fn a_bar_of_a_second_is_one_part() {
        let second = Bar { interval: Interval::Seconds(1), ..bar() };
        let parts = Path::default().parts(Ts::from_seconds(5), &second, Grid::decimal(1));
        assert_eq!(parts, [(Ts::from_seconds(5), second)]);
    }
}
