//! `orders.arrow`: every order, the refused ones included, with what became of it.

use std::path::Path;

use wb_core::{
    GroupId, Instrument, Link, OrderId, OrderRequest, OrderState, OrderType, Price, Reject, Side, TimeInForce,
};
use wb_metrics::{OrderRecord, Outcome};

use crate::error::StoreError;
use crate::output::OutputFile;
use crate::tables::file::{
    Heading, Table, bools, f64s, i64s, instants, optional_f64s, optional_i64s, optional_u64s, u64s,
    write_table,
};
use crate::tables::names::Names;
use crate::tables::rows::Rows;
use crate::tables::words::{OrderKind, optional_words, words};

/// Writes the orders in the order of submission.
pub(crate) fn write_orders(
    path: &Path,
    heading: &Heading<'_>,
    names: &Names,
    outcome: &Outcome,
) -> Result<OutputFile, StoreError> {
    let instrument = |o: &OrderRecord| &outcome.instruments[o.request.instrument.index()];
    let price = |o: &OrderRecord, p: Option<Price>| p.map(|p| instrument(o).price_f64(p));
    write_table(path, heading, &[], outcome.orders.len(), |rows| {
        let orders = &outcome.orders[rows];
        let prices = || orders.iter().map(|o| (o, Prices::of(o.request.kind)));
        vec![
            u64s("order_id", orders.iter().map(|o| o.id.0)),
            instants("submitted_ts", orders.iter().map(|o| o.submitted)),
            names.symbols(orders.iter().map(|o| o.request.instrument)),
            words("side", orders.iter().map(|o| o.request.side)),
            f64s("qty", orders.iter().map(|o| instrument(o).qty_f64(o.request.qty))),
            words("type", orders.iter().map(|o| OrderKind::of(o.request.kind))),
            optional_f64s("limit_price", prices().map(|(o, p)| price(o, p.limit))),
            optional_f64s("trigger_price", prices().map(|(o, p)| price(o, p.trigger))),
            optional_f64s("trail_offset", prices().map(|(o, p)| price(o, p.offset))),
            words("tif", orders.iter().map(|o| o.request.tif)),
            bools("post_only", prices().map(|(_, p)| p.post_only)),
            bools("reduce_only", orders.iter().map(|o| o.request.reduce_only)),
            optional_u64s("oco_group", orders.iter().map(|o| o.request.link.group().map(|g| g.0))),
            optional_u64s("parent_id", orders.iter().map(|o| parent(o.request.link).map(|p| p.0))),
            words("state", orders.iter().map(|o| o.state)),
            f64s("filled_qty", orders.iter().map(|o| instrument(o).qty_f64(o.filled))),
            optional_words("reject_reason", orders.iter().map(|o| o.reject)),
            instants("updated_ts", orders.iter().map(|o| o.updated)),
            names.venues(orders.iter().map(|o| o.request.instrument)),
            Names::indices(orders.iter().map(|o| o.request.instrument)),
            i64s("qty_lots", orders.iter().map(|o| o.request.qty.lots())),
            i64s("filled_lots", orders.iter().map(|o| o.filled.lots())),
            optional_i64s("limit_ticks", prices().map(|(_, p)| p.limit.map(|p| p.0))),
            optional_i64s("trigger_ticks", prices().map(|(_, p)| p.trigger.map(|p| p.0))),
            optional_i64s("trail_ticks", prices().map(|(_, p)| p.offset.map(|p| p.0))),
        ]
    })
}

fn parent(link: Link) -> Option<OrderId> {
    match link {
        Link::None | Link::Oco(_) => None,
        Link::OnFill { parent, .. } => Some(parent),
    }
}

/// The prices of an order, each in the column that is its own.
#[derive(Clone, Copy, Default)]
struct Prices {
    limit: Option<Price>,
    trigger: Option<Price>,
    offset: Option<Price>,
    post_only: bool,
}

impl Prices {
    fn of(order_type: OrderType) -> Prices {
        let none = Prices::default();
        match order_type {
            OrderType::Market => none,
            OrderType::Limit { price, post_only } => Prices { limit: Some(price), post_only, ..none },
            OrderType::Stop { trigger } => Prices { trigger: Some(trigger), ..none },
            OrderType::StopLimit { trigger, price } => {
                Prices { limit: Some(price), trigger: Some(trigger), ..none }
            }
            OrderType::TrailingStop { offset } => Prices { offset: Some(offset), ..none },
        }
    }

    /// The order type of that kind; `None` where a price that it needs is absent.
    fn order_type(self, kind: OrderKind) -> Option<OrderType> {
        Some(match kind {
            OrderKind::Market => OrderType::Market,
            OrderKind::Limit => OrderType::Limit { price: self.limit?, post_only: self.post_only },
            OrderKind::Stop => OrderType::Stop { trigger: self.trigger? },
            OrderKind::StopLimit => OrderType::StopLimit { trigger: self.trigger?, price: self.limit? },
            OrderKind::TrailingStop => OrderType::TrailingStop { offset: self.offset? },
        })
    }
}

/// Reads what [`write_orders`] wrote.
pub(crate) fn read_orders(table: &Table, instruments: &[Instrument]) -> Result<Vec<OrderRecord>, StoreError> {
    let mut orders = Vec::with_capacity(table.len());
    for rows in table.parts() {
        let ids = rows.u64s("order_id")?;
        let states = rows.words::<OrderState>("state")?;
        let rejects = rows.optional_words::<Reject>("reject_reason")?;
        let filled = rows.quantities("filled_lots")?;
        let times = rows.instants("submitted_ts")?.zip(rows.instants("updated_ts")?);
        let requests = read_requests(&rows, instruments)?;
        orders.extend(requests.into_iter().zip(times).enumerate().map(
            |(i, (request, (submitted, updated)))| OrderRecord {
                id: OrderId(ids[i]),
                submitted,
                request,
                state: states[i],
                filled: filled[i],
                reject: rejects[i],
                updated,
            },
        ));
    }
    Ok(orders)
}

fn read_requests(rows: &Rows<'_>, instruments: &[Instrument]) -> Result<Vec<OrderRequest>, StoreError> {
    let sides = rows.words::<Side>("side")?;
    let quantities = rows.quantities("qty_lots")?;
    let kinds = rows.words::<OrderKind>("type")?;
    let tifs = rows.words::<TimeInForce>("tif")?;
    let limits = rows.optional_prices("limit_ticks")?;
    let triggers = rows.optional_prices("trigger_ticks")?;
    let offsets = rows.optional_prices("trail_ticks")?;
    let (post_only, reduce_only) = (rows.bools("post_only")?, rows.bools("reduce_only")?);
    let groups = rows.optional_u64s("oco_group")?.iter();
    let links = groups.zip(rows.optional_u64s("parent_id")?);
    let mut requests = Vec::with_capacity(rows.len());
    for (i, (instrument, link)) in rows.instruments("instrument", instruments)?.zip(links).enumerate() {
        let prices = Prices {
            limit: limits[i],
            trigger: triggers[i],
            offset: offsets[i],
            post_only: post_only.value(i),
        };
        requests.push(OrderRequest {
            instrument,
            side: sides[i],
            qty: quantities[i],
            kind: prices.order_type(kinds[i]).ok_or_else(|| rows.bad("type", i, "its price is absent"))?,
            tif: tifs[i],
            reduce_only: reduce_only.value(i),
            link: match link {
                (None, None) => Link::None,
                (Some(group), None) => Link::Oco(GroupId(group)),
                (Some(group), Some(parent)) => {
                    Link::OnFill { parent: OrderId(parent), group: GroupId(group) }
                }
                (None, Some(_)) => return Err(rows.bad("oco_group", i, "it has a parent and no group")),
            },
        });
    }
    Ok(requests)
}
