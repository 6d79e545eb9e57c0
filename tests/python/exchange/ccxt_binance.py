"""ccxt and its WebSocket half against the bundled exchange."""

import asyncio

import ccxt
import ccxt.pro

from rehearsal import KEY, REST, SECRET, SOCKETS, listeners, step

MARKET = "NEAR/USDT"


def at(exchange):
    """Points a client at the bundled exchange."""
    api = exchange.urls["api"]
    api["public"] = api["private"] = REST + "/api/v3"
    api["sapi"] = REST + "/sapi/v1"
    api["ws"]["spot"] = SOCKETS + "/ws"
    api["ws"]["ws-api"]["spot"] = SOCKETS + "/ws-api/v3"
    exchange.options["fetchMarkets"] = {"types": ["spot"]}
    return exchange


async def main():
    exchange = at(ccxt.pro.binance({"apiKey": KEY, "secret": SECRET}))
    markets = await exchange.load_markets()
    assert list(markets) == [MARKET], markets
    assert len(await exchange.fetch_ohlcv(MARKET, "1m", limit=2)) == 2
    resting = await exchange.create_order(MARKET, "limit", "buy", 100, 0.5)
    assert (await exchange.fetch_order(resting["id"], MARKET))["status"] == "open", resting
    assert (await exchange.cancel_order(resting["id"], MARKET))["status"] == "canceled"
    try:
        await exchange.create_order(MARKET, "market", "sell", 5)
        raise AssertionError("nobody can sell what he does not have")
    except ccxt.InsufficientFunds:
        pass

    # A first question subscribes; its answer comes with the next close.
    orders = asyncio.create_task(exchange.watch_orders(MARKET))
    bars = asyncio.create_task(exchange.watch_ohlcv(MARKET, "1m"))
    book = asyncio.create_task(exchange.watch_order_book(MARKET))
    while await asyncio.to_thread(listeners) != (2, 1):
        pass
    placed = await exchange.create_order(MARKET, "market", "buy", 10)
    assert (await orders)[0]["id"] == placed["id"]
    orders = asyncio.create_task(exchange.watch_orders(MARKET))
    await asyncio.to_thread(step)
    assert (await orders)[-1]["status"] == "closed"
    assert len((await bars)[-1]) == 6
    await asyncio.to_thread(step)
    bids = (await book)["bids"]
    assert bids[0][0] > bids[1][0], bids
    filled = await exchange.fetch_order(placed["id"], MARKET)
    assert filled["filled"] == 10 and filled["status"] == "closed", filled
    assert (await exchange.fetch_balance())["NEAR"]["free"] == 10
    assert (await exchange.fetch_my_trades(MARKET))[0]["fee"]["currency"] == "USDT"
    await exchange.close()


asyncio.run(main())
