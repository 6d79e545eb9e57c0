//! In steady state nothing on the way from a message to an order is allocated.

use wb_core::{Event, OrderEvent, OrderId, OrderRequest, ParamValue, Price, Qty, Side, Ts};
use wb_live::venues::{Decoded, LocalBook, Message, Request, VenueCodec};
use wb_store::JournalRecord;

use crate::listed::BTC;
use crate::messages::{CLOSED_BAR, DEPTH, FILL, QUOTE, TRADE, codec};
use crate::network::follower;
use crate::trading::{IN_TURN, Trading};

#[test]
fn messages_are_read_and_orders_are_signed_without_allocating() {
    let (mut codec, mut out, mut frame) = (codec(), Decoded::default(), String::new());
    let mut book = LocalBook::default();
    book.on_snapshot(156, &[]);
    let order = OrderRequest::limit(BTC, Side::Buy, Qty::new(500), Price(6_065_001));
    let mut round = |number: u64| {
        for message in [QUOTE, TRADE, CLOSED_BAR, DEPTH, FILL] {
            out.clear();
            codec
                .decode(Ts(1_700_000_000_000_000_000), message.as_bytes(), &mut out)
                .expect("it is well formed");
            assert_eq!(out.messages.len(), 1, "{message}");
            if let Message::Depth(change) = &out.messages[0] {
                book.on_change(change, &out.levels);
            }
        }
        codec
            .encode(Ts(1_700_000_000_000_000_000), &Request::Place(OrderId(number), order), &mut frame)
            .expect("it can be sent");
    };
    // The first round makes room.
    round(u64::MAX);
    let info = allocation_counter::measure(|| (1..1_000).for_each(&mut round));
    assert_eq!((info.count_total, info.bytes_total), (0, 0));
}

#[test]
fn a_closed_bar_becomes_a_signed_order_and_the_order_a_position_without_allocating() {
    let rules = IN_TURN.map(|(name, rule)| (name, ParamValue::Text(rule.into())));
    let mut trading = Trading::begin("rules", &rules, Vec::new());
    let mut filled = 0;
    for round in 0..2_000 {
        trading.prepare_bar();
        let bar = allocation_counter::measure(|| trading.tell_bar());
        let is_ordered = trading.prepare_reports();
        let reports = allocation_counter::measure(|| trading.tell_reports());
        let told = trading.out.records.iter().filter(|record| {
            matches!(record, JournalRecord::Event(Event::Order { event: OrderEvent::Filled(_), .. }))
        });
        // The first rounds make room.
        if round >= 100 {
            filled += told.count();
            assert!(is_ordered, "bar {round}: {:?}", trading.out.notices);
            assert_eq!((bar.count_total, reports.count_total), (0, 0), "bar {round}");
        }
    }
    assert_eq!(filled, 1_900);
}

#[test]
fn what_a_network_gives_after_a_bar_is_written_down_without_allocating() {
    let mut trading = follower();
    for round in 0..2_000 {
        trading.prepare_bar();
        let bar = allocation_counter::measure(|| trading.tell_bar());
        let given: Vec<f64> = trading
            .out
            .records
            .iter()
            .filter_map(|record| match record {
                JournalRecord::Prediction(_, prediction) => Some(prediction.value),
                _ => None,
            })
            .collect();
        if round >= 100 {
            assert_eq!(given.len(), 3, "bar {round}: a probability for each class");
            assert!((given.iter().sum::<f64>() - 1.0).abs() < 1e-6, "bar {round}: {given:?}");
            assert_eq!(bar.count_total, 0, "bar {round}");
        }
        if trading.prepare_reports() {
            trading.tell_reports();
        }
    }
}
