//! An objective along one parameter: what its values reach at best and on average, and the line through the best trial.

use wb_metrics::Unit;

use crate::number;
use crate::palette::Ink;
use crate::plot::{self, Axis, Frame, Panel, Size};
use crate::ticks::{self, Scale, Tick};

/// Where a parameter's values stand on the axis.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Positions<'a> {
    /// At their size.
    Numbers,
    /// One after the other, by index.
    Words(&'a [String]),
}

/// What is drawn: points of parameter and objective, ascending by the parameter.
pub(crate) struct AlongParameter<'a> {
    /// The parameter's name.
    pub(crate) name: &'a str,
    /// How its values stand.
    pub(crate) positions: Positions<'a>,
    /// The mean of the trials of each bin.
    pub(crate) mean: &'a [(f64, f64)],
    /// The best of each bin.
    pub(crate) best: &'a [(f64, f64)],
    /// The trials that differ from the best in this parameter alone, the best among them.
    pub(crate) slice: &'a [(f64, f64)],
    /// The best trial.
    pub(crate) top: (f64, f64),
    /// The lowest and highest value of the objective, the same for figures that are compared.
    pub(crate) ends: (f64, f64),
    /// How the objective is written.
    pub(crate) unit: Unit,
}

impl AlongParameter<'_> {
    /// The figure.
    pub(crate) fn draw(&self, size: Size) -> String {
        let left = if size.is_narrow() { 46.0 } else { 54.0 };
        let frame = Frame { left, right: size.width - 12.0, top: 10.0, bottom: size.height - 26.0 };
        let y = Axis::around([self.ends.0, self.ends.1].into_iter(), 4, Scale::of(self.unit));
        let x = self.x_axis(size);
        let alt = format!("The objective along {}", self.name);
        plot::draw(size, &alt, |sheet| {
            let panel = sheet.panel(frame, &x, &y);
            if y.low < 0.0 && y.high > 0.0 {
                panel.line([(x.low, 0.0), (x.high, 0.0)], Ink::Axis, 1.0);
            }
            self.series(&panel, self.mean, Ink::Quiet, 1.2);
            self.series(&panel, self.best, Ink::Benchmark, 1.4);
            self.series(&panel, self.slice, Ink::Run, 1.8);
            panel.dot(self.top, 4.2, Ink::Run, 1.0);
        })
    }

    /// A line with dots where there are few; dots alone for words, between which there is nothing.
    fn series(&self, panel: &Panel<'_, '_>, points: &[(f64, f64)], ink: Ink, width: f64) {
        let is_words = matches!(self.positions, Positions::Words(_));
        if !is_words {
            panel.line(points.iter().copied(), ink, width);
        }
        if is_words || points.len() <= 30 {
            points.iter().for_each(|point| panel.dot(*point, width + 0.9, ink, 1.0));
        }
    }

    fn x_axis(&self, size: Size) -> Axis {
        match self.positions {
            Positions::Numbers => {
                let values = self.mean.iter().chain(self.slice).map(|p| p.0);
                let (low, high) = plot::extremes(values);
                let margin = ((high - low) * 0.03).max(1e-9);
                let marks = ticks::of_numbers(low, high, (size.width / 60.0) as usize, Scale::Plain);
                Axis::new(low - margin, high + margin, marks)
            }
            Positions::Words(words) => {
                // As many letters as have room.
                let room = (size.width / words.len().max(1) as f64 / 6.5) as usize;
                let mark =
                    |(i, word): (usize, &String)| Tick { at: i as f64, label: number::cut(word, room) };
                Axis::new(-0.5, words.len() as f64 - 0.5, words.iter().enumerate().map(mark).collect())
            }
        }
    }
}
