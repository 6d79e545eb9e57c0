//! What Binance's error codes mean for whoever asked. Source: binance-spot-api-docs, errors.md.

use wb_core::{Reject, Ts};

use crate::venues::refusal::{Meaning, VenueError};

/// The error with its meaning. `status` is that of HTTP, or the one of the answer, which is the same.
pub(super) fn venue_error(status: u64, code: i64, text: String, not_before: Option<Ts>) -> VenueError {
    let meaning = match (status, code) {
        // The venue had no answer: the request may have been carried out. 409 says that a part of it was.
        (409 | 500.., _) | (_, -1000 | -1001 | -1006 | -1007 | -2021) => Meaning::Unknown,
        (418, _) => Meaning::Banned(not_before),
        (429, _) | (_, -1003 | -1015 | -1034) => Meaning::TooMany(not_before),
        (_, -1021) => Meaning::Clock,
        (401, _) | (_, -1002 | -1022 | -2014 | -2015) => Meaning::Key,
        // The firewall of the venue; its page has no code.
        (403, _) | (_, -1008 | -1016) => Meaning::Later,
        (_, -2013 | -2026) => Meaning::NoSuchOrder,
        (_, -2011) if text.starts_with("Unknown order") => Meaning::NoSuchOrder,
        (_, -1010 | -1013 | -2010 | -2011 | -2016 | -2022 | -2038 | -2039) => Meaning::Refused(reject(&text)),
        _ => Meaning::Request,
    };
    VenueError { code, text, meaning }
}

/// The engine has one code for many reasons, and tells them apart by what it says.
fn reject(text: &str) -> Reject {
    if text.contains("insufficient balance") {
        Reject::Margin
    } else if text.contains("immediately match and take") {
        Reject::PostOnly
    } else {
        Reject::Venue
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_error_means_what_the_venue_says() {
        let check = |status, code, text: &str, meaning| {
            let error = venue_error(status, code, text.to_string(), Some(Ts(5)));
            assert_eq!(error.meaning, meaning, "{status} {code} {text}");
        };
        check(
            400,
            -2010,
            "Account has insufficient balance for requested action.",
            Meaning::Refused(Reject::Margin),
        );
        check(400, -2010, "Order would immediately match and take.", Meaning::Refused(Reject::PostOnly));
        check(400, -2010, "Market is closed.", Meaning::Refused(Reject::Venue));
        check(400, -1013, "Filter failure: LOT_SIZE", Meaning::Refused(Reject::Venue));
        check(400, -2011, "Unknown order sent.", Meaning::NoSuchOrder);
        check(400, -2011, "This symbol is restricted for this account.", Meaning::Refused(Reject::Venue));
        check(400, -2013, "Order does not exist.", Meaning::NoSuchOrder);
        check(400, -1021, "Timestamp for this request is outside of the recvWindow.", Meaning::Clock);
        check(401, -2015, "Invalid API-key, IP, or permissions for action.", Meaning::Key);
        check(400, -1022, "Signature for this request is not valid.", Meaning::Key);
        check(429, -1003, "Too much request weight used", Meaning::TooMany(Some(Ts(5))));
        check(400, -1015, "Too many new orders.", Meaning::TooMany(Some(Ts(5))));
        check(418, -1003, "Way too much request weight used", Meaning::Banned(Some(Ts(5))));
        check(400, -1102, "Mandatory parameter was not sent", Meaning::Request);
        check(400, -1121, "Invalid symbol.", Meaning::Request);
    }

    #[test]
    fn an_order_that_got_no_answer_is_never_taken_for_refused() {
        for (status, code) in
            [(500, 0), (502, 0), (503, -1008), (504, -1007), (400, -1007), (400, -1006), (409, -2021)]
        {
            let meaning = venue_error(status, code, String::new(), None).meaning;
            assert_eq!(meaning, Meaning::Unknown, "{status} {code}");
            assert!(!meaning.is_certain());
        }
    }
}
