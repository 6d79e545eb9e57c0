//! A whole session over sockets of this machine against the bundled exchange: `cargo bench -p wb-live --bench loopback`.
//!
//! First how fast it answers, in a closed loop: from the moment at which the exchange hands a closed bar to its connection
//! to the moment at which it reads the order that answers it. Between them lie both ends of two sockets, the runner, and
//! the journal that has to have the order before it leaves. Then what ten thousand messages a second, a million of them,
//! do to it: every one must come out of the journal, and memory must not grow. Exchange and session share the process and
//! its memory.

#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "it reads the clock, its argument and its memory, decides nothing, and its table is its output"
)]

#[path = "../tests/rehearsal/market.rs"]
mod market;
#[path = "../tests/rehearsal/session.rs"]
mod session;
#[path = "../tests/rehearsal/venue.rs"]
mod venue;

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use hdrhistogram::Histogram;
use market::{Run, bars};
use session::{Sent, Venture};
use venue::feeds;
use wb_core::{InstrumentId, ParamValue};
use wb_exchange::{Passing, Speed};
use wb_live::runner::Pace;
use wb_live::session::{Ended, Status};
use wb_live::venues::Feed;

/// What takes longer counts as this: a minute.
const LONGEST_NS: u64 = 60_000_000_000;

/// Orders that are answered before any is measured.
const WARM_UP: u64 = 500;

/// Four trades, four quotes, three bars that are open and one that has closed.
const MESSAGES_A_BAR: u64 = 12;

fn main() {
    // `cargo test` builds benches as well and runs them without this argument.
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let (rallies, bars) = if is_bench { (20_000, 84_000) } else { (1_000, 1_000) };
    show_closed_loop(rallies);
    show_flood(bars);
}

fn ended(
    venture: Venture<'_>,
    watch: impl FnMut(Passing<'_>) + Send + 'static,
    enough: impl FnMut(&Status) -> bool,
) -> Ended {
    let ended = venture.trade(watch, enough);
    ended.journal.as_ref().expect("it could be written");
    ended
}

/// A strategy that trades at most bars, in lockstep.
fn show_closed_loop(minutes: i64) {
    let rule = |name: &str, text: &str| (name.to_string(), ParamValue::Text(text.into()));
    let (long, exit) = (rule("long", "close > sma(close, 2)"), rule("exit", "close < sma(close, 2)"));
    let params = [(long.0.as_str(), long.1), (exit.0.as_str(), exit.1)];
    let run = Run::new("rules", &params, bars(1, 0, minutes));
    let histogram = Histogram::<u64>::new_with_bounds(1, LONGEST_NS, 3).expect("good bounds");
    let answers = Arc::new(Mutex::new(histogram));
    let (mut left, mut orders, measured) = (None, 0, answers.clone());
    let watch = move |passing: Passing<'_>| match passing {
        Passing::Out(frame) if frame.contains("\"x\":true") => left = Some(Instant::now()),
        Passing::In(frame) if frame.contains("\"order.place\"") => {
            let Some(left) = left.take() else { return };
            orders += 1;
            if orders > WARM_UP {
                let took = left.elapsed().as_nanos() as u64;
                measured.lock().expect("one writer").saturating_record(took);
            }
        }
        _ => {}
    };
    let folder = tempfile::tempdir().expect("a folder for the journal");
    let (speed, feeds) = (Speed::Lockstep, feeds(&run, Pace::Lockstep));
    let ended = ended(Venture { run: &run, speed, feeds, journal: folder.path() }, watch, |_| false);
    println!("{:<46} {:>8} {:>8} {:>8} {:>9} {:>8}", "µs", "p50", "p99", "p99.9", "max", "n");
    let us = |ns: u64| ns as f64 / 1_000.0;
    let answers = answers.lock().expect("one writer");
    let [p50, p99, p999] = [0.5, 0.99, 0.999].map(|share| us(answers.value_at_quantile(share)));
    let (what, max, n) = ("a bar leaves the exchange to its order arrives", us(answers.max()), answers.len());
    println!("{what:<46} {p50:>8.1} {p99:>8.1} {p999:>8.1} {max:>9.1} {n:>8}");
    for latency in &ended.status.latency {
        let [p50, p99, p999] = [latency.p50_ns, latency.p99_ns, latency.p999_ns].map(us);
        let (what, n) = (format!("… of which {}", latency.stage.name()), latency.count);
        println!("{what:<46} {p50:>8.1} {p99:>8.1} {p999:>8.1} {:>9} {n:>8}", "");
    }
}

/// Bars, trades and quotes at ten thousand messages a second.
fn show_flood(minutes: i64) {
    let params = [("fast", ParamValue::Int(3)), ("slow", ParamValue::Int(10))];
    let run = Run::new("sma-cross", &params, bars(2, 0, minutes));
    let speed = Speed::Times(10_000.0 / MESSAGES_A_BAR as f64 * 60.0);
    let feeds = [feeds(&run, Pace::Clock), vec![Feed::Quotes(InstrumentId(0))]].concat();
    let sent = Sent::default();
    let (mut early, mut begun) = (0, None);
    let enough = |status: &Status| {
        let tenth = MESSAGES_A_BAR * minutes.unsigned_abs() / 10;
        if status.counters.frames > 100 {
            begun.get_or_insert_with(Instant::now);
        }
        if status.counters.frames >= tenth && early == 0 {
            early = resident_bytes();
        }
        sent.has_arrived(status)
    };
    let folder = tempfile::tempdir().expect("a folder for the journal");
    let venture = Venture { run: &run, speed, feeds, journal: folder.path() };
    let ended = ended(venture, sent.watch(&run), enough);
    let seconds = begun.map_or(f64::NAN, |begun| begun.elapsed().as_secs_f64());
    let (arrived, sent) = (ended.status.counters.frames, sent.frames.load(Ordering::Relaxed));
    println!("{arrived} messages of {sent} arrived, {:.0} a second", arrived as f64 / seconds);
    let [early, late] = [early, resident_bytes()].map(|bytes| bytes as f64 / f64::from(1 << 20));
    println!("resident memory: {early:.1} MiB after a tenth of them, {late:.1} MiB at the end");
}

/// Memory of this process that is in use; zero where the system does not tell.
fn resident_bytes() -> u64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = text.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok());
    pages.unwrap_or(0) * 4_096
}
