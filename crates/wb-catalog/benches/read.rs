//! Reads one million minute bars.
fn main() {}
