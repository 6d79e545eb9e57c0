//! The runner against the bundled exchange: without sockets, where every byte that would travel does, and whole sessions
//! over sockets.

mod exits;
mod faults;
mod lockstep;
mod market;
mod operator;
mod restarts;
mod rig;
mod session;
mod sockets;
mod venue;
