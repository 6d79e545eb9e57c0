//! Orders, commands and events in words.

use wb_core::{Command, Event, Instrument, MarketData, OrderEvent, OrderRequest, OrderType};

/// `buy 95.2 limit 101.5`
pub(crate) fn request_words(instruments: &[Instrument], request: &OrderRequest) -> String {
    let instrument = &instruments[request.instrument.index()];
    let name = request.kind.name();
    let price = |price| instrument.price_f64(price);
    let kind = match request.kind {
        OrderType::Market => name.to_string(),
        OrderType::Limit { price: at, .. } => format!("{name} {}", price(at)),
        OrderType::Stop { trigger } => format!("{name} {}", price(trigger)),
        OrderType::StopLimit { trigger, price: at } => format!("{name} {} {}", price(trigger), price(at)),
        OrderType::TrailingStop { offset } => format!("{name} {}", price(offset)),
    };
    format!("{} {} {kind}", request.side, instrument.qty_f64(request.qty))
}

/// `order 12: buy 95.2 limit 101.5 of sample:SP500`
pub(crate) fn command_words(instruments: &[Instrument], command: &Command) -> String {
    let order = |request: &OrderRequest| {
        let name = instruments[request.instrument.index()].name();
        format!("{} of {name}", request_words(instruments, request))
    };
    match command {
        Command::Submit { id, request } => format!("order {}: {}", id.0, order(request)),
        Command::Refused { id, request, reason } => {
            format!("order {} refused ({reason}): {}", id.0, order(request))
        }
        Command::Cancel { id } => format!("cancel order {}", id.0),
    }
}

/// `bar of sample:SP500 at 2005-03-01T00:00:00Z, close 1282.8`
pub(crate) fn event_words(instruments: &[Instrument], event: &Event) -> String {
    let ts = event.ts();
    match event {
        Event::Market(market) => {
            let name = instruments[market.instrument.index()].name();
            match market.data {
                MarketData::Bar(bar) => format!("bar of {name} at {ts}, close {}", bar.close),
                MarketData::Trade(trade) => {
                    format!("trade of {name} at {ts}, {} at {}", trade.qty, trade.price)
                }
                MarketData::Quote(quote) => format!("quote of {name} at {ts}, {} {}", quote.bid, quote.ask),
                MarketData::Gap => format!("gap of {name} at {ts}"),
            }
        }
        Event::Past { ts_event, instrument, bar, .. } => {
            let name = instruments[instrument.index()].name();
            format!("past bar of {name} that closed at {ts_event}, close {}", bar.close)
        }
        Event::Order { event, .. } => {
            let what = match event {
                OrderEvent::Accepted(_) => "accepted".to_string(),
                OrderEvent::Rejected(_, reason) => format!("rejected ({reason})"),
                OrderEvent::Filled(fill) => {
                    let instrument = &instruments[fill.instrument.index()];
                    let (qty, price) = (instrument.qty_f64(fill.qty), instrument.price_f64(fill.price));
                    format!("filled: {} {qty} at {price}", fill.side)
                }
                OrderEvent::Cancelled(_, reason) => format!("cancelled ({})", reason.name()),
                OrderEvent::CancelRejected(_) => "not cancelled: too late".to_string(),
                OrderEvent::Expired(_) => "expired".to_string(),
            };
            format!("order {} at {ts} {what}", event.order().0)
        }
        Event::Timer { id, .. } => format!("timer {} at {ts}", id.0),
        Event::Cash { amount, .. } => format!("cash of {amount} at {ts}"),
        Event::Control { control, .. } => format!("the operator at {ts}: {control:?}"),
    }
}
