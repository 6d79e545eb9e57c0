//! Sums over returns, in an order that registers of any width can follow.

use crate::moments::Moments;

/// Parts of a sum that are added side by side.
const PARTS: usize = 8;

/// Rows taken together.
const ROWS: usize = 16;

/// What [`ReturnSums`] keeps beyond the sums for mean and deviation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Detail {
    /// For skew and kurtosis.
    pub(crate) shape: bool,
    /// For gains and losses.
    pub(crate) tails: bool,
}

impl Detail {
    pub(crate) const FULL: Detail = Detail { shape: true, tails: true };
}

/// Sums over a series of returns. Each has eight parts: the return of row `i` is added to part `i` modulo eight, and at
/// the end the parts are added pair by pair. A return of zero adds nothing, so rows without one may be left out.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(crate) struct ReturnSums {
    count: usize,
    /// Of the returns, their squares, cubes and fourth powers.
    powers: [[f64; PARTS]; 4],
    /// Of the returns above zero; of those below zero, without their sign; and of the squares of these.
    tails: [[f64; PARTS]; 3],
}

impl ReturnSums {
    /// Takes more returns.
    pub(crate) fn extend(&mut self, returns: &[f64]) {
        for &r in returns {
            let part = self.count % PARTS;
            self.add(part, r, Detail::FULL);
            self.count += 1;
        }
    }

    /// Takes equity after the next bars; the first return is from `before`. All of it is above zero, or the sums mean
    /// nothing.
    #[inline(always)]
    pub(crate) fn on_equity(&mut self, before: f64, equity: &[f64], detail: Detail) {
        let mut before = before;
        let mut parts = equity.chunks_exact(ROWS);
        if self.count.is_multiple_of(PARTS) {
            for rows in &mut parts {
                let moved = rows.iter().fold(false, |moved, now| moved | (now.to_bits() != before.to_bits()));
                if moved {
                    self.on_rows(before, rows, detail);
                    before = rows[ROWS - 1];
                }
                self.count += ROWS;
            }
        }
        let rest = if self.count.is_multiple_of(PARTS) { parts.remainder() } else { equity };
        for &now in rest {
            self.add(self.count % PARTS, now / before - 1.0, detail);
            self.count += 1;
            before = now;
        }
    }

    /// Takes the returns of [`ROWS`] rows, the first of which belongs to part zero.
    #[inline(always)]
    fn on_rows(&mut self, before: f64, rows: &[f64], detail: Detail) {
        let mut earlier = [before; ROWS];
        earlier[1..].copy_from_slice(&rows[..ROWS - 1]);
        let mut returns = [0.0; ROWS];
        for ((r, now), before) in returns.iter_mut().zip(rows).zip(earlier) {
            *r = now / before - 1.0;
        }
        for returns in returns.chunks_exact(PARTS) {
            for (part, r) in returns.iter().enumerate() {
                self.add(part, *r, detail);
            }
        }
    }

    #[inline(always)]
    fn add(&mut self, part: usize, r: f64, detail: Detail) {
        let [first, second, third, fourth] = &mut self.powers;
        let square = r * r;
        first[part] += r;
        second[part] += square;
        if detail.shape {
            third[part] += square * r;
            fourth[part] += square * square;
        }
        if detail.tails {
            let [gains, losses, downside] = &mut self.tails;
            let loss = if r < 0.0 { r } else { 0.0 };
            gains[part] += if r > 0.0 { r } else { 0.0 };
            losses[part] -= loss;
            downside[part] += loss * loss;
        }
    }

    /// Their moments.
    pub(crate) fn moments(&self) -> Moments {
        Moments::of_powers(self.count, self.powers.map(whole))
    }

    /// Sum of the returns above zero.
    pub(crate) fn gains(&self) -> f64 {
        whole(self.tails[0])
    }

    /// Sum of the returns below zero, without its sign.
    pub(crate) fn losses(&self) -> f64 {
        whole(self.tails[1])
    }

    /// Sum of the squares of the returns below zero.
    pub(crate) fn downside(&self) -> f64 {
        whole(self.tails[2])
    }
}

fn whole([a, b, c, d, e, f, g, h]: [f64; PARTS]) -> f64 {
    ((a + b) + (c + d)) + ((e + f) + (g + h))
}

#[cfg(test)]
mod tests {
    use wb_core::Rng;

    use super::*;

    #[test]
    fn parts_of_a_curve_give_the_sums_of_its_returns_to_the_bit() {
        for seed in 0..50 {
            let mut rng = Rng::new(seed);
            let equity: Vec<f64> = (0..500)
                .scan(100.0, |value, row| {
                    *value *= if row / 40 % 2 == 0 { 1.0 } else { 0.99 + 0.02 * rng.uniform() };
                    Some(*value)
                })
                .collect();
            let returns: Vec<f64> = (0..500)
                .map(|row| equity[row] / if row == 0 { 100.0 } else { equity[row - 1] } - 1.0)
                .collect();
            let mut by_return = ReturnSums::default();
            by_return.extend(&returns);
            for length in [1, 7, 16, 48, 160, 500] {
                let (mut by_equity, mut before) = (ReturnSums::default(), 100.0);
                for part in equity.chunks(length) {
                    by_equity.on_equity(before, part, Detail::FULL);
                    before = part[part.len() - 1];
                }
                assert_eq!(by_equity, by_return, "seed {seed}, parts of {length}");
            }
        }
    }
}
