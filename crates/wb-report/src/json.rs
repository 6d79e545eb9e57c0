//! The little JSON that the page's scripts read, safe inside a `script` element.

use crate::html::put;

/// A JSON value, written as it is built.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Json {
    /// A string.
    Text(String),
    /// A number; a number that is not finite is written as `null`.
    Number(f64),
    /// A whole number.
    Whole(i64),
    /// Yes or no.
    Flag(bool),
    /// A list.
    List(Vec<Json>),
    /// Names and values, in order.
    Object(Vec<(&'static str, Json)>),
}

impl Json {
    /// A string.
    pub(crate) fn text(text: impl Into<String>) -> Json {
        Json::Text(text.into())
    }

    /// The text, free of `<`, `>`, `&` and of the line ends that a script may not hold, so that no content can end
    /// the `script` element around it.
    pub(crate) fn write(&self, out: &mut String) {
        match self {
            Json::Text(text) => write_text(text, out),
            Json::Number(x) if x.is_finite() => put(out, format_args!("{x}")),
            Json::Number(_) => out.push_str("null"),
            Json::Whole(x) => put(out, format_args!("{x}")),
            Json::Flag(x) => put(out, format_args!("{x}")),
            Json::List(items) => {
                out.push('[');
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    item.write(out);
                }
                out.push(']');
            }
            Json::Object(fields) => {
                out.push('{');
                for (i, (name, value)) in fields.iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    write_text(name, out);
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
        }
    }
}

fn write_text(text: &str, out: &mut String) {
    out.push('"');
    // Runs without anything to escape are copied whole: packed columns are long.
    let special =
        |c: char| matches!(c, '"' | '\\' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}') || c.is_control();
    let mut rest = text;
    while let Some(at) = rest.find(special) {
        out.push_str(&rest[..at]);
        let c = rest[at..].chars().next().expect("a match is a character");
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            other => put(out, format_args!("\\u{:04x}", u32::from(other))),
        }
        rest = &rest[at + c.len_utf8()..];
    }
    out.push_str(rest);
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: Json, expected: &str) {
        let mut out = String::new();
        value.write(&mut out);
        assert_eq!(out, expected);
    }

    #[test]
    fn a_string_cannot_end_the_script_around_it() {
        check(
            Json::text("</script><!-- & \u{2028}\"\\\n\t"),
            r#""\u003c/script\u003e\u003c!-- \u0026 \u2028\"\\\n\u0009""#,
        );
    }

    #[test]
    fn values_are_written_in_order() {
        let value = Json::Object(vec![
            ("a", Json::List(vec![Json::Whole(1), Json::Number(0.5), Json::Number(f64::NAN)])),
            ("b", Json::Flag(true)),
        ]);
        check(value, r#"{"a":[1,0.5,null],"b":true}"#);
    }
}
