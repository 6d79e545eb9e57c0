//! What holds on any market, for any orders, at any venue.

use std::collections::{BTreeMap, BTreeSet};

use wb_core::{
    Bar, Command, Event, Fill, GroupId, Interval, MarketData, MarketEvent, OrderEvent, OrderId, OrderRequest,
    OrderType, Price, Qty, Side, Ts,
};
use wb_kernel::Portfolio;
use wb_sim::{Record, Session, SlippageModel};

use crate::random::{Case, bars_by_close};
use crate::script::{records, session};
use crate::support::instruments;

const CLOSES: usize = 250;

/// An account kept beside the venue's, from what the kernel is told, and what holds of every fill.
struct Ledger<'a> {
    case: &'a Case,
    bars: BTreeMap<(wb_core::InstrumentId, Ts), Bar>,
    portfolio: Portfolio,
    requests: BTreeMap<OrderId, OrderRequest>,
    filled: BTreeMap<OrderId, Qty>,
    /// Members of each group that the venue took and that may still fill.
    groups: BTreeMap<GroupId, BTreeSet<OrderId>>,
    fills: usize,
}

impl<'a> Ledger<'a> {
    fn new(case: &'a Case) -> Ledger<'a> {
        Ledger {
            case,
            bars: bars_by_close(case),
            portfolio: Portfolio::new(instruments(case.instruments), case.config.cash),
            requests: BTreeMap::new(),
            filled: BTreeMap::new(),
            groups: BTreeMap::new(),
            fills: 0,
        }
    }

    fn take(&mut self, record: &Record) {
        match record {
            Record::Command(_, Command::Submit { id, request }) => {
                self.requests.insert(*id, *request);
            }
            Record::Event(Event::Cash { amount, .. }) => self.portfolio.add_cash(*amount),
            Record::Event(Event::Order { event: OrderEvent::Filled(fill), .. }) => self.on_fill(fill),
            Record::Event(Event::Order { event: OrderEvent::Accepted(id), .. }) => {
                if let Some(group) = self.requests[id].link.group() {
                    self.groups.entry(group).or_default().insert(*id);
                }
            }
            _ => {}
        }
    }

    fn on_fill(&mut self, fill: &Fill) {
        self.fills += 1;
        if fill.order != OrderId::LIQUIDATION {
            self.check_order(fill);
            self.check_range(fill);
        }
        self.portfolio.apply(fill);
    }

    /// Never more than was asked for, never beyond the limit, never larger by an order that only reduces.
    fn check_order(&mut self, fill: &Fill) {
        let seed = self.case.seed;
        let request = self.requests[&fill.order];
        assert_eq!((fill.instrument, fill.side), (request.instrument, request.side), "seed {seed}");
        let filled = self.filled.entry(fill.order).or_default();
        *filled += fill.qty;
        assert!(!fill.qty.is_zero() && *filled <= request.qty, "seed {seed}: {fill:?} of {request:?}");
        if let OrderType::Limit { price, .. } | OrderType::StopLimit { price, .. } = request.kind {
            let within = match fill.side {
                Side::Buy => fill.price <= price,
                Side::Sell => fill.price >= price,
            };
            assert!(within, "seed {seed}: {fill:?} beyond {price:?}");
        }
        if request.reduce_only {
            let reducing = self.portfolio.reducing(fill.instrument, fill.side, fill.qty);
            assert_eq!(reducing, fill.qty, "seed {seed}: {fill:?} does not only reduce");
        }
        if let Some(group) = request.link.group() {
            let members = self.groups.entry(group).or_default();
            assert!(members.contains(&fill.order), "seed {seed}: {fill:?} after another of {group:?}");
            if *filled == request.qty {
                members.clear();
            }
        }
    }

    /// At the open of a bar, or inside one that closes then.
    fn check_range(&self, fill: &Fill) {
        if self.case.config.slippage != SlippageModel::default() {
            return;
        }
        let price = fill.price.0 as f64 / 10.0;
        let next = self.bars.get(&(fill.instrument, fill.ts + Interval::Minutes(1).span()));
        let this = self.bars.get(&(fill.instrument, fill.ts));
        let at_open = next.is_some_and(|bar| bar.open.to_bits() == price.to_bits());
        let inside = this.is_some_and(|bar| (bar.low..=bar.high).contains(&price));
        assert!(at_open || inside, "seed {}: {fill:?} in {this:?} or {next:?}", self.case.seed);
    }

    /// The venue, the kernel and this ledger have the same account, to the bit.
    fn compare(&self, session: &Session) {
        let same = |one: &Portfolio, other: &Portfolio| {
            one.cash().to_bits() == other.cash().to_bits()
                && one.held() == other.held()
                && one.instruments().iter().all(|i| {
                    let (one, other) = (one.position(i.id), other.position(i.id));
                    (one.qty, one.flow, one.entry.to_bits()) == (other.qty, other.flow, other.entry.to_bits())
                })
        };
        let (kernel, venue) = (session.kernel().portfolio(), session.venue().portfolio());
        let seed = self.case.seed;
        assert!(same(kernel, venue), "seed {seed}: {kernel:?} and {venue:?}");
        assert!(same(kernel, &self.portfolio), "seed {seed}: {kernel:?} and {:?}", self.portfolio);
    }

    /// What was received less what was paid, and what is held, from the fills alone.
    fn check_conservation(&self, fills: &[Fill]) {
        for instrument in self.portfolio.instruments().iter() {
            let of_it = fills.iter().filter(|fill| fill.instrument == instrument.id);
            let (mut flow, mut qty) = (0_i128, 0_i128);
            for fill in of_it {
                let lots = i128::from(fill.side.sign() * fill.qty.lots());
                qty += lots;
                flow -= lots * i128::from(fill.price.0);
            }
            let mark = Price(777);
            let expected = flow + qty * 777;
            assert_eq!(self.portfolio.gross_profit(instrument.id, mark), expected, "seed {}", self.case.seed);
        }
    }
}

fn run(case: &Case) -> Session {
    session(case.config, instruments(case.instruments), case.risk, case.script())
}

fn fills(session: &Session) -> impl Iterator<Item = Fill> {
    records(session).filter_map(|record| match record {
        Record::Event(Event::Order { event: OrderEvent::Filled(fill), .. }) => Some(*fill),
        _ => None,
    })
}

/// Runs a case and checks what holds of every fill and account. Gives the number of fills.
fn check(case: &Case) -> usize {
    let mut session = run(case);
    let (mut ledger, mut all) = (Ledger::new(case), Vec::new());
    for close in &case.closes {
        for event in close {
            session.on_market(event);
        }
        records(&session).for_each(|record| ledger.take(record));
        all.extend(fills(&session));
        if case.config.latency.is_zero() {
            ledger.compare(&session);
        }
    }
    session.finish();
    records(&session).for_each(|record| ledger.take(record));
    all.extend(fills(&session));
    ledger.compare(&session);
    ledger.check_conservation(&all);
    ledger.fills
}

#[test]
fn fills_and_accounts_are_right_on_random_markets() {
    let fills: usize = (0..400).map(|seed| check(&Case::new(seed, CLOSES, false))).sum();
    assert!(fills > 40_000, "only {fills} fills");
}

#[test]
fn fills_and_accounts_are_right_with_latency() {
    let fills: usize = (0..400).map(|seed| check(&Case::new(seed, CLOSES, true))).sum();
    assert!(fills > 40_000, "only {fills} fills");
}

/// Replays the fills of each close against the bars in the order in which the venue saw them, and calls `at_fill` with
/// the account just before each fill of an order, the volume of its bar and what was filled of this bar before.
fn replay(case: &Case, mut at_fill: impl FnMut(&Portfolio, &Fill, f64, Qty)) {
    let mut session = run(case);
    let mut account = Portfolio::new(instruments(case.instruments), case.config.cash);
    // Volume of the last bar of each instrument, and what was filled of it.
    let mut bars = vec![(0.0, Qty::ZERO); case.instruments as usize];
    let mut replay = |account: &mut Portfolio, bars: &mut Vec<(f64, Qty)>, event: &Event| match event {
        Event::Cash { amount, .. } => account.add_cash(*amount),
        Event::Order { event: OrderEvent::Filled(fill), .. } => {
            if fill.order != OrderId::LIQUIDATION {
                let (volume, traded) = &mut bars[fill.instrument.index()];
                at_fill(account, fill, *volume, *traded);
                *traded += fill.qty;
            }
            account.apply(fill);
        }
        _ => {}
    };
    for close in &case.closes {
        for event in close {
            session.on_market(event);
        }
        let told = |records: &[Record]| -> Vec<Event> {
            records.iter().filter_map(|r| if let Record::Event(e) = r { Some(*e) } else { None }).collect()
        };
        // Timers may have sent orders before this close, and the venue sees one bar after another.
        let is_early = |event: &Event| event.ts() < close[0].ts_event;
        let (early, before): (Vec<Event>, Vec<Event>) =
            told(session.records_before()).into_iter().partition(is_early);
        early.iter().for_each(|event| replay(&mut account, &mut bars, event));
        close.iter().for_each(|event| bars[event.instrument.index()] = (volume(event), Qty::ZERO));
        let mut pending = close.iter();
        let sent_now = sent_at(&session, close[0].ts_event);
        for event in &before {
            if let Event::Order { event: OrderEvent::Filled(fill), .. } = event {
                let bar = pending.clone().position(|bar| bar.instrument == fill.instrument);
                let seen = if sent_now.contains(&fill.order) { pending.len() } else { bar.unwrap_or(0) };
                pending.by_ref().take(seen).for_each(|bar| mark_close(&mut account, bar));
            }
            replay(&mut account, &mut bars, event);
        }
        pending.for_each(|event| mark_close(&mut account, event));
        told(session.records_after()).iter().for_each(|event| replay(&mut account, &mut bars, event));
    }
}

/// The orders sent at a close: those that fill at it do so when all bars are in.
fn sent_at(session: &Session, close: Ts) -> Vec<OrderId> {
    let sent = records(session).filter_map(|record| match record {
        Record::Command(ts, Command::Submit { id, .. }) if *ts == close => Some(*id),
        _ => None,
    });
    sent.collect()
}

fn volume(event: &MarketEvent) -> f64 {
    let MarketData::Bar(bar) = &event.data else { unreachable!("random markets are bars") };
    bar.volume
}

fn mark_close(account: &mut Portfolio, event: &MarketEvent) {
    if let MarketData::Bar(bar) = &event.data {
        account.mark(event.instrument, bar.close);
    }
}

#[test]
fn no_bar_gives_more_than_its_share() {
    let mut checked = 0;
    for seed in 0..300 {
        let case = Case::new(seed, CLOSES, false);
        let Some(share) = case.config.max_participation else { continue };
        replay(&case, |_, fill, volume, before| {
            let most = (volume * share).floor() as i64;
            assert!((before + fill.qty).lots() <= most, "seed {seed}: {fill:?} after {before:?} of {most}");
            checked += 1;
        });
    }
    assert!(checked > 5_000, "only {checked} fills");
}

#[test]
fn no_fill_takes_more_exposure_than_leverage_allows() {
    let mut checked = 0;
    for seed in 0..400 {
        let case = Case::new(seed, CLOSES, false);
        // What waiting sales free is counted as free already; it is where there are none to wait for.
        let is_strict = case.instruments == 1 || case.config.max_participation.is_some();
        if !is_strict {
            continue;
        }
        replay(&case, |account, fill, _, _| {
            let mut after = account.clone();
            after.apply(fill);
            let slippage = fill.side.sign() as f64 * fill.slippage / fill.qty.lots() as f64;
            after.mark(fill.instrument, fill.price.0 as f64 / 10.0 - slippage);
            let (before, now) = (account.position(fill.instrument).qty, after.position(fill.instrument).qty);
            let enlarges = now.abs() > before.abs() || (before.0 < 0) != (now.0 < 0) && !now.is_flat();
            let most = case.config.leverage * after.equity();
            if enlarges {
                assert!(after.gross() <= most + 1e-6, "seed {seed}: {fill:?} to {} of {most}", after.gross());
                checked += 1;
            }
        });
    }
    assert!(checked > 5_000, "only {checked} fills");
}

#[test]
fn the_same_stream_gives_the_same_digest_whatever_runs_beside_it() {
    for seed in 0..60 {
        let (case, other) =
            (Case::new(seed, CLOSES, seed % 2 == 0), Case::new(seed + 1000, CLOSES, seed % 2 == 1));
        let mut alone = run(&case);
        let (mut beside, mut neighbour) = (run(&case), run(&other));
        for (close, others) in case.closes.iter().zip(&other.closes) {
            for event in close {
                alone.on_market(event);
                beside.on_market(event);
            }
            for event in others {
                neighbour.on_market(event);
            }
            assert!(records(&alone).eq(records(&beside)), "seed {seed}");
        }
        assert_eq!(alone.kernel().digest(), beside.kernel().digest(), "seed {seed}");
        assert_ne!(alone.kernel().digest(), neighbour.kernel().digest(), "seed {seed}");
    }
}

#[test]
fn nothing_depends_on_what_the_market_does_later() {
    for seed in 0..100 {
        let case = Case::new(seed, CLOSES, seed % 2 == 0);
        let after = 1 + (seed as usize * 37) % (CLOSES - 1);
        let other = case.with_other_future(after);
        assert_ne!(case.closes[after..], other.closes[after..], "seed {seed}");
        let (mut one, mut two) = (run(&case), run(&other));
        for close in &case.closes[..after] {
            for event in close {
                one.on_market(event);
                two.on_market(event);
            }
            assert!(records(&one).eq(records(&two)), "seed {seed} at {}", close[0].ts_event);
        }
        assert_eq!(one.kernel().digest(), two.kernel().digest(), "seed {seed}");
    }
}
