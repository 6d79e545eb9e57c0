//! Brings files into the catalog as one series.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use wb_catalog::{Catalog, Import, SeriesKey};

use crate::calendar::CalendarFinder;
use crate::decompress::Source;
use crate::head::Physical;
use crate::layout::Layout;
use crate::meta::series_meta;
use crate::raw::RawBlock;
use crate::report::ImportReport;
use crate::request::{ImportRequest, Progress};
use crate::sift::Sift;
use crate::{IngestError, columnar, csv, json};

/// Reads the files of the request, checks every row and writes them to the catalog as one series.
///
/// Files are taken in the order of their first bars. Memory holds a block of rows, not a file, but for feather
/// files and files whose newest row comes first, which are held whole.
///
/// # Errors
/// [`IngestError::Layout`] where a file is not understood, [`IngestError::Spacing`] where its bars have another
/// interval, [`IngestError::BadRows`] where rows cannot be bars and are not to be dropped,
/// [`IngestError::NoBars`] where nothing is left, [`IngestError::Catalog`] where stored bars contradict. The
/// catalog is then as it was.
pub fn import(
    catalog: &Catalog,
    request: &ImportRequest,
    progress: &mut dyn FnMut(Progress),
) -> Result<ImportReport, IngestError> {
    let series = SeriesKey::new(&request.venue, &request.symbol, request.interval)?;
    let layouts = layouts(request)?;
    let first = &layouts[0];
    let mut calendar = CalendarFinder::new(request, first);
    let mut writer = catalog.writer(&series, request.overlap)?;
    let mut sift = Sift::new(request, &calendar.possible());
    let mut counter = Counter::new(&layouts, progress);
    let mut files = Vec::new();
    for layout in &layouts {
        let mut file = sift.file(layout)?;
        let done = counter.done.clone();
        read(layout, &done, &mut |raw| {
            counter.rows += raw.len() as u64;
            if let Some(block) = file.take(raw) {
                calendar.push(&block);
                writer.push(&block)?;
            }
            counter.tell();
            Ok(())
        })?;
        files.push(file.report());
        counter.files_done += 1;
        counter.tell();
    }
    let (audit, grids) = sift.finish(calendar.place())?;
    let mut notes = Vec::new();
    let calendar = calendar.finish(&mut notes);
    let stored = catalog.meta(&series).ok();
    let meta = series_meta(request, stored.as_ref(), &first.facts, &grids, calendar, &mut notes);
    let import = Import {
        files: layouts.iter().map(|layout| layout.source.archive_name()).collect(),
        format: first.facts.format.to_string(),
        audit: audit.clone(),
    };
    let committed = writer.commit(&meta, &import)?;
    Ok(ImportReport { series, files, meta, audit, committed, notes })
}

/// The layouts of all files, by the time of their first bars. Files whose first rows hold none of the symbol
/// keep their place in the request.
fn layouts(request: &ImportRequest) -> Result<Vec<Layout>, IngestError> {
    if request.files.is_empty() {
        return Err(IngestError::Request {
            what: "no files to import".to_string(),
            hint: "name at least one file".to_string(),
        });
    }
    let mut layouts = Vec::new();
    for file in &request.files {
        layouts.push(Layout::of(Source::open(file)?, request)?);
    }
    if layouts.iter().all(|layout| !layout.sample.is_empty()) {
        layouts.sort_by_key(|layout| layout.sample.first().copied());
    }
    Ok(layouts)
}

/// Reads all rows of a file, oldest first.
fn read(
    layout: &Layout,
    done: &AtomicU64,
    on_block: &mut dyn FnMut(RawBlock) -> Result<(), IngestError>,
) -> Result<(), IngestError> {
    if !layout.newest_first {
        return read_forward(layout, done, on_block);
    }
    let mut blocks = Vec::new();
    read_forward(layout, done, &mut |block| {
        blocks.push(block);
        Ok(())
    })?;
    blocks.into_iter().rev().try_for_each(|mut block| {
        block.reverse();
        on_block(block)
    })
}

fn read_forward(
    layout: &Layout,
    done: &AtomicU64,
    on_block: &mut dyn FnMut(RawBlock) -> Result<(), IngestError>,
) -> Result<(), IngestError> {
    let (source, reading, names) = (&layout.source, &layout.reading, layout.names.as_deref());
    match &layout.physical {
        Physical::Text(shape) => {
            source.read(done, |reader| csv::read(source.path(), shape, reading, reader, on_block))
        }
        Physical::Json => {
            source.read(done, |reader| json::read(source.path(), names, reading, reader, on_block))
        }
        table @ (Physical::Parquet | Physical::Feather) => {
            columnar::read(source, table, names.unwrap_or_default(), reading, done, on_block)
        }
    }
}

/// Counts what was read, for whoever shows it.
struct Counter<'a> {
    progress: &'a mut dyn FnMut(Progress),
    files: usize,
    files_done: usize,
    bytes: u64,
    done: Arc<AtomicU64>,
    rows: u64,
}

impl<'a> Counter<'a> {
    fn new(layouts: &[Layout], progress: &'a mut dyn FnMut(Progress)) -> Counter<'a> {
        let bytes = layouts.iter().map(|layout| layout.source.bytes()).sum();
        Counter { progress, files: layouts.len(), files_done: 0, bytes, done: Arc::default(), rows: 0 }
    }

    fn tell(&mut self) {
        (self.progress)(Progress {
            files: self.files,
            files_done: self.files_done,
            bytes: self.bytes,
            bytes_done: self.done.load(Ordering::Relaxed).min(self.bytes),
            rows: self.rows,
        });
    }
}
