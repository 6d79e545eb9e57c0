//! Answers of Binance, over the WebSocket API and over HTTP. Sources: binance-spot-api-docs, web-socket-api.md and
//! rest-api.md; for the key's rights the wallet's `GET /sapi/v1/account/apiRestrictions`.

use wb_core::{Bar, InstrumentId, Interval, MarketData, MarketEvent, OrderState, Side, Ts};

use super::error_code::venue_error;
use super::exchange_info::read_limit;
use super::http_answer::{read_http_error, read_usage};
use super::listed::{Assets, Listed};
use super::report::{read_balance, read_side};
use super::request_id::read_key;
use super::signing::Credentials;
use super::stream::{MILLISECOND, read_levels};
use crate::venues::account::{Account, KeyRights, OrderStatus, OwnTrade};
use crate::venues::client_order_id::OrderNames;
use crate::venues::codec::HttpAnswer;
use crate::venues::json::{Json, Read};
use crate::venues::limits::{RateLimit, RateUse};
use crate::venues::message::{Answer, Answered, Commission, Decoded, Level, Message};
use crate::venues::refusal::VenueError;
use crate::venues::request::RequestKey;

/// What answers are read with.
pub(super) struct AnswerReader<'x> {
    pub(super) listed: &'x Listed,
    pub(super) assets: &'x mut Assets,
    pub(super) names: &'x OrderNames,
    /// What must not be told to anybody.
    pub(super) credentials: Option<&'x Credentials>,
    pub(super) ts_recv: Ts,
}

impl AnswerReader<'_> {
    /// An answer over the WebSocket API, and what it says of limits.
    pub(super) fn read_frame(&mut self, json: &mut Json<'_>, out: &mut Decoded) -> Read<()> {
        let [id, status, result, error, limits] =
            json.fields(["id", "status", "result", "error", "rateLimits"])?;
        limits.read_if(|json| json.array(|json| read_rate_use(json, &mut out.messages)))?;
        let request = id.read_if(read_id)?.flatten();
        let status = status.read_if(Json::u64)?.unwrap_or(200);
        let refusal = error.read_if(|json| read_error(json, status))?.map(|error| self.redacted(error));
        let result = match (refusal, request) {
            (Some(refusal), _) => Err(refusal),
            (None, Some(key)) => Ok(result.read(|json| self.read_result(json, key, &mut out.levels))?),
            (None, None) => return Ok(()),
        };
        out.messages.push(Message::Answer(Answer { request, result }));
        Ok(())
    }

    /// An answer over HTTP.
    pub(super) fn read_http(
        &mut self,
        key: RequestKey,
        answer: &HttpAnswer<'_>,
        out: &mut Decoded,
    ) -> Read<()> {
        out.messages.extend(read_usage(answer).into_iter().map(Message::RateUse));
        let result = if answer.status == 200 {
            Ok(Json::whole(answer.body, |json| self.read_result(json, key, &mut out.levels))?)
        } else {
            Err(self.redacted(read_http_error(answer, self.ts_recv)))
        };
        out.messages.push(Message::Answer(Answer { request: Some(key), result }));
        Ok(())
    }

    fn redacted(&self, error: VenueError) -> VenueError {
        let text = match self.credentials {
            Some(credentials) => credentials.redact(&error.text),
            None => error.text,
        };
        VenueError { text, ..error }
    }

    fn read_result(
        &mut self,
        json: &mut Json<'_>,
        key: RequestKey,
        levels: &mut Vec<Level>,
    ) -> Read<Answered> {
        Ok(match key {
            RequestKey::Place(_) => {
                let [number] = json.fields(["orderId"])?;
                Answered::Placed(number.read(Json::u64)?)
            }
            RequestKey::Cancel(_)
            | RequestKey::CancelAll(_)
            | RequestKey::Step
            | RequestKey::Logon
            | RequestKey::Reports => {
                json.skip()?;
                Answered::Done
            }
            RequestKey::Query(_) => Answered::Orders(vec![self.read_order(json)?]),
            RequestKey::OpenOrders(_) => {
                let mut orders = Vec::new();
                json.array(|json| {
                    orders.push(self.read_order(json)?);
                    Ok(())
                })?;
                Answered::Orders(orders)
            }
            RequestKey::Account => Answered::Account(self.read_account(json)?),
            RequestKey::Trades(_) => {
                let mut trades = Vec::new();
                json.array(|json| {
                    trades.push(self.read_trade(json)?);
                    Ok(())
                })?;
                Answered::Trades(trades)
            }
            RequestKey::Depth(instrument) => {
                let [last, bids, offers] = json.fields(["lastUpdateId", "bids", "asks"])?;
                let (listing, start) = (self.listed.of(instrument)?, levels.len());
                bids.read(|json| read_levels(json, Side::Buy, listing, levels))?;
                offers.read(|json| read_levels(json, Side::Sell, listing, levels))?;
                Answered::Depth(last.read(Json::u64)?, start..levels.len())
            }
            RequestKey::Bars(instrument, interval) => {
                Answered::Bars(read_bars(json, instrument, interval, self.ts_recv)?)
            }
            RequestKey::Time => {
                let [time] = json.fields(["serverTime"])?;
                Answered::Time(time.read(Json::time)?)
            }
            RequestKey::Rights => {
                let [trade, withdraw] = json.fields(["enableSpotAndMarginTrading", "enableWithdrawals"])?;
                Answered::Rights(KeyRights {
                    trade: trade.read(Json::bool)?,
                    withdraw: withdraw.read(Json::bool)?,
                })
            }
        })
    }

    fn read_order(&self, json: &mut Json<'_>) -> Read<OrderStatus> {
        let [symbol, name, number, side, qty, filled, state] =
            json.fields(["symbol", "clientOrderId", "orderId", "side", "origQty", "executedQty", "status"])?;
        let listing = symbol.read(|json| self.listed.read(json))?;
        Ok(OrderStatus {
            owner: self.names.owner(&name.read(Json::text)?),
            venue_order: number.read(Json::u64)?,
            instrument: listing.instrument.id,
            side: side.read(read_side)?,
            qty: qty.read(|json| listing.read_qty(json))?,
            filled: filled.read(|json| listing.read_qty(json))?,
            state: state.read(read_state)?,
        })
    }

    fn read_account(&mut self, json: &mut Json<'_>) -> Read<Account> {
        let [can_trade, balances] = json.fields(["canTrade", "balances"])?;
        let mut account = Account { can_trade: can_trade.read(Json::bool)?, balances: Vec::new() };
        balances.read(|json| {
            json.array(|json| {
                account.balances.push(read_balance(json, ["asset", "free", "locked"], self.assets)?);
                Ok(())
            })
        })?;
        Ok(account)
    }

    fn read_trade(&mut self, json: &mut Json<'_>) -> Read<OwnTrade> {
        let [symbol, number, order, price, qty, amount, asset, time, buyer, maker] = json.fields([
            "symbol",
            "id",
            "orderId",
            "price",
            "qty",
            "commission",
            "commissionAsset",
            "time",
            "isBuyer",
            "isMaker",
        ])?;
        let listing = symbol.read(|json| self.listed.read(json))?;
        let price = price.read(|json| listing.read_price(json))?;
        let amount = amount.read(Json::number)?;
        let asset = asset.read(|json| Ok(self.assets.named(&json.text()?)))?;
        Ok(OwnTrade {
            trade: number.read(Json::u64)?,
            venue_order: order.read(Json::u64)?,
            instrument: listing.instrument.id,
            ts_event: time.read(Json::time)?,
            side: if buyer.read(Json::bool)? { Side::Buy } else { Side::Sell },
            price,
            qty: qty.read(|json| listing.read_qty(json))?,
            fee: listing.fee(&asset, amount, price),
            commission: Commission { asset, amount },
            maker: maker.read(Json::bool)?,
        })
    }
}

/// The request that an answer names, if it is one of ours.
fn read_id(json: &mut Json<'_>) -> Read<Option<RequestKey>> {
    if json.is_text() {
        return Ok(read_key(&json.text()?));
    }
    json.skip()?;
    Ok(None)
}

/// How much is used of a limit.
fn read_rate_use(json: &mut Json<'_>, out: &mut Vec<Message>) -> Read<()> {
    let [count] = json.clone().fields(["count"])?;
    if let (Some(limit), Some(used)) = (read_limit(json)?, count.read_if(Json::u64)?) {
        let RateLimit { kind, window, .. } = limit;
        out.push(Message::RateUse(RateUse { kind, window, used }));
    }
    Ok(())
}

fn read_error(json: &mut Json<'_>, status: u64) -> Read<VenueError> {
    let [code, text, data] = json.fields(["code", "msg", "data"])?;
    let not_before = data.read_if(|json| {
        let [retry_after] = json.fields(["retryAfter"])?;
        retry_after.read_if(Json::time)
    })?;
    let text = text.read(Json::text)?.into_owned();
    Ok(venue_error(status, code.read(Json::i64)?, text, not_before.flatten()))
}

/// Bars that had closed by `ts_recv`.
fn read_bars(
    json: &mut Json<'_>,
    instrument: InstrumentId,
    interval: Interval,
    ts_recv: Ts,
) -> Read<Vec<MarketEvent>> {
    let mut bars = Vec::new();
    json.array(|json| {
        let (end, bar) = json.tuple(|json| {
            json.time()?;
            let mut number = || json.next()?.number();
            let (open, high, low) = (number()?, number()?, number()?);
            let (close, volume) = (number()?, number()?);
            let last_time = json.next()?.time()?;
            Ok((last_time + MILLISECOND, Bar { interval, open, high, low, close, volume }))
        })?;
        if end <= ts_recv {
            let data = MarketData::Bar(bar);
            bars.push(MarketEvent { ts_event: end, ts_recv: end, instrument, last: true, data });
        }
        Ok(())
    })?;
    Ok(bars)
}

/// Where an order is in its life.
fn read_state(json: &mut Json<'_>) -> Read<OrderState> {
    let wrong = json.expected("the state of an order");
    match &*json.text()? {
        "NEW" | "PENDING_NEW" | "PENDING_CANCEL" => Ok(OrderState::Working),
        "PARTIALLY_FILLED" => Ok(OrderState::PartlyFilled),
        "FILLED" => Ok(OrderState::Filled),
        "CANCELED" => Ok(OrderState::Cancelled),
        "REJECTED" => Ok(OrderState::Rejected),
        "EXPIRED" | "EXPIRED_IN_MATCH" => Ok(OrderState::Expired),
        _ => Err(wrong),
    }
}
