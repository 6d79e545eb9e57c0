//! The table of figures: each named, grouped, explained and computed in one row.

use wb_core::{CivilDate, OrderState, Ts, UtcOffsets};

use crate::activity::Activity;
use crate::benchmark::{self, Comparison};
use crate::curve::{Curve, is_above_zero};
use crate::distribution::Distribution;
use crate::drawdown::{Drawdown, Drawdowns};
use crate::outcome::Outcome;
use crate::ratios::ReturnStats;
use crate::returns::DailyReturns;
use crate::tearsheet::Figure;
use crate::tearsheet::Unit::{self, Count, Date, Duration, Money, Percent, Ratio};
use crate::trades::TradeStats;

/// A row of the table.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) key: &'static str,
    pub(crate) label: &'static str,
    pub(crate) group: &'static str,
    pub(crate) unit: Unit,
    pub(crate) source: Source,
    pub(crate) value: fn(&Facts) -> Option<f64>,
    pub(crate) formula: &'static str,
}

impl Row {
    /// The figure of this row, with that value.
    pub(crate) fn figure(&self, value: Option<f64>) -> Figure {
        Figure { key: self.key, label: self.label, group: self.group, unit: self.unit, value }
    }

    /// The value of this row; absent where it has no meaning.
    pub(crate) fn read(&self, facts: &Facts) -> Option<f64> {
        (self.value)(facts).filter(|value| value.is_finite())
    }
}

/// What a figure is read from: the least that must have been kept of a run to know it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Source {
    /// The ends of the equity curve.
    Ends,
    /// Mean and deviation of the returns by bar.
    Spread,
    /// Skew and kurtosis of the returns by bar.
    Shape,
    /// Gains and losses of the returns by bar.
    Tails,
    /// The deepest fall.
    Depth,
    /// The number of bars with a position.
    Held,
    /// The number of round trips.
    TripCount,
    /// The round trips.
    Trips,
    /// Sums over fills, orders and carry.
    Sums,
    /// The whole outcome.
    Outcome,
}

/// What the figures are read from, each computed once.
pub(crate) struct Facts {
    pub(crate) start_equity: f64,
    pub(crate) bars_per_year: f64,
    pub(crate) bar_count: usize,
    pub(crate) zone: UtcOffsets,
    pub(crate) curve: Curve,
    /// Returns by bar; absent where equity is not always above zero.
    pub(crate) bars: Option<ReturnStats>,
    /// Zero for a curve that never falls. Absent like `drawdowns`.
    pub(crate) max_depth: Option<f64>,
    pub(crate) trades: TradeStats,
    pub(crate) activity: Activity,
    pub(crate) tally: OrderTally,
    /// Absent where equity is not always above zero.
    pub(crate) days: Option<DailyReturns>,
    /// Of the days' returns; absent like these.
    pub(crate) distribution: Option<Distribution>,
    /// Absent without a bar or a start above zero, and where equity is not always a number.
    pub(crate) drawdowns: Option<Drawdowns>,
    /// Absent without a benchmark, and where its equity or ours is not always above zero.
    pub(crate) comparison: Option<Comparison>,
    /// Absent like `comparison`.
    pub(crate) benchmark_days: Option<DailyReturns>,
}

/// Counts of orders and fills, and what positions cost or paid.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(crate) struct OrderTally {
    pub(crate) orders: usize,
    pub(crate) rejected: usize,
    pub(crate) fills: usize,
    /// Borrow cost and funding, received if positive.
    pub(crate) carry: f64,
}

impl Facts {
    /// All facts.
    pub(crate) fn of(outcome: &Outcome) -> Facts {
        let curve = Curve::of(outcome);
        let (start, equity) = (outcome.start_equity, &outcome.equity.equity);
        let is_sound = curve.is_above_zero && !equity.is_empty();
        let benchmark = outcome.benchmark.as_ref().map(|benchmark| &benchmark.equity);
        let benchmark = benchmark.filter(|benchmark| is_sound && is_above_zero(start, benchmark));
        let days = is_sound.then(|| DailyReturns::of(outcome));
        let drawdowns = curve
            .start
            .filter(|_| start > 0.0 && curve.is_finite)
            .map(|start_ts| Drawdowns::of(start_ts, start, &outcome.equity.ts, equity));
        let rejected = outcome.orders.iter().filter(|order| order.state == OrderState::Rejected).count();
        let (orders, fills) = (outcome.orders.len(), outcome.fills.len());
        Facts {
            bars: is_sound.then(|| ReturnStats::of_curve(start, equity)),
            max_depth: drawdowns.as_ref().map(|found| found.deepest.first().map_or(0.0, |d| d.depth)),
            drawdowns,
            comparison: benchmark.map(|benchmark| Comparison::of(start, equity, benchmark)),
            benchmark_days: benchmark.and_then(|_| DailyReturns::of_benchmark(outcome)),
            distribution: days.as_ref().map(|days| Distribution::of(&days.returns)),
            days,
            trades: TradeStats::of(&outcome.round_trips),
            activity: Activity::of(outcome, curve.years(), curve.is_above_zero),
            tally: OrderTally { orders, rejected, fills, carry: outcome.carry },
            bar_count: equity.len(),
            ..Facts::of_ends(curve, outcome.start_equity, outcome.bars_per_year, outcome.zone())
        }
    }

    /// What the ends of a curve tell, and nothing else.
    pub(crate) fn of_ends(curve: Curve, start_equity: f64, bars_per_year: f64, zone: UtcOffsets) -> Facts {
        Facts {
            start_equity,
            bars_per_year,
            bar_count: 0,
            zone,
            curve,
            bars: None,
            max_depth: None,
            trades: TradeStats::default(),
            activity: Activity::default(),
            tally: OrderTally::default(),
            days: None,
            distribution: None,
            drawdowns: None,
            comparison: None,
            benchmark_days: None,
        }
    }

    /// The day that a bar ending at `end` belongs to.
    fn day(&self, end: Ts) -> f64 {
        date_value(self.zone.last_date(end))
    }

    fn first_day(&self) -> Option<f64> {
        self.curve.start.map(|start| date_value(self.zone.date(start)))
    }

    fn per_year(&self) -> f64 {
        self.bars_per_year
    }

    fn deepest(&self) -> Option<&Drawdown> {
        self.drawdowns.as_ref()?.deepest.first()
    }

    fn max_drawdown_length(&self) -> Option<f64> {
        let deepest = self.deepest()?;
        let end = deepest.recovery.or(self.curve.end)?;
        Some((end - deepest.peak).as_seconds_f64())
    }

    fn calmar(&self) -> Option<f64> {
        Some(self.curve.cagr()? / self.max_depth.filter(|depth| *depth > 0.0)?)
    }

    fn captured(&self, capture: fn(&[f64], &[f64]) -> Option<f64>) -> Option<f64> {
        capture(&self.days.as_ref()?.returns, &self.benchmark_days.as_ref()?.returns)
    }
}

/// A date as [`Date`] has it.
fn date_value(date: CivilDate) -> f64 {
    Ts::from_date(date).0 as f64 / 1e9
}

fn count(n: usize) -> Option<f64> {
    Some(n as f64)
}

const RETURNS: &str = "Returns";
const RISK: &str = "Risk";
const DRAWDOWN: &str = "Drawdown";
const DAYS: &str = "Days";
const BENCHMARK: &str = "Benchmark";
const TRADES: &str = "Trades";
const COSTS: &str = "Costs";
const RUN: &str = "Run";

/// A row, in the order: key, label, group, unit, source, value, formula.
const fn row(
    key: &'static str,
    label: &'static str,
    group: &'static str,
    unit: Unit,
    source: Source,
    value: fn(&Facts) -> Option<f64>,
    formula: &'static str,
) -> Row {
    Row { key, label, group, unit, source, value, formula }
}

use Source::{Depth, Ends, Held, Outcome as Whole, Shape, Spread, Sums, Tails, TripCount, Trips};

/// Every figure, in the order in which they are shown. `r` is the return of a bar, `N` the bars a year; sources and
/// differences from other tools stand at the functions that are called.
#[rustfmt::skip]
pub(crate) const TABLE: &[Row] = &[
    row("total_return", "Total return", RETURNS, Percent, Ends, |f| f.curve.total_return(),
        "final equity / start equity - 1"),
    row("cagr", "CAGR", RETURNS, Percent, Ends, |f| f.curve.cagr(),
        "(final / start)^(1 / years) - 1, years of 365.25 days of the calendar; absent below a week"),
    row("net_profit", "Net profit", RETURNS, Money, Ends, |f| Some(f.curve.final_equity? - f.start_equity),
        "final equity - start equity"),
    row("start_equity", "Start equity", RETURNS, Money, Ends, |f| Some(f.start_equity),
        "cash before the first bar"),
    row("final_equity", "Final equity", RETURNS, Money, Ends, |f| f.curve.final_equity,
        "equity at the last bar"),

    row("sharpe", "Sharpe ratio", RISK, Ratio, Spread, |f| f.bars?.sharpe(f.per_year()),
        "mean(r) / sd(r) * sqrt(N), risk-free 0"),
    row("psr", "Probabilistic Sharpe ratio", RISK, Percent, Shape, |f| f.bars?.probabilistic_sharpe(),
        "probability that the true Sharpe ratio is above 0, given count, skew and kurtosis of r"),
    row("sortino", "Sortino ratio", RISK, Ratio, Tails, |f| f.bars?.sortino(f.per_year()),
        "mean(r) / sqrt(mean(min(r, 0)^2)) * sqrt(N)"),
    row("calmar", "Calmar ratio", RISK, Ratio, Depth, |f| f.calmar(),
        "CAGR / max drawdown, of the whole run"),
    row("omega", "Omega ratio", RISK, Ratio, Tails, |f| f.bars?.omega(),
        "sum of r above 0 / sum of r below 0, without sign"),
    row("volatility", "Volatility", RISK, Percent, Spread, |f| f.bars?.volatility(f.per_year()),
        "sd(r) * sqrt(N)"),
    row("exposure", "Exposure", RISK, Percent, Held, |f| f.activity.exposure,
        "bars that close with a position / all bars"),
    row("average_leverage", "Average leverage", RISK, Ratio, Whole, |f| f.activity.leverage,
        "mean of positions' value without signs / equity"),

    row("max_drawdown", "Max drawdown", DRAWDOWN, Percent, Depth, |f| f.max_depth,
        "deepest fall / its peak, positive"),
    row("max_drawdown_peak", "Max drawdown peak", DRAWDOWN, Date, Whole, |f| f.deepest().map(|d| f.day(d.peak)),
        "last bar at the peak of the deepest fall"),
    row("max_drawdown_trough", "Max drawdown trough", DRAWDOWN, Date, Whole, |f| f.deepest().map(|d| f.day(d.trough)),
        "lowest bar of the deepest fall"),
    row("max_drawdown_recovery", "Max drawdown recovery", DRAWDOWN, Date, Whole, |f| f.deepest()?.recovery.map(|ts| f.day(ts)),
        "first bar back at the peak of the deepest fall"),
    row("max_drawdown_length", "Max drawdown length", DRAWDOWN, Duration, Whole, |f| f.max_drawdown_length(),
        "from its peak to its recovery, or to the end of the run"),
    row("longest_drawdown", "Longest drawdown", DRAWDOWN, Duration, Whole, |f| f.drawdowns.as_ref()?.longest,
        "longest time from a peak to its recovery, or to the end of the run"),
    row("ulcer_index", "Ulcer index", DRAWDOWN, Percent, Whole, |f| f.drawdowns.as_ref()?.ulcer_index,
        "sqrt(mean((1 - equity / peak)^2)) over all bars"),

    row("best_day", "Best day", DAYS, Percent, Whole, |f| f.distribution.as_ref()?.best(),
        "highest return of a day"),
    row("worst_day", "Worst day", DAYS, Percent, Whole, |f| f.distribution.as_ref()?.worst(),
        "lowest return of a day"),
    row("var_95", "VaR 95 %", DAYS, Percent, Whole, |f| f.distribution.as_ref()?.value_at_risk(0.05),
        "5 % quantile of daily returns; a loss is negative"),
    row("var_99", "VaR 99 %", DAYS, Percent, Whole, |f| f.distribution.as_ref()?.value_at_risk(0.01),
        "1 % quantile of daily returns; a loss is negative"),
    row("cvar_95", "CVaR 95 %", DAYS, Percent, Whole, |f| f.distribution.as_ref()?.conditional_value_at_risk(0.05),
        "mean of the lowest 5 % of daily returns"),
    row("cvar_99", "CVaR 99 %", DAYS, Percent, Whole, |f| f.distribution.as_ref()?.conditional_value_at_risk(0.01),
        "mean of the lowest 1 % of daily returns"),
    row("tail_ratio", "Tail ratio", DAYS, Ratio, Whole, |f| f.distribution.as_ref()?.tail_ratio(),
        "95 % quantile / 5 % quantile of daily returns, without signs"),
    row("skew", "Skew", DAYS, Ratio, Whole, |f| f.distribution.as_ref()?.moments().skew(),
        "skew of daily returns, corrected for bias"),
    row("kurtosis", "Excess kurtosis", DAYS, Ratio, Whole, |f| f.distribution.as_ref()?.moments().excess_kurtosis(),
        "kurtosis of daily returns above the normal's 3, corrected for bias"),

    row("benchmark_return", "Benchmark return", BENCHMARK, Percent, Whole, |f| f.curve.benchmark_return,
        "total return of the benchmark"),
    row("alpha", "Alpha", BENCHMARK, Percent, Whole, |f| f.comparison?.alpha(f.per_year()),
        "(1 + mean(r) - beta * mean(benchmark's r))^N - 1"),
    row("beta", "Beta", BENCHMARK, Ratio, Whole, |f| f.comparison?.beta(),
        "cov(r, benchmark's r) / var(benchmark's r)"),
    row("correlation", "Correlation", BENCHMARK, Ratio, Whole, |f| f.comparison?.correlation(),
        "Pearson's, of r and the benchmark's r"),
    row("information_ratio", "Information ratio", BENCHMARK, Ratio, Whole, |f| f.comparison?.information_ratio(f.per_year()),
        "mean(d) / sd(d) * sqrt(N), d = r - benchmark's r"),
    row("tracking_error", "Tracking error", BENCHMARK, Percent, Whole, |f| f.comparison?.tracking_error(f.per_year()),
        "sd(d) * sqrt(N), d = r - benchmark's r"),
    row("up_capture", "Up capture", BENCHMARK, Percent, Whole, |f| f.captured(benchmark::up_capture),
        "geometric mean daily return / the benchmark's, over days on which it rose"),
    row("down_capture", "Down capture", BENCHMARK, Percent, Whole, |f| f.captured(benchmark::down_capture),
        "geometric mean daily return / the benchmark's, over days on which it fell"),

    row("trades", "Trades", TRADES, Count, TripCount, |f| count(f.trades.count()),
        "round trips, first in first out"),
    row("win_rate", "Win rate", TRADES, Percent, Trips, |f| f.trades.win_rate(),
        "trades with a profit after fees / trades"),
    row("profit_factor", "Profit factor", TRADES, Ratio, Trips, |f| f.trades.profit_factor(),
        "sum of profits / sum of losses"),
    row("expectancy", "Expectancy", TRADES, Money, Trips, |f| f.trades.expectancy(),
        "mean profit of a trade after fees"),
    row("average_trade", "Average trade", TRADES, Percent, Trips, |f| f.trades.average_return(),
        "mean return of a trade on its entry's value"),
    row("payoff_ratio", "Payoff ratio", TRADES, Ratio, Trips, |f| f.trades.payoff_ratio(),
        "mean profit / mean loss"),
    row("sqn", "SQN", TRADES, Ratio, Trips, |f| f.trades.sqn(),
        "sqrt(trades) * mean / sd of profits"),
    row("kelly", "Kelly fraction", TRADES, Percent, Trips, |f| f.trades.kelly(),
        "win rate - (1 - win rate) / payoff ratio"),
    row("average_holding", "Average holding", TRADES, Duration, Trips, |f| f.trades.average_holding(),
        "mean time from entry to exit"),
    row("best_trade", "Best trade", TRADES, Percent, Trips, |f| f.trades.best,
        "highest return of a trade on its entry's value"),
    row("worst_trade", "Worst trade", TRADES, Percent, Trips, |f| f.trades.worst,
        "lowest return of a trade on its entry's value"),
    row("max_win_streak", "Longest winning streak", TRADES, Count, Trips, |f| f.trades.win_streak(),
        "most trades in a row that won, in order of exit"),
    row("max_loss_streak", "Longest losing streak", TRADES, Count, Trips, |f| f.trades.loss_streak(),
        "most trades in a row that lost, in order of exit"),

    row("fees", "Fees", COSTS, Money, Sums, |f| Some(f.activity.fees),
        "of all fills"),
    row("slippage", "Slippage", COSTS, Money, Sums, |f| Some(f.activity.slippage),
        "of all fills, already in their prices"),
    row("carry", "Carry", COSTS, Money, Sums, |f| Some(f.tally.carry),
        "borrow cost and funding, received if positive"),
    row("traded", "Value traded", COSTS, Money, Sums, |f| Some(f.activity.traded),
        "value of all fills, bought and sold"),
    row("turnover", "Turnover a year", COSTS, Ratio, Whole, |f| f.activity.turnover,
        "value of all fills, bought and sold / mean equity / years of the calendar"),

    row("start", "Start", RUN, Date, Ends, |f| f.first_day(),
        "day of the first bar"),
    row("end", "End", RUN, Date, Ends, |f| f.curve.end.map(|ts| f.day(ts)),
        "day of the last bar"),
    row("bars", "Bars", RUN, Count, Ends, |f| count(f.bar_count),
        "bars of the equity curve"),
    row("bars_per_year", "Bars a year", RUN, Count, Ends, |f| Some(f.per_year()),
        "N: what figures by bar are annualised with, by the instrument's calendar"),
    row("orders", "Orders", RUN, Count, Sums, |f| count(f.tally.orders),
        "submitted, refused ones included"),
    row("rejected_orders", "Refused orders", RUN, Count, Sums, |f| count(f.tally.rejected),
        "refused by risk limits or the venue"),
    row("fills", "Fills", RUN, Count, Sums, |f| count(f.tally.fills),
        "executions"),
];
