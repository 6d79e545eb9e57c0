//! What executing orders cost against the prices at which they were decided on: the implementation shortfall.
//!
//! A. F. Perold, "The implementation shortfall: paper versus reality", The Journal of Portfolio Management 14(3), 1988.
//! Of its parts this is the cost of execution without fees: `side * (fill price - decision price) * quantity`, positive
//! where execution cost money. What was not filled has no fill price and no part in it.
//!
//! An order that waits for a price of its own (a stop, an exit at a limit) is decided on when the market gets there, so
//! that price is its decision price. A trailing stop's is not known afterwards: it is left out.

use wb_core::{Instrument, InstrumentId, Link, OrderId, OrderRequest, OrderType, Qty, Side, Ts};

use crate::outcome::Outcome;

/// What executing one order cost.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Shortfall {
    /// The order.
    pub order: OrderId,
    /// What was traded.
    pub instrument: InstrumentId,
    /// Whether it was bought or sold.
    pub side: Side,
    /// When it was decided on.
    pub decided: Ts,
    /// The last price known then; of an order that waits for a price of its own, that price.
    pub decision_price: f64,
    /// The average price of its fills, by quantity.
    pub fill_price: f64,
    /// How much was filled.
    pub filled: Qty,
    /// What was filled at the decision price, settlement currency.
    pub notional: f64,
    /// What the difference of the prices cost, settlement currency; negative where it paid.
    pub cost: f64,
}

/// What executing several orders cost.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct ShortfallSum {
    /// How many orders they are.
    pub orders: usize,
    /// What was filled of them at the decision prices, settlement currency.
    pub notional: f64,
    /// What the differences of the prices cost, settlement currency.
    pub cost: f64,
}

impl Shortfall {
    /// Of each order that has fills, in the order of submission. `decision_prices` holds the last price of its
    /// instrument when each order was given; an order that was given before there was one is left out.
    ///
    /// # Panics
    /// If there is not a decision price, or its absence, for each order.
    pub fn of(outcome: &Outcome, decision_prices: &[Option<f64>]) -> Vec<Shortfall> {
        assert_eq!(decision_prices.len(), outcome.orders.len(), "a decision price for each order");
        // What was filled, in units times price, and in lots.
        let mut filled = vec![(0.0, Qty::ZERO); outcome.orders.len()];
        for fill in &outcome.fills {
            let place = fill.order.0.checked_sub(1).and_then(|place| filled.get_mut(place as usize));
            let Some((value, lots)) = place else { continue };
            let instrument = &outcome.instruments[fill.instrument.index()];
            *value += instrument.qty_f64(fill.qty) * instrument.price_f64(fill.price);
            *lots += fill.qty;
        }
        let of_order = |((order, (value, lots)), decision_price): ((_, _), &Option<f64>)| {
            let order: &crate::OrderRecord = order;
            let instrument = &outcome.instruments[order.request.instrument.index()];
            let decision_price = decided_at(&order.request, instrument, *decision_price);
            let decision_price = decision_price.filter(|_| lots > Qty::ZERO)?;
            let units = instrument.qty_f64(lots);
            let (paid, paper) = (value * instrument.multiplier, instrument.notional(units, decision_price));
            Some(Shortfall {
                order: order.id,
                instrument: order.request.instrument,
                side: order.request.side,
                decided: order.submitted,
                decision_price,
                fill_price: value / units,
                filled: lots,
                notional: paper,
                cost: order.request.side.sign() as f64 * (paid - paper),
            })
        };
        outcome.orders.iter().zip(filled).zip(decision_prices).filter_map(of_order).collect()
    }

    /// The cost in basis points of what was filled at the decision price.
    pub fn bps(&self) -> f64 {
        1e4 * self.cost / self.notional
    }
}

/// The price at which an order was decided on, where the last price was `last` when it was given.
fn decided_at(request: &OrderRequest, instrument: &Instrument, last: Option<f64>) -> Option<f64> {
    match request.kind {
        OrderType::TrailingStop { .. } => None,
        OrderType::Stop { trigger } | OrderType::StopLimit { trigger, .. } => {
            Some(instrument.price_f64(trigger))
        }
        OrderType::Limit { price, .. } if request.link != Link::None => Some(instrument.price_f64(price)),
        OrderType::Limit { .. } | OrderType::Market => last,
    }
}

impl ShortfallSum {
    /// The cost in basis points of what was filled at the decision prices, so that large orders weigh more; absent
    /// where nothing was filled.
    pub fn bps(&self) -> Option<f64> {
        (self.notional > 0.0).then(|| 1e4 * self.cost / self.notional)
    }
}

impl<'a> FromIterator<&'a Shortfall> for ShortfallSum {
    fn from_iter<I: IntoIterator<Item = &'a Shortfall>>(shortfalls: I) -> ShortfallSum {
        shortfalls.into_iter().fold(ShortfallSum::default(), |sum, shortfall| ShortfallSum {
            orders: sum.orders + 1,
            notional: sum.notional + shortfall.notional,
            cost: sum.cost + shortfall.cost,
        })
    }
}

#[cfg(test)]
mod tests {
    use wb_core::{Fill, GroupId, Interval, OrderState, Price};

    use super::*;
    use crate::example;
    use crate::outcome::OrderRecord;

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-9, "{found} {expected}");
    }

    /// Side of an order, the shares that it is for, and the shares and cents of its fills.
    type Traded<'a> = (Side, i64, &'a [(i64, i64)]);

    fn outcome(orders: &[Traded<'_>]) -> Outcome {
        let mut outcome = example::outcome(Interval::Days(1), 10_000.0, vec![10_000.0; 3]);
        for ((side, shares, fills), number) in orders.iter().zip(1..) {
            let (id, instrument, submitted) = (OrderId(number), InstrumentId(0), outcome.equity.ts[0]);
            let request = OrderRequest::market(instrument, *side, Qty::new(1_000 * shares));
            let mut filled = Qty::ZERO;
            for (shares, cents) in *fills {
                let qty = Qty::new(1_000 * shares);
                filled += qty;
                let (fee, slippage, maker) = (14.0, 0.0, false);
                let price = Price(*cents);
                let ts = outcome.equity.ts[1];
                outcome.fills.push(Fill {
                    order: id,
                    instrument,
                    side: *side,
                    price,
                    qty,
                    fee,
                    slippage,
                    maker,
                    ts,
                });
            }
            let (state, reject, updated) = (OrderState::Filled, None, submitted);
            outcome.orders.push(OrderRecord { id, submitted, request, state, filled, reject, updated });
        }
        outcome
    }

    /// A problem of the CFA curriculum, as worked out on analystforum.com/t/implementation-shortfall/63141: of 1,000
    /// shares decided on at 10.00, 600 are bought at 10.02 and 100 at 10.08. Realized loss is 0.12 % and 0.09 % of the
    /// paper portfolio, delay costs -0.01 %: 20 of 10,000. A problem of bloombergprep.com: 4,000 shares decided on at
    /// 16.24 and bought at 16.20 cost -0.25 % before fees.
    #[test]
    fn the_cost_of_execution_is_that_of_worked_examples() {
        let outcome = outcome(&[
            (Side::Buy, 1_000, &[(600, 1_002), (100, 1_008)]),
            (Side::Buy, 4_000, &[(4_000, 1_620)]),
        ]);
        let found = Shortfall::of(&outcome, &[Some(10.0), Some(16.24)]);
        close(found[0].cost, 20.0);
        close(found[0].notional, 7_000.0);
        close(found[0].bps(), 1e4 * 20.0 / 7_000.0);
        close(found[0].fill_price, 7_020.0 / 700.0);
        assert_eq!(found[0].filled, Qty::new(700_000));
        close((found[1].bps() * 1e-2 * 100.0).round(), -25.0);
        let sum: ShortfallSum = found.iter().collect();
        close(sum.bps().expect("something was filled"), 1e4 * (20.0 - 160.0) / (7_000.0 + 64_960.0));
    }

    #[test]
    fn a_sale_below_its_decision_costs_and_what_has_no_fill_or_no_price_is_left_out() {
        let outcome = outcome(&[
            (Side::Sell, 100, &[(100, 990)]),
            (Side::Buy, 100, &[]),
            (Side::Buy, 100, &[(100, 1_000)]),
        ]);
        let found = Shortfall::of(&outcome, &[Some(10.0), Some(10.0), None]);
        assert_eq!(found.iter().map(|shortfall| shortfall.order.0).collect::<Vec<_>>(), [1]);
        close(found[0].cost, 10.0);
        close(found[0].bps(), 100.0);
        assert_eq!(ShortfallSum::default().bps(), None);
    }

    #[test]
    fn a_stop_and_an_exit_at_a_limit_are_measured_against_their_own_price_and_an_entry_against_the_market() {
        let mut outcome = outcome(&[
            (Side::Sell, 100, &[(100, 940)]),
            (Side::Sell, 100, &[(100, 1_100)]),
            (Side::Sell, 100, &[(100, 940)]),
            (Side::Buy, 100, &[(100, 990)]),
        ]);
        let limit = |price| OrderType::Limit { price, post_only: false };
        let kinds = [
            (OrderType::Stop { trigger: Price(950) }, Link::None),
            (limit(Price(1_100)), Link::Oco(GroupId(1))),
            (OrderType::TrailingStop { offset: Price(50) }, Link::None),
            (limit(Price(990)), Link::None),
        ];
        for (order, (kind, link)) in outcome.orders.iter_mut().zip(kinds) {
            (order.request.kind, order.request.link) = (kind, link);
        }
        let found = Shortfall::of(&outcome, &[Some(10.0); 4]);
        let costs: Vec<(u64, f64)> = found.iter().map(|of| (of.order.0, of.cost.round())).collect();
        assert_eq!(costs, [(1, 10.0), (2, 0.0), (4, -10.0)]);
    }
}
