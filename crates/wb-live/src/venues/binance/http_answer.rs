//! What an answer over HTTP says besides its result: what is wrong, and how much of a limit is used. Source:
//! binance-spot-api-docs, rest-api.md "HTTP return codes" and "IP limits".

use wb_core::{Span, Ts};

use super::error_code::venue_error;
use crate::venues::codec::HttpAnswer;
use crate::venues::json::{Json, Read};
use crate::venues::limits::{RateKind, RateUse};
use crate::venues::refusal::VenueError;

/// Headers that tell what is used. A number and a letter follow, the length of the window: `-1m`, `-10s`.
const COUNTERS: [(&str, RateKind); 2] =
    [("x-mbx-used-weight-", RateKind::Weight), ("x-mbx-order-count-", RateKind::Orders)];

/// What is used of the venue's limits, as the headers of an answer tell.
pub fn read_usage(answer: &HttpAnswer<'_>) -> Vec<RateUse> {
    let read = |(name, value): &(String, String)| {
        let found = COUNTERS.iter().find_map(|(prefix, kind)| Some((name.strip_prefix(prefix)?, *kind)));
        let (window, kind) = found?;
        let window = Span::parse(window).filter(|window| window.0 > 0)?;
        Some(RateUse { kind, window, used: value.parse().ok()? })
    };
    answer.headers.iter().filter_map(read).collect()
}

/// What the venue refuses, if an answer that arrived then is a refusal.
pub fn read_refusal(answer: &HttpAnswer<'_>, ts_recv: Ts) -> Option<VenueError> {
    (answer.status != 200).then(|| read_http_error(answer, ts_recv))
}

/// What is wrong, also where a gateway before the venue has written the body.
pub(super) fn read_http_error(answer: &HttpAnswer<'_>, ts_recv: Ts) -> VenueError {
    let status = u64::from(answer.status);
    let read: Read<(i64, String)> = Json::whole(answer.body, |json| {
        let [code, text] = json.fields(["code", "msg"])?;
        Ok((code.read(Json::i64)?, text.read(Json::text)?.into_owned()))
    });
    let (code, text) = read.unwrap_or_else(|_| (0, format!("HTTP {status}")));
    venue_error(status, code, text, answer.not_before(ts_recv))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_tell_what_is_used_of_which_limit() {
        let headers = [
            ("content-type", "application/json"),
            ("x-mbx-used-weight", "41"),
            ("x-mbx-used-weight-1m", "42"),
            ("x-mbx-order-count-10s", "3"),
            ("x-mbx-order-count-1d", "400"),
            ("x-mbx-used-weight-1y", "5"),
            ("x-mbx-used-weight-0m", "5"),
            ("x-mbx-used-weight-1h", "many"),
        ];
        let headers = headers.map(|(name, value)| (name.to_string(), value.to_string()));
        let answer = HttpAnswer { status: 200, headers: &headers, body: b"{}" };
        let found: Vec<(RateKind, i64, u64)> = read_usage(&answer)
            .iter()
            .map(|usage| (usage.kind, usage.window.0 / 1_000_000_000, usage.used))
            .collect();
        assert_eq!(
            found,
            [(RateKind::Weight, 60, 42), (RateKind::Orders, 10, 3), (RateKind::Orders, 86_400, 400)]
        );
    }

    #[test]
    fn an_answer_says_when_to_ask_again_in_seconds_and_nonsense_says_nothing() {
        let at = |value: &str| {
            let headers = [("retry-after".to_string(), value.to_string())];
            HttpAnswer { status: 429, headers: &headers, body: b"" }.not_before(Ts::from_seconds(100))
        };
        assert_eq!(at("7"), Some(Ts::from_seconds(107)));
        for value in ["-1", "", "soon", "9223372036854775807"] {
            assert_eq!(at(value), None, "{value}");
        }
    }
}
