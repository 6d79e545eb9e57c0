//! The venue's rules by known answers, and what holds on any market by properties.

mod account;
mod closes;
mod costs;
mod exits;
mod fills;
mod latency;
mod participation;
mod properties;
mod random;
mod script;
mod support;
mod time_in_force;
