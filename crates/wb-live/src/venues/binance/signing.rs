//! Keys of Binance and the signatures that it asks for: HMAC-SHA256 in hexadecimal digits, Ed25519 in base64.

use std::fmt;

use data_encoding::{BASE64, HEXLOWER};
use ring::{hmac, signature};
use rustls_pki_types::PrivatePkcs8KeyDer;
use rustls_pki_types::pem::PemObject;

/// What stands where a secret stood.
const REDACTED: &str = "<redacted>";

/// A word shorter than this is neither a key of the venue nor a signature: both have 64 characters and more.
const SHORTEST_SECRET: usize = 16;

/// A key of the venue and the secret that signs for it. Prints neither.
pub struct Credentials {
    api_key: String,
    secret: Secret,
}

enum Secret {
    Hmac(hmac::Key),
    Ed25519(signature::Ed25519KeyPair),
}

/// A text that is no secret.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the secret of the venue's key cannot be used: {0}")]
pub struct NotAKey(&'static str);

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.signs_sessions() { "Credentials(Ed25519)" } else { "Credentials(HMAC)" })
    }
}

impl Credentials {
    /// A key and its secret: an Ed25519 key as PEM of PKCS #8, else the secret of an HMAC key.
    ///
    /// # Errors
    /// If the secret is empty, or PEM of anything else; if the key has other characters than letters, digits and dashes.
    pub fn new(api_key: &str, secret: &str) -> Result<Credentials, NotAKey> {
        let (api_key, secret) = (api_key.trim(), secret.trim());
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        if api_key.is_empty() || !api_key.bytes().all(plain) {
            return Err(NotAKey("the key itself must be letters, digits, dashes"));
        }
        let secret = if secret.is_empty() {
            return Err(NotAKey("it is empty"));
        } else if secret.starts_with("-----") {
            let der = PrivatePkcs8KeyDer::from_pem_slice(secret.as_bytes())
                .map_err(|_| NotAKey("it is PEM, but not of an unencrypted private key as PKCS #8"))?;
            // The keys that OpenSSL makes have no public half to check against.
            let pair = signature::Ed25519KeyPair::from_pkcs8_maybe_unchecked(der.secret_pkcs8_der());
            Secret::Ed25519(pair.map_err(|_| NotAKey("it is a private key, but not of Ed25519"))?)
        } else {
            Secret::Hmac(hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()))
        };
        Ok(Credentials { api_key: api_key.to_string(), secret })
    }

    /// The public half.
    pub(super) fn api_key(&self) -> &str {
        &self.api_key
    }

    /// Whether a connection can be known by it from the first request on, so that no other needs a signature.
    pub(super) fn signs_sessions(&self) -> bool {
        matches!(self.secret, Secret::Ed25519(_))
    }

    /// What the venue says, which may repeat what it was sent, without the key and without signatures.
    pub(super) fn redact(&self, said: &str) -> String {
        let is_key = self.api_key.len() >= SHORTEST_SECRET;
        let said = if is_key { said.replace(&self.api_key, REDACTED) } else { said.to_string() };
        let mut text = String::with_capacity(said.len());
        let mut rest = said.as_str();
        while let Some(at) = rest.to_ascii_lowercase().find("signature") {
            let (before, behind) = rest.split_at(at + "signature".len());
            text.push_str(before);
            // An equals sign, or a quote and a colon, and perhaps escaped: then the signature itself.
            let begins = behind.find(|c: char| c.is_ascii_alphanumeric()).unwrap_or(behind.len());
            let (between, value) = behind.split_at(begins);
            let plain = |c: char| c.is_ascii_alphanumeric() || "+/=%_-".contains(c);
            let ends = value.find(|c| !plain(c)).unwrap_or(value.len());
            text.push_str(between);
            text.push_str(if ends < SHORTEST_SECRET { &value[..ends] } else { REDACTED });
            rest = &value[ends..];
        }
        text + rest
    }

    /// Appends the signature of `payload`.
    pub(super) fn sign(&self, payload: &str, out: &mut String) {
        match &self.secret {
            Secret::Hmac(key) => HEXLOWER.encode_append(hmac::sign(key, payload.as_bytes()).as_ref(), out),
            Secret::Ed25519(pair) => BASE64.encode_append(pair.sign(payload.as_bytes()).as_ref(), out),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Example key of binance-spot-api-docs, rest-api.md, "SIGNED Endpoint Examples".
    pub(in super::super) const API_KEY: &str =
        "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A";
    /// Its secret, there.
    pub(in super::super) const SECRET: &str =
        "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j";

    /// The PEM that `openssl pkey` writes for an Ed25519 seed: PKCS #8 version 1 (RFC 8410, 7).
    pub(in super::super) fn pem_of_seed(seed: &[u8]) -> String {
        let prefix = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
        let body = BASE64.encode(&[&prefix[..], seed].concat());
        format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n")
    }

    fn signed(credentials: &Credentials, payload: &str) -> String {
        let mut text = String::new();
        credentials.sign(payload, &mut text);
        text
    }

    #[test]
    fn hmac_is_that_of_the_venues_examples_and_of_rfc_4231() {
        let key = Credentials::new(API_KEY, SECRET).expect("a key");
        let payload = "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000\
                       &timestamp=1499827319559";
        let expected = "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71";
        assert_eq!(signed(&key, payload), expected, "rest-api.md");
        let payload = format!(
            "apiKey={API_KEY}&price=52000.00&quantity=0.01000000&recvWindow=100&side=SELL&symbol=BTCUSDT\
             &timeInForce=GTC&timestamp=1645423376532&type=LIMIT"
        );
        let expected = "aa1b5712c094bc4e57c05a1a5c1fd8d88dcd628338ea863fec7b88e59fe2db24";
        assert_eq!(signed(&key, &payload), expected, "web-socket-api.md");
        let jefe = Credentials::new("k", "Jefe").expect("a key");
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(signed(&jefe, "what do ya want for nothing?"), expected, "test case 2");
    }

    #[test]
    fn ed25519_is_that_of_rfc_8032_section_7_1_test_1() {
        let seed = HEXLOWER
            .decode(b"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
            .expect("digits");
        let key = Credentials::new("k", &pem_of_seed(&seed)).expect("a key");
        assert!(key.signs_sessions());
        let expected = HEXLOWER
            .decode(
                b"e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25b\
                  f5f0595bbe24655141438e7a100b",
            )
            .expect("digits");
        assert_eq!(signed(&key, ""), BASE64.encode(&expected));
    }

    #[test]
    fn what_is_no_key_is_refused_with_its_reason() {
        let check = |secret: &str, says: &str| {
            let error = Credentials::new("abc", secret).expect_err(says).to_string();
            assert!(error.ends_with(says), "{error}");
        };
        check(" \n", "it is empty");
        let not_pkcs8 = "it is PEM, but not of an unencrypted private key as PKCS #8";
        check("-----BEGIN RSA PRIVATE KEY-----\nMC4C\n-----END RSA PRIVATE KEY-----", not_pkcs8);
        check("-----BEGIN PRIVATE KEY-----\nMC4", not_pkcs8);
        check("-----BEGIN PRIVATE KEY-----\n??\n-----END PRIVATE KEY-----", not_pkcs8);
        let other = "it is a private key, but not of Ed25519";
        check("-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----", other);
        let error = Credentials::new("a\"b", "secret").expect_err("a quote").to_string();
        assert!(error.ends_with("the key itself must be letters, digits, dashes"), "{error}");
    }

    #[test]
    fn what_the_venue_repeats_of_a_request_loses_its_key_and_signature() {
        let key = Credentials::new(API_KEY, SECRET).expect("a key");
        let check = |said: &str, expected: &str| assert_eq!(key.redact(said), expected);
        let (hex, base64) = ("c8db56825ae71d6d79447849e617115f", "5VZDAMNgrHKQ4IbMgG6CTX8YdessHg7YcVRDkA==");
        check(&format!("GET /x?a=1&signature={hex} HTTP"), "GET /x?a=1&signature=<redacted> HTTP");
        check(&format!("{{\"signature\":\"{base64}\"}}"), "{\"signature\":\"<redacted>\"}");
        check(&format!("x%26signature%3D{hex}&b=2"), "x%26signature%<redacted>&b=2");
        check(&format!("apiKey={API_KEY}&Signature: {hex}"), "apiKey=<redacted>&Signature: <redacted>");
        for text in ["Signature for this request is not valid.", "signature", "no such order", ""] {
            check(text, text);
        }
    }

    #[test]
    fn keys_are_never_printed() {
        for (secret, printed) in
            [("canary", "Credentials(HMAC)"), (pem_of_seed(&[7; 32]).as_str(), "Credentials(Ed25519)")]
        {
            assert_eq!(format!("{:?}", Credentials::new("canary", secret).expect("a key")), printed);
        }
    }
}
