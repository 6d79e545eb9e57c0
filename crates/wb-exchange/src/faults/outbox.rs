//! What is to be sent, in order, and when. Faults of messages happen here.

use std::collections::BTreeMap;

use wb_core::{Rng, Span, Ts};

use super::script::{FaultScript, MessageFaults};
use crate::connection::ConnectionId;
use crate::exchange::Output;

/// Messages that nobody has asked for one by one, by what they are about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Class {
    /// Trades, bars, tickers.
    Market,
    /// The book and its changes.
    Book,
    /// News of the account.
    Account,
}

/// What is to be sent.
#[derive(Debug)]
pub(crate) struct Outbox {
    script: FaultScript,
    rng: Rng,
    /// By the time at which it may be sent, then in the order in which it came.
    queue: BTreeMap<(Ts, u64), Output>,
    last: u64,
    /// Messages that go behind the next one of their connection.
    held: BTreeMap<ConnectionId, String>,
    /// What is late holds up all that is behind it on its connection.
    busy_until: BTreeMap<ConnectionId, Ts>,
}

impl Outbox {
    pub(crate) fn new(script: FaultScript) -> Outbox {
        let rng = script.rng();
        Outbox {
            script,
            rng,
            queue: BTreeMap::new(),
            last: 0,
            held: BTreeMap::new(),
            busy_until: BTreeMap::new(),
        }
    }

    /// Puts something behind what is to be sent, `late` by so much.
    pub(crate) fn send(&mut self, now: Ts, late: Span, output: Output) {
        let mut due = now + late;
        if let Output::Message(connection, _) | Output::Close(connection) = &output {
            let busy = self.busy_until.entry(*connection).or_insert(due);
            due = due.max(*busy);
            *busy = due;
        }
        self.last += 1;
        self.queue.insert((due, self.last), output);
    }

    /// Puts a message behind what is to be sent, if nothing goes wrong.
    pub(crate) fn publish(&mut self, now: Ts, class: Class, connection: ConnectionId, text: String) {
        let MessageFaults { drop, duplicate, reorder, delay, delay_by, cut } = *self.script.messages(class);
        if cut.happens(&mut self.rng) {
            return self.send(now, Span::ZERO, Output::Close(connection));
        }
        if drop.happens(&mut self.rng) {
            return;
        }
        let late = if delay.happens(&mut self.rng) { delay_by } else { Span::ZERO };
        let again = duplicate.happens(&mut self.rng).then(|| text.clone());
        if reorder.happens(&mut self.rng) && !self.held.contains_key(&connection) {
            self.held.insert(connection, text);
        } else {
            self.send(now, late, Output::Message(connection, text));
            if let Some(held) = self.held.remove(&connection) {
                self.send(now, Span::ZERO, Output::Message(connection, held));
            }
        }
        if let Some(again) = again {
            self.send(now, Span::ZERO, Output::Message(connection, again));
        }
    }

    /// The next thing that may be sent at `now`.
    pub(crate) fn poll(&mut self, now: Ts) -> Option<Output> {
        let entry = self.queue.first_entry().filter(|entry| entry.key().0 <= now)?;
        Some(entry.remove())
    }

    /// When the next thing may be sent.
    pub(crate) fn next_due(&self) -> Option<Ts> {
        self.queue.first_key_value().map(|((due, _), _)| *due)
    }

    /// A connection has ended: nothing is sent to it any more.
    pub(crate) fn forget(&mut self, connection: ConnectionId) {
        self.held.remove(&connection);
        self.busy_until.remove(&connection);
        let is_other = |output: &Output| match output {
            Output::Message(to, _) | Output::Close(to) => *to != connection,
            Output::Answer(..) => true,
        };
        self.queue.retain(|_, output| is_other(output));
    }

    /// The script, and the numbers that decide.
    pub(crate) fn faults(&mut self) -> (&FaultScript, &mut Rng) {
        (&self.script, &mut self.rng)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: ConnectionId = ConnectionId(1);

    /// What comes out, by the second in which it may be sent.
    fn sent(script: &str, messages: &str) -> Vec<(i64, String)> {
        let mut outbox = Outbox::new(FaultScript::parse(script).expect("a good script"));
        for text in messages.chars() {
            outbox.publish(Ts(0), Class::Market, ONE, text.to_string());
        }
        let mut out = Vec::new();
        while let Some(due) = outbox.next_due() {
            let text = match outbox.poll(due).expect("it is due") {
                Output::Message(_, text) => text,
                other => format!("{other:?}"),
            };
            out.push((due.0 / 1_000_000_000, text));
        }
        out
    }

    fn at_once(texts: &[&str]) -> Vec<(i64, String)> {
        texts.iter().map(|text| (0, text.to_string())).collect()
    }

    #[test]
    fn without_a_script_everything_is_sent_in_order() {
        assert_eq!(sent("", "abc"), at_once(&["a", "b", "c"]));
    }

    #[test]
    fn every_fault_does_what_its_name_says() {
        assert_eq!(sent("[market]\ndrop = 1", "ab"), []);
        assert_eq!(sent("[market]\nduplicate = 1", "ab"), at_once(&["a", "a", "b", "b"]));
        assert_eq!(sent("[market]\nreorder = 1", "abcd"), at_once(&["b", "a", "d", "c"]));
        assert_eq!(sent("[market]\ncut = 1", "a"), at_once(&["Close(ConnectionId(1))"]));
        assert_eq!(sent("[account]\ndrop = 1", "ab"), at_once(&["a", "b"]));
    }

    #[test]
    fn what_is_late_holds_up_what_is_behind_it() {
        let script = "seed = 1\n[market]\ndelay = 0.4\ndelay_by = \"1s\"";
        let out = sent(script, "abcdefgh");
        let order: String = out.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(order, "abcdefgh");
        assert!(out.iter().any(|(due, _)| *due == 0) && out.iter().any(|(due, _)| *due == 1), "{out:?}");
    }

    #[test]
    fn the_same_seed_gives_the_same_faults() {
        let script = "seed = 9\n[market]\ndrop = 0.3\nduplicate = 0.3\nreorder = 0.3";
        let alphabet = "abcdefghijklmnopqrstuvwxyz";
        assert_eq!(sent(script, alphabet), sent(script, alphabet));
        assert_ne!(sent(script, alphabet), sent(&script.replace('9', "8"), alphabet));
    }
}
