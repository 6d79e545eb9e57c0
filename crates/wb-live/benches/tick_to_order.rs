//! How long it takes from the bytes of a closed bar to the bytes of a signed order: `cargo bench -p wb-live --bench
//! tick_to_order`.
//!
//! In process and on one thread: codec, features, strategy, risk limits, order, signature, and each record of it in the
//! journal's buffer. The second line of each strategy is the same until the journal has handed them to the system, after
//! which an order may be sent. Bars follow one another at once, so caches are warmer than with a minute between them.

#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "it reads the clock and its argument, decides nothing, and its table is its output"
)]

#[path = "../tests/it/listed.rs"]
mod listed;
#[path = "../tests/it/network.rs"]
mod network;
#[path = "../tests/it/trading.rs"]
mod trading;

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use hdrhistogram::Histogram;
use network::{NETWORK, follower, follower_of};
use trading::{IN_TURN, Trading};
use wb_core::{ParamValue, Ts};
use wb_infer::{LibraryPlaces, OnnxRuntime, Signature};
use wb_store::{JournalWriter, NewJournal, SyncPolicy};

/// What takes longer counts as this: a minute.
const LONGEST_NS: u64 = 60_000_000_000;

/// Bars before anything is measured, and bars measured.
struct Rounds {
    warm_up: u32,
    measured: u32,
}

/// Nanoseconds from a bar's bytes on.
struct Latency {
    /// Until the order is signed and its records are in the journal's buffer.
    decided: Histogram<u64>,
    /// Until the system has the records.
    written: Histogram<u64>,
}

fn main() {
    // `cargo test` builds benches as well and runs them without this argument.
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let rounds = match is_bench {
        true => Rounds { warm_up: 20_000, measured: 100_000 },
        false => Rounds { warm_up: 100, measured: 100 },
    };
    println!("{:<46} {:>8} {:>8} {:>8} {:>9} {:>8}", "µs", "p50", "p99", "p99.9", "max", "n");
    let rules = IN_TURN.map(|(name, rule)| (name, ParamValue::Text(rule.into())));
    show("rules of three features", &measure(Trading::begin("rules", &rules, Vec::new()), &rounds));
    show("an MLP 7-64-32-3 of seven features, native", &measure(follower(), &rounds));
    if let Some(follower) = in_onnx_runtime() {
        show("the same in ONNX Runtime", &measure(follower, &rounds));
    }
}

/// Follows the network in ONNX Runtime, if that is installed here.
fn in_onnx_runtime() -> Option<Trading> {
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/python");
    let library = LibraryPlaces { pythons: vec![python], ..LibraryPlaces::of_process(None) }.find();
    let Ok(library) = library else {
        println!("ONNX Runtime is not installed: tests/python/setup.sh does it");
        return None;
    };
    let runtime = OnnxRuntime::load(&library).expect("it is new enough");
    let signature = Signature::read(NETWORK, None).expect("a sound model");
    let model = runtime.model(NETWORK, &signature).expect("it is of known operators");
    Some(follower_of(Arc::new(model), &signature, "ONNX Runtime".to_string()))
}

fn measure(mut trading: Trading, rounds: &Rounds) -> Latency {
    let folder = tempfile::tempdir().expect("a folder for the journal");
    let mut journal = begin_journal(folder.path());
    let histogram = || Histogram::new_with_bounds(1, LONGEST_NS, 3).expect("good bounds");
    let mut latency = Latency { decided: histogram(), written: histogram() };
    for round in 0..rounds.warm_up + rounds.measured {
        trading.prepare_bar();
        let start = Instant::now();
        trading.tell_bar();
        append(&mut journal, &trading);
        let decided = start.elapsed();
        journal.commit().expect("room on the disk");
        let written = start.elapsed();
        if !trading.prepare_reports() {
            continue;
        }
        trading.tell_reports();
        append(&mut journal, &trading);
        journal.commit().expect("room on the disk");
        if round >= rounds.warm_up {
            latency.decided.saturating_record(decided.as_nanos() as u64);
            latency.written.saturating_record(written.as_nanos() as u64);
        }
    }
    journal.finish().expect("room on the disk");
    let orders = latency.decided.len();
    assert!(orders * 100 >= u64::from(rounds.measured) * 99, "only {orders} bars were answered by an order");
    latency
}

fn begin_journal(folder: &std::path::Path) -> JournalWriter {
    let new = NewJournal {
        subject: "bench",
        workbench: env!("CARGO_PKG_VERSION"),
        code_id: "",
        started: Ts(0),
        risk: &[],
        spec: "",
        instruments: &[],
    };
    JournalWriter::create(folder, &new, SyncPolicy::AtSegmentEnd).expect("a new journal")
}

fn append(journal: &mut JournalWriter, trading: &Trading) {
    for record in &trading.out.records {
        journal.append(record).expect("room on the disk");
    }
}

fn show(strategy: &str, latency: &Latency) {
    for (what, histogram) in [(strategy, &latency.decided), ("… and written", &latency.written)] {
        let us = |ns: u64| ns as f64 / 1_000.0;
        let [p50, p99, p999] = [0.5, 0.99, 0.999].map(|share| us(histogram.value_at_quantile(share)));
        let (max, n) = (us(histogram.max()), histogram.len());
        println!("{what:<46} {p50:>8.2} {p99:>8.2} {p999:>8.2} {max:>9.2} {n:>8}");
    }
}
