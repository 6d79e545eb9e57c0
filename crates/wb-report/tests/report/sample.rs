//! A run made up from a seed: a random walk, traded at random, with its accounts kept honestly.

use std::borrow::Cow;
use std::sync::Arc;

use wb_core::{
    Bar, BarColumns, Calendar, Fill, Grid, Instrument, InstrumentId, InstrumentKind, Interval, OrderId,
    OrderRequest, OrderState, Price, Qty, Reject, RiskLimit, Rng, Side, Span, Ts,
};
use wb_metrics::{Benchmark, EquityCurve, ExitReason, OrderRecord, Outcome, RoundTrip, Tearsheet};
use wb_report::{FeatureColumn, PriceSeries, RunPage, run_page};

/// What is made up.
pub(crate) struct Plan {
    pub seed: u64,
    pub bars: usize,
    pub interval: Interval,
    /// Round trips, about.
    pub trips: usize,
    pub symbol: &'static str,
}

/// A made-up run and what is shown with it.
pub(crate) struct Sample {
    pub outcome: Outcome,
    pub bars: BarColumns,
    pub tearsheet: Tearsheet,
    pub spec: String,
    pub params: Vec<(String, String, String)>,
    pub provenance: Vec<(String, String)>,
    pub notes: Vec<String>,
    averages: [Vec<f64>; 2],
    strength: Vec<f64>,
}

const FEE: f64 = 0.0004;
const CASH: f64 = 100_000.0;

impl Plan {
    /// Makes the run.
    pub(crate) fn sample(&self) -> Sample {
        let instrument = instrument(self.symbol);
        let bars = walk(self.seed, self.bars, self.interval);
        let mut book = Book::new(&instrument, self.bars);
        let mut rng = Rng::for_part(self.seed, 1);
        // A trip and the wait before it are equally long on average.
        let mean = (self.bars / (2 * self.trips.max(1))).max(1) as u64;
        let mut next = rng.below(2 * mean) as usize;
        for row in 0..bars.len() {
            if self.trips > 0 && row == next {
                book.turn(&bars, row, &mut rng);
                next = row + 1 + rng.below(2 * mean) as usize;
            }
            book.mark(&bars, row);
        }
        let outcome = book.outcome(instrument, &bars, self.interval);
        Sample {
            tearsheet: Tearsheet::of(&outcome),
            averages: [average(&bars.close, 20), average(&bars.close, 100)],
            strength: strength(&bars.close, 14),
            outcome,
            bars,
            spec: SPEC.to_string(),
            params: params(),
            provenance: provenance(),
            notes: vec![
                "3 gaps in venue:WALK, 4h 12m in all; the longest from 2016-03-02 11:00 to 14:05.".into(),
            ],
        }
    }
}

impl Sample {
    /// The run's page.
    pub(crate) fn page(&self) -> String {
        let declared = [
            ("sma(20)", &self.averages[0], true),
            ("sma(100)", &self.averages[1], true),
            ("strength(14)", &self.strength, false),
        ];
        let features = declared.map(|(name, values, on_price)| FeatureColumn {
            name: name.to_string(),
            values: Cow::Borrowed(values.as_slice()),
            on_price,
        });
        let instrument = &self.outcome.instruments[0];
        run_page(&RunPage {
            title: &format!("random-trader on {}, {}", instrument.name(), self.outcome.interval),
            spec_text: &self.spec,
            outcome: &self.outcome,
            tearsheet: &self.tearsheet,
            params: &self.params,
            prices: &[PriceSeries { instrument, bars: &self.bars, features: features.into() }],
            data_notes: &self.notes,
            provenance: &self.provenance,
        })
    }
}

fn instrument(symbol: &str) -> Instrument {
    Instrument {
        id: InstrumentId(0),
        symbol: symbol.to_string(),
        venue: "venue".to_string(),
        kind: InstrumentKind::Spot,
        currency: "USDT".to_string(),
        tick: Grid::decimal(2),
        lot: Grid::decimal(3),
        multiplier: 1.0,
        calendar: Calendar::always_open(),
    }
}

/// A random walk whose volatility changes now and then, with a small drift.
fn walk(seed: u64, n: usize, interval: Interval) -> BarColumns {
    let mut rng = Rng::new(seed);
    let mut bars = BarColumns::with_capacity(interval, n);
    let years = interval.span().as_seconds_f64() / (365.25 * 86_400.0);
    let (drift, base) = (0.10 * years, 0.55 * years.sqrt());
    let mut price: f64 = 240.0;
    let mut lively = 1.0;
    let start = Ts::parse("2015-01-01").expect("a date");
    for row in 0..n {
        if rng.below(400) == 0 {
            lively = 0.4 + 1.4 * rng.uniform();
        }
        let open = price;
        let spread = base * lively;
        price *= 1.0 + drift + spread * normal(&mut rng);
        price = price.max(1.0);
        let reach = spread * price * 0.6;
        let high = open.max(price) + reach * rng.uniform();
        let low = (open.min(price) - reach * rng.uniform()).max(0.5);
        let volume = 50.0 * lively * (0.2 + rng.uniform()) * (1.0 + (price / open - 1.0).abs() / spread);
        let ts = start + Span(interval.span().0 * (row as i64 + 1));
        bars.push(ts, &Bar { interval, open, high, low, close: price, volume });
    }
    bars
}

/// About normal: the sum of twelve uniform numbers (Irwin–Hall).
fn normal(rng: &mut Rng) -> f64 {
    (0..12).map(|_| rng.uniform()).sum::<f64>() - 6.0
}

struct Book {
    instrument: Instrument,
    cash: f64,
    position: f64,
    entry: Option<(usize, f64, Qty, Side)>,
    curve: EquityCurve,
    fills: Vec<Fill>,
    orders: Vec<OrderRecord>,
    trips: Vec<RoundTrip>,
}

impl Book {
    fn new(instrument: &Instrument, bars: usize) -> Book {
        let column = || Vec::with_capacity(bars);
        Book {
            instrument: instrument.clone(),
            cash: CASH,
            position: 0.0,
            entry: None,
            curve: EquityCurve { ts: Vec::with_capacity(bars), equity: column(), gross: column() },
            fills: Vec::new(),
            orders: Vec::new(),
            trips: Vec::new(),
        }
    }

    /// Opens or closes a position at the open of a bar.
    fn turn(&mut self, bars: &BarColumns, row: usize, rng: &mut Rng) {
        let price = self.instrument.tick.value(self.instrument.tick.nearest(bars.open[row]));
        let ts = bars.ts[row] - bars.interval.span();
        match self.entry.take() {
            None => {
                let side = if rng.below(3) == 0 { Side::Sell } else { Side::Buy };
                let qty = self.instrument.qty(0.5 * self.cash.max(0.0) / price);
                self.fill(ts, side, price, qty);
                self.entry = Some((row, price, qty, side));
            }
            Some((from, entry_price, qty, side)) => {
                let fee = self.fill(ts, side.opposite(), price, qty);
                let units = self.instrument.qty_f64(qty);
                let sign = side.sign() as f64;
                let fees = fee + FEE * units * entry_price;
                let pnl = sign * units * (price - entry_price) - fees;
                let (high, low) = (from..row)
                    .fold((entry_price, entry_price), |(h, l), i| (bars.high[i].max(h), bars.low[i].min(l)));
                let ends = [sign * (high / entry_price - 1.0), sign * (low / entry_price - 1.0)];
                let reasons = [ExitReason::Signal, ExitReason::StopLoss, ExitReason::TakeProfit];
                self.trips.push(RoundTrip {
                    instrument: InstrumentId(0),
                    side,
                    qty,
                    entry_ts: bars.ts[from] - bars.interval.span(),
                    exit_ts: ts,
                    entry_price,
                    exit_price: price,
                    pnl,
                    ret: pnl / (units * entry_price),
                    fees,
                    slippage: 0.25 * fees,
                    mae: ends[0].min(ends[1]).min(0.0),
                    mfe: ends[0].max(ends[1]).max(0.0),
                    bars_held: (row - from) as u32,
                    exit_reason: reasons[rng.below(3) as usize],
                });
            }
        }
    }

    fn fill(&mut self, ts: Ts, side: Side, price: f64, qty: Qty) -> f64 {
        let units = self.instrument.qty_f64(qty);
        let fee = FEE * units * price;
        self.position += side.sign() as f64 * units;
        self.cash -= side.sign() as f64 * units * price + fee;
        let id = OrderId(self.orders.len() as u64 + 1);
        let refused = self.orders.len() % 97 == 96;
        self.orders.push(OrderRecord {
            id,
            submitted: ts,
            request: OrderRequest::market(InstrumentId(0), side, qty),
            state: if refused { OrderState::Rejected } else { OrderState::Filled },
            filled: if refused { Qty::ZERO } else { qty },
            reject: refused.then_some(Reject::Risk(RiskLimit::OrderNotional)),
            updated: ts,
        });
        self.fills.push(Fill {
            order: id,
            instrument: InstrumentId(0),
            side,
            price: Price(self.instrument.tick.nearest(price)),
            qty,
            fee,
            slippage: 0.25 * fee,
            maker: false,
            ts,
        });
        fee
    }

    fn mark(&mut self, bars: &BarColumns, row: usize) {
        let value = self.position * bars.close[row];
        self.curve.ts.push(bars.ts[row]);
        self.curve.equity.push(self.cash + value);
        self.curve.gross.push(value.abs());
    }

    fn outcome(self, instrument: Instrument, bars: &BarColumns, interval: Interval) -> Outcome {
        let first = bars.open.first().copied().unwrap_or(1.0);
        let held = bars.close.iter().map(|close| CASH * close / first).collect();
        let bars_per_year = instrument.calendar.bars_per_year(interval);
        Outcome {
            benchmark: Some(Benchmark { name: instrument.name(), equity: held }),
            instruments: Arc::from([instrument]),
            currency: "USDT".to_string(),
            start_equity: CASH,
            interval,
            bars_per_year,
            equity: self.curve,
            orders: self.orders,
            fills: self.fills,
            round_trips: self.trips,
            carry: 0.0,
        }
    }
}

fn average(values: &[f64], window: usize) -> Vec<f64> {
    let mut sum = 0.0;
    let mut out = Vec::with_capacity(values.len());
    for (i, x) in values.iter().enumerate() {
        sum += x - if i >= window { values[i - window] } else { 0.0 };
        out.push(if i + 1 >= window { sum / window as f64 } else { f64::NAN });
    }
    out
}

/// Share of rises among the moves of a window, from 0 to 100: an oscillator to draw, not an indicator to trade.
fn strength(values: &[f64], window: usize) -> Vec<f64> {
    let moves: Vec<f64> = values.windows(2).map(|w| w[1] - w[0]).collect();
    let mut out = vec![f64::NAN; values.len().min(window)];
    for w in moves.windows(window) {
        let up: f64 = w.iter().filter(|x| **x > 0.0).sum();
        let all: f64 = w.iter().map(|x| x.abs()).sum();
        out.push(if all > 0.0 { 100.0 * up / all } else { 50.0 });
    }
    out.truncate(values.len());
    out
}

fn params() -> Vec<(String, String, String)> {
    let text = |a: &str, b: &str, c: &str| (a.to_string(), b.to_string(), c.to_string());
    vec![
        text("fast", "20", "Bars in the fast average."),
        text("slow", "100", "Bars in the slow average."),
        text("weight", "0.5", "Share of equity held in each direction."),
        text("short", "true", "Whether a fall is sold short, else the position is closed."),
    ]
}

fn provenance() -> Vec<(String, String)> {
    let text = |a: &str, b: &str| (a.to_string(), b.to_string());
    vec![
        text("Run", "3f9a1c0b7d52"),
        text("Digest", "9f0c6d1e5ab84c77"),
        text("Data venue:WALK 1m", "blake3 5a0f3f1d9b7c4e21c0a98b35a5f1e3d7706b2ad2f6df7ac93b64f1b2f87a1e10"),
        text("Code", "8c1de4b2"),
        text("Program", "workbench 0.1.0, rustc 1.95.0"),
    ]
}

const SPEC: &str = r#"strategy = "random-trader"
[params]
fast = 20
slow = 100
[data]
instruments = { base = "venue:WALK" }
interval = "1m"
benchmark = "venue:WALK"
[account]
cash = 100_000
[simulation]
fill = "next-open"
fees = { taker_bps = 4 }
slippage = { bps = 1 }
"#;
