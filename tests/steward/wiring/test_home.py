"""Which Home Assistant is asked survives a restart of the app."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rig.agent_rig import opened_store
from steward.api.home_connections import ANOTHER, BROKEN
from steward.errors import ServiceUnreachable
from steward.texts import household, set_household
from steward.wiring.home import home_connections


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    yield
    set_household(None)


async def fail(_: bytes) -> None:
    raise ConnectionError


async def test_the_binding_survives_a_restart_until_it_is_removed(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        for home_id, reason in (("first", BROKEN), ("second", ANOTHER), ("first", BROKEN)):
            connections = await home_connections(store, str, None)
            with connections.connected(fail, home_id), pytest.raises(ServiceUnreachable, match=reason):
                await connections.report()
        await (await home_connections(store, str, None)).unbind()
        connections = await home_connections(store, str, None)
        with connections.connected(fail, "second"), pytest.raises(ServiceUnreachable, match=BROKEN):
            await connections.report()


async def test_the_language_of_home_assistant_is_known_before_it_connects_again(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        connections = await home_connections(store, str, None)
        assert household().language == "en"
        await connections.set_language("first", "de-AT")
        assert household().language == "de"
        set_household(None)
        await home_connections(store, str, None)
        assert household().language == "de"


async def test_a_language_in_the_settings_wins(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        connections = await home_connections(store, str, "de")
        await connections.set_language("first", "en")
        assert household().language == "de"


async def test_another_home_assistant_does_not_set_the_language(tmp_path: Path) -> None:
    async with opened_store(tmp_path) as store:
        connections = await home_connections(store, str, None)
        with connections.connected(fail, "first"), pytest.raises(ServiceUnreachable):
            await connections.report()
        await connections.set_language("second", "de")
        assert household().language == "en"
