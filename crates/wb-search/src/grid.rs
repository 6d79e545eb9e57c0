//! Grid search: every combination, or a coarser grid that a number of trials can pay for.

use wb_core::{ParamSet, ParamValue};

use crate::axis::{Axis, Values};
use crate::{SearchError, Space};

/// Combinations that a grid runs without being given a number of trials.
pub const GRID_LIMIT: u64 = 1_000_000;

/// The combinations of a grid, each made from its index when it is wanted.
pub(crate) struct Grid {
    space: Space,
    /// Values tried of each axis.
    levels: Vec<u128>,
    next: u128,
    size: u128,
}

impl Grid {
    /// The whole grid, or one of at most `trials` combinations: ranges are thinned to evenly spaced values,
    /// both ends among them; lists stay whole.
    ///
    /// # Errors
    /// If the grid is endless or large and no number of trials is given, or the lists alone have more
    /// combinations than that.
    pub(crate) fn new(space: Space, trials: Option<u64>) -> Result<Grid, SearchError> {
        let levels = match trials {
            Some(trials) => thinned(space.axes(), trials)?,
            None => whole(&space)?,
        };
        let size = levels.iter().product();
        Ok(Grid { space, levels, next: 0, size })
    }

    fn combination(&self, index: u128) -> ParamSet {
        let mut rest = index;
        let mut params = self.space.fixed().clone();
        for (axis, levels) in self.space.axes().iter().zip(&self.levels).rev() {
            params.set(&axis.name, level(axis, rest % levels, *levels));
            rest /= levels;
        }
        params
    }
}

/// The combinations that the space's constraint allows.
impl Iterator for Grid {
    type Item = ParamSet;

    fn next(&mut self) -> Option<ParamSet> {
        while self.next < self.size {
            let params = self.combination(self.next);
            self.next += 1;
            if self.space.allows(&params) {
                return Some(params);
            }
        }
        None
    }
}

/// The `index`-th of `levels` evenly spaced values of an axis; of one level, the middle.
fn level(axis: &Axis, index: u128, levels: u128) -> ParamValue {
    match (axis.count(), &axis.values) {
        (Some(count), _) if count == levels => axis.value(index),
        (Some(count), _) if levels == 1 => axis.value((count - 1) / 2),
        (Some(count), _) => {
            // Rounded to the nearest of the values; the counts of thinned axes fit a double well enough.
            let share = index as f64 / (levels - 1) as f64;
            axis.value(((share * (count - 1) as f64).round() as u128).min(count - 1))
        }
        (None, Values::Interval { .. }) if levels > 1 => axis.at(index as f64 / (levels - 1) as f64),
        (None, _) => axis.at(0.5),
    }
}

fn whole(space: &Space) -> Result<Vec<u128>, SearchError> {
    if let Some(axis) = space.axes().iter().find(|axis| axis.count().is_none()) {
        return Err(SearchError::EndlessGrid { name: axis.name.clone() });
    }
    match space.size() {
        Some(size) if size <= u128::from(GRID_LIMIT) => {
            Ok(space.axes().iter().filter_map(Axis::count).collect())
        }
        size => Err(SearchError::GridTooLarge { size, limit: GRID_LIMIT }),
    }
}

/// Levels of each axis whose product is at most `trials`: lists whole, ranges as equal as they can be.
fn thinned(axes: &[Axis], trials: u64) -> Result<Vec<u128>, SearchError> {
    let trials = u128::from(trials);
    let levels_at = |most: u128| -> Vec<u128> {
        axes.iter()
            .map(|axis| match axis.count() {
                Some(count) if !axis.is_range() => count,
                Some(count) => count.min(most),
                None => most,
            })
            .collect()
    };
    let size = |levels: &[u128]| levels.iter().fold(1_u128, |size, n| size.saturating_mul(*n));
    let needed = size(&levels_at(1));
    if needed > trials {
        let trials = u64::try_from(trials).expect("it came from 64 bits");
        return Err(SearchError::GridTooCoarse { trials, needed });
    }
    // The most levels that every range can have: the largest number that is not too large.
    let (mut fits, mut too_many) = (1, trials + 1);
    while too_many - fits > 1 {
        let middle = fits + (too_many - fits) / 2;
        if size(&levels_at(middle)) <= trials { fits = middle } else { too_many = middle }
    }
    let mut levels = levels_at(fits);
    // One level more where the trials still pay for it, the first axes first.
    for (i, axis) in axes.iter().enumerate() {
        if axis.is_range() && axis.count().is_none_or(|count| count > levels[i]) {
            levels[i] += 1;
            if size(&levels) > trials {
                levels[i] -= 1;
            }
        }
    }
    Ok(levels)
}

#[cfg(test)]
mod tests;
