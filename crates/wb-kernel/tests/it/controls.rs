//! The drawdown halt and the operator's controls.

use wb_core::Side::{Buy, Sell};
use wb_core::{Control, OrderRequest, Price, Qty};
use wb_kernel::{RiskLimits, Size};

use crate::support::{A, B, Hand};

/// An account that bought 50 A at 100 and has a bid for 10 B at 40, halted at a fall of a tenth from its peak.
fn invested() -> Hand {
    let mut hand = Hand::new(RiskLimits { max_drawdown: Some(0.1), ..RiskLimits::default() });
    hand.close(&[100.0, 50.0]);
    let entry = OrderRequest::market(A, Buy, Qty::new(50));
    hand.act(move |ctx| {
        ctx.submit(entry);
        ctx.submit(OrderRequest::limit(B, Buy, Qty::new(10), Price(400)));
    });
    hand.fill(1, entry, 50, 100.0);
    hand
}

fn buy_one(hand: &mut Hand) -> Vec<String> {
    hand.act(|ctx| {
        ctx.submit(OrderRequest::market(B, Buy, Qty::new(1)));
    })
}

#[test]
fn a_fall_beyond_the_limit_cancels_closes_and_stops() {
    let mut hand = invested();
    assert!(hand.close(&[120.0, 50.0]).is_empty(), "a peak of 11,000");
    assert!(hand.close(&[98.0, 50.0]).is_empty(), "9,900 is a tenth below it, not more");
    assert!(!hand.kernel.is_halted());
    assert_eq!(hand.close(&[97.9, 50.0]), ["cancel 2", "3 sell 50 A reduce"]);
    assert!(hand.kernel.is_halted());
    assert_eq!(buy_one(&mut hand), ["4 buy 1 B refused: risk limit max_drawdown"]);
    // Also when equity has come back.
    hand.close(&[200.0, 50.0]);
    assert_eq!(buy_one(&mut hand), ["5 buy 1 B refused: risk limit max_drawdown"]);
}

#[test]
fn what_was_on_its_way_at_the_halt_is_closed_when_it_comes() {
    let mut hand = invested();
    let late = OrderRequest::market(B, Buy, Qty::new(10));
    hand.act(move |ctx| {
        ctx.submit(late);
    });
    assert_eq!(hand.close(&[70.0, 50.0]), ["cancel 2", "cancel 3", "4 sell 50 A reduce"]);
    assert!(hand.close(&[70.0, 50.0]).is_empty(), "one order to close is enough");
    hand.fill(3, late, 10, 50.0);
    assert_eq!(hand.close(&[70.0, 50.0]), ["5 sell 10 B reduce"]);
}

#[test]
fn a_halted_kernel_lets_the_strategy_reduce_and_not_turn() {
    let mut hand = invested();
    hand.close(&[70.0, 50.0]);
    let sell = |lots| {
        move |ctx: &mut wb_kernel::Context<'_>| {
            ctx.submit(OrderRequest::market(A, Sell, Qty::new(lots)));
        }
    };
    // The order that closes everything is on its way: another sale would open a short.
    assert_eq!(hand.act(sell(50)), ["4 sell 50 A refused: risk limit max_drawdown"]);
    hand.fill(3, OrderRequest::market(A, Sell, Qty::new(50)), 20, 70.0);
    hand.cancelled(3, wb_core::CancelReason::Margin);
    assert_eq!(hand.act(sell(30)), ["5 sell 30 A"]);
}

#[test]
fn without_a_drawdown_limit_nothing_halts() {
    let mut hand = Hand::new(RiskLimits::default());
    hand.close(&[100.0, 50.0]);
    hand.fill(0, OrderRequest::market(A, Buy, Qty::new(100)), 100, 100.0);
    assert!(hand.close(&[1.0, 50.0]).is_empty());
    assert!(!hand.kernel.is_halted());
}

#[test]
fn a_pause_lets_only_reductions_pass_until_resumed() {
    let mut hand = invested();
    assert!(hand.control(Control::Pause).is_empty());
    assert_eq!(buy_one(&mut hand), ["3 buy 1 B refused: trading is paused"]);
    let halve = |ctx: &mut wb_kernel::Context<'_>| {
        ctx.target(A, Size::Units(25.0));
    };
    assert_eq!(hand.act(halve), ["4 sell 25 A reduce"]);
    hand.control(Control::Resume);
    assert_eq!(buy_one(&mut hand), ["5 buy 1 B"]);
}

#[test]
fn the_operator_cancels_and_flattens() {
    let mut hand = invested();
    assert_eq!(hand.control(Control::CancelAll), ["cancel 2"]);
    let mut hand = invested();
    assert_eq!(hand.control(Control::Flatten), ["cancel 2", "3 sell 50 A reduce"]);
    assert_eq!(buy_one(&mut hand), ["4 buy 1 B"], "trading goes on");
    // The order that closes A is cancelled with all others, so there is a new one.
    assert_eq!(hand.control(Control::Flatten), ["cancel 2", "cancel 3", "cancel 4", "5 sell 50 A reduce"]);
}
