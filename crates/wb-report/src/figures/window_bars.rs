//! An objective in sample and out of sample, window by window.

use wb_core::Ts;
use wb_metrics::Unit;

use crate::palette::Ink;
use crate::plot::{self, Axis, Frame, Size};
use crate::ticks::{self, Scale, Tick};

/// What is drawn.
pub(crate) struct WindowBars<'a> {
    /// In sample and out of sample; what is not finite has no bar.
    pub(crate) pairs: &'a [(f64, f64)],
    /// When each window begins out of sample.
    pub(crate) begins: &'a [Ts],
    /// How the objective is written.
    pub(crate) unit: Unit,
}

impl WindowBars<'_> {
    /// The figure.
    pub(crate) fn draw(&self, size: Size) -> String {
        let left = if size.is_narrow() { 46.0 } else { 58.0 };
        let frame = Frame { left, right: size.width - 8.0, top: 10.0, bottom: size.height - 26.0 };
        let (low, high) = plot::extremes(self.pairs.iter().flat_map(|p| [p.0, p.1]).chain([0.0]));
        let margin = ((high - low) * 0.05).max(1e-9);
        let (low, high) = (if low < 0.0 { low - margin } else { 0.0 }, high + margin);
        let y = Axis::new(low, high, ticks::of_numbers(low, high, 5, Scale::of(self.unit)));
        let x = Axis::new(0.0, self.pairs.len() as f64, self.dates(size));
        plot::draw(size, "The objective of each window in sample and out of sample", |sheet| {
            let panel = sheet.panel(frame, &x, &y);
            for (i, (inside, outside)) in self.pairs.iter().enumerate() {
                let from = i as f64;
                if inside.is_finite() {
                    panel.block((from + 0.12, 0.0), (from + 0.48, *inside), Ink::Axis, 0.8);
                }
                if outside.is_finite() {
                    panel.block((from + 0.52, 0.0), (from + 0.88, *outside), Ink::Run, 0.85);
                }
            }
            panel.line([(0.0, 0.0), (x.high, 0.0)], Ink::Axis, 1.0);
        })
    }

    /// The day on which a window begins out of sample, for as many windows as have room.
    fn dates(&self, size: Size) -> Vec<Tick> {
        let every = self.begins.len().div_ceil((size.width / 90.0) as usize).max(1);
        let mark = |(i, ts): (usize, &Ts)| Tick { at: i as f64 + 0.5, label: ts.date().to_string() };
        self.begins.iter().enumerate().step_by(every).map(mark).collect()
    }
}
