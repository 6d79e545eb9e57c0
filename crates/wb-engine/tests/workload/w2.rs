//! Workload W2: every pair of averages on the market, as many trials.

use std::sync::Arc;

use wb_core::{Grid, Instrument, ParamSet, ParamValue};
use wb_engine::RunSpec;

use crate::workload;

/// Fast and slow windows of the workload's trials.
pub(crate) fn windows() -> Vec<(i64, i64)> {
    (10..=250).flat_map(|slow| (2..=50.min(slow - 1)).map(move |fast| (fast, slow))).collect()
}

/// Its trials, numbered in that order.
pub(crate) fn trials() -> Vec<(u64, ParamSet)> {
    let set = |(fast, slow)| {
        let mut set = ParamSet::new();
        set.set("fast", ParamValue::Int(fast));
        set.set("slow", ParamValue::Int(slow));
        set.set("weight", ParamValue::Float(1.0));
        set
    };
    (0..).zip(windows().into_iter().map(set)).collect()
}

/// Its run: 1 basis point a fill, all cash in.
pub(crate) fn spec() -> RunSpec {
    let mut spec = workload::spec("sma-cross");
    spec.simulation.fees.taker_bps = 1.0;
    spec
}

/// Its instrument, of which there are fractions.
pub(crate) fn instruments() -> Arc<[Instrument]> {
    let mut instruments = workload::instruments().to_vec();
    instruments[0].lot = Grid::decimal(8);
    instruments.into()
}
