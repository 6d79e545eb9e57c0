//! Content hashes and the ids that are made of them.

use std::fs::File;
use std::path::Path;
use std::str::FromStr;
use std::{fmt, io};

use serde::{Deserialize, Serialize};

use crate::error::{IoContext, StoreError};

/// The BLAKE3 hash of some bytes; as text 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ContentHash([u8; 32]);

impl ContentHash {
    /// The hash of `bytes`.
    pub fn of(bytes: &[u8]) -> ContentHash {
        ContentHash(*blake3::hash(bytes).as_bytes())
    }

    /// The hash of a file's content.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn of_file(path: &Path) -> Result<ContentHash, StoreError> {
        let mut hasher = blake3::Hasher::new();
        let mut file = File::open(path).doing("open", path)?;
        io::copy(&mut file, &mut hasher).doing("read", path)?;
        Ok(ContentHash::from_hasher(&hasher))
    }

    pub(crate) const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    pub(crate) const fn from_bytes(bytes: [u8; 32]) -> ContentHash {
        ContentHash(bytes)
    }

    pub(crate) fn from_hasher(hasher: &blake3::Hasher) -> ContentHash {
        ContentHash(*hasher.finalize().as_bytes())
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that is not a hash.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("`{0}` is not a hash of 64 hexadecimal digits")]
pub struct NotAHash(String);

impl FromStr for ContentHash {
    type Err = NotAHash;

    fn from_str(text: &str) -> Result<ContentHash, NotAHash> {
        let digits = text.as_bytes();
        if digits.len() != 64 || !digits.iter().all(|d| matches!(d, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(NotAHash(text.to_string()));
        }
        let nibble = |digit: u8| if digit <= b'9' { digit - b'0' } else { digit - b'a' + 10 };
        Ok(ContentHash(std::array::from_fn(|i| nibble(digits[2 * i]) << 4 | nibble(digits[2 * i + 1]))))
    }
}

impl TryFrom<String> for ContentHash {
    type Error = NotAHash;
    fn try_from(text: String) -> Result<ContentHash, NotAHash> {
        text.parse()
    }
}

impl From<ContentHash> for String {
    fn from(hash: ContentHash) -> String {
        hash.to_string()
    }
}

/// What a run or a sweep is called: the hash of everything that determines its result.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(ContentHash);

impl RunId {
    /// The id of the run or sweep that this canonical text describes.
    pub fn of(canonical: &str) -> RunId {
        RunId(ContentHash::of(canonical.as_bytes()))
    }

    /// The first twelve digits, for people.
    pub fn short(&self) -> String {
        let mut text = self.to_string();
        text.truncate(12);
        text
    }
}

/// All 64 digits.
impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl FromStr for RunId {
    type Err = NotAHash;

    fn from_str(text: &str) -> Result<RunId, NotAHash> {
        text.parse().map(RunId)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_the_blake3_of_its_text() {
        // Test vector of the BLAKE3 paper's repository for the empty input.
        let empty = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";
        assert_eq!(RunId::of("").to_string(), empty);
        assert_eq!(RunId::of("").short(), "af1349b9f5f9");
        assert_eq!(empty.parse(), Ok(RunId::of("")));
    }

    #[test]
    fn only_64_lower_case_digits_are_a_hash() {
        let good = RunId::of("x").to_string();
        for bad in ["", "af13", &good.to_uppercase(), &format!("{good}0"), &good.replace(&good[..1], "g")] {
            assert!(bad.parse::<RunId>().is_err(), "{bad}");
        }
    }
}
