//! Longer bars of a stored series, through the builder that live trading uses.

use wb_catalog::{Audit, Auditor, Catalog, Committed, Import, Overlap, SeriesKey, TickSource};
use wb_core::{Bar, BarBuilder, BarColumns, Interval, Ts};

use crate::IngestError;

/// Source bars that are read at a time.
const BLOCK_ROWS: i64 = 500_000;

/// Which series is to be made longer, and how long.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ResampleRequest {
    /// The stored series.
    pub series: SeriesKey,
    /// The length of the new bars: a multiple of the old.
    pub to: Interval,
    /// What becomes of bars that are stored already.
    pub overlap: Overlap,
}

/// What a resampling did.
#[derive(Clone, PartialEq, Debug)]
pub struct ResampleReport {
    /// The series that was written.
    pub series: SeriesKey,
    /// Bars that were read.
    pub rows: u64,
    /// What was found in the new bars; stored with the series.
    pub audit: Audit,
    /// What was written.
    pub committed: Committed,
    /// What was left out at the ends, in words.
    pub notes: Vec<String>,
}

/// Makes longer bars of a stored series and writes them as a series of their own. Days are cut at midnight of
/// the venue's time zone.
///
/// Where the venue never closes, an interval that the data enter late or leave early is left out, since its bar
/// would look whole. Where it has sessions, the first and the last day are taken as they are.
///
/// # Errors
/// [`IngestError::Request`] where the new interval is no multiple of the old, [`IngestError::NoBars`] where no
/// whole bar comes out, [`IngestError::Catalog`] where the series is not there or the new one cannot be written.
pub fn resample(catalog: &Catalog, request: &ResampleRequest) -> Result<ResampleReport, IngestError> {
    let from = request.series.interval();
    if request.to <= from || request.to.span().0 % from.span().0 != 0 {
        return Err(IngestError::Request {
            what: format!("bars of {} cannot be made of bars of {from}", request.to),
            hint: format!("choose a multiple of {from}, such as 5m, 1h or 1d"),
        });
    }
    let info = catalog.info(&request.series)?;
    let meta = catalog.meta(&request.series)?;
    let series = SeriesKey::new(request.series.venue(), request.series.symbol(), request.to)?;
    let tick = (meta.tick_source == TickSource::Stated).then_some(meta.tick);
    let mut auditor = Auditor::new(request.to, meta.calendar.clone(), tick);
    let mut writer = catalog.writer(&series, request.overlap)?;
    let mut longer = Longer::new(request.to, &meta.calendar, info.first - from.span());
    let mut rows = 0;
    let mut written = 0;
    let mut begin = info.first - from.span();
    while begin < info.last {
        let end = Ts(begin.0.saturating_add(from.span().0 * BLOCK_ROWS)).min(info.last);
        let block = catalog.read_bars(&request.series, begin, end)?;
        rows += block.len() as u64;
        let mut made = longer.take(&block);
        if end == info.last {
            longer.finish(&mut made);
        }
        auditor.push(&made, |i| written + i as u64 + 1);
        written += made.len() as u64;
        writer.push(&made)?;
        begin = end;
    }
    if written == 0 {
        return Err(IngestError::NoBars {
            what: format!("{} bars of {} make no whole bar of {}", info.rows, request.series, request.to),
            hint: "choose a shorter interval or import more data".to_string(),
        });
    }
    let audit = auditor.finish();
    let import = Import { files: vec![request.series.to_string()], format: "resample".to_string(), audit };
    let committed = writer.commit(&meta, &import)?;
    Ok(ResampleReport { series, rows, audit: import.audit, committed, notes: longer.notes })
}

/// The builder, and what it must know about the ends of the data.
struct Longer {
    builder: BarBuilder,
    always_open: bool,
    /// The end of the first interval, where the data enter it late.
    left_out: Option<Ts>,
    notes: Vec<String>,
}

impl Longer {
    fn new(to: Interval, calendar: &wb_core::Calendar, begins: Ts) -> Longer {
        let builder = BarBuilder::new(to, calendar.zone.clone());
        let always_open = calendar.is_always_open();
        let boundary = builder.bucket_end(Ts(begins.0 - 1)) == begins;
        let left_out = (always_open && !boundary).then(|| builder.bucket_end(begins));
        let notes =
            left_out.iter().map(|end| format!("the bar {end} is left out: data begin inside it")).collect();
        Longer { builder, always_open, left_out, notes }
    }

    fn take(&mut self, block: &BarColumns) -> BarColumns {
        let mut made = Vec::new();
        for row in 0..block.len() {
            self.builder.on_bar(block.ts[row], &block.bar(row), &mut made);
        }
        self.columns(made)
    }

    /// Ends the open bar after the last source bar.
    fn finish(&mut self, made: &mut BarColumns) {
        let Some(due) = self.builder.due() else { return };
        if self.always_open {
            self.notes.push(format!("the bar {due} is left out: data end inside it"));
            return;
        }
        let mut last = Vec::new();
        self.builder.on_time(due, &mut last);
        made.append(&self.columns(last));
    }

    fn columns(&self, made: Vec<(Ts, Bar)>) -> BarColumns {
        let mut columns = BarColumns::with_capacity(self.builder.interval(), made.len());
        for (end, bar) in made.iter().filter(|(end, _)| Some(*end) != self.left_out) {
            columns.push(*end, bar);
        }
        columns
    }
}
