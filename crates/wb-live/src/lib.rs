//! Live trading: what venues say and are told, and the runner that feeds it to the kernel.

pub mod operations;
pub mod runner;
pub mod session;
pub mod shell;
pub mod venues;
