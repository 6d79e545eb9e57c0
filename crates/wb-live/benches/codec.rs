//! How long a message takes from bytes to numbers, and an order from numbers to signed bytes: `cargo bench -p wb-live`.

#![expect(missing_docs, reason = "criterion_group! makes an undocumented function")]

#[path = "../tests/it/listed.rs"]
mod listed;
#[path = "../tests/it/messages.rs"]
mod messages;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use listed::BTC;
use messages::{CLOSED_BAR, DEPTH, FILL, QUOTE, TRADE, codec};
use wb_core::{OrderId, OrderRequest, Price, Qty, Side, Ts};
use wb_live::venues::{Decoded, Request, VenueCodec};

const NOW: Ts = Ts(1_700_000_000_000_000_000);

fn decode(c: &mut Criterion) {
    let mut group = c.benchmark_group("decode");
    for (name, message) in [
        ("a quote", QUOTE),
        ("a trade", TRADE),
        ("a closed bar", CLOSED_BAR),
        ("a change of ten levels", DEPTH),
        ("a fill", FILL),
    ] {
        let (mut codec, mut out) = (codec(), Decoded::default());
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                out.clear();
                codec.decode(NOW, black_box(message.as_bytes()), &mut out).expect("it is well formed");
                black_box(&out);
            });
        });
    }
    group.finish();
}

fn encode(c: &mut Criterion) {
    let order = OrderRequest::limit(BTC, Side::Buy, Qty::new(500), Price(6_065_001));
    let (mut codec, mut frame) = (codec(), String::new());
    c.bench_function("encode/an order, signed by HMAC-SHA256", |bencher| {
        bencher.iter(|| {
            let request = Request::Place(OrderId(7), black_box(order));
            codec.encode(NOW, &request, &mut frame).expect("it can be sent");
            black_box(&frame);
        });
    });
}

criterion_group!(benches, decode, encode);
criterion_main!(benches);
