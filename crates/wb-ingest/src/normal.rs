//! Columns of a polars frame as plain vectors.

use std::path::Path;

use polars::prelude::{DataFrame, DataType, PolarsError, StringChunked};

use crate::IngestError;

/// A column of numbers; NaN where there is none.
pub(crate) fn numbers(frame: &DataFrame, name: &str) -> Result<Vec<f64>, PolarsError> {
    let column = frame.column(name)?;
    let cast;
    let numbers = match column.dtype() {
        DataType::Float64 => column.f64()?,
        kind if kind.is_numeric() || *kind == DataType::Null => {
            cast = column.cast(&DataType::Float64)?;
            cast.f64()?
        }
        DataType::String => {
            return Ok(column
                .str()?
                .iter()
                .map(|cell| cell.and_then(|cell| cell.trim().parse().ok()).unwrap_or(f64::NAN))
                .collect());
        }
        other => {
            let what = format!("column {name} has type {other}, not numbers");
            return Err(PolarsError::SchemaMismatch(what.into()));
        }
    };
    Ok(match numbers.cont_slice() {
        Ok(slice) => slice.to_vec(),
        Err(_) => numbers.iter().map(|x| x.unwrap_or(f64::NAN)).collect(),
    })
}

/// A column of texts.
pub(crate) fn texts<'a>(frame: &'a DataFrame, name: &str) -> Result<&'a StringChunked, PolarsError> {
    frame.column(name)?.str()
}

/// For `map_err`: polars could not give a column of this file.
pub(crate) fn failed(path: &Path) -> impl Fn(PolarsError) -> IngestError {
    let path = path.to_path_buf();
    move |error| {
        IngestError::layout(&path, error.to_string(), "name columns of numbers and times with --columns")
    }
}
