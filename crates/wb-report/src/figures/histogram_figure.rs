//! A histogram with marks at values that matter.

use plotters::style::text_anchor::{HPos, VPos};
use wb_metrics::Unit;

use crate::figures::histogram::Histogram;
use crate::palette::Ink;
use crate::plot::{self, Axis, Frame, Size};
use crate::ticks::{self, Scale};

/// A value that is marked.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Mark {
    /// Where.
    pub(crate) at: f64,
    /// What is written there.
    pub(crate) label: String,
    /// Colour of its line and words.
    pub(crate) ink: Ink,
}

/// What is drawn.
pub(crate) struct HistogramFigure<'a> {
    /// The values, of which there is at least one.
    pub(crate) values: &'a [f64],
    /// How they are written.
    pub(crate) unit: Unit,
    /// Values that matter.
    pub(crate) marks: &'a [Mark],
    /// Where losses end, if the classes are coloured by that.
    pub(crate) losses_to: Option<f64>,
    /// What it shows, in words.
    pub(crate) alt: &'a str,
}

impl HistogramFigure<'_> {
    /// The figure.
    pub(crate) fn draw(&self, size: Size) -> String {
        let histogram = Histogram::of(self.values);
        let span = histogram.high() - histogram.low;
        // A mark far outside would leave no room for the classes: it is drawn at the edge, with an arrow.
        let near = |at: &f64| (histogram.low - span..=histogram.high() + span).contains(at);
        let marked = self.marks.iter().map(|mark| mark.at).filter(near);
        let (low, high) = plot::extremes(marked.chain([histogram.low, histogram.high()]));
        let most = histogram.counts.iter().copied().max().unwrap_or(1) as f64;
        let left = if size.is_narrow() { 40.0 } else { 48.0 };
        let top = 10.0 + 16.0 * self.marks.len() as f64;
        let frame = Frame { left, right: size.width - 8.0, top, bottom: size.height - 26.0 };
        let margin = (high - low) * 0.02;
        let (low, high) = (low - margin, high + margin);
        let wanted = (size.width / 80.0) as usize;
        let x = Axis::new(low, high, ticks::of_numbers(low, high, wanted, Scale::of(self.unit)));
        let marks = ticks::of_numbers(0.0, most * 1.04, 4, Scale::Compact);
        let whole = marks.into_iter().filter(|t| (t.at - t.at.round()).abs() < 1e-9).collect();
        let y = Axis::new(0.0, most * 1.04, whole);
        plot::draw(size, self.alt, |sheet| {
            let panel = sheet.panel(frame, &x, &y);
            for (i, count) in histogram.counts.iter().enumerate().filter(|(_, count)| **count > 0) {
                let from = histogram.low + i as f64 * histogram.width;
                let ink = self.ink(from + histogram.width * 0.5);
                let upper = (from + histogram.width * 0.94, *count as f64);
                panel.block((from + histogram.width * 0.06, 0.0), upper, ink, 0.75);
            }
            panel.line([(low, 0.0), (x.high, 0.0)], Ink::Axis, 1.0);
            // The mark nearest to a side has the highest label, so that no other's line crosses it.
            let mut marks: Vec<&Mark> = self.marks.iter().collect();
            marks.sort_by(|a, b| (a.at - low).min(high - a.at).total_cmp(&(b.at - low).min(high - b.at)));
            for (row, mark) in marks.into_iter().enumerate() {
                self.draw_mark(&panel, mark, (low, x.high, y.high), row);
            }
        })
    }

    fn ink(&self, middle: f64) -> Ink {
        match self.losses_to {
            Some(end) if middle < end => Ink::Loss,
            Some(_) => Ink::Gain,
            None => Ink::Run,
        }
    }

    /// A line with its label above the panel, each in a row of its own so that near ones do not overlap.
    fn draw_mark(
        &self,
        panel: &plot::Panel<'_, '_>,
        mark: &Mark,
        (low, high, top): (f64, f64, f64),
        row: usize,
    ) {
        let at = mark.at.clamp(low, high);
        let label = match mark.at {
            x if x > high => format!("{} →", mark.label),
            x if x < low => format!("← {}", mark.label),
            _ => mark.label.clone(),
        };
        let up = 4.0 + 16.0 * (self.marks.len() - 1 - row) as f64;
        let reach = (panel.frame.bottom - panel.frame.top + up) / (panel.frame.bottom - panel.frame.top);
        panel.line([(at, 0.0), (at, top * reach)], mark.ink, 1.3);
        let is_right = at > (low + high) / 2.0;
        let (by, anchor) = if is_right { (-5.0, HPos::Right) } else { (5.0, HPos::Left) };
        panel.label(&label, (at, top), (by, -up + 3.0), mark.ink, (anchor, VPos::Bottom));
    }
}
