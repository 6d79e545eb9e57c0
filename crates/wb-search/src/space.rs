//! The space of a search: every combination of values that may be tried, counted but never listed.

use std::fmt;
use std::sync::Arc;

use wb_core::{ParamSet, ParamSpec, Rng};

use crate::axis::Axis;
use crate::narrow::{Narrow, declared, narrowed};
use crate::{Point, SearchError};

type Constraint = Arc<dyn Fn(&ParamSet) -> bool + Send + Sync>;

/// Combinations looked at before a constraint is said to allow none.
const PROBES: u64 = 100_000;

/// The combinations of parameters that a search may try.
///
/// A parameter that nothing narrows is searched as declared. A point of a search is a place in the unit
/// cube, one coordinate for each axis; [`Space::decode`] makes the parameters of it.
#[derive(Clone)]
pub struct Space {
    axes: Vec<Axis>,
    fixed: ParamSet,
    start: Point,
    constraint: Option<Constraint>,
}

impl Space {
    /// The space of these parameters, narrowed.
    ///
    /// # Errors
    /// If a name is not declared or narrowed twice, a value lies outside of what is declared, or nothing
    /// is left to try.
    pub fn new(specs: &[ParamSpec], narrows: &[(String, Narrow)]) -> Result<Space, SearchError> {
        for (i, (name, _)) in narrows.iter().enumerate() {
            if !specs.iter().any(|spec| spec.name == *name) {
                let known = specs.iter().map(|spec| spec.name.to_string()).collect();
                return Err(SearchError::UnknownParameter { name: name.clone(), known });
            }
            if narrows[..i].iter().any(|(earlier, _)| earlier == name) {
                return Err(SearchError::NarrowedTwice { name: name.clone() });
            }
        }
        let mut space =
            Space { axes: Vec::new(), fixed: ParamSet::new(), start: Point::new(), constraint: None };
        for spec in specs {
            let narrow = narrows.iter().find(|(name, _)| spec.name == *name);
            let axis = narrow.map_or_else(|| declared(spec), |(_, narrow)| narrowed(spec, narrow))?;
            if axis.count() == Some(1) {
                space.fixed.set(&spec.name, axis.at(0.5));
            } else {
                space.start.push(axis.snap(axis.place(&spec.default)));
                space.axes.push(axis);
            }
        }
        Ok(space)
    }

    /// The space without the combinations that `allowed` refuses: what the strategy itself would refuse.
    #[must_use]
    pub fn with_constraint(self, allowed: impl Fn(&ParamSet) -> bool + Send + Sync + 'static) -> Space {
        Space { constraint: Some(Arc::new(allowed)), ..self }
    }

    /// The space whose trials also say what `given` says of the values that its parameters may take: a strategy
    /// that leaves that to its user cannot be built without.
    #[must_use]
    pub fn with_kinds_of(mut self, given: &ParamSet) -> Space {
        let fixed = self.fixed.iter().map(|(name, _)| name.to_string());
        let names: Vec<String> = fixed.chain(self.axes.iter().map(|axis| axis.name.clone())).collect();
        for name in names {
            if let Some(kind) = given.declared(&name) {
                self.fixed.declare(&name, kind.clone());
            }
        }
        self
    }

    /// The parameters that vary, in the order in which they are declared.
    pub fn axes(&self) -> &[Axis] {
        &self.axes
    }

    /// How many combinations there are before the constraint; `None` where a parameter takes every number
    /// of an interval, or the product passes 2^128.
    pub fn size(&self) -> Option<u128> {
        self.axes.iter().try_fold(1_u128, |size, axis| size.checked_mul(axis.count()?))
    }

    /// Whether the constraint allows these parameters.
    pub fn allows(&self, params: &ParamSet) -> bool {
        self.constraint.as_ref().is_none_or(|allowed| allowed(params))
    }

    /// The `index`-th combination, the last axis running fastest.
    ///
    /// # Panics
    /// If the combinations are not counted, or there is none of that index.
    pub fn combination(&self, index: u128) -> ParamSet {
        let mut rest = index;
        let mut params = self.fixed.clone();
        for axis in self.axes.iter().rev() {
            let count = axis.count().expect("only a counted space has combinations");
            params.set(&axis.name, axis.value(rest % count));
            rest /= count;
        }
        assert_eq!(rest, 0, "there is no combination {index}");
        params
    }

    /// The parameters at a point.
    ///
    /// # Panics
    /// If the point has not one coordinate for each axis.
    pub fn decode(&self, point: &[f64]) -> ParamSet {
        assert_eq!(point.len(), self.axes.len(), "a point has one coordinate for each axis");
        let mut params = self.fixed.clone();
        for (axis, place) in self.axes.iter().zip(point) {
            params.set(&axis.name, axis.at(*place));
        }
        params
    }

    /// The point of these parameters; a value that the space lacks stands at the nearest that it has.
    pub fn encode(&self, params: &ParamSet) -> Point {
        self.axes
            .iter()
            .zip(&self.start)
            .map(|(axis, start)| params.get(&axis.name).map_or(*start, |value| axis.place(value)))
            .collect()
    }

    /// The point that stands for all those with the same parameters.
    pub(crate) fn snap(&self, point: &[f64]) -> Point {
        self.axes.iter().zip(point).map(|(axis, place)| axis.snap(*place)).collect()
    }

    pub(crate) fn fixed(&self) -> &ParamSet {
        &self.fixed
    }

    /// A point drawn evenly from the cube.
    pub(crate) fn random_point(&self, rng: &mut Rng) -> Point {
        self.axes.iter().map(|_| rng.uniform()).collect()
    }

    /// Whether there is something to search.
    ///
    /// # Errors
    /// If no parameter varies, or the constraint allows none of the combinations looked at: all of them, or
    /// a hundred thousand where there are more.
    pub(crate) fn check(&self) -> Result<(), SearchError> {
        if self.axes.is_empty() {
            return Err(SearchError::NothingVaries);
        }
        let (allowed, tried) = match self.size() {
            Some(size) if size <= u128::from(PROBES) => {
                ((0..size).any(|index| self.allows(&self.combination(index))), size)
            }
            _ => {
                let mut rng = Rng::new(0);
                let found = self.allows(&self.decode(&self.start))
                    || (0..PROBES).any(|_| self.allows(&self.decode(&self.random_point(&mut rng))));
                (found, u128::from(PROBES))
            }
        };
        if allowed { Ok(()) } else { Err(SearchError::NothingAllowed { tried, of: self.size() }) }
    }
}

/// Axes and fixed values; a constraint is code and has no text.
impl fmt::Debug for Space {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Space")
            .field("axes", &self.axes)
            .field("fixed", &self.fixed)
            .field("constrained", &self.constraint.is_some())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
