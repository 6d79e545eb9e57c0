"""The venue's own SDK against the bundled exchange: REST, the WebSocket API and streams, parsed into its models."""

import asyncio

from binance_common.configuration import (
    ConfigurationRestAPI,
    ConfigurationWebSocketAPI,
    ConfigurationWebSocketStreams,
)
from binance_common.errors import BadRequestError
from binance_sdk_spot.spot import Spot

from rehearsal import KEY, REST, SECRET, SOCKETS, SYMBOL, step

keys = {"api_key": KEY, "api_secret": SECRET}
spot = Spot(
    config_rest_api=ConfigurationRestAPI(base_path=REST, retries=0, **keys),
    config_ws_api=ConfigurationWebSocketAPI(stream_url=SOCKETS + "/ws-api/v3", **keys),
    config_ws_streams=ConfigurationWebSocketStreams(stream_url=SOCKETS),
)


def rest():
    info = spot.rest_api.exchange_info(symbol=SYMBOL).data()
    assert info.symbols[0].symbol == SYMBOL, info
    assert len(spot.rest_api.klines(symbol=SYMBOL, interval="1m", limit=2).data()) == 2
    order = {"symbol": SYMBOL, "side": "BUY", "type": "LIMIT", "time_in_force": "GTC"}
    placed = spot.rest_api.new_order(**order, quantity=100, price=0.5).data()
    assert placed.status == "NEW", placed
    assert spot.rest_api.get_order(symbol=SYMBOL, order_id=placed.order_id).data().is_working
    gone = spot.rest_api.delete_order(symbol=SYMBOL, order_id=placed.order_id).data()
    assert gone.status == "CANCELED", gone
    try:
        spot.rest_api.new_order(**order, quantity=100, price=0.5005)
        raise AssertionError("the price is off the grid")
    except BadRequestError as error:
        assert "PRICE_FILTER" in str(error), error


async def sockets():
    api = await spot.websocket_api.create_connection()
    streams = await spot.websocket_streams.create_connection()
    news, klines = asyncio.Queue(), asyncio.Queue()
    account = await api.user_data_stream_subscribe_signature()
    account.stream.on("message", news.put_nowait)
    stream = await streams.kline(symbol=SYMBOL.lower(), interval="1m")
    stream.on("message", klines.put_nowait)
    placed = await api.order_place(symbol=SYMBOL, side="BUY", type="MARKET", quantity=10)
    assert placed.data().result.status == "NEW", placed.data()
    await asyncio.to_thread(step)
    events = [(await news.get()) for _ in range(4)]
    kinds = [type(event.actual_instance or event).__name__ for event in events]
    assert kinds == ["ExecutionReport", "OutboundAccountPosition"] * 2, kinds
    assert events[2].actual_instance.X == "FILLED", events[2]
    closed = await klines.get()
    assert closed.k.x is True and closed.k.s == SYMBOL, closed
    order = await api.order_status(symbol=SYMBOL, order_id=placed.data().result.order_id)
    assert order.data().result.status == "FILLED", order.data()
    await api.close_connection(close_session=True)
    await streams.close_connection(close_session=True)


rest()
asyncio.run(sockets())
