//! The page of a walk-forward.

mod drift;
mod input;
mod page;
mod windows;

pub use input::{Efficiency, WalkForwardPage, Window};
pub use page::walk_forward_page;
