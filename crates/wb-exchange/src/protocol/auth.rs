//! Keys of the account, and whether a request was signed with one of them.

use std::fmt;

use data_encoding::{BASE64, HEXLOWER_PERMISSIVE};
use ring::{hmac, signature};
use rustls_pki_types::SubjectPublicKeyInfoDer;
use rustls_pki_types::pem::PemObject;
use wb_core::{Span, Ts};

use super::error::ApiError;
use super::params::Params;

/// What signatures are checked with.
#[derive(Clone, PartialEq, Eq)]
pub enum Secret {
    /// HMAC-SHA256 with this text.
    Hmac(String),
    /// Ed25519; the public half.
    Ed25519([u8; 32]),
}

/// Does not print what it holds.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Secret::Hmac(_) => "Hmac(…)",
            Secret::Ed25519(_) => "Ed25519(…)",
        })
    }
}

/// A key of the account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ApiKey {
    /// The name of the key, sent with each request.
    pub name: String,
    /// What its signatures are checked with.
    pub secret: Secret,
}

impl Secret {
    /// The public half of an Ed25519 key, from the PEM text that `openssl pkey -pubout` writes.
    pub fn ed25519_from_pem(pem: &str) -> Option<Secret> {
        /// The header of a SubjectPublicKeyInfo that holds an Ed25519 key (RFC 8410).
        const HEADER: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
        let der = SubjectPublicKeyInfoDer::from_pem_slice(pem.as_bytes()).ok()?;
        let key = der.as_ref().strip_prefix(&HEADER[..])?;
        Some(Secret::Ed25519(key.try_into().ok()?))
    }

    /// Whether `signature` is one of `payload`: hexadecimal for HMAC, base64 for Ed25519.
    fn accepts(&self, payload: &str, signature: &str) -> bool {
        match self {
            Secret::Hmac(secret) => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
                let given = HEXLOWER_PERMISSIVE.decode(signature.as_bytes());
                given.is_ok_and(|tag| hmac::verify(&key, payload.as_bytes(), &tag).is_ok())
            }
            Secret::Ed25519(public) => {
                let key = signature::UnparsedPublicKey::new(&signature::ED25519, public);
                let given = BASE64.decode(signature.as_bytes());
                given.is_ok_and(|given| key.verify(payload.as_bytes(), &given).is_ok())
            }
        }
    }
}

/// A request that says who sends it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Claim<'a> {
    /// The name of the key, if one was sent.
    pub(crate) key: Option<&'a str>,
    /// What the signature is over, as it was sent.
    pub(crate) payload: &'a str,
    /// The rest of the request.
    pub(crate) params: &'a Params,
}

/// The key of that name.
///
/// # Errors
/// -2014 without a name, -2015 for an unknown one.
pub(crate) fn known_key<'k>(keys: &'k [ApiKey], name: Option<&str>) -> Result<&'k ApiKey, ApiError> {
    let name = name.ok_or_else(|| ApiError::new(-2014, "API-key format invalid.").status(401))?;
    keys.iter().find(|key| key.name == name).ok_or_else(ApiError::bad_key)
}

/// Whether a signed request is in time and its signature right. `now` is the time of the exchange.
///
/// # Errors
/// With the number that the venue has for what is wrong.
pub(crate) fn check<'k>(keys: &'k [ApiKey], claim: &Claim<'_>, now: Ts) -> Result<&'k ApiKey, ApiError> {
    let key = known_key(keys, claim.key)?;
    check_time(claim.params, now)?;
    let signature = claim.params.required("signature")?;
    if key.secret.accepts(claim.payload, signature) {
        Ok(key)
    } else {
        Err(ApiError::new(-1022, "Signature for this request is not valid."))
    }
}

/// Whether a request was sent within its window.
///
/// # Errors
/// -1021 if not, -1102 without a timestamp.
pub(crate) fn check_time(params: &Params, now: Ts) -> Result<(), ApiError> {
    /// How far ahead of ours a client's clock may be.
    const AHEAD: Span = Span::from_seconds(1);
    let sent = params.time("timestamp")?.ok_or_else(|| ApiError::missing("timestamp"))?;
    let window = params.recv_window()?;
    if sent >= now + AHEAD {
        let msg = "Timestamp for this request was 1000ms ahead of the server's time.";
        return Err(ApiError::new(-1021, msg));
    }
    if sent < Ts(now.0 - window.0) {
        return Err(ApiError::new(-1021, "Timestamp for this request is outside of the recvWindow."));
    }
    Ok(())
}

/// What a REST signature is over: query and body as they were sent, one behind the other, without the signature.
pub(crate) fn rest_payload(query: &str, body: &str) -> String {
    let unsigned = |text: &str| {
        let kept = text.split('&').filter(|pair| pair.split('=').next() != Some("signature"));
        kept.collect::<Vec<_>>().join("&")
    };
    unsigned(query) + &unsigned(body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::params::percent_decoded;

    const SECRET: &str = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j";
    const PAYLOAD: &str = "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000\
                           &timestamp=1499827319559";
    /// The published answers of the venue's documentation.
    const HMAC: &str = "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71";

    fn keys() -> Vec<ApiKey> {
        vec![ApiKey { name: "k".to_string(), secret: Secret::Hmac(SECRET.to_string()) }]
    }

    fn verdict(query: &str, now: Ts) -> Result<(), i32> {
        let params = Params::of_form(query, "").expect("good text");
        let claim = Claim { key: Some("k"), payload: &rest_payload(query, ""), params: &params };
        check(&keys(), &claim, now).map(|_| ()).map_err(|error| error.code)
    }

    const NOW: Ts = Ts(1_499_827_319_559_000_000);

    #[test]
    fn the_documented_hmac_signature_is_accepted_wherever_it_stands() {
        assert_eq!(verdict(&format!("{PAYLOAD}&signature={HMAC}"), NOW), Ok(()));
        assert_eq!(verdict(&format!("signature={HMAC}&{PAYLOAD}"), NOW), Ok(()));
        assert_eq!(verdict(&format!("{PAYLOAD}&signature={}", HMAC.to_uppercase()), NOW), Ok(()));
        assert_eq!(verdict(&format!("{PAYLOAD}&signature={}", HMAC.replace('c', "d")), NOW), Err(-1022));
        assert_eq!(verdict(&format!("{PAYLOAD}&signature=xyz"), NOW), Err(-1022));
        assert_eq!(verdict(PAYLOAD, NOW), Err(-1102));
    }

    #[test]
    fn a_signature_over_query_and_body_has_nothing_between_them() {
        assert_eq!(rest_payload("a=1&b=2", "c=3&signature=x"), "a=1&b=2c=3");
    }

    #[test]
    fn a_request_counts_within_its_window_only() {
        let signed = format!("{PAYLOAD}&signature={HMAC}");
        let ms = |n: i64| Ts(NOW.0 + n * 1_000_000);
        for (now, expected) in [(5_000, Ok(())), (5_001, Err(-1021)), (-999, Ok(())), (-1_000, Err(-1021))] {
            assert_eq!(verdict(&signed, ms(now)), expected, "{now} ms later");
        }
    }

    #[test]
    fn the_ed25519_vector_is_accepted_and_no_other() {
        let pem = "-----BEGIN PUBLIC KEY-----\n\
                   MCowBQYDK2VwAyEAnukLvn/DtUYxgU/GPSGL5LKVlz3pRMNPJIpF/pIEBJM=\n-----END PUBLIC KEY-----\n";
        let key = Secret::ed25519_from_pem(pem).expect("a public key");
        let escaped = "BNNNSUGp2FKvQwB5A9YXNxZJf0Fbr1iZ%2BwY3Qp9vKIMenkbWL%2Fe8QgoOpgOGR63QUOXW3lKQvOaWm3HJCXo7Dg%3D%3D";
        let signature = percent_decoded(escaped).expect("good escapes");
        assert!(key.accepts(PAYLOAD, &signature));
        assert!(!key.accepts(&PAYLOAD.replace("BUY", "SELL"), &signature));
        assert_eq!(
            Secret::ed25519_from_pem("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"),
            None
        );
    }

    #[test]
    fn a_missing_key_and_an_unknown_one_differ() {
        assert_eq!(known_key(&keys(), None).expect_err("none").code, -2014);
        let unknown = known_key(&keys(), Some("other")).expect_err("unknown");
        assert_eq!((unknown.code, unknown.status), (-2015, 401));
    }

    #[test]
    fn secrets_do_not_print() {
        assert!(!format!("{:?}", keys()).contains(SECRET));
    }
}
