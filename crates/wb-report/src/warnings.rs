//! What a reader should know before believing the figures.

use std::collections::BTreeMap;

use wb_core::{Interval, OrderState};
use wb_metrics::{ExitReason, Outcome, Tearsheet};

use crate::number;

/// Fewer round trips than this say little: a mean's standard error is then above a sixth of the deviation.
const FEW_TRADES: usize = 30;
/// A single round trip with more than this share of the net profit carries the run.
const DOMINANT_SHARE: f64 = 0.5;
/// Costs above this share of the profit before costs decide the result.
const HEAVY_COSTS: f64 = 0.5;
/// Yearly loss, as a share of equity, that one more basis point of costs makes and that is worth a warning.
const TURNOVER_DRAG: f64 = 0.02;
/// Sharpe ratios above this are mostly faults of the simulation.
const TOO_GOOD: f64 = 4.0;
/// Below this probability that the true Sharpe ratio is above zero, chance explains the result.
const UNSURE: f64 = 0.95;
/// Days of data below which yearly figures are stretched.
const SHORT_DAYS: f64 = 180.0;

/// What a reader should know before believing the figures.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Warning {
    /// What it is about, for machines: `few_trades`, `dominant_trade`, …
    pub key: &'static str,
    /// A sentence or two for people, with the numbers.
    pub text: String,
}

/// The sentence, where there is something to warn of.
type Check = fn(&Outcome, &Tearsheet) -> Option<String>;

/// The warnings that a run's own figures give rise to, the gravest first.
pub fn warnings(outcome: &Outcome, tearsheet: &Tearsheet) -> Vec<Warning> {
    let checks: [(&'static str, Check); 12] = [
        ("ruin", ruin),
        ("liquidation", liquidation),
        ("refused_orders", refused_orders),
        ("few_trades", few_trades),
        ("dominant_trade", dominant_trade),
        ("heavy_costs", heavy_costs),
        ("high_turnover", high_turnover),
        ("no_costs", no_costs),
        ("too_good", too_good),
        ("unsure", unsure),
        ("short_run", short_run),
        ("open_position", open_position),
    ];
    let found = checks.into_iter().filter_map(|(key, check)| {
        let text = check(outcome, tearsheet)?;
        Some(Warning { key, text })
    });
    found.collect()
}

fn ruin(outcome: &Outcome, _: &Tearsheet) -> Option<String> {
    let curve = &outcome.equity;
    let row = curve.equity.iter().position(|x| *x <= 0.0)?;
    Some(format!(
        "Equity was at or below zero from {} on. Figures by return are absent: no return is defined from there.",
        number::instant(curve.ts[row])
    ))
}

fn liquidation(outcome: &Outcome, _: &Tearsheet) -> Option<String> {
    let n = outcome.round_trips.iter().filter(|t| t.exit_reason == ExitReason::Liquidation).count();
    (n > 0).then(|| {
        format!(
            "{} closed by liquidation: the account could not carry the position.",
            number::counted(n, "trade was", "trades were")
        )
    })
}

fn refused_orders(outcome: &Outcome, _: &Tearsheet) -> Option<String> {
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    for order in outcome.orders.iter().filter(|order| order.state == OrderState::Rejected) {
        let reason = order.reject.map_or_else(|| "no reason given".to_string(), |reject| reject.to_string());
        *reasons.entry(reason).or_default() += 1;
    }
    let refused: usize = reasons.values().sum();
    let mut named: Vec<(usize, String)> = reasons.into_iter().map(|(reason, n)| (n, reason)).collect();
    named.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let list: Vec<String> =
        named.iter().take(3).map(|(n, reason)| format!("{} for {reason}", number::count(*n))).collect();
    (refused > 0).then(|| {
        let others = if named.len() > 3 { ", and others" } else { "" };
        let orders = number::count(outcome.orders.len());
        let verb = if refused == 1 { "was" } else { "were" };
        let why = match named.as_slice() {
            [(_, only)] => only.clone(),
            _ => format!("{}{others}", list.join(", ")),
        };
        format!("{} of {orders} orders {verb} refused: {why}.", number::count(refused))
    })
}

fn few_trades(outcome: &Outcome, _: &Tearsheet) -> Option<String> {
    let n = outcome.round_trips.len();
    match n {
        0 => Some("No trade was closed: there is nothing to judge the strategy by.".to_string()),
        n if n < FEW_TRADES => Some(format!(
            "Only {}: averages over fewer than {FEW_TRADES} say little about the next one.",
            number::counted(n, "trade", "trades")
        )),
        _ => None,
    }
}

fn dominant_trade(outcome: &Outcome, _: &Tearsheet) -> Option<String> {
    let net: f64 = outcome.round_trips.iter().map(|t| t.pnl).sum();
    let best = outcome.round_trips.iter().max_by(|a, b| a.pnl.total_cmp(&b.pnl))?;
    let dominates = outcome.round_trips.len() > 1 && net > 0.0 && best.pnl > DOMINANT_SHARE * net;
    dominates.then(|| {
        let rest = net - best.pnl;
        format!(
            "One trade, closed {}, won {} of a net {} {}; the other {} made {} together.",
            number::instant(best.exit_ts),
            number::money(best.pnl),
            number::money(net),
            outcome.currency,
            number::count(outcome.round_trips.len() - 1),
            number::profit(rest)
        )
    })
}

fn costs(tearsheet: &Tearsheet) -> f64 {
    tearsheet.get("fees").unwrap_or(0.0) + tearsheet.get("slippage").unwrap_or(0.0)
}

fn heavy_costs(outcome: &Outcome, tearsheet: &Tearsheet) -> Option<String> {
    let costs = costs(tearsheet);
    let before = tearsheet.get("net_profit")? + costs - outcome.carry;
    let amounts = format!("fees and slippage took {} {}", number::money(costs), outcome.currency);
    if costs <= 0.0 || before <= 0.0 || costs < HEAVY_COSTS * before {
        return None;
    }
    Some(if costs >= before {
        format!("Costs ate the profit: {amounts}, more than the {} made before costs.", number::money(before))
    } else {
        format!(
            "Costs decide the result: {amounts}, {} of the {} made before costs.",
            number::percent(costs / before),
            number::money(before)
        )
    })
}

fn high_turnover(_: &Outcome, tearsheet: &Tearsheet) -> Option<String> {
    let turnover = tearsheet.get("turnover")?;
    let drag = turnover * 1e-4;
    (drag >= TURNOVER_DRAG).then(|| {
        format!(
            "High turnover: {} times equity a year. Each further basis point of costs would take about {} of equity a year.",
            number::fixed(turnover, 0),
            number::percent(drag)
        )
    })
}

fn no_costs(outcome: &Outcome, tearsheet: &Tearsheet) -> Option<String> {
    let free = !outcome.fills.is_empty() && costs(tearsheet).abs() < 1e-9;
    free.then(|| "No fees and no slippage were charged: a real account would do worse.".to_string())
}

fn too_good(_: &Outcome, tearsheet: &Tearsheet) -> Option<String> {
    let sharpe = tearsheet.get("sharpe").filter(|x| *x > TOO_GOOD)?;
    Some(format!(
        "A Sharpe ratio of {} is rarely real: look for lookahead, costs that are missing, or fills that no market would give.",
        number::ratio(sharpe)
    ))
}

fn unsure(_: &Outcome, tearsheet: &Tearsheet) -> Option<String> {
    let sharpe = tearsheet.get("sharpe").filter(|x| *x > 0.0)?;
    let sure = tearsheet.get("psr").filter(|p| *p < UNSURE)?;
    Some(format!(
        "The Sharpe ratio of {} is not told from luck: it is above zero with a probability of {}, not the usual {}.",
        number::ratio(sharpe),
        number::percent(sure),
        number::fixed(UNSURE * 100.0, 0) + "%"
    ))
}

fn short_run(outcome: &Outcome, _: &Tearsheet) -> Option<String> {
    let (start, end) = (outcome.equity.ts.first()?, outcome.equity.ts.last()?);
    let seconds = (*end - *start).as_seconds_f64();
    (seconds < SHORT_DAYS * 86_400.0).then(|| {
        let what = if outcome.interval >= Interval::Days(1) { "bars" } else { "data" };
        format!(
            "The run covers {} of {what}: yearly figures (CAGR, Sharpe ratio, volatility) are stretched from that.",
            number::duration(seconds)
        )
    })
}

fn open_position(outcome: &Outcome, _: &Tearsheet) -> Option<String> {
    let gross = outcome.equity.gross.last().copied().filter(|gross| *gross > 0.0)?;
    Some(format!(
        "A position of {} {} was still open at the end: it counts in the equity, at the last price and without the cost of closing it, and in no trade.",
        number::money(gross),
        outcome.currency
    ))
}
