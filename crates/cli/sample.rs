//! The sample series that is built into the binary, so that the first run needs no data.

use wb_catalog::Catalog;

/// `venue:SYMBOL` of the sample series.
const NAME: &str = "sample:SP500";

/// Whether one of these instruments is the sample and the catalog does not have it yet.
pub(crate) fn is_wanted<'a>(catalog: &Catalog, mut names: impl Iterator<Item = &'a String>) -> bool {
    names.any(|name| name == NAME) && !catalog.series().iter().any(|info| info.key.name() == NAME)
}

/// Imports the sample series.
///
/// # Errors
/// If the catalog cannot be written.
#[cfg(feature = "ingest")]
pub(crate) fn import(catalog: &Catalog, now: wb_core::Ts) -> anyhow::Result<()> {
    use anyhow::Context;
    use wb_core::{Grid, Interval};
    use wb_ingest::{CalendarChoice, Format, ImportRequest};

    /// As committed; source and licence stand in data/sample/README.md.
    const FILE: &[u8] = include_bytes!("../../data/sample/sp500.csv.gz");
    let folder = tempfile::tempdir().context("making a folder for the sample")?;
    let path = folder.path().join("sp500.csv.gz");
    std::fs::write(&path, FILE).with_context(|| format!("writing {}", path.display()))?;
    let request = ImportRequest {
        format: Format::Yahoo,
        zone: Some("America/New_York".to_string()),
        // The index is quoted to the hundredth; the file's prices went through single precision.
        tick: Grid::new(1, 6),
        lot: Grid::new(1, 6),
        currency: Some("USD".to_string()),
        calendar: CalendarChoice::Sessions { days_per_year: Some(252.0), seconds_per_day: Some(23_400.0) },
        ..ImportRequest::new(vec![path], "sample", "SP500", Interval::Days(1), now)
    };
    wb_ingest::import(catalog, &request, &mut |_| {}).context("importing the sample series")?;
    Ok(())
}

/// Says that this build cannot import.
///
/// # Errors
/// Always.
#[cfg(not(feature = "ingest"))]
pub(crate) fn import(_: &Catalog, _: wb_core::Ts) -> anyhow::Result<()> {
    let message = format!("{NAME} is not in the catalog and this build cannot import it");
    let hint = "build with the feature `ingest`, or point --project at a folder whose catalog has it";
    Err(crate::error::UserError::data(message).hint(hint).into())
}
