//! The series that a run needs: found in the catalog, their range settled, then read.

use std::path::Path;
use std::sync::Arc;

use wb_catalog::{Catalog, SeriesInfo, SeriesKey, Verdict};
use wb_core::{BarColumns, Instrument, InstrumentId, Interval, Ts};

use crate::error::UserError;
use crate::settings::{RunRequest, When};
use crate::suggest::closest;

/// What the catalog says about the series of a run, before any bar is read.
pub(crate) struct Market {
    catalog: Catalog,
    /// The series of the instruments in the order of the spec, the benchmark's last.
    keys: Vec<SeriesKey>,
    /// The instruments, numbered in the order of the spec; without the benchmark's.
    pub(crate) instruments: Arc<[Instrument]>,
    /// The instrument of the benchmark.
    pub(crate) benchmark: Option<Instrument>,
    /// Bars begin at or after this.
    pub(crate) from: Ts,
    /// Bars end at or before this.
    pub(crate) to: Ts,
    /// Fingerprints of what is read, in the order of the series.
    pub(crate) fingerprints: Vec<String>,
}

impl Market {
    /// Finds what `request` needs.
    ///
    /// # Errors
    /// If a series is not in the catalog, failed its audit, or has no bars in the range.
    pub(crate) fn find(catalog: Catalog, request: &RunRequest) -> anyhow::Result<Market> {
        let names = request.roles.iter().flat_map(|(_, names)| names).chain(&request.benchmark);
        let mut keys = Vec::new();
        let mut infos = Vec::new();
        for name in names {
            let info = find_series(&catalog, name, request.interval)?;
            refuse_failed(&info)?;
            keys.push(info.key.clone());
            infos.push(info);
        }
        let mut described = Vec::with_capacity(keys.len());
        for (index, key) in keys.iter().enumerate() {
            let id = InstrumentId(u32::try_from(index).expect("a spec names few instruments"));
            described.push(catalog.meta(key)?.instrument(key, id));
        }
        let benchmark = request.benchmark.as_ref().and_then(|_| described.pop());
        let traded = &infos[..described.len()];
        let (from, to) = settle_range(request, traded, &described[0])?;
        let fingerprints = keys
            .iter()
            .map(|key| Ok(catalog.fingerprint(key, from, to)?.to_string()))
            .collect::<anyhow::Result<_>>()?;
        Ok(Market { catalog, keys, instruments: described.into(), benchmark, from, to, fingerprints })
    }

    /// Name and fingerprint of each series.
    pub(crate) fn datasets(&self) -> impl Iterator<Item = (String, String)> {
        self.keys.iter().zip(&self.fingerprints).map(|(key, hash)| (key.to_string(), hash.clone()))
    }

    /// What is known of each series once, and the bars that its imports missed.
    ///
    /// # Errors
    /// If a partition cannot be read.
    pub(crate) fn verdicts(&self) -> anyhow::Result<Vec<(SeriesInfo, u64)>> {
        let mut keys = self.keys.clone();
        keys.sort();
        keys.dedup();
        let verdict = |key: &SeriesKey| {
            let missing = self.catalog.imports(key)?.iter().map(|import| import.audit.missing_bars).sum();
            Ok((self.catalog.info(key)?, missing))
        };
        keys.iter().map(verdict).collect()
    }

    /// Reads the bars of the run: one set of columns for each instrument, then the benchmark's.
    ///
    /// # Errors
    /// If a partition cannot be read, or an instrument has no bars in the range.
    pub(crate) fn read(&self) -> anyhow::Result<Vec<BarColumns>> {
        let mut data = Vec::with_capacity(self.keys.len());
        for key in &self.keys {
            let bars = self.catalog.read_bars(key, self.from, self.to)?;
            if bars.is_empty() {
                let message = format!("{key} has no bars from {} to {}", self.from, self.to);
                return Err(UserError::data(message).hint(has(&self.catalog.info(key)?)).into());
            }
            data.push(bars);
        }
        Ok(data)
    }
}

/// The series of that name and interval.
///
/// # Errors
/// If there is none.
pub(crate) fn find_series(catalog: &Catalog, name: &str, interval: Interval) -> anyhow::Result<SeriesInfo> {
    let key = SeriesKey::parse(name, interval)?;
    let series = catalog.series();
    if let Some(info) = series.iter().find(|info| info.key == key) {
        return Ok(info.clone());
    }
    let names: Vec<String> = series.iter().map(|info| info.key.name()).collect();
    let others: Vec<String> =
        series.iter().filter(|info| info.key.name() == name).map(|i| i.key.interval().to_string()).collect();
    let hint = if !others.is_empty() {
        format!(
            "{name} is there at {}; `workbench data resample` makes longer bars of shorter ones",
            others.join(", ")
        )
    } else if let Some(near) = closest(name, names.iter().map(String::as_str)) {
        format!("did you mean {near}?")
    } else if names.is_empty() {
        "the catalog is empty: bring files with `workbench data import`".to_string()
    } else {
        format!(
            "bring it with `workbench data import FILES… --venue {} --symbol {} --interval {interval}`, \
                 or see `workbench data list`",
            key.venue(),
            key.symbol()
        )
    };
    Err(UserError::data(format!("no bars of {interval} for {name} in the catalog")).hint(hint).into())
}

/// Opens the catalog of a project's data folder.
///
/// # Errors
/// If it is damaged or of another version.
pub(crate) fn open_catalog(data: &Path) -> anyhow::Result<Catalog> {
    Ok(Catalog::open(&data.join("catalog"))?)
}

fn refuse_failed(info: &SeriesInfo) -> Result<(), UserError> {
    if info.verdict != Verdict::Failed {
        return Ok(());
    }
    let (name, interval) = (info.key.name(), info.key.interval());
    Err(UserError::data(format!("{} failed its audit: bars in it are impossible", info.key)).hint(format!(
        "see `workbench data audit {name} --interval {interval}`, then import it again with --on-bad drop"
    )))
}

/// Where the run begins and ends: as asked for, days cut in the first instrument's zone; else where the data does.
fn settle_range(
    request: &RunRequest,
    series: &[SeriesInfo],
    first: &Instrument,
) -> Result<(Ts, Ts), UserError> {
    let zone = &first.calendar.zone;
    let data_from = series.iter().map(|info| info.first - request.interval.span()).min();
    let data_to = series.iter().map(|info| info.last).max();
    let (data_from, data_to) = data_from.zip(data_to).expect("a strategy has an instrument");
    let from = request.from.map_or(data_from, |from| from.begin(zone));
    let to = request.to.map_or(data_to, |to: When| to.end(zone));
    if from >= to || to <= data_from || from >= data_to {
        let there: Vec<String> = series.iter().map(has).collect();
        let message = format!("no bars from {from} to {to}");
        return Err(UserError::data(message).hint(there.join("; ")));
    }
    Ok((from, to))
}

fn has(info: &SeriesInfo) -> String {
    format!("{} has {} bars that end from {} to {}", info.key, info.rows, info.first, info.last)
}
