//! Random runs from a seed, for tests.

use std::borrow::Cow;
use std::collections::BTreeMap;

use wb_core::{
    Calendar, Fill, Grid, GroupId, Instrument, InstrumentId, InstrumentKind, Interval, Link, OrderId,
    OrderRequest, OrderState, OrderType, ParamKind, ParamSpec, ParamValue, Price, Qty, Reject, Rng, Side,
    Span, TimeInForce, Ts, UtcOffsets,
};
use wb_metrics::{
    Benchmark, EquityCurve, ExitReason, Figure, OrderRecord, Outcome, RoundTrip, Tearsheet, Unit,
};

use crate::hash::RunId;
use crate::manifest::{Dataset, Provenance};
use crate::run_writer::NewRun;
use crate::tables::Word;
use crate::trial::{TrialBatch, TrialReturns, TrialRow, TrialStatus};

/// All that a [`NewRun`] borrows.
pub(crate) struct Sample {
    pub(crate) id: RunId,
    pub(crate) provenance: Provenance,
    pub(crate) outcome: Outcome,
    pub(crate) tearsheet: Tearsheet,
}

impl Sample {
    /// A run of `bars` bars and about as many orders, fills and round trips.
    pub(crate) fn new(seed: u64, bars: usize) -> Sample {
        Sample {
            id: RunId::of(&format!("sample {seed}")),
            provenance: provenance(),
            outcome: outcome(&mut Rng::new(seed), bars),
            tearsheet: tearsheet(),
        }
    }

    /// The run to be kept, with a report that tells it from others of its id.
    pub(crate) fn run<'a>(&'a self, report: &'a str) -> NewRun<'a> {
        NewRun {
            id: self.id,
            spec: "strategy = \"sma-cross\"\n",
            digest: "0123456789abcdef",
            provenance: &self.provenance,
            outcome: &self.outcome,
            tearsheet: &self.tearsheet,
            report,
        }
    }
}

fn provenance() -> Provenance {
    Provenance {
        title: "sma-cross binance:NEARUSDT 1m".into(),
        strategy: "sma-cross".into(),
        sweep: None,
        workbench: "0.1.0".into(),
        code_id: "c0de".into(),
        started: Ts::parse("2024-02-29T12:30:00.5Z").expect("a time"),
        duration_s: 0.1 + 0.2,
        host: "a machine".into(),
        versions: BTreeMap::from([("rustc".into(), "1.95.0".into())]),
        warnings: vec!["few trades".into()],
        data: vec![Dataset { name: "binance:NEARUSDT 1m".into(), fingerprint: "f00d".into() }],
    }
}

fn tearsheet() -> Tearsheet {
    let figure = |key, unit, value| Figure { key, label: key, group: "Returns", unit, value };
    Tearsheet {
        figures: vec![
            figure("total_return", Unit::Percent, Some(0.1 + 0.2)),
            figure("sharpe", Unit::Ratio, None),
            figure("trades", Unit::Count, Some(38_973.0)),
            figure("fees", Unit::Money, Some(17.0)),
        ],
        drawdowns: Vec::new(),
    }
}

/// Two venues that share a symbol, grids that are not powers of ten, a zone with a change of the clock.
pub(crate) fn instruments() -> Vec<Instrument> {
    let change = Ts::parse("2024-03-10T07:00:00Z").expect("a time");
    let zone = vec![(Ts::MIN, Span::from_seconds(-18_000)), (change, Span::from_seconds(-14_400))];
    let new_york = Calendar {
        days_per_year: 252.0,
        seconds_per_day: 23_400.0,
        zone_name: "America/New_York".into(),
        zone: UtcOffsets::new(zone),
    };
    let instrument = |id, symbol: &str, venue: &str, kind, tick, lot, calendar| Instrument {
        id: InstrumentId(id),
        symbol: symbol.into(),
        venue: venue.into(),
        kind,
        currency: "USDT".into(),
        tick,
        lot,
        multiplier: 0.1 + 0.2,
        calendar,
    };
    let (quarter, untrimmed) = (Grid::new(25, 2).expect("a grid"), Grid::new(250, 3).expect("a grid"));
    vec![
        instrument(
            0,
            "BTCUSDT",
            "binance",
            InstrumentKind::Spot,
            quarter,
            Grid::decimal(8),
            Calendar::always_open(),
        ),
        instrument(1, "SPY", "nyse", InstrumentKind::Future, untrimmed, Grid::decimal(0), new_york.clone()),
        instrument(2, "BTCUSDT", "bybit", InstrumentKind::Perpetual, Grid::decimal(18), quarter, new_york),
    ]
}

fn outcome(rng: &mut Rng, bars: usize) -> Outcome {
    let instruments = instruments();
    let start = Ts::parse("2024-01-01").expect("a date");
    let ts: Vec<Ts> = (1..=bars as i64).map(|i| start + Span::from_seconds(60 * i)).collect();
    let mut column = || (0..bars).map(|_| number(rng)).collect::<Vec<f64>>();
    let (equity, gross, benchmark) = (column(), column(), column());
    let count = instruments.len() as u64;
    Outcome {
        instruments: instruments.into(),
        currency: "USDT".into(),
        start_equity: 100_000.1,
        interval: Interval::Minutes(1),
        bars_per_year: 525_600.0 / 7.0,
        equity: EquityCurve { ts, equity, gross },
        benchmark: Some(Benchmark { name: "binance:BTCUSDT".into(), equity: benchmark }),
        orders: (1..=bars as u64).map(|i| order(rng, i, count)).collect(),
        fills: (0..bars).map(|_| fill(rng, count)).collect(),
        round_trips: (0..bars).map(|_| round_trip(rng, count)).collect(),
        carry: -0.1,
    }
}

fn one_of<W: Word>(rng: &mut Rng) -> W {
    W::ALL[rng.below(W::ALL.len() as u64) as usize]
}

/// Numbers of any bits but NaN: a file must bring back zeros with their signs and the smallest there are.
fn number(rng: &mut Rng) -> f64 {
    Some(f64::from_bits(rng.next_u64())).filter(|x| !x.is_nan()).unwrap_or(-0.0)
}

fn lots(rng: &mut Rng) -> Qty {
    Qty::new((rng.next_u64() >> (1 + rng.below(60))) as i64)
}

fn price(rng: &mut Rng) -> Price {
    Price((rng.next_u64() >> rng.below(60)) as i64)
}

fn instant(rng: &mut Rng) -> Ts {
    Ts(rng.next_u64() as i64)
}

fn order(rng: &mut Rng, id: u64, instruments: u64) -> OrderRecord {
    let kind = match rng.below(5) {
        0 => OrderType::Market,
        1 => OrderType::Limit { price: price(rng), post_only: rng.below(2) == 0 },
        2 => OrderType::Stop { trigger: price(rng) },
        3 => OrderType::StopLimit { trigger: price(rng), price: price(rng) },
        _ => OrderType::TrailingStop { offset: price(rng) },
    };
    let link = match rng.below(3) {
        0 => Link::None,
        1 => Link::Oco(GroupId(rng.next_u64())),
        _ => Link::OnFill { parent: OrderId(rng.next_u64()), group: GroupId(rng.next_u64()) },
    };
    let request = OrderRequest {
        instrument: InstrumentId(rng.below(instruments) as u32),
        side: one_of::<Side>(rng),
        qty: lots(rng),
        kind,
        tif: one_of::<TimeInForce>(rng),
        reduce_only: rng.below(2) == 0,
        link,
    };
    OrderRecord {
        id: OrderId(id),
        submitted: instant(rng),
        request,
        state: one_of::<OrderState>(rng),
        filled: lots(rng),
        reject: (rng.below(2) == 0).then(|| one_of::<Reject>(rng)),
        updated: instant(rng),
    }
}

fn fill(rng: &mut Rng, instruments: u64) -> Fill {
    Fill {
        order: OrderId(rng.next_u64()),
        instrument: InstrumentId(rng.below(instruments) as u32),
        side: one_of::<Side>(rng),
        price: price(rng),
        qty: lots(rng),
        fee: number(rng),
        slippage: number(rng),
        maker: rng.below(2) == 0,
        ts: instant(rng),
    }
}

fn round_trip(rng: &mut Rng, instruments: u64) -> RoundTrip {
    RoundTrip {
        instrument: InstrumentId(rng.below(instruments) as u32),
        side: one_of::<Side>(rng),
        qty: lots(rng),
        entry_ts: instant(rng),
        exit_ts: instant(rng),
        entry_price: number(rng),
        exit_price: number(rng),
        pnl: number(rng),
        ret: number(rng),
        fees: number(rng),
        slippage: number(rng),
        mae: number(rng),
        mfe: number(rng),
        bars_held: rng.next_u64() as u32,
        exit_reason: one_of::<ExitReason>(rng),
    }
}

/// The parameters of made-up trials: one of each kind.
pub(crate) fn trial_params() -> Vec<ParamSpec> {
    let spec = |name, kind, default| ParamSpec { name: Cow::Borrowed(name), doc: "Made up.", kind, default };
    vec![
        spec("fast", ParamKind::Int { min: 2, max: 50, step: 1 }, ParamValue::Int(2)),
        spec("mode", ParamKind::Choice(&["up", "down"]), ParamValue::Choice("up".into())),
        spec("short", ParamKind::Bool, ParamValue::Bool(true)),
        spec("weight", ParamKind::Float { min: 0.0, max: 1.0, step: None }, ParamValue::Float(0.5)),
    ]
}

/// A batch of made-up trials numbered from `first`, the returns of each third kept, `periods` of them.
pub(crate) fn trial_batch(rng: &mut Rng, first: u64, count: u64, periods: usize) -> TrialBatch {
    let kept = (first..first + count).filter(|number| number % 3 == 0);
    TrialBatch {
        rows: (first..first + count).map(|number| trial(rng, number)).collect(),
        returns: kept
            .map(|number| TrialReturns { number, returns: (0..periods).map(|_| rng.uniform()).collect() })
            .collect(),
    }
}

fn trial(rng: &mut Rng, number: u64) -> TrialRow {
    let status = one_of::<TrialStatus>(rng);
    let params = [
        ("fast", ParamValue::Int(rng.below(50) as i64)),
        ("mode", ParamValue::Choice(["up", "down"][rng.below(2) as usize].into())),
        ("short", ParamValue::Bool(rng.below(2) == 0)),
        ("weight", ParamValue::Float(rng.uniform())),
    ];
    TrialRow {
        number,
        params: params.into_iter().map(|(name, value)| (name.to_string(), value)).collect(),
        status,
        message: (status != TrialStatus::Ok).then(|| format!("trial {number} is odd")),
        figures: (0..2).map(|_| (rng.below(4) > 0).then(|| self::number(rng))).collect(),
        objectives: vec![(rng.below(4) > 0).then(|| rng.uniform())],
    }
}
