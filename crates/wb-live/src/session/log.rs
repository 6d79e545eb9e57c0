//! A session's log, as events of `tracing`: what the journal has for machines, and what it has no record of.
//!
//! It is written on the journal's thread, once what a page wants sent has left. Nothing of a frame goes into it: frames
//! carry keys and signatures.

use tracing::{Level, debug, error, info, trace, warn};
use wb_core::{Command, Event, Instrument, MarketData, OrderEvent, OrderId, OrderRequest, OrderType, Price};
use wb_kernel::Digest;
use wb_store::JournalRecord;

use crate::runner::{Notice, Reasons, Severity, Verb};
use crate::venues::Line;

/// Something that is no record of the journal.
#[derive(Debug)]
pub(super) enum Happening {
    /// Why the runner does not trade has changed: what holds now.
    State(Reasons),
    /// The runner has something to say to people.
    Notice(Notice),
    /// A connection stands, the `u64`-th of its line.
    Connected(Line, u64),
    /// A connection is lost or could not be made; why.
    Disconnected(Line, String),
    /// The operator has said something.
    Verb(Verb),
}

impl Happening {
    /// Writes it into the log.
    pub(super) fn log(&self) {
        match self {
            Happening::State(reasons) => {
                let words: Vec<&str> = reasons.iter().map(|reason| reason.words()).collect();
                info!(state = reasons.state().name(), reasons = words.join(", "), "state");
            }
            Happening::Notice(notice) => match notice.severity {
                Severity::Info => info!("{notice}"),
                Severity::Warning => warn!("{notice}"),
                Severity::Halt => error!("{notice}"),
            },
            Happening::Connected(line, connection) => info!(line = line.name(), connection, "connected"),
            Happening::Disconnected(line, why) => warn!(line = line.name(), why, "connection lost"),
            Happening::Verb(verb) => info!(verb = verb.name(), "the operator speaks"),
        }
    }
}

/// Writes a record of the journal into the log: orders for whoever reads it, the market where more is wanted.
pub(super) fn log_record(record: &JournalRecord, instruments: &[Instrument]) {
    match record {
        JournalRecord::Command(_, command) => log_command(command, instruments),
        JournalRecord::Event(event) => log_event(event, instruments),
        JournalRecord::Digest(ts, bits) => {
            trace!(%ts, digest = %Digest::from_bits(*bits), "digest");
        }
        JournalRecord::Prediction(ts, prediction) => {
            let instrument = instruments[prediction.instrument.index()].name();
            trace!(%ts, instrument, place = prediction.place, value = prediction.value, "prediction");
        }
        // What the log says of itself.
        JournalRecord::Observation(..) => {}
    }
}

fn log_command(command: &Command, instruments: &[Instrument]) {
    match command {
        Command::Submit { id, request } => log_order("order given", *id, request, None, instruments),
        Command::Refused { id, request, reason } => {
            log_order("order refused by our limits", *id, request, Some(reason.to_string()), instruments);
        }
        Command::Cancel { id } => info!(order = id.0, "cancel given"),
    }
}

fn log_order(
    what: &str,
    id: OrderId,
    request: &OrderRequest,
    reason: Option<String>,
    instruments: &[Instrument],
) {
    if !tracing::enabled!(Level::INFO) {
        return;
    }
    let instrument = &instruments[request.instrument.index()];
    let price = |price: Price| Some(instrument.price_f64(price));
    let (price, trigger) = match request.kind {
        OrderType::Market => (None, None),
        OrderType::Limit { price: at, .. } => (price(at), None),
        OrderType::Stop { trigger } => (None, price(trigger)),
        OrderType::StopLimit { trigger, price: at } => (price(at), price(trigger)),
        OrderType::TrailingStop { offset } => (None, price(offset)),
    };
    info!(
        order = id.0,
        instrument = instrument.name(),
        side = %request.side,
        kind = request.kind.name(),
        qty = instrument.qty_f64(request.qty),
        price,
        trigger,
        reason,
        "{what}"
    );
}

fn log_event(event: &Event, instruments: &[Instrument]) {
    match event {
        Event::Order { event, .. } => log_report(event, instruments),
        Event::Control { control, .. } => info!(control = ?control, "the kernel is told"),
        Event::Market(market) => {
            if let MarketData::Bar(bar) = market.data {
                let instrument = instruments[market.instrument.index()].name();
                debug!(instrument, closed = %market.ts_event, close = bar.close, "bar");
            }
        }
        Event::Past { ts_event, instrument, bar, .. } => {
            let instrument = instruments[instrument.index()].name();
            trace!(instrument, closed = %ts_event, close = bar.close, "bar of the past");
        }
        Event::Timer { id, .. } => debug!(timer = id.0, "timer"),
        Event::Cash { instrument, amount, .. } => {
            info!(instrument = instruments[instrument.index()].name(), amount, "cash");
        }
    }
}

fn log_report(event: &OrderEvent, instruments: &[Instrument]) {
    match event {
        OrderEvent::Accepted(id) => info!(order = id.0, "order accepted"),
        OrderEvent::Rejected(id, reason) => warn!(order = id.0, %reason, "order rejected"),
        OrderEvent::Filled(fill) => {
            let instrument = &instruments[fill.instrument.index()];
            info!(
                order = fill.order.0,
                instrument = instrument.name(),
                side = %fill.side,
                qty = instrument.qty_f64(fill.qty),
                price = instrument.price_f64(fill.price),
                fee = fill.fee,
                "order filled"
            );
        }
        OrderEvent::Cancelled(id, reason) => info!(order = id.0, ?reason, "order cancelled"),
        OrderEvent::CancelRejected(id) => warn!(order = id.0, "cancel rejected"),
        OrderEvent::Expired(id) => info!(order = id.0, "order expired"),
    }
}
