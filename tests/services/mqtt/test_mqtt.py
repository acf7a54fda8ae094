"""MQTT: retained messages, users who may not read, odd statistics."""

import pytest

from lab.visit import visit
from services.mqtt import ROUTE, STATISTICS
from steward.errors import ServiceForbidden


async def test_a_user_who_may_not_read_is_named() -> None:
    async with visit("mqtt") as here:
        here.served.denied = True
        with pytest.raises(ServiceForbidden, match=r"may not read \$SYS/#"):
            await here.poll()


async def test_a_broker_without_statistics_is_named() -> None:
    async with visit("mqtt") as here:
        here.served.state.answers[ROUTE] = {}
        with pytest.raises(ServiceForbidden, match="publishes nothing below"):
            await here.poll()


async def test_retained_messages_are_counted_and_not_shown() -> None:
    async with visit("mqtt") as here:
        tool = here.tool("retained")
        text = (await tool.read(here.client, await here.call_of(tool))).text
        assert text.splitlines() == ["zigbee/: 2", "homeassistant/: 1"]


async def test_one_client_may_be_the_steward_itself() -> None:
    async with visit("mqtt") as here:
        here.served.state.answers[ROUTE] = {**STATISTICS, "broker/clients/connected": "1"}
        assert ("mqtt_no_clients", None) in (await here.checks()).unknown


async def test_odd_statistics_are_not_known() -> None:
    async with visit("mqtt") as here:
        here.served.state.answers[ROUTE] = {**STATISTICS, "broker/uptime": "long"}
        found = await here.snapshot()
        assert (found.values["uptime"], found.values["clients"]) == (None, 9)
