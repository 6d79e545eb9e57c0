//! Whole sessions over sockets: what is sent arrives, and all of it is written down.

use std::sync::atomic::Ordering;

use wb_core::{Event, InstrumentId, MarketData};
use wb_engine::run;
use wb_exchange::Speed;
use wb_live::runner::Pace;
use wb_live::venues::Feed;
use wb_store::{Journal, JournalRecord};

use crate::lockstep::sma;
use crate::session::{Sent, Venture};
use crate::venue::feeds;

#[test]
fn a_session_over_sockets_in_lockstep_has_the_digest_of_the_backtest() {
    let rehearsed = sma(1, 300);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (speed, feeds) = (Speed::Lockstep, feeds(&rehearsed, Pace::Lockstep));
    let venture = Venture { run: &rehearsed, speed, feeds, journal: folder.path() };
    let ended = venture.trade(|_| {}, |_| false);
    let expected = run(&rehearsed.input(), &mut |_| {}).expect("it runs");
    assert_eq!(ended.status.digest, expected.digest.to_string());
    ended.journal.expect("it could be written");
}

#[test]
fn a_paced_session_loses_nothing_of_what_the_market_says() {
    let paced = sma(2, 400);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let feeds = [feeds(&paced, Pace::Clock), vec![Feed::Quotes(InstrumentId(0))]].concat();
    let speed = Speed::Times(12_000.0);
    let sent = Sent::default();
    let venture = Venture { run: &paced, speed, feeds, journal: folder.path() };
    let ended = venture.trade(sent.watch(&paced), |status| sent.has_arrived(status));
    ended.journal.expect("it could be written");
    assert_eq!(ended.status.journal_lag, 0, "the queues have drained");
    assert_eq!(ended.status.counters.frames, sent.frames.load(Ordering::Relaxed));
    let (mut bars, mut quotes) = (0, 0);
    let journal = Journal::open(folder.path()).expect("a journal");
    let mut records = journal.records();
    while let Some(entry) = records.next().expect("it is whole") {
        let JournalRecord::Event(Event::Market(event)) = entry.record else { continue };
        match event.data {
            MarketData::Bar(_) => bars += 1,
            MarketData::Quote(_) => quotes += 1,
            // Trades are for orders that wait, not for the kernel.
            MarketData::Trade(_) | MarketData::Gap => {}
        }
    }
    let sent = [&sent.closed_bars, &sent.quotes].map(|number| number.load(Ordering::Relaxed));
    assert_eq!([bars, quotes], sent);
    assert!(bars > 0);
}
