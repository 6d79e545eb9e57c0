//! The Sharpe ratio and the volatility over a sliding window.

use wb_metrics::{DailyReturns, Rolling};

use crate::downsample::largest_triangles;
use crate::palette::Ink;
use crate::plot::{self, Axis, Frame, Panel, Sheet, Size};
use crate::ticks::{self, Scale};

/// Two panels over time: Sharpe ratio above, volatility below.
pub(crate) fn rolling(
    days: &DailyReturns,
    rolling: &Rolling,
    benchmark: Option<&Rolling>,
    size: Size,
) -> String {
    let left = if size.is_narrow() { 44.0 } else { 52.0 };
    let right = size.width - 8.0;
    let middle = (size.height - 30.0) / 2.0;
    let upper = Frame { left, right, top: 24.0, bottom: middle };
    let lower = Frame { left, right, top: middle + 28.0, bottom: size.height - 26.0 };
    plot::draw(size, "Rolling Sharpe ratio and volatility over time", |sheet| {
        let lines = Lines { days, size };
        let others = benchmark.map(|b| b.sharpe.as_slice());
        let panel = lines.draw(sheet, upper, (&rolling.sharpe, others), Scale::Plain, false);
        panel.title("Sharpe ratio");
        let others = benchmark.map(|b| b.volatility.as_slice());
        let panel = lines.draw(sheet, lower, (&rolling.volatility, others), Scale::Percent, true);
        panel.title("Volatility, annualised");
    })
}

struct Lines<'a> {
    days: &'a DailyReturns,
    size: Size,
}

type Column<'a> = &'a [Option<f64>];

impl Lines<'_> {
    fn draw<'p, 's>(
        &self,
        sheet: &'p Sheet<'s>,
        frame: Frame,
        (own, other): (Column<'_>, Option<Column<'_>>),
        scale: Scale,
        marked: bool,
    ) -> Panel<'p, 's> {
        let (start, end) = (self.days.ts[0], self.days.ts[self.days.ts.len() - 1]);
        let values = own.iter().chain(other.unwrap_or_default()).flatten().copied();
        let (low, high) = values.fold((0.0_f64, 0.0_f64), |(low, high), x| (low.min(x), high.max(x)));
        let margin = ((high - low) * 0.05).max(1e-6);
        let (low, high) = (if low < 0.0 { low - margin } else { 0.0 }, high + margin);
        let marks = if marked { ticks::of_times(start, end, self.size.time_marks()) } else { Vec::new() };
        let time = Axis::new(0.0, (end - start).as_seconds_f64(), marks);
        let panel = sheet.panel(frame, &time, &Axis::new(low, high, ticks::of_numbers(low, high, 5, scale)));
        panel.line([(0.0, 0.0), (time.high, 0.0)], Ink::Axis, 1.0);
        if let Some(column) = other {
            panel.line(self.points(column), Ink::Benchmark, 1.1);
        }
        panel.line(self.points(own), Ink::Run, 1.5);
        panel
    }

    /// The points of a column, thinned to two a pixel.
    fn points(&self, column: Column<'_>) -> Vec<(f64, f64)> {
        let x = |row: usize| (self.days.ts[row] - self.days.ts[0]).as_seconds_f64();
        let first = column.iter().position(Option::is_some).unwrap_or(column.len());
        let y = |row: usize| column[row + first].unwrap_or(0.0);
        let keep = self.size.width as usize * 2;
        let rows = largest_triangles(column.len() - first, keep, |row| x(row + first), y);
        rows.into_iter().map(|row| (x(row + first), column[row + first].unwrap_or(f64::NAN))).collect()
    }
}

/// Days in the window: half a year of trading, less where the run is short, none where it is too short to slide.
pub(crate) fn rolling_window(days: &DailyReturns) -> Option<usize> {
    let half_year = (days.per_year / 2.0).round().max(2.0) as usize;
    let window = half_year.min(days.returns.len() / 4);
    (window >= 10).then_some(window)
}
