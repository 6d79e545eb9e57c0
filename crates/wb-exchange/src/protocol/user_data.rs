//! News of the account, as subscribers are told.

use serde_json::{Value, json};
use wb_core::{CancelReason, InstrumentId, Ts};

use super::decimal::decimal;
use super::order_messages::{side, turnover, value_of, working_time};
use crate::clock::Stamp;
use crate::connection::{Connection, ConnectionId};
use crate::desk::{Balance, Happening, Report};
use crate::exchange::Exchange;
use crate::listing::Listing;
use crate::order::{Order, Validity};

impl Exchange {
    /// Tells subscribers what has happened to orders and cash, and those who wait for a cancel what became of it.
    pub(crate) fn tell_reports(&mut self) {
        loop {
            let reports = self.desk.take_reports();
            if reports.is_empty() {
                return;
            }
            for report in reports {
                self.tell(&report);
            }
        }
    }

    fn tell(&mut self, report: &Report) {
        match report {
            Report::Order { ts, order, happening } => {
                self.tell_order(*ts, order, *happening);
                match happening {
                    Happening::Cancelled => self.on_cancel_outcome(order.id, Some(order)),
                    Happening::Trade(_) if order.executions.len() == 1 => self.limits.release_order(),
                    _ => {}
                }
            }
            Report::CancelRejected(id) => self.on_cancel_outcome(*id, None),
            Report::Cash { ts, amount } => {
                let Some(asset) = self.markets.first().map(|market| market.listing.quote.clone()) else {
                    return;
                };
                self.tell_all(|stamp| {
                    json!({
                        "e": "balanceUpdate",
                        "E": stamp.now(),
                        "a": asset,
                        "d": decimal(*amount),
                        "T": stamp.of(*ts),
                    })
                });
            }
        }
    }

    fn tell_order(&mut self, ts: Ts, order: &Order, happening: Happening) {
        self.last_event += 1;
        let (event, id) = (self.last_event, order.ticket.instrument);
        let cancel =
            self.cancel_name(order.id).map(str::to_string).filter(|_| happening == Happening::Cancelled);
        let listing = self.markets[id.index()].listing.clone();
        self.tell_all(|stamp| {
            execution_report(&listing, order, happening, cancel.as_deref(), event, ts, stamp)
        });
        let position = self.account_position(id);
        self.tell_all(|stamp| {
            let mut message = position.clone();
            message["E"] = stamp.now().into();
            message["u"] = stamp.of(ts).into();
            message
        });
    }

    /// The assets that an order of a symbol may have changed; times are filled in for each client.
    fn account_position(&self, id: InstrumentId) -> Value {
        let listing = &self.markets[id.index()].listing;
        let asset = |name: &str, balance: Balance| json!({ "a": name, "f": decimal(balance.free), "l": decimal(balance.locked) });
        json!({
            "e": "outboundAccountPosition",
            "E": 0,
            "u": 0,
            "B": [asset(&listing.base, self.desk.holding(id)), asset(&listing.quote, self.desk.cash())],
        })
    }

    /// Sends an event to every subscription.
    fn tell_all(&mut self, make: impl Fn(&Stamp) -> Value) {
        let mut messages: Vec<(ConnectionId, String)> = Vec::new();
        for (connection, session) in &self.connections {
            let Connection::Api(session) = session else { continue };
            for number in &session.subscriptions {
                let event = make(&self.clock.stamp(session.unit));
                messages.push((*connection, json!({ "subscriptionId": number, "event": event }).to_string()));
            }
        }
        for (connection, text) in messages {
            self.tell_account(connection, text);
        }
    }
}

/// `executionReport`. `cancel` is the client's name for the cancel that ended the order.
fn execution_report(
    listing: &Listing,
    order: &Order,
    happening: Happening,
    cancel: Option<&str>,
    event: u64,
    ts: Ts,
    stamp: &Stamp,
) -> Value {
    let ticket = &order.ticket;
    let execution = match happening {
        Happening::Trade(execution) => Some(execution),
        _ => None,
    };
    let fill = execution.map(|execution| execution.fill);
    let (name, original) = match cancel {
        Some(cancel) => (cancel, ticket.client_id.as_str()),
        None => (ticket.client_id.as_str(), ""),
    };
    let mut json = json!({
        "e": "executionReport",
        "E": stamp.now(),
        "s": listing.instrument.symbol,
        "c": name,
        "S": side(order),
        "o": ticket.kind.name(),
        "f": ticket.validity.name(),
        "q": listing.qty(ticket.qty),
        "p": listing.price(ticket.price),
        "P": listing.price(ticket.trigger),
        "F": decimal(0.0),
        "g": -1,
        "C": original,
        "x": execution_type(happening),
        "X": order.status(),
        "r": "NONE",
        "i": order.id.0,
        "l": listing.qty(fill.map(|fill| fill.qty).unwrap_or_default()),
        "z": listing.qty(order.filled),
        "L": listing.price(fill.map(|fill| fill.price).unwrap_or_default()),
        "n": fill.map_or_else(|| "0".to_string(), |fill| decimal(fill.fee)),
        "N": fill.map(|_| listing.quote.as_str()),
        "T": stamp.of(fill.map_or(ts, |fill| fill.ts)),
        "t": execution.map_or(-1, |execution| execution.trade_id as i64),
        "v": 0,
        "I": event,
        "w": order.is_open() && !ticket.kind.has_trigger(),
        "m": fill.is_some_and(|fill| fill.maker),
        "M": false,
        "O": stamp.of(order.placed),
        "Z": turnover(listing, order.turnover),
        "Y": turnover(listing, execution.as_ref().map_or(0, value_of)),
        "Q": decimal(ticket.quote_qty.unwrap_or_default()),
        "W": working_time(order, stamp),
        "V": "NONE",
    });
    if let Happening::Expired(reason) = happening {
        json["eR"] = expiry_reason(order, reason).into();
    }
    json
}

const fn execution_type(happening: Happening) -> &'static str {
    match happening {
        Happening::New => "NEW",
        Happening::Trade(_) => "TRADE",
        Happening::Cancelled => "CANCELED",
        Happening::Expired(_) => "EXPIRED",
    }
}

/// The venue's word for why an order expired.
const fn expiry_reason(order: &Order, reason: CancelReason) -> &'static str {
    match reason {
        CancelReason::TimeInForce => match order.ticket.validity {
            Validity::Fok => "UNFILLED_FOK_ORDER_EXPIRED",
            Validity::Ioc | Validity::Gtc => "UNFILLED_IOC_QUANTITY_EXPIRED",
        },
        CancelReason::PostOnly => "REJECTED",
        CancelReason::Group => "OCO_TRIGGER",
        CancelReason::Parent => "OTO_PHASE_ONE_EXPIRED",
        CancelReason::Margin | CancelReason::Liquidation | CancelReason::Requested => "EXCHANGE_CANCELED",
    }
}
