//! What is said to and by venues, from outside.

mod allocation;
mod decoding;
mod fixtures;
mod handshake;
mod hostile_input;
mod listing;
mod messages;
mod requests;
