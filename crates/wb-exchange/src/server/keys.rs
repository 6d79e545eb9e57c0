//! Keys made up for a rehearsal.

use std::io;

use ring::rand::{SecureRandom, SystemRandom};

/// Characters of a name or a secret, as the venue's have.
const LENGTH: usize = 64;

/// Random text of letters and digits: the name of a key, or its secret.
///
/// # Errors
/// If the system has no random numbers.
pub fn random_text() -> io::Result<String> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789Zz";
    let mut bytes = [0; LENGTH];
    SystemRandom::new().fill(&mut bytes).map_err(|_| io::Error::other("the system has no random numbers"))?;
    Ok(bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 64)])).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_long_and_differ() {
        let (one, other) = (random_text().expect("random"), random_text().expect("random"));
        assert_eq!((one.len(), one == other), (LENGTH, false));
        assert!(one.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    }
}
