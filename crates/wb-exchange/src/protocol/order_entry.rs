//! From the parameters of a new order to a ticket: what the venue checks, in its order and with its numbers.

use wb_core::{Grid, GroupId, InstrumentId, Link, OrderId, Price, Qty, Reject, Side, Ts};

use super::decimal::Decimal;
use super::error::ApiError;
use super::params::Params;
use crate::exchange::Exchange;
use crate::listing::Listing;
use crate::market::Market;
use crate::order::{OrderKind, Ticket, Validity};

const INSUFFICIENT_BALANCE: &str = "Account has insufficient balance for requested action.";
const WOULD_TAKE: &str = "Order would immediately match and take.";
const WOULD_TRIGGER: &str = "Order would trigger immediately.";
/// Parameters of orders that depend on others, where [`Listing::keeps_links`] says that they may.
const REDUCE_ONLY: &str = "reduceOnly";
const GROUP: &str = "ocoGroup";
const PARENT: &str = "parentClientOrderId";
/// Longest name that a client may give.
const LONGEST_NAME: usize = 36;

/// A ticket, and what one unit keeps of the quote currency while it works.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Entry {
    pub(crate) ticket: Ticket,
    pub(crate) reserved_price: f64,
}

impl Exchange {
    /// Reads a new order and checks all of it that does not depend on the account.
    ///
    /// # Errors
    /// With the venue's number for what is wrong.
    pub(crate) fn read_order(&mut self, params: &Params) -> Result<Entry, ApiError> {
        let symbol = params.required("symbol")?;
        self.market(symbol)?;
        let name = match params.get("newClientOrderId") {
            Some(name) => client_name("newClientOrderId", name)?.to_string(),
            None => self.new_name(),
        };
        let mut entry = entry(params, self.market(symbol)?, name)?;
        entry.ticket.link = self.read_link(params, entry.ticket.instrument)?;
        Ok(entry)
    }

    /// How an order depends on others, where that may be.
    fn read_link(&self, params: &Params, instrument: InstrumentId) -> Result<Link, ApiError> {
        let Some(group) = params.integer(GROUP)? else { return Ok(Link::None) };
        let group = GroupId(u64::try_from(group).map_err(|_| ApiError::missing(GROUP))?);
        let Some(name) = params.get(PARENT) else { return Ok(Link::Oco(group)) };
        let parent = self.desk.last_by_name(instrument, name);
        let parent = parent.ok_or_else(|| ApiError::rejected("Parent order does not exist."))?;
        Ok(Link::OnFill { parent: parent.id, group })
    }

    /// Sends an order to the venue if the account can carry it.
    ///
    /// # Errors
    /// -1015 if there are too many, -1013 if a filter says no, -2010 otherwise.
    pub(crate) fn place_order(&mut self, entry: Entry, now: Ts) -> Result<OrderId, ApiError> {
        let Entry { ticket, reserved_price } = entry;
        let listing = &self.markets[ticket.instrument.index()].listing;
        if self.desk.open_by_name(ticket.instrument, &ticket.client_id).is_some() {
            return Err(ApiError::rejected("Duplicate order sent."));
        }
        let open = self.desk.open_orders().filter(|order| order.ticket.instrument == ticket.instrument);
        listing.check_count(open.count())?;
        let units = listing.instrument.qty_f64(ticket.qty);
        let (needed, free) = match ticket.side {
            Side::Buy => (units * reserved_price, self.desk.cash().free),
            Side::Sell => (units, self.desk.holding(ticket.instrument).free),
        };
        // A sum of doubles may miss what it should be by its last digits. What only reduces needs nothing.
        if !ticket.reduce_only && needed > free * (1.0 + 1e-12) {
            return Err(ApiError::rejected(INSUFFICIENT_BALANCE));
        }
        self.limits.charge_order(now)?;
        self.desk.place(self.clock.replay, ticket, reserved_price).map_err(|reason| match reason {
            Reject::PostOnly => ApiError::rejected(WOULD_TAKE),
            Reject::Margin => ApiError::rejected(INSUFFICIENT_BALANCE),
            other => ApiError::rejected(&other.to_string()),
        })
    }
}

fn entry(params: &Params, market: &Market, client_id: String) -> Result<Entry, ApiError> {
    let listing = &market.listing;
    let side = match params.required("side")? {
        "BUY" => Side::Buy,
        "SELL" => Side::Sell,
        _ => return Err(ApiError::new(-1117, "Invalid side.")),
    };
    let kind = kind(params.required("type")?)?;
    let odd = ["icebergQty", "trailingDelta"].into_iter();
    let odd = odd.chain([REDUCE_ONLY, GROUP, PARENT].into_iter().filter(|_| !listing.keeps_links()));
    if let Some(name) = odd.into_iter().find(|name| params.get(name).is_some()) {
        return Err(ApiError::not_required(name));
    }
    if kind == OrderKind::TrailingStop && !listing.keeps_links() {
        return Err(ApiError::new(-1116, "Invalid orderType."));
    }
    let reduce_only = params.get(REDUCE_ONLY) == Some("true");
    let depends = reduce_only || params.get(GROUP).is_some();
    let validity = validity(params, kind)?;
    let tick = listing.instrument.tick;
    let price = part(params, "price", kind.has_price(), tick, "PRICE_FILTER")?.map(Price);
    let trigger = part(params, "stopPrice", kind.has_trigger(), tick, "PRICE_FILTER")?.map(Price);
    let offset = part(params, "trailingOffset", kind == OrderKind::TrailingStop, tick, "PRICE_FILTER")?;
    let (qty, quote_qty) = quantity(params, kind, market)?;
    let reserved_price = match price.or(trigger) {
        Some(price) => listing.instrument.price_f64(price),
        None => market.last,
    };
    let value = listing.instrument.qty_f64(qty) * reserved_price;
    for price in [price, trigger] {
        listing.check(qty, price, value)?;
    }
    let is_past = |trigger: f64| match side {
        Side::Buy => trigger <= market.last,
        Side::Sell => trigger >= market.last,
    };
    // An exit's trigger is for the market after its parent's fill.
    if !depends && trigger.is_some_and(|trigger| is_past(listing.instrument.price_f64(trigger))) {
        return Err(ApiError::rejected(WOULD_TRIGGER));
    }
    let ticket = Ticket {
        instrument: listing.instrument.id,
        client_id,
        side,
        kind,
        validity,
        qty,
        quote_qty,
        price: price.unwrap_or_default(),
        trigger: trigger.or(offset.map(Price)).unwrap_or_default(),
        reduce_only,
        link: Link::None,
        strategy_id: params.integer("strategyId")?,
        strategy_type: params.integer("strategyType")?,
    };
    Ok(Entry { ticket, reserved_price })
}

/// A name that a client gives an order.
///
/// # Errors
/// -1100 if it is not one of the venue's.
pub(crate) fn client_name<'n>(parameter: &str, name: &'n str) -> Result<&'n str, ApiError> {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b".:/_-".contains(&byte);
    if name.len() <= LONGEST_NAME && name.bytes().all(legal) {
        return Ok(name);
    }
    let msg = format!(
        "Illegal characters found in parameter '{parameter}'; legal range is '^[\\.A-Z\\:/a-z0-9_-]{{1,36}}$'."
    );
    Err(ApiError::new(-1100, msg))
}

fn kind(name: &str) -> Result<OrderKind, ApiError> {
    if let Some(kind) = OrderKind::ALL.into_iter().find(|kind| kind.name() == name) {
        return Ok(kind);
    }
    Err(match name {
        "TAKE_PROFIT" => ApiError::rejected("Take profit orders are not supported for this symbol."),
        "TAKE_PROFIT_LIMIT" => {
            ApiError::rejected("Take profit limit orders are not supported for this symbol.")
        }
        _ => ApiError::new(-1116, "Invalid orderType."),
    })
}

fn validity(params: &Params, kind: OrderKind) -> Result<Validity, ApiError> {
    if !kind.has_time_in_force() {
        return match params.get("timeInForce") {
            None => Ok(Validity::Gtc),
            Some(_) => Err(ApiError::not_required("timeInForce")),
        };
    }
    match params.required("timeInForce")? {
        "GTC" => Ok(Validity::Gtc),
        "IOC" => Ok(Validity::Ioc),
        "FOK" => Ok(Validity::Fok),
        _ => Err(ApiError::new(-1115, "Invalid timeInForce.")),
    }
}

/// An amount in steps of its grid, there exactly where `has` says so.
fn part(params: &Params, name: &str, has: bool, grid: Grid, filter: &str) -> Result<Option<i64>, ApiError> {
    let Some(amount) = params.decimal(name)? else {
        return if has { Err(ApiError::missing(name)) } else { Ok(None) };
    };
    if !has {
        return Err(ApiError::not_required(name));
    }
    steps(amount, name, grid, filter).map(Some)
}

fn steps(amount: Decimal, name: &str, grid: Grid, filter: &str) -> Result<i64, ApiError> {
    if amount.places() > Listing::most_places(grid) {
        return Err(ApiError::new(-1111, format!("Parameter '{name}' has too much precision.")));
    }
    amount.steps(grid).ok_or_else(|| ApiError::filter(filter))
}

/// The quantity, and the quote quantity that it was made of.
fn quantity(params: &Params, kind: OrderKind, market: &Market) -> Result<(Qty, Option<f64>), ApiError> {
    let spec = &market.listing.instrument;
    if let Some(quote) = params.decimal("quoteOrderQty")? {
        if kind != OrderKind::Market {
            return Err(ApiError::not_required("quoteOrderQty"));
        }
        if params.get("quantity").is_some() {
            return Err(ApiError::not_required("quantity"));
        }
        let quote = quote.as_f64();
        return Ok((spec.qty(quote / market.last), Some(quote)));
    }
    let amount = params.decimal("quantity")?.ok_or_else(|| ApiError::missing("quantity"))?;
    Ok((Qty::new(steps(amount, "quantity", spec.lot, "LOT_SIZE")?), None))
}
