//! A bundle is what was made, or it is refused with the file's name; a deployment's other lines are nobody's business.

use std::fs;
use std::path::{Path, PathBuf};

use wb_core::{Bar, Event, InstrumentId, Interval, MarketData, MarketEvent, Rng, Ts};

use super::*;
use crate::error::StoreError;
use crate::hash::{ContentHash, RunId};
use crate::journal::{JournalRecord, NewJournal};
use crate::run_store::RunStore;
use crate::sample::Sample;

fn bar(ts: i64) -> JournalRecord {
    let bar =
        Bar { interval: Interval::Minutes(1), open: 1.5, high: 2.5, low: 0.5, close: 1.25, volume: 9.0 };
    let (ts_event, ts_recv, instrument) = (Ts(ts), Ts(ts), InstrumentId(0));
    let data = MarketData::Bar(bar);
    JournalRecord::Event(Event::Market(MarketEvent { ts_event, ts_recv, instrument, last: true, data }))
}

fn gate(name: &str, waived: Option<&str>) -> GateRecord {
    GateRecord {
        gate: name.to_string(),
        bound: "at most".to_string(),
        threshold: 0.25,
        value: waived.is_none().then_some(0.1),
        evidence: "the run".to_string(),
        passed: waived.is_none(),
        waived: waived.map(str::to_string),
    }
}

/// Makes a bundle of three golden events.
fn make(root: &Path) -> Bundle {
    let sample = Sample::new(1, 5);
    let golden = [bar(1), bar(2), bar(3), JournalRecord::Digest(Ts(3), 0xabc)];
    let new = NewBundle {
        journal: NewJournal {
            subject: "bundle of run 3f9a",
            workbench: "0.1.0",
            code_id: "c0de",
            started: Ts::from_seconds(1_700_000_000),
            risk: &[("max_leverage", 2.0)],
            spec: "strategy = \"sma-cross\"\n",
            instruments: &sample.outcome.instruments,
        },
        strategy: "sma-cross",
        binary: ContentHash::of(b"the binary"),
        run: RunId::of("the run"),
        run_digest: "ab12",
        golden: &golden,
        gates: &[gate("max_drawdown", None), gate("history_days", Some("a new market"))],
        files: &[(PathBuf::from("models/blobs/a.onnx"), b"weights".to_vec())],
    };
    RunStore::open(root).write_bundle(&new).expect("written")
}

/// What opening the bundle of `make` says once `change` was made to its folder.
fn after(change: impl FnOnce(&Path)) -> Result<Bundle, StoreError> {
    let root = tempfile::tempdir().expect("a folder");
    let made = make(root.path());
    change(&made.folder);
    Bundle::open(&made.folder, &made.id)
}

#[test]
fn a_bundle_is_opened_as_it_was_made_and_made_again_is_the_same() {
    let root = tempfile::tempdir().expect("a folder");
    let made = make(root.path());
    assert_eq!(Bundle::open(&made.folder, &made.id).expect("whole"), made);
    assert_eq!(make(root.path()), made);
    assert_eq!(made.folder, root.path().join(format!("bundles/{}", made.id)));
    let golden = Golden { events: 3, commands: 0, digest: format!("{:032x}", 0xabc) };
    assert_eq!(made.manifest.golden, golden);
    assert_eq!(made.journal.spec, "strategy = \"sma-cross\"\n");
    assert_eq!(fs::read(made.folder.join("project/models/blobs/a.onnx")).expect("a file"), b"weights");
    assert_eq!(made.journal.header.code_id, made.manifest.code_id);
    let waivers: Vec<(&str, &str)> =
        made.manifest.waivers().map(|(gate, reason)| (gate.gate.as_str(), reason)).collect();
    assert_eq!(waivers, [("history_days", "a new market")]);
}

#[test]
fn a_bundle_that_was_damaged_is_made_whole_by_making_it_again() {
    let root = tempfile::tempdir().expect("a folder");
    let made = make(root.path());
    fs::write(made.folder.join("spec.toml"), "strategy = \"pairs\"\n").expect("written");
    assert_eq!(make(root.path()), made);
}

#[test]
fn a_changed_byte_of_any_file_is_refused_with_its_name() {
    let seed = 20_260_815;
    let mut rng = Rng::new(seed);
    let model = "project/models/blobs/a.onnx";
    let names = ["bundle.toml", "header.toml", "spec.toml", "instruments.json", "000000.wbj", model];
    for name in names {
        for _ in 0..20 {
            let (at, bit) = (rng.uniform(), 1 << rng.below(8));
            let error = after(|folder| {
                let path = folder.join(name);
                let mut bytes = fs::read(&path).expect("a file");
                let at = (at * bytes.len() as f64) as usize;
                bytes[at] ^= bit;
                fs::write(&path, bytes).expect("written");
            })
            .expect_err("it was changed");
            let told = error.to_string();
            assert!(told.contains(&format!("{name} is not what was deployed")), "seed {seed}: {told}");
            assert_eq!(error.hint(), Some("deploy the run again, or restore the bundle from a copy"));
        }
    }
}

#[test]
fn what_is_missing_added_or_of_another_bundle_is_refused() {
    let check = |change: &dyn Fn(&Path), says: &str| {
        let told = after(change).expect_err(says).to_string();
        assert!(told.contains(says), "{told}");
    };
    let remove = |name: &'static str| move |folder: &Path| fs::remove_file(folder.join(name)).expect("there");
    check(&remove("000000.wbj"), "000000.wbj is not what was deployed: it does not exist");
    check(&remove("spec.toml"), "spec.toml is not what was deployed: it does not exist");
    check(&remove("bundle.toml"), "there is no bundle");
    check(&|folder| fs::remove_dir_all(folder).expect("there"), "there is no bundle");
    let add = |folder: &Path| fs::write(folder.join("000001.wbj"), "").expect("written");
    check(&add, "000001.wbj is not what was deployed: it is no part of the bundle");
    let deep = |folder: &Path| fs::write(folder.join("project/models/x"), "").expect("written");
    check(&deep, "project/models/x is not what was deployed: it is no part of the bundle");

    let root = tempfile::tempdir().expect("a folder");
    let made = make(root.path());
    let other: BundleId = RunId::of("another").to_string().parse().expect("64 digits");
    let told = Bundle::open(&made.folder, &other).expect_err("another").to_string();
    assert!(told.contains("bundle.toml is not what was deployed: its hash is not the bundle's id"), "{told}");
}

#[test]
fn a_bundle_of_a_later_format_says_so() {
    let root = tempfile::tempdir().expect("a folder");
    let made = make(root.path());
    let path = made.folder.join("bundle.toml");
    let text = fs::read_to_string(&path).expect("text").replace("format = 1", "format = 2");
    fs::write(&path, &text).expect("written");
    let error = Bundle::open(&made.folder, &BundleId::of(&text)).expect_err("a later format");
    assert!(error.to_string().ends_with("has format 2, and this workbench reads format 1"), "{error}");
}

#[test]
fn a_deployment_points_to_the_bundle_that_was_promoted_last() {
    let folder = tempfile::tempdir().expect("a folder");
    let (first, second) = (BundleId::of("1"), BundleId::of("2"));
    for bundle in [first, second] {
        let made = Deployment::point(folder.path(), "paper-near", bundle).expect("written");
        assert_eq!(Deployment::read(folder.path(), "paper-near").expect("read"), made);
        assert_eq!(made.bundle, bundle);
    }
}

#[test]
fn moving_a_deployment_leaves_every_other_line_as_it_is() {
    let (old, new) = (BundleId::of("1"), BundleId::of("2"));
    let check = |before: &str, after: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("x.toml");
        fs::write(&path, before).expect("written");
        Deployment::point(folder.path(), "x", new).expect("written");
        assert_eq!(fs::read_to_string(&path).expect("text"), after);
        assert_eq!(Deployment::read(folder.path(), "x").expect("read").bundle, new);
    };
    check(
        &format!("# bundle = \"{old}\"\nvenue = 1\nbundle = \"{old}\"\n\n[limits]\ndaily_loss = 5\n"),
        &format!("# bundle = \"{old}\"\nvenue = 1\nbundle = \"{new}\"\n\n[limits]\ndaily_loss = 5\n"),
    );
    check("[limits]\nbundle = 3\n", &format!("bundle = \"{new}\"\n[limits]\nbundle = 3\n"));
}

#[test]
fn a_deployment_that_is_none_says_what_is_wrong_with_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let read = |name: &str| Deployment::read(folder.path(), name).expect_err(name).to_string();
    assert_eq!(read("near"), "there is no deployment `near`");
    Deployment::point(folder.path(), "paper", BundleId::of("1")).expect("written");
    assert_eq!(read("near"), "there is no deployment `near`; there are paper");
    for bad in ["", "a/b", "..", "-x"] {
        assert!(read(bad).contains("cannot name a deployment"), "{bad}");
    }
    fs::write(folder.path().join("near.toml"), "venue = 1\n").expect("written");
    assert!(read("near").contains("it has no line bundle"), "{}", read("near"));
    fs::write(folder.path().join("near.toml"), "bundle = \"12\"\n").expect("written");
    assert!(read("near").contains("bundle: `12` is not a hash"), "{}", read("near"));
    fs::write(folder.path().join("near.toml"), "bundle = \"").expect("written");
    assert!(read("near").contains("near.toml is not what was deployed"), "{}", read("near"));
}
