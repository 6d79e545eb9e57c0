"""The venue's own SDK against the bundled exchange with an Ed25519 key: one signature a session, none an order."""

import asyncio

from binance_common.configuration import ConfigurationRestAPI, ConfigurationWebSocketAPI
from binance_sdk_spot.spot import Spot

from rehearsal import KEY, REST, SOCKETS, SYMBOL

# A key made up for this test; the exchange is started with its public half.
PRIVATE = """-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH
-----END PRIVATE KEY-----
"""
keys = {"api_key": KEY, "private_key": PRIVATE}
spot = Spot(
    config_rest_api=ConfigurationRestAPI(base_path=REST, retries=0, **keys),
    config_ws_api=ConfigurationWebSocketAPI(stream_url=SOCKETS + "/ws-api/v3", **keys),
)


async def session():
    api = await spot.websocket_api.create_connection()
    logon = await api.session_logon()
    assert logon.data().result.api_key == KEY, logon.data()
    news = asyncio.Queue()
    account = await api.user_data_stream_subscribe()
    account.stream.on("message", news.put_nowait)
    placed = await api.order_place(symbol=SYMBOL, side="BUY", type="MARKET", quantity=10)
    assert placed.data().result.status == "NEW", placed.data()
    assert (await news.get()).actual_instance.x == "NEW"
    status = await api.session_status()
    assert status.data().result.user_data_stream is True, status.data()
    await api.session_logout()
    await api.close_connection(close_session=True)


assert spot.rest_api.get_account().data().account_type == "SPOT"
asyncio.run(session())
