//! The exchange, driven by hand: no socket, no clock.

mod access;
mod faults;
mod fixtures;
mod hostile;
mod lockstep;
mod market;
mod market_data;
mod paced;
mod rig;
mod trading;
