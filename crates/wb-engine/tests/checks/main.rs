//! The checks, on strategies that deserve their answers and on every strategy of the table.

mod lookahead;
mod robustness;
mod table;
#[path = "../workload/w1.rs"]
mod w1;
mod warmup;
#[path = "../workload/mod.rs"]
mod workload;
