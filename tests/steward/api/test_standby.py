"""What a standby answers on the address that it keeps for the time when it is the leader."""

import aiohttp
from starlette.applications import Starlette

from steward.api.listener import open_listener
from steward.api.server import ApiServer
from steward.api.standby import MESSAGE, standing_by
from steward.settings.model import Limits, Listen


async def test_a_standby_runs_and_is_not_ready() -> None:
    listener = open_listener(Listen(host="127.0.0.1", port=0))
    url = f"http://127.0.0.1:{listener.port}"
    async with aiohttp.ClientSession() as session, standing_by(listener, Limits()):
        async with session.get(f"{url}/health") as answer:
            assert answer.status == 200
            assert await answer.json() == {"status": "ok", "role": "standby"}
        for method, path in (("GET", "/ready"), ("POST", "/webhook/alertmanager"), ("GET", "/websocket")):
            async with session.request(method, url + path) as answer:
                assert answer.status == 503
                assert MESSAGE in await answer.text()
    listener.close()


async def test_the_leader_gets_the_address_of_the_standby() -> None:
    listener = open_listener(Listen(host="127.0.0.1", port=0))
    async with standing_by(listener, Limits()):
        pass
    server = ApiServer(Starlette(), listener, Limits())
    await server.start()
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{listener.port}/") as answer,
    ):
        assert answer.status == 404
    await server.close()
