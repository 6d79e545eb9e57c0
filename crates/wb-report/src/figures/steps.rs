//! A value that holds for a while and then changes.

use wb_core::Ts;

use crate::figures::Positions;
use crate::number;
use crate::palette::Ink;
use crate::plot::{self, Axis, Frame, Size};
use crate::ticks::{self, Scale, Tick};

/// What is drawn.
pub(crate) struct Steps<'a> {
    /// The value's name.
    pub(crate) name: &'a str,
    /// From when to when it had which value, in the order of time; at least one.
    pub(crate) spans: &'a [((Ts, Ts), f64)],
    /// How the values stand on the axis.
    pub(crate) positions: Positions<'a>,
}

impl Steps<'_> {
    /// The figure.
    pub(crate) fn draw(&self, size: Size) -> String {
        let left = match self.positions {
            Positions::Words(_) => 92.0,
            Positions::Numbers if size.is_narrow() => 46.0,
            Positions::Numbers => 54.0,
        };
        let frame = Frame { left, right: size.width - 12.0, top: 10.0, bottom: size.height - 26.0 };
        let (start, end) = (self.spans[0].0.0, self.spans[self.spans.len() - 1].0.1);
        let seconds = |ts: Ts| (ts - start).as_seconds_f64();
        let most = ((size.width - left) / 84.0) as usize;
        let x = Axis::new(0.0, seconds(end), ticks::of_times(start, end, most));
        let y = self.axis();
        let corners = self
            .spans
            .iter()
            .flat_map(|((from, to), value)| [(seconds(*from), *value), (seconds(*to), *value)]);
        plot::draw(size, &format!("{} over time", self.name), |sheet| {
            let panel = sheet.panel(frame, &x, &y);
            panel.line(corners, Ink::Run, 1.8);
        })
    }

    fn axis(&self) -> Axis {
        match self.positions {
            Positions::Numbers => Axis::around(self.spans.iter().map(|s| s.1), 4, Scale::Plain),
            Positions::Words(words) => {
                let mark = |(i, word): (usize, &String)| Tick { at: i as f64, label: number::cut(word, 13) };
                Axis::new(-0.5, words.len() as f64 - 0.5, words.iter().enumerate().map(mark).collect())
            }
        }
    }
}
