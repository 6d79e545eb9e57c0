//! Each command: what it prints, how it ends, what it leaves behind.

use crate::support::project::Project;

#[test]
fn workbench_alone_says_what_to_do_next() {
    let done = Project::new().ok(&[]);
    assert!(done.stdout.contains("workbench backtest"), "{}", done.stdout);
}
