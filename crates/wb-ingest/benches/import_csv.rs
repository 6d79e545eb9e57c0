//! Rows of CSV a second, from the file to the committed catalog.

#![expect(missing_docs, reason = "criterion_group! makes an undocumented function")]

use std::fmt::Write;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use wb_catalog::{Catalog, Overlap};
use wb_core::{Grid, Interval, Span, Ts};
use wb_ingest::{ImportRequest, SynthBars, SynthRequest, import};

const ROWS: usize = 500_000;

/// Synthetic minutes as CSV, times written by `time`.
fn csv(time: impl Fn(Ts) -> String) -> String {
    let request = SynthRequest {
        seed: 1,
        venue: "synth".to_string(),
        symbols: vec!["A".to_string()],
        interval: Interval::Minutes(1),
        from: Ts::parse("2020-01-01").expect("a date"),
        bars: ROWS,
        price: 100.0,
        volatility: 0.6,
        drift: 0.0,
        correlation: 0.0,
        tick: Grid::decimal(2),
        lot: Grid::decimal(3),
    };
    let bars = SynthBars::new(&request, 0).expect("a request that makes sense").next_block(ROWS);
    let mut text = "ts,open,high,low,close,volume\n".to_string();
    for row in 0..bars.len() {
        let bar = bars.bar(row);
        let open = time(bars.ts[row] - Span::from_seconds(60));
        writeln!(text, "{open},{},{},{},{},{}", bar.open, bar.high, bar.low, bar.close, bar.volume)
            .expect("writing to a string cannot fail");
    }
    text
}

fn import_csv(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut group = criterion.benchmark_group("import_csv");
    group.throughput(Throughput::Elements(ROWS as u64)).sample_size(10);
    let milliseconds = csv(|ts| (ts.0 / 1_000_000).to_string());
    let iso = csv(|ts| ts.to_string());
    for (name, text) in [("epoch", milliseconds), ("iso", iso)] {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        let now = Ts::parse("2030-01-01").expect("a date");
        let mut request = ImportRequest::new(vec![path], "binance", "A", Interval::Minutes(1), now);
        request.overlap = Overlap::Replace;
        let catalog = Catalog::open(&folder.path().join("catalog")).expect("a catalog");
        group.bench_function(name, |bencher| {
            bencher.iter(|| import(&catalog, &request, &mut |_| {}).expect("an import"));
        });
    }
    group.finish();
}

criterion_group!(benches, import_csv);
criterion_main!(benches);
