//! Time, timers, cash and digests.

use wb_core::{Event, OrderEvent, OrderId, Ts};
use wb_kernel::RiskLimits;

use crate::support::{A, Hand, flat, market_event};

fn event(seconds: i64) -> Event {
    Event::Market(market_event(Ts::from_seconds(seconds), A, true, flat(100.0)))
}

#[test]
#[should_panic(expected = "time went back from 1970-01-01T00:02:00Z to 1970-01-01T00:01:59Z")]
fn an_event_that_goes_back_in_time_is_a_panic() {
    let mut hand = Hand::new(RiskLimits::default());
    hand.kernel.on_event(&event(120), &mut Vec::new());
    hand.kernel.on_event(&event(120), &mut Vec::new());
    hand.kernel.on_event(&event(119), &mut Vec::new());
}

#[test]
#[should_panic(expected = "time went back")]
fn an_order_event_that_goes_back_in_time_is_a_panic() {
    let mut hand = Hand::new(RiskLimits::default());
    hand.kernel.on_event(&event(120), &mut Vec::new());
    let late = Event::Order { ts: Ts::from_seconds(1), event: OrderEvent::CancelRejected(OrderId(1)) };
    hand.kernel.on_event(&late, &mut Vec::new());
}

#[test]
fn the_next_timer_is_the_earliest_and_goes_off_once() {
    let mut hand = Hand::new(RiskLimits::default());
    hand.close(&[100.0, 50.0]);
    hand.act(|ctx| {
        ctx.set_timer(Ts::from_seconds(900));
        ctx.set_timer(Ts::from_seconds(300));
    });
    let due = |hand: &Hand| hand.kernel.next_timer().expect("set").0;
    assert_eq!(due(&hand), Ts::from_seconds(300));
    let (ts, id) = hand.kernel.next_timer().expect("set");
    for _ in 0..2 {
        hand.kernel.on_event(&Event::Timer { ts, id }, &mut Vec::new());
        assert_eq!(due(&hand), Ts::from_seconds(900));
    }
}

#[test]
fn cash_that_moves_counts_and_is_in_the_digest() {
    let mut hand = Hand::new(RiskLimits::default());
    hand.close(&[100.0, 50.0]);
    let before = hand.kernel.digest();
    let ts = hand.kernel.now();
    hand.kernel.on_event(&Event::Cash { ts, instrument: A, amount: -12.5 }, &mut Vec::new());
    assert_eq!(hand.kernel.portfolio().cash().to_bits(), 9_987.5_f64.to_bits());
    assert_ne!(hand.kernel.digest(), before);
}

#[test]
fn market_data_alone_leaves_the_digest_as_it_is() {
    let mut hand = Hand::new(RiskLimits::default());
    let before = hand.kernel.digest();
    hand.close(&[100.0, 50.0]);
    assert_eq!(hand.kernel.digest(), before);
}
