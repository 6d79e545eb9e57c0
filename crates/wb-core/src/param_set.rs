//! The values of a strategy's parameters, by name.

use crate::param_error::ParamError;
use crate::params::{ParamKind, ParamSpec, ParamValue};

/// Named values, sorted by name; what a spec file and the command line give.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct ParamSet {
    values: Vec<(String, ParamValue)>,
    /// What values a name may take that the strategy leaves to whoever gives the set, sorted by name.
    kinds: Vec<(String, ParamKind)>,
}

impl ParamSet {
    /// No values.
    pub fn new() -> ParamSet {
        ParamSet::default()
    }

    /// Sets a value, replacing one of the same name.
    pub fn set(&mut self, name: &str, value: ParamValue) {
        put(&mut self.values, name, value);
    }

    /// The value of that name.
    pub fn get(&self, name: &str) -> Option<&ParamValue> {
        of(&self.values, name)
    }

    /// All values, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &ParamValue)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Says what values a parameter may take that the strategy itself does not declare: the `$name` of a rule.
    pub fn declare(&mut self, name: &str, kind: ParamKind) {
        put(&mut self.kinds, name, kind);
    }

    /// What the set says a parameter may take.
    pub fn declared(&self, name: &str) -> Option<&ParamKind> {
        of(&self.kinds, name)
    }

    /// The set with every declared parameter present: given values accepted, the rest at their defaults.
    ///
    /// # Errors
    /// If a name is not declared, a value is of the wrong kind or out of range, or the set declares what the strategy
    /// has declared otherwise.
    pub fn resolve(&self, specs: &[ParamSpec]) -> Result<ParamSet, ParamError> {
        let find = |name: &str| {
            specs.iter().find(|s| s.name == name).ok_or_else(|| ParamError::Unknown {
                name: name.to_string(),
                known: specs.iter().map(|s| s.name.to_string()).collect(),
            })
        };
        let mut resolved = ParamSet { values: Vec::with_capacity(specs.len()), kinds: self.kinds.clone() };
        for spec in specs {
            resolved.set(&spec.name, spec.default.clone());
        }
        for (name, value) in self.iter() {
            resolved.set(name, find(name)?.accept(value)?);
        }
        for (name, kind) in &self.kinds {
            let spec = find(name)?;
            if spec.kind != *kind {
                return Err(ParamError::Declared { name: name.clone(), allowed: spec.kind.to_string() });
            }
        }
        Ok(resolved)
    }
}

fn put<T>(entries: &mut Vec<(String, T)>, name: &str, entry: T) {
    match entries.binary_search_by(|(n, _)| n.as_str().cmp(name)) {
        Ok(at) => entries[at].1 = entry,
        Err(at) => entries.insert(at, (name.to_string(), entry)),
    }
}

fn of<'a, T>(entries: &'a [(String, T)], name: &str) -> Option<&'a T> {
    entries.binary_search_by(|(n, _)| n.as_str().cmp(name)).ok().map(|at| &entries[at].1)
}

impl FromIterator<(String, ParamValue)> for ParamSet {
    fn from_iter<T: IntoIterator<Item = (String, ParamValue)>>(iter: T) -> ParamSet {
        let mut set = ParamSet::new();
        for (name, value) in iter {
            set.set(&name, value);
        }
        set
    }
}
