//! `trials.arrow` and `returns.arrow`: the trials of a sweep, a batch of rows for each batch that was run.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, FixedSizeListArray, Float64Array, Int32Array, StringArray};
use arrow::datatypes::{DataType, Field, FieldRef, Schema};
use arrow::record_batch::RecordBatch;
use wb_core::{ParamKind, ParamSet, ParamSpec, ParamValue};

use crate::error::StoreError;
use crate::hash::RunId;
use crate::sweep_manifest::SWEEP_FORMAT;
use crate::tables::file::{Column, FORMAT, bools, f64s, i64s, optional_f64s, u64s};
use crate::tables::rows::Rows;
use crate::tables::words::{Word, dictionary, word_type, words};
use crate::trial::{TrialColumns, TrialNames, TrialReturns, TrialRow, TrialStatus};

const SWEEP: &str = "workbench.sweep";
const NUMBER: &str = "number";
const STATUS: &str = "status";
const MESSAGE: &str = "message";
const RETURNS: &str = "returns";
/// The one objective's column; `objective_1`, … where there are several.
const OBJECTIVE: &str = "objective";
const PARAM_PREFIX: &str = "params.";

impl Word for TrialStatus {
    const ALL: &'static [TrialStatus] = &TrialStatus::ALL;

    fn word(self) -> &'static str {
        self.name()
    }
}

/// The layout of a sweep's two tables.
pub(crate) struct TrialTables {
    columns: TrialColumns,
    trials: Arc<Schema>,
    returns: Arc<Schema>,
}

impl TrialTables {
    /// Of the sweep `id`, with `periods` returns for each trial whose returns are kept.
    pub(crate) fn new(id: &RunId, columns: TrialColumns, periods: usize) -> TrialTables {
        let mut metadata: BTreeMap<String, String> =
            [(FORMAT, SWEEP_FORMAT.to_string()), (SWEEP, id.to_string())]
                .map(|(key, value)| (key.to_string(), value))
                .into();
        let item: FieldRef = Arc::new(Field::new_list_field(DataType::Float64, false));
        let list = DataType::FixedSizeList(item, i32::try_from(periods).expect("a few hundred"));
        let returns = vec![Field::new(NUMBER, DataType::UInt64, false), Field::new(RETURNS, list, false)];
        let returns = Schema::new(returns).with_metadata(metadata.clone());
        for (name, text) in objective_names(&columns).zip(&columns.objectives) {
            metadata.insert(format!("workbench.{name}"), text.clone());
        }
        let fields: Vec<Field> = trial_columns(&columns, &[]).into_iter().map(|(field, _)| field).collect();
        let trials = Schema::new(fields).with_metadata(metadata);
        TrialTables { columns, trials: Arc::new(trials), returns: Arc::new(returns) }
    }

    /// The schema of `trials.arrow`.
    pub(crate) fn trials_schema(&self) -> &Schema {
        &self.trials
    }

    /// The schema of `returns.arrow`.
    pub(crate) fn returns_schema(&self) -> &Schema {
        &self.returns
    }

    /// Rows of `trials.arrow`.
    ///
    /// # Panics
    /// If a row has not each parameter, figure and objective of the columns.
    pub(crate) fn encode_trials(&self, rows: &[TrialRow]) -> RecordBatch {
        let arrays = trial_columns(&self.columns, rows).into_iter().map(|(_, array)| array).collect();
        RecordBatch::try_new(Arc::clone(&self.trials), arrays).expect("the schema is that of these columns")
    }

    /// Rows of `returns.arrow`.
    ///
    /// # Panics
    /// If a trial has another number of returns than the sweep.
    pub(crate) fn encode_returns(&self, rows: &[TrialReturns]) -> RecordBatch {
        let DataType::FixedSizeList(item, periods) = self.returns.field(1).data_type() else {
            unreachable!("it was made as a list");
        };
        assert!(rows.iter().all(|row| row.returns.len() == *periods as usize), "as many for every trial");
        let numbers = Float64Array::from_iter_values(rows.iter().flat_map(|row| &row.returns).copied());
        let lists = FixedSizeListArray::try_new_with_length(
            Arc::clone(item),
            *periods,
            Arc::new(numbers),
            None,
            rows.len(),
        );
        let lists: ArrayRef = Arc::new(lists.expect("so many numbers for each row"));
        let (_, number) = u64s(NUMBER, rows.iter().map(|row| row.number));
        RecordBatch::try_new(Arc::clone(&self.returns), vec![number, lists]).expect("the two columns")
    }
}

/// Reads what [`TrialTables::encode_trials`] made. The table itself knows its columns.
pub(crate) fn decode_trials(path: &Path, batch: &RecordBatch) -> Result<Vec<TrialRow>, StoreError> {
    let table = Rows::new(path, batch, 0);
    let names = TrialNames::of(&batch.schema());
    let numbers =
        |names: &[String]| names.iter().map(|name| table.optional_f64s(name)).collect::<Result<Vec<_>, _>>();
    let read_params = names.params.iter().map(|name| read_param(&table, name));
    let params: Vec<Vec<ParamValue>> = read_params.collect::<Result<_, _>>()?;
    let (figures, objectives) = (numbers(&names.figures)?, numbers(&names.objectives)?);
    let messages = table.optional_texts(MESSAGE)?;
    let statuses = table.words::<TrialStatus>(STATUS)?;
    let cells = |columns: &[&Float64Array], row: usize| {
        columns.iter().map(|column| column.is_valid(row).then(|| column.value(row))).collect()
    };
    let row = |(row, &number): (usize, &u64)| TrialRow {
        number,
        params: names.params.iter().zip(&params).map(|(name, of)| (name.clone(), of[row].clone())).collect(),
        status: statuses[row],
        message: messages.is_valid(row).then(|| messages.value(row).to_string()),
        figures: cells(&figures, row),
        objectives: cells(&objectives, row),
    };
    Ok(table.u64s(NUMBER)?.iter().enumerate().map(row).collect())
}

/// Reads what [`TrialTables::encode_returns`] made.
pub(crate) fn decode_returns(path: &Path, batch: &RecordBatch) -> Result<Vec<TrialReturns>, StoreError> {
    let table = Rows::new(path, batch, 0);
    let lists = table.lists(RETURNS)?;
    let rows = table.u64s(NUMBER)?.iter().zip(lists);
    Ok(rows.map(|(&number, list)| TrialReturns { number, returns: list.to_vec() }).collect())
}

impl TrialNames {
    /// Of a table with this schema.
    pub(crate) fn of(schema: &Schema) -> TrialNames {
        let mut names = TrialNames::default();
        for field in schema.fields() {
            let name = field.name();
            match name.strip_prefix(PARAM_PREFIX) {
                Some(param) => names.params.push(param.to_string()),
                None if matches!(name.as_str(), NUMBER | STATUS | MESSAGE) => {}
                None if name.starts_with(OBJECTIVE) => names.objectives.push(name.clone()),
                None => names.figures.push(name.clone()),
            }
        }
        names
    }
}

fn objective_names(columns: &TrialColumns) -> impl Iterator<Item = String> {
    let count = columns.objectives.len();
    (1..=count).map(move |i| if count == 1 { OBJECTIVE.to_string() } else { format!("{OBJECTIVE}_{i}") })
}

fn trial_columns(columns: &TrialColumns, rows: &[TrialRow]) -> Vec<Column> {
    let mut all = vec![u64s(NUMBER, rows.iter().map(|row| row.number))];
    all.extend(
        columns.params.iter().filter_map(|spec| param_column(spec, rows.iter().map(|row| &row.params))),
    );
    all.push(words(STATUS, rows.iter().map(|row| row.status)));
    let messages: StringArray = rows.iter().map(|row| row.message.as_deref()).collect();
    all.push((Field::new(MESSAGE, DataType::Utf8, true), Arc::new(messages)));
    let objectives = objective_names(columns).enumerate();
    all.extend(objectives.map(|(i, name)| optional_f64s(&name, rows.iter().map(|row| row.objectives[i]))));
    let figures = columns.figures.iter().enumerate();
    all.extend(figures.map(|(i, key)| optional_f64s(key, rows.iter().map(|row| row.figures[i]))));
    all
}

/// The values of one parameter; absent for a text, which no search varies.
///
/// # Panics
/// If a set lacks the parameter, or its value is of another kind.
pub(crate) fn param_column<'a>(spec: &ParamSpec, rows: impl Iterator<Item = &'a ParamSet>) -> Option<Column> {
    let name = format!("{PARAM_PREFIX}{}", spec.name);
    let values = rows.map(|params| params.get(&spec.name).expect("every parameter is there"));
    let wrong = || -> ! { panic!("parameter `{}` has a value of another kind", spec.name) };
    Some(match &spec.kind {
        ParamKind::Int { .. } => {
            i64s(&name, values.map(|value| if let ParamValue::Int(x) = value { *x } else { wrong() }))
        }
        ParamKind::Float { .. } => {
            f64s(&name, values.map(|value| if let ParamValue::Float(x) = value { *x } else { wrong() }))
        }
        ParamKind::Bool => {
            bools(&name, values.map(|value| if let ParamValue::Bool(x) = value { *x } else { wrong() }))
        }
        ParamKind::Choice(choices) => {
            let key = |value: &ParamValue| match value {
                ParamValue::Choice(word) => choices.iter().position(|c| c == word),
                _ => None,
            };
            let keys = values.map(|value| key(value).map_or_else(|| wrong(), |key| key as i32));
            let keys = Int32Array::from_iter_values(keys);
            let texts = Arc::new(StringArray::from_iter_values(choices.iter()));
            (Field::new(name, word_type(), false), dictionary(keys, texts))
        }
        ParamKind::Text | ParamKind::Targets => return None,
    })
}

fn read_param(table: &Rows<'_>, name: &str) -> Result<Vec<ParamValue>, StoreError> {
    let name = format!("{PARAM_PREFIX}{name}");
    Ok(match table.data_type(&name)? {
        DataType::Int64 => table.i64s(&name)?.iter().map(|&x| ParamValue::Int(x)).collect(),
        DataType::Boolean => {
            table.bools(&name)?.iter().map(|x| ParamValue::Bool(x.unwrap_or_default())).collect()
        }
        DataType::Dictionary(..) => {
            table.any_words(&name)?.into_iter().map(|word| ParamValue::Choice(word.to_string())).collect()
        }
        _ => table.f64s(&name)?.iter().map(|&x| ParamValue::Float(x)).collect(),
    })
}
