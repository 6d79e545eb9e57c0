//! Buy and hold of one instrument, to hold a run against.

use wb_core::{BarColumns, Ts};

/// Equity of `cash` invested at the open of the first bar, without costs, at each of `at`: valued at the last close
/// up to then, and still in cash before the first bar.
pub(crate) fn buy_and_hold(bars: &BarColumns, cash: f64, at: &[Ts]) -> Vec<f64> {
    let Some(&open) = bars.open.first() else { return vec![cash; at.len()] };
    let units = cash / open;
    let mut row = 0;
    at.iter()
        .map(|ts| {
            while bars.ts.get(row).is_some_and(|end| end <= ts) {
                row += 1;
            }
            if row == 0 { cash } else { units * bars.close[row - 1] }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use wb_core::{Bar, Interval};

    #[test]
    fn it_is_bought_at_the_first_open_and_valued_at_the_last_close_known() {
        let mut bars = BarColumns::new(Interval::Days(1));
        for (day, open, close) in [(2, 50.0, 55.0), (4, 60.0, 40.0)] {
            let bar = Bar { interval: Interval::Days(1), open, high: 99.0, low: 1.0, close, volume: 1.0 };
            bars.push(Ts(day), &bar);
        }
        let equity = buy_and_hold(&bars, 100.0, &[Ts(1), Ts(2), Ts(3), Ts(4), Ts(9)]);
        assert_eq!(equity.iter().map(|x| *x as i64).collect::<Vec<_>>(), [100, 110, 110, 80, 80]);
    }
}
