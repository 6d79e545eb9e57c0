//! The venue's rules by known answers, and what holds on any market by properties.

mod account;
mod costs;
mod exits;
mod fills;
mod participation;
mod support;
mod time_in_force;
