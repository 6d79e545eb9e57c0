//! How much a client may ask for: fixed windows of the clock, as the venue counts.

use serde_json::{Value, json};
use wb_core::{Span, Ts};

use super::error::ApiError;

/// What the exchange allows in a window.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Request weight a minute.
    pub weight_per_minute: u32,
    /// Orders that have not been filled, in ten seconds.
    pub orders_per_10s: u32,
    /// Orders that have not been filled, in a day.
    pub orders_per_day: u32,
}

impl Limits {
    /// Those of a replay in lockstep, which is as fast as its client: windows of the real clock mean nothing to it.
    pub fn of_lockstep() -> Limits {
        let boundless = 1_000_000_000;
        Limits { weight_per_minute: boundless, orders_per_10s: boundless, orders_per_day: boundless }
    }
}

/// The venue's own limits.
impl Default for Limits {
    fn default() -> Limits {
        Limits { weight_per_minute: 6_000, orders_per_10s: 100, orders_per_day: 200_000 }
    }
}

/// One limit and what has been used of it.
#[derive(Clone, Copy, Debug)]
struct Window {
    kind: &'static str,
    interval: &'static str,
    number: u32,
    /// The header that tells how much is used.
    header: &'static str,
    length: Span,
    limit: u32,
    /// Which window of the clock it is.
    index: i64,
    used: u32,
}

impl Window {
    /// Begins anew where the clock has passed into another window.
    fn turn(&mut self, now: Ts) {
        let index = now.0.div_euclid(self.length.0);
        if index != self.index {
            (self.index, self.used) = (index, 0);
        }
    }

    /// Time until it begins anew.
    fn rest(&self, now: Ts) -> Span {
        Span(self.length.0 - now.0.rem_euclid(self.length.0))
    }

    fn json(&self) -> Value {
        json!({
            "rateLimitType": self.kind,
            "interval": self.interval,
            "intervalNum": self.number,
            "limit": self.limit,
        })
    }

    fn counted_json(&self) -> Value {
        let mut json = self.json();
        json["count"] = self.used.into();
        json
    }
}

/// Every limit with its count.
#[derive(Clone, Debug)]
pub(crate) struct RateLimits {
    weight: Window,
    orders: [Window; 2],
}

impl RateLimits {
    pub(crate) fn new(limits: &Limits) -> RateLimits {
        let window = |kind, interval, number, header, seconds, limit| Window {
            kind,
            interval,
            number,
            header,
            length: Span::from_seconds(seconds),
            limit,
            index: 0,
            used: 0,
        };
        RateLimits {
            weight: window(
                "REQUEST_WEIGHT",
                "MINUTE",
                1,
                "X-MBX-USED-WEIGHT-1M",
                60,
                limits.weight_per_minute,
            ),
            orders: [
                window("ORDERS", "SECOND", 10, "X-MBX-ORDER-COUNT-10S", 10, limits.orders_per_10s),
                window("ORDERS", "DAY", 1, "X-MBX-ORDER-COUNT-1D", 86_400, limits.orders_per_day),
            ],
        }
    }

    /// Counts the weight of a request.
    ///
    /// # Errors
    /// -1003 with status 429 if it is too much.
    pub(crate) fn charge(&mut self, weight: u32, now: Ts) -> Result<(), ApiError> {
        self.weight.turn(now);
        self.weight.used += weight;
        if self.weight.used <= self.weight.limit {
            return Ok(());
        }
        Err(self.exhausted(now))
    }

    /// The refusal of a request that weighs too much.
    pub(crate) fn exhausted(&self, now: Ts) -> ApiError {
        let msg = format!(
            "Too much request weight used; current limit is {} request weight per 1 MINUTE. Please use WebSocket \
             Streams for live updates to avoid polling the API.",
            self.weight.limit
        );
        ApiError::new(-1003, msg).status(429).data(self.retry(&self.weight, now))
    }

    /// Counts an order that is about to be placed.
    ///
    /// # Errors
    /// -1015 with status 429 if there are too many.
    pub(crate) fn charge_order(&mut self, now: Ts) -> Result<(), ApiError> {
        for window in &mut self.orders {
            window.turn(now);
        }
        if let Some(full) = self.orders.iter().find(|window| window.used >= window.limit) {
            let msg = format!(
                "Too many new orders; current limit is {} orders per {} {}.",
                full.limit, full.number, full.interval
            );
            return Err(ApiError::new(-1015, msg).status(429).data(self.retry(full, now)));
        }
        for window in &mut self.orders {
            window.used += 1;
        }
        Ok(())
    }

    /// An order has been filled: it counts no longer.
    pub(crate) fn release_order(&mut self) {
        for window in &mut self.orders {
            window.used = window.used.saturating_sub(1);
        }
    }

    fn retry(&self, window: &Window, now: Ts) -> Value {
        let at = now + window.rest(now);
        json!({ "serverTime": now.0 / 1_000_000, "retryAfter": at.0 / 1_000_000 })
    }

    /// Headers of an answer at `now`; those of orders where `orders`.
    pub(crate) fn headers(&mut self, orders: bool, now: Ts) -> Vec<(&'static str, String)> {
        self.weight.turn(now);
        let mut headers = vec![
            ("X-MBX-USED-WEIGHT", self.weight.used.to_string()),
            (self.weight.header, self.weight.used.to_string()),
        ];
        if orders {
            headers.extend(self.orders.iter().map(|window| (window.header, window.used.to_string())));
        }
        headers
    }

    /// `rateLimits` of an answer over the WebSocket API.
    pub(crate) fn counts(&self, orders: bool) -> Value {
        let orders = self.orders.iter().filter(|_| orders);
        orders.chain([&self.weight]).map(Window::counted_json).collect()
    }

    /// The counts of orders alone.
    pub(crate) fn order_counts(&self) -> Value {
        self.orders.iter().map(Window::counted_json).collect()
    }

    /// `rateLimits` of the exchange information.
    pub(crate) fn rules(&self) -> Value {
        [&self.weight].into_iter().chain(&self.orders).map(Window::json).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { weight_per_minute: 10, orders_per_10s: 2, orders_per_day: 3 };

    fn at(seconds: i64) -> Ts {
        Ts::from_seconds(1_700_000_040 + seconds)
    }

    #[test]
    fn weight_begins_anew_with_the_minute_of_the_clock() {
        let mut limits = RateLimits::new(&LIMITS);
        assert_eq!(limits.charge(10, at(50)), Ok(()));
        let error = limits.charge(1, at(55)).expect_err("too much");
        assert_eq!((error.code, error.status), (-1003, 429));
        let retry = error.data.expect("when to come back");
        assert_eq!(retry["retryAfter"], at(60).0 / 1_000_000);
        assert_eq!(limits.charge(1, at(60)), Ok(()));
        assert_eq!(limits.headers(false, at(60))[1], ("X-MBX-USED-WEIGHT-1M", "1".to_string()));
    }

    #[test]
    fn only_orders_that_were_not_filled_count() {
        let mut limits = RateLimits::new(&LIMITS);
        assert_eq!(limits.charge_order(at(0)), Ok(()));
        assert_eq!(limits.charge_order(at(1)), Ok(()));
        assert_eq!(limits.charge_order(at(2)).expect_err("two in ten seconds").code, -1015);
        limits.release_order();
        assert_eq!(limits.charge_order(at(3)), Ok(()));
        assert_eq!(limits.charge_order(at(20)), Ok(()));
        let error = limits.charge_order(at(40)).expect_err("three a day");
        assert_eq!(error.msg, "Too many new orders; current limit is 3 orders per 1 DAY.");
    }
}
