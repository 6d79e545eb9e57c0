//! Rules: what they decide, what they refuse, and that blocks and single rows give the same.

use wb_core::{ParamSet, ParamValue, Rng};
use wb_kernel::Signal;
use wb_kernel::prelude::*;

use super::entry::{RULES, program_of};
use super::signal::RuleSignal;
use crate::rig::{Rig, check_rig};

fn set(texts: &[(&str, &str)]) -> ParamSet {
    texts.iter().map(|(name, text)| ((*name).to_string(), ParamValue::Text((*text).into()))).collect()
}

/// A rig that trades `traded` instruments and looks at one more, `X`, in the role `other`.
fn rig(params: &ParamSet, traded: u32) -> Result<Rig, SetupError> {
    let base = (0..traded).map(InstrumentId).collect();
    let other = vec![InstrumentId(traded)];
    Rig::with(&RULES, params, vec![("base".to_string(), base), ("other".to_string(), other)])
}

fn alone(texts: &[(&str, &str)]) -> Rig {
    let roles = vec![("base".to_string(), vec![InstrumentId(0)])];
    Rig::with(&RULES, &set(texts), roles).unwrap_or_else(|error| panic!("{error}"))
}

fn check(texts: &[(&str, &str)], closes: &[f64], expected: &[(usize, &str)]) {
    check_rig(alone(texts), closes, expected);
}

#[test]
fn a_condition_that_holds_is_followed_and_otherwise_what_is_held_stays() {
    let closes = [100.0, 101.0, 100.5, 99.0, 100.0];
    let texts = [("long", "close > 100.7"), ("exit", "close < 99.5"), ("size", "0.5")];
    check(&texts, &closes, &[(1, "buy 49.5 A"), (3, "sell 49.5 A")]);
    let texts = [("long", "close > 100.7"), ("short", "close < 99.5"), ("size", "0.5")];
    check(&texts, &closes, &[(1, "buy 49.5 A"), (3, "sell 99.5 A")]);
}

#[test]
fn exit_wins_and_long_and_short_together_decide_nothing() {
    check(
        &[("long", "close > 1"), ("exit", "close > 100")],
        &[100.0, 101.0],
        &[(0, "buy 95 A"), (1, "sell 95 A")],
    );
    check(&[("long", "close > 1"), ("short", "close > 100")], &[100.0, 101.0], &[(0, "buy 95 A")]);
    check(&[("long", "close > 1"), ("short", "close > 1"), ("exit", "close > 1")], &[100.0, 101.0], &[]);
}

#[test]
fn the_position_follows_the_size_while_a_condition_holds() {
    let closes = [100.0, 100.0, 100.0, 50.0];
    let size = ("size", "lag(close, 1) / 200");
    check(&[("long", "close > 0"), size], &closes, &[(1, "buy 50 A")]);
    check(&[("long", "close < 60"), ("size", "close / 100")], &closes, &[(3, "buy 100 A")]);
    check(&[("long", "close > 0"), ("size", "-1")], &closes, &[]);
    check(&[("long", "close > 0"), ("size", "1 / 0")], &closes, &[]);
    check(&[("short", "close > 0"), ("size", "0 * close")], &closes, &[]);
}

#[test]
fn a_crossing_holds_on_one_bar_alone() {
    let closes = [3.0, 2.0, 3.0, 4.0, 5.0, 3.0, 4.0];
    let texts =
        [("long", "crosses_above(close, 3)"), ("exit", "crosses_below(close, 3.5)"), ("size", "0.003")];
    check(&texts, &closes, &[(3, "buy 7.5 A"), (5, "sell 7.5 A"), (6, "buy 7.49 A")]);
}

#[test]
fn nothing_is_decided_before_every_part_is_warm() {
    let always = ("long", "close > 0");
    let closes = [100.0; 12];
    check(&[always], &closes, &[(0, "buy 95 A")]);
    check(&[always, ("exit", "sma(close, 4) < 0")], &closes, &[(3, "buy 95 A")]);
    // The rules' own indicators begin to count when all features are warm.
    check(&[always, ("exit", "sma(close - open, 4) < 0")], &closes, &[(3, "buy 95 A")]);
    check(&[always, ("exit", "sma(close - sma(close, 3), 4) < 0")], &closes, &[(5, "buy 95 A")]);
    check(&[always, ("exit", "crosses_below(close, 1)")], &closes, &[(1, "buy 95 A")]);
    check(&[always, ("exit", "lag(sma(close / 2, 2), 3) < 0")], &closes, &[(4, "buy 95 A")]);
    check(&[always, ("exit", "correlation(close, open, 3) > 2")], &closes, &[(2, "buy 95 A")]);
}

#[test]
fn longer_bars_count_when_they_have_closed() {
    // Bars close at minutes 1, 2, …; the third minute closes the first bar of three.
    let closes = [1.0, 2.0, 9.0, 4.0, 5.0, 1.0, 7.0];
    let texts = [("long", "close@3m > 8"), ("exit", "close@3m < 2"), ("size", "0.0009")];
    check(&texts, &closes, &[(2, "buy 1 A"), (5, "sell 1 A")]);
    let texts = [("long", "sma(close@3m, 2) == 5"), ("size", "0.0001")];
    check(&texts, &closes, &[(5, "buy 1 A")]);
}

/// What an expression gives on the last of these closes: whether it is within 1e-9 of a value.
fn check_value(expression: &str, closes: &[f64], expected: f64) {
    let last = closes[closes.len() - 1];
    let text = format!("close == {last} and abs(({expression}) - {expected}) < 0.000000001");
    let mut rig = alone(&[("long", &text)]);
    let decided: Vec<String> = closes.iter().flat_map(|close| rig.bars(&[(0, [*close; 4])])).collect();
    assert_eq!(decided.len(), 1, "{expression} is not {expected}");
}

#[test]
fn expressions_have_the_values_of_their_definitions() {
    let closes = [4.0, 2.0, 8.0, 6.0];
    let check = |expression: &str, expected: f64| check_value(expression, &closes, expected);
    check("2 + 3 * 4 - -1", 15.0);
    check("(2 + 3) * 4 / 8", 2.5);
    check("10 - 4 - 3", 3.0);
    check("highest(close, 3) - lowest(close, 3)", 6.0);
    check("close / lag(close, 2)", 3.0);
    check("abs(-2) + sign(-9) + sqrt(16) + max(1, 5, 3) + min(4, 2, 8)", 12.0);
    check("log(exp(1.5))", 1.5);
    check("sma(close * 2, 2)", 14.0);
    check("(open + high + low + close + typical) / 5 + volume", 7.0);
    check("zscore(close, 2)", -1.0);
    check("bollinger(close, 2, 1).upper + bollinger(close + 1, 2, 1).lower", 15.0);
    check("macd(close, 1, 2, 1).histogram", 0.0);
    check("instruments", 1.0);
    // Returns ln 2 and −ln 4/3 … of the last two bars; an always open minute has 525,600 in a year.
    let (a, b) = (libm::log(4.0), libm::log(0.75));
    check("annual_volatility(2)", (a - b) / 2.0_f64.sqrt() * 525_600.0_f64.sqrt());
    check("annual_volatility(close * 1, 2) / volatility(close * 1, 2)", 525_600.0_f64.sqrt());
}

#[test]
fn conditions_combine_as_in_words() {
    let holds = |text: &str, expected: bool| {
        let decided = alone(&[("long", text)]).bars(&[(0, [100.0; 4])]);
        assert_eq!(!decided.is_empty(), expected, "{text}");
    };
    holds("not close > 200 and close > 50", true);
    holds("not (close > 200 or close > 50)", false);
    holds("close > 200 and close > 50 or close > 1", true);
    holds("close > 200 and (close > 50 or close > 1)", false);
    holds("not not close == 100", true);
    holds("close != 100 or -close < 0", true);
    holds("log(0 - close) < 1 or log(0 - close) >= 1", false);
}

#[test]
fn parameters_are_numbers_and_windows() {
    let mut params = set(&[("long", "close > sma(close, 2 * $half) and $on"), ("size", "$share")]);
    params.set("half", ParamValue::Int(1));
    params.set("share", ParamValue::Float(0.5));
    params.set("on", ParamValue::Bool(true));
    let rig = Rig::with(&RULES, &params, vec![("base".to_string(), vec![InstrumentId(0)])]).expect("good");
    check_rig(rig, &[100.0, 100.0, 101.0], &[(2, "buy 49.5 A")]);
    let names: Vec<String> =
        (RULES.specs)(&params).expect("good").iter().map(|spec| spec.name.to_string()).collect();
    assert_eq!(names, ["long", "short", "exit", "size", "half", "on", "share"]);
}

#[test]
fn other_instruments_are_read_at_the_same_close() {
    let params =
        set(&[("long", "close / other.close > 1"), ("exit", "other.close > close"), ("size", "0.5")]);
    let mut rig = rig(&params, 1).expect("good rules");
    let mut close = |a: f64, x: f64| rig.close(&[a, x]);
    assert!(close(100.0, 100.0).is_empty());
    // X closes later in the same batch, and still counts.
    assert_eq!(close(100.0, 99.0), ["buy 50 A"]);
    assert_eq!(close(100.0, 101.0), ["sell 50 A"]);
}

#[test]
fn ranks_compare_the_instruments_that_have_a_bar() {
    let params = set(&[("long", "rank(close) >= 0.5"), ("exit", "rank(close) < 0.5"), ("size", "0.3")]);
    let mut rig = rig(&params, 3).expect("good rules");
    assert_eq!(rig.close(&[10.0, 20.0, 30.0, 1.0]), ["buy 150 B", "buy 100 C"]);
    let decided = rig.close(&[50.0, 20.0, 30.0, 1.0]);
    assert_eq!(decided, ["sell 150 B", "buy 60 A"], "what frees cash comes first");
    // C alone has a bar: alone it is in the middle, and stays.
    assert!(rig.bars(&[(2, [31.0; 4])]).is_empty());
}

#[test]
fn an_instrument_that_lists_later_takes_part_when_it_is_warm() {
    let params = set(&[("long", "sma(close, 2) > 0"), ("size", "0.1")]);
    let mut rig = rig(&params, 2).expect("good rules");
    let mut bars = |which: &[u32]| rig.bars(&which.iter().map(|n| (*n, [10.0; 4])).collect::<Vec<_>>());
    assert!(bars(&[0]).is_empty());
    assert_eq!(bars(&[0]), ["buy 100 A"]);
    assert!(bars(&[0, 1]).is_empty());
    assert_eq!(bars(&[0, 1]), ["buy 100 B"]);
}

#[test]
fn where_no_rule_is_given_an_example_is() {
    let resolved = (RULES.resolve)(&ParamSet::new()).expect("the example is good");
    let text = |name: &str| resolved.get(name).expect(name).to_string();
    assert_eq!([text("long"), text("slow")], ["sma(close, $fast) > sma(close, $slow)", "50"]);
    let resolved = (RULES.resolve)(&set(&[("short", "close > 1")])).expect("good");
    assert_eq!(resolved.get("long"), Some(&ParamValue::Text("".into())), "a rule of one's own stands alone");
}

/// The message for a text that is refused when the strategy is resolved or built.
fn refused(name: &str, text: &str) -> String {
    let params = set(&[(name, text)]);
    match rig(&params, 1) {
        Ok(_) => panic!("{text} is accepted"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn what_is_wrong_is_shown_at_its_place() {
    let check = |text: &str, message: &str| {
        let expected = format!("parameter `long`: {message}");
        assert_eq!(refused("long", text), expected, "{text}");
    };
    check("smaa(close, 3) > 1", "no function `smaa`; did you mean `sma`?\n  smaa(close, 3) > 1\n  ^^^^");
    check("bbands(20) > 1", "no function `bbands`; did you mean `bollinger`?\n  bbands(20) > 1\n  ^^^^^^");
    check("clsoe > 1", "no value `clsoe`; did you mean `close`?\n  clsoe > 1\n  ^^^^^");
    check("rsi > 70", "`rsi` is a function: write `rsi(…)`\n  rsi > 70\n  ^^^");
    check(
        "close > sma(close, 2.5)",
        "`n` of `sma` is a whole number in 1..=1000000, not 2.5\n  close > sma(close, 2.5)\n                     ^^^",
    );
    check(
        "close > sma(close, close)",
        "`sma` needs a number here that is known when the run begins: sma(x, n)\n  close > sma(close, close)\n  \
         \u{20}                  ^^^^^",
    );
    check(
        "close + 1",
        "this is a number; a condition is wanted, such as a comparison\n  close + 1\n  ^^^^^^^^^",
    );
    check(
        "close and 1",
        "this is a number; a condition is wanted, such as a comparison\n  close and 1\n  ^^^^^",
    );
    check(
        "(close > 1) + 2 > 1",
        "this is a condition; a number is wanted\n  (close > 1) + 2 > 1\n   ^^^^^^^^^",
    );
    check(
        "1 < close < 2",
        "comparisons do not follow each other: write `a < b and b < c`\n  1 < close < 2\n            ^",
    );
    check("close = 1", "`=` means nothing here: compare with `==`\n  close = 1\n        ^");
    check(
        "close > 1 && open > 1",
        "`&&` means nothing here: write `and`\n  close > 1 && open > 1\n            ^^",
    );
    check("close > (1", "the text ends; expected `)`\n  close > (1\n            ^");
    check(
        "sma(close 3) > 1",
        "`3` cannot stand here; expected `,` or `)`\n  sma(close 3) > 1\n            ^",
    );
    check(
        "close >",
        "the text ends; expected a value: a number, a field such as `close`, a `$name` or a function\n  close >\n         ^",
    );
    check(
        "close > $fast",
        "`$fast` has no value: give it one under [params], such as fast = 10\n  close > $fast\n          ^^^^^",
    );
    check(
        "macd(12, 26, 9).hist > 0",
        "`macd` has no output `hist`; there are .macd, .signal, .histogram\n  macd(12, 26, 9).hist > 0\n  \
         ^^^^^^^^^^^^^^^^^^^^",
    );
    check(
        "btc.close > 1",
        "the strategy needs an instrument for the role `btc`; the spec gives base, other\n  btc.close > 1\n  ^^^^^^^^^",
    );
    check("close@30s > 1", "bars of 30s cannot be built from bars of 1m\n  close@30s > 1\n  ^^^^^^^^^");
    check(
        "rank(close) > 0.5",
        "`rank` compares the traded instruments, and there is one\n  rank(close) > 0.5\n  ^^^^^^^^^^^",
    );
    check(
        "sma(close@1h - open@1h, 3) > 0",
        "`sma` of an expression counts bars of the run, and all of this moves with longer ones: apply it to one \
         field, such as sma(close@1h, …)\n  sma(close@1h - open@1h, 3) > 0\n      ^^^^^^^^^^^^^^^^^^",
    );
    check(
        "min(close) > 0",
        "`min` is written min(x, y, …), not with 1 argument\n  min(close) > 0\n  ^^^^^^^^^^",
    );
    check("atr(close, 14) > 0", "`atr` is fed with whole bars: `bar`\n  atr(close, 14) > 0\n      ^^^^^");
    check("1e999 > 0", "this number is too large\n  1e999 > 0\n  ^^^^^");
    check(
        &format!("{}1", "(".repeat(65)),
        &format!("more than 64 parentheses within each other\n  {}1\n  {}^", "(".repeat(65), " ".repeat(64)),
    );
    assert_eq!(refused("size", "  "), "parameter `size`: it is empty; a position needs a size, such as 0.95");
    let lines = refused("exit", "close > 1\nor close < smaa(3)");
    assert_eq!(
        lines,
        "parameter `exit`: no function `smaa`; did you mean `sma`?\n  or close < smaa(3)\n             ^^^^"
    );
}

/// A random expression: a number, or a condition.
fn expression(rng: &mut Rng, depth: u32, condition: bool) -> String {
    let window = 1 + rng.below(6);
    if condition {
        let (a, b) = (expression(rng, depth, false), expression(rng, depth, false));
        return match rng.below(if depth == 0 { 3 } else { 6 }) {
            0 => format!("{a} > {b}"),
            1 => format!("{a} <= {b}"),
            2 => format!("crosses_above({a}, {b})"),
            3 => format!("not ({})", expression(rng, depth - 1, true)),
            4 => format!("({}) and ({})", expression(rng, depth - 1, true), expression(rng, depth - 1, true)),
            _ => {
                format!("({}) or ({})", expression(rng, depth - 1, true), expression(rng, depth - 1, true))
            }
        };
    }
    let leaves = ["close", "open", "high", "low", "volume", "typical", "1.5", "-2"];
    if depth == 0 {
        return leaves[rng.below(leaves.len() as u64) as usize].to_string();
    }
    let mut x = || expression(rng, depth - 1, false);
    let (a, b) = (x(), x());
    let moving = format!("({a} + close)");
    match rng.below(13) {
        0 => format!("({a} - {b})"),
        1 => format!("({a} * {b})"),
        2 => format!("({a} / {b})"),
        3 => format!("min({a}, {b})"),
        4 => format!("log({a})"),
        5 => format!("-sqrt({a})"),
        6 => format!("lag({moving}, {window})"),
        7 => format!("ema({moving}, {window})"),
        8 => format!("zscore({moving}, {})", window + 1),
        9 => format!("bollinger({moving}, {window}, 1).upper"),
        10 => format!("median({moving}, {window})"),
        11 => format!("correlation({moving}, {b}, {window})"),
        _ => format!("sma(close, {window})"),
    }
}

#[test]
fn blocks_of_any_length_give_the_bits_of_single_rows() {
    for seed in 0..300 {
        let mut rng = Rng::new(seed);
        let long = expression(&mut rng, 3, true);
        let exit = expression(&mut rng, 2, true);
        let size = expression(&mut rng, 2, false);
        let params = set(&[("long", &long), ("exit", &exit), ("size", &size)]);
        let program = (RULES.resolve)(&params)
            .and_then(|params| program_of(&params))
            .unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        let rows = 1 + rng.below(600) as usize;
        let mut column = || -> Vec<f64> { (0..rows).map(|_| (rng.uniform() - 0.2) * 10.0).collect() };
        let columns: Vec<Vec<f64>> = (0..program.features.len()).map(|_| column()).collect();

        let mut streamed = RuleSignal::new(program.clone());
        let mut held = 0.0;
        let single: Vec<u64> = (0..rows)
            .map(|row| {
                let x: Vec<f64> = columns.iter().map(|column| column[row]).collect();
                let target = streamed.target(&x, held);
                held = if target.is_nan() { held } else { target };
                held.to_bits()
            })
            .collect();

        let mut blocks = RuleSignal::new(program);
        let (mut from, mut held, mut whole) = (0, 0.0, Vec::new());
        while from < rows {
            let to = (from + 1 + rng.below(300) as usize).min(rows);
            let cut: Vec<&[f64]> = columns.iter().map(|column| &column[from..to]).collect();
            let mut out = vec![0.0; to - from];
            blocks.targets(&cut, held, &mut out);
            held = out[out.len() - 1];
            whole.extend(out.iter().map(|target| target.to_bits()));
            from = to;
        }
        assert_eq!(single, whole, "seed {seed}: long = {long:?}, exit = {exit:?}, size = {size:?}");
    }
}
