//! What the account should hold of each asset, from what it held before the first order and every fill since.

use std::fmt;

use wb_core::{Fill, InstrumentId, Side};

use crate::venues::{Account, Listing};

/// What an account held of each traded asset before the first order of a deployment.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Baseline {
    /// Asset and amount, in the order of the instruments, base before quote.
    pub assets: Vec<(String, f64)>,
}

/// The venue has another amount of an asset than our books.
#[derive(Clone, PartialEq, Debug)]
pub struct Mismatch {
    /// The asset.
    pub asset: String,
    /// What the account holds.
    pub venue: f64,
    /// What it should hold.
    pub ours: f64,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: the venue has {}, our books {}", self.asset, self.venue, self.ours)
    }
}

/// What should be there.
///
/// Spot venues take a fee out of what was received, or always out of the quote, or in a third asset, in which case a
/// fill's fee is zero. A fill does not say which, so both books are kept, and one of them must be the venue's.
#[derive(Clone, Debug)]
pub(crate) struct Ledger {
    /// Base and quote of each instrument, by their places in `held`.
    pairs: Vec<(usize, usize)>,
    held: Vec<Held>,
    /// Whether the baseline is known.
    begun: bool,
}

/// Ways of taking fees: out of what was received, and out of the quote.
const WAYS: usize = 2;

#[derive(Clone, Debug)]
struct Held {
    asset: String,
    /// What was there before the first order.
    baseline: f64,
    /// What has come since, by each way of taking fees.
    flow: [f64; WAYS],
    /// What it may be off by.
    tolerance: f64,
}

impl Ledger {
    pub(crate) fn new(listings: &[Listing], baseline: Option<&Baseline>) -> Ledger {
        let mut ledger = Ledger { pairs: Vec::new(), held: Vec::new(), begun: baseline.is_some() };
        for listing in listings {
            let lot = listing.instrument.qty_f64(wb_core::Qty::new(1)) * listing.instrument.multiplier;
            let base = ledger.place(&listing.base, lot / 2.0);
            let quote = ledger.place(&listing.quote, 0.0);
            ledger.pairs.push((base, quote));
        }
        for (asset, amount) in baseline.iter().flat_map(|baseline| &baseline.assets) {
            let place = ledger.place(asset, 0.0);
            ledger.held[place].baseline = *amount;
        }
        ledger
    }

    /// The place of an asset; its tolerance is the least that was asked for.
    fn place(&mut self, asset: &str, tolerance: f64) -> usize {
        if let Some(place) = self.held.iter().position(|held| held.asset == asset) {
            let held = &mut self.held[place];
            if held.tolerance == 0.0 || (tolerance > 0.0 && tolerance < held.tolerance) {
                held.tolerance = tolerance;
            }
            return place;
        }
        self.held.push(Held { asset: asset.to_string(), baseline: 0.0, flow: [0.0; WAYS], tolerance });
        self.held.len() - 1
    }

    /// Takes in a fill of an order of ours; `price` and `units` are its own, in floats.
    pub(crate) fn fill(&mut self, fill: &Fill, price: f64, units: f64) {
        let (base, quote) = self.pairs[fill.instrument.index()];
        let sign = fill.side.sign() as f64;
        let (of_base, of_quote) = match fill.side {
            Side::Buy => ([fill.fee / price, 0.0], [0.0, fill.fee]),
            Side::Sell => ([0.0, 0.0], [fill.fee, fill.fee]),
        };
        for way in 0..WAYS {
            self.held[base].flow[way] += sign * units - of_base[way];
            self.held[quote].flow[way] -= sign * units * price + of_quote[way];
        }
        // A lot at this price is seen in the quote as well.
        let lot_value = self.held[base].tolerance * price;
        let quote = &mut self.held[quote];
        quote.tolerance = if quote.tolerance == 0.0 { lot_value } else { quote.tolerance.min(lot_value) };
    }

    /// Takes in what came or went otherwise than by a trade.
    pub(crate) fn transfer(&mut self, asset: &str, amount: f64) {
        if let Some(held) = self.held.iter_mut().find(|held| held.asset == asset) {
            held.flow.iter_mut().for_each(|flow| *flow += amount);
        }
    }

    /// Compares with the account. The first account that is seen is the baseline, and is given back.
    pub(crate) fn compare(&mut self, account: &Account) -> Result<Option<Baseline>, Mismatch> {
        let at_venue = |asset: &str| {
            let balance = account.balances.iter().find(|balance| &*balance.asset == asset);
            balance.map_or(0.0, |balance| balance.free + balance.locked)
        };
        if !self.begun {
            self.begun = true;
            for held in &mut self.held {
                held.baseline = at_venue(&held.asset) - held.flow[0];
            }
            let assets = self.held.iter().map(|held| (held.asset.clone(), held.baseline)).collect();
            return Ok(Some(Baseline { assets }));
        }
        let differs = |held: &&Held, way: usize| {
            let (venue, ours) = (at_venue(&held.asset), held.baseline + held.flow[way]);
            // Venues round each fill's fee to eight decimals, and a sum of floats has its own error.
            let noise = 1e-6 + 1e-9 * ours.abs();
            (venue - ours).abs() > held.tolerance.max(noise)
        };
        let wrong = |way: usize| self.held.iter().find(|held| differs(held, way));
        match (wrong(0), wrong(1)) {
            (Some(held), Some(_)) => Err(Mismatch {
                asset: held.asset.clone(),
                venue: at_venue(&held.asset),
                ours: held.baseline + held.flow[0],
            }),
            _ => Ok(None),
        }
    }

    /// Units of the base that fills have brought.
    pub(crate) fn base_flow(&self, instrument: InstrumentId) -> f64 {
        self.held[self.pairs[instrument.index()].0].flow[0]
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use wb_core::{Calendar, Grid, Instrument, InstrumentKind, OrderId, Price, Qty, Ts};

    use super::*;
    use crate::venues::{Balance, OrderRules};

    fn ledger() -> Ledger {
        let instrument = Instrument {
            id: InstrumentId(0),
            symbol: "NEARUSDT".to_string(),
            venue: "binance".to_string(),
            kind: InstrumentKind::Spot,
            currency: "USDT".to_string(),
            tick: Grid::decimal(3),
            lot: Grid::decimal(1),
            multiplier: 1.0,
            calendar: Calendar::always_open(),
        };
        let (base, quote, rules) = ("NEAR".into(), "USDT".into(), OrderRules::default());
        Ledger::new(&[Listing { instrument, base, quote, trading: true, rules }], None)
    }

    fn account(near: f64, usdt: f64) -> Account {
        let balance = |asset: &str, free| Balance { asset: Arc::from(asset), free, locked: 0.0 };
        Account { can_trade: true, balances: vec![balance("NEAR", near), balance("USDT", usdt)] }
    }

    /// A hundred units at 2, for a fee of 0.2 USDT.
    fn fill(side: Side) -> Fill {
        Fill {
            order: OrderId(1),
            instrument: InstrumentId(0),
            side,
            price: Price(2_000),
            qty: Qty::new(1_000),
            fee: 0.2,
            slippage: 0.0,
            maker: false,
            ts: Ts(0),
        }
    }

    #[test]
    fn fees_may_be_taken_out_of_what_was_received_or_out_of_the_quote() {
        let mut ledger = ledger();
        assert_eq!(
            ledger.compare(&account(5.0, 1_000.0)).expect("the first account is the baseline"),
            Some(Baseline { assets: vec![("NEAR".to_string(), 5.0), ("USDT".to_string(), 1_000.0)] })
        );
        ledger.fill(&fill(Side::Buy), 2.0, 100.0);
        assert_eq!(ledger.compare(&account(104.9, 800.0)), Ok(None), "0.1 NEAR are worth 0.2 USDT");
        assert_eq!(ledger.compare(&account(105.0, 799.8)), Ok(None));
        ledger.fill(&fill(Side::Sell), 2.0, 100.0);
        assert_eq!(ledger.compare(&account(4.9, 999.8)), Ok(None));
        assert_eq!(ledger.compare(&account(5.0, 999.6)), Ok(None));
    }

    #[test]
    fn a_lot_too_many_is_a_mismatch_and_a_transfer_is_not() {
        let mut ledger = ledger();
        ledger.compare(&account(5.0, 1_000.0)).expect("the baseline");
        ledger.fill(&fill(Side::Buy), 2.0, 100.0);
        let mismatch = ledger.compare(&account(105.1, 799.8)).expect_err("a lot too many");
        assert_eq!(mismatch.to_string(), "NEAR: the venue has 105.1, our books 104.9");
        assert!(ledger.compare(&account(105.0, 809.8)).is_err());
        ledger.transfer("USDT", 10.0);
        assert_eq!(ledger.compare(&account(105.0, 809.8)), Ok(None));
    }
}
