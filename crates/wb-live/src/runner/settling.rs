//! Comparing books with the venue: at the start, after each connection, on a schedule, and when something is unknown.
//!
//! First every order's fate and the account are asked. Where an order has more fills than we know, the trades are asked
//! as well, and what was missed is told to the kernel as if it had come in time. Balances are compared only in a round in
//! which nothing was filled: a balance asked before a fill says nothing about it.

use wb_core::{CancelReason, Fill, InstrumentId, OrderEvent, OrderId, OrderState, Qty, Reject, Ts};
use wb_store::{Observation, Severity, Verdict};

use super::machine::Runner;
use super::outbox::Outbox;
use super::state::{Reason, RunnerState};
use crate::venues::{
    Account, Answered, Meaning, OrderRef, OrderStatus, OwnTrade, Owner, Request, RequestKey, VenueError,
};

/// Rounds in which balances may differ before it is a disagreement: a fill may be on its way.
const ROUNDS: u32 = 3;

/// One comparison under way.
#[derive(Debug, Default)]
pub(crate) struct Settling {
    /// What has been asked and not been answered.
    waiting: Vec<RequestKey>,
    account: Option<Account>,
    orders: Vec<OrderStatus>,
    trades: Vec<OwnTrade>,
    /// Whether the trades have been asked for.
    asked_trades: bool,
    /// Whether something was filled since it began.
    disturbed: bool,
    round: u32,
}

impl Runner {
    /// Books are to be compared at the next opportunity.
    pub(super) fn settle_soon(&mut self) {
        self.settled = Ts::MIN;
    }

    /// A fill came: balances asked before it are old.
    pub(super) fn disturb(&mut self) {
        if let Some(settling) = &mut self.settling {
            settling.disturbed = true;
        }
    }

    /// What is to be done next, now that something was answered or time has passed.
    pub(super) fn go_on(&mut self, now: Ts, out: &mut Outbox) {
        if self.reasons.has(Reason::TradingLine) || self.settling.is_some() {
            return;
        }
        let is_due = self.settled == Ts::MIN || now - self.settled >= self.config.settle_every;
        if is_due && self.next_round_at <= now {
            self.begin_settling(0, now, out);
        } else if !self.reasons.has(Reason::Unsettled)
            && !self.reasons.has(Reason::MarketLine)
            && self.reasons.has(Reason::Cold)
        {
            self.warm_up(now, out);
        } else if self.state() == RunnerState::Trading {
            self.first_step(now, out);
        }
    }

    fn begin_settling(&mut self, round: u32, now: Ts, out: &mut Outbox) {
        if self.is_on_paper() {
            // The simulated venue's books are ours.
            return self.on_verdict(Verdict::Agreed, round, now, out);
        }
        let instruments = (0..self.listings.len() as u32).map(InstrumentId);
        let mut asked: Vec<Request> = vec![Request::Time, Request::Account];
        asked.extend(instruments.map(Request::OpenOrders));
        let open = self.desk.open().filter(|(id, _)| !self.contingents.holds(*id));
        asked.extend(open.map(|(id, order)| Request::Query(order.request.instrument, OrderRef::Ours(id))));
        self.settling = Some(Settling { round, ..Settling::default() });
        self.next_round_at = now + self.config.answer_within;
        self.ask_for_books(&asked, now, out);
    }

    fn ask_for_books(&mut self, asked: &[Request], now: Ts, out: &mut Outbox) {
        for request in asked {
            if !self.ask(*request, now, out) {
                self.settling = None;
                return;
            }
            if let Some(settling) = self.settling.as_mut().filter(|_| *request != Request::Time) {
                settling.waiting.push(request.key());
            }
        }
    }

    /// An answer about the account or its orders.
    pub(super) fn on_books(
        &mut self,
        key: RequestKey,
        result: Result<Answered, VenueError>,
        now: Ts,
        out: &mut Outbox,
    ) {
        if let Err(error) = &result {
            self.heed(error, out);
            match (key, error.meaning) {
                (RequestKey::Query(OrderRef::Ours(id)), Meaning::NoSuchOrder) => {
                    self.on_unknown_order(id, now, out);
                }
                _ => {
                    out.notice(Severity::Warning, format!("{key:?}: {error}"));
                    // Without this answer nothing is proved; it is tried again.
                    self.give_up_settling(out);
                    return;
                }
            }
        }
        let Some(settling) = &mut self.settling else {
            if let Ok(Answered::Orders(orders)) = result {
                // One order's fate, asked by itself.
                self.on_fate(&orders, now, out);
            }
            return;
        };
        settling.waiting.retain(|waiting| *waiting != key);
        match result {
            Ok(Answered::Account(account)) => settling.account = Some(account),
            Ok(Answered::Orders(orders)) => settling.orders.extend(orders),
            Ok(Answered::Trades(trades)) => settling.trades.extend(trades),
            _ => {}
        }
        if settling.waiting.is_empty() {
            self.on_all_answered(now, out);
        }
    }

    /// The fate of one order that was unknown: where it has fills that we lack, books are compared.
    fn on_fate(&mut self, orders: &[OrderStatus], now: Ts, out: &mut Outbox) {
        for status in orders {
            let Owner::Ours(id) = status.owner else { continue };
            self.desk.placed(id, status.venue_order);
            if self.desk.get(id).is_some_and(|order| status.filled > order.filled) {
                self.settle_soon();
            } else {
                self.end_order(id, status, now, out);
            }
        }
    }

    fn on_all_answered(&mut self, now: Ts, out: &mut Outbox) {
        let Some(settling) = &mut self.settling else { return };
        if !settling.asked_trades {
            settling.asked_trades = true;
            let lacking = self.lacking();
            if !lacking.is_empty() {
                self.ask_for_books(&lacking, now, out);
                return;
            }
        }
        let Some(settling) = self.settling.take() else { return };
        let found = self.tell_missed_fills(&settling, now, out);
        for status in &settling.orders {
            match status.owner {
                Owner::Ours(id) => self.end_order(id, status, now, out),
                Owner::OtherSession(..) if !status.state.is_final() => {
                    let what = format!("order {} of an earlier session is still open", status.venue_order);
                    out.notice(Severity::Warning, format!("{what}: cancel it at the venue"));
                }
                _ => {}
            }
        }
        let verdict = self.compare_balances(&settling, out);
        out.observe(Observation::Compared { verdict, found });
        self.on_verdict(verdict, settling.round, now, out);
    }

    /// The venue does not answer: the comparison under way proves nothing.
    fn give_up_settling(&mut self, out: &mut Outbox) {
        if self.settling.take().is_some() {
            out.observe(Observation::Compared { verdict: Verdict::Unanswered, found: 0 });
        }
    }

    /// Trades that must be asked for, because orders have more fills than we know.
    fn lacking(&mut self) -> Vec<Request> {
        let Some(settling) = &self.settling else { return Vec::new() };
        let mut instruments: Vec<InstrumentId> = Vec::new();
        for status in &settling.orders {
            let Owner::Ours(id) = status.owner else { continue };
            self.desk.placed(id, status.venue_order);
            let more = self.desk.get(id).is_some_and(|order| status.filled > order.filled);
            if more && !instruments.contains(&status.instrument) {
                instruments.push(status.instrument);
            }
        }
        let trades = |instrument: InstrumentId| {
            let from = self.next_trade[instrument.index()];
            Request::Trades { instrument, from }
        };
        instruments.into_iter().map(trades).collect()
    }

    /// Tells the kernel of the last fills of each order that has more of them than it knows. Gives how many they are.
    fn tell_missed_fills(&mut self, settling: &Settling, now: Ts, out: &mut Outbox) -> u32 {
        let mut missed: Vec<(u64, OrderId, Fill)> = Vec::new();
        for status in &settling.orders {
            let Owner::Ours(id) = status.owner else { continue };
            let Some(order) = self.desk.get(id) else { continue };
            let mut lacking = status.filled.lots() - order.filled.lots();
            let mut trades: Vec<&OwnTrade> =
                settling.trades.iter().filter(|trade| trade.venue_order == status.venue_order).collect();
            trades.sort_by_key(|trade| std::cmp::Reverse(trade.trade));
            trades.dedup_by_key(|trade| trade.trade);
            for trade in trades {
                if lacking < trade.qty.lots() || missed.iter().any(|(number, ..)| *number == trade.trade) {
                    break;
                }
                lacking -= trade.qty.lots();
                missed.push((trade.trade, id, fill_of(id, trade)));
            }
            if lacking > 0 {
                let why = format!(
                    "order {}: the venue has filled {} lots that none of its trades explains",
                    id.0, lacking
                );
                self.halt(Reason::Disagreement, &why, out);
            }
        }
        missed.sort_by_key(|(number, ..)| *number);
        let found = missed.len() as u32;
        for (number, id, fill) in missed {
            out.notice(Severity::Warning, format!("order {}: trade {number} was missed, and found", id.0));
            let next = &mut self.behind_last_trade[fill.instrument.index()];
            *next = Some(next.unwrap_or(0).max(number + 1));
            self.tell_order(OrderEvent::Filled(fill), now, out);
        }
        found
    }

    /// Tells the kernel that an order has ended or works, if that is news.
    fn end_order(&mut self, id: OrderId, status: &OrderStatus, now: Ts, out: &mut Outbox) {
        let Some(order) = self.desk.get(id) else { return };
        if order.state.is_final() {
            return;
        }
        let event = match status.state {
            // All that the venue had of it is filled: less was sent than was wanted.
            OrderState::Filled if status.filled == order.filled => {
                OrderEvent::Cancelled(id, CancelReason::Group)
            }
            OrderState::Submitted | OrderState::Filled => return,
            OrderState::Working | OrderState::PartlyFilled if order.state != OrderState::Submitted => return,
            OrderState::Working | OrderState::PartlyFilled => OrderEvent::Accepted(id),
            OrderState::Cancelled => OrderEvent::Cancelled(id, CancelReason::Requested),
            OrderState::Rejected => OrderEvent::Rejected(id, Reject::Venue),
            OrderState::Expired => OrderEvent::Expired(id),
        };
        self.tell_order(event, now, out);
    }

    /// Compares balances and working orders, where nothing was filled since they were asked for.
    fn compare_balances(&mut self, settling: &Settling, out: &mut Outbox) -> Verdict {
        let Some(account) = &settling.account else { return Verdict::Unanswered };
        if !account.can_trade {
            self.halt(Reason::ShutOut, "the account may not trade", out);
        }
        if settling.disturbed || !settling.trades.is_empty() {
            return Verdict::Disturbed;
        }
        let disagreement = match (self.stray_order(&settling.orders), self.ledger.compare(account)) {
            (None, Ok(baseline)) => {
                if baseline.is_some() {
                    self.baseline = baseline;
                }
                return Verdict::Agreed;
            }
            (Some(stray), _) => stray,
            (None, Err(mismatch)) => mismatch.to_string(),
        };
        if settling.round + 1 < ROUNDS {
            return Verdict::Differed;
        }
        self.halt(Reason::Disagreement, &disagreement, out);
        Verdict::Disagreed
    }

    fn on_verdict(&mut self, verdict: Verdict, round: u32, now: Ts, out: &mut Outbox) {
        match verdict {
            Verdict::Agreed => {
                self.settled = now;
                self.next_trade.clone_from(&self.behind_last_trade);
                self.clear(Reason::Unsettled, now, out);
                self.go_on(now, out);
            }
            Verdict::Disturbed | Verdict::Differed if round + 1 < ROUNDS => {
                self.begin_settling(round + 1, now, out);
            }
            Verdict::Disagreed => {
                self.settled = now;
                self.clear(Reason::Unsettled, now, out);
            }
            // Orders are filled faster than books can be compared: tried again a little later.
            Verdict::Disturbed | Verdict::Differed => self.settle_soon(),
            Verdict::Unanswered => {}
        }
    }

    /// An order of ours that works at the venue and not by our books, as where the journal has lost its end.
    fn stray_order(&self, orders: &[OrderStatus]) -> Option<String> {
        let works_here = |id| self.desk.get(id).is_some_and(|order| !order.state.is_final());
        orders.iter().find_map(|status| match status.owner {
            Owner::Ours(id) if !status.state.is_final() && !works_here(id) => {
                Some(format!("order {} works at the venue, and not by our books: cancel it there", id.0))
            }
            _ => None,
        })
    }

    /// Requests that got no answer: an order's fate is asked, a comparison begins again.
    pub(super) fn look_for_overdue_answers(&mut self, now: Ts, out: &mut Outbox) {
        while let Some(sent) = self.requests.overdue(now, self.config.answer_within) {
            if self.is_dead_since(sent.at, now, out) {
                return;
            }
            match sent.request {
                Request::Place(id, _) => {
                    out.notice(
                        Severity::Warning,
                        format!("order {}: no answer; asking what became of it", id.0),
                    );
                    self.query(id, now, out);
                }
                Request::Cancel(_, OrderRef::Ours(id)) => self.query(id, now, out),
                Request::Bars { .. } => self.past.abandon(),
                _ => {
                    self.give_up_settling(out);
                    self.settle_soon();
                }
            }
        }
    }
}

fn fill_of(order: OrderId, trade: &OwnTrade) -> Fill {
    Fill {
        order,
        instrument: trade.instrument,
        side: trade.side,
        price: trade.price,
        qty: Qty::new(trade.qty.lots()),
        fee: trade.fee,
        slippage: 0.0,
        maker: trade.maker,
        ts: trade.ts_event,
    }
}
