//! The series that a run needs: found in the catalog, their range settled, then read.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use wb_catalog::{Catalog, CatalogError, Import, IssueKind, SeriesInfo, SeriesKey, Verdict};
use wb_core::{BarColumns, Instrument, InstrumentId, Interval, Ts};
use wb_engine::RunSpec;
use wb_kernel::Model;

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
    /// Bars begin at or after this.
    from: Ts,
    /// Bars end at or before this.
    to: Ts,
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
        if request.benchmark.is_some() {
            described.pop();
        }
        let traded = &infos[..described.len()];
        let (from, to) = settle_range(request, traded, &described[0])?;
        let fingerprints = keys
            .iter()
            .map(|key| Ok(catalog.fingerprint(key, from, to)?.to_string()))
            .collect::<anyhow::Result<_>>()?;
        Ok(Market { catalog, keys, instruments: described.into(), from, to, fingerprints })
    }

    /// The run, with nothing left open. `models` are those that it asks for, `code_id` is that of the sources it runs.
    pub(crate) fn run_spec(&self, request: RunRequest, models: Vec<Model>, code_id: &str) -> RunSpec {
        RunSpec {
            strategy: request.strategy.name.to_string(),
            params: request.params,
            roles: request.roles,
            interval: request.interval,
            from: self.from,
            to: self.to,
            benchmark: request.benchmark,
            simulation: request.simulation,
            risk: request.risk,
            execution: request.execution,
            models,
            data: self.fingerprints.clone(),
            code_id: code_id.to_string(),
        }
    }

    /// Name and fingerprint of each series.
    pub(crate) fn datasets(&self) -> impl Iterator<Item = (String, String)> {
        self.keys.iter().zip(&self.fingerprints).map(|(key, hash)| (key.to_string(), hash.clone()))
    }

    /// What the imports of each series found, each series once.
    ///
    /// # Errors
    /// If a partition cannot be read.
    pub(crate) fn findings(&self) -> anyhow::Result<Vec<Findings>> {
        let mut keys = self.keys.clone();
        keys.sort();
        keys.dedup();
        let of = |key: SeriesKey| {
            let (imports, rows) = (self.catalog.imports(&key)?, self.catalog.info(&key)?.rows);
            Ok(Findings::of(&imports, key, rows))
        };
        keys.into_iter().map(of).collect()
    }

    /// Reads the bars of the run.
    ///
    /// # Errors
    /// If a partition cannot be read, or a series has no bars in the range.
    pub(crate) fn read(&self) -> anyhow::Result<RunBars> {
        let traded = self.instruments.len();
        let mut columns =
            self.keys[..traded].iter().map(|key| self.read_one(key)).collect::<Result<Vec<_>, _>>()?;
        let benchmark = match self.keys.get(traded) {
            None => None,
            Some(key) => Some(match self.keys[..traded].iter().position(|other| other == key) {
                Some(at) => at,
                None => {
                    columns.push(self.read_one(key)?);
                    traded
                }
            }),
        };
        Ok(RunBars { columns, traded, benchmark })
    }

    fn read_one(&self, key: &SeriesKey) -> anyhow::Result<BarColumns> {
        let bars = self.catalog.read_bars(key, self.from, self.to)?;
        if bars.is_empty() {
            let message = format!("{key} has no bars from {} to {}", self.from, self.to);
            return Err(UserError::data(message).hint(has(&self.catalog.info(key)?)).into());
        }
        Ok(bars)
    }
}

/// What all imports of a series found together.
pub(crate) struct Findings {
    /// The series.
    pub(crate) key: SeriesKey,
    /// Its bars.
    pub(crate) rows: u64,
    /// How often each kind of thing was found.
    pub(crate) issues: BTreeMap<IssueKind, u64>,
    /// Bars that are missing in all gaps together.
    pub(crate) missing_bars: u64,
    /// Bad rows that were left out.
    pub(crate) dropped_rows: u64,
}

impl Findings {
    fn of(imports: &[Import], key: SeriesKey, rows: u64) -> Findings {
        let mut findings = Findings { key, rows, issues: BTreeMap::new(), missing_bars: 0, dropped_rows: 0 };
        for audit in imports.iter().map(|import| &import.audit) {
            for issue in &audit.issues {
                *findings.issues.entry(issue.kind).or_default() += issue.count;
            }
            findings.missing_bars += audit.missing_bars;
            findings.dropped_rows += audit.dropped_rows;
        }
        findings
    }

    /// Whether nothing was found.
    pub(crate) fn is_clean(&self) -> bool {
        self.issues.is_empty()
    }
}

/// The bars of a run, each series once.
pub(crate) struct RunBars {
    columns: Vec<BarColumns>,
    traded: usize,
    benchmark: Option<usize>,
}

impl RunBars {
    /// The bars of each instrument, in the order of the spec.
    pub(crate) fn traded(&self) -> &[BarColumns] {
        &self.columns[..self.traded]
    }

    /// The bars of the benchmark; those of an instrument where it is one.
    pub(crate) fn benchmark(&self) -> Option<&BarColumns> {
        self.benchmark.map(|at| &self.columns[at])
    }
}

/// The series of that name and interval.
///
/// # Errors
/// If there is none.
pub(crate) fn find_series(catalog: &Catalog, name: &str, interval: Interval) -> anyhow::Result<SeriesInfo> {
    let key = SeriesKey::parse(name, interval)?;
    match catalog.info(&key) {
        Ok(info) => return Ok(info),
        Err(CatalogError::UnknownSeries { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    let series = catalog.series();
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

#[cfg(all(test, feature = "ingest"))]
mod tests {
    use tempfile::TempDir;
    use wb_core::{Grid, Ts};
    use wb_ingest::{SynthRequest, synth};
    use wb_strategies::STRATEGIES;

    use super::*;
    use crate::error::explain;
    use crate::settings::{Project, SpecText, resolve_run};

    /// Hourly bars of `t:S1` and `t:S2`, ten days from 2020-01-01.
    fn catalog() -> (TempDir, Catalog) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let catalog = open_catalog(folder.path()).expect("an empty catalog");
        let request = SynthRequest {
            seed: 1,
            venue: "t".to_string(),
            symbols: vec!["S1".to_string(), "S2".to_string()],
            interval: Interval::Minutes(60),
            from: Ts::parse("2020-01-01").expect("a date"),
            bars: 240,
            price: 100.0,
            volatility: 0.5,
            drift: 0.0,
            correlation: 0.0,
            tick: Grid::decimal(2),
            lot: Grid::decimal(2),
        };
        synth(&catalog, &request).expect("good bars");
        let catalog = open_catalog(folder.path()).expect("the catalog");
        (folder, catalog)
    }

    fn request(data: &str) -> RunRequest {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let project = Project::find(Some(folder.path()), None).expect("it exists");
        let text = format!("strategy = \"sma-cross\"\n[data]\n{data}");
        let file = SpecText { path: "x.toml".to_string(), text };
        let settings = project.settings(Some(&file), &[]).expect("good settings");
        resolve_run(&settings, STRATEGIES, "x.toml", &project.root).expect("a good spec")
    }

    #[test]
    fn a_run_reads_whole_days_and_a_shared_series_once() {
        let (_folder, catalog) = catalog();
        let data = "instruments = { base = \"t:S1\" }\ninterval = \"1h\"\nbenchmark = \"t:S1\"\n\
                    from = 2020-01-02\nto = 2020-01-03";
        let market = Market::find(catalog, &request(data)).expect("there is data");
        let bars = market.read().expect("there are bars");
        assert_eq!((bars.columns.len(), bars.traded().len()), (1, 1));
        let ts = &bars.benchmark().expect("a benchmark").ts;
        assert_eq!(ts.len(), 48);
        assert_eq!(ts[0].to_string(), "2020-01-02T01:00:00Z");
        assert_eq!(ts[47].to_string(), "2020-01-04T00:00:00Z");
    }

    #[test]
    fn a_benchmark_of_its_own_is_not_traded() {
        let (_folder, catalog) = catalog();
        let data = "instruments = { base = \"t:S1\" }\ninterval = \"1h\"\nbenchmark = \"t:S2\"";
        let market = Market::find(catalog, &request(data)).expect("there is data");
        let bars = market.read().expect("there are bars");
        assert_eq!((market.instruments.len(), market.fingerprints.len(), bars.traded().len()), (1, 2, 1));
        assert_ne!(bars.benchmark(), bars.traded().first());
        assert_eq!(bars.benchmark().map(BarColumns::len), Some(240));
    }

    #[test]
    fn what_is_not_there_is_told_with_what_is() {
        let check = |data: &str, message: &str, hint: &str| {
            let (_folder, catalog) = catalog();
            let error = Market::find(catalog, &request(data)).err().expect(message);
            let told = explain(&error);
            assert_eq!((told.message.as_str(), told.hint.as_deref()), (message, Some(hint)));
        };
        check(
            "instruments = { base = \"t:S3\" }\ninterval = \"1h\"",
            "no bars of 1h for t:S3 in the catalog",
            "did you mean t:S1?",
        );
        check(
            "instruments = { base = \"t:S1\" }\ninterval = \"1d\"",
            "no bars of 1d for t:S1 in the catalog",
            "t:S1 is there at 1h; `workbench data resample` makes longer bars of shorter ones",
        );
        check(
            "instruments = { base = \"binance:BTCUSDT\" }\ninterval = \"1h\"",
            "no bars of 1h for binance:BTCUSDT in the catalog",
            "bring it with `workbench data import FILES… --venue binance --symbol BTCUSDT --interval 1h`, or see \
             `workbench data list`",
        );
        check(
            "instruments = { base = \"t:S1\" }\ninterval = \"1h\"\nfrom = 2021-01-01\nto = 2021-02-01",
            "no bars from 2021-01-01T00:00:00Z to 2021-02-02T00:00:00Z",
            "t:S1 1h has 240 bars that end from 2020-01-01T01:00:00Z to 2020-01-11T00:00:00Z",
        );
    }
}
