//! The exchange, driven by hand: no socket, no clock.

mod access;
mod faults;
mod fixtures;
mod hostile;
mod lockstep;
mod market_data;
mod paced;
mod rehearsal;
mod rig;
mod trading;
