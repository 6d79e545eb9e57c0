//! Fills of orders that are alone at the venue, for drivers that skip the bars on which nothing can happen.

use wb_core::{Fill, InstrumentId, OrderId, OrderRequest, Ts};

use crate::account::{Purchase, Release};
use crate::costs::TakerPrice;
use crate::venue::SimVenue;

impl SimVenue {
    /// Sets the price at which a position is valued.
    #[inline]
    pub fn mark(&mut self, instrument: InstrumentId, price: f64) {
        self.account.portfolio.mark(instrument, price);
    }

    /// Fills a market order that is alone at the venue at the open of a bar that begins at `open_ts`; the position is
    /// marked at the market's last price. What the account cannot carry is not filled, and ends.
    ///
    /// The fill is the one that [`SimVenue::on_market`] gives of the same order where this is the venue's only instrument
    /// and participation is not limited. The venue says nothing of it.
    #[inline]
    pub fn fill_alone(
        &mut self,
        id: OrderId,
        request: &OrderRequest,
        taken: &TakerPrice,
        open_ts: Ts,
    ) -> Option<Fill> {
        let spec = &self.account.portfolio.instruments()[request.instrument.index()];
        let fees = &self.config.fees;
        let purchase = Purchase {
            instrument: spec,
            side: request.side,
            qty: request.qty,
            market: taken.reference,
            price: taken.level,
            fees,
            maker: false,
            first: true,
        };
        let qty = self.account.affordable(&purchase, Release::default());
        if qty.is_zero() {
            return None;
        }
        let units = spec.qty_f64(qty);
        let fill = Fill {
            order: id,
            instrument: request.instrument,
            side: request.side,
            price: taken.price,
            qty,
            fee: fees.fee(spec.notional(units, taken.level), units, false, true),
            slippage: taken.slippage(spec, units),
            maker: false,
            ts: open_ts,
        };
        self.account.apply_at(&fill, units, taken.level);
        Some(fill)
    }
}
