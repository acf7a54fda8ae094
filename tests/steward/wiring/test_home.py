"""Which Home Assistant is asked survives a restart of the app."""

from pathlib import Path

import pytest

from rig.agent_rig import opened_store
from steward.api.home_connections import ANOTHER, BROKEN
from steward.errors import ServiceUnreachable
from steward.wiring.home import home_connections


async def fail(_: bytes) -> None:
    raise ConnectionError


async def test_the_binding_survives_a_restart_until_it_is_removed(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        for home_id, reason in (("first", BROKEN), ("second", ANOTHER), ("first", BROKEN)):
            connections = await home_connections(store, str)
            with connections.connected(fail, home_id), pytest.raises(ServiceUnreachable, match=reason):
                await connections.report()
        await connections.unbind()
        connections = await home_connections(store, str)
        with connections.connected(fail, "second"), pytest.raises(ServiceUnreachable, match=BROKEN):
            await connections.report()
