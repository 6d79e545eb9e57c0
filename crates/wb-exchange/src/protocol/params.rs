//! Parameters of a request, as text exactly as they were sent.

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use wb_core::{Span, Ts};

use super::decimal::Decimal;
use super::error::ApiError;

/// Names and values of one request.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Params {
    values: BTreeMap<String, String>,
}

impl Params {
    /// Reads a query string and a form body; the query wins.
    ///
    /// # Errors
    /// If a name comes twice or cannot be decoded.
    pub(crate) fn of_form(query: &str, body: &str) -> Result<Params, ApiError> {
        let mut params = Params::default();
        for text in [body, query] {
            let mut own = BTreeMap::new();
            for pair in text.split('&').filter(|pair| !pair.is_empty()) {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                let both = percent_decoded(name).zip(percent_decoded(value));
                let (name, value) =
                    both.ok_or_else(|| ApiError::new(-1100, "Illegal characters found in a parameter."))?;
                if own.insert(name, value).is_some() {
                    return Err(ApiError::new(-1101, "Duplicate values for a parameter detected."));
                }
            }
            params.values.extend(own);
        }
        Ok(params)
    }

    /// Reads the `params` of a WebSocket API request: numbers keep their digits.
    pub(crate) fn of_json(values: &BTreeMap<String, Box<RawValue>>) -> Params {
        let text = |raw: &RawValue| {
            serde_json::from_str::<String>(raw.get()).unwrap_or_else(|_| raw.get().to_string())
        };
        let given = values.iter().filter(|(_, raw)| raw.get() != "null");
        Params { values: given.map(|(name, raw)| (name.clone(), text(raw))).collect() }
    }

    /// The text that a WebSocket API signature is over: all but the signature, sorted by name, not encoded.
    pub(crate) fn signed_text(&self) -> String {
        let signed = self.values.iter().filter(|(name, _)| *name != "signature");
        signed.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
    }

    /// A value that is there and not empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// A value that has to be there.
    ///
    /// # Errors
    /// -1102 if it is not.
    pub(crate) fn required(&self, name: &str) -> Result<&str, ApiError> {
        self.get(name).ok_or_else(|| ApiError::missing(name))
    }

    /// A whole number, if it is there.
    ///
    /// # Errors
    /// -1102 if it is no number.
    pub(crate) fn integer(&self, name: &str) -> Result<Option<i64>, ApiError> {
        self.get(name).map(|text| text.parse().map_err(|_| ApiError::missing(name))).transpose()
    }

    /// A whole number from `1..=most`; more counts as `most`.
    ///
    /// # Errors
    /// -1130 if it is smaller, -1102 if it is no number.
    pub(crate) fn limit(&self, default: usize, most: usize) -> Result<usize, ApiError> {
        let bad = || ApiError::new(-1130, "Data sent for parameter 'limit' is not valid.");
        match self.integer("limit")? {
            None => Ok(default),
            Some(n) => usize::try_from(n).ok().filter(|n| *n > 0).map(|n| n.min(most)).ok_or_else(bad),
        }
    }

    /// An amount, if it is there.
    ///
    /// # Errors
    /// -1100 if it is not a plain decimal.
    pub(crate) fn decimal(&self, name: &str) -> Result<Option<Decimal>, ApiError> {
        let legal = "^([0-9]{1,20})(\\.[0-9]{1,20})?$";
        let bad = || {
            ApiError::new(
                -1100,
                format!("Illegal characters found in parameter '{name}'; legal range is '{legal}'."),
            )
        };
        self.get(name).map(|text| Decimal::parse(text).ok_or_else(bad)).transpose()
    }

    /// An instant in milliseconds, or in microseconds if it has that many digits.
    ///
    /// # Errors
    /// -1102 if it is no number.
    pub(crate) fn time(&self, name: &str) -> Result<Option<Ts>, ApiError> {
        /// The first number that is read as microseconds: the year 5138 in milliseconds.
        const MICROSECONDS_FROM: i64 = 100_000_000_000_000;
        let Some(n) = self.integer(name)? else { return Ok(None) };
        let unit = if n >= MICROSECONDS_FROM { 1_000 } else { 1_000_000 };
        n.checked_mul(unit).map(|ns| Some(Ts(ns))).ok_or_else(|| ApiError::missing(name))
    }

    /// How old a request may be.
    ///
    /// # Errors
    /// -1131 if it is longer than a minute, -1102 if it is no number.
    pub(crate) fn recv_window(&self) -> Result<Span, ApiError> {
        const DEFAULT_MS: f64 = 5_000.0;
        const MOST_MS: f64 = 60_000.0;
        let ms = match self.get("recvWindow") {
            None => DEFAULT_MS,
            Some(text) => text.parse::<f64>().map_err(|_| ApiError::missing("recvWindow"))?,
        };
        if !(0.0..=MOST_MS).contains(&ms) {
            return Err(ApiError::new(-1131, "recvWindow must be less than 60000."));
        }
        Ok(Span((ms * 1e6) as i64))
    }

    /// A list of symbols as JSON text, if it is there: `["BTCUSDT"]`.
    ///
    /// # Errors
    /// -1100 if it is no list.
    pub(crate) fn list(&self, name: &str) -> Result<Option<Vec<String>>, ApiError> {
        let bad = |_| ApiError::new(-1100, format!("Illegal characters found in parameter '{name}'."));
        self.get(name).map(|text| serde_json::from_str(text).map_err(bad)).transpose()
    }
}

/// The text behind `%41`; nothing where that is not UTF-8 or a digit is missing.
pub(crate) fn percent_decoded(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'%' => {
                let hex = text.get(at + 1..at + 3)?;
                out.push(u8::from_str_radix(hex, 16).ok()?);
                at += 3;
            }
            b'+' => {
                out.push(b' ');
                at += 1;
            }
            byte => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_wins_over_the_body() {
        let params = Params::of_form("a=1&b=%5B%22X%22%5D", "a=2&c=3").expect("good text");
        assert_eq!(
            (params.get("a"), params.get("b"), params.get("c")),
            (Some("1"), Some("[\"X\"]"), Some("3"))
        );
        assert_eq!(params.list("b").expect("a list"), Some(vec!["X".to_string()]));
    }

    #[test]
    fn bad_text_is_refused_by_number() {
        let check = |query: &str, code: i32| {
            assert_eq!(Params::of_form(query, "").expect_err(query).code, code, "{query}");
        };
        check("a=%zz", -1100);
        check("a=%4", -1100);
        check("a=1&a=2", -1101);
    }

    #[test]
    fn numbers_of_a_json_request_keep_their_digits() {
        let text = r#"{"price":0.10,"symbol":"X","n":null,"list":["A"]}"#;
        let params = Params::of_json(&serde_json::from_str(text).expect("JSON"));
        assert_eq!(params.signed_text(), "list=[\"A\"]&price=0.10&symbol=X");
    }

    #[test]
    fn times_come_in_either_unit() {
        let at = |text: &str| Params::of_form(&format!("t={text}"), "").expect("text").time("t");
        assert_eq!(at("1499827319559"), Ok(Some(Ts(1_499_827_319_559_000_000))));
        assert_eq!(at("1499827319559123"), Ok(Some(Ts(1_499_827_319_559_123_000))));
        assert_eq!(at("x").expect_err("no number").code, -1102);
        assert!(at("9223372036854775807").is_err());
    }
}
