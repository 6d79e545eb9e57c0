//! What is read, and what is said about what cannot be.

use super::*;

#[test]
fn a_message_is_read_in_any_order_and_spacing_and_what_is_unknown_is_passed_over() {
    let text = r#" { "x" : [1, {"y": "\"}]", "z": [true, null, -1.5e3]}], "s":"A\"\u5e01\n" , "n" : 7, "d":"0.50" } "#;
    let [d, n, s, none] =
        Json::whole(text.as_bytes(), |json| json.fields(["d", "n", "s", "none"])).expect("read");
    assert_eq!(n.read(Json::u64), Ok(7));
    assert_eq!(d.read(Json::number), Ok(0.5));
    assert_eq!(s.read(Json::text).as_deref(), Ok("A\"币\n"));
    assert_eq!(none.read_if(Json::u64), Ok(None));
    assert_eq!(none.read(Json::u64), Err(CodecError::Missing { field: "none".to_string() }));
}

#[test]
fn a_text_without_escapes_is_not_copied() {
    let read = |json: &mut Json<'static>| json.text();
    let text = Json::whole("\"币安USDT\"".as_bytes(), read).expect("a text");
    assert!(matches!(text, Cow::Borrowed("币安USDT")), "{text:?}");
}

#[test]
fn an_error_names_the_field_and_the_byte() {
    let number = |json: &mut Json<'_>| json.object(|json, _| json.object(|json, _| json.u64().map(drop)));
    let check = |text: &str, says: &str| {
        let error = Json::whole(text.as_bytes(), number).expect_err(text).to_string();
        assert_eq!(error, says, "{text}");
    };
    check(r#"{"k":{"t":"x"}}"#, "k.t: a whole number should stand at byte 10");
    check(r#"{"k":{"t":1.5}}"#, "k.t: a whole number should stand at byte 10");
    check(r#"{"k":{"t":99999999999999999999}}"#, "k.t: a smaller number should stand at byte 10");
    check(r#"{"k":{"t":1}"#, "a comma or the end of the object should stand at byte 12");
    check(r#"{"k":{"t":1}} 5"#, "the end of the message should stand at byte 14");
    check(r#"{"k""#, "a colon should stand at byte 4");
    check(r#"{"k"#, "the end of the text should stand at byte 3");
    check("", "an object should stand at byte 0");
    let deep = format!("{{\"k\":{}", "[".repeat(100));
    let error =
        Json::whole(deep.as_bytes(), |json| json.object(|json, _| json.skip())).expect_err("too deep");
    assert_eq!(error.to_string(), "k: less nesting should stand at byte 69");
    let error = Json::whole(b"  \"a\xff\"", |json| json.text().map(drop)).expect_err("no UTF-8");
    assert_eq!(error.to_string(), "a text in UTF-8 should stand at byte 2");
}

#[test]
fn numbers_are_exact_or_refused() {
    let check = |text: &str, expected: Option<f64>| {
        let read = Json::whole(text.as_bytes(), Json::number);
        assert_eq!(read.clone().ok(), expected, "{text}: {read:?}");
    };
    check("\"31.21000000\"", Some(31.21));
    check("31.21", Some(31.21));
    check("-3", Some(-3.0));
    check("\"98765432109876.12345678\"", Some(98_765_432_109_876.12));
    check("\"-98765432109876.12345678\"", Some(-98_765_432_109_876.12));
    check("9007199254740993", Some(9_007_199_254_740_992.0));
    check("\"1e5\"", None);
    check("1e5", None);
    check("\"NaN\"", None);
    check("\"\"", None);
    check("\"1", None);
}
