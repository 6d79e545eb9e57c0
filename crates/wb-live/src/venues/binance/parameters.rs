//! Parameters of a request: written once, sent as JSON or as a query, with or without a signature.

use std::fmt::{self, Write};
use std::ops::Range;

use wb_core::{Grid, Ts};

use super::signing::Credentials;
use crate::venues::decimal::Decimal;

/// Parameters of one request. Keeps its room for the next. Prints no value: the key is one.
#[derive(Default)]
pub(super) struct Parameters {
    /// Name, place of the value, and whether JSON puts it between quotes.
    list: Vec<(&'static str, Range<usize>, bool)>,
    values: String,
    /// What is signed.
    payload: String,
    signature: String,
}

impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.list.iter().map(|(name, ..)| name)).finish()
    }
}

impl Parameters {
    pub(super) fn clear(&mut self) {
        self.list.clear();
        self.values.clear();
    }

    /// A text. It must have nothing that JSON escapes; names of the venue and ours have not.
    pub(super) fn text(&mut self, name: &'static str, value: &str) {
        self.with(name, true, |out| out.push_str(value));
    }

    /// A text that `write` appends.
    pub(super) fn text_by(&mut self, name: &'static str, write: impl FnOnce(&mut String)) {
        self.with(name, true, write);
    }

    /// A whole number.
    pub(super) fn number(&mut self, name: &'static str, value: u64) {
        self.with(name, false, |out| write!(out, "{value}").expect("a string takes any text"));
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, name: &'static str, value: bool) {
        self.with(name, false, |out| out.push_str(if value { "true" } else { "false" }));
    }

    /// An instant in milliseconds.
    pub(super) fn time(&mut self, name: &'static str, value: Ts) {
        self.number(name, u64::try_from(value.0 / 1_000_000).unwrap_or(0));
    }

    /// So many steps of a grid, with all its decimals. Whether that can be written.
    #[must_use]
    pub(super) fn steps(&mut self, name: &'static str, steps: i64, grid: Grid) -> bool {
        let value = Decimal::of_steps(steps, grid);
        if let Some(value) = value {
            self.with(name, true, |out| value.write(out));
        }
        value.is_some()
    }

    fn with(&mut self, name: &'static str, quoted: bool, write: impl FnOnce(&mut String)) {
        let start = self.values.len();
        write(&mut self.values);
        self.list.push((name, start..self.values.len(), quoted));
    }

    /// Adds key and signature: over the WebSocket the parameters are signed in the order of their names, as they are.
    pub(super) fn sign_for_socket(&mut self, credentials: &Credentials) {
        self.text("apiKey", credentials.api_key());
        self.list.sort_unstable_by_key(|(name, ..)| *name);
        self.payload.clear();
        for (name, value, _) in &self.list {
            self.payload.push_str(if self.payload.is_empty() { "" } else { "&" });
            for part in [name, "=", &self.values[value.clone()]] {
                self.payload.push_str(part);
            }
        }
        self.sign(credentials);
    }

    /// Adds the signature: over HTTP the query is signed as it is sent, percent-encoded. The key goes into a header.
    pub(super) fn sign_for_http(&mut self, credentials: &Credentials) {
        let mut payload = std::mem::take(&mut self.payload);
        payload.clear();
        self.write_query(&mut payload);
        self.payload = payload;
        self.sign(credentials);
    }

    fn sign(&mut self, credentials: &Credentials) {
        self.signature.clear();
        credentials.sign(&self.payload, &mut self.signature);
        let start = self.values.len();
        self.values.push_str(&self.signature);
        self.list.push(("signature", start..self.values.len(), true));
    }

    /// Appends them as the members of a JSON object.
    pub(super) fn write_json(&self, out: &mut String) {
        out.push('{');
        for (at, (name, value, quoted)) in self.list.iter().enumerate() {
            let quote = if *quoted { "\"" } else { "" };
            let comma = if at == 0 { "\"" } else { ",\"" };
            for part in [comma, name, "\":", quote, &self.values[value.clone()], quote] {
                out.push_str(part);
            }
        }
        out.push('}');
    }

    /// Appends them as a query.
    pub(super) fn write_query(&self, out: &mut String) {
        for (at, (name, value, _)) in self.list.iter().enumerate() {
            out.push_str(if at == 0 { "" } else { "&" });
            out.push_str(name);
            out.push('=');
            percent_encode(&self.values[value.clone()], out);
        }
    }
}

/// RFC 3986, 2.3: what is not unreserved becomes its bytes in hexadecimal digits.
pub(super) fn percent_encode(text: &str, out: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").expect("a string takes any text");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::signing::tests::{API_KEY, SECRET};
    use super::*;

    fn written(write: impl FnOnce(&mut String)) -> String {
        let mut text = String::new();
        write(&mut text);
        text
    }

    /// binance-spot-api-docs, web-socket-api.md, "SIGNED request example (HMAC)".
    #[test]
    fn over_the_socket_parameters_are_signed_in_the_order_of_their_names() {
        let credentials = Credentials::new(API_KEY, SECRET).expect("a key");
        let mut parameters = Parameters::default();
        for _ in 0..2 {
            parameters.clear();
            parameters.text("symbol", "BTCUSDT");
            parameters.text("side", "SELL");
            parameters.text("type", "LIMIT");
            parameters.text("timeInForce", "GTC");
            assert!(parameters.steps("quantity", 1_000_000, Grid::decimal(8)));
            assert!(parameters.steps("price", 5_200_000, Grid::decimal(2)));
            parameters.number("recvWindow", 100);
            parameters.time("timestamp", Ts(1_645_423_376_532_000_000));
            parameters.sign_for_socket(&credentials);
            let expected = format!(
                "{{\"apiKey\":\"{API_KEY}\",\"price\":\"52000.00\",\"quantity\":\"0.01000000\",\
                 \"recvWindow\":100,\"side\":\"SELL\",\"symbol\":\"BTCUSDT\",\"timeInForce\":\"GTC\",\
                 \"timestamp\":1645423376532,\"type\":\"LIMIT\",\
                 \"signature\":\"aa1b5712c094bc4e57c05a1a5c1fd8d88dcd628338ea863fec7b88e59fe2db24\"}}"
            );
            assert_eq!(written(|out| parameters.write_json(out)), expected);
        }
    }

    /// binance-spot-api-docs, rest-api.md, "SIGNED Endpoint Examples for POST /api/v3/order - HMAC Keys", with a symbol
    /// that is not ASCII.
    #[test]
    fn over_http_parameters_are_encoded_and_then_signed() {
        let credentials = Credentials::new(API_KEY, SECRET).expect("a key");
        let mut parameters = Parameters::default();
        parameters.text("symbol", "１２３４５６");
        parameters.text("side", "BUY");
        parameters.text("type", "LIMIT");
        parameters.text("timeInForce", "GTC");
        parameters.text("quantity", "1");
        parameters.text("price", "0.1");
        parameters.number("recvWindow", 5000);
        parameters.number("timestamp", 1_499_827_319_559);
        parameters.sign_for_http(&credentials);
        let text = written(|out| parameters.write_query(out));
        let expected = "symbol=%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94%EF%BC%95%EF%BC%96&side=BUY&type=LIMIT\
                        &timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559&signature=";
        let signature = text.strip_prefix(expected).expect("the query as documented");
        assert_eq!(signature, "e1353ec6b14d888f1164ae9af8228a3dbd508bc82eb867db8ab6046442f33ef3");
    }
}
