//! Texts that are read, written, and refused.

use super::*;

fn read(text: &str) -> FeatureText {
    text.parse().unwrap_or_else(|error: TextError| panic!("{}", error.shown(text)))
}

#[test]
fn every_indicator_on_every_input_is_read_as_it_is_written() {
    let roles = [None, Some("btc".to_string())];
    let intervals = [None, Some(Interval::Minutes(60)), Some(Interval::Days(1))];
    let mut seen = 0;
    for entry in INDICATORS {
        let given: Vec<f64> =
            entry.args.iter().map(|a| a.default.unwrap_or((a.min + 1.5).floor().min(a.max))).collect();
        let outputs: Vec<Option<&str>> = entry.outputs.iter().map(|name| Some(*name)).collect();
        let outputs = if outputs.is_empty() { vec![None] } else { outputs };
        for (output, field) in outputs.iter().flat_map(|o| Field::ALL.map(|field| (o, field))) {
            for (role, interval) in roles.iter().flat_map(|r| intervals.map(|i| (r.clone(), i))) {
                let call = FeatureCall::new(entry, &given, *output).expect("good arguments");
                let input = FeatureInput { role, field, interval };
                let Ok(text) = FeatureText::of_call(Some(input), call) else { continue };
                assert_eq!(read(&text.to_string()), text, "{text}");
                seen += 1;
            }
        }
    }
    assert!(seen > 1_000, "{seen}");
}

#[test]
fn what_is_left_out_is_written_in_full() {
    let check = |text: &str, full: &str| {
        assert_eq!(read(text).to_string(), full);
        assert_eq!(read(full).to_string(), full);
    };
    check("rsi()", "rsi(close,14)");
    check("rsi(21)", "rsi(close,21)");
    check(" sma( btc.open@1h , 10 ) ", "sma(btc.open@1h,10)");
    check("macd(8)", "macd(close,8,26,9).macd");
    check("macd(close,12,26,9).signal", "macd(close,12,26,9).signal");
    check("atr()", "atr(14)");
    check("atr(bar@4h)", "atr(bar@4h,14)");
    check("atr(bar,3)", "atr(3)");
    check("session_vwap()", "session_vwap()");
    check("adx(14)", "adx(14).adx");
    check("bollinger(20,2.5).upper", "bollinger(close,20,2.5).upper");
    check("btc.volume", "btc.volume");
    check("close@60m", "close@1h");
}

#[test]
fn what_cannot_be_read_is_shown_at_its_place() {
    let check = |text: &str, shown: &str| {
        let error = text.parse::<FeatureText>().expect_err(text);
        assert_eq!(error.shown(text), shown);
    };
    check("smaa(close,3)", "no indicator `smaa`; did you mean `sma`?\n  smaa(close,3)\n  ^^^^");
    check("bbands(20)", "no indicator `bbands`; did you mean `bollinger`?\n  bbands(20)\n  ^^^^^^");
    check("sma(clsoe,3)", "no field `clsoe` of a bar; did you mean `close`?\n  sma(clsoe,3)\n      ^^^^^");
    check(
        "sma(close,2.5)",
        "`n` of `sma` is a whole number in 1..=1000000, not 2.5\n  sma(close,2.5)\n            ^^^",
    );
    check("sma(close,3", "the `)` is missing\n  sma(close,3\n             ^");
    check("sma(bar,3)", "`sma` is fed with numbers, such as `close`\n  sma(bar,3)\n      ^^^^^");
    check("atr(close,3)", "`atr` is fed with whole bars: `bar`\n  atr(close,3)\n      ^^^^^^^");
    check("close@1x", "`1x` is not the length of a bar, such as 5m, 1h or 1d\n  close@1x\n  ^^^^^^^^");
    check("bar", "`bar` is no number: it is what an indicator reads\n  bar\n  ^^^");
    check(
        "bollinger(20)",
        "say which output of `bollinger`: .upper, .middle, .lower\n  bollinger(20)\n  ^^^^^^^^^^^^^",
    );
    check(
        "macd().hist",
        "`macd` has no output `hist`; there are .macd, .signal, .histogram\n  macd().hist\n  ^^^^^^^^^^^",
    );
    check(
        "correlation(close,3)",
        "`correlation` reads two series: it is no feature of one\n  correlation(close,3)\n              ^^^^^^^",
    );
}
