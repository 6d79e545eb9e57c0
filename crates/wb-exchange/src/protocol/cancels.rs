//! Requests that end orders. While a bar goes on, the venue knows only at its end whether a cancel came in time, so these
//! requests may be answered later than they were sent.

use serde_json::{Value, json};
use wb_core::{OrderId, Ts};

use super::error::ApiError;
use super::operation::{Call, Reply};
use super::order_entry::{Entry, client_name};
use super::order_messages::{Detail, cancelled};
use super::orders::{Named, named};
use super::params::Params;
use crate::exchange::Exchange;
use crate::order::Order;

/// Orders that one request ends, and what is told of it when all have ended.
#[derive(Debug)]
pub(crate) struct CancelBatch {
    call: Call,
    /// Orders of which the venue has not said what became of the cancel.
    waiting: Vec<OrderId>,
    /// The client's name for the cancel.
    pub(crate) name: String,
    results: Vec<Result<Value, ApiError>>,
    then: Then,
}

/// What follows when all orders of a batch have ended.
#[derive(Debug)]
enum Then {
    /// The one result is the answer.
    One,
    /// All results are the answer.
    All,
    /// A new order.
    Replace { entry: Box<Entry>, mode: Mode, detail: Detail },
}

/// Whether an order is replaced also where it cannot be cancelled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Mode {
    StopOnFailure,
    AllowFailure,
}

pub(crate) fn cancel(exchange: &mut Exchange, call: &Call) -> Result<Reply, ApiError> {
    let id = exchange.open_order(&call.params, "orderId", "origClientOrderId")?;
    exchange.begin_cancel(call, vec![id], Then::One)
}

pub(crate) fn cancel_all(exchange: &mut Exchange, call: &Call) -> Result<Reply, ApiError> {
    let instrument = exchange.market(call.params.required("symbol")?)?.listing.instrument.id;
    let open = exchange.desk.open_orders().filter(|order| order.ticket.instrument == instrument);
    let ids: Vec<OrderId> = open.map(|order| order.id).collect();
    if ids.is_empty() {
        return Err(ApiError::unknown_order());
    }
    exchange.begin_cancel(call, ids, Then::All)
}

pub(crate) fn replace(exchange: &mut Exchange, call: &Call) -> Result<Reply, ApiError> {
    let mode = match call.params.required("cancelReplaceMode")? {
        "STOP_ON_FAILURE" => Mode::StopOnFailure,
        "ALLOW_FAILURE" => Mode::AllowFailure,
        _ => return Err(ApiError::missing("cancelReplaceMode")),
    };
    let entry = Box::new(exchange.read_order(&call.params)?);
    let bad = || ApiError::new(-1130, "Data sent for parameter 'newOrderRespType' is not valid.");
    let detail = Detail::parse(call.params.get("newOrderRespType"), entry.ticket.kind).ok_or_else(bad)?;
    let then = Then::Replace { entry, mode, detail };
    match exchange.open_order(&call.params, "cancelOrderId", "cancelOrigClientOrderId") {
        Ok(id) => exchange.begin_cancel(call, vec![id], then),
        Err(error) if error.code == -2011 => {
            let batch = exchange.batch(call, Vec::new(), then)?;
            exchange.end_batch(CancelBatch { results: vec![Err(error)], ..batch });
            Ok(Reply::Later)
        }
        Err(error) => Err(error),
    }
}

impl Exchange {
    /// The order that works and that a request names.
    fn open_order(&self, params: &Params, id: &str, client: &str) -> Result<OrderId, ApiError> {
        let instrument = self.market(params.required("symbol")?)?.listing.instrument.id;
        let order = match named(params, id, client)? {
            Named::Id(id) => self.desk.order(id).filter(|order| order.ticket.instrument == instrument),
            Named::Client(name) => self.desk.open_by_name(instrument, name),
        };
        let order = order.filter(|order| order.is_open()).ok_or_else(ApiError::unknown_order)?;
        let is_allowed = match params.get("cancelRestrictions") {
            None => true,
            Some("ONLY_NEW") => order.filled.is_zero(),
            Some("ONLY_PARTIALLY_FILLED") => !order.filled.is_zero(),
            Some(_) => {
                let msg = "`cancelRestrictions` has to be either `ONLY_NEW` or `ONLY_PARTIALLY_FILLED`.";
                return Err(ApiError::new(-1145, msg));
            }
        };
        let refused = || ApiError::new(-2011, "Order was not canceled due to cancel restrictions.");
        if is_allowed { Ok(order.id) } else { Err(refused()) }
    }

    fn batch(&mut self, call: &Call, waiting: Vec<OrderId>, then: Then) -> Result<CancelBatch, ApiError> {
        let parameter =
            if matches!(then, Then::Replace { .. }) { "cancelNewClientOrderId" } else { "newClientOrderId" };
        let name = match call.params.get(parameter) {
            Some(name) => client_name(parameter, name)?.to_string(),
            None => self.new_name(),
        };
        Ok(CancelBatch { call: call.clone(), waiting, name, results: Vec::new(), then })
    }

    fn begin_cancel(&mut self, call: &Call, ids: Vec<OrderId>, then: Then) -> Result<Reply, ApiError> {
        let batch = self.batch(call, ids.clone(), then)?;
        self.cancels.push(batch);
        let now: Ts = self.clock.replay;
        for id in ids {
            self.desk.cancel(now, id);
        }
        Ok(Reply::Later)
    }

    /// The name of the cancel that an order waits for, or has just had.
    pub(crate) fn cancel_name(&self, id: OrderId) -> Option<&str> {
        self.cancels.iter().find(|batch| batch.waiting.contains(&id)).map(|batch| batch.name.as_str())
    }

    /// Takes what became of the cancel of an order; its batch may end with it.
    pub(crate) fn on_cancel_outcome(&mut self, id: OrderId, order: Option<&Order>) {
        let Some(at) = self.cancels.iter().position(|batch| batch.waiting.contains(&id)) else { return };
        let batch = &mut self.cancels[at];
        batch.waiting.retain(|waiting| *waiting != id);
        let result = match order {
            Some(order) => {
                let listing = &self.markets[order.ticket.instrument.index()].listing;
                Ok(cancelled(listing, order, &batch.name, &self.clock.stamp(batch.call.unit)))
            }
            None => Err(ApiError::unknown_order()),
        };
        batch.results.push(result);
        if batch.waiting.is_empty() {
            let batch = self.cancels.swap_remove(at);
            self.end_batch(batch);
        }
    }

    fn end_batch(&mut self, mut batch: CancelBatch) {
        let call = batch.call;
        let result = match batch.then {
            Then::One => batch.results.pop().expect("one order had one cancel"),
            Then::All => Ok(batch.results.into_iter().filter_map(Result::ok).collect()),
            Then::Replace { entry, mode, detail } => {
                let cancel = batch.results.pop().expect("one order had one cancel");
                self.end_replace(&call, cancel, *entry, mode, detail)
            }
        };
        self.answer(&call, result);
    }

    /// Places the order that replaces another, where it may. Both results are the answer.
    fn end_replace(
        &mut self,
        call: &Call,
        cancel: Result<Value, ApiError>,
        entry: Entry,
        mode: Mode,
        detail: Detail,
    ) -> Result<Value, ApiError> {
        let placed = (cancel.is_ok() || mode == Mode::AllowFailure)
            .then(|| self.place_order(entry, call.now).map(|id| self.placed_answer(id, detail, call)));
        let told = |result: &Result<Value, ApiError>| match result {
            Ok(value) => ("SUCCESS", value.clone()),
            Err(error) => ("FAILURE", error.body()),
        };
        let (cancel_result, cancel_response) = told(&cancel);
        let (order_result, order_response) = match &placed {
            Some(placed) => told(placed),
            None => ("NOT_ATTEMPTED", Value::Null),
        };
        let data = json!({
            "cancelResult": cancel_result,
            "newOrderResult": order_result,
            "cancelResponse": cancel_response,
            "newOrderResponse": order_response,
        });
        match (cancel.is_ok(), placed.is_some_and(|placed| placed.is_ok())) {
            (true, true) => Ok(data),
            (false, false) => Err(ApiError::new(-2022, "Order cancel-replace failed.").data(data)),
            _ => Err(ApiError::new(-2021, "Order cancel-replace partially failed.").status(409).data(data)),
        }
    }
}
