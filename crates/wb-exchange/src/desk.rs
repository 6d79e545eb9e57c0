//! The order desk: our record of every order, and the simulated venue that works them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use wb_core::{
    CancelReason, Command, Event, Fill, Instrument, InstrumentId, MarketEvent, OrderEvent, OrderId,
    OrderRequest, OrderState, OrderType, Qty, Reject, Side, TimeInForce, Transition, Ts,
};
use wb_sim::{SimConfig, SimVenue};

use crate::order::{Execution, Order, OrderKind, Ticket, Validity};

/// What happened to an order.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Happening {
    /// It works.
    New,
    /// It was filled, in part or whole.
    Trade(Execution),
    /// The client's cancel took effect.
    Cancelled,
    /// The exchange ended it.
    Expired(CancelReason),
}

/// News of the account, in the order in which it came.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Report {
    /// Of an order, as it stands after what happened.
    Order {
        /// When the exchange says so.
        ts: Ts,
        /// The order.
        order: Box<Order>,
        /// What happened.
        happening: Happening,
    },
    /// A cancel came too late.
    CancelRejected(OrderId),
    /// Cash came or went for a reason that is not a fill.
    Cash {
        /// When the exchange says so.
        ts: Ts,
        /// Quote currency; negative if it went.
        amount: f64,
    },
}

/// What an account has of one asset.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(crate) struct Balance {
    /// What can be spent.
    pub(crate) free: f64,
    /// What orders that work may spend.
    pub(crate) locked: f64,
}

/// Orders of the one account, and the venue.
#[derive(Debug)]
pub(crate) struct Desk {
    venue: SimVenue,
    instruments: Arc<[Instrument]>,
    /// Order `n` is at `n - 1`.
    orders: Vec<Order>,
    open: BTreeSet<OrderId>,
    /// Orders that work, by the client's own name.
    names: BTreeMap<(InstrumentId, String), OrderId>,
    /// The last trade of each market.
    trade_ids: Vec<u64>,
    /// Why the last order was refused.
    refusal: Option<Reject>,
    reports: Vec<Report>,
}

impl Desk {
    pub(crate) fn new(instruments: Arc<[Instrument]>, simulation: SimConfig) -> Desk {
        Desk {
            venue: SimVenue::new(instruments.clone(), simulation),
            trade_ids: vec![0; instruments.len()],
            instruments,
            orders: Vec::new(),
            open: BTreeSet::new(),
            names: BTreeMap::new(),
            refusal: None,
            reports: Vec::new(),
        }
    }

    /// Sends an order to the venue.
    ///
    /// # Errors
    /// With the venue's reason if it refuses.
    pub(crate) fn place(&mut self, now: Ts, ticket: Ticket, reserved_price: f64) -> Result<OrderId, Reject> {
        let id = OrderId(self.orders.len() as u64 + 1);
        let request = request(&ticket);
        self.names.insert((ticket.instrument, ticket.client_id.clone()), id);
        self.open.insert(id);
        self.orders.push(Order {
            id,
            ticket,
            state: OrderState::Submitted,
            placed: now,
            updated: now,
            executions: Vec::new(),
            filled: Qty::ZERO,
            turnover: 0,
            reserved_price,
        });
        self.venue.on_command(now, &Command::Submit { id, request });
        self.settle(now);
        match self.refusal.take() {
            Some(reason) => Err(reason),
            None => Ok(id),
        }
    }

    /// Sends a cancel to the venue. Whether it came in time is in a report, at once or after the bar that goes on.
    pub(crate) fn cancel(&mut self, now: Ts, id: OrderId) {
        self.venue.on_command(now, &Command::Cancel { id });
        self.settle(now);
    }

    /// Shows the venue what a market did.
    pub(crate) fn on_market(&mut self, event: &MarketEvent) {
        self.venue.on_market(event);
    }

    /// Takes in what the venue has to say.
    pub(crate) fn settle(&mut self, now: Ts) {
        while let Some(event) = self.venue.poll(now) {
            match event {
                Event::Order { event, .. } => self.on_order_event(now, &event),
                Event::Cash { amount, .. } => self.reports.push(Report::Cash { ts: now, amount }),
                Event::Market(_) | Event::Past { .. } | Event::Timer { .. } | Event::Control { .. } => {}
            }
        }
    }

    /// News since the last call.
    pub(crate) fn take_reports(&mut self) -> Vec<Report> {
        std::mem::take(&mut self.reports)
    }

    fn on_order_event(&mut self, now: Ts, event: &OrderEvent) {
        let happening = match *event {
            OrderEvent::Accepted(_) => Happening::New,
            OrderEvent::Filled(fill) => {
                Happening::Trade(Execution { trade_id: self.next_trade(fill.instrument), fill })
            }
            OrderEvent::Cancelled(_, CancelReason::Requested) => Happening::Cancelled,
            OrderEvent::Cancelled(_, reason) => Happening::Expired(reason),
            OrderEvent::Expired(_) => Happening::Expired(CancelReason::TimeInForce),
            OrderEvent::Rejected(_, reason) => {
                self.refusal = Some(reason);
                return self.forget(event.order());
            }
            OrderEvent::CancelRejected(id) => return self.reports.push(Report::CancelRejected(id)),
        };
        let order = &mut self.orders[event.order().0 as usize - 1];
        order.updated = now;
        if let Happening::Trade(execution) = happening {
            let Fill { price, qty, .. } = execution.fill;
            order.filled += qty;
            order.turnover += i128::from(price.0) * i128::from(qty.lots());
            order.executions.push(execution);
        }
        let completes = order.filled == order.ticket.qty;
        let told = match happening {
            // The venue's own words for its end: only a client's wish is a cancel.
            Happening::Expired(_) => OrderEvent::Expired(event.order()),
            _ => *event,
        };
        match order.state.on(&told, completes) {
            Transition::To(state) => order.state = state,
            Transition::Ignore => {}
            Transition::Contradiction => unreachable!("the simulated venue does not contradict itself"),
        }
        let (order, ended) = (Box::new(order.clone()), order.state.is_final());
        if ended {
            self.forget(order.id);
        }
        self.reports.push(Report::Order { ts: now, order, happening });
    }

    /// An order has ended: its name is free, and it reserves nothing.
    fn forget(&mut self, id: OrderId) {
        self.open.remove(&id);
        let order = &mut self.orders[id.0 as usize - 1];
        if order.is_open() {
            order.state = OrderState::Rejected;
        }
        let name = (order.ticket.instrument, order.ticket.client_id.clone());
        self.names.remove(&name);
    }

    /// The number of the next trade in a market.
    pub(crate) fn next_trade(&mut self, instrument: InstrumentId) -> u64 {
        let last = &mut self.trade_ids[instrument.index()];
        *last += 1;
        *last
    }

    /// An order by its number.
    pub(crate) fn order(&self, id: OrderId) -> Option<&Order> {
        self.orders.get(usize::try_from(id.0).ok()?.checked_sub(1)?)
    }

    /// The order that works under a client's name.
    pub(crate) fn open_by_name(&self, instrument: InstrumentId, name: &str) -> Option<&Order> {
        self.order(*self.names.get(&(instrument, name.to_string()))?)
    }

    /// The last order that had a client's name.
    pub(crate) fn last_by_name(&self, instrument: InstrumentId, name: &str) -> Option<&Order> {
        let has_name =
            |order: &&Order| order.ticket.instrument == instrument && order.ticket.client_id == name;
        self.open_by_name(instrument, name).or_else(|| self.orders.iter().rev().find(has_name))
    }

    /// Orders that work, oldest first.
    pub(crate) fn open_orders(&self) -> impl Iterator<Item = &Order> {
        self.open.iter().filter_map(|id| self.order(*id))
    }

    /// Every order that the venue took, oldest first.
    pub(crate) fn all_orders(&self) -> impl Iterator<Item = &Order> {
        self.orders.iter().filter(|order| order.state != OrderState::Rejected)
    }

    /// What there is of the quote currency.
    pub(crate) fn cash(&self) -> Balance {
        let buys = self.open_orders().filter(|order| order.ticket.side == Side::Buy);
        let reserved = |order: &Order| {
            self.instruments[order.ticket.instrument.index()].qty_f64(order.open_qty()) * order.reserved_price
        };
        balance(self.venue.portfolio().cash(), buys.map(reserved).sum())
    }

    /// What there is of an instrument's base asset.
    pub(crate) fn holding(&self, instrument: InstrumentId) -> Balance {
        let sells = self
            .open_orders()
            .filter(|order| order.ticket.side == Side::Sell && order.ticket.instrument == instrument);
        let lots = sells.map(Order::open_qty).sum();
        let spec = &self.instruments[instrument.index()];
        balance(spec.signed_f64(self.venue.portfolio().position(instrument).qty), spec.qty_f64(lots))
    }
}

fn balance(total: f64, reserved: f64) -> Balance {
    let locked = reserved.min(total.max(0.0));
    Balance { free: total - locked, locked }
}

/// The order as the simulated venue takes it.
fn request(ticket: &Ticket) -> OrderRequest {
    let price = ticket.price;
    OrderRequest {
        instrument: ticket.instrument,
        side: ticket.side,
        qty: ticket.qty,
        kind: match ticket.kind {
            OrderKind::Market => OrderType::Market,
            OrderKind::Limit => OrderType::Limit { price, post_only: false },
            OrderKind::LimitMaker => OrderType::Limit { price, post_only: true },
            OrderKind::StopLoss => OrderType::Stop { trigger: ticket.trigger },
            OrderKind::StopLossLimit => OrderType::StopLimit { trigger: ticket.trigger, price },
            OrderKind::TrailingStop => OrderType::TrailingStop { offset: ticket.trigger },
        },
        tif: match ticket.validity {
            Validity::Gtc => TimeInForce::Gtc,
            Validity::Ioc => TimeInForce::Ioc,
            Validity::Fok => TimeInForce::Fok,
        },
        reduce_only: ticket.reduce_only,
        link: ticket.link,
    }
}
