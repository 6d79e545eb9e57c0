//! Values that other libraries give for the same bars.

use crate::market::sample;
use crate::table::{FromSample, Sample, Values, Visit, every};
use std::collections::BTreeMap;
use wb_indicators::{Indicator, column};

const BARS: &str = include_str!("data/bars.csv");
const TALIB: &str = include_str!("data/talib.csv");
const PANDAS: &str = include_str!("data/pandas.csv");

/// What no other library has, with the place of its hand calculation.
const BY_HAND: [&str; 3] = [
    "session_vwap(900,0)", // unit tests of vwap.rs
    "lag(10)",             // of momentum.rs
    "volatility(20)",      // of volatility.rs
];

/// Values of one output: the first row that has one, and some (row, value).
struct Answer {
    first: usize,
    values: Vec<(usize, f64)>,
}

fn bars() -> Vec<Sample> {
    let number = |field: &str| field.parse::<f64>().expect("a number");
    let row = |line: &str| -> [f64; 5] {
        let fields: Vec<f64> = line.split(',').map(number).collect();
        fields.try_into().expect("five columns")
    };
    BARS.lines().skip(1).enumerate().map(|(i, line)| sample(i, row(line))).collect()
}

/// The answers of a table by `definition output`.
fn answers(table: &str) -> BTreeMap<String, Answer> {
    let mut lines = table.lines().filter(|line| !line.starts_with('#'));
    let header: Vec<&str> = lines.next().expect("a header").split(';').collect();
    lines
        .map(|line| {
            let fields: Vec<&str> = line.split(';').collect();
            let first: usize = fields[1].parse().expect("a row");
            let row = |column: &str| match column {
                "at_first" => first,
                "next" => first + 1,
                at => at.trim_start_matches("at_").parse().expect("a row"),
            };
            let value = |field: &str| field.parse::<f64>().expect("a number");
            let values = header.iter().zip(&fields).skip(2).map(|(h, f)| (row(h), value(f))).collect();
            (fields[0].to_string(), Answer { first, values })
        })
        .collect()
}

/// Compares all that have an answer, and takes it out.
struct Compare {
    bars: Vec<Sample>,
    answers: BTreeMap<String, Answer>,
}

impl Visit for Compare {
    fn visit<I: Indicator<Input: FromSample, Output: Values>>(&mut self, fresh: I) {
        let definition = fresh.definition().to_string();
        let outputs = fresh.definition().outputs.len().max(1);
        let wanted: Vec<Option<Answer>> =
            (0..outputs).map(|i| self.answers.remove(&format!("{definition} {i}"))).collect();
        let ready = fresh.warmup() - 1;
        let values = column(fresh, self.bars.iter().map(FromSample::from_sample));
        let mut first = 0;
        for (i, answer) in wanted.iter().enumerate() {
            let Some(answer) = answer else { continue };
            first = first.max(answer.first);
            for &(row, expected) in &answer.values {
                if row < ready {
                    continue; // one output may be known before the others
                }
                let value = values[row].values()[i];
                let close = (value - expected).abs() <= 1e-9 * expected.abs().max(0.01);
                assert!(close, "{definition}, output {i}, row {row}: {value}, not {expected}");
            }
        }
        if wanted.iter().any(Option::is_some) {
            assert_eq!(ready, first, "{definition}: the first row with all values");
        }
    }
}

fn check(table: &str) {
    let mut compare = Compare { bars: bars(), answers: answers(table) };
    every(&mut compare);
    let left: Vec<&String> = compare.answers.keys().collect();
    assert!(left.is_empty(), "answers for no indicator of the table: {left:?}");
}

#[test]
fn values_and_first_rows_are_those_of_talib() {
    check(TALIB);
}

#[test]
fn what_talib_lacks_agrees_with_its_definition_in_pandas() {
    check(PANDAS);
}

#[test]
fn every_indicator_has_a_known_answer() {
    struct Missing(Vec<String>);
    impl Visit for Missing {
        fn visit<I: Indicator<Input: FromSample, Output: Values>>(&mut self, fresh: I) {
            let definition = fresh.definition().to_string();
            let known = |table| answers(table).contains_key(&format!("{definition} 0"));
            if !known(TALIB) && !known(PANDAS) && !BY_HAND.contains(&definition.as_str()) {
                self.0.push(definition);
            }
        }
    }
    let mut missing = Missing(Vec::new());
    every(&mut missing);
    assert!(missing.0.is_empty(), "without a known answer: {:?}", missing.0);
}
