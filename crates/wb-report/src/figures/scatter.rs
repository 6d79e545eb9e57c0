//! One figure against another, a dot for each pair.

use wb_metrics::Unit;

use crate::figures::dots;
use crate::palette::Ink;
use crate::plot::{self, Axis, Frame, Size};
use crate::ticks::Scale;

/// What is drawn.
pub(crate) struct Scatter<'a> {
    /// The pairs.
    pub(crate) points: &'a [(f64, f64)],
    /// Pairs that stand out.
    pub(crate) chosen: &'a [(f64, f64)],
    /// Slope and intercept of a straight line through them.
    pub(crate) line: Option<(f64, f64)>,
    /// Names of the axes.
    pub(crate) names: (&'a str, &'a str),
    /// How the values are written.
    pub(crate) units: (Unit, Unit),
    /// What it shows, in words.
    pub(crate) alt: &'a str,
}

impl Scatter<'_> {
    /// The figure.
    pub(crate) fn draw(&self, size: Size) -> String {
        let left = if size.is_narrow() { 46.0 } else { 54.0 };
        let frame = Frame { left, right: size.width - 12.0, top: 26.0, bottom: size.height - 44.0 };
        let all = || self.points.iter().chain(self.chosen);
        let x = Axis::around(all().map(|p| p.0), (size.width / 80.0) as usize, Scale::of(self.units.0));
        let y = Axis::around(all().map(|p| p.1), 5, Scale::of(self.units.1));
        let (least, alpha) = if self.points.len() < 300 { (2.8, 0.6) } else { (1.7, 0.45) };
        plot::draw(size, self.alt, |sheet| {
            let panel = sheet.panel(frame, &x, &y);
            panel.title(self.names.1);
            panel.name_of_x(self.names.0);
            if x.low < 0.0 && x.high > 0.0 {
                panel.line([(0.0, y.low), (0.0, y.high)], Ink::Axis, 1.0);
            }
            if y.low < 0.0 && y.high > 0.0 {
                panel.line([(x.low, 0.0), (x.high, 0.0)], Ink::Axis, 1.0);
            }
            let ink = if self.chosen.is_empty() { Ink::Run } else { Ink::Quiet };
            for dot in dots::merged(&panel, self.points.iter().copied()) {
                panel.dot(dot.at, dot.radius(least), ink, alpha);
            }
            for dot in dots::merged(&panel, self.chosen.iter().copied()) {
                panel.dot(dot.at, dot.radius(3.2), Ink::Run, 0.9);
            }
            if let Some((slope, intercept)) = self.line {
                panel.line(inside(&x, &y, slope, intercept), Ink::Benchmark, 1.8);
            }
        })
    }
}

/// The piece of a straight line that lies within the axes.
fn inside(x: &Axis, y: &Axis, slope: f64, intercept: f64) -> Vec<(f64, f64)> {
    let (mut from, mut to) = (x.low, x.high);
    if slope.abs() > 0.0 {
        let (a, b) = ((y.low - intercept) / slope, (y.high - intercept) / slope);
        from = from.max(a.min(b));
        to = to.min(a.max(b));
    }
    if from < to { [from, to].map(|at| (at, intercept + slope * at)).into() } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(slope: f64, intercept: f64, expected: &[(f64, f64)]) {
        let axis = || Axis::new(0.0, 1.0, Vec::new());
        assert_eq!(inside(&axis(), &axis(), slope, intercept), expected);
    }

    #[test]
    fn a_line_ends_where_the_axes_do() {
        check(0.5, 0.25, &[(0.0, 0.25), (1.0, 0.75)]);
        check(2.0, 0.0, &[(0.0, 0.0), (0.5, 1.0)]);
        check(-1.0, 1.5, &[(0.5, 1.0), (1.0, 0.5)]);
        check(0.0, 0.5, &[(0.0, 0.5), (1.0, 0.5)]);
        check(1.0, 3.0, &[]);
    }
}
