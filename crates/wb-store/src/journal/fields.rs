//! The fields of a record as bytes: little endian, in the order of the layout.

use wb_core::{GroupId, InstrumentId, Interval, Link, OrderId, OrderRequest, OrderType, Price, Qty};

use super::codes::{side_code, side_of, tif_code, tif_of};
use super::frame::Fault;

/// Appends fields to a buffer that is used again and again.
pub(super) struct Put<'a>(pub(super) &'a mut Vec<u8>);

impl Put<'_> {
    pub(super) fn u8(&mut self, x: u8) -> &mut Self {
        self.0.push(x);
        self
    }

    pub(super) fn bool(&mut self, x: bool) -> &mut Self {
        self.u8(u8::from(x))
    }

    pub(super) fn u32(&mut self, x: u32) -> &mut Self {
        self.bytes(&x.to_le_bytes())
    }

    pub(super) fn u64(&mut self, x: u64) -> &mut Self {
        self.bytes(&x.to_le_bytes())
    }

    pub(super) fn i64(&mut self, x: i64) -> &mut Self {
        self.bytes(&x.to_le_bytes())
    }

    /// The very bits, so that what comes back is what went in.
    pub(super) fn f64(&mut self, x: f64) -> &mut Self {
        self.u64(x.to_bits())
    }

    pub(super) fn bytes(&mut self, x: &[u8]) -> &mut Self {
        self.0.extend_from_slice(x);
        self
    }

    pub(super) fn interval(&mut self, interval: Interval) -> &mut Self {
        let (unit, n) = match interval {
            Interval::Seconds(n) => (1, n),
            Interval::Minutes(n) => (2, n),
            Interval::Days(n) => (3, n),
        };
        self.u8(unit).u32(n)
    }

    /// Instrument, side, lots, type with its two prices, time in force, reduce-only, link with parent and group.
    pub(super) fn request(&mut self, request: &OrderRequest) -> &mut Self {
        let (kind, first, second) = match request.kind {
            OrderType::Market => (1, 0, 0),
            OrderType::Limit { price, post_only: false } => (2, price.0, 0),
            OrderType::Limit { price, post_only: true } => (3, price.0, 0),
            OrderType::Stop { trigger } => (4, trigger.0, 0),
            OrderType::StopLimit { trigger, price } => (5, trigger.0, price.0),
            OrderType::TrailingStop { offset } => (6, offset.0, 0),
        };
        let (link, parent, group) = match request.link {
            Link::None => (1, 0, 0),
            Link::Oco(group) => (2, 0, group.0),
            Link::OnFill { parent, group } => (3, parent.0, group.0),
        };
        self.u32(request.instrument.0).u8(side_code(request.side)).i64(request.qty.lots());
        self.u8(kind).i64(first).i64(second);
        self.u8(tif_code(request.tif)).bool(request.reduce_only);
        self.u8(link).u64(parent).u64(group)
    }
}

/// Takes fields from the front of a payload whose length has been checked.
pub(super) struct Take<'a>(pub(super) &'a [u8]);

impl Take<'_> {
    pub(super) fn array<const N: usize>(&mut self) -> [u8; N] {
        let (front, rest) = self.0.split_first_chunk().expect("the payload is as long as its kind says");
        self.0 = rest;
        *front
    }

    pub(super) fn u8(&mut self) -> u8 {
        let [x] = self.array();
        x
    }

    pub(super) fn u32(&mut self) -> u32 {
        u32::from_le_bytes(self.array())
    }

    pub(super) fn u64(&mut self) -> u64 {
        u64::from_le_bytes(self.array())
    }

    pub(super) fn i64(&mut self) -> i64 {
        i64::from_le_bytes(self.array())
    }

    pub(super) fn f64(&mut self) -> f64 {
        f64::from_bits(self.u64())
    }

    pub(super) fn bool(&mut self, field: &'static str) -> Result<bool, Fault> {
        self.code(field, |code| match code {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        })
    }

    /// A byte that stands for a value.
    pub(super) fn code<T>(&mut self, field: &'static str, of: impl Fn(u8) -> Option<T>) -> Result<T, Fault> {
        let code = self.u8();
        of(code).ok_or(Fault::Code { field, code })
    }

    pub(super) fn qty(&mut self) -> Result<Qty, Fault> {
        let lots = self.i64();
        if lots < 0 { Err(Fault::NegativeQty(lots)) } else { Ok(Qty::new(lots)) }
    }

    pub(super) fn interval(&mut self) -> Result<Interval, Fault> {
        let (unit, n) = (self.u8(), self.u32());
        match unit {
            1 => Ok(Interval::Seconds(n)),
            2 => Ok(Interval::Minutes(n)),
            3 => Ok(Interval::Days(n)),
            code => Err(Fault::Code { field: "interval", code }),
        }
    }

    pub(super) fn request(&mut self) -> Result<OrderRequest, Fault> {
        let instrument = InstrumentId(self.u32());
        let side = self.code("side", side_of)?;
        let qty = self.qty()?;
        let (kind, first, second) = (self.u8(), Price(self.i64()), Price(self.i64()));
        let kind = match kind {
            1 => OrderType::Market,
            2 => OrderType::Limit { price: first, post_only: false },
            3 => OrderType::Limit { price: first, post_only: true },
            4 => OrderType::Stop { trigger: first },
            5 => OrderType::StopLimit { trigger: first, price: second },
            6 => OrderType::TrailingStop { offset: first },
            code => return Err(Fault::Code { field: "order type", code }),
        };
        let tif = self.code("time in force", tif_of)?;
        let reduce_only = self.bool("reduce-only")?;
        let (link, parent, group) = (self.u8(), OrderId(self.u64()), GroupId(self.u64()));
        let link = match link {
            1 => Link::None,
            2 => Link::Oco(group),
            3 => Link::OnFill { parent, group },
            code => return Err(Fault::Code { field: "link", code }),
        };
        Ok(OrderRequest { instrument, side, qty, kind, tif, reduce_only, link })
    }
}
