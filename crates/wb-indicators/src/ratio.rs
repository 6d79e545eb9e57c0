//! Division where nothing may be divided by.

/// `numerator / denominator`, or `otherwise` where that is not a number one can calculate with: a flat
/// market, no volume, a denominator so small that the quotient overflows.
#[inline]
pub(crate) fn ratio(numerator: f64, denominator: f64, otherwise: f64) -> f64 {
    let quotient = numerator / denominator;
    if quotient.is_finite() { quotient } else { otherwise }
}
