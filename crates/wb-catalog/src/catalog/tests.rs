//! What the catalog promises, proved on temporary folders.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use wb_core::{BarColumns, Grid, InstrumentId, Interval, Rng, Span, Ts, UtcOffsets};

use crate::test_bars::{import, meta, walk, write};
use crate::{Catalog, CatalogError, Overlap, SeriesKey, SeriesMeta, TickSource};

const MINUTE: Interval = Interval::Minutes(1);

fn key() -> SeriesKey {
    SeriesKey::new("binance", "NEARUSDT", MINUTE).expect("a key")
}

fn ts(text: &str) -> Ts {
    Ts::parse(text).expect(text)
}

fn open(root: &TempDir) -> Catalog {
    Catalog::open(root.path()).expect("opens")
}

fn all(catalog: &Catalog, key: &SeriesKey) -> BarColumns {
    catalog.read_bars(key, Ts::MIN, Ts::MAX).expect("reads")
}

/// A catalog with bars from July to September 2023 of one series.
fn summer() -> (TempDir, BarColumns) {
    let root = tempfile::tempdir().expect("a folder");
    let bars = walk(MINUTE, "2023-07-30T00:01", 50_000, 7);
    write(&open(&root), &key(), Overlap::Join, &bars);
    (root, bars)
}

fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut out = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            out.extend(files(&path));
        } else {
            let bytes = fs::read(&path).expect("a file");
            out.push((path, bytes));
        }
    }
    out.sort();
    out
}

#[test]
fn bars_come_back_bit_by_bit_with_their_instrument() {
    let (root, bars) = summer();
    let catalog = open(&root);
    assert_eq!(all(&catalog, &key()), bars);
    let info = catalog.info(&key()).expect("is listed");
    assert_eq!((info.rows, info.first, info.last), (50_000, bars.ts[0], bars.ts[49_999]));
    assert_eq!(catalog.series(), [info]);
    let instrument = catalog.meta(&key()).expect("reads").instrument(&key(), InstrumentId(3));
    assert_eq!((instrument.name().as_str(), instrument.id), ("binance:NEARUSDT", InstrumentId(3)));
    assert_eq!(catalog.imports(&key()).expect("reads"), [import("bars.csv", &bars)]);
    catalog.verify(&key()).expect("is whole");
}

#[test]
fn a_range_holds_the_bars_that_lie_in_it_and_an_empty_one_none() {
    let (root, bars) = summer();
    let catalog = open(&root);
    let check = |from: &str, to: &str| {
        let (from, to) = (ts(from), ts(to));
        assert_eq!(catalog.read_bars(&key(), from, to).expect("reads"), bars.between(from, to.max(from)));
    };
    check("2023-08-01", "2023-09-01");
    check("2023-08-31T23:58", "2023-09-01T00:02");
    check("2023-07-01", "2023-07-02");
    check("2024-01-01", "2025-01-01");
    check("2023-08-01", "2023-08-01");
    check("2023-08-02", "2023-08-01");
    let mut rng = Rng::new(3);
    for _ in 0..50 {
        let instant = |rng: &mut Rng| bars.ts[0] + Span::from_seconds(rng.below(50_000 * 60) as i64);
        let (from, to) = (instant(&mut rng), instant(&mut rng));
        let read = catalog.read_bars(&key(), from, to).expect("reads");
        assert_eq!(read, bars.between(from, to.max(from)), "from {from} to {to}");
    }
}

#[test]
fn any_split_of_pushes_gives_the_same_files_and_fingerprint() {
    let (root, bars) = summer();
    let expected: Vec<Vec<u8>> = files(root.path()).into_iter().map(|(_, bytes)| bytes).collect();
    let fingerprint = open(&root).fingerprint(&key(), Ts::MIN, Ts::MAX).expect("reads");
    for seed in 0..4 {
        let mut rng = Rng::new(seed);
        let root = tempfile::tempdir().expect("a folder");
        let catalog = open(&root);
        let mut writer = catalog.writer(&key(), Overlap::Join).expect("begins");
        let mut from = Ts::MIN;
        while from < bars.ts[49_999] {
            let to = from.max(bars.ts[0] - Span(1)) + Span::from_seconds(60 * rng.below(10_000) as i64);
            writer.push(&bars.between(from, to)).expect("takes the bars");
            from = to;
        }
        writer.commit(&meta(), &import("bars.csv", &bars)).expect("commits");
        let found: Vec<Vec<u8>> = files(root.path()).into_iter().map(|(_, bytes)| bytes).collect();
        assert!(found == expected, "seed {seed}");
        assert_eq!(open(&root).fingerprint(&key(), Ts::MIN, Ts::MAX).expect("reads"), fingerprint);
    }
}

#[test]
fn a_fingerprint_depends_on_rows_and_instrument_but_not_on_where_they_came_from() {
    let (root, bars) = summer();
    let of = |root: &TempDir, from: &str, to: &str| {
        open(root).fingerprint(&key(), ts(from), ts(to)).expect("reads")
    };
    let before = of(&root, "2023-08-01", "2023-09-01");
    assert_eq!(before.to_string().len(), 64);
    assert_ne!(before, of(&root, "2023-07-01", "2023-09-01"), "other partitions");
    assert_eq!(before, of(&root, "2023-08-05", "2023-08-06"), "the same partition");
    let rewrite = |meta: &SeriesMeta, bars: &BarColumns| {
        let mut writer = open(&root).writer(&key(), Overlap::Replace).expect("begins");
        writer.push(bars).expect("takes the bars");
        writer.commit(meta, &import("other.csv", bars)).expect("commits");
        of(&root, "2023-08-01", "2023-09-01")
    };
    assert_eq!(before, rewrite(&meta(), &bars), "the same bars of another file");
    let later = bars.between(ts("2023-09-02"), Ts::MAX);
    assert_ne!(before, rewrite(&SeriesMeta { multiplier: 2.0, ..meta() }, &later), "another instrument");
    let mut moved = bars.clone();
    moved.close[20_000] += 0.01;
    assert_ne!(before, rewrite(&meta(), &moved), "another price");
}

#[test]
fn joining_keeps_both_and_refuses_bars_that_differ() {
    let (root, bars) = summer();
    let catalog = open(&root);
    // Every third bar of a span that is stored in part.
    let mut thirds = BarColumns::new(MINUTE);
    let longer = walk(MINUTE, "2023-07-30T00:01", 60_000, 7);
    (0..longer.len()).step_by(3).for_each(|row| thirds.push(longer.ts[row], &longer.bar(row)));
    write(&catalog, &key(), Overlap::Join, &thirds);
    let mut expected = bars.clone();
    expected.append(&thirds.between(bars.ts[49_999], Ts::MAX));
    assert_eq!(all(&open(&root), &key()), expected);
    assert_eq!(open(&root).imports(&key()).expect("reads").len(), 2);

    thirds.close[5] += 0.01;
    let before = files(root.path());
    let mut writer = open(&root).writer(&key(), Overlap::Join).expect("begins");
    let pushed = writer.push(&thirds);
    let error = pushed.and_then(|()| writer.commit(&meta(), &import("x", &thirds)).map(|_| ()));
    let error = error.expect_err("a bar differs").to_string();
    assert!(error.starts_with("binance:NEARUSDT 1m: bar 2023-07-30T00:16:00Z is stored as open "), "{error}");
    assert!(error.contains("--replace"), "{error}");
    assert!(before == files(root.path()), "nothing was written");
}

#[test]
fn replacing_throws_away_the_span_of_the_new_bars_and_nothing_else() {
    let (root, bars) = summer();
    let (from, to) = (ts("2023-07-31T12:00"), ts("2023-09-01T06:00"));
    let other = walk(MINUTE, "2023-07-30T00:01", 50_000, 8).between(from, to);
    // Two bars stand for the whole span: August goes although no new bar lies in it.
    let mut ends = BarColumns::new(MINUTE);
    for row in [0, other.len() - 1] {
        ends.push(other.ts[row], &other.bar(row));
    }
    write(&open(&root), &key(), Overlap::Replace, &ends);
    let mut expected = bars.between(Ts::MIN, from);
    expected.append(&ends);
    expected.append(&bars.between(to, Ts::MAX));
    assert_eq!(all(&open(&root), &key()), expected);
    assert!(!root.path().join(key().folder()).join("2023-08.parquet").exists());
}

#[test]
fn new_meta_holds_for_the_untouched_partitions_too() {
    let (root, bars) = summer();
    let hours = |h: i64| Span::from_seconds(3600 * h);
    let mut finer = SeriesMeta { tick: Grid::decimal(4), tick_source: TickSource::Stated, ..meta() };
    finer.lot = Grid::new(250, 3).expect("a grid");
    finer.calendar.zone_name = "America/New_York".into();
    finer.calendar.zone = UtcOffsets::new(vec![(Ts::MIN, hours(-5)), (ts("2024-03-10T07:00"), hours(-4))]);
    let later = walk(MINUTE, "2023-10-01T00:01", 10, 1);
    let mut writer = open(&root).writer(&key(), Overlap::Join).expect("begins");
    writer.push(&later).expect("takes bars");
    let committed = writer.commit(&finer, &import("later.csv", &later)).expect("commits");
    assert_eq!((committed.new_rows, committed.rows), (10, 50_010));
    assert_eq!(committed.partitions, ["2023-10"]);
    let catalog = open(&root);
    assert_eq!(catalog.meta(&key()).expect("reads"), finer);
    catalog.verify(&key()).expect("all files are as listed");
    let june = crate::rows_file::RowsFile::open(&root.path().join(key().folder()).join("2023-07.parquet"));
    assert_eq!(SeriesMeta::from_file(&june.expect("opens")).expect("reads"), finer);
    assert_eq!(all(&catalog, &key()).between(Ts::MIN, bars.ts[49_999]), bars);
}

#[test]
fn odd_symbols_keep_their_names() {
    let root = tempfile::tempdir().expect("a folder");
    let symbols =
        ["BTC/USDT:USDT", "BRK.B", "..", "^GSPC", "ES=F", "日経225", "a b", "100%", "€", "*?\"<>|\\"];
    for symbol in symbols {
        let key = SeriesKey::new("x-1", symbol, Interval::Days(1)).expect(symbol);
        write(&open(&root), &key, Overlap::Join, &walk(Interval::Days(1), "2024-01-02", 3, 1));
        assert_eq!(SeriesKey::parse(&key.name(), Interval::Days(1)).expect("a name"), key);
    }
    let catalog = open(&root);
    let mut found: Vec<String> =
        catalog.series().into_iter().map(|info| info.key.symbol().to_string()).collect();
    let mut expected = symbols.map(str::to_string).to_vec();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    assert!(root.path().join("kind=bar/venue=x-1/symbol=BTC%2FUSDT%3AUSDT/interval=1d/all.parquet").exists());
    catalog.series().iter().for_each(|info| assert_eq!(all(&catalog, &info.key).len(), 3));
}

#[test]
fn names_that_cannot_be_used_are_refused_with_the_reason() {
    let check = |name: &str, message: &str| {
        let error = SeriesKey::parse(name, MINUTE).expect_err(name);
        assert_eq!(error.to_string(), message);
    };
    check(
        "BTC",
        "bad instrument \"BTC\": an instrument is written venue:SYMBOL, for example binance:BTCUSDT",
    );
    check(":BTC", "bad venue \"\": it must have 1 to 80 bytes");
    check("Nasdaq:A", "bad venue \"Nasdaq\": it is written in lower-case letters, digits, '-' and '_'");
    check("../x:A", "bad venue \"../x\": it is written in lower-case letters, digits, '-' and '_'");
    check("v:", "bad symbol \"\": it must have 1 to 80 bytes");
    let why = "it must not hold control characters or begin or end with a blank";
    check("v:A\n", &format!("bad symbol \"A\\n\": {why}"));
    check("v: A", &format!("bad symbol \" A\": {why}"));
}

#[test]
fn a_series_that_is_not_there_is_named_with_what_there_is() {
    let check = |catalog: &Catalog, name: &str, hint: &str| {
        let key = SeriesKey::parse(name, Interval::Days(1)).expect("a name");
        let error = catalog.read_bars(&key, Ts::MIN, Ts::MAX).expect_err("unknown").to_string();
        assert!(error.ends_with(&format!("has no series {name} 1d; {hint}")), "{error}");
    };
    let empty = tempfile::tempdir().expect("a folder");
    check(&open(&empty), "v:X", "it is empty: import data first");
    check(
        &Catalog::open(&empty.path().join("none")).expect("is empty"),
        "v:X",
        "it is empty: import data first",
    );
    let (root, _) = summer();
    check(&open(&root), "v:X", "it has binance:NEARUSDT 1m");
    check(&open(&root), "binance:NEARUSDT", "it has that instrument at 1m");
}

/// Spoils the catalog of `summer` and expects an error that names the file and says `message`.
fn check_damage(spoil: impl Fn(&Path), file: &str, message: &str) {
    let (root, _) = summer();
    let path = if file == "catalog.toml" {
        root.path().join(file)
    } else {
        root.path().join(key().folder()).join(file)
    };
    spoil(&path);
    let outcome = Catalog::open(root.path()).and_then(|catalog| {
        catalog.read_bars(&key(), Ts::MIN, Ts::MAX)?;
        catalog.verify(&key())
    });
    let error = outcome.expect_err(message).to_string();
    assert!(error.contains(message) && error.contains(&path.display().to_string()), "{error}");
}

fn edit_text(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).expect("a text");
    assert!(text.contains(from), "{text}");
    fs::write(path, text.replace(from, to)).expect("writes");
}

#[test]
fn damaged_files_are_named_with_what_is_wrong() {
    let august = "2023-08.parquet";
    check_damage(|path| fs::remove_file(path).expect("removes"), august, "missing");
    check_damage(|path| fs::write(path, "not parquet").expect("writes"), august, "is damaged");
    let cut = |path: &Path, keep: fn(usize) -> usize| {
        let bytes = fs::read(path).expect("reads");
        fs::write(path, &bytes[..keep(bytes.len())]).expect("writes");
    };
    check_damage(|path| cut(path, |n| n / 2), august, "is damaged");
    check_damage(|path| cut(path, |_| 0), august, "is damaged");
    let flip = |path: &Path| {
        let mut bytes = fs::read(path).expect("reads");
        bytes[100_000] ^= 1;
        fs::write(path, bytes).expect("writes");
    };
    // Where the flipped bit is in a page, zstd may notice; else the hash does.
    check_damage(flip, august, "is damaged");
    let swap = |path: &Path| {
        fs::copy(path.with_file_name("2023-07.parquet"), path).expect("copies");
    };
    check_damage(swap, august, "catalog.toml lists");
    let toml = "catalog.toml";
    check_damage(
        |path| fs::remove_file(path).expect("removes"),
        toml,
        "it is missing, but there are partitions",
    );
    check_damage(
        |path| edit_text(path, "schema = 1", "schema = 9"),
        toml,
        "has schema version 9, this program",
    );
    check_damage(|path| edit_text(path, "schema = 1\n", ""), toml, "has schema version none");
    check_damage(|path| edit_text(path, "rows = ", "rows: "), toml, "line 6 is not understood");
    check_damage(|path| edit_text(path, "2023-08\"", "../x\""), toml, "line 7 is not understood");
    check_damage(|path| edit_text(path, "NEARUSDT", "NEAR/USDT"), toml, "line 5 is not understood");
}

#[test]
fn a_partition_of_another_schema_version_is_refused() {
    let (root, _) = summer();
    let path = root.path().join(key().folder()).join("2023-08.parquet");
    let pairs = meta().to_pairs(&key()).into_iter();
    let pairs = pairs.map(|(k, v)| if k.ends_with("version") { (k, "2".to_string()) } else { (k, v) });
    crate::rows_file::write_metadata(&path, pairs.collect()).expect("writes");
    let error = open(&root).read_bars(&key(), Ts::MIN, Ts::MAX).expect_err("is refused");
    assert!(matches!(error, CatalogError::SchemaVersion { .. }), "{error}");
}

#[test]
fn a_catalog_that_was_written_to_since_it_was_opened_says_so() {
    let (root, _) = summer();
    let stale = open(&root);
    write(&open(&root), &key(), Overlap::Replace, &walk(MINUTE, "2023-07-30T00:01", 50_000, 9));
    let error = stale.read_bars(&key(), Ts::MIN, Ts::MAX).expect_err("is stale");
    assert!(matches!(error, CatalogError::Changed { .. }), "{error}");
}

#[test]
fn pushes_out_of_order_are_refused() {
    let (root, bars) = summer();
    let check = |blocks: &[BarColumns], message: &str| {
        let mut writer = open(&root).writer(&key(), Overlap::Join).expect("begins");
        let error = blocks.iter().try_for_each(|block| writer.push(block)).expect_err("is refused");
        assert_eq!(error.to_string(), format!("binance:NEARUSDT 1m: bar {message}"));
    };
    let first = bars.between(Ts::MIN, bars.ts[2]);
    check(&[first.clone(), first.clone()], "2023-07-30T00:01:00Z does not come after 2023-07-30T00:03:00Z");
    let mut twice = first.clone();
    twice.ts[2] = twice.ts[1];
    check(&[twice], "2023-07-30T00:02:00Z does not come after 2023-07-30T00:02:00Z");
    let hours = walk(Interval::Minutes(60), "2023-07-30T01:00", 2, 1);
    check(&[hours], "2023-07-30T01:00:00Z is of the interval 1h");
    let writer = open(&root).writer(&key(), Overlap::Join).expect("begins");
    let error = writer.commit(&meta(), &import("x", &first)).expect_err("no rows");
    assert_eq!(error.to_string(), "binance:NEARUSDT 1m: there are no bars to write");
}

#[test]
fn a_removed_series_is_gone_and_the_others_stay() {
    let (root, bars) = summer();
    let other = SeriesKey::new("binance", "FILUSDT", MINUTE).expect("a key");
    write(&open(&root), &other, Overlap::Join, &bars);
    open(&root).remove(&key()).expect("removes");
    assert_eq!(all(&open(&root), &other), bars);
    assert!(!root.path().join(key().folder()).exists());
    let error = open(&root).remove(&key()).expect_err("is gone");
    assert!(matches!(error, CatalogError::UnknownSeries { .. }), "{error}");
}
