//! What is said to and by venues, and what moves it, from outside.

mod allocation;
mod decoding;
mod fixtures;
mod handshake;
mod hostile_input;
mod listed;
mod listing;
mod messages;
mod network;
mod requests;
mod shell;
mod trading;
