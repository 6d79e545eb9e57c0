//! When targets are used, and what is refused.

use std::sync::Arc;

use wb_core::{
    CivilDate, InstrumentId, ParamSet, ParamValue, Stamp, SymbolTargets, TargetRow, TargetTable, Ts,
};

use super::SIGNALS;
use crate::rig::{Rig, check_rig};

fn at(minutes: i64) -> Stamp {
    Stamp::At(Ts::from_seconds(60 * minutes))
}

fn targets(symbol: &str, rows: &[(Stamp, f64)]) -> SymbolTargets {
    let row = |(n, (stamp, target)): (usize, &(Stamp, f64))| TargetRow {
        row: n as u64 + 1,
        stamp: *stamp,
        target: *target,
        known: None,
    };
    SymbolTargets { symbol: symbol.to_string(), rows: rows.iter().enumerate().map(row).collect() }
}

fn given(symbols: Vec<SymbolTargets>, delay: &str) -> ParamSet {
    let table = TargetTable { source: "x.csv".to_string(), hash: "ab".repeat(32), symbols };
    let mut set = ParamSet::new();
    set.set("file", ParamValue::Targets(Arc::new(table)));
    set.set("delay", ParamValue::Text(delay.into()));
    set
}

fn rig(set: &ParamSet, instruments: u32) -> Result<Rig, String> {
    let ids = (0..instruments).map(InstrumentId).collect();
    Rig::with(&SIGNALS, set, vec![("base".to_string(), ids)]).map_err(|error| error.to_string())
}

/// Feeds five closes of one instrument, the first at minute 1, and compares what is decided at which minute.
fn check(rows: &[(Stamp, f64)], delay: &str, expected: &[(usize, &str)]) {
    let rig = rig(&given(vec![targets("", rows)], delay), 1).expect("it builds");
    let expected: Vec<(usize, &str)> = expected.iter().map(|(minute, words)| (minute - 1, *words)).collect();
    check_rig(rig, &[100.0; 5], &expected);
}

#[test]
fn a_target_is_used_from_the_first_close_at_or_after_its_time_and_the_delay() {
    let rows = [(at(2), 0.5), (at(4), 0.0)];
    check(&rows, "0s", &[(2, "buy 50 A"), (4, "sell 50 A")]);
    check(&rows, "1m", &[(3, "buy 50 A"), (5, "sell 50 A")]);
    check(&rows, "1ns", &[(3, "buy 50 A"), (5, "sell 50 A")]);
    let before_the_first_bar = [(at(-100), 0.25), (at(-50), -0.25)];
    check(&before_the_first_bar, "0s", &[(1, "sell 25 A")]);
    let two_before_one_close = [(Stamp::At(Ts(1)), 1.0), (Stamp::At(Ts(2)), 0.5)];
    check(&two_before_one_close, "0s", &[(1, "buy 50 A")]);
}

#[test]
fn an_equal_target_moves_nothing_and_none_holds_nothing() {
    check(&[(at(2), 0.5), (at(3), 0.5)], "0s", &[(2, "buy 50 A")]);
    check(&[(at(90), 0.5)], "0s", &[]);
}

#[test]
fn a_date_is_known_when_its_day_has_ended() {
    let date = |day| Stamp::Date(CivilDate { year: 1970, month: 1, day });
    // The rig begins at the first minute of 1970: the second of January is too late for all five bars.
    check(&[(date(1), 0.5)], "0s", &[]);
    let eve = Stamp::Date(CivilDate { year: 1969, month: 12, day: 31 });
    check(&[(eve, 0.5), (date(1), 0.0)], "0s", &[(1, "buy 50 A")]);
    check(&[(eve, 0.5)], "2m", &[(2, "buy 50 A")]);
}

#[test]
fn the_weight_multiplies_every_target() {
    let mut set = given(vec![targets("", &[(at(1), 0.5)])], "0s");
    set.set("weight", ParamValue::Float(0.5));
    check_rig(rig(&set, 1).expect("it builds"), &[100.0; 2], &[(0, "buy 25 A")]);
}

#[test]
fn several_instruments_follow_their_own_rows_and_sales_come_first() {
    let rows = |first, second| targets_of(&[("A", first), ("rig:B", second)]);
    let set = given(rows([(at(1), 0.6), (at(2), 0.0)], [(at(2), 0.6), (at(3), 0.3)]), "0s");
    let mut rig = rig(&set, 2).expect("it builds");
    let prices = [100.0, 50.0];
    assert_eq!(rig.close(&prices), ["buy 60 A"]);
    assert_eq!(rig.close(&prices), ["sell 60 A", "buy 120 B"]);
    assert_eq!(rig.close(&prices), ["sell 60 B"]);
    assert!(rig.close(&prices).is_empty());
}

fn targets_of(symbols: &[(&str, [(Stamp, f64); 2])]) -> Vec<SymbolTargets> {
    symbols.iter().map(|(symbol, rows)| targets(symbol, rows)).collect()
}

#[test]
fn what_could_not_have_been_known_is_refused() {
    let rows = [(at(1), 0.5), (at(2), 0.0)];
    let message = |delay: &str| rig(&given(vec![targets("", &rows)], delay), 1).err().expect("refused");
    assert_eq!(message("-1m"), "parameter `delay`: -1m would use targets before they were known");
    assert!(message("").starts_with("parameter `delay`: state it: \"0s\" where"), "{}", message(""));
    assert_eq!(message("soon"), "parameter `delay`: no span of time: \"soon\"; write 0s, 5m, 1d");

    let mut late = targets("", &rows);
    late.rows[1].known = Some(Ts::from_seconds(240));
    let message = |delay: &str| rig(&given(vec![late.clone()], delay), 1).err();
    assert_eq!(
        message("30s").expect("refused"),
        "parameter `file`: x.csv, row 2: the target of 1970-01-01T00:02:00Z was known only at \
         1970-01-01T00:04:00Z, and would be used 90s earlier; a delay of at least 2m is honest"
    );
    assert_eq!(message("2m"), None);
}

#[test]
fn a_file_that_lacks_an_instrument_is_refused() {
    let rows = [(at(1), 0.5)];
    let message = |symbols, instruments| rig(&given(symbols, "0s"), instruments).err().expect("refused");
    assert_eq!(
        message(vec![targets("B", &rows), targets("C", &rows)], 1),
        "parameter `file`: x.csv has no targets for rig:A; it has B, C"
    );
    assert_eq!(
        message(vec![targets("", &rows)], 2),
        "parameter `file`: x.csv has no column `symbol`, and 2 instruments are traded"
    );
    let mut set = ParamSet::new();
    set.set("delay", ParamValue::Text("0s".into()));
    assert_eq!(
        rig(&set, 1).err().expect("refused"),
        "parameter `file`: name the file of targets, such as file = \"signals.parquet\""
    );
}
