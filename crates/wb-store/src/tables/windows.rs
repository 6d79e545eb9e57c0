//! `windows.arrow`: the windows of a walk-forward.

use std::path::Path;

use crate::error::StoreError;
use crate::output::OutputFile;
use crate::tables::file::{Heading, instants, optional_f64s, u32s, u64s, write_table};
use crate::tables::trials::param_column;
use crate::walk_forward::NewWalkForward;

/// Writes a row for each window: its stretches, what was chosen, and each figure in and out of sample.
pub(crate) fn write_windows(
    path: &Path,
    heading: &Heading<'_>,
    new: &NewWalkForward<'_>,
) -> Result<OutputFile, StoreError> {
    write_table(path, heading, &[], new.windows.len(), |range| {
        let numbers = range.clone().map(|window| window as u32);
        let rows = &new.windows[range];
        let mut columns = vec![
            u32s("window", numbers),
            instants("train_from", rows.iter().map(|row| row.train.0)),
            instants("train_to", rows.iter().map(|row| row.train.1)),
            instants("test_from", rows.iter().map(|row| row.test.0)),
            instants("test_to", rows.iter().map(|row| row.test.1)),
            u64s("trials", rows.iter().map(|row| row.trials)),
        ];
        let params = |spec| param_column(spec, rows.iter().map(|row| &row.params));
        columns.extend(new.params.iter().filter_map(params));
        columns.push(optional_f64s("objective_in", rows.iter().map(|row| row.objective.0)));
        columns.push(optional_f64s("objective_out", rows.iter().map(|row| row.objective.1)));
        for (i, key) in new.figures.iter().enumerate() {
            columns.push(optional_f64s(&format!("{key}_in"), rows.iter().map(|row| row.figures[i].0)));
            columns.push(optional_f64s(&format!("{key}_out"), rows.iter().map(|row| row.figures[i].1)));
        }
        columns
    })
}
