//! The fields of each kind of record, and back.

use wb_core::{
    Bar, Command, Event, Fill, InstrumentId, MarketData, MarketEvent, OrderEvent, OrderId, Prediction, Price,
    Quote, TimerId, Trade, Ts,
};

use super::codes::{
    cancel_code, cancel_of, control_code, control_of, line_code, line_of, reject_code, reject_of,
    severity_code, severity_of, side_code, side_of, verdict_code, verdict_of,
};
use super::fields::{Put, Take};
use super::frame::{Fault, Framed, JournalRecord, Kind};
use super::observation::{Observation, StageTimes, Words};
use crate::hash::ContentHash;

/// The kind of a record, and its time.
pub(super) fn kind_of(framed: &Framed) -> (Kind, Ts) {
    let record = match framed {
        Framed::Begin { .. } => return (Kind::Begin, Ts(0)),
        Framed::Record(record) => record,
    };
    match record {
        JournalRecord::Event(event) => (kind_of_event(event), event.ts()),
        JournalRecord::Command(ts, command) => {
            let kind = match command {
                Command::Submit { .. } => Kind::Submit,
                Command::Refused { .. } => Kind::Refused,
                Command::Cancel { .. } => Kind::Cancel,
            };
            (kind, *ts)
        }
        JournalRecord::Digest(ts, _) => (Kind::Digest, *ts),
        JournalRecord::Prediction(ts, _) => (Kind::Prediction, *ts),
        JournalRecord::Observation(ts, observation) => {
            let kind = match observation {
                Observation::Began => Kind::Began,
                Observation::Connected(_) | Observation::Disconnected(_) => Kind::Connection,
                Observation::Compared { .. } => Kind::Comparison,
                Observation::Stages(_) => Kind::Stages,
                Observation::Notice { .. } => Kind::Notice,
                Observation::Halted(_) => Kind::Halted,
            };
            (kind, *ts)
        }
    }
}

fn kind_of_event(event: &Event) -> Kind {
    match event {
        Event::Market(market) => match market.data {
            MarketData::Bar(_) => Kind::Bar,
            MarketData::Trade(_) => Kind::Trade,
            MarketData::Quote(_) => Kind::Quote,
            MarketData::Gap => Kind::Gap,
        },
        Event::Past { .. } => Kind::PastBar,
        Event::Order { event: OrderEvent::Filled(_), .. } => Kind::Fill,
        Event::Order { .. } => Kind::Order,
        Event::Timer { .. } => Kind::Timer,
        Event::Cash { .. } => Kind::Cash,
        Event::Control { .. } => Kind::Control,
    }
}

/// Appends the fields of a record.
pub(super) fn put(put: &mut Put<'_>, framed: &Framed) {
    match framed {
        Framed::Begin { format, segment, header } => {
            put.u32(*format).u32(*segment).bytes(header.as_bytes());
        }
        Framed::Record(JournalRecord::Event(event)) => put_event(put, event),
        Framed::Record(JournalRecord::Command(_, command)) => put_command(put, command),
        Framed::Record(JournalRecord::Digest(_, digest)) => {
            put.bytes(&digest.to_le_bytes());
        }
        Framed::Record(JournalRecord::Prediction(_, Prediction { instrument, place, value })) => {
            put.u32(instrument.0).u32(*place).f64(*value);
        }
        Framed::Record(JournalRecord::Observation(_, observation)) => put_observation(put, observation),
    }
}

fn put_event(put: &mut Put<'_>, event: &Event) {
    match event {
        Event::Market(market) => put_market(put, market),
        Event::Past { ts, ts_event, instrument, bar } => {
            let (ts_event, instrument, data) = (*ts_event, *instrument, MarketData::Bar(*bar));
            put_market(put, &MarketEvent { ts_event, ts_recv: *ts, instrument, last: false, data });
        }
        Event::Order { event, .. } => put_order(put, event),
        Event::Timer { id, .. } => {
            put.u64(id.0);
        }
        Event::Cash { instrument, amount, .. } => {
            put.u32(instrument.0).f64(*amount);
        }
        Event::Control { control, .. } => {
            put.u8(control_code(*control));
        }
    }
}

fn put_market(put: &mut Put<'_>, market: &MarketEvent) {
    put.i64(market.ts_event.0).u32(market.instrument.0).bool(market.last);
    match &market.data {
        MarketData::Bar(bar) => {
            put.interval(bar.interval);
            put.f64(bar.open).f64(bar.high).f64(bar.low).f64(bar.close).f64(bar.volume);
        }
        MarketData::Trade(trade) => {
            put.u8(side_code(trade.aggressor)).f64(trade.price).f64(trade.qty);
        }
        MarketData::Quote(quote) => {
            put.f64(quote.bid).f64(quote.bid_qty).f64(quote.ask).f64(quote.ask_qty);
        }
        MarketData::Gap => {}
    }
}

fn put_order(put: &mut Put<'_>, event: &OrderEvent) {
    let (what, reason) = match event {
        OrderEvent::Filled(fill) => {
            put.u64(fill.order.0).u32(fill.instrument.0).u8(side_code(fill.side));
            put.i64(fill.price.0).i64(fill.qty.lots()).f64(fill.fee).f64(fill.slippage);
            put.bool(fill.maker).i64(fill.ts.0);
            return;
        }
        OrderEvent::Accepted(_) => (1, 0),
        OrderEvent::Rejected(_, reason) => (2, reject_code(*reason)),
        OrderEvent::Cancelled(_, reason) => (3, cancel_code(*reason)),
        OrderEvent::CancelRejected(_) => (4, 0),
        OrderEvent::Expired(_) => (5, 0),
    };
    put.u64(event.order().0).u8(what).u8(reason);
}

fn put_command(put: &mut Put<'_>, command: &Command) {
    match command {
        Command::Submit { id, request } => {
            put.u64(id.0).request(request);
        }
        Command::Refused { id, request, reason } => {
            put.u8(reject_code(*reason)).u64(id.0).request(request);
        }
        Command::Cancel { id } => {
            put.u64(id.0);
        }
    }
}

fn put_observation(put: &mut Put<'_>, observation: &Observation) {
    match observation {
        Observation::Began => {}
        Observation::Connected(line) => {
            put.u8(line_code(*line)).bool(true);
        }
        Observation::Disconnected(line) => {
            put.u8(line_code(*line)).bool(false);
        }
        Observation::Compared { verdict, found } => {
            put.u8(verdict_code(*verdict)).u32(*found);
        }
        Observation::Stages(StageTimes { first, orders, queue_ns, decide_ns, write_ns }) => {
            put.u64(first.0).u32(*orders).u64(*queue_ns).u64(*decide_ns).u64(*write_ns);
        }
        Observation::Halted(reasons) => {
            put.bytes(&reasons.to_le_bytes());
        }
        Observation::Notice { severity, part, words } => {
            let (len, bytes) = words.to_bytes();
            put.u8(severity_code(*severity)).u8(*part).u8(len).bytes(&bytes);
        }
    }
}

/// Reads the fields of a kind.
pub(super) fn take(kind: Kind, ts: Ts, from: &mut Take<'_>) -> Result<Framed, Fault> {
    let record = match kind {
        Kind::Begin => {
            let (format, segment) = (from.u32(), from.u32());
            return Ok(Framed::Begin { format, segment, header: ContentHash::from_bytes(from.array()) });
        }
        Kind::Digest => JournalRecord::Digest(ts, u128::from_le_bytes(from.array())),
        Kind::Prediction => {
            let (instrument, place) = (InstrumentId(from.u32()), from.u32());
            JournalRecord::Prediction(ts, Prediction { instrument, place, value: from.f64() })
        }
        Kind::Submit | Kind::Refused | Kind::Cancel => JournalRecord::Command(ts, take_command(kind, from)?),
        Kind::Began | Kind::Connection | Kind::Comparison | Kind::Stages | Kind::Notice | Kind::Halted => {
            JournalRecord::Observation(ts, take_observation(kind, from)?)
        }
        _ => JournalRecord::Event(take_event(kind, ts, from)?),
    };
    Ok(Framed::Record(record))
}

fn take_event(kind: Kind, ts: Ts, from: &mut Take<'_>) -> Result<Event, Fault> {
    Ok(match kind {
        Kind::PastBar => {
            let MarketEvent { ts_event, instrument, data, .. } = take_market(kind, ts, from)?;
            let MarketData::Bar(bar) = data else { unreachable!("it is read as a bar") };
            Event::Past { ts, ts_event, instrument, bar }
        }
        Kind::Order => Event::Order { ts, event: take_order(from)? },
        Kind::Fill => Event::Order { ts, event: OrderEvent::Filled(take_fill(from)?) },
        Kind::Timer => Event::Timer { ts, id: TimerId(from.u64()) },
        Kind::Cash => Event::Cash { ts, instrument: InstrumentId(from.u32()), amount: from.f64() },
        Kind::Control => Event::Control { ts, control: from.code("control", control_of)? },
        _ => Event::Market(take_market(kind, ts, from)?),
    })
}

fn take_observation(kind: Kind, from: &mut Take<'_>) -> Result<Observation, Fault> {
    Ok(match kind {
        Kind::Connection => {
            let line = from.code("connection", line_of)?;
            if from.bool("standing")? {
                Observation::Connected(line)
            } else {
                Observation::Disconnected(line)
            }
        }
        Kind::Comparison => {
            let verdict = from.code("verdict", verdict_of)?;
            Observation::Compared { verdict, found: from.u32() }
        }
        Kind::Stages => Observation::Stages(StageTimes {
            first: OrderId(from.u64()),
            orders: from.u32(),
            queue_ns: from.u64(),
            decide_ns: from.u64(),
            write_ns: from.u64(),
        }),
        Kind::Halted => Observation::Halted(u16::from_le_bytes(from.array())),
        Kind::Notice => {
            let (severity, part) = (from.code("severity", severity_of)?, from.u8());
            let len = from.u8();
            let words = Words::from_bytes(len, from.array());
            let words = words.ok_or(Fault::Code { field: "text of that length", code: len })?;
            Observation::Notice { severity, part, words }
        }
        _ => Observation::Began,
    })
}

fn take_command(kind: Kind, from: &mut Take<'_>) -> Result<Command, Fault> {
    let reason = match kind {
        Kind::Refused => Some(from.code("reason of a refusal", reject_of)?),
        _ => None,
    };
    let id = OrderId(from.u64());
    Ok(match (kind, reason) {
        (Kind::Cancel, _) => Command::Cancel { id },
        (_, Some(reason)) => Command::Refused { id, request: from.request()?, reason },
        _ => Command::Submit { id, request: from.request()? },
    })
}

fn take_market(kind: Kind, ts_recv: Ts, from: &mut Take<'_>) -> Result<MarketEvent, Fault> {
    let (ts_event, instrument) = (Ts(from.i64()), InstrumentId(from.u32()));
    let last = from.bool("last")?;
    let data = match kind {
        Kind::Bar | Kind::PastBar => MarketData::Bar(Bar {
            interval: from.interval()?,
            open: from.f64(),
            high: from.f64(),
            low: from.f64(),
            close: from.f64(),
            volume: from.f64(),
        }),
        Kind::Trade => {
            let aggressor = from.code("side", side_of)?;
            MarketData::Trade(Trade { price: from.f64(), qty: from.f64(), aggressor })
        }
        Kind::Quote => MarketData::Quote(Quote {
            bid: from.f64(),
            bid_qty: from.f64(),
            ask: from.f64(),
            ask_qty: from.f64(),
        }),
        _ => MarketData::Gap,
    };
    Ok(MarketEvent { ts_event, ts_recv, instrument, last, data })
}

fn take_order(from: &mut Take<'_>) -> Result<OrderEvent, Fault> {
    let (id, what) = (OrderId(from.u64()), from.u8());
    Ok(match what {
        1 => OrderEvent::Accepted(id),
        2 => OrderEvent::Rejected(id, from.code("reason of a refusal", reject_of)?),
        3 => OrderEvent::Cancelled(id, from.code("reason of a cancel", cancel_of)?),
        4 => OrderEvent::CancelRejected(id),
        5 => OrderEvent::Expired(id),
        code => return Err(Fault::Code { field: "order event", code }),
    })
}

fn take_fill(from: &mut Take<'_>) -> Result<Fill, Fault> {
    Ok(Fill {
        order: OrderId(from.u64()),
        instrument: InstrumentId(from.u32()),
        side: from.code("side", side_of)?,
        price: Price(from.i64()),
        qty: from.qty()?,
        fee: from.f64(),
        slippage: from.f64(),
        maker: from.bool("maker")?,
        ts: Ts(from.i64()),
    })
}
