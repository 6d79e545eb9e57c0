//! A running hash of commands and fills: parity in one number.

use std::fmt;

use wb_core::{Command, Fill, Link, OrderRequest, OrderType, Reject, TimeInForce, Ts};

/// 128 bits that two runs share exactly when they gave the same commands and had the same fills at the same times.
///
/// Not cryptographic: it tells accidents apart, not forgeries.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Digest {
    low: u64,
    high: u64,
}

impl Default for Digest {
    fn default() -> Digest {
        Digest { low: 0x243F_6A88_85A3_08D3, high: 0x1319_8A2E_0370_7344 }
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}{:016x}", self.high, self.low)
    }
}

impl Digest {
    /// The digest as a number, the one that [`Digest::from_bits`] takes.
    pub const fn bits(self) -> u128 {
        (self.high as u128) << 64 | self.low as u128
    }

    /// The digest that gave these bits.
    pub const fn from_bits(bits: u128) -> Digest {
        Digest { low: bits as u64, high: (bits >> 64) as u64 }
    }

    pub(crate) fn command(&mut self, ts: Ts, command: &Command) {
        match command {
            Command::Submit { id, request } => {
                self.words(&[1, ts.0 as u64, id.0]);
                self.request(request);
            }
            Command::Cancel { id } => self.words(&[2, ts.0 as u64, id.0]),
            Command::Refused { id, request, reason } => {
                self.words(&[3, ts.0 as u64, id.0, reason_code(*reason)]);
                self.request(request);
            }
        }
    }

    pub(crate) fn fill(&mut self, ts: Ts, fill: &Fill) {
        self.words(&[
            4,
            ts.0 as u64,
            fill.order.0,
            u64::from(fill.instrument.0),
            fill.side.sign() as u64,
            fill.price.0 as u64,
            fill.qty.lots() as u64,
            fill.fee.to_bits(),
            fill.ts.0 as u64,
            u64::from(fill.maker),
        ]);
    }

    pub(crate) fn cash(&mut self, ts: Ts, amount: f64) {
        self.words(&[5, ts.0 as u64, amount.to_bits()]);
    }

    fn request(&mut self, request: &OrderRequest) {
        let (kind, first, second) = match request.kind {
            OrderType::Market => (0, 0, 0),
            OrderType::Limit { price, post_only } => (1, price.0, i64::from(post_only)),
            OrderType::Stop { trigger } => (2, trigger.0, 0),
            OrderType::StopLimit { trigger, price } => (3, trigger.0, price.0),
            OrderType::TrailingStop { offset } => (4, offset.0, 0),
        };
        let tif = match request.tif {
            TimeInForce::Gtc => 0,
            TimeInForce::Ioc => 1,
            TimeInForce::Fok => 2,
            TimeInForce::Day => 3,
        };
        let (link, parent, group) = match request.link {
            Link::None => (0, 0, 0),
            Link::Oco(group) => (1, 0, group.0),
            Link::OnFill { parent, group } => (2, parent.0, group.0),
        };
        self.words(&[
            u64::from(request.instrument.0),
            request.side.sign() as u64,
            request.qty.lots() as u64,
            kind,
            first as u64,
            second as u64,
            tif,
            u64::from(request.reduce_only),
            link,
            parent,
            group,
        ]);
    }

    fn words(&mut self, words: &[u64]) {
        for &word in words {
            // Two lanes of multiply and rotate with different odd constants; each word reaches both.
            self.low = (self.low ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(31);
            self.high =
                (self.high.wrapping_add(word) ^ self.low.rotate_left(17)).wrapping_mul(0xC2B2_AE3D_27D4_EB4F);
        }
    }
}

fn reason_code(reason: Reject) -> u64 {
    match reason {
        Reject::Risk(limit) => 100 + limit as u64,
        Reject::Paused => 1,
        Reject::ZeroQty => 2,
        Reject::NoPrice => 3,
        Reject::Margin => 4,
        Reject::PostOnly => 5,
        Reject::ReduceOnly => 6,
        Reject::BadPrice => 7,
        Reject::Venue => 8,
    }
}
