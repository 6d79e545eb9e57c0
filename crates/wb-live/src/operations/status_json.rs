//! A status as JSON, for programs and for people.

use serde_json::{Map, Value, json};
use wb_core::Ts;

use crate::session::{Counters, Holding, StageLatency, Status};

/// A status as JSON. Times are RFC 3339 in UTC, money is in the settlement currency, spans are in nanoseconds; what is
/// not known is null.
pub fn status_json(status: &Status) -> Value {
    json!({
        "state": status.state.name(),
        "orders_go_to": if status.on_paper { "paper" } else { "venue" },
        "reasons": status.reasons.iter().map(|reason| reason.words()).collect::<Vec<_>>(),
        "now": status.now.to_string(),
        "kernel_time": (status.kernel_time != Ts::MIN).then(|| status.kernel_time.to_string()),
        "equity": status.equity,
        "profit": status.profit(),
        "peak_equity": status.peak_equity,
        "drawdown": status.drawdown(),
        "cash": status.cash,
        "holdings": status.holdings.iter().map(holding).collect::<Vec<_>>(),
        "open_orders": status.open_orders,
        "digest": status.digest,
        "clock_offset_ns": status.clock_offset.map(|offset| offset.0),
        "counters": counters(&status.counters),
        "journal_lag": status.journal_lag,
        "latency_ns": status.latency.iter().map(latency).collect::<Map<_, _>>(),
    })
}

fn holding(holding: &Holding) -> Value {
    json!({ "instrument": holding.instrument, "units": holding.units, "price": holding.price })
}

fn counters(counters: &Counters) -> Value {
    json!({
        "frames": counters.frames,
        "events": counters.events,
        "orders": counters.orders,
        "refused": counters.refused,
        "rejected": counters.rejected,
        "fills": counters.fills,
        "reconnects": counters.reconnects,
        "records": counters.records,
    })
}

fn latency(latency: &StageLatency) -> (String, Value) {
    let figures = json!({
        "count": latency.count,
        "p50": latency.p50_ns,
        "p99": latency.p99_ns,
        "p999": latency.p999_ns,
        "sum": latency.sum_ns,
    });
    (latency.stage.name().to_string(), figures)
}
