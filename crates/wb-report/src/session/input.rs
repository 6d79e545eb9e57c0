//! What the report of a session shows besides that of a run.

use wb_core::Ts;
use wb_metrics::Shortfall;

use crate::run_page::RunPage;

/// All that a session's report shows.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct SessionPage<'a> {
    /// What it shares with the report of a run; the outcome is that of what the journal says.
    pub run: RunPage<'a>,
    /// The gates that were waived when it was deployed, and why: one sentence each.
    pub waivers: &'a [String],
    /// What executing each order cost, in the order of submission.
    pub shortfalls: &'a [Shortfall],
    /// How long each stage took, of every frame that was answered by orders.
    pub stages: &'a [StageSamples],
    /// How often the session began.
    pub sessions: usize,
    /// How often the connection for market data, and that for orders, were lost.
    pub lost_connections: [usize; 2],
    /// Comparisons of books with the venue's.
    pub comparisons: &'a [Comparisons],
    /// Fills that had been missed, and that comparisons found.
    pub found_fills: usize,
    /// The inputs and outputs of models against their golden rows; empty without a model.
    pub drifts: &'a [Drift],
    /// What whoever watched was told, in the order in which it was said.
    pub notices: &'a [SessionNotice],
}

/// One input or output of a model, live and in its golden rows.
#[derive(Clone, PartialEq, Debug)]
pub struct Drift {
    /// Its text form: `rsi(close,14)`, `alpha.rise`.
    pub feature: String,
    /// `venue:SYMBOL`, on whose bars it was computed live.
    pub instrument: String,
    /// How many golden rows there are.
    pub rows: usize,
    /// How many bars were traded on.
    pub bars: usize,
    /// How far the two are apart, as in [`wb_metrics::SampleDistance`].
    pub distance: f64,
    /// What is usual up to that.
    pub limit: f64,
}

/// How long one stage took.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StageSamples {
    /// The stage.
    pub name: &'static str,
    /// What happens in it.
    pub about: &'static str,
    /// Each measurement, in nanoseconds.
    pub ns: Vec<u64>,
}

/// How many comparisons ended in one way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Comparisons {
    /// How they ended.
    pub verdict: &'static str,
    /// How many did.
    pub count: usize,
}

/// Something that whoever watched was told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SessionNotice {
    /// When it was said, by the clock of the machine.
    pub at: Ts,
    /// The time of the kernel's last event then; absent before the first.
    pub kernel_time: Option<Ts>,
    /// How grave it is: `info`, `warning`, `halt`.
    pub severity: &'static str,
    /// What was said.
    pub text: String,
}
