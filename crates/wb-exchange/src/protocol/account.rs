//! Requests about the account.

use serde_json::{Value, json};
use wb_core::InstrumentId;

use super::decimal::decimal;
use super::error::ApiError;
use super::operation::{Call, Reply};
use crate::desk::Balance;
use crate::exchange::Exchange;

/// The number of the one account.
const UID: u64 = 1;

impl Exchange {
    /// Every asset of the account: the quote currency, then the base assets in the order of their symbols.
    pub(crate) fn balances(&self) -> Vec<(String, Balance)> {
        let quote = self.markets.first().map(|market| (market.listing.quote.clone(), self.desk.cash()));
        let bases = (0..)
            .zip(&self.markets)
            .map(|(index, market)| (market.listing.base.clone(), self.desk.holding(InstrumentId(index))));
        quote.into_iter().chain(bases).collect()
    }

    /// What the venue takes of an order's value, for makers and takers.
    fn rates(&self) -> Value {
        json!({
            "maker": decimal(self.simulation.fees.maker_bps / 1e4),
            "taker": decimal(self.simulation.fees.taker_bps / 1e4),
            "buyer": decimal(0.0),
            "seller": decimal(0.0),
        })
    }
}

pub(crate) fn status(exchange: &mut Exchange, call: &Call) -> Result<Reply, ApiError> {
    let omit_zero = call.params.get("omitZeroBalances") == Some("true");
    let balances: Vec<Value> = exchange
        .balances()
        .into_iter()
        .filter(|(_, balance)| !omit_zero || balance.free + balance.locked > 0.0)
        .map(|(asset, balance)| {
            json!({ "asset": asset, "free": decimal(balance.free), "locked": decimal(balance.locked) })
        })
        .collect();
    let fees = exchange.simulation.fees;
    Ok(Reply::Now(json!({
        "makerCommission": fees.maker_bps.round() as i64,
        "takerCommission": fees.taker_bps.round() as i64,
        "buyerCommission": 0,
        "sellerCommission": 0,
        "commissionRates": exchange.rates(),
        "canTrade": true,
        "canWithdraw": false,
        "canDeposit": false,
        "brokered": false,
        "requireSelfTradePrevention": false,
        "preventSor": false,
        "updateTime": exchange.clock.stamp(call.unit).now(),
        "accountType": "SPOT",
        "balances": balances,
        "permissions": ["SPOT"],
        "uid": UID,
    })))
}

pub(crate) fn commission(exchange: &mut Exchange, call: &Call) -> Result<Reply, ApiError> {
    let symbol = call.params.required("symbol")?;
    exchange.market(symbol)?;
    let none = json!({
        "maker": decimal(0.0), "taker": decimal(0.0), "buyer": decimal(0.0), "seller": decimal(0.0),
    });
    Ok(Reply::Now(json!({
        "symbol": symbol,
        "standardCommission": exchange.rates(),
        "specialCommission": none,
        "taxCommission": none,
        "discount": {
            "enabledForAccount": false,
            "enabledForSymbol": false,
            "discountAsset": "BNB",
            "discount": decimal(0.0),
        },
    })))
}

pub(crate) fn order_counts(exchange: &mut Exchange, _: &Call) -> Result<Reply, ApiError> {
    Ok(Reply::Now(exchange.limits.order_counts()))
}

/// What a key may do: everything but withdraw.
pub(crate) fn key_restrictions(_: &mut Exchange, call: &Call) -> Result<Reply, ApiError> {
    Ok(Reply::Now(json!({
        "ipRestrict": false,
        "createTime": call.unit.of(call.now),
        "enableReading": true,
        "enableSpotAndMarginTrading": true,
        "enableWithdrawals": false,
        "enableInternalTransfer": false,
        "permitsUniversalTransfer": false,
        "enableMargin": false,
        "enableFutures": false,
        "enableVanillaOptions": false,
        "enableFixApiTrade": false,
        "enableFixReadOnly": false,
        "enablePortfolioMarginTrading": false,
    })))
}

/// Every asset, as clients that list networks for deposits ask for it: there are none.
pub(crate) fn assets(exchange: &mut Exchange, _: &Call) -> Result<Reply, ApiError> {
    let json = |(asset, balance): (String, Balance)| {
        json!({
            "coin": asset,
            "name": asset,
            "depositAllEnable": false,
            "withdrawAllEnable": false,
            "trading": true,
            "isLegalMoney": false,
            "free": decimal(balance.free),
            "locked": decimal(balance.locked),
            "freeze": decimal(0.0),
            "withdrawing": decimal(0.0),
            "ipoing": decimal(0.0),
            "ipoable": decimal(0.0),
            "storage": decimal(0.0),
            "networkList": [],
        })
    };
    Ok(Reply::Now(exchange.balances().into_iter().map(json).collect()))
}

/// The pairs that can be traded on margin: none.
pub(crate) fn no_margin(_: &mut Exchange, _: &Call) -> Result<Reply, ApiError> {
    Ok(Reply::Now(json!([])))
}
