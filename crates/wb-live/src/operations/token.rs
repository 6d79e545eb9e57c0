//! What a client must show to change something.

use std::fmt;

use subtle::ConstantTimeEq;

/// The fewest characters of a token. Sixteen letters and digits at random are 95 bits.
const SHORTEST: usize = 16;

/// What a client must show to change something. Printing it shows nothing.
#[derive(Clone)]
pub struct Token(String);

/// A token that is easily guessed, or that a header cannot carry.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a token needs at least {SHORTEST} characters, all of them visible ASCII without spaces")]
pub struct WeakToken;

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

impl Token {
    /// A token of this text.
    ///
    /// # Errors
    /// If it has too few characters, or such as a header cannot carry.
    pub fn new(text: &str) -> Result<Token, WeakToken> {
        let strong = text.len() >= SHORTEST && text.bytes().all(|byte| byte.is_ascii_graphic());
        if strong { Ok(Token(text.to_string())) } else { Err(WeakToken) }
    }

    /// The value of the header `Authorization` that shows it (RFC 6750, section 2.1).
    pub(super) fn authorization(&self) -> String {
        format!("Bearer {}", self.0)
    }

    /// Whether a header shows it. How long the answer takes tells nothing about the token but its length.
    pub(super) fn is_shown_by(&self, authorization: &str) -> bool {
        let Some((scheme, shown)) = authorization.split_once(' ') else { return false };
        let same = self.0.as_bytes().ct_eq(shown.trim_start_matches(' ').as_bytes());
        scheme.eq_ignore_ascii_case("bearer") && bool::from(same)
    }
}
