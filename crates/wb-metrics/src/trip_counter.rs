//! How many round trips there were, and nothing else of them.

use std::collections::VecDeque;

use wb_core::{Fill, OrderId, Side};

/// Counts the round trips that [`RoundTripBuilder`](crate::RoundTripBuilder) would build: one for each pair of an order
/// that opened and an order that closed, first in first out. Of one instrument, or of several whose counters are added.
#[derive(Clone, Debug, Default)]
pub struct TripCounter {
    /// By instrument index.
    holdings: Vec<Holding>,
    count: usize,
}

#[derive(Clone, Debug, Default)]
struct Holding {
    side: Option<Side>,
    /// The oldest order and the lots that are left of it; absent while flat.
    oldest: Option<(OrderId, i64)>,
    /// Those after it, oldest first.
    later: VecDeque<(OrderId, i64)>,
    /// The orders of the position's last round trip.
    last: Option<(OrderId, OrderId)>,
}

impl TripCounter {
    /// Takes a fill, in the order of execution.
    #[inline]
    pub fn on_fill(&mut self, fill: &Fill) {
        let index = fill.instrument.index();
        if self.holdings.len() <= index {
            self.holdings.resize_with(index + 1, Holding::default);
        }
        let holding = &mut self.holdings[index];
        let mut left = fill.qty.lots();
        if holding.side.is_some_and(|side| side != fill.side) {
            while left > 0
                && let Some((opened, lots)) = &mut holding.oldest
            {
                let closed = left.min(*lots);
                left -= closed;
                *lots -= closed;
                let pair = (*opened, fill.order);
                if holding.last.replace(pair) != Some(pair) {
                    self.count += 1;
                }
                if *lots == 0 {
                    holding.oldest = holding.later.pop_front();
                }
            }
            if holding.oldest.is_none() {
                holding.last = None;
                holding.side = None;
            }
        }
        if left > 0 {
            holding.side = Some(fill.side);
            if holding.oldest.is_none() {
                holding.oldest = Some((fill.order, left));
            } else {
                holding.later.push_back((fill.order, left));
            }
        }
    }

    /// How many were completed.
    pub fn count(&self) -> usize {
        self.count
    }
}

#[cfg(test)]
mod tests {
    use wb_core::{InstrumentId, Price, Qty, Rng, Ts};

    use super::*;
    use crate::example;
    use crate::{ExitReason, RoundTripBuilder};

    #[test]
    fn it_counts_what_the_builder_builds() {
        for seed in 0..200 {
            let mut rng = Rng::new(seed);
            let instruments = [example::instrument(0), example::instrument(1)];
            let (mut counter, mut builder) = (TripCounter::default(), RoundTripBuilder::new());
            let (mut order, mut instrument, mut side) = (0, 0, Side::Buy);
            for _ in 0..rng.below(60) {
                // Several fills of one order, as under a participation limit.
                if rng.below(2) == 0 {
                    order += 1;
                    instrument = rng.below(2) as u32;
                    side = if rng.below(2) == 0 { Side::Buy } else { Side::Sell };
                }
                let fill = Fill {
                    order: OrderId(order),
                    instrument: InstrumentId(instrument),
                    side,
                    price: Price(100),
                    qty: Qty::new(1 + rng.below(5) as i64),
                    fee: 0.0,
                    slippage: 0.0,
                    maker: false,
                    ts: Ts(0),
                };
                counter.on_fill(&fill);
                builder.on_fill(&fill, &instruments[instrument as usize], ExitReason::Signal);
                assert_eq!(counter.count(), builder.closed().len(), "seed {seed}");
            }
        }
    }
}
