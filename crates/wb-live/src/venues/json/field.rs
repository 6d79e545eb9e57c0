//! Members of an object by their names, for messages that are read at leisure.

use super::{Json, Read};
use crate::venues::codec::CodecError;

/// A member of an object, found or not.
#[derive(Clone, Debug)]
pub(crate) struct Field<'a> {
    name: &'static str,
    value: Option<Json<'a>>,
}

impl<'a> Json<'a> {
    /// Reads an object and gives its members of these names; of a name that is repeated the last.
    #[inline]
    pub(crate) fn fields<const N: usize>(&mut self, names: [&'static str; N]) -> Read<[Field<'a>; N]> {
        let mut fields = names.map(|name| Field { name, value: None });
        self.object(|json, name| {
            if let Some(field) = fields.iter_mut().find(|field| same(field.name.as_bytes(), name)) {
                json.peek();
                field.value = Some(json.clone());
            }
            json.skip()
        })?;
        Ok(fields)
    }
}

impl<'a> Field<'a> {
    /// Reads the value, which must be there.
    #[inline]
    pub(crate) fn read<T>(&self, read: impl FnOnce(&mut Json<'a>) -> Read<T>) -> Read<T> {
        let mut value = required(self.value.clone(), self.name)?;
        read(&mut value).map_err(|error| error.inside(self.name.as_bytes()))
    }

    /// Reads the value, if it is there and not `null`.
    #[inline]
    pub(crate) fn read_if<T>(&self, read: impl FnOnce(&mut Json<'a>) -> Read<T>) -> Read<Option<T>> {
        match &self.value {
            Some(value) if !value.clone().is_null() => self.read(read).map(Some),
            _ => Ok(None),
        }
    }
}

/// The value of a member that must be there.
#[inline]
pub(crate) fn required<T>(value: Option<T>, name: &'static str) -> Read<T> {
    value.ok_or_else(|| CodecError::Missing { field: name.to_string() })
}

/// Whether two short names are the same; calls nothing.
#[inline]
fn same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one == other)
}
