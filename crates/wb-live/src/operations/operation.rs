//! What can be asked of a session: the table that server and client share.

use crate::runner::Verb;

/// What can be asked of a session.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operation {
    /// Whether the runner turns over.
    Health,
    /// Whether it trades.
    Ready,
    /// How it stands.
    Live,
    /// The same, for Prometheus.
    Metrics,
    /// To do something. Needs the token.
    Control(Verb),
    /// To read its settings again. Needs the token.
    Reload,
}

impl Operation {
    /// All of them.
    pub(super) const ALL: [Operation; 11] = [
        Operation::Health,
        Operation::Ready,
        Operation::Live,
        Operation::Metrics,
        Operation::Control(Verb::Alive),
        Operation::Control(Verb::Pause),
        Operation::Control(Verb::Resume),
        Operation::Control(Verb::Flatten),
        Operation::Control(Verb::Kill),
        Operation::Control(Verb::Stop),
        Operation::Reload,
    ];

    /// The path at which it is asked for.
    pub(super) const fn path(self) -> &'static str {
        match self {
            Operation::Health => "/health",
            Operation::Ready => "/ready",
            Operation::Live => "/live",
            Operation::Metrics => "/metrics",
            Operation::Control(Verb::Alive) => "/alive",
            Operation::Control(Verb::Pause) => "/pause",
            Operation::Control(Verb::Resume) => "/resume",
            Operation::Control(Verb::Flatten) => "/flatten",
            Operation::Control(Verb::Kill) => "/kill",
            Operation::Control(Verb::Stop) => "/stop",
            Operation::Reload => "/reload",
        }
    }

    /// What is at a path.
    pub(super) fn at(path: &str) -> Option<Operation> {
        Operation::ALL.into_iter().find(|operation| operation.path() == path)
    }

    /// Whether it changes something: then it wants the token.
    pub(super) const fn changes(self) -> bool {
        matches!(self, Operation::Control(_) | Operation::Reload)
    }

    /// The methods by which it is asked for, as the header `Allow` lists them.
    pub(super) const fn methods(self) -> &'static str {
        if self.changes() { "POST" } else { "GET, HEAD" }
    }
}
