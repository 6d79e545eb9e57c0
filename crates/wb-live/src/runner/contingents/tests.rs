//! What a venue cannot keep, told by hand: when it is sent, cut, withdrawn and ended.

use std::sync::Arc;

use wb_core::{Calendar, Fill, Grid, Instrument, InstrumentKind, Interval};

use super::*;

const COIN: InstrumentId = InstrumentId(0);
const ENTRY: OrderId = OrderId(1);
const GROUP: GroupId = GroupId(1);

/// A desk, a portfolio and the orders that wait, told as a runner tells them.
struct Bench {
    desk: Desk,
    portfolio: Portfolio,
    contingents: Contingents,
    now: Ts,
    next: u64,
}

impl Bench {
    fn new() -> Bench {
        let coin = Instrument {
            id: COIN,
            symbol: "COIN".to_string(),
            venue: "test".to_string(),
            kind: InstrumentKind::Spot,
            currency: "USDT".to_string(),
            tick: Grid::decimal(0),
            lot: Grid::decimal(0),
            multiplier: 1.0,
            calendar: Calendar::always_open(),
        };
        Bench {
            desk: Desk::new(),
            portfolio: Portfolio::new(Arc::from([coin]), 1e6),
            contingents: Contingents::new(1),
            now: Ts(0),
            next: 1,
        }
    }

    /// The kernel gives an order; those that need not wait go to the venue.
    fn give(&mut self, request: OrderRequest) -> OrderId {
        let id = OrderId(self.next);
        self.next += 1;
        self.desk.give(id, request, self.now);
        let rules = OrderRules { kinds: vec!["market", "limit", "stop"], ..OrderRules::default() };
        if self.contingents.must_take(id, &request, &rules, &self.desk) {
            self.contingents.take(id, request, self.now);
        }
        self.tell(OrderEvent::Accepted(id));
        id
    }

    fn exit(&mut self, kind: OrderType, qty: i64) -> OrderId {
        let link = Link::OnFill { parent: ENTRY, group: GROUP };
        self.give(OrderRequest { kind, reduce_only: true, link, ..sell(qty) })
    }

    fn tell(&mut self, event: OrderEvent) {
        self.desk.tell(&event);
        self.contingents.on_order(&event, &self.desk);
        if let OrderEvent::Filled(fill) = &event {
            self.portfolio.apply(fill);
        }
    }

    fn fill(&mut self, id: OrderId, qty: i64) {
        let side = self.desk.get(id).expect("it was given").request.side;
        self.tell(OrderEvent::Filled(Fill {
            order: id,
            instrument: COIN,
            side,
            price: Price(100),
            qty: Qty::new(qty),
            fee: 0.0,
            slippage: 0.0,
            maker: false,
            ts: self.now,
        }));
    }

    fn trade(&mut self, price: i64) -> Vec<Move> {
        self.contingents.on_trade(COIN, Price(price));
        self.moves()
    }

    /// Everything that is to be done now; what the kernel is to be told, it is told.
    fn moves(&mut self) -> Vec<Move> {
        let mut moves = Vec::new();
        while let Some(next) = self.contingents.next_move(self.now, &self.desk, &self.portfolio) {
            moves.push(next);
            if let Move::Tell(event) = next {
                self.tell(event);
            }
        }
        moves
    }
}

fn buy(qty: i64) -> OrderRequest {
    OrderRequest::market(COIN, Side::Buy, Qty::new(qty))
}

fn sell(qty: i64) -> OrderRequest {
    OrderRequest::market(COIN, Side::Sell, Qty::new(qty))
}

fn sent(id: OrderId, kind: OrderType, qty: i64) -> Move {
    Move::Send(id, OrderRequest { kind, reduce_only: true, ..sell(qty) })
}

fn ended(id: OrderId, reason: CancelReason) -> Move {
    Move::Tell(OrderEvent::Cancelled(id, reason))
}

#[test]
fn exits_sleep_until_the_entry_fills_and_are_cut_to_what_it_brought() {
    let mut bench = Bench::new();
    bench.give(buy(10));
    let stop = bench.exit(OrderType::Stop { trigger: Price(90) }, 10);
    let target = bench.exit(OrderType::Limit { price: Price(110), post_only: false }, 10);
    assert_eq!(bench.trade(80), [], "nothing is held");
    assert_eq!(bench.trade(100), []);
    bench.fill(ENTRY, 4);
    assert_eq!(bench.moves(), []);
    assert_eq!(bench.trade(91), []);
    assert_eq!(bench.trade(90), [sent(stop, OrderType::Market, 4)]);
    bench.fill(stop, 4);
    // The stop had ten; no more than what it reduced is left of it.
    let both = [ended(stop, CancelReason::Group), ended(target, CancelReason::Group)];
    assert_eq!(bench.moves(), both);
    assert_eq!(bench.trade(200), []);
}

#[test]
fn exits_of_an_entry_that_ends_without_a_fill_end_with_it() {
    let mut bench = Bench::new();
    bench.give(buy(10));
    let stop = bench.exit(OrderType::Stop { trigger: Price(90) }, 10);
    assert_eq!(bench.moves(), []);
    bench.tell(OrderEvent::Cancelled(ENTRY, CancelReason::Requested));
    assert_eq!(bench.moves(), [ended(stop, CancelReason::Parent)]);
}

#[test]
fn a_stop_that_trails_follows_the_best_price_since_it_woke() {
    let mut bench = Bench::new();
    bench.give(buy(10));
    let trailing = bench.exit(OrderType::TrailingStop { offset: Price(5) }, 10);
    assert_eq!(bench.trade(200), [], "it sleeps, and this was never its best price");
    bench.trade(100);
    bench.fill(ENTRY, 10);
    for price in [104, 100, 107, 103] {
        assert_eq!(bench.trade(price), [], "{price}");
    }
    assert_eq!(bench.trade(102), [sent(trailing, OrderType::Market, 10)]);
}

#[test]
fn a_stop_that_trails_learns_from_bars_what_it_did_not_hear_but_not_from_before_it_woke() {
    let mut bench = Bench::new();
    bench.now = Ts::from_seconds(90);
    bench.give(buy(10));
    let trailing = bench.exit(OrderType::TrailingStop { offset: Price(5) }, 10);
    bench.fill(ENTRY, 10);
    assert_eq!(bench.trade(100), []);
    let bar = |high: f64| Bar {
        interval: Interval::Minutes(1),
        open: 100.0,
        high,
        low: 99.0,
        close: 100.0,
        volume: 1.0,
    };
    let tick = Grid::decimal(0);
    bench.contingents.on_bar(COIN, Ts::from_seconds(120), &bar(150.0), tick);
    assert_eq!(bench.trade(100), [], "that bar began before the entry was filled");
    bench.contingents.on_bar(COIN, Ts::from_seconds(180), &bar(104.0), tick);
    assert_eq!(bench.trade(100), []);
    assert_eq!(bench.trade(99), [sent(trailing, OrderType::Market, 10)]);
}

#[test]
fn what_rests_at_the_venue_is_withdrawn_before_anything_else_is_sold() {
    let mut bench = Bench::new();
    bench.give(buy(10));
    let stop = bench.exit(OrderType::Stop { trigger: Price(90) }, 10);
    let limit = OrderType::Limit { price: Price(110), post_only: false };
    let target = bench.exit(limit, 10);
    bench.fill(ENTRY, 10);
    assert_eq!(bench.trade(110), [sent(target, limit, 10)]);
    bench.fill(target, 3);
    assert_eq!(bench.trade(90), [Move::Withdraw(target)]);
    assert_eq!(bench.trade(85), [], "asked once");
    bench.now = Ts::from_seconds(2);
    assert_eq!(bench.moves(), [Move::Withdraw(target)], "no answer: asked again");
    bench.tell(OrderEvent::Cancelled(target, CancelReason::Requested));
    assert_eq!(bench.moves(), [sent(stop, OrderType::Market, 7)]);
}

#[test]
fn a_close_waits_for_the_exit_that_has_what_it_would_sell() {
    let mut bench = Bench::new();
    bench.give(buy(10));
    let limit = OrderType::Limit { price: Price(110), post_only: false };
    let target = bench.exit(limit, 10);
    bench.fill(ENTRY, 10);
    bench.trade(111);
    let close = bench.give(OrderRequest { reduce_only: true, ..sell(10) });
    assert_eq!(bench.moves(), [Move::Withdraw(target)]);
    bench.tell(OrderEvent::Cancelled(target, CancelReason::Requested));
    assert_eq!(bench.moves(), [sent(close, OrderType::Market, 10)]);
}

#[test]
fn of_a_group_without_a_parent_the_first_that_is_filled_ends_the_others() {
    let mut bench = Bench::new();
    let link = Link::Oco(GROUP);
    let above = bench.give(OrderRequest { kind: OrderType::Stop { trigger: Price(110) }, link, ..buy(5) });
    let below = bench.give(OrderRequest { kind: OrderType::Stop { trigger: Price(90) }, link, ..sell(5) });
    assert_eq!(bench.trade(100), []);
    let order = OrderRequest { link: Link::None, ..buy(5) };
    assert_eq!(bench.trade(112), [Move::Send(above, order)]);
    bench.fill(above, 5);
    assert_eq!(bench.moves(), [ended(below, CancelReason::Group)]);
}

#[test]
fn a_stop_that_the_venue_does_not_take_waits_and_one_that_it_takes_does_not() {
    let mut bench = Bench::new();
    let kind = OrderType::StopLimit { trigger: Price(90), price: Price(88) };
    let kept = bench.give(OrderRequest { kind, ..sell(5) });
    assert!(bench.contingents.holds(kept));
    let stop = OrderType::Stop { trigger: Price(90) };
    let at_venue = bench.give(OrderRequest { kind: stop, ..sell(5) });
    assert!(!bench.contingents.holds(at_venue));
    assert_eq!(bench.trade(90), [Move::Withdraw(at_venue)], "it has what the other would sell");
    bench.tell(OrderEvent::Cancelled(at_venue, CancelReason::Requested));
    let limit = OrderType::Limit { price: Price(88), post_only: false };
    assert_eq!(bench.moves(), [Move::Send(kept, OrderRequest { kind: limit, ..sell(5) })]);
}

#[test]
fn after_a_restart_what_may_have_been_sent_is_not_sent_again_until_the_venue_knows_nothing_of_it() {
    let mut bench = Bench::new();
    bench.give(buy(10));
    let stop = bench.exit(OrderType::Stop { trigger: Price(90) }, 10);
    bench.fill(ENTRY, 10);
    bench.contingents.doubt(bench.now, &bench.desk, &bench.portfolio);
    assert!(bench.contingents.has_sent(stop));
    assert_eq!(bench.trade(80), []);
    let in_flight = Span::from_seconds(6);
    assert!(bench.contingents.is_unknown(stop, Ts::from_seconds(5), in_flight), "it may still arrive");
    assert!(!bench.contingents.is_unknown(stop, Ts::from_seconds(6), in_flight));
    assert_eq!(bench.trade(80), [sent(stop, OrderType::Market, 10)]);
    bench.contingents.not_sent(stop, bench.now);
    assert_eq!(bench.moves(), [], "tried again in a moment");
    bench.now = Ts::from_seconds(1);
    assert_eq!(bench.moves(), [sent(stop, OrderType::Market, 10)]);
}
