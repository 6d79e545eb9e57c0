//! The venue's rules by known answers, and what holds on any market by properties.

mod exits;
mod fills;
mod support;
mod time_in_force;
