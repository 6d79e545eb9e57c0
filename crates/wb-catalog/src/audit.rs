//! What was found in a series of bars.

use wb_core::Ts;

/// How many places of each kind are kept.
pub(crate) const MAX_PLACES: usize = 10;

/// How bad a finding is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Severity {
    /// Worth knowing; the rows are usable.
    Warning,
    /// The row is not a possible bar, or not in its place: it must not be traded on.
    Error,
}

/// What can be found.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum IssueKind {
    /// The time cannot be read, or the clock of its zone never shows it. Time: that of the row before, else the
    /// epoch. Value: zero.
    BadTime,
    /// The bar had not ended when it was imported. Value: seconds until it did.
    Future,
    /// A price or the volume is not a finite number. Value: the volume if it is the one, else the first such
    /// price.
    NotANumber,
    /// A price is zero or negative. Value: the lowest price.
    NonPositivePrice,
    /// The high is below the low. Value: high minus low.
    HighBelowLow,
    /// The open or the close lies outside low to high. Value: the one that does.
    OutsideRange,
    /// The volume is negative. Value: the volume.
    NegativeVolume,
    /// The time is that of the row before. Value: the close.
    Duplicate,
    /// The time is earlier than that of a row before. Value: seconds back.
    Disorder,
    /// The time is less than one interval after the row before. Value: seconds after it.
    TooClose,
    /// Bars are missing before this row. Time: where the first missing bar would end. Value: how many.
    Gap,
    /// A price is not a multiple of the tick. Value: the first such price.
    OffGrid,
    /// Nothing traded. Value: the close.
    ZeroVolume,
    /// The close moved by more than a quarter since the row before. Value: the return, 0.25 for 25 %.
    LargeMove,
}

impl IssueKind {
    /// Every kind, worst first.
    pub const ALL: [IssueKind; 14] = [
        IssueKind::BadTime,
        IssueKind::Future,
        IssueKind::NotANumber,
        IssueKind::NonPositivePrice,
        IssueKind::HighBelowLow,
        IssueKind::OutsideRange,
        IssueKind::NegativeVolume,
        IssueKind::Duplicate,
        IssueKind::Disorder,
        IssueKind::TooClose,
        IssueKind::Gap,
        IssueKind::OffGrid,
        IssueKind::ZeroVolume,
        IssueKind::LargeMove,
    ];

    /// Whether a row with this finding may be traded on.
    ///
    /// Off-grid prices are a warning: adjusted prices lie between ticks by right.
    pub fn severity(self) -> Severity {
        if self <= IssueKind::Disorder { Severity::Error } else { Severity::Warning }
    }

    /// The name in stored audits and in output: `not-a-number`.
    pub fn name(self) -> &'static str {
        match self {
            IssueKind::BadTime => "bad-time",
            IssueKind::Future => "future",
            IssueKind::NotANumber => "not-a-number",
            IssueKind::NonPositivePrice => "non-positive-price",
            IssueKind::HighBelowLow => "high-below-low",
            IssueKind::OutsideRange => "outside-range",
            IssueKind::NegativeVolume => "negative-volume",
            IssueKind::Duplicate => "duplicate",
            IssueKind::Disorder => "disorder",
            IssueKind::TooClose => "too-close",
            IssueKind::Gap => "gap",
            IssueKind::OffGrid => "off-grid",
            IssueKind::ZeroVolume => "zero-volume",
            IssueKind::LargeMove => "large-move",
        }
    }
}

/// Where something was found.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Place {
    /// The row's number in its source, as the caller counts.
    pub row: u64,
    /// The end of the bar.
    pub ts: Ts,
    /// What was found there; see [`IssueKind`].
    pub value: f64,
}

/// All findings of one kind.
#[derive(Clone, PartialEq, Debug)]
pub struct Issue {
    /// What was found.
    pub kind: IssueKind,
    /// How often; of gaps, how many gaps.
    pub count: u64,
    /// The first ten places.
    pub places: Vec<Place>,
}

/// The judgement on a series.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Verdict {
    /// Nothing was found.
    Clean,
    /// Usable, with warnings or after bad rows were dropped.
    Warnings,
    /// Bad rows are in it: engines refuse it.
    Failed,
}

impl Verdict {
    /// The name in `catalog.toml` and in output: `clean`, `warnings`, `failed`.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Clean => "clean",
            Verdict::Warnings => "warnings",
            Verdict::Failed => "failed",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Verdict> {
        [Verdict::Clean, Verdict::Warnings, Verdict::Failed]
            .into_iter()
            .find(|verdict| verdict.name() == name)
    }
}

/// What was found in a series of bars.
#[derive(Clone, PartialEq, Debug)]
pub struct Audit {
    /// Rows that were looked at.
    pub rows: u64,
    /// Rows with at least one error.
    pub bad_rows: u64,
    /// Bad rows that were left out of the catalog.
    pub dropped_rows: u64,
    /// Bars that are missing in all gaps together.
    pub missing_bars: u64,
    /// What was taken as the times of trading, in words.
    pub sessions: String,
    /// The close that moved most since the row before; the value is its return.
    pub largest_move: Option<Place>,
    /// What was found, worst kind first; each kind at most once.
    pub issues: Vec<Issue>,
}

impl Audit {
    /// The judgement: failed if bad rows were kept.
    pub fn verdict(&self) -> Verdict {
        if self.bad_rows > self.dropped_rows {
            Verdict::Failed
        } else if self.issues.is_empty() {
            Verdict::Clean
        } else {
            Verdict::Warnings
        }
    }

    /// The findings of one kind, if any.
    pub fn issue(&self, kind: IssueKind) -> Option<&Issue> {
        self.issues.iter().find(|issue| issue.kind == kind)
    }
}
