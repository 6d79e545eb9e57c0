//! Strategies that hold a target: what to hold follows from the features of the closed bar and the target before it.

use wb_core::{Bar, InstrumentId};

use crate::context::Context;
use crate::features::Feature;
use crate::series::Series;
use crate::strategy::Strategy;

/// A strategy in its smallest form: the share of equity to hold after each bar.
///
/// It sees nothing but declared features and its own last target, so its targets over a whole market can be computed
/// before anything is traded. [`crate::Setup::signal`] makes a [`Strategy`] of it, which trades when the target changes
/// and lets the position drift in between.
pub trait Signal: Send + 'static {
    /// The target after a bar, as a share of equity; negative for a short. `x` holds the declared features in order,
    /// `held` the target before, 0 at the start. NaN leaves the target as it is.
    fn target(&mut self, x: &[f64], held: f64) -> f64;

    /// The same for consecutive bars: `columns` holds one column for each feature, as long as `out`.
    fn targets(&mut self, columns: &[&[f64]], held: f64, out: &mut [f64]) {
        let mut x = vec![0.0; columns.len()];
        let mut held = held;
        for (row, target) in out.iter_mut().enumerate() {
            for (value, column) in x.iter_mut().zip(columns) {
                *value = column[row];
            }
            held = or_held(self.target(&x, held), held);
            *target = held;
        }
    }
}

/// A signal that needs no memory: a function of the features alone, which must never be NaN.
#[derive(Clone, Copy, Debug)]
pub struct Stateless<F, const N: usize>(pub F);

impl<F, const N: usize> Signal for Stateless<F, N>
where
    F: Fn([f64; N]) -> f64 + Copy + Send + 'static,
{
    #[inline]
    fn target(&mut self, x: &[f64], _: f64) -> f64 {
        (self.0)(std::array::from_fn(|k| x[k]))
    }

    fn targets(&mut self, columns: &[&[f64]], _: f64, out: &mut [f64]) {
        let columns = std::array::from_fn(|k| &columns[k][..out.len()]);
        pulp::Arch::new().dispatch(Decide { decide: self.0, columns, out });
    }
}

/// A stateless signal over columns, to be compiled for each width of registers.
struct Decide<'a, F, const N: usize> {
    decide: F,
    columns: [&'a [f64]; N],
    out: &'a mut [f64],
}

/// Rows decided together.
const ROWS: usize = 16;

impl<F: Fn([f64; N]) -> f64, const N: usize> pulp::WithSimd for Decide<'_, F, N> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let Decide { decide, columns, out } = self;
        let mut parts = out.chunks_exact_mut(ROWS);
        let mut row = 0;
        for part in &mut parts {
            // Copies of known length: no check stands between the rows.
            let mut x = [[0.0; ROWS]; N];
            for (x, column) in x.iter_mut().zip(columns) {
                x.copy_from_slice(&column[row..row + ROWS]);
            }
            for (lane, target) in part.iter_mut().enumerate() {
                *target = decide(std::array::from_fn(|k| x[k][lane]));
            }
            row += ROWS;
        }
        for target in parts.into_remainder() {
            *target = decide(std::array::from_fn(|k| columns[k][row]));
            row += 1;
        }
    }
}

/// The new target, or the old one where it is NaN.
#[inline]
fn or_held(target: f64, held: f64) -> f64 {
    if target.is_nan() { held } else { target }
}

/// A signal with what it reads and trades, for drivers that compute its targets as a column.
pub struct SignalView<'a> {
    /// What it trades.
    pub instrument: InstrumentId,
    /// The bars at whose close it decides.
    pub series: Series,
    /// What it reads, in order.
    pub features: &'a [Feature],
    /// The signal.
    pub signal: &'a mut dyn Signal,
}

/// The strategy that follows a signal.
pub(crate) struct Follower<S> {
    pub(crate) instrument: InstrumentId,
    pub(crate) series: Series,
    pub(crate) features: Vec<Feature>,
    /// The features' values, reused.
    pub(crate) x: Vec<f64>,
    pub(crate) held: f64,
    pub(crate) signal: S,
}

impl<S: Signal> Strategy for Follower<S> {
    fn on_bar(&mut self, series: Series, _: &Bar, ctx: &mut Context<'_>) {
        if series != self.series {
            return;
        }
        for (value, feature) in self.x.iter_mut().zip(&self.features) {
            *value = ctx.value(*feature);
        }
        let target = or_held(self.signal.target(&self.x, self.held), self.held);
        if target.to_bits() != self.held.to_bits() {
            self.held = target;
            ctx.target_percent(self.instrument, target);
        }
    }

    fn as_signal(&mut self) -> Option<SignalView<'_>> {
        Some(SignalView {
            instrument: self.instrument,
            series: self.series,
            features: &self.features,
            signal: &mut self.signal,
        })
    }
}
