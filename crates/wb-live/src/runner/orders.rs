//! Orders on their way out, and what comes back about them.

use wb_core::{
    CancelReason, Command, Event, Fill, OrderEvent, OrderId, OrderRequest, OrderState, OrderType, Reject,
    Side, Span, Ts,
};
use wb_store::Severity;

use super::desk::Meant;
use super::machine::Runner;
use super::outbox::Outbox;
use super::state::{Reason, RunnerState};
use crate::venues::{
    Answered, Commission, Meaning, OrderRef, OrderReport, RateKind, Request, RequestKey, Situation,
    VenueError,
};

/// How long after an order was given the venue may still take it: asked before, "no such order" proves nothing.
const IN_FLIGHT: Span = Span(6_000_000_000);

impl Runner {
    /// Carries out what the kernel wants. Gives what the kernel is to be told of it at once: what could not be sent, or
    /// what need not be.
    pub(super) fn send_command(
        &mut self,
        command: &Command,
        now: Ts,
        out: &mut Outbox,
    ) -> Option<OrderEvent> {
        match *command {
            Command::Refused { .. } => None,
            Command::Submit { id, request } => {
                self.desk.give(id, request, now);
                let rules = &self.listings[request.instrument.index()].rules;
                if self.contingents.must_take(id, &request, rules, &self.desk) {
                    self.contingents.take(id, request, now);
                    return Some(OrderEvent::Accepted(id));
                }
                self.place(id, &request, now, out).err().map(|reason| OrderEvent::Rejected(id, reason))
            }
            Command::Cancel { id } if self.contingents.holds(id) => {
                Some(OrderEvent::Cancelled(id, CancelReason::Requested))
            }
            Command::Cancel { id } => self.cancel(id, now, out),
        }
    }

    /// Sends an order that has waited here. What opens a position waits on while none may be opened.
    pub(super) fn send_contingent(&mut self, id: OrderId, request: &OrderRequest, now: Ts, out: &mut Outbox) {
        let may = request.reduce_only || self.state() == RunnerState::Trading;
        if !may || self.place(id, request, now, out).is_err() {
            self.contingents.not_sent(id, now);
        }
    }

    fn place(
        &mut self,
        id: OrderId,
        request: &OrderRequest,
        now: Ts,
        out: &mut Outbox,
    ) -> Result<(), Reject> {
        if self.reasons.has(Reason::TradingLine) || self.reasons.has(Reason::Journal) {
            out.notice(Severity::Warning, format!("order {}: there is nobody to send it to", id.0));
            return Err(Reject::Venue);
        }
        let listing = &self.listings[request.instrument.index()];
        if let Err(breach) = listing.rules.check(&listing.instrument, request, &self.situation(request)) {
            out.notice(Severity::Warning, format!("order {}: {breach}", id.0));
            return Err(Reject::Venue);
        }
        if self.ask(Request::Place(id, *request), now, out) {
            Ok(())
        } else {
            out.notice(Severity::Warning, format!("order {}: the venue's limit on orders is reached", id.0));
            Err(Reject::Venue)
        }
    }

    /// What the venue's rules depend on.
    fn situation(&self, request: &OrderRequest) -> Situation {
        let instrument = request.instrument;
        let waits = |kind: &OrderType| matches!(kind, OrderType::Stop { .. } | OrderType::StopLimit { .. });
        let at_venue = |id: &OrderId| !self.contingents.holds(*id);
        let open =
            self.desk.open().filter(|(id, order)| order.request.instrument == instrument && at_venue(id));
        let (mut orders, mut stops, mut buys) = (0, 0, 0.0);
        for (_, order) in open {
            orders += 1;
            stops += u64::from(waits(&order.request.kind));
            if order.request.side == Side::Buy {
                buys +=
                    self.listings[instrument.index()].instrument.qty_f64(order.request.qty - order.filled);
            }
        }
        Situation {
            market: self.kernel().portfolio().position(instrument).mark(),
            orders,
            stops,
            position: self.ledger.base_flow(instrument) + buys,
        }
    }

    /// Asks the venue to cancel an order. Gives what the kernel is to be told if it cannot be asked.
    pub(super) fn cancel(&mut self, id: OrderId, now: Ts, out: &mut Outbox) -> Option<OrderEvent> {
        let order = self.desk.get(id).filter(|order| !order.state.is_final())?;
        let request = Request::Cancel(order.request.instrument, OrderRef::Ours(id));
        if self.ask(request, now, out) {
            self.await_cancel(id);
            return None;
        }
        out.notice(Severity::Warning, format!("order {}: its cancel could not be sent", id.0));
        Some(OrderEvent::CancelRejected(id))
    }

    /// What a request costs of the venue's limits.
    pub(super) fn costs(&self, request: &Request) -> [(RateKind, u64); 3] {
        let count = |is: bool| u64::from(is);
        [
            (RateKind::Weight, self.codec.weight(request)),
            (RateKind::Requests, count(*request != Request::Step)),
            (RateKind::Orders, count(matches!(request, Request::Place(..)))),
        ]
    }

    /// The venue says what became of an order.
    pub(super) fn on_report(&mut self, report: &OrderReport, now: Ts, out: &mut Outbox) {
        let id = report.event.order();
        self.desk.placed(id, report.venue_order);
        self.heard_of(report.ts_told);
        match self.desk.weigh(report) {
            Meant::News => {
                if let (OrderEvent::Filled(fill), Some(trade)) = (&report.event, report.trade) {
                    let next = &mut self.behind_last_trade[fill.instrument.index()];
                    *next = Some(next.unwrap_or(0).max(trade + 1));
                    self.disturb();
                    self.look_at_the_fee(fill, report.commission.as_ref(), out);
                }
                self.tell_order(report.event, now, out);
            }
            Meant::Repetition => {}
            Meant::Missed => {
                out.notice(Severity::Warning, format!("order {}: a fill was missed; asking for it", id.0));
                self.settle_soon();
            }
            Meant::Contradiction | Meant::NoSuchOrder => {
                let why = format!("order {}: the venue says {:?}, which cannot be", id.0, report.event);
                self.halt(Reason::Disagreement, &why, out);
                self.settle_soon();
            }
        }
    }

    /// A fee out of what was bought leaves less than the kernel holds, so the venue may refuse to sell all of it. Said once.
    fn look_at_the_fee(&mut self, fill: &Fill, commission: Option<&Commission>, out: &mut Outbox) {
        let base = &self.listings[fill.instrument.index()].base;
        let is_out_of_it = commission.is_some_and(|paid| paid.asset == *base && paid.amount > 0.0);
        if fill.side == Side::Buy && is_out_of_it && !std::mem::replace(&mut self.fee_told, true) {
            let what = format!(
                "the venue takes its fee out of the {base} that was bought: keep some {base} besides, or let the venue \
                 take fees in another asset, or it will refuse to sell the whole position"
            );
            out.notice(Severity::Warning, what);
        }
    }

    /// Tells the kernel what became of an order; a fill is not later than its news.
    pub(super) fn tell_order(&mut self, event: OrderEvent, now: Ts, out: &mut Outbox) {
        let ts = self.kernel_time(now);
        let event = match event {
            OrderEvent::Filled(fill) => OrderEvent::Filled(Fill { ts: fill.ts.min(ts), ..fill }),
            other => other,
        };
        self.tell(Event::Order { ts, event }, now, out);
    }

    /// The venue took an order, or did not.
    pub(super) fn on_placed(
        &mut self,
        id: OrderId,
        result: Result<Answered, VenueError>,
        now: Ts,
        out: &mut Outbox,
    ) {
        let error = match result {
            Ok(Answered::Placed(number)) => return self.desk.placed(id, number),
            Ok(_) => return,
            Err(error) => error,
        };
        out.notice(Severity::Warning, format!("order {}: {error}", id.0));
        self.heed(&error, out);
        match error.meaning {
            Meaning::Unknown => self.query(id, now, out),
            Meaning::Refused(reason) => self.reject(id, reason, now, out),
            _ => self.reject(id, Reject::Venue, now, out),
        }
    }

    fn reject(&mut self, id: OrderId, reason: Reject, now: Ts, out: &mut Outbox) {
        if self.contingents.has_sent(id) {
            let why = format!("order {}: the venue refuses what was due: {reason}", id.0);
            self.tell_order(OrderEvent::Cancelled(id, CancelReason::Margin), now, out);
            return self.halt(Reason::Disagreement, &why, out);
        }
        let submitted = self.desk.get(id).is_some_and(|order| order.state == OrderState::Submitted);
        if submitted {
            self.tell_order(OrderEvent::Rejected(id, reason), now, out);
        }
    }

    /// The venue cancelled an order, or did not; that it did comes as a report.
    pub(super) fn on_cancel_answered(
        &mut self,
        order: OrderRef,
        result: Result<Answered, VenueError>,
        now: Ts,
        out: &mut Outbox,
    ) {
        let (OrderRef::Ours(id), Err(error)) = (order, result) else { return };
        self.heed(&error, out);
        match error.meaning {
            Meaning::NoSuchOrder | Meaning::Unknown => self.query(id, now, out),
            _ => {
                out.notice(Severity::Warning, format!("order {} is not cancelled: {error}", id.0));
                self.tell_order(OrderEvent::CancelRejected(id), now, out);
            }
        }
    }

    /// What an error says besides the fate of its request.
    pub(super) fn heed(&mut self, error: &VenueError, out: &mut Outbox) {
        match error.meaning {
            Meaning::TooMany(until) | Meaning::Banned(until) => {
                if let Some(until) = until {
                    self.budget.wait_until(until);
                }
                if matches!(error.meaning, Meaning::Banned(_)) {
                    self.halt(Reason::ShutOut, &error.to_string(), out);
                }
            }
            Meaning::Key => self.halt(Reason::ShutOut, &error.to_string(), out),
            Meaning::Clock => self.settle_soon(),
            _ => {}
        }
    }

    /// Asks what became of an order whose fate is not known.
    pub(super) fn query(&mut self, id: OrderId, now: Ts, out: &mut Outbox) {
        let Some(order) = self.desk.get(id) else { return };
        let request = Request::Query(order.request.instrument, OrderRef::Ours(id));
        if !self.requests.has(RequestKey::Query(OrderRef::Ours(id))) && !self.ask(request, now, out) {
            self.settle_soon();
        }
    }

    /// The venue knows no such order. Once it can no longer arrive, it never did.
    pub(super) fn on_unknown_order(&mut self, id: OrderId, now: Ts, out: &mut Outbox) {
        let Some(order) = self.desk.get(id).copied() else { return };
        if order.state.is_final() {
            return;
        }
        if self.contingents.has_sent(id) {
            if self.contingents.is_unknown(id, now, IN_FLIGHT) {
                self.settle_soon();
            }
        } else if now - order.given < IN_FLIGHT {
            // It may still be on its way: asked again when books are compared next.
            self.settle_soon();
        } else if order.state == OrderState::Submitted {
            self.tell_order(OrderEvent::Rejected(id, Reject::Venue), now, out);
        } else {
            let why = format!("order {} was working, and the venue no longer knows it", id.0);
            self.tell_order(OrderEvent::Cancelled(id, CancelReason::Requested), now, out);
            self.halt(Reason::Disagreement, &why, out);
        }
    }
}
