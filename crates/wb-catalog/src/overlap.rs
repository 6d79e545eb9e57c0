//! What becomes of stored bars where an import has bars too.

use std::ops::Range;

use wb_core::{Bar, BarColumns, Ts};

use crate::{CatalogError, SeriesKey};

/// What becomes of stored bars where an import has bars too.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Overlap {
    /// Old and new bars are joined by time. A bar that both have must be the same in both, else nothing is
    /// written.
    Join,
    /// Stored bars from the first to the last new bar are thrown away, those outside stay.
    Replace,
}

/// Both in time order, bars that both have once.
pub(crate) fn join(
    key: &SeriesKey,
    stored: &BarColumns,
    new: &BarColumns,
) -> Result<BarColumns, CatalogError> {
    let mut out = BarColumns::with_capacity(new.interval, stored.len() + new.len());
    let mut from = 0;
    for row in 0..new.len() {
        let ts = new.ts[row];
        let until = from + stored.ts[from..].partition_point(|stored| *stored < ts);
        append_rows(&mut out, stored, from..until);
        from = until;
        if stored.ts.get(from) == Some(&ts) {
            let (old, bar) = (stored.bar(from), new.bar(row));
            if bits(&old) != bits(&bar) {
                let (series, stored, new) = (key.to_string(), text(&old), text(&bar));
                return Err(CatalogError::Conflict { series, ts, stored, new });
            }
            from += 1;
        }
        out.push(ts, &new.bar(row));
    }
    append_rows(&mut out, stored, from..stored.len());
    Ok(out)
}

/// The stored bars before `first_new`, the new ones, and the stored ones after `last_new` if no newer come.
pub(crate) fn replace(
    stored: &BarColumns,
    new: &BarColumns,
    first_new: Ts,
    last_new: Option<Ts>,
) -> BarColumns {
    let mut out = BarColumns::with_capacity(new.interval, stored.len() + new.len());
    append_rows(&mut out, stored, 0..stored.ts.partition_point(|ts| *ts < first_new));
    append_rows(&mut out, new, 0..new.len());
    if let Some(last_new) = last_new {
        append_rows(&mut out, stored, stored.ts.partition_point(|ts| *ts <= last_new)..stored.len());
    }
    out
}

/// Appends some rows of `from`.
pub(crate) fn append_rows(out: &mut BarColumns, from: &BarColumns, rows: Range<usize>) {
    out.ts.extend_from_slice(&from.ts[rows.clone()]);
    out.open.extend_from_slice(&from.open[rows.clone()]);
    out.high.extend_from_slice(&from.high[rows.clone()]);
    out.low.extend_from_slice(&from.low[rows.clone()]);
    out.close.extend_from_slice(&from.close[rows.clone()]);
    out.volume.extend_from_slice(&from.volume[rows]);
}

fn bits(bar: &Bar) -> [u64; 5] {
    [bar.open, bar.high, bar.low, bar.close, bar.volume].map(f64::to_bits)
}

fn text(bar: &Bar) -> String {
    let Bar { open, high, low, close, volume, .. } = bar;
    format!("open {open} high {high} low {low} close {close} volume {volume}")
}
