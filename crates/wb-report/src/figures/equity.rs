//! Equity against its benchmark, with the drawdown below.

use plotters::style::text_anchor::{HPos, VPos};
use wb_core::Ts;
use wb_metrics::{Drawdown, Outcome};

use crate::downsample::largest_triangles;
use crate::number;
use crate::palette::Ink;
use crate::plot::{self, Axis, Frame, Panel, Size, extremes};
use crate::ticks::{self, Scale};

/// Highest over lowest equity from which on the axis is logarithmic.
const LOG_FROM: f64 = 5.0;

/// The rows of the equity curve to draw: about `keep` by largest triangles, and the turning points of the drawdowns.
pub(crate) fn thin(outcome: &Outcome, drawdowns: &[Drawdown], keep: usize) -> Vec<usize> {
    let curve = &outcome.equity;
    let Some(&start) = curve.ts.first() else { return Vec::new() };
    let seconds = |row: usize| (curve.ts[row] - start).as_seconds_f64();
    let mut rows = largest_triangles(curve.ts.len(), keep, seconds, |row| curve.equity[row]);
    let turns = drawdowns.iter().flat_map(|d| [Some(d.peak), Some(d.trough), d.recovery]).flatten();
    rows.extend(turns.filter_map(|ts| curve.ts.binary_search(&ts).ok()));
    rows.sort_unstable();
    rows.dedup();
    rows
}

/// What is drawn: columns of equal length.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct EquityFigure {
    /// Instants.
    pub(crate) ts: Vec<Ts>,
    /// Equity.
    pub(crate) equity: Vec<f64>,
    /// The benchmark's, empty without one.
    pub(crate) benchmark: Vec<f64>,
    /// How far equity lies below its peak, as a share of it, zero or negative.
    pub(crate) drawdown: Vec<f64>,
    is_log: bool,
}

impl EquityFigure {
    /// The curve at `rows`, which ascend.
    pub(crate) fn new(outcome: &Outcome, rows: &[usize]) -> EquityFigure {
        let curve = &outcome.equity;
        let at = |column: &[f64]| rows.iter().map(|row| column[*row]).collect::<Vec<f64>>();
        let equity = at(&curve.equity);
        let benchmark = outcome.benchmark.as_ref().map(|b| at(&b.equity)).unwrap_or_default();
        let all = || equity.iter().chain(&benchmark).copied();
        let (low, high) = extremes(all());
        EquityFigure {
            ts: rows.iter().map(|row| curve.ts[*row]).collect(),
            drawdown: drawdown(&curve.equity, outcome.start_equity, rows),
            is_log: low > 0.0 && high / low >= LOG_FROM,
            equity,
            benchmark,
        }
    }

    /// Whether the axis of equity is logarithmic.
    pub(crate) fn is_log(&self) -> bool {
        self.is_log
    }

    /// Where the panels lie, in pixels from the left: what the read-out needs to know.
    pub(crate) fn sides(size: Size) -> (f64, f64) {
        (if size.is_narrow() { 44.0 } else { 58.0 }, size.width - 8.0)
    }

    /// The figure.
    pub(crate) fn draw(&self, size: Size) -> String {
        let (left, right) = EquityFigure::sides(size);
        let split = (size.height * 0.66).round();
        let upper = Frame { left, right, top: 8.0, bottom: split };
        let lower = Frame { left, right, top: split + 34.0, bottom: size.height - 26.0 };
        let (start, end) = (self.ts[0], self.ts[self.ts.len() - 1]);
        let time =
            Axis::new(0.0, (end - start).as_seconds_f64(), ticks::of_times(start, end, size.time_marks()));
        let unmarked = Axis { ticks: Vec::new(), ..time.clone() };
        let (deepest, _) = extremes(self.drawdown.iter().copied());
        // Room below the trough for its label.
        let floor = (deepest * 1.25).min(-1e-4);
        plot::draw(size, "Equity and drawdown over time", |sheet| {
            let panel = sheet.panel(upper, &unmarked, &self.equity_axis());
            if !self.benchmark.is_empty() {
                panel.line(self.points(&self.benchmark), Ink::Benchmark, 1.3);
            }
            panel.line(self.points(&self.equity), Ink::Run, 1.6);
            let marks = ticks::of_numbers(floor, 0.0, 3, Scale::Percent);
            let panel = sheet.panel(lower, &time, &Axis::new(floor, 0.0, marks));
            panel.title("Drawdown");
            let points: Vec<(f64, f64)> = self.raw_points(&self.drawdown).collect();
            panel.surface(&points, 0.0, Ink::Loss, 0.22);
            panel.line(points.iter().copied(), Ink::Loss, 1.0);
            panel.line([(0.0, 0.0), (time.high, 0.0)], Ink::Axis, 1.0);
            self.name_the_deepest(&panel, deepest, time.high);
        })
    }

    fn equity_axis(&self) -> Axis {
        let (low, high) = extremes(self.equity.iter().chain(&self.benchmark).map(|x| self.height(*x)));
        let margin = ((high - low) * 0.04).max(high.abs() * 1e-6).max(1e-9);
        let (low, high) = (low - margin, high + margin);
        let scale = if self.is_log { Scale::Log } else { Scale::Compact };
        Axis::new(low, high, ticks::of_numbers(low, high, 5, scale))
    }

    fn height(&self, equity: f64) -> f64 {
        if self.is_log { libm::log10(equity) } else { equity }
    }

    fn raw_points<'a>(&'a self, column: &'a [f64]) -> impl Iterator<Item = (f64, f64)> + 'a {
        self.ts.iter().zip(column).map(|(ts, y)| ((*ts - self.ts[0]).as_seconds_f64(), *y))
    }

    fn points<'a>(&'a self, column: &'a [f64]) -> impl Iterator<Item = (f64, f64)> + 'a {
        self.raw_points(column).map(|(x, y)| (x, self.height(y)))
    }

    fn name_the_deepest(&self, panel: &Panel<'_, '_>, deepest: f64, length: f64) {
        let trough = self.raw_points(&self.drawdown).find(|(_, depth)| *depth <= deepest);
        let Some((x, depth)) = trough.filter(|(_, depth)| *depth < 0.0) else { return };
        let anchor = match x / length {
            share if share > 0.95 => HPos::Right,
            share if share < 0.05 => HPos::Left,
            _ => HPos::Center,
        };
        panel.label(&number::percent(depth), (x, depth), (0.0, 3.0), Ink::Loss, (anchor, VPos::Top));
    }
}

/// The share by which equity lies below its peak so far, at `rows`, which ascend.
fn drawdown(equity: &[f64], start: f64, rows: &[usize]) -> Vec<f64> {
    let mut peak = start;
    let mut next = 0;
    let mut out = Vec::with_capacity(rows.len());
    for row in rows {
        for value in &equity[next..=*row] {
            peak = peak.max(*value);
        }
        next = row + 1;
        out.push(if peak > 0.0 { (equity[*row] / peak - 1.0).min(0.0) } else { 0.0 });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawdown_is_counted_from_the_highest_point_so_far_also_between_drawn_rows() {
        let equity = [100.0, 200.0, 150.0, 100.0, 250.0];
        let got = drawdown(&equity, 100.0, &[0, 2, 3, 4]);
        for (got, expected) in got.iter().zip([0.0, -0.25, -0.5, 0.0]) {
            assert!((got - expected).abs() < 1e-12, "{got} for {expected}");
        }
    }
}
