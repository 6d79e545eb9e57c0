//! What every indicator keeps, and its known answers.

mod by_name;
mod contract;
mod flat;
mod known;
mod market;
mod table;
