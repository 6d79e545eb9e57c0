//! A recording of a kernel compared with a fresh kernel that is told the same.

use std::fmt;

use wb_core::{Command, Event, Prediction, Ts};

use crate::digest::Digest;
use crate::kernel::Kernel;

/// A fresh kernel, told what a recording says that another was told, whose answers must be those of the recording.
///
/// Whoever reads the recording calls one method for each of its records, in their order, until one differs.
#[derive(Debug)]
pub struct Replay {
    kernel: Kernel,
    /// What the kernel answered to the last event.
    given: Vec<Command>,
    /// How many of those the recording has confirmed.
    confirmed: usize,
}

/// Where a recording and the kernel part.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Difference {
    /// Another command, at another time, or one where the other side has none.
    Command {
        /// What the recording has, and its time.
        recorded: Option<(Ts, Command)>,
        /// What the kernel gives, and its time.
        given: Option<(Ts, Command)>,
    },
    /// The same commands, and fills or cash that differ.
    Digest {
        /// The kernel's time.
        at: Ts,
        /// What the recording has.
        recorded: Digest,
        /// What the kernel has.
        given: Digest,
    },
    /// Another number, to the bit, of a model that was told the same.
    Prediction {
        /// The kernel's time.
        at: Ts,
        /// What the recording has.
        recorded: Prediction,
        /// What the model gives, if it gives anything.
        given: Option<Prediction>,
    },
    /// An event that is earlier than the one before it.
    TimeWentBack {
        /// Of the event before.
        from: Ts,
        /// Of this one.
        to: Ts,
    },
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Difference::Command { recorded: None, .. } => "a command that the recording lacks",
            Difference::Command { given: None, .. } => "a command that the kernel does not give",
            Difference::Command { .. } => "another command",
            Difference::Digest { .. } => "the same commands, and another digest",
            Difference::Prediction { .. } => "another output of a model",
            Difference::TimeWentBack { .. } => "an event that is earlier than the one before it",
        })
    }
}

impl Replay {
    /// A replay on a kernel that has seen nothing.
    pub fn new(kernel: Kernel) -> Replay {
        Replay { kernel, given: Vec::new(), confirmed: 0 }
    }

    /// The kernel, as far as the recording has been read.
    pub fn kernel(&self) -> &Kernel {
        &self.kernel
    }

    /// The kernel, and what it answered to the last event beyond what is recorded.
    pub fn into_parts(self) -> (Kernel, Vec<Command>) {
        let unconfirmed = self.unconfirmed().to_vec();
        (self.kernel, unconfirmed)
    }

    /// Tells the kernel what the recording says that it was told.
    ///
    /// # Errors
    /// If the kernel answered the event before with more than is recorded.
    #[inline]
    pub fn event(&mut self, event: &Event) -> Result<(), Box<Difference>> {
        self.all_confirmed()?;
        let (from, to) = (self.kernel.now(), event.ts());
        if to < from {
            return Err(Box::new(Difference::TimeWentBack { from, to }));
        }
        self.given.clear();
        self.confirmed = 0;
        self.kernel.on_event(event, &mut self.given);
        Ok(())
    }

    /// Takes the next command of the recording.
    ///
    /// # Errors
    /// If it is not the next one that the kernel gave.
    pub fn command(&mut self, ts: Ts, command: &Command) -> Result<(), Box<Difference>> {
        let recorded = Some((ts, *command));
        let given = self.next_given();
        self.confirmed += 1;
        if given == recorded { Ok(()) } else { Err(Box::new(Difference::Command { recorded, given })) }
    }

    /// Takes a digest of the recording.
    ///
    /// # Errors
    /// If it is not the kernel's.
    pub fn digest(&mut self, recorded: Digest) -> Result<(), Box<Difference>> {
        self.all_confirmed()?;
        let (at, given) = (self.kernel.now(), self.kernel.digest());
        if given == recorded { Ok(()) } else { Err(Box::new(Difference::Digest { at, recorded, given })) }
    }

    /// Takes a prediction of the recording.
    ///
    /// # Errors
    /// If the model gives another number, be it by one bit.
    pub fn prediction(&self, recorded: &Prediction) -> Result<(), Box<Difference>> {
        let same_output = |given: &Prediction| given.place == recorded.place;
        let given = self.kernel.predictions(recorded.instrument).find(same_output);
        if given.is_some_and(|given| given.value.to_bits() == recorded.value.to_bits()) {
            return Ok(());
        }
        let (at, recorded) = (self.kernel.now(), *recorded);
        Err(Box::new(Difference::Prediction { at, recorded, given }))
    }

    /// What the kernel answered to the last event beyond what is recorded so far. At the end of a recording that was
    /// cut short it is not known to differ.
    pub fn unconfirmed(&self) -> &[Command] {
        self.given.get(self.confirmed..).unwrap_or_default()
    }

    fn all_confirmed(&self) -> Result<(), Box<Difference>> {
        match self.next_given() {
            None => Ok(()),
            given => Err(Box::new(Difference::Command { recorded: None, given })),
        }
    }

    fn next_given(&self) -> Option<(Ts, Command)> {
        self.given.get(self.confirmed).map(|command| (self.kernel.now(), *command))
    }
}
