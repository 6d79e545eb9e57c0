//! Tables cut off anywhere, and grown on.

use std::path::Path;

use wb_core::Rng;

use super::*;
use crate::hash::RunId;
use crate::sample::{trial_batch, trial_params};
use crate::tables::TrialTables;
use crate::trial::TrialColumns;

const BATCHES: u64 = 4;

fn layout() -> TrialTables {
    let columns = TrialColumns {
        params: trial_params(),
        figures: vec!["sharpe".into(), "trades".into()],
        objectives: vec!["sharpe".into()],
    };
    TrialTables::new(&RunId::of("a sweep"), columns, 5)
}

/// Writes the table at `path` to its end, from what is there; tells how many batches were.
fn write_on(path: &Path) -> u64 {
    let layout = layout();
    let mut table = GrowingTable::open(path, layout.trials_schema()).expect("it can be opened");
    let mut stored = 0;
    while let Some(batch) = table.next_stored() {
        table.append(&batch).expect("copied");
        stored += 1;
    }
    table.settle().expect("replaced");
    for number in stored..BATCHES {
        let rows = trial_batch(&mut Rng::for_part(7, number), number * 6, 6, 5).rows;
        table.append(&layout.encode_trials(&rows)).expect("appended");
    }
    table.finish().expect("closed");
    stored
}

#[test]
fn a_table_cut_off_anywhere_grows_on_to_the_same_bytes() {
    let root = tempfile::tempdir().expect("a folder");
    let path = root.path().join("trials.arrow");
    assert_eq!(write_on(&path), 0);
    let whole = fs::read(&path).expect("a file");
    let mut fewest_lost = 0;
    for length in (0..whole.len()).rev() {
        fs::write(&path, &whole[..length]).expect("cut");
        let stored = write_on(&path);
        fewest_lost = fewest_lost.max(stored);
        assert!(fs::read(&path).expect("a file") == whole, "cut at byte {length}, {stored} batches kept");
    }
    assert_eq!(fewest_lost, BATCHES, "a missing footer loses no batch");
}

#[test]
fn a_table_of_other_columns_is_refused() {
    let root = tempfile::tempdir().expect("a folder");
    let path = root.path().join("trials.arrow");
    write_on(&path);
    let layout = layout();
    let error = GrowingTable::open(&path, layout.returns_schema()).err().expect("refused");
    assert!(error.to_string().ends_with("its columns are not those of this sweep"), "{error}");
}

#[test]
fn a_whole_table_is_an_arrow_file() {
    let root = tempfile::tempdir().expect("a folder");
    let path = root.path().join("trials.arrow");
    write_on(&path);
    let reader = arrow::ipc::reader::FileReader::try_new(File::open(&path).expect("a file"), None);
    assert_eq!(reader.expect("an Arrow file").num_batches() as u64, BATCHES);
}
