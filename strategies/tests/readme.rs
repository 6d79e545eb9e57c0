//! The strategy that README.md shows is one that compiles and builds.

#![expect(unreachable_pub, reason = "README.md shows a strategy as it stands in the crate")]

#[path = "readme/cross.rs"]
mod cross;

use wb_core::ParamSet;
use wb_kernel::StrategyEntry;

#[test]
fn the_strategy_of_the_readme_compiles_and_declares_its_parameters() {
    let readme = include_str!("../../README.md");
    assert!(
        readme.contains(include_str!("readme/cross.rs")),
        "README.md shows strategies/tests/readme/cross.rs"
    );
    let entry = StrategyEntry::of::<cross::Cross>();
    let params = (entry.resolve)(&ParamSet::new()).expect("defaults are accepted");
    assert_eq!((entry.name, params.iter().count()), ("cross", 2));
}
