//! Orders that depend on others: exits of an entry, one-cancels-other groups, reduce-only.

use wb_core::Side::{Buy, Sell};
use wb_core::{GroupId, Link, OrderId, OrderRequest, OrderType};
use wb_sim::SimConfig;

use crate::support::{Hand, config, exit_of, limit, market, member, price, reducing, stop, trailing};

/// A venue that lets us trade 4 lots a bar.
fn thin() -> SimConfig {
    SimConfig { max_participation: Some(0.004), ..config() }
}

/// A venue at 100 that has an entry (order 1), its stop at 95 (2) and its target at 105 (3).
fn bracket(config: SimConfig, entry: OrderRequest) -> Hand {
    let mut hand = Hand::new(config);
    let out = entry.side.opposite();
    let (loss, profit) = if entry.side == Buy { (95, 105) } else { (105, 95) };
    hand.send(entry);
    hand.send(exit_of(1, stop(out, entry.qty.lots(), loss)));
    hand.send(exit_of(1, limit(out, entry.qty.lots(), profit)));
    hand
}

/// Sends an entry with exits, and compares what the bars say.
fn check(entry: OrderRequest, bars: &[[f64; 4]], expected: &[&[&str]]) {
    let mut hand = bracket(config(), entry);
    let said: Vec<Vec<String>> = bars.iter().map(|bar| hand.bar(*bar)).collect();
    assert_eq!(said, expected, "{entry:?}");
}

#[test]
fn exits_sleep_until_the_entry_is_filled() {
    check(
        limit(Buy, 2, 90),
        &[[100.0, 106.0, 94.0, 100.0], [89.0, 91.0, 89.0, 90.0]],
        &[&[], &["1 buy 2 at 89 as maker", "2 sell 2 at 89", "3 cancelled group"]],
    );
}

#[test]
fn exits_of_an_entry_at_the_open_work_in_the_same_bar() {
    check(
        market(Buy, 2),
        &[[100.0, 105.0, 96.0, 100.0]],
        &[&["1 buy 2 at 100", "3 sell 2 at 105 as maker", "2 cancelled group"]],
    );
    check(
        market(Sell, 2),
        &[[100.0, 106.0, 96.0, 100.0]],
        &[&["1 sell 2 at 100", "2 buy 2 at 105", "3 cancelled group"]],
    );
}

#[test]
fn a_bar_that_touches_stop_and_target_fills_the_stop() {
    check(
        market(Buy, 2),
        &[[100.0; 4], [100.0, 106.0, 94.0, 105.0]],
        &[&["1 buy 2 at 100"], &["2 sell 2 at 95", "3 cancelled group"]],
    );
    check(
        market(Buy, 2),
        &[[100.0, 106.0, 94.0, 105.0]],
        &[&["1 buy 2 at 100", "2 sell 2 at 95", "3 cancelled group"]],
    );
}

#[test]
fn an_entry_inside_the_bar_has_only_its_stop_in_it_against_the_whole_bar() {
    // Bought at 98 on the way down or up: the bar's low counts, its high does not.
    check(
        limit(Buy, 2, 98),
        &[[100.0, 106.0, 94.0, 105.0]],
        &[&["1 buy 2 at 98 as maker", "2 sell 2 at 95", "3 cancelled group"]],
    );
    check(
        limit(Buy, 2, 98),
        &[[100.0, 106.0, 96.0, 105.0], [105.0, 105.0, 104.0, 104.0]],
        &[&["1 buy 2 at 98 as maker"], &["3 sell 2 at 105 as maker", "2 cancelled group"]],
    );
    check(
        stop(Sell, 2, 99),
        &[[100.0, 105.0, 94.0, 96.0]],
        &[&["1 sell 2 at 99", "2 buy 2 at 105", "3 cancelled group"]],
    );
}

#[test]
fn an_open_beyond_the_stop_fills_entry_and_stop_there() {
    check(
        market(Buy, 2),
        &[[93.0, 106.0, 92.0, 105.0]],
        &[&["1 buy 2 at 93", "2 sell 2 at 93", "3 cancelled group"]],
    );
}

#[test]
fn a_target_that_the_entry_lies_beyond_takes_at_the_open() {
    check(
        market(Buy, 2),
        &[[107.0, 108.0, 106.0, 107.0]],
        &[&["1 buy 2 at 107", "3 sell 2 at 107", "2 cancelled group"]],
    );
}

#[test]
fn a_trailing_exit_begins_at_the_entry() {
    let mut hand = Hand::new(config());
    hand.send(market(Buy, 1));
    hand.send(exit_of(1, trailing(Sell, 1, 3)));
    assert_eq!(hand.bar([110.0, 110.0, 107.1, 109.0]), ["1 buy 1 at 110"], "107 is its trigger");
    assert_eq!(hand.bar([109.0, 109.0, 106.0, 106.0]), ["2 sell 1 at 107"]);
}

#[test]
fn a_trailing_exit_of_an_entry_inside_the_bar_follows_only_its_close() {
    // Bought at 98: trigger 95, untouched. The high of 104 may lie before the entry; the close of 103 does not.
    let mut hand = Hand::new(config());
    hand.send(limit(Buy, 1, 98));
    hand.send(exit_of(1, trailing(Sell, 1, 3)));
    assert_eq!(hand.bar([100.0, 104.0, 96.0, 103.0]), ["1 buy 1 at 98 as maker"]);
    assert_eq!(hand.bar([103.0, 103.0, 100.0, 100.0]), ["2 sell 1 at 100"]);
}

#[test]
fn a_cancelled_entry_cancels_its_exits() {
    let mut hand = bracket(config(), limit(Buy, 2, 90));
    assert_eq!(hand.cancel(1), ["1 cancelled requested", "2 cancelled parent", "3 cancelled parent"]);
    assert!(hand.venue.is_idle());
}

#[test]
fn a_cancelled_rest_of_an_entry_leaves_its_exits() {
    let mut hand = bracket(thin(), market(Buy, 10));
    assert_eq!(hand.bar([100.0; 4]), ["1 buy 4 at 100"]);
    assert_eq!(hand.cancel(1), ["1 cancelled requested"]);
    assert_eq!(hand.bar([95.0; 4]), ["2 sell 4 at 95", "2 cancelled group", "3 cancelled group"]);
}

#[test]
fn an_exit_fills_what_is_held_over_several_bars() {
    let mut hand = bracket(thin(), market(Buy, 6));
    assert_eq!(hand.bar([100.0; 4]), ["1 buy 4 at 100"]);
    assert_eq!(hand.bar([100.0, 100.0, 99.0, 99.0]), ["1 buy 2 at 100"]);
    assert_eq!(hand.bar([99.0, 106.0, 99.0, 106.0]), ["3 sell 4 at 105 as maker"], "the stop stays");
    assert_eq!(
        hand.bar([99.0, 99.0, 94.0, 94.0]),
        ["2 sell 2 at 95", "2 cancelled group", "3 cancelled group"]
    );
}

#[test]
fn a_position_closed_by_another_order_ends_its_exits() {
    let mut hand = bracket(config(), market(Buy, 2));
    hand.bar([100.0; 4]);
    hand.send(market(Sell, 2));
    assert_eq!(hand.bar([101.0; 4]), ["4 sell 2 at 101", "2 cancelled group", "3 cancelled group"]);
    assert!(hand.venue.is_idle());
}

#[test]
fn a_position_made_smaller_by_another_order_keeps_its_exits() {
    let mut hand = bracket(config(), market(Buy, 5));
    hand.bar([100.0; 4]);
    hand.send(market(Sell, 2));
    assert_eq!(hand.bar([101.0; 4]), ["4 sell 2 at 101"]);
    assert_eq!(hand.bar([95.0; 4]), ["2 sell 3 at 95", "2 cancelled group", "3 cancelled group"]);
}

#[test]
fn a_flip_ends_the_old_exits_and_wakes_the_new_ones() {
    let mut hand = bracket(config(), market(Buy, 2));
    hand.bar([100.0; 4]);
    hand.send(market(Sell, 5));
    let link = Link::OnFill { parent: OrderId(4), group: GroupId(2) };
    hand.send(OrderRequest { link, ..exit_of(4, stop(Buy, 3, 104)) });
    assert_eq!(hand.bar([101.0; 4]), ["4 sell 5 at 101", "2 cancelled group", "3 cancelled group"]);
    assert_eq!(hand.bar([104.0; 4]), ["5 buy 3 at 104"]);
    assert_eq!(hand.position(), 0);
}

#[test]
fn exits_of_a_flip_in_parts_wait_until_there_is_something_to_reduce() {
    // Long 4, then sell 8 at 4 a bar: after the first part the position is flat.
    let mut hand = Hand::new(thin());
    hand.send(market(Buy, 4));
    hand.bar([100.0; 4]);
    hand.send(market(Sell, 8));
    hand.send(exit_of(2, stop(Buy, 4, 104)));
    assert_eq!(hand.bar([100.0, 105.0, 100.0, 105.0]), ["2 sell 4 at 100"], "nothing to stop yet");
    assert_eq!(hand.bar([103.0, 103.0, 103.0, 103.0]), ["2 sell 4 at 103"]);
    assert_eq!(hand.bar([103.0, 104.0, 103.0, 104.0]), ["3 buy 4 at 104"]);
}

#[test]
fn exits_that_never_had_anything_to_reduce_end_with_their_parent() {
    let mut hand = Hand::new(config());
    hand.send(market(Buy, 4));
    hand.bar([100.0; 4]);
    hand.send(market(Sell, 4));
    hand.send(exit_of(2, stop(Buy, 4, 104)));
    assert_eq!(hand.bar([100.0; 4]), ["2 sell 4 at 100", "3 cancelled parent"]);
    assert!(hand.venue.is_idle());
}

#[test]
fn an_exit_that_comes_after_a_part_of_the_entry_works_at_once() {
    let mut hand = Hand::new(thin());
    hand.send(market(Buy, 8));
    hand.bar([100.0; 4]);
    hand.send(exit_of(1, stop(Sell, 8, 95)));
    assert_eq!(hand.bar([95.0; 4]), ["1 buy 4 at 95"], "the volume of the bar is used up");
    assert_eq!(hand.bar([95.0; 4]), ["2 sell 4 at 95"]);
}

#[test]
fn an_exit_that_comes_after_the_entry_works_if_there_is_a_position() {
    let mut hand = Hand::new(config());
    hand.send(market(Buy, 2));
    hand.bar([100.0; 4]);
    assert!(hand.send(exit_of(1, stop(Sell, 2, 95))).is_empty());
    assert_eq!(hand.bar([95.0; 4]), ["2 sell 2 at 95"]);
    assert_eq!(hand.send(exit_of(1, stop(Sell, 2, 95))), ["3 rejected: nothing to reduce"]);
}

#[test]
fn exits_of_an_entry_that_was_refused_are_refused_whatever_is_held() {
    let entry =
        OrderRequest { kind: OrderType::Limit { price: price(101), post_only: true }, ..limit(Buy, 2, 101) };
    let mut hand = Hand::new(config());
    hand.send(market(Buy, 2));
    hand.bar([100.0; 4]);
    assert_eq!(hand.send(entry), ["2 rejected: post-only order would take liquidity"]);
    assert_eq!(hand.send(exit_of(2, stop(Sell, 2, 95))), ["3 rejected: nothing to reduce"]);
    assert_eq!(hand.send(exit_of(2, limit(Sell, 2, 105))), ["4 rejected: nothing to reduce"]);
}

#[test]
fn of_a_group_the_first_that_fills_completely_cancels_the_others() {
    let mut hand = Hand::new(thin());
    hand.send(member(7, stop(Buy, 6, 105)));
    hand.send(member(7, stop(Sell, 6, 95)));
    hand.send(member(8, limit(Sell, 1, 120)));
    assert_eq!(hand.bar([100.0, 106.0, 99.0, 106.0]), ["1 buy 4 at 105"], "a part cancels nothing");
    assert_eq!(hand.bar([106.0, 106.0, 99.0, 99.0]), ["1 buy 2 at 106", "2 cancelled group"]);
    assert_eq!(hand.bar([120.0; 4]), ["3 sell 1 at 120 as maker"], "another group");
}

#[test]
fn a_group_whose_members_depend_on_each_other_ends_once() {
    let mut hand = Hand::new(config());
    hand.send(member(1, limit(Buy, 1, 90)));
    hand.send(exit_of(1, stop(Sell, 1, 85)));
    hand.send(member(1, market(Buy, 1)));
    assert_eq!(hand.bar([100.0; 4]), ["3 buy 1 at 100", "1 cancelled group", "2 cancelled parent"]);
    assert!(hand.venue.is_idle());
}

#[test]
fn a_reduce_only_order_is_cut_to_the_position_and_its_rest_cancelled() {
    let mut hand = Hand::new(config());
    hand.send(market(Buy, 3));
    hand.bar([100.0; 4]);
    hand.send(reducing(market(Sell, 10)));
    assert_eq!(hand.bar([101.0; 4]), ["2 sell 3 at 101", "2 cancelled group"]);
    assert!(hand.venue.is_idle());
}

#[test]
fn a_reduce_only_order_without_a_position_is_cancelled_when_it_would_fill() {
    let mut hand = Hand::new(config());
    hand.send(reducing(market(Sell, 1)));
    hand.send(reducing(limit(Buy, 1, 99)));
    assert_eq!(hand.bar([100.0; 4]), ["1 cancelled group"]);
    assert_eq!(hand.bar([99.0; 4]), ["2 cancelled group"]);
}

#[test]
fn a_reduce_only_order_never_enlarges() {
    let mut hand = Hand::new(config());
    hand.send(market(Buy, 3));
    hand.send(reducing(market(Buy, 3)));
    assert_eq!(hand.bar([100.0; 4]), ["1 buy 3 at 100", "2 cancelled group"]);
    assert_eq!(hand.position(), 3);
}

#[test]
fn a_resting_reduce_only_order_without_a_group_outlives_its_position() {
    let mut hand = Hand::new(config());
    hand.send(market(Buy, 3));
    hand.send(reducing(stop(Sell, 3, 90)));
    hand.bar([100.0; 4]);
    hand.send(market(Sell, 3));
    assert_eq!(hand.bar([100.0; 4]), ["3 sell 3 at 100"]);
    hand.send(market(Buy, 2));
    assert_eq!(hand.bar([90.0; 4]), ["4 buy 2 at 90", "2 sell 2 at 90", "2 cancelled group"]);
}

#[test]
fn a_post_only_target_that_the_entry_lies_beyond_is_cancelled() {
    let target =
        OrderRequest { kind: OrderType::Limit { price: price(105), post_only: true }, ..limit(Sell, 2, 105) };
    let mut hand = Hand::new(config());
    hand.send(market(Buy, 2));
    hand.send(exit_of(1, target));
    assert_eq!(hand.bar([107.0; 4]), ["1 buy 2 at 107", "2 cancelled post-only"]);
}
