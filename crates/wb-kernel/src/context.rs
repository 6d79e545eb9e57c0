//! What a strategy sees and may do during one event.

use wb_core::{
    Bar, Command, GroupId, Instrument, InstrumentId, Link, OrderId, OrderRequest, OrderType, Price, Round,
    Side, SignedQty, TimerId, Ts,
};

use crate::features::{Feature, LateFeature};
use crate::kernel::{Core, towards};
use crate::series::Series;
use crate::sizing::Size;

/// What a strategy sees and may do during one event.
pub struct Context<'a> {
    pub(crate) core: &'a mut Core,
    pub(crate) commands: &'a mut Vec<Command>,
}

/// Exits that go with an entry: whichever comes first closes the position and cancels the others.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Exits {
    /// Price at which a stop gives up. Rounded towards the market, so that it triggers no later than meant.
    pub stop_loss: Option<f64>,
    /// Price of the limit that takes the profit. Rounded away from the market.
    pub take_profit: Option<f64>,
    /// Distance of a trailing stop from the best price since the entry.
    pub trailing: Option<f64>,
}

impl Context<'_> {
    /// The time of the event.
    pub fn now(&self) -> Ts {
        self.core.now
    }

    /// The value of a declared feature after the last bar of its series.
    #[inline]
    pub fn value(&self, feature: Feature) -> f64 {
        self.core.features.value(feature.0)
    }

    /// The value of a feature that nobody waits for, once it is warm.
    pub fn late(&self, feature: LateFeature) -> Option<f64> {
        let LateFeature { position, series, warmup } = feature;
        (self.core.series[series.index()].seen >= warmup).then(|| self.core.features.value(position))
    }

    /// The last bar of a series and when it closed.
    pub fn last_bar(&self, series: Series) -> Option<(Ts, Bar)> {
        self.core.series[series.index()].last
    }

    /// What is known of an instrument.
    pub fn instrument(&self, instrument: InstrumentId) -> &Instrument {
        &self.core.portfolio.instruments()[instrument.index()]
    }

    /// Lots held; negative for a short.
    pub fn position(&self, instrument: InstrumentId) -> SignedQty {
        self.core.portfolio.position(instrument).qty
    }

    /// Units held; negative for a short.
    pub fn units(&self, instrument: InstrumentId) -> f64 {
        self.instrument(instrument).signed_f64(self.position(instrument))
    }

    /// Average price of what is held, if anything is.
    pub fn entry_price(&self, instrument: InstrumentId) -> Option<f64> {
        let position = self.core.portfolio.position(instrument);
        (!position.qty.is_flat()).then_some(position.entry)
    }

    /// The last price seen.
    pub fn mark(&self, instrument: InstrumentId) -> Option<f64> {
        self.core.portfolio.position(instrument).mark()
    }

    /// Cash and positions at the last prices, settlement currency.
    pub fn equity(&self) -> f64 {
        self.core.portfolio.equity()
    }

    /// Cash, settlement currency; negative when borrowed.
    pub fn cash(&self) -> f64 {
        self.core.portfolio.cash()
    }

    /// Whether an order may still be filled.
    pub fn is_open(&self, id: OrderId) -> bool {
        self.core.orders.is_open(id)
    }

    /// Sends an order. One that a risk limit refuses is not sent; `on_order` says so.
    pub fn submit(&mut self, request: OrderRequest) -> OrderId {
        self.core.submit(request, self.commands)
    }

    /// Asks for an order to be cancelled. `on_order` says what came of it.
    pub fn cancel(&mut self, id: OrderId) {
        self.core.stop_working(|order| order == id);
        self.core.cancel(id, self.commands);
    }

    /// Asks for every open order in an instrument to be cancelled.
    pub fn cancel_all(&mut self, instrument: InstrumentId) {
        self.core.cancel_where(self.commands, |request| request.instrument == instrument);
    }

    /// Moves the position to a size by an order for the difference to what is held and on its way: a market order, unless
    /// the run says otherwise ([`crate::Execution`]). Where that makes the position smaller, the order is reduce-only.
    ///
    /// Gives the order, or nothing where the position is already there to the lot or a limit order works towards it, or
    /// no price is known yet.
    pub fn target(&mut self, instrument: InstrumentId, size: Size) -> Option<OrderId> {
        self.core.target(instrument, size, self.commands)
    }

    /// Closes the position by a reduce-only market order for what is held and on its way. The venue then cancels the
    /// exits.
    ///
    /// Gives the order, or nothing where there is nothing to close or that is on its way already.
    pub fn close(&mut self, instrument: InstrumentId) -> Option<OrderId> {
        self.core.close(instrument, self.commands)
    }

    /// Moves the position to a share of equity. [`Context::target`] with [`Size::Equity`].
    pub fn target_percent(&mut self, instrument: InstrumentId, fraction_of_equity: f64) -> Option<OrderId> {
        self.target(instrument, Size::Equity(fraction_of_equity))
    }

    /// Moves the position to a size, with exits that begin to work when the order has its first fill.
    ///
    /// Gives the order as [`Context::target`] does. The exits close at most what was meant to be held.
    pub fn enter(&mut self, instrument: InstrumentId, size: Size, exits: Exits) -> Option<OrderId> {
        let (request, meant) = towards(&self.core.portfolio, &self.core.orders, instrument, size)?;
        let parent = self.submit(request);
        if !self.core.orders.is_open(parent) || meant.is_flat() {
            return Some(parent);
        }
        let side = if meant.0 > 0 { Side::Sell } else { Side::Buy };
        let group = self.core.orders.next_group();
        for kind in exits.orders(self.instrument(instrument), side).into_iter().flatten() {
            let link = Link::OnFill { parent, group };
            let exit = OrderRequest {
                kind,
                reduce_only: true,
                link,
                ..OrderRequest::market(instrument, side, meant.abs())
            };
            self.submit(exit);
        }
        Some(parent)
    }

    /// A group that no order belongs to yet, for orders of which one is to cancel the others.
    pub fn new_group(&mut self) -> GroupId {
        self.core.orders.next_group()
    }

    /// Asks to be called at `at`, or with the next event after it.
    pub fn set_timer(&mut self, at: Ts) -> TimerId {
        self.core.set_timer(at)
    }
}

impl Exits {
    fn orders(&self, instrument: &Instrument, side: Side) -> [Option<OrderType>; 3] {
        let stop =
            self.stop_loss.map(|x| OrderType::Stop { trigger: instrument.price(x, side, Round::Passive) });
        let target = self.take_profit.map(|x| {
            let price = instrument.price(x, side, Round::Passive);
            OrderType::Limit { price, post_only: false }
        });
        let trailing = self.trailing.map(|distance| {
            let offset = Price(instrument.price(distance, side, Round::Nearest).0.max(1));
            OrderType::TrailingStop { offset }
        });
        [stop, target, trailing]
    }
}
