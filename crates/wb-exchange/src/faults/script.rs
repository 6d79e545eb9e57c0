//! Fault scripts: how often what goes wrong. A script is TOML; everything in it may be left out.

use serde::{Deserialize, Deserializer};
use wb_core::{Rng, Span};

/// How often what goes wrong. Shares are probabilities, decided one by one from the seed.
///
/// ```
/// let script = wb_exchange::FaultScript::parse("seed = 7\n[account]\ndrop = 0.1").expect("a good script");
/// assert!(wb_exchange::FaultScript::parse("[market]\ndrop = 2").is_err());
/// ```
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FaultScript {
    seed: u64,
    market: MessageFaults,
    book: MessageFaults,
    account: MessageFaults,
    requests: RequestFaults,
    orders: OrderFaults,
    clock: ClockFaults,
    server: ServerFaults,
}

/// What happens to messages of one class.
#[derive(Clone, Copy, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct MessageFaults {
    /// Share that is never sent.
    pub(crate) drop: Share,
    /// Share that is sent twice.
    pub(crate) duplicate: Share,
    /// Share that is sent behind the next message of its connection.
    pub(crate) reorder: Share,
    /// Share that is late, with all that is behind it on its connection.
    pub(crate) delay: Share,
    /// How late.
    #[serde(deserialize_with = "span")]
    pub(crate) delay_by: Span,
    /// Share in whose place the connection ends.
    pub(crate) cut: Share,
}

/// What happens to requests.
#[derive(Clone, Copy, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RequestFaults {
    /// Share that is refused with 429.
    too_many: Share,
    /// Share that is refused with 503.
    unavailable: Share,
    /// Share that is carried out, and answered with 503 and that its fate is unknown.
    unknown: Share,
    /// Share that is carried out and never answered.
    lost: Share,
    /// Share that is carried out and answered late.
    delay: Share,
    /// How late.
    #[serde(deserialize_with = "span")]
    pub(crate) delay_by: Span,
}

#[derive(Clone, Copy, PartialEq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct OrderFaults {
    /// Largest share of a bar's volume that orders may trade: the rest is filled later.
    max_participation: Option<Share>,
}

#[derive(Clone, Copy, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ClockFaults {
    /// How far the clock of the exchange is ahead.
    #[serde(deserialize_with = "span")]
    skew: Span,
}

#[derive(Clone, Copy, PartialEq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ServerFaults {
    /// Share of closes behind which the server says that it shuts down, and ends every connection.
    restart: Share,
}

/// A probability.
#[derive(Clone, Copy, PartialEq, Debug, Default, Deserialize)]
#[serde(try_from = "f64")]
pub(crate) struct Share(f64);

impl TryFrom<f64> for Share {
    type Error = String;

    fn try_from(share: f64) -> Result<Share, String> {
        if (0.0..=1.0).contains(&share) {
            Ok(Share(share))
        } else {
            Err(format!("{share} is not a share from 0 to 1"))
        }
    }
}

impl Share {
    /// Whether it happens this time. What never happens takes no random number.
    pub(crate) fn happens(self, rng: &mut Rng) -> bool {
        self.0 > 0.0 && rng.uniform() < self.0
    }
}

impl Default for MessageFaults {
    fn default() -> MessageFaults {
        let never = Share::default();
        let (drop, duplicate, reorder, delay, cut) = (never, never, never, never, never);
        MessageFaults { drop, duplicate, reorder, delay, delay_by: LATE, cut }
    }
}

impl Default for RequestFaults {
    fn default() -> RequestFaults {
        let never = Share::default();
        let (too_many, unavailable, unknown, lost, delay) = (never, never, never, never, never);
        RequestFaults { too_many, unavailable, unknown, lost, delay, delay_by: LATE }
    }
}

impl Default for ClockFaults {
    fn default() -> ClockFaults {
        ClockFaults { skew: Span::ZERO }
    }
}

/// How late is late, where the script does not say.
const LATE: Span = Span(250_000_000);

fn span<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Span, D::Error> {
    let text = String::deserialize(deserializer)?;
    let bad = || serde::de::Error::custom(format!("`{text}` is not a time such as 250ms or 2s"));
    Span::parse(&text).ok_or_else(bad)
}

/// A fault script that cannot be read.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct FaultError(#[from] toml::de::Error);

/// What goes wrong with a request that is carried out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mishap {
    /// Nothing.
    None,
    /// The answer says that nobody knows.
    Unknown,
    /// There is no answer.
    Lost,
    /// The answer comes later by so much.
    Late(Span),
}

impl RequestFaults {
    /// The status with which a request is refused, if it is.
    pub(crate) fn refusal(&self, rng: &mut Rng) -> Option<u16> {
        if self.too_many.happens(rng) {
            return Some(429);
        }
        self.unavailable.happens(rng).then_some(503)
    }

    /// What goes wrong with one that is not.
    pub(crate) fn mishap(&self, rng: &mut Rng) -> Mishap {
        if self.unknown.happens(rng) {
            return Mishap::Unknown;
        }
        if self.lost.happens(rng) {
            return Mishap::Lost;
        }
        if self.delay.happens(rng) { Mishap::Late(self.delay_by) } else { Mishap::None }
    }
}

impl FaultScript {
    /// Reads a script.
    ///
    /// # Errors
    /// With the place and what is wrong there.
    pub fn parse(text: &str) -> Result<FaultScript, FaultError> {
        Ok(toml::from_str(text)?)
    }

    /// The numbers that decide.
    pub(crate) fn rng(&self) -> Rng {
        Rng::new(self.seed)
    }

    /// What happens to messages of a class.
    pub(crate) fn messages(&self, class: super::Class) -> &MessageFaults {
        match class {
            super::Class::Market => &self.market,
            super::Class::Book => &self.book,
            super::Class::Account => &self.account,
        }
    }

    /// What happens to requests.
    pub(crate) fn requests(&self) -> &RequestFaults {
        &self.requests
    }

    /// Largest share of a bar's volume that orders may trade, if the script says so.
    pub(crate) fn max_participation(&self) -> Option<f64> {
        self.orders.max_participation.map(|share| share.0)
    }

    /// How far the clock of the exchange is ahead.
    pub(crate) fn skew(&self) -> Span {
        self.clock.skew
    }

    /// Whether the server restarts behind this close.
    pub(crate) fn restarts(&self, rng: &mut Rng) -> bool {
        self.server.restart.happens(rng)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_says_what_it_says_and_nothing_else_goes_wrong() {
        let text = "seed = 3\n[market]\ndrop = 0.5\ndelay = 1\ndelay_by = \"2s\"\n[clock]\nskew = \"1500ms\"";
        let script = FaultScript::parse(text).expect("a good script");
        assert_eq!(script.market.delay_by, Span::from_seconds(2));
        assert_eq!(script.skew(), Span(1_500_000_000));
        assert_eq!((script.account, script.max_participation()), (MessageFaults::default(), None));
        let mut rng = script.rng();
        assert_eq!(script.requests.mishap(&mut rng), Mishap::None);
        assert_eq!(rng, Rng::new(3), "what never happens takes no random number");
    }

    #[test]
    fn a_bad_script_is_refused_with_its_place() {
        for (text, says) in [
            ("[market]\ndrop = 2", "2 is not a share from 0 to 1"),
            ("[market]\ndorp = 0.1", "unknown field `dorp`"),
            ("[clock]\nskew = \"soon\"", "`soon` is not a time such as 250ms or 2s"),
            ("[market", "line 1"),
        ] {
            let error = FaultScript::parse(text).expect_err(text).to_string();
            assert!(error.contains(says), "{text}: {error}");
        }
    }
}
