//! Keeping runs, finding them by name, and what is said when one cannot be read.

use super::*;
use crate::manifest::RUN_FORMAT;
use crate::run_folder::{EQUITY, MANIFEST, METRICS};
use crate::run_writer::Written;
use crate::sample::Sample;

fn store_in(root: &tempfile::TempDir) -> RunStore {
    RunStore::open(root.path().join("experiments"))
}

/// The message and the hint, as the command line shows them.
fn told<T: std::fmt::Debug>(result: Result<T, StoreError>) -> String {
    let error = result.expect_err("an error");
    format!("{error}; {}", error.hint().unwrap_or("no hint"))
}

/// A stored run's outcome has the bits of the one that was written: `Debug` shows each number's shortest text
/// that means no other, and the signs of zeros.
fn check_round_trip(seed: u64, bars: usize) {
    let root = tempfile::tempdir().expect("a folder");
    let store = store_in(&root);
    let sample = Sample::new(seed, bars);
    assert_eq!(store.write(&sample.run("<html>")).expect("written"), Written::Stored);
    let stored = store.load(&sample.id).expect("loaded");
    assert_eq!(format!("{:?}", stored.outcome), format!("{:?}", sample.outcome), "seed {seed}, {bars} bars");
    assert_eq!(stored.manifest.provenance, sample.provenance);
    assert_eq!(stored.spec, sample.run("").spec);
    let figures: Vec<_> = stored.metrics.figures.iter().map(|(key, value)| (key.as_str(), *value)).collect();
    let written: Vec<_> = sample.tearsheet.figures.iter().map(|f| (f.key, f.value)).collect();
    assert_eq!(figures, written);
}

#[test]
fn a_run_is_read_back_bit_by_bit() {
    for seed in 0..20 {
        check_round_trip(seed, 40);
    }
    check_round_trip(20, 0);
    check_round_trip(21, 1);
    check_round_trip(22, 131_073);
}

#[test]
fn a_run_without_benchmark_is_read_back_without_one() {
    let root = tempfile::tempdir().expect("a folder");
    let mut sample = Sample::new(1, 3);
    sample.outcome.benchmark = None;
    store_in(&root).write(&sample.run("")).expect("written");
    assert_eq!(store_in(&root).load(&sample.id).expect("loaded").outcome, sample.outcome);
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    let hashes = || {
        let root = tempfile::tempdir().expect("a folder");
        let sample = Sample::new(3, 100);
        store_in(&root).write(&sample.run("x")).expect("written");
        store_in(&root).find(&sample.id).expect("readable").expect("there").outputs
    };
    assert_eq!(hashes(), hashes());
}

#[test]
fn metrics_are_one_flat_object_with_absent_figures_null() {
    let root = tempfile::tempdir().expect("a folder");
    let sample = Sample::new(1, 3);
    store_in(&root).write(&sample.run("")).expect("written");
    let text = fs::read_to_string(store_in(&root).folder(&sample.id).join(METRICS)).expect("a file");
    let expected = format!(
        "{{\n  \"run_id\": \"{}\",\n  \"digest\": \"0123456789abcdef\",\n  \
         \"total_return\": 0.30000000000000004,\n  \"sharpe\": null,\n  \"trades\": 38973,\n  \"fees\": 17.0\n}}\n",
        sample.id
    );
    assert_eq!(text, expected);
}

#[test]
fn the_first_run_of_an_id_stays_until_it_is_replaced() {
    let root = tempfile::tempdir().expect("a folder");
    let store = store_in(&root);
    let sample = Sample::new(1, 3);
    let report = || fs::read_to_string(store.report_path(&sample.id)).expect("a report");
    assert_eq!(store.find(&sample.id).expect("no error"), None);
    assert_eq!(store.write(&sample.run("one")).expect("written"), Written::Stored);
    assert_eq!(store.write(&sample.run("two")).expect("written"), Written::AlreadyThere);
    assert_eq!(report(), "one");
    store.replace(&sample.run("three")).expect("replaced");
    assert_eq!(report(), "three");
    store.replace_report(&sample.id, "four").expect("replaced");
    assert_eq!(report(), "four");
    let manifest = store.find(&sample.id).expect("readable").expect("there");
    assert_eq!(manifest.output("report.html").map(|file| file.bytes), Some(4));
}

#[test]
fn a_run_is_found_by_its_id_its_beginning_and_its_refs() {
    let root = tempfile::tempdir().expect("a folder");
    let store = store_in(&root);
    let sample = Sample::new(1, 3);
    store.write(&sample.run("")).expect("written");
    store.set_ref("btc-trend", &sample.id).expect("set");
    let id = sample.id.to_string();
    for name in [&id[..], &id[..12], &id[..4], &id[..12].to_uppercase(), "btc-trend"] {
        assert_eq!(store.resolve(name).expect(name), sample.id, "{name}");
    }
    assert_eq!(store.refs().expect("refs"), [("btc-trend".to_string(), sample.id)]);
}

#[test]
fn a_name_that_means_no_run_or_several_is_refused_with_a_hint() {
    let root = tempfile::tempdir().expect("a folder");
    let store = store_in(&root);
    let id = Sample::new(1, 0).id.to_string();
    let twin = format!("{}{}", &id[..60], if id.ends_with("0000") { "1111" } else { "0000" });
    fs::create_dir_all(store.folder(&id.parse().expect("an id"))).expect("made");
    fs::create_dir_all(store.folder(&twin.parse().expect("an id"))).expect("made");
    let list = "`workbench runs list` shows every run and ref";
    let none = if id.starts_with("0000") { "1111" } else { "0000" };
    for (name, expected) in [
        (
            &id[..8],
            format!(
                "`{}` begins the ids of 2 runs: {1}, {1}; give more digits of the id",
                &id[..8],
                &id[..12]
            ),
        ),
        (
            &id[..3],
            format!(
                "`{}` is too short for the beginning of a run's id; give more digits of the id",
                &id[..3]
            ),
        ),
        (none, format!("no run or ref is called `{none}`; {list}")),
        ("best", format!("no run or ref is called `best`; {list}")),
        ("", format!("no run or ref is called ``; {list}")),
        ("../x", format!("no run or ref is called `../x`; {list}")),
    ] {
        assert_eq!(told(store.resolve(name)), expected);
    }
}

#[test]
fn a_ref_has_a_name_that_means_nothing_else() {
    let root = tempfile::tempdir().expect("a folder");
    let store = store_in(&root);
    let sample = Sample::new(1, 3);
    assert_eq!(
        told(store.set_ref("best", &sample.id)),
        format!("no run or ref is called `{}`; `workbench runs list` shows every run and ref", sample.id)
    );
    store.write(&sample.run("")).expect("written");
    for bad in ["", "beef", "a/b", "../x", ".hidden", "-flag", "two words", "ü"] {
        assert!(matches!(store.set_ref(bad, &sample.id), Err(StoreError::Name { .. })), "{bad}");
    }
    store.set_ref("best", &sample.id).expect("set");
    fs::remove_dir_all(store.folder(&sample.id)).expect("removed by hand");
    let expected =
        format!("the ref `best` means run {}, which does not exist; let it mean", sample.id.short());
    assert!(told(store.resolve("best")).starts_with(&expected));
    store.remove_ref("best").expect("removed");
    assert!(matches!(store.remove_ref("best"), Err(StoreError::NotFound(_))));
}

#[test]
fn a_run_that_a_ref_means_is_not_removed() {
    let root = tempfile::tempdir().expect("a folder");
    let store = store_in(&root);
    let sample = Sample::new(1, 3);
    assert!(matches!(store.remove(&sample.id), Err(StoreError::NotFound(_))));
    store.write(&sample.run("")).expect("written");
    store.set_ref("best", &sample.id).expect("set");
    let expected = format!("run {} is kept by the ref `best`; remove the ref first", sample.id.short());
    assert_eq!(told(store.remove(&sample.id)), expected);
    store.remove_ref("best").expect("removed");
    store.remove(&sample.id).expect("removed");
    assert_eq!(store.find(&sample.id).expect("no error"), None);
    assert_eq!(
        RunStore::open(store.root()).find(&sample.id).expect("no error"),
        None,
        "nothing brings it back"
    );
}

#[test]
fn a_damaged_run_is_listed_as_such_and_hides_no_other() {
    let root = tempfile::tempdir().expect("a folder");
    let store = store_in(&root);
    let samples: Vec<Sample> = (1..=4).map(|seed| Sample::new(seed, 3)).collect();
    for sample in &samples {
        store.write(&sample.run("")).expect("written");
    }
    fs::write(store.folder(&samples[0].id).join(MANIFEST), "{").expect("written");
    fs::remove_file(store.folder(&samples[1].id).join(MANIFEST)).expect("removed");
    fs::write(store.root().join("runs").join(".DS_Store"), "").expect("written");
    let listing = store.list().expect("a list");
    let mut ids = [samples[2].id, samples[3].id];
    ids.sort();
    assert_eq!(listing.runs.iter().map(|m| m.id).collect::<Vec<_>>(), ids);
    assert_eq!(listing.damaged.len(), 2);
    assert!(
        told(store.find(&samples[1].id)).contains("manifest.json is damaged: it does not exist; restore it")
    );
}

#[test]
fn a_file_that_is_not_what_was_written_is_refused_by_name() {
    let root = tempfile::tempdir().expect("a folder");
    let store = store_in(&root);
    let sample = Sample::new(1, 3);
    store.write(&sample.run("")).expect("written");
    let path = store.folder(&sample.id).join(EQUITY);
    let mut content = fs::read(&path).expect("a file");
    let middle = content.len() / 2;
    content[middle] ^= 1;
    fs::write(&path, content).expect("written");
    assert!(told(store.load(&sample.id)).contains("equity.arrow is damaged: its content is not what"));
    fs::remove_file(&path).expect("removed");
    assert!(told(store.load(&sample.id)).contains("equity.arrow is damaged: it does not exist"));
}

#[test]
fn a_run_of_another_format_is_refused_with_both_numbers() {
    let root = tempfile::tempdir().expect("a folder");
    let store = store_in(&root);
    let sample = Sample::new(1, 3);
    store.write(&sample.run("")).expect("written");
    let path = store.folder(&sample.id).join(MANIFEST);
    // Nothing else of a newer manifest need be known to this version.
    fs::write(&path, r#"{ "format": 2, "identity": [] }"#).expect("written");
    let told = told(store.load(&sample.id));
    let expected =
        format!("manifest.json has format 2, and this workbench reads format {RUN_FORMAT}; use the");
    assert!(told.contains(&expected), "{told}");
}
