//! The runner against the bundled exchange: without sockets, where every byte that would travel does, and whole sessions
//! over sockets.

mod exits;
mod faults;
mod lockstep;
mod market;
mod observations;
mod operator;
mod paper;
mod refusals;
mod restarts;
mod rig;
mod session;
mod silence;
mod sockets;
mod venue;
