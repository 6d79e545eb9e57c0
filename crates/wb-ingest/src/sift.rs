//! Tells rows that are bars from rows that cannot be.

use wb_catalog::{Audit, Auditor, Issue, IssueKind, Place};
use wb_core::{Bar, BarColumns, Calendar, Ts};

use crate::IngestError;
use crate::error::{BadPlace, BadRows};
use crate::factors::{self, Factors};
use crate::infer::GridFinder;
use crate::layout::Layout;
use crate::moments::{BarTimes, TimeFault};
use crate::raw::RawBlock;
use crate::report::FileReport;
use crate::request::{ImportRequest, OnBad, Prices};

/// Bad rows that are shown, and places of a finding that are kept.
const SHOWN: usize = 10;

/// The grids on which prices and volumes lie, before any adjustment.
#[derive(Clone, Debug, Default)]
pub(crate) struct Grids {
    pub(crate) price: GridFinder,
    pub(crate) volume: GridFinder,
}

/// Checks the rows of an import, file after file.
pub(crate) struct Sift<'a> {
    request: &'a ImportRequest,
    /// One for each calendar that is possible as far as is known; only their gaps differ.
    auditors: Vec<Auditor>,
    grids: Grids,
    /// The end of the last bar that was good.
    last_good: Option<Ts>,
    places: Vec<BadPlace>,
    /// Rows whose time is no time, which the auditor never sees.
    time_faults: Vec<(IssueKind, u64, Vec<Place>)>,
    bad_rows: u64,
    good_rows: u64,
    other_symbols: u64,
}

impl<'a> Sift<'a> {
    pub(crate) fn new(request: &'a ImportRequest, calendars: &[Calendar]) -> Sift<'a> {
        // Adjusted prices lie between ticks by right.
        let tick = request.tick.filter(|_| request.prices == Prices::Raw);
        Sift {
            request,
            auditors: calendars
                .iter()
                .map(|calendar| Auditor::new(request.interval, calendar.clone(), tick))
                .collect(),
            other_symbols: 0,
            grids: Grids::default(),
            last_good: None,
            places: Vec::new(),
            time_faults: Vec::new(),
            bad_rows: 0,
            good_rows: 0,
        }
    }

    /// Begins with the next file.
    pub(crate) fn file<'s>(&'s mut self, layout: &'s Layout) -> Result<FileSift<'s, 'a>, IngestError> {
        let factors = factor_file(self.request, layout)?;
        let times = layout.times.clone();
        Ok(FileSift { sift: self, layout, times, factors, rows: 0, other_symbols: 0, span: None })
    }

    /// The judgement on all rows under the calendar at this place, and the grids of the good ones.
    ///
    /// # Errors
    /// Where rows were bad and not to be dropped, or none was good.
    pub(crate) fn finish(mut self, calendar: usize) -> Result<(Audit, Grids), IngestError> {
        let mut audit = self.auditors.swap_remove(calendar).finish();
        for (kind, count, places) in self.time_faults {
            audit.rows += count;
            audit.bad_rows += count;
            audit.issues.push(Issue { kind, count, places });
        }
        audit.issues.sort_by_key(|issue| issue.kind);
        match self.request.on_bad {
            OnBad::Error if audit.bad_rows > 0 => {
                Err(IngestError::BadRows(Box::new(BadRows { places: self.places, audit })))
            }
            OnBad::Error | OnBad::Drop if self.good_rows == 0 => Err(IngestError::NoBars {
                what: format!(
                    "{}: {} rows of {:?} were read, {} of them bad, and {} rows of other symbols",
                    file_names(self.request),
                    audit.rows,
                    self.request.symbol,
                    audit.bad_rows,
                    self.other_symbols
                ),
                hint: "look into the file, and give --symbol as it writes it".to_string(),
            }),
            OnBad::Error | OnBad::Drop => {
                audit.dropped_rows = audit.bad_rows;
                Ok((audit, self.grids))
            }
        }
    }

    fn note_time_fault(&mut self, kind: IssueKind, place: Place) {
        let at = self.time_faults.iter().position(|(known, _, _)| *known == kind);
        let at = at.unwrap_or_else(|| {
            self.time_faults.push((kind, 0, Vec::new()));
            self.time_faults.len() - 1
        });
        let (_, count, places) = &mut self.time_faults[at];
        *count += 1;
        if places.len() < SHOWN {
            places.push(place);
        }
    }
}

/// Checks the rows of one file.
pub(crate) struct FileSift<'s, 'a> {
    sift: &'s mut Sift<'a>,
    layout: &'s Layout,
    times: BarTimes,
    factors: Option<Factors>,
    rows: u64,
    other_symbols: u64,
    span: Option<(Ts, Ts)>,
}

impl FileSift<'_, '_> {
    /// Takes the next rows, oldest first. The bars among them, or `None` where nothing is to be written any
    /// more since a row was bad.
    pub(crate) fn take(&mut self, mut raw: RawBlock) -> Option<BarColumns> {
        self.rows += raw.len() as u64;
        self.other_symbols += raw.other_symbols;
        self.sift.other_symbols += raw.other_symbols;
        let (ends, marks) = self.ends(&raw);
        if marks.contains(&false) {
            let others = raw.other_symbols;
            raw.keep(&marks);
            raw.other_symbols = others;
        }
        let adjusted = self.scale(&mut raw, &ends);
        let [open, high, low, close] = std::mem::take(&mut raw.prices);
        let volume = std::mem::take(&mut raw.volume);
        let interval = self.sift.request.interval;
        let mut block = BarColumns { interval, ts: ends, open, high, low, close, volume };
        let mut bad = Vec::new();
        for auditor in &mut self.sift.auditors {
            bad = auditor.push(&block, |i| raw.rows.of(i));
        }
        if !bad.is_empty() {
            self.note_bad_rows(&raw, &block, &bad);
            remove(&mut block, &bad);
        }
        if !adjusted {
            self.sift.learn_grids([&block.open, &block.high, &block.low, &block.close], &block.volume);
        }
        if let (Some(first), Some(last)) = (block.ts.first(), block.ts.last()) {
            self.span = Some((self.span.map_or(*first, |(begin, _)| begin), *last));
            self.sift.last_good = Some(*last);
        }
        self.sift.good_rows += block.len() as u64;
        let stop = self.sift.request.on_bad == OnBad::Error && self.sift.bad_rows > 0;
        (!stop).then_some(block)
    }

    /// What was read.
    pub(crate) fn report(self) -> FileReport {
        let mut notes = self.layout.notes.clone();
        if self.times.twice() > 0 {
            notes.push(format!(
                "{} local times are shown twice by the clock of {}: the first is taken, after it the second",
                self.times.twice(),
                self.layout.zone_name
            ));
        }
        FileReport {
            name: self.layout.source.display(),
            format: self.layout.facts.format.to_string(),
            columns: self.layout.columns(),
            times: self.layout.describe_times(),
            rows: self.rows,
            other_symbols: self.other_symbols,
            span: self.span,
            notes,
        }
    }

    /// The ends of the bars of the rows that have a time, and which rows those are.
    fn ends(&mut self, raw: &RawBlock) -> (Vec<Ts>, Vec<bool>) {
        let mut ends = Vec::with_capacity(raw.len());
        let mut marks = vec![true; raw.len()];
        for (row, moment) in raw.time.iter().enumerate() {
            let (kind, what, ts) = match self.times.end(*moment) {
                Ok(end) if end <= self.sift.request.now => {
                    ends.push(end);
                    continue;
                }
                Ok(end) => (IssueKind::Future, "the bar has not ended yet", Some(end)),
                Err(TimeFault::Unreadable) => (IssueKind::BadTime, "the time cannot be read", None),
                Err(TimeFault::NeverShown) => {
                    (IssueKind::BadTime, "the clock of this time zone never shows this time", None)
                }
            };
            marks[row] = false;
            let value = ts.map_or(0.0, |end| (end - self.sift.request.now).as_seconds_f64());
            let before = ends.last().copied().or(self.sift.last_good).unwrap_or(Ts(0));
            let place = Place { row: raw.rows.of(row), ts: ts.unwrap_or(before), value };
            self.sift.note_time_fault(kind, place);
            self.note_bad_row(raw, row, ts, what.to_string());
        }
        (ends, marks)
    }

    /// Divides prices, and adjusts them where that was asked for; whether it was.
    fn scale(&mut self, raw: &mut RawBlock, ends: &[Ts]) -> bool {
        let divisor = self.layout.price_divisor;
        #[expect(
            clippy::float_cmp,
            reason = "one is exactly one, and dividing by it is skipped for speed only"
        )]
        if divisor != 1.0 {
            raw.prices.iter_mut().flatten().for_each(|price| *price /= divisor);
        }
        let adjusted = raw.adj_close.is_some() || self.factors.is_some();
        if adjusted {
            self.sift.learn_grids([0, 1, 2, 3].map(|i| &raw.prices[i]), &raw.volume);
        }
        if let Some(adj_close) = raw.adj_close.take() {
            let factors: Vec<f64> = adj_close
                .iter()
                .zip(&raw.prices[3])
                .map(|(adjusted, close)| adjusted / divisor / close)
                .collect();
            for prices in &mut raw.prices {
                prices.iter_mut().zip(&factors).for_each(|(price, factor)| *price *= factor);
            }
            // The close is the adjusted close itself, not a product that rounds beside it.
            raw.prices[3] = adj_close.iter().map(|close| close / divisor).collect();
            enclose(&mut raw.prices);
        }
        if let Some(factors) = &self.factors {
            for (row, end) in ends.iter().enumerate() {
                // The session of a bar is the day of its last instant.
                let (factor, split) = factors.on(self.times.zone.date(Ts(end.0 - 1)));
                raw.prices.iter_mut().for_each(|prices| prices[row] *= factor);
                raw.volume[row] /= split;
            }
        }
        adjusted
    }

    fn note_bad_rows(&mut self, raw: &RawBlock, block: &BarColumns, bad: &[usize]) {
        let mut last_good = self.sift.last_good;
        let mut next = 0;
        for &row in bad {
            if row > next {
                last_good = Some(block.ts[row - 1]);
            }
            next = row + 1;
            let what = if self.sift.places.len() < SHOWN {
                describe(block.ts[row], &block.bar(row), last_good)
            } else {
                String::new()
            };
            self.note_bad_row(raw, row, Some(block.ts[row]), what);
        }
    }

    fn note_bad_row(&mut self, raw: &RawBlock, row: usize, ts: Option<Ts>, mut what: String) {
        self.sift.bad_rows += 1;
        if self.sift.places.len() >= SHOWN {
            return;
        }
        if let Some(text) = raw.text.of(row) {
            what.push_str(&format!(" in {text:?}"));
        }
        let file = self.layout.source.display();
        self.sift.places.push(BadPlace { file, row: raw.rows.of(row), ts, what });
    }
}

impl Sift<'_> {
    fn learn_grids(&mut self, prices: [&Vec<f64>; 4], volume: &[f64]) {
        prices.into_iter().for_each(|column| self.grids.price.push(column));
        self.grids.volume.push(volume);
    }
}

/// The first of the files, and how many more there are.
fn file_names(request: &ImportRequest) -> String {
    let first = request.files.first().map_or(String::new(), |file| file.display().to_string());
    match request.files.len() {
        0 | 1 => first,
        n => format!("{first} and {} more", n - 1),
    }
}

fn factor_file(request: &ImportRequest, layout: &Layout) -> Result<Option<Factors>, IngestError> {
    let path = match &request.prices {
        Prices::Raw => return Ok(None),
        Prices::AdjustedBy(path) => path.clone(),
        Prices::Adjusted if layout.facts.format == "lean" => {
            factors::beside(layout.source.path()).filter(|path| path.exists()).ok_or_else(|| {
                IngestError::layout(
                    layout.source.path(),
                    "there is no factor file ../factor_files/<symbol>.csv",
                    "name it with --factors, or import raw prices",
                )
            })?
        }
        Prices::Adjusted if layout.reading.adj_close().is_some() => return Ok(None),
        Prices::Adjusted => {
            return Err(IngestError::layout(
                layout.source.path(),
                "there is no column of adjusted closes",
                "name it with --columns adj_close=…, or import raw prices",
            ));
        }
    };
    Factors::read(&path).map(Some)
}

/// Widens high and low by the last bit that adjusting may have moved open or close past them.
fn enclose(prices: &mut [Vec<f64>; 4]) {
    let [open, high, low, close] = prices;
    for row in 0..open.len() {
        let slack = high[row].abs() * 4.0 * f64::EPSILON;
        for price in [open[row], close[row]] {
            if price > high[row] && price - high[row] <= slack {
                high[row] = price;
            }
            if price < low[row] && low[row] - price <= slack {
                low[row] = price;
            }
        }
    }
}

/// Takes these rows out, given ascending.
fn remove(block: &mut BarColumns, bad: &[usize]) {
    let mut keep = vec![true; block.len()];
    bad.iter().for_each(|row| keep[*row] = false);
    let mut marks = keep.iter();
    block.ts.retain(|_| *marks.next().expect("as many marks as rows"));
    for column in [&mut block.open, &mut block.high, &mut block.low, &mut block.close, &mut block.volume] {
        let mut marks = keep.iter();
        column.retain(|_| *marks.next().expect("as many marks as rows"));
    }
}

/// What is wrong with a row that the auditor refused, the worst first, as the auditor ranks it.
fn describe(ts: Ts, bar: &Bar, last_good: Option<Ts>) -> String {
    let prices = [("open", bar.open), ("high", bar.high), ("low", bar.low), ("close", bar.close)];
    if let Some((name, _)) = prices.iter().find(|(_, price)| !price.is_finite()) {
        return format!("{name} is not a number");
    }
    if !bar.volume.is_finite() {
        return "volume is not a number".to_string();
    }
    if let Some((name, price)) = prices.iter().find(|(_, price)| *price <= 0.0) {
        return format!("{name} {price} is not positive");
    }
    if bar.high < bar.low {
        return format!("high {} is below low {}", bar.high, bar.low);
    }
    if let Some((name, price)) = prices.iter().find(|(_, price)| *price < bar.low || *price > bar.high) {
        return format!("{name} {price} is outside low {} to high {}", bar.low, bar.high);
    }
    if bar.volume < 0.0 {
        return format!("volume {} is negative", bar.volume);
    }
    match last_good {
        Some(before) if ts == before => "the time is that of the row before".to_string(),
        Some(before) if ts < before => format!("the time is earlier than {before} of a row before"),
        _ => "not a possible bar".to_string(),
    }
}
