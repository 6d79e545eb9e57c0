//! Names of orders that we choose: unique across restarts, and saying which order of which session it is.

use wb_core::OrderId;

/// The most characters of a tag: with a session (7), a number (13) and two dashes a name has at most 36, which is what
/// venues allow.
const LONGEST_TAG: usize = 14;

const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// Names the orders of one session of a deployment, and knows them again: `tag-session-number`, both in base 36.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OrderNames {
    tag: String,
    session: u32,
    /// What every name of the session begins with.
    prefix: String,
}

/// Whose order it is, by its name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Owner {
    /// An order of this session.
    Ours(OrderId),
    /// An order of another session of this deployment.
    OtherSession(u32, OrderId),
    /// Somebody else's.
    Foreign,
}

/// A tag that cannot begin names.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("`{0}` cannot name orders: give 1 to {LONGEST_TAG} characters of a-z and 0-9")]
pub struct BadTag(pub String);

impl OrderNames {
    /// The names of a deployment's session. No two sessions of a deployment may have one number, and no two deployments
    /// of an account one tag.
    ///
    /// # Errors
    /// If the tag is empty, too long, or has other characters than `a-z` and `0-9`.
    pub fn new(tag: &str, session: u32) -> Result<OrderNames, BadTag> {
        let plain = tag.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        if tag.is_empty() || tag.len() > LONGEST_TAG || !plain {
            return Err(BadTag(tag.to_string()));
        }
        let mut prefix = format!("{tag}-");
        write_base36(u64::from(session), &mut prefix);
        prefix.push('-');
        Ok(OrderNames { tag: tag.to_string(), session, prefix })
    }

    /// Appends the name of an order of this session.
    pub(crate) fn write(&self, order: OrderId, out: &mut String) {
        out.push_str(&self.prefix);
        write_base36(order.0, out);
    }

    /// Whose order a name is.
    pub(crate) fn owner(&self, name: &str) -> Owner {
        if let Some(number) = name.strip_prefix(self.prefix.as_str()) {
            return read_base36(number).map_or(Owner::Foreign, |number| Owner::Ours(OrderId(number)));
        }
        let rest = name.strip_prefix(self.tag.as_str()).and_then(|rest| rest.strip_prefix('-'));
        let numbers = rest.and_then(|rest| rest.split_once('-')).and_then(|(session, number)| {
            Some((u32::try_from(read_base36(session)?).ok()?, OrderId(read_base36(number)?)))
        });
        match numbers {
            Some((session, order)) if session != self.session => Owner::OtherSession(session, order),
            _ => Owner::Foreign,
        }
    }
}

fn write_base36(mut number: u64, out: &mut String) {
    let mut digits = [0_u8; 13];
    let mut first = digits.len();
    loop {
        first -= 1;
        digits[first] = DIGITS[(number % 36) as usize];
        number /= 36;
        if number == 0 {
            break;
        }
    }
    out.push_str(std::str::from_utf8(&digits[first..]).expect("digits are ASCII"));
}

/// The number that [`write_base36`] writes so; one spelling for each number.
fn read_base36(text: &str) -> Option<u64> {
    let canonical = !text.is_empty() && (text == "0" || !text.starts_with('0'));
    let digits = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    if canonical && digits { u64::from_str_radix(text, 36).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_whose_order_it_is() {
        let names = OrderNames::new("btctrend", 37).expect("a tag");
        let mut name = String::new();
        for number in [1, 35, 36, 1_000_000, u64::MAX] {
            name.clear();
            names.write(OrderId(number), &mut name);
            assert!(name.len() <= 36, "{name}");
            assert_eq!(names.owner(&name), Owner::Ours(OrderId(number)), "{name}");
            let later = OrderNames::new("btctrend", 38).expect("a tag");
            assert_eq!(later.owner(&name), Owner::OtherSession(37, OrderId(number)));
            let other = OrderNames::new("btc", 37).expect("a tag");
            assert_eq!(other.owner(&name), Owner::Foreign);
        }
        assert_eq!(name, "btctrend-11-3w5e11264sgsf");
    }

    #[test]
    fn names_that_we_never_write_are_foreign() {
        let names = OrderNames::new("a", 1).expect("a tag");
        for name in [
            "", "a", "a-", "a-1", "a-1-", "a-1-+5", "a-1-05", "a-1-A", "a-01-5", "a-1-1-1", "web_123",
            "é-1-1",
        ] {
            assert_eq!(names.owner(name), Owner::Foreign, "{name}");
        }
    }

    #[test]
    fn a_tag_that_venues_would_refuse_is_refused_with_its_reason() {
        for tag in ["", "far-too-long-a-tag", "Upper", "a_b", "ü"] {
            let error = OrderNames::new(tag, 1).expect_err(tag).to_string();
            assert_eq!(error, format!("`{tag}` cannot name orders: give 1 to 14 characters of a-z and 0-9"));
        }
    }
}
