//! Monte Carlo of trade order: how deep the falls would have been had the same trades come in another order.

use wb_core::Rng;

use crate::distribution::Distribution;
use crate::luck::bootstrap_bands::compounded;

/// The deepest fall of realised equity over random orders of a run's trades.
///
/// A permutation test: E. J. G. Pitman, "Significance tests which may be applied to samples from any populations",
/// Supplement to the Journal of the Royal Statistical Society 4(1), 1937. All orders end with the same equity; what an
/// order adds is the depth on the way. Trades count as independent of each other.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct TradeOrder {
    /// In the order in which they were made; a share of the peak, positive.
    pub actual: f64,
    /// Half of all orders fall less.
    pub median: f64,
    /// One of twenty orders falls more.
    pub depth_95: f64,
    /// One of a hundred orders falls more.
    pub depth_99: f64,
    /// The share of orders that fall as deep as the actual one or deeper: near 1 where the order was lucky.
    pub deeper: f64,
}

impl TradeOrder {
    /// From profits after fees in order of exit, of an account that starts with `start`; by so many random orders, at
    /// least one. Each profit counts as a share of the equity that the trades before it had left. Absent below two
    /// trades, and where a trade leaves no equity.
    pub fn of(start: f64, profits: &[f64], orders: usize, seed: u64) -> Option<TradeOrder> {
        assert!(orders > 0, "there is no distribution over no order");
        let mut returns = shares(start, profits).filter(|returns| returns.len() >= 2)?;
        let actual = compounded(&returns).1;
        let mut rng = Rng::new(seed);
        let depths: Vec<f64> = (0..orders)
            .map(|_| {
                shuffle(&mut returns, &mut rng);
                compounded(&returns).1
            })
            .collect();
        // Products in another order differ by rounding.
        let deeper = depths.iter().filter(|depth| **depth >= actual - 1e-9).count() as f64 / orders as f64;
        let sorted = Distribution::of(&depths);
        let [median, depth_95, depth_99] = [0.5, 0.95, 0.99].map(|share| sorted.quantile(share));
        Some(TradeOrder { actual, median, depth_95, depth_99, deeper })
    }
}

fn shares(start: f64, profits: &[f64]) -> Option<Vec<f64>> {
    let mut equity = start;
    profits
        .iter()
        .map(|profit| {
            let before = equity;
            equity += profit;
            (before > 0.0 && equity > 0.0).then(|| profit / before)
        })
        .collect()
}

/// Every order is as likely: R. Durstenfeld, Communications of the ACM 7(7), 1964.
fn shuffle(values: &mut [f64], rng: &mut Rng) {
    for last in (1..values.len()).rev() {
        values.swap(last, rng.below(last as u64 + 1) as usize);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depths_of_three_trades_are_those_of_all_six_orders() {
        // Shares -10 %, +50 %, -20 %: an order with the gain between the losses falls by 20 % or, gain in the middle and
        // the smaller loss last, by 20 % as well; with both losses in a row, four of six orders, by 28 %.
        let profits = [-10.0, 45.0, -27.0];
        let order = TradeOrder::of(100.0, &profits, 6000, 1).expect("three trades");
        assert!((order.actual - 0.2).abs() < 1e-12, "{order:?}");
        assert!((order.median - 0.28).abs() < 1e-12, "{order:?}");
        assert!((order.depth_99 - 0.28).abs() < 1e-12, "{order:?}");
        assert!((order.deeper - 1.0).abs() < 1e-12, "{order:?}");
        let worse = TradeOrder::of(100.0, &[-10.0, -18.0, 36.0], 6000, 1).expect("three trades");
        assert!((worse.actual - 0.28).abs() < 1e-12, "{worse:?}");
        assert!((worse.deeper - 4.0 / 6.0).abs() < 0.02, "{worse:?}");
    }

    #[test]
    fn trades_that_only_win_never_fall() {
        let order = TradeOrder::of(100.0, &[5.0, 3.0, 9.0], 50, 1).expect("three trades");
        let bits = [order.actual, order.median, order.depth_95, order.depth_99].map(f64::to_bits);
        assert_eq!(bits, [0; 4]);
    }

    #[test]
    fn without_two_trades_or_equity_there_is_no_order() {
        assert_eq!(TradeOrder::of(100.0, &[5.0], 10, 1), None);
        assert_eq!(TradeOrder::of(100.0, &[-100.0, 5.0], 10, 1), None);
        assert_eq!(TradeOrder::of(0.0, &[1.0, 5.0], 10, 1), None);
    }
}
