//! A run's report: what wb-report is given.

use std::borrow::Cow;

use wb_core::BarColumns;
use wb_engine::{RunInput, RunSpec};
use wb_kernel::{FeatureColumn, Field};
use wb_metrics::{Outcome, Tearsheet};
use wb_report::{PriceSeries, RunPage, run_page};
use wb_store::{Provenance, RunId};

use crate::models::models_of;
use crate::spec_file::spec_text;

/// All that a report shows besides what can be computed from it.
pub(crate) struct Page<'a> {
    /// What was run, on which bars.
    pub(crate) input: &'a RunInput<'a>,
    /// The facts.
    pub(crate) outcome: &'a Outcome,
    /// The figures.
    pub(crate) tearsheet: &'a Tearsheet,
    /// What is to be said about the data and the settings.
    pub(crate) notes: &'a [String],
    /// Label and value of what the run is made of.
    pub(crate) provenance: &'a [(String, String)],
}

/// The page as HTML.
///
/// # Errors
/// If the strategy's features cannot be declared.
pub(crate) fn render(page: &Page<'_>) -> anyhow::Result<String> {
    with_run_page(page, run_page)
}

/// What `draw` makes of the page that wb-report is given.
///
/// # Errors
/// If the strategy's features cannot be declared.
pub(crate) fn with_run_page(
    page: &Page<'_>,
    draw: impl FnOnce(&RunPage<'_>) -> String,
) -> anyhow::Result<String> {
    let input = page.input;
    let columns = input.features()?;
    let prices: Vec<PriceSeries<'_>> = input
        .instruments
        .iter()
        .zip(input.bars)
        .enumerate()
        .map(|(index, (instrument, bars))| PriceSeries {
            instrument,
            bars,
            features: features(&columns, index, bars),
        })
        .collect();
    let docs = (input.entry.specs)(&input.spec.params)?;
    let doc_of = |name: &str| docs.iter().find(|spec| spec.name == name).map_or("", |spec| spec.doc);
    let params: Vec<(String, String, String)> = input
        .spec
        .params
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_string(), doc_of(name).to_string()))
        .collect();
    Ok(draw(&RunPage {
        title: &title(input.spec),
        spec_text: &spec_text(input.spec),
        outcome: page.outcome,
        tearsheet: page.tearsheet,
        params: &params,
        prices: &prices,
        data_notes: page.notes,
        provenance: page.provenance,
    }))
}

/// What the report says about where the run comes from.
pub(crate) fn provenance_rows(id: &RunId, digest: &str, provenance: &Provenance) -> Vec<(String, String)> {
    let mut rows = vec![
        ("Run".to_string(), id.to_string()),
        ("Digest".to_string(), digest.to_string()),
        ("Code".to_string(), provenance.code_id.clone()),
        ("Workbench".to_string(), provenance.workbench.clone()),
    ];
    rows.extend(models_of(&provenance.versions));
    rows.extend(provenance.data.iter().map(|d| (d.name.clone(), d.fingerprint.clone())));
    rows
}

/// One line for lists and titles: `sma-cross binance:NEARUSDT 1m`.
pub(crate) fn title(spec: &RunSpec) -> String {
    let names: Vec<&str> = spec.roles.iter().flat_map(|(_, names)| names).map(String::as_str).collect();
    let what = match names[..] {
        [] => String::new(),
        [one] => one.to_string(),
        [one, two] => format!("{one} {two}"),
        [one, ..] => format!("{one} and {} more", names.len() - 1),
    };
    format!("{} {what} {}", spec.strategy, spec.interval)
}

fn features<'a>(
    columns: &'a [FeatureColumn],
    instrument: usize,
    bars: &BarColumns,
) -> Vec<wb_report::FeatureColumn<'a>> {
    // A plain field is what the bars themselves show.
    let drawn = columns.iter().filter(|column| Field::named(&column.name).is_none());
    let of_instrument = drawn.filter(|column| column.instrument.index() == instrument);
    of_instrument
        .map(|column| {
            assert_eq!(column.values.len(), bars.len(), "a feature has a value for each bar");
            wb_report::FeatureColumn {
                name: column.name.clone(),
                values: Cow::Borrowed(&column.values),
                on_price: column.on_price,
            }
        })
        .collect()
}
