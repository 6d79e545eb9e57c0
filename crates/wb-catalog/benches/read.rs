//! Writing and reading one million minute bars: `cargo bench -p wb-catalog`.

#![expect(missing_docs, reason = "criterion_group! makes an undocumented function")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use wb_catalog::{Auditor, Catalog, Import, Overlap, SeriesKey, SeriesMeta, TickSource};
use wb_core::{Bar, BarColumns, Calendar, Grid, InstrumentKind, Interval, Rng, Span, Ts};

const MINUTE: Interval = Interval::Minutes(1);
const BARS: usize = 1_000_000;

/// A random walk on ticks of 0.01.
fn walk() -> BarColumns {
    let mut rng = Rng::new(1);
    let mut bars = BarColumns::with_capacity(MINUTE, BARS);
    let mut ts = Ts::parse("2022-01-01").expect("a date");
    let mut close = 1_000_000;
    for _ in 0..BARS {
        ts = ts + MINUTE.span();
        let open = close;
        close = open + 200 - rng.below(401) as i64;
        let price = |ticks| Grid::decimal(2).value(ticks);
        let (high, low) = (open.max(close) + rng.below(90) as i64, open.min(close) - rng.below(90) as i64);
        let volume = Grid::decimal(3).value(rng.below(1_000_000) as i64);
        let (open, high, low, close) = (price(open), price(high), price(low), price(close));
        bars.push(ts, &Bar { interval: MINUTE, open, high, low, close, volume });
    }
    bars
}

fn audit(bars: &BarColumns) -> wb_catalog::Audit {
    let mut auditor = Auditor::new(MINUTE, Calendar::always_open(), Some(Grid::decimal(2)));
    auditor.push(bars, |row| row as u64);
    auditor.finish()
}

fn write(catalog: &Catalog, key: &SeriesKey, bars: &BarColumns) {
    let meta = SeriesMeta {
        kind: InstrumentKind::Spot,
        currency: "USDT".into(),
        tick: Grid::decimal(2),
        tick_source: TickSource::Inferred,
        lot: Grid::decimal(3),
        multiplier: 1.0,
        calendar: Calendar::always_open(),
    };
    let import = Import { files: vec!["bench".into()], format: "synth".into(), audit: audit(bars) };
    let mut writer = catalog.writer(key, Overlap::Replace).expect("begins");
    writer.push(bars).expect("takes the bars");
    writer.commit(&meta, &import).expect("commits");
}

fn catalog(c: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let key = SeriesKey::new("bench", "WALK", MINUTE).expect("a key");
    let bars = walk();
    write(&Catalog::open(folder.path()).expect("opens"), &key, &bars);
    let catalog = Catalog::open(folder.path()).expect("opens");

    let mut group = c.benchmark_group("catalog");
    group.sample_size(20).throughput(Throughput::Elements(BARS as u64));
    group.bench_function("read_million", |b| {
        b.iter(|| black_box(catalog.read_bars(&key, Ts::MIN, Ts::MAX).expect("reads")));
    });
    let day = (bars.ts[BARS / 2], bars.ts[BARS / 2] + Span::DAY);
    group.bench_function("read_one_day_of_a_million", |b| {
        b.iter(|| black_box(catalog.read_bars(&key, day.0, day.1).expect("reads")));
    });
    group.bench_function("fingerprint_million", |b| {
        b.iter(|| black_box(catalog.fingerprint(&key, Ts::MIN, Ts::MAX).expect("reads")));
    });
    group.bench_function("audit_million", |b| b.iter(|| black_box(audit(&bars))));
    group.bench_function("write_million", |b| b.iter(|| write(&catalog, &key, &bars)));
    group.finish();
}

criterion_group!(benches, catalog);
criterion_main!(benches);
