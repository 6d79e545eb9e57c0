//! Order, size and thinning of the grid.

use wb_core::ParamValue;

use super::*;
use crate::sample::{choice, float, int, space};

fn texts(grid: Grid, name: &str) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    for params in grid {
        let text = params.get(name).map(ToString::to_string).expect("a value");
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts
}

#[test]
fn the_whole_grid_is_every_combination_once_in_order() {
    let space = space(&[int("a", 1, 3, 1), choice("b")]);
    let grid: Vec<ParamSet> = Grid::new(space.clone(), None).expect("a grid").collect();
    let listed: Vec<ParamSet> = (0..9).map(|i| space.combination(i)).collect();
    assert_eq!(grid, listed);
    assert_eq!(grid[1].get("b"), Some(&ParamValue::Choice("down".into())));
}

#[test]
fn with_fewer_trials_ranges_are_thinned_evenly_and_keep_their_ends() {
    let space = space(&[int("a", 0, 100, 1), float("x", 0.0, 1.0, None), choice("b")]);
    let grid = Grid::new(space.clone(), Some(60)).expect("a grid");
    // 60 / 3 words leaves 20 for two ranges: 4 levels each, and one more for the first.
    assert_eq!(grid.levels, [5, 4, 3]);
    assert_eq!(texts(grid, "a"), ["0", "25", "50", "75", "100"]);
    let grid = Grid::new(space, Some(27)).expect("a grid");
    assert_eq!(texts(grid, "x"), ["0", "0.5", "1"]);
}

#[test]
fn enough_trials_make_the_whole_grid() {
    let space = space(&[int("a", 1, 7, 2), choice("b")]);
    assert_eq!(Grid::new(space, Some(1_000)).expect("a grid").count(), 12);
}

#[test]
fn a_grid_that_would_not_end_is_refused() {
    let message = |space: Space, trials| Grid::new(space, trials).err().expect("refused").to_string();
    assert_eq!(
        message(space(&[float("x", 0.0, 1.0, None)]), None),
        "a grid over `x` needs a step, or a number of trials"
    );
    assert_eq!(
        message(space(&[int("a", 1, 2_000_000, 1)]), None),
        "the grid has 2000000 combinations; above 1000000 a number of trials must be given"
    );
    assert_eq!(
        message(space(&[choice("a"), choice("b"), int("n", 1, 9, 1)]), Some(8)),
        "8 trials do not cover the 9 combinations of the values that are listed one by one"
    );
}
