//! The runner against the bundled exchange, without sockets: every byte that would travel does.

mod exits;
mod faults;
mod lockstep;
mod market;
mod restarts;
mod rig;
