//! The grid on which numbers lie, where nobody says.

use wb_core::Grid;

/// The finest grid that is looked for: eight decimals, as fine as coins are quoted.
const FINEST: u8 = 8;

/// Finds the coarsest decimal grid (1, 0.1, 0.01, …, 0.00000001) on which every number seen lies.
///
/// A number that stands beside the grid by the last bits of its arithmetic (129587.00000000001) counts as on it:
/// within eight units in the last place, and a thousandth of a step at most.
#[derive(Clone, Debug, Default)]
pub(crate) struct GridFinder {
    decimals: u8,
    seen: bool,
    off: u64,
}

impl GridFinder {
    /// Takes the next numbers. What is not finite or zero says nothing.
    pub(crate) fn push(&mut self, numbers: &[f64]) {
        for &x in numbers {
            if x == 0.0 || !x.is_finite() {
                continue;
            }
            self.seen = true;
            while !lies_on(Grid::decimal(self.decimals), x) {
                if self.decimals == FINEST {
                    self.off += 1;
                    break;
                }
                self.decimals += 1;
            }
        }
    }

    /// Whether there was any number to judge by.
    pub(crate) fn seen(&self) -> bool {
        self.seen
    }

    /// The grid; where some numbers lie on none, the finest.
    pub(crate) fn grid(&self) -> Grid {
        Grid::decimal(self.decimals)
    }

    /// How many numbers lie on no grid that was looked for.
    pub(crate) fn off(&self) -> u64 {
        self.off
    }
}

#[inline]
fn lies_on(grid: Grid, x: f64) -> bool {
    let beside = (grid.value(grid.nearest(x)) - x).abs();
    beside <= (8.0 * f64::EPSILON * x.abs()).min(grid.step() / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(numbers: &[f64], grid: &str, off: u64) {
        let mut finder = GridFinder::default();
        finder.push(numbers);
        assert_eq!((finder.grid().to_string().as_str(), finder.off()), (grid, off), "{numbers:?}");
    }

    #[test]
    fn the_grid_is_the_coarsest_decimal_one_that_holds_every_number() {
        check(&[1.0, 25.0, 0.0], "1", 0);
        check(&[1.1, 1.25, 3.0], "0.01", 0);
        check(&[0.00001234, 31.88295203], "0.00000001", 0);
        check(&[97.31, f64::NAN], "0.01", 0);
        check(&[0.1 + 0.2, 129_587.000_000_000_01], "0.1", 0);
        check(&[0.006_000_000_052_154_064], "0.00000001", 1);
        check(&[2_300_413.729_512_34], "0.00000001", 0);
        check(&[64_210.5, 1e7 + 0.25], "0.01", 0);
    }
}
