//! What happened in a session, as an outcome.

use wb_core::{
    Bar, BarColumns, CancelReason, Command, Event, Fill, Instrument, InstrumentId, MarketEvent, OrderEvent,
    OrderId, OrderRequest, OrderState, OrderType, Qty, Reject, Transition, Ts,
};
use wb_metrics::{EquityCurve, ExitReason, OrderRecord, RoundTrip, RoundTripBuilder};
use wb_sim::{Record, Session};

use crate::event_driven::RunInput;

/// Watches a session while it goes on.
pub(crate) trait Observer {
    /// Takes a bar that the session has seen; with the last one of a close what the session did at it.
    fn after_bar(&mut self, session: &Session, event: &MarketEvent, bar: &Bar);

    /// Takes the account after all bars of one close.
    fn on_close(&mut self, ts: Ts, session: &Session);

    /// Takes what the session delivered after the last bar.
    fn after_finish(&mut self, session: &Session);
}

/// Collects the equity curve, orders, fills and round trips while a session goes on.
#[derive(Debug)]
pub(crate) struct Recorder {
    pub(crate) equity: EquityCurve,
    pub(crate) orders: Vec<OrderRecord>,
    pub(crate) fills: Vec<Fill>,
    pub(crate) carry: f64,
    trips: RoundTripBuilder,
    /// Highs and lows of a close whose last bar is still to come.
    bars: Vec<(InstrumentId, f64, f64)>,
}

impl Recorder {
    /// A recorder of one run, with room for its equity curve.
    pub(crate) fn of(input: &RunInput<'_>) -> Recorder {
        let points = input.bars.iter().map(BarColumns::len).max().unwrap_or(0);
        let equity = EquityCurve {
            ts: Vec::with_capacity(points),
            equity: Vec::with_capacity(points),
            gross: Vec::with_capacity(points),
        };
        Recorder {
            equity,
            orders: Vec::new(),
            fills: Vec::new(),
            carry: 0.0,
            trips: RoundTripBuilder::new(),
            bars: Vec::new(),
        }
    }

    /// The round trips that were completed.
    pub(crate) fn round_trips(self) -> (EquityCurve, Vec<OrderRecord>, Vec<Fill>, Vec<RoundTrip>) {
        (self.equity, self.orders, self.fills, self.trips.finish())
    }

    /// Takes what happened between kernel and venue. `halted` is whether a risk limit had stopped trading at the end of
    /// the close.
    #[cold]
    pub(crate) fn on_record(&mut self, instruments: &[Instrument], halted: bool, record: &Record) {
        match record {
            Record::Command(ts, Command::Submit { id, request }) => {
                self.submitted(*ts, *id, request, OrderState::Submitted, None);
            }
            Record::Command(ts, Command::Refused { id, request, reason }) => {
                self.submitted(*ts, *id, request, OrderState::Rejected, Some(*reason));
            }
            Record::Event(Event::Order { ts, event }) => self.on_order(instruments, halted, *ts, event),
            Record::Event(Event::Cash { amount, .. }) => self.carry += amount,
            Record::Command(_, Command::Cancel { .. }) | Record::Event(_) => {}
        }
    }

    fn submitted(
        &mut self,
        ts: Ts,
        id: OrderId,
        request: &OrderRequest,
        state: OrderState,
        reject: Option<Reject>,
    ) {
        assert_eq!(id.0, self.orders.len() as u64 + 1, "orders are numbered in the order of submission");
        let filled = Qty::ZERO;
        self.orders.push(OrderRecord {
            id,
            submitted: ts,
            request: *request,
            state,
            filled,
            reject,
            updated: ts,
        });
    }

    /// Takes the extremes of a bar, after all fills inside the bars of its close.
    #[inline]
    pub(crate) fn on_extremes(&mut self, instrument: InstrumentId, high: f64, low: f64) {
        self.trips.on_bar(instrument, high, low);
    }

    /// Takes the value of the account and that of its positions without their signs, after all bars of one close.
    #[inline]
    pub(crate) fn on_valuation(&mut self, ts: Ts, (equity, gross): (f64, f64)) {
        self.equity.ts.push(ts);
        self.equity.equity.push(equity);
        self.equity.gross.push(gross);
    }

    fn on_order(&mut self, instruments: &[Instrument], halted: bool, ts: Ts, event: &OrderEvent) {
        if let OrderEvent::Filled(fill) = event {
            let reason = self.exit_reason(halted, fill.order);
            let instrument = &instruments[fill.instrument.index()];
            self.trips.on_fill(fill, instrument, reason);
            self.fills.push(*fill);
        }
        let Some(at) = event.order().0.checked_sub(1) else { return };
        let order = &mut self.orders[at as usize];
        match event {
            OrderEvent::Filled(fill) => order.filled += fill.qty,
            OrderEvent::Rejected(_, reason) => order.reject = Some(*reason),
            OrderEvent::Cancelled(_, CancelReason::Margin) => order.reject = Some(Reject::Margin),
            _ => {}
        }
        if let Transition::To(state) = order.state.on(event, order.filled == order.request.qty) {
            order.state = state;
            order.updated = ts;
        }
    }

    /// Why a position that this order closes is closed.
    fn exit_reason(&self, halted: bool, order: OrderId) -> ExitReason {
        let Some(at) = order.0.checked_sub(1) else { return ExitReason::Liquidation };
        let request = &self.orders[at as usize].request;
        match request.kind {
            _ if !request.reduce_only => ExitReason::Signal,
            OrderType::Market if halted => ExitReason::Halt,
            OrderType::Market => ExitReason::Signal,
            OrderType::Limit { .. } => ExitReason::TakeProfit,
            OrderType::Stop { .. } | OrderType::StopLimit { .. } => ExitReason::StopLoss,
            OrderType::TrailingStop { .. } => ExitReason::TrailingStop,
        }
    }
}

impl Observer for Recorder {
    /// Fills inside bars come before the extremes of all bars of the close, fills at the close after them.
    #[inline]
    fn after_bar(&mut self, session: &Session, event: &MarketEvent, bar: &Bar) {
        if !event.last {
            self.bars.push((event.instrument, bar.high, bar.low));
            return;
        }
        let instruments = session.venue().portfolio().instruments();
        for record in session.records_before() {
            self.on_record(instruments, session.kernel().is_halted(), record);
        }
        if !self.bars.is_empty() {
            for (instrument, high, low) in self.bars.drain(..) {
                self.trips.on_bar(instrument, high, low);
            }
        }
        self.on_extremes(event.instrument, bar.high, bar.low);
        for record in session.records_after() {
            self.on_record(instruments, session.kernel().is_halted(), record);
        }
    }

    fn after_finish(&mut self, session: &Session) {
        let instruments = session.venue().portfolio().instruments();
        for record in session.records_before() {
            self.on_record(instruments, session.kernel().is_halted(), record);
        }
    }

    #[inline]
    fn on_close(&mut self, ts: Ts, session: &Session) {
        self.on_valuation(ts, session.venue().portfolio().valuation());
    }
}
