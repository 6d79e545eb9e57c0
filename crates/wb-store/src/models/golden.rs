//! Golden rows: inputs of a model and what must come out, as an Arrow file.

use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Float32Array};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::error::ArrowError;
use arrow::ipc::reader::FileReader;
use arrow::ipc::writer::FileWriter;
use arrow::record_batch::RecordBatch;

use crate::error::{StoreError, damaged};

/// Rows of inputs and what must come out.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct GoldenRows {
    /// A row of inputs each.
    pub inputs: Vec<Vec<f32>>,
    /// A row of outputs each.
    pub outputs: Vec<Vec<f32>>,
}

const INPUT: &str = "input: ";
const OUTPUT: &str = "output: ";

impl GoldenRows {
    /// The bytes of the file; `inputs` and `outputs` name the columns.
    ///
    /// # Errors
    /// If Arrow refuses the table.
    pub fn to_arrow(&self, inputs: &[String], outputs: &[String]) -> Result<Vec<u8>, StoreError> {
        let encode = |source: ArrowError| StoreError::Encode { path: "golden rows".into(), source };
        let sides = [(INPUT, inputs, &self.inputs), (OUTPUT, outputs, &self.outputs)];
        let (mut fields, mut columns) = (Vec::new(), Vec::<ArrayRef>::new());
        for (side, names, rows) in sides {
            for (at, name) in names.iter().enumerate() {
                fields.push(Field::new(format!("{side}{name}"), DataType::Float32, false));
                columns.push(Arc::new(Float32Array::from_iter_values(rows.iter().map(|row| row[at]))));
            }
        }
        let schema = Arc::new(Schema::new(fields));
        let batch = RecordBatch::try_new(schema.clone(), columns).map_err(encode)?;
        let mut writer = FileWriter::try_new(Vec::new(), &schema).map_err(encode)?;
        writer.write(&batch).map_err(encode)?;
        writer.into_inner().map_err(encode)
    }

    /// Reads the file at `path`, whose bytes are given.
    pub(crate) fn from_arrow(path: &Path, bytes: &[u8]) -> Result<GoldenRows, StoreError> {
        let refused = |error: ArrowError| damaged(path, error.to_string());
        let reader = FileReader::try_new(Cursor::new(bytes), None).map_err(refused)?;
        let mut rows = GoldenRows::default();
        for batch in reader {
            let batch = batch.map_err(refused)?;
            let first = rows.inputs.len();
            rows.inputs.resize(first + batch.num_rows(), Vec::new());
            rows.outputs.resize(first + batch.num_rows(), Vec::new());
            for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
                let numbers = column.as_any().downcast_ref::<Float32Array>().filter(|c| c.null_count() == 0);
                let numbers = numbers.ok_or_else(|| {
                    damaged(path, format!("column `{}` is not of 32-bit numbers", field.name()))
                })?;
                let side = if field.name().starts_with(INPUT) { &mut rows.inputs } else { &mut rows.outputs };
                for (row, number) in side[first..].iter_mut().zip(numbers.values()) {
                    row.push(*number);
                }
            }
        }
        Ok(rows)
    }
}
