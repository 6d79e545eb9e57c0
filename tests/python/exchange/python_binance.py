"""python-binance against the bundled exchange: REST, a market stream and news of the account."""

import asyncio

from binance import AsyncClient, BinanceSocketManager
from binance.exceptions import BinanceAPIException
from binance.ws.websocket_api import WebsocketAPI

from rehearsal import KEY, REST, SECRET, SOCKETS, SYMBOL, step


async def trade(client):
    info = await client.get_symbol_info(SYMBOL)
    assert info["baseAsset"] == "NEAR" and info["quoteAsset"] == "USDT", info
    klines = await client.get_klines(symbol=SYMBOL, interval="1m", limit=3)
    assert len(klines) == 3 and all(len(row) == 12 for row in klines), klines
    resting = await client.order_limit_buy(symbol=SYMBOL, quantity=100, price="0.5")
    assert resting["status"] == "NEW", resting
    open_orders = await client.get_open_orders(symbol=SYMBOL)
    assert [order["orderId"] for order in open_orders] == [resting["orderId"]], open_orders
    cancelled = await client.cancel_order(symbol=SYMBOL, orderId=resting["orderId"])
    assert cancelled["status"] == "CANCELED", cancelled
    try:
        await client.order_market_sell(symbol=SYMBOL, quantity=5)
        raise AssertionError("nobody can sell what he does not have")
    except BinanceAPIException as error:
        assert (error.status_code, error.code) == (400, -2010), error
    try:
        await client.get_klines(symbol="NOTHING", interval="1m")
        raise AssertionError("the symbol is not listed")
    except BinanceAPIException as error:
        assert error.code == -1121, error


async def listen(client):
    manager = BinanceSocketManager(client)
    manager.STREAM_URL = SOCKETS + "/"
    async with manager.kline_socket(SYMBOL, interval="1m") as klines, manager.user_socket() as news:
        placed = await client.order_market_buy(symbol=SYMBOL, quantity=10)
        seen = [(await news.recv()) for _ in range(2)]
        assert [event["e"] for event in seen] == ["executionReport", "outboundAccountPosition"], seen
        await asyncio.to_thread(step)
        fill = await news.recv()
        assert (fill["x"], fill["X"], fill["i"]) == ("TRADE", "FILLED", placed["orderId"]), fill
        closed = await klines.recv()
        assert closed["e"] == "kline" and closed["k"]["x"] is True, closed
        assert fill["T"] == closed["k"]["t"], (fill, closed)
    order = await client.get_order(symbol=SYMBOL, orderId=placed["orderId"])
    assert order["status"] == "FILLED", order
    trades = await client.get_my_trades(symbol=SYMBOL)
    assert trades[0]["commission"] == fill["n"], (trades, fill)
    balance = await client.get_asset_balance(asset="NEAR")
    assert float(balance["free"]) == 10, balance


async def main():
    client = AsyncClient(KEY, SECRET)
    client.API_URL = REST + "/api"
    client.ws_api = WebsocketAPI(url=SOCKETS + "/ws-api/v3")
    await trade(client)
    await listen(client)
    await client.close_connection()


asyncio.run(main())
