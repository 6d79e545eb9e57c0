//! Looks for what is wrong with bars, block by block.

use wb_core::{BarColumns, Calendar, Grid, Interval};

use crate::audit::Audit;

/// Looks for what is wrong with the bars of one series.
///
/// Blocks may be cut anywhere: what is found does not depend on it. Rows with an error are reported back and
/// then ignored: times and moves are compared with the last good row.
#[derive(Debug)]
pub struct Auditor {}

impl Auditor {
    /// An auditor of bars of this interval. Gaps are judged by the calendar: where the venue never closes every
    /// interval must have its bar, else the sessions are inferred from the data. Prices are held against
    /// `tick` where one is given.
    pub fn new(_interval: Interval, _calendar: Calendar, _tick: Option<Grid>) -> Auditor {
        todo!()
    }

    /// Looks at the next block, row `i` of which is row `row_of(i)` of the source. Returns the rows of the block
    /// that have errors, ascending.
    pub fn push(&mut self, _block: &BarColumns, _row_of: impl Fn(usize) -> u64) -> Vec<usize> {
        todo!()
    }

    /// How many rows with errors were seen so far.
    pub fn bad_rows(&self) -> u64 {
        todo!()
    }

    /// What was found so far, `dropped_rows` zero: whoever drops the bad rows says so in it.
    pub fn finish(self) -> Audit {
        todo!()
    }
}
