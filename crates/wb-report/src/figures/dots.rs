//! Many points as fewer dots.

use std::collections::BTreeMap;

use crate::plot::Panel;

/// Side of the cells in which points are drawn as one dot, in pixels.
const CELL: f64 = 4.0;

/// The points that fall into one cell.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Dot {
    /// How many.
    pub(crate) points: usize,
    /// Their mean.
    pub(crate) at: (f64, f64),
}

impl Dot {
    /// The radius in pixels, of which a lone point has the `least`.
    pub(crate) fn radius(self, least: f64) -> f64 {
        (least + 0.7 * libm::log10(self.points as f64)).min(4.5)
    }
}

/// The dots of points in a panel, by column and row of its cells.
pub(crate) fn merged(panel: &Panel<'_, '_>, points: impl Iterator<Item = (f64, f64)>) -> Vec<Dot> {
    let mut cells: BTreeMap<(i64, i64), (usize, f64, f64)> = BTreeMap::new();
    for (x, y) in points {
        let (px, py) = panel.pixel(x, y);
        let cell = cells.entry(((px / CELL) as i64, (py / CELL) as i64)).or_default();
        *cell = (cell.0 + 1, cell.1 + x, cell.2 + y);
    }
    let mean = |(n, x, y): (usize, f64, f64)| (x / n as f64, y / n as f64);
    cells.into_values().map(|cell| Dot { points: cell.0, at: mean(cell) }).collect()
}
