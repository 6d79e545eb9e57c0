//! What the exchange refuses, with the venue's own numbers and words.

use serde_json::{Value, json};

/// A refusal: HTTP status, the venue's code, its words.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct ApiError {
    /// The HTTP status, also of an answer over the WebSocket API.
    pub(crate) status: u16,
    /// The venue's number for it.
    pub(crate) code: i32,
    /// The venue's words.
    pub(crate) msg: String,
    /// What a client may need besides.
    pub(crate) data: Option<Value>,
}

impl ApiError {
    /// A refusal with status 400, as most are.
    pub(crate) fn new(code: i32, msg: impl Into<String>) -> ApiError {
        ApiError { status: 400, code, msg: msg.into(), data: None }
    }

    /// The same with another status.
    pub(crate) fn status(mut self, status: u16) -> ApiError {
        self.status = status;
        self
    }

    /// The same with something to read.
    pub(crate) fn data(mut self, data: Value) -> ApiError {
        self.data = Some(data);
        self
    }

    /// A parameter that has to be there is not, or cannot be read.
    pub(crate) fn missing(name: &str) -> ApiError {
        ApiError::new(
            -1102,
            format!("Mandatory parameter '{name}' was not sent, was empty/null, or malformed."),
        )
    }

    /// A parameter that has no place in this request.
    pub(crate) fn not_required(name: &str) -> ApiError {
        ApiError::new(-1106, format!("Parameter '{name}' sent when not required."))
    }

    /// A symbol that is not traded here.
    pub(crate) fn symbol() -> ApiError {
        ApiError::new(-1121, "Invalid symbol.")
    }

    /// A filter of the symbol that the order does not pass.
    pub(crate) fn filter(name: &str) -> ApiError {
        ApiError::new(-1013, format!("Filter failure: {name}"))
    }

    /// The matching engine does not take the order.
    pub(crate) fn rejected(msg: &str) -> ApiError {
        ApiError::new(-2010, msg)
    }

    /// Nothing to cancel.
    pub(crate) fn unknown_order() -> ApiError {
        ApiError::new(-2011, "Unknown order sent.")
    }

    /// The key is not one of ours.
    pub(crate) fn bad_key() -> ApiError {
        ApiError::new(-2015, "Invalid API-key, IP, or permissions for action.").status(401)
    }

    /// The body of an HTTP answer, and the `error` of one over the WebSocket API.
    pub(crate) fn body(&self) -> Value {
        let mut body = json!({ "code": self.code, "msg": self.msg });
        if let Some(data) = &self.data {
            body["data"] = data.clone();
        }
        body
    }
}
