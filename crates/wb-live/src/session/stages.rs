//! How long a session takes from a frame to the orders that answer it, stage by stage.

use hdrhistogram::Histogram;
use wb_core::{Command, OrderId};
use wb_store::{JournalRecord, StageTimes};

use super::stopwatch::Stopwatch;

/// The longest that is told apart, in nanoseconds: a minute.
const LONGEST: u64 = 60_000_000_000;

/// What a frame that causes something to be sent goes through.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// From the socket to the runner's thread.
    Queue,
    /// In the runner: decoding, features, strategy, risk limits, encoding and signing.
    Decide,
    /// In the journal, until it is written and the frame is handed to the connection.
    Write,
}

impl Stage {
    /// All of them, in their order.
    pub const ALL: [Stage; 3] = [Stage::Queue, Stage::Decide, Stage::Write];

    /// How long it took, in nanoseconds.
    pub const fn ns(self, times: &StageTimes) -> u64 {
        match self {
            Stage::Queue => times.queue_ns,
            Stage::Decide => times.decide_ns,
            Stage::Write => times.write_ns,
        }
    }

    /// What happens in it.
    pub const fn about(self) -> &'static str {
        match self {
            Stage::Queue => "from the socket to the runner",
            Stage::Decide => "decoding, features, strategy, risk limits, encoding and signing",
            Stage::Write => "in the journal, until it is written and handed to the connection",
        }
    }

    /// The word used in metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Stage::Queue => "queue",
            Stage::Decide => "decide",
            Stage::Write => "write",
        }
    }
}

/// How long a stage has taken, over the session.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct StageLatency {
    /// The stage.
    pub stage: Stage,
    /// How many were measured.
    pub count: u64,
    /// Half were faster, in nanoseconds.
    pub p50_ns: u64,
    /// All but one in a hundred were faster, in nanoseconds.
    pub p99_ns: u64,
    /// All but one in a thousand were faster, in nanoseconds.
    pub p999_ns: u64,
    /// The sum, in nanoseconds.
    pub sum_ns: u64,
}

/// What a frame that causes something to be sent has taken, until it is written down.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timing {
    first: OrderId,
    orders: u32,
    queue_ns: u64,
    decide_ns: u64,
    decided: Stopwatch,
}

impl Timing {
    /// The runner has decided: on the orders among `records`, which follow each other.
    pub(super) fn decided(queue_ns: u64, begun: Stopwatch, records: &[JournalRecord]) -> Timing {
        let decide_ns = begun.ns();
        let mut given = records.iter().filter_map(|record| match record {
            JournalRecord::Command(_, Command::Submit { id, .. } | Command::Refused { id, .. }) => Some(*id),
            _ => None,
        });
        let first = given.next();
        let orders = first.map_or(0, |_| 1 + given.count() as u32);
        Timing {
            first: first.unwrap_or(OrderId(0)),
            orders,
            queue_ns,
            decide_ns,
            decided: Stopwatch::start(),
        }
    }

    /// It has been written down, and handed to the connection.
    pub(super) fn written(self) -> StageTimes {
        let Timing { first, orders, queue_ns, decide_ns, decided } = self;
        StageTimes { first, orders, queue_ns, decide_ns, write_ns: decided.ns() }
    }
}

/// Measures the stages.
#[derive(Clone, Debug)]
pub(super) struct Stages {
    histograms: [Histogram<u64>; 3],
    sums: [u64; 3],
}

impl Stages {
    pub(super) fn new() -> Stages {
        let histogram = || Histogram::new_with_bounds(1, LONGEST, 3).expect("good bounds");
        Stages { histograms: [histogram(), histogram(), histogram()], sums: [0; 3] }
    }

    pub(super) fn take(&mut self, times: &StageTimes) {
        Stage::ALL.into_iter().for_each(|stage| self.measured(stage, stage.ns(times)));
    }

    fn measured(&mut self, stage: Stage, ns: u64) {
        self.histograms[stage as usize].saturating_record(ns.max(1));
        self.sums[stage as usize] += ns;
    }

    pub(super) fn latencies(&self) -> Vec<StageLatency> {
        let latency = |stage: Stage| {
            let histogram = &self.histograms[stage as usize];
            StageLatency {
                stage,
                count: histogram.len(),
                p50_ns: histogram.value_at_quantile(0.5),
                p99_ns: histogram.value_at_quantile(0.99),
                p999_ns: histogram.value_at_quantile(0.999),
                sum_ns: self.sums[stage as usize],
            }
        };
        Stage::ALL.map(latency).to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_what_was_measured() {
        let mut stages = Stages::new();
        (1..=1000).for_each(|micros| stages.measured(Stage::Decide, micros * 1_000));
        let [queue, decide, _] = stages.latencies()[..] else { panic!("three stages") };
        assert_eq!((queue.count, decide.count, decide.sum_ns), (0, 1000, 500_500_000));
        for (found, expected) in
            [(decide.p50_ns, 500_000.0), (decide.p99_ns, 990_000.0), (decide.p999_ns, 999_000.0)]
        {
            assert!((found as f64 / expected - 1.0).abs() < 2e-3, "{found} {expected}");
        }
    }
}
