//! The order of the columns of a file without header, as far as its numbers tell.

/// Rows that are looked at must differ so often before they can speak against the usual order.
const ENOUGH: usize = 5;

/// What the numbers say about the order open, high, low, close.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum OrderFinding {
    /// The second is never below and the third never above the others, and in no other order is that so.
    Usual,
    /// The usual order fits, and so do others: the rows hardly move.
    Undecided,
    /// The usual order does not fit, this one of open, high, low, close does.
    Other([usize; 4]),
    /// No order fits every row; the usual one fails in so many of so many rows.
    None { failures: usize, rows: usize },
}

/// Judges rows of four prices, by the places 0 to 3, oldest first. Rows of equal prices say nothing.
pub(crate) fn judge(rows: &[[f64; 4]]) -> OrderFinding {
    let telling: Vec<[f64; 4]> = rows
        .iter()
        .copied()
        .filter(|row| row.iter().all(|x| x.is_finite()) && row.iter().any(|x| (x - row[0]).abs() > 0.0))
        .collect();
    let fails = |high: usize, low: usize| {
        telling.iter().filter(|row| row.iter().any(|x| *x > row[high] || *x < row[low])).count()
    };
    let failures = fails(1, 2);
    let mut others = Vec::new();
    for high in 0..4 {
        for low in (0..4).filter(|low| *low != high) {
            if (high, low) != (1, 2) && fails(high, low) == 0 {
                others.push((high, low));
            }
        }
    }
    match (failures, others.as_slice()) {
        (0, []) => OrderFinding::Usual,
        (0, _) => OrderFinding::Undecided,
        (_, [(high, low)]) if telling.len() >= ENOUGH => OrderFinding::Other(complete(&telling, *high, *low)),
        _ => OrderFinding::None { failures, rows: telling.len() },
    }
}

/// Places of open, high, low, close: of the two other columns the open is the one that is nearer to where the
/// other was in the row before.
fn complete(rows: &[[f64; 4]], high: usize, low: usize) -> [usize; 4] {
    let mut rest = (0..4).filter(|place| *place != high && *place != low);
    let (a, b) = (rest.next().expect("two are left"), rest.next().expect("two are left"));
    let jumps = |open: usize, close: usize| -> f64 {
        rows.windows(2).map(|pair| (pair[1][open] - pair[0][close]).abs()).sum()
    };
    if jumps(a, b) <= jumps(b, a) { [a, high, low, b] } else { [b, high, low, a] }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BARS: [[f64; 4]; 6] = [
        [10.0, 12.0, 9.0, 11.0],
        [11.0, 11.5, 8.0, 8.5],
        [8.5, 9.0, 8.0, 8.8],
        [8.8, 10.0, 8.7, 9.9],
        [9.9, 10.1, 9.5, 9.6],
        [9.6, 9.9, 9.0, 9.1],
    ];

    fn check(places: [usize; 4], expected: OrderFinding) {
        let rows = BARS.map(|bar| places.map(|place| bar[place]));
        assert_eq!(judge(&rows), expected, "{places:?}");
    }

    #[test]
    fn the_order_that_keeps_every_price_between_low_and_high_is_found() {
        check([0, 1, 2, 3], OrderFinding::Usual);
        // Bitfinex: open, close, high, low.
        check([0, 3, 1, 2], OrderFinding::Other([0, 2, 3, 1]));
        // Alphabetical: close, high, low, open fits the usual bounds; only the open and close are swapped.
        check([1, 2, 0, 3], OrderFinding::Other([2, 0, 1, 3]));
    }

    #[test]
    fn rows_that_do_not_move_decide_nothing() {
        assert_eq!(judge(&[[1.0; 4]; 20]), OrderFinding::Undecided);
        let mut broken = BARS;
        broken[0] = [10.0, 9.0, 12.0, 11.0];
        assert_eq!(judge(&broken), OrderFinding::None { failures: 1, rows: 6 });
    }
}
