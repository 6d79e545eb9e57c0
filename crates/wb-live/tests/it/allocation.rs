//! In steady state nothing on the way from a message to an order is allocated.

use wb_core::{OrderId, OrderRequest, Price, Qty, Side, Ts};
use wb_live::venues::{Decoded, LocalBook, Message, Request, VenueCodec};

use crate::messages::{BTC, CLOSED_BAR, DEPTH, FILL, QUOTE, TRADE, codec};

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
