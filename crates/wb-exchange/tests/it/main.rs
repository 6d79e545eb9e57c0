//! The exchange, driven by hand: no socket, no clock.

mod lockstep;
mod market_data;
mod rig;
mod trading;
