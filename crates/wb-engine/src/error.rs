//! Why a run could not begin.

use std::fmt;

use wb_kernel::SetupError;

/// Why a run could not begin. Once it has begun it cannot fail.
#[derive(Clone, PartialEq, Debug)]
pub enum EngineError {
    /// There is not a single bar of an instrument in the time asked for.
    NoBars {
        /// `venue:SYMBOL`.
        instrument: String,
    },
    /// Fewer bars than a check has to leave out and compare.
    TooFewBars {
        /// The closes that it needs.
        needed: usize,
        /// The closes that there are.
        given: usize,
    },
    /// Bars of another length than the run's.
    Interval {
        /// `venue:SYMBOL`.
        instrument: String,
        /// The length that the run asks for.
        wanted: wb_core::Interval,
        /// The length of the bars given.
        given: wb_core::Interval,
    },
    /// An instrument of a role that was not given.
    UnknownInstrument {
        /// The role.
        role: String,
        /// `venue:SYMBOL`.
        instrument: String,
    },
    /// Fills at the close that causes an order, with latency: the order arrives when the close has passed.
    CloseWithLatency,
    /// Latency in the vectorized engine.
    VectorizedLatency,
    /// A figure that the tear sheet does not have.
    UnknownFigure {
        /// Its key.
        figure: String,
    },
    /// The machine gave no threads.
    Threads(String),
    /// The strategy cannot be built.
    Setup(SetupError),
}

impl fmt::Display for EngineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EngineError::NoBars { instrument } => write!(f, "no bars of {instrument} in the time asked for"),
            EngineError::TooFewBars { needed, given } => {
                write!(f, "the check needs {needed} bars, there are {given}")
            }
            EngineError::Interval { instrument, wanted, given } => {
                write!(f, "the run asks for bars of {wanted}, {instrument} has bars of {given}")
            }
            EngineError::UnknownInstrument { role, instrument } => {
                write!(f, "role `{role}` names {instrument}, which was not loaded")
            }
            EngineError::CloseWithLatency => f.write_str(
                "fill = \"this-close\" needs zero latency: an order that takes time arrives after the close",
            ),
            EngineError::VectorizedLatency => f.write_str(
                "the vectorized engine runs without latency only: with it the kernel learns of a bar later than the \
                 columns; use the event-driven engine (--engine event), or latency = \"0ms\"",
            ),
            EngineError::UnknownFigure { figure } => write!(f, "there is no figure `{figure}`"),
            EngineError::Threads(why) => write!(f, "no threads to work on: {why}"),
            EngineError::Setup(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for EngineError {}

impl From<SetupError> for EngineError {
    fn from(error: SetupError) -> EngineError {
        EngineError::Setup(error)
    }
}
