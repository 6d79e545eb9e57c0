//! A scratch catalog, and the folder of real data.

use std::path::{Path, PathBuf};

use wb_catalog::{Catalog, SeriesKey};
use wb_core::{BarColumns, Interval, Ts};
use wb_ingest::{ImportReport, ImportRequest, IngestError, import};

/// The present, as far as these tests know.
pub(crate) const NOW: &str = "2026-11-21";

/// The folder of real data: `SHARED_MARKET_DATA`, else `../shared/data` beside the workspace. Says so loudly
/// where it is absent.
pub(crate) fn shared_data(test: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("SHARED_MARKET_DATA").map_or(beside, PathBuf::from);
    let found = folder.is_dir();
    #[expect(clippy::print_stderr, reason = "a test that proves nothing must say so")]
    if !found {
        eprintln!("SKIPPED: {test}: no market data in {}", folder.display());
    }
    found.then_some(folder)
}

/// A catalog in a folder that goes when it is dropped.
pub(crate) struct Scratch {
    pub(crate) folder: tempfile::TempDir,
}

impl Scratch {
    pub(crate) fn new() -> Scratch {
        Scratch { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    pub(crate) fn catalog(&self) -> Catalog {
        Catalog::open(&self.folder.path().join("catalog")).expect("a catalog")
    }

    /// Writes a file to import.
    pub(crate) fn file(&self, name: &str, contents: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(&path, contents).expect("a file");
        path
    }

    pub(crate) fn import(&self, request: &ImportRequest) -> Result<ImportReport, IngestError> {
        import(&self.catalog(), request, &mut |_| {})
    }

    /// All stored bars of a series.
    pub(crate) fn bars(&self, series: &SeriesKey) -> BarColumns {
        self.catalog().read_bars(series, Ts::MIN, Ts::MAX).expect("a stored series")
    }
}

/// An import of these files as `venue:SYMBOL`.
pub(crate) fn request(files: &[PathBuf], venue: &str, symbol: &str, interval: &str) -> ImportRequest {
    let interval = Interval::parse(interval).expect(interval);
    ImportRequest::new(files.to_vec(), venue, symbol, interval, Ts::parse(NOW).expect(NOW))
}
