//! An import is whole or it never was.

use std::fmt::Write;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use wb_catalog::{Catalog, Overlap};
use wb_core::{Interval, Ts};
use wb_ingest::import;

use crate::support::{Scratch, request};

/// Minutes from 2023-01-01 on, `n` of them.
fn minutes(n: i64, price: u32) -> String {
    let start = Ts::parse("2023-01-01").expect("a date").0 / 1_000_000_000;
    let mut text = "ts,open,high,low,close,volume\n".to_string();
    for i in 0..n {
        let at = start + 60 * i;
        writeln!(text, "{at},{price},{price}.5,{price},{price}.25,1")
            .expect("writing to a string cannot fail");
    }
    text
}

const FOLDER: &str = "WORKBENCH_TEST_KILLED_IMPORT";

/// Run by the test below in a process of its own: begins an import and never ends it.
#[test]
fn an_import_that_waits_to_be_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let folder = Path::new(&folder);
    let catalog = Catalog::open(&folder.join("catalog")).expect("a catalog");
    let request = request(&[folder.join("long.csv")], "v", "X", "1m");
    let _ = import(&catalog, &request, &mut |progress| {
        if progress.rows > 100_000 {
            #[expect(clippy::print_stderr, reason = "tells the parent process that the import is under way")]
            {
                eprintln!("under way");
            }
            loop {
                std::thread::park();
            }
        }
    });
}

#[test]
fn a_killed_import_leaves_the_catalog_as_it_was() {
    let scratch = Scratch::new();
    let first = scratch.file("first.csv", &minutes(1_000, 10));
    let report = scratch.import(&request(&[first], "v", "X", "1m")).expect("an import");
    let before = scratch.bars(&report.series);
    scratch.file("long.csv", &minutes(600_000, 10));
    let mut child = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "commit::an_import_that_waits_to_be_killed", "--nocapture"])
        .env(FOLDER, scratch.folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a process");
    let lines = BufReader::new(child.stderr.take().expect("its stderr")).lines();
    let under_way = lines.map_while(Result::ok).any(|line| line == "under way");
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    assert!(under_way, "the import was killed before it began");
    assert_eq!(scratch.bars(&report.series), before);
    // And the next one works.
    let long = scratch.folder.path().join("long.csv");
    let report = scratch.import(&request(&[long], "v", "X", "1m")).expect("an import");
    assert_eq!(report.committed.rows, 600_000);
}

#[test]
fn a_refused_import_leaves_the_catalog_as_it_was() {
    let scratch = Scratch::new();
    let good = scratch.file("good.csv", &minutes(100, 10));
    let report = scratch.import(&request(&[good], "v", "X", "1m")).expect("an import");
    let before = scratch.bars(&report.series);
    let bad = scratch.file("bad.csv", &format!("{}1672650000,1,1,1,0,1\n", minutes(200, 10)));
    scratch.import(&request(&[bad], "v", "X", "1m")).expect_err("a price of zero");
    assert_eq!(scratch.bars(&report.series), before);
    // Other prices for the same minutes contradict, unless they are to replace what is stored.
    let other = scratch.file("other.csv", &minutes(100, 20));
    let mut again = request(&[other], "v", "X", "1m");
    scratch.import(&again).expect_err("a contradiction");
    assert_eq!(scratch.bars(&report.series), before);
    again.overlap = Overlap::Replace;
    scratch.import(&again).expect("a replacement");
    assert_eq!(scratch.bars(&report.series).open[0].to_bits(), 20.0_f64.to_bits());
}

#[test]
fn later_imports_keep_what_was_stated_and_refine_what_was_inferred() {
    let scratch = Scratch::new();
    let csv = |day: u32, close: &str| {
        scratch.file(
            &format!("{day}.csv"),
            &format!("ts,open,high,low,close,volume\n2023-08-0{day},9,12,9,{close},5\n"),
        )
    };
    let mut first = request(&[csv(1, "9.5")], "v", "X", "1d");
    first.multiplier = Some(50.0);
    assert_eq!(scratch.import(&first).expect("an import").meta.tick.to_string(), "0.1");
    let second = request(&[csv(2, "9.125")], "v", "X", "1d");
    let meta = scratch.import(&second).expect("an import").meta;
    assert_eq!((meta.tick.to_string().as_str(), meta.multiplier as i64), ("0.001", 50));
    let third = request(&[csv(3, "9")], "v", "X", "1d");
    let report = scratch.import(&third).expect("an import");
    assert_eq!((report.meta.tick.to_string().as_str(), report.committed.rows), ("0.001", 3));
    assert_eq!(report.series.interval(), Interval::Days(1));
}
