//! Static figures: a sheet, panels with axes on it, and marks in a panel's coordinates.
//!
//! Plotters counts whole pixels, which makes a line of a thousand points ragged. A sheet is therefore drawn ten times
//! as large and shrunk by its `viewBox`.

use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::html::escape;
use crate::palette::Ink;
use crate::ticks::{self, Scale, Tick};

/// Drawing units to a pixel of the page.
const FINE: f64 = 10.0;
/// Height of letters, in pixels.
const LETTERS: f64 = 12.0;
/// Plotters divides the sizes of letters by this to come from its boxes to those of SVG.
const LETTER_BOX: f64 = 1.24;

/// The size of a figure in pixels of the page.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Size {
    /// Width.
    pub(crate) width: f64,
    /// Height.
    pub(crate) height: f64,
}

impl Size {
    /// Across the whole page.
    pub(crate) const FULL: Size = Size { width: 1120.0, height: 420.0 };
    /// Across half of it.
    pub(crate) const HALF: Size = Size { width: 544.0, height: 270.0 };
    /// Across a phone.
    pub(crate) const PHONE: Size = Size { width: 358.0, height: 250.0 };

    /// Whether there is room for little beside the figure itself.
    pub(crate) fn is_narrow(self) -> bool {
        self.width < 400.0
    }

    /// The number of marks for which a time axis of this width has room.
    pub(crate) fn time_marks(self) -> usize {
        (self.width / 84.0) as usize
    }
}

/// A rectangle on the sheet, in pixels from its upper left corner.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Frame {
    /// Left edge.
    pub(crate) left: f64,
    /// Right edge.
    pub(crate) right: f64,
    /// Upper edge.
    pub(crate) top: f64,
    /// Lower edge.
    pub(crate) bottom: f64,
}

/// An axis: its range and its marks.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Axis {
    /// The value at the left or lower end.
    pub(crate) low: f64,
    /// The value at the right or upper end.
    pub(crate) high: f64,
    /// Its marks.
    pub(crate) ticks: Vec<Tick>,
}

impl Axis {
    /// An axis whose ends differ; marks outside it are left out.
    pub(crate) fn new(low: f64, high: f64, ticks: Vec<Tick>) -> Axis {
        let high = if high > low { high } else { low + low.abs().max(1.0) };
        let inside = ticks.into_iter().filter(|t| t.at >= low && t.at <= high).collect();
        Axis { low, high, ticks: inside }
    }

    /// An axis that holds these values with a margin, marked at about so many round numbers. Values that are not
    /// finite are passed over.
    pub(crate) fn around(values: impl Iterator<Item = f64>, wanted: usize, scale: Scale) -> Axis {
        let (low, high) = extremes(values);
        let margin = ((high - low) * 0.05).max(high.abs().max(low.abs()) * 1e-6).max(1e-9);
        let (low, high) = (low - margin, high + margin);
        Axis::new(low, high, ticks::of_numbers(low, high, wanted, scale))
    }
}

/// The least and the greatest of finite values; a unit interval where there are none.
pub(crate) fn extremes(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let start = (f64::INFINITY, f64::NEG_INFINITY);
    let (low, high) =
        values.filter(|x| x.is_finite()).fold(start, |(low, high), x| (low.min(x), high.max(x)));
    if low <= high { (low, high) } else { (0.0, 1.0) }
}

type Area<'s> = DrawingArea<SVGBackend<'s>, plotters::coord::Shift>;

/// What is drawn on.
pub(crate) struct Sheet<'s> {
    area: Area<'s>,
}

/// Draws a figure. `alt` says in words what it shows.
pub(crate) fn draw(size: Size, alt: &str, paint: impl FnOnce(&Sheet<'_>)) -> String {
    let (width, height) = (units(size.width), units(size.height));
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (width as u32, height as u32)).into_drawing_area();
        let sheet = Sheet { area };
        paint(&sheet);
        sheet.area.present().expect(INTO_A_STRING);
    }
    let inner = svg.find('>').map_or("", |end| &svg[end + 1..]);
    let open = format!("<svg viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{}\">", escape(alt));
    open + inner
}

const INTO_A_STRING: &str = "drawing into a string cannot fail";

fn units(pixels: f64) -> i32 {
    (pixels * FINE).round() as i32
}

impl<'s> Sheet<'s> {
    /// A panel with its grid and labels.
    pub(crate) fn panel(&self, frame: Frame, x: &Axis, y: &Axis) -> Panel<'_, 's> {
        let across = units(frame.left)..units(frame.right);
        let down = units(frame.top)..units(frame.bottom);
        // Upside down: larger values lie higher.
        let coordinates = Cartesian2d::<RangedCoordf64, RangedCoordf64>::new(
            x.low..x.high,
            y.low..y.high,
            (across.clone(), down.end..down.start),
        );
        let panel = Panel { sheet: self, area: self.area.clone().apply_coord_spec(coordinates), frame };
        for tick in &y.ticks {
            panel.line([(x.low, tick.at), (x.high, tick.at)], Ink::Grid, 1.0);
            let at = panel.pixel(x.low, tick.at);
            self.text(&tick.label, (at.0 - 7.0, at.1), Ink::Quiet, (HPos::Right, VPos::Center));
        }
        for tick in &x.ticks {
            let at = panel.pixel(tick.at, y.low);
            self.segment((at.0, frame.bottom), (at.0, frame.bottom + 4.0), Ink::Axis);
            // A label at the edge of the sheet stays on it.
            let (label_x, anchor) = match at.0 {
                px if px > frame.right - 14.0 => (frame.right, HPos::Right),
                px => (px, HPos::Center),
            };
            self.text(&tick.label, (label_x, frame.bottom + 7.0), Ink::Quiet, (anchor, VPos::Top));
        }
        panel
    }

    /// Words at a place in pixels.
    pub(crate) fn text(&self, text: &str, at: (f64, f64), ink: Ink, anchor: (HPos, VPos)) {
        let colour = ink.rgb();
        let style = ("sans-serif", LETTERS * FINE * LETTER_BOX)
            .into_text_style(&self.area)
            .color(&colour)
            .pos(Pos::new(anchor.0, anchor.1));
        self.put(&Text::new(text.to_string(), (units(at.0), units(at.1)), style));
    }

    fn segment(&self, from: (f64, f64), to: (f64, f64), ink: Ink) {
        let style = ink.rgb().stroke_width(units(1.0) as u32);
        let points = [from, to].map(|(x, y)| (units(x), units(y)));
        self.put(&PathElement::new(points, style));
    }

    fn put<'a, E>(&self, element: &'a E)
    where
        &'a E: plotters::element::PointCollection<'a, (i32, i32)>,
        E: plotters::element::Drawable<SVGBackend<'s>>,
    {
        self.area.draw(element).expect(INTO_A_STRING);
    }
}

/// A rectangle of a sheet with coordinates of its own.
pub(crate) struct Panel<'a, 's> {
    sheet: &'a Sheet<'s>,
    area: DrawingArea<SVGBackend<'s>, Cartesian2d<RangedCoordf64, RangedCoordf64>>,
    /// Where it lies.
    pub(crate) frame: Frame,
}

impl Panel<'_, '_> {
    /// The place of a point on the sheet, in pixels.
    pub(crate) fn pixel(&self, x: f64, y: f64) -> (f64, f64) {
        let (px, py) = self.area.map_coordinate(&(x, y));
        (f64::from(px) / FINE, f64::from(py) / FINE)
    }

    /// A line through points, so many pixels wide. It is broken where a value is not a number.
    pub(crate) fn line(&self, points: impl IntoIterator<Item = (f64, f64)>, ink: Ink, width: f64) {
        let style = ink.rgb().stroke_width(units(width) as u32);
        let mut piece = Vec::new();
        let draw = |piece: &mut Vec<(f64, f64)>| {
            if piece.len() > 1 {
                self.area.draw(&PathElement::new(std::mem::take(piece), style)).expect(INTO_A_STRING);
            }
            piece.clear();
        };
        for (x, y) in points {
            if x.is_finite() && y.is_finite() {
                piece.push((x, y));
            } else {
                draw(&mut piece);
            }
        }
        draw(&mut piece);
    }

    /// The surface between points and a level.
    pub(crate) fn surface(&self, points: &[(f64, f64)], level: f64, ink: Ink, alpha: f64) {
        let [first, .., last] = points else { return };
        let mut outline = points.to_vec();
        outline.extend([(last.0, level), (first.0, level)]);
        self.area.draw(&Polygon::new(outline, ink.rgb().mix(alpha))).expect(INTO_A_STRING);
    }

    /// A filled rectangle between two corners.
    pub(crate) fn block(&self, from: (f64, f64), to: (f64, f64), ink: Ink, alpha: f64) {
        let (a, b) = (self.pixel(from.0, from.1), self.pixel(to.0, to.1));
        let corners = [(a.0.min(b.0), a.1.min(b.1)), (a.0.max(b.0), a.1.max(b.1))];
        let corners = corners.map(|(x, y)| (units(x), units(y)));
        self.sheet.put(&Rectangle::new(corners, ink.rgb().mix(alpha).filled()));
    }

    /// A dot with a radius in pixels.
    pub(crate) fn dot(&self, at: (f64, f64), radius: f64, ink: Ink, alpha: f64) {
        self.area.draw(&Circle::new(at, units(radius), ink.rgb().mix(alpha).filled())).expect(INTO_A_STRING);
    }

    /// Words in the upper left corner.
    pub(crate) fn title(&self, text: &str) {
        let at = (self.frame.left, self.frame.top - 8.0);
        self.sheet.text(text, at, Ink::Quiet, (HPos::Left, VPos::Bottom));
    }

    /// Words under the right end of the horizontal axis, below its marks.
    pub(crate) fn name_of_x(&self, text: &str) {
        let at = (self.frame.right, self.frame.bottom + 24.0);
        self.sheet.text(text, at, Ink::Quiet, (HPos::Right, VPos::Top));
    }

    /// Words beside a point, moved by so many pixels to the right and down.
    pub(crate) fn label(&self, text: &str, at: (f64, f64), by: (f64, f64), ink: Ink, anchor: (HPos, VPos)) {
        let (x, y) = self.pixel(at.0, at.1);
        self.sheet.text(text, (x + by.0, y + by.1), ink, anchor);
    }
}

/// A figure drawn for a wide page and for a phone, of that height, with its caption.
pub(crate) fn figure(wide: Size, tall: f64, caption: &str, paint: impl Fn(Size) -> String) -> String {
    captioned(&paint(wide), &paint(Size { height: tall, ..Size::PHONE }), caption)
}

/// Two drawings of one figure, of which the style sheet shows the one that fits, with its caption.
pub(crate) fn captioned(wide: &str, phone: &str, caption: &str) -> String {
    format!(
        "<figure><div class=\"plot wide\">{wide}</div><div class=\"plot phone\">{phone}</div>\
         <figcaption>{}</figcaption></figure>\n",
        escape(caption)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(low: f64, high: f64) -> Axis {
        Axis::new(low, high, vec![Tick { at: low, label: "<low>".into() }])
    }

    #[test]
    fn a_figure_is_one_svg_whose_words_are_escaped() {
        let svg = draw(Size::PHONE, "a \"figure\"", |sheet| {
            let frame = Frame { left: 50.0, right: 350.0, top: 10.0, bottom: 200.0 };
            let panel = sheet.panel(frame, &axis(0.0, 1.0), &axis(0.0, 1.0));
            panel.line([(0.0, 0.0), (0.5, f64::NAN), (0.6, 0.5), (1.0, 1.0)], Ink::Run, 1.5);
        });
        assert!(
            svg.starts_with(
                "<svg viewBox=\"0 0 3580 2500\" role=\"img\" aria-label=\"a &quot;figure&quot;\">"
            )
        );
        assert!(svg.trim_end().ends_with("</svg>"));
        assert!(svg.contains("&lt;low&gt;") && !svg.contains("<low>"));
        assert_eq!(svg.matches("#1D5FC4").count(), 1, "the lone point before the gap draws nothing: {svg}");
    }

    #[test]
    fn points_lie_where_the_frame_says() {
        draw(Size::PHONE, "", |sheet| {
            let frame = Frame { left: 50.0, right: 350.0, top: 10.0, bottom: 210.0 };
            let panel = sheet.panel(frame, &axis(0.0, 10.0), &axis(0.0, 1.0));
            let (x, y) = panel.pixel(5.0, 0.25);
            assert!((x - 200.0).abs() <= 0.1 && (y - 160.0).abs() <= 0.1, "{x} {y}");
        });
    }
}
