//! How many bars an indicator needs until it no longer matters where its bars began.

use wb_core::{BarBuilder, BarColumns, Instrument, InstrumentId, Interval};
use wb_kernel::FeatureColumn;

/// Values agree where they differ by no more than this part of themselves, or of their usual size where they pass
/// through zero: the promise of an indicator's memory.
const AGREE: f64 = 1e-9;

/// A declared feature: what it says it needs, and what it was seen to need.
#[derive(Clone, PartialEq, Debug)]
pub struct FeatureWarmup {
    /// Its text form: `sma(close,10)`.
    pub name: String,
    /// The instrument whose bars it reads.
    pub instrument: InstrumentId,
    /// Length of the bars it reads; all counts are of these.
    pub interval: Interval,
    /// Bars until its value may be used, as declared.
    pub warmup: usize,
    /// Bars that determine its value, as declared; absent where all do.
    pub memory: Option<usize>,
    /// Most bars until its value was that of the long history and stayed so; absent where it did not come to that.
    pub measured: Option<usize>,
    /// Whether `memory` holds.
    pub holds: bool,
}

/// Compares features on the whole history with the same ones on bars that begin later, for each of `starts`.
///
/// Longer bars may begin in the middle of one: the first, which is not whole, is not counted against the memory.
pub(crate) fn feature_warmups(
    instruments: &[Instrument],
    long: &[FeatureColumn],
    starts: &[(Vec<BarColumns>, Vec<FeatureColumn>)],
) -> Vec<FeatureWarmup> {
    let of = |(index, column): (usize, &FeatureColumn)| {
        let zone = &instruments[column.instrument.index()].calendar.zone;
        let builder = BarBuilder::new(column.interval, zone.clone());
        let needed = starts.iter().map(|(bars, columns)| {
            let bars = &bars[column.instrument.index()];
            let row = agreement(&column.values, &columns[index].values)?;
            Some(closed_until(&builder, bars, row))
        });
        let measured = needed.collect::<Option<Vec<usize>>>().and_then(|bars| bars.into_iter().max());
        let is_longer =
            starts.iter().any(|(bars, _)| bars[column.instrument.index()].interval != column.interval);
        let within = |memory| measured.is_some_and(|bars| bars <= memory + usize::from(is_longer));
        FeatureWarmup {
            name: column.name.clone(),
            instrument: column.instrument,
            interval: column.interval,
            warmup: column.warmup,
            memory: column.memory,
            measured,
            holds: column.memory.is_none_or(within),
        }
    };
    long.iter().enumerate().map(of).collect()
}

/// The first row of `late` from which on it is what the end of `long` is; absent where its last value is not.
fn agreement(long: &[f64], late: &[f64]) -> Option<usize> {
    let long = &long[long.len() - late.len()..];
    let known: Vec<f64> = long.iter().filter(|x| !x.is_nan()).map(|x| x.abs()).collect();
    let usual = known.iter().sum::<f64>() / known.len().max(1) as f64;
    let agree = |a: f64, b: f64| (a - b).abs() <= AGREE * a.abs().max(b.abs()).max(usual);
    let apart = |(a, b): (&f64, &f64)| !(agree(*a, *b) || a.is_nan() && b.is_nan());
    let row = long.iter().zip(late).rposition(apart).map_or(0, |last| last + 1);
    (row < late.len()).then_some(row)
}

/// How many bars of the builder's interval have closed when the bar at `row` has.
fn closed_until(builder: &BarBuilder, bars: &BarColumns, row: usize) -> usize {
    if builder.interval() == bars.interval {
        return row + 1;
    }
    let (mut builder, mut closed) = (builder.clone(), Vec::new());
    (0..=row).for_each(|row| builder.on_bar(bars.ts[row], &bars.bar(row), &mut closed));
    closed.len()
}
