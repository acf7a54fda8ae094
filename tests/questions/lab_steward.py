"""A steward that watches the lab of the demo, for questions."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from aiohttp import ClientSession

from demo.front_end import FrontEndClient
from demo.steward import DEMO_SERVICES, Steward, settings_for
from demo.waiting import expect
from homelab_steward.contract.state import InstanceStatus
from lab.lab import Lab
from lab.wire import Json, JsonObject
from questions.asking import USERS
from questions.rows import Speaks

POLL_SECONDS = 3_600
"""Readings stay as they are while questions are asked."""

START_SECONDS = 120.0


@asynccontextmanager
async def asked_steward(folder: Path, models: list[Json]) -> AsyncIterator[FrontEndClient]:
    """Yield a client of a steward in the lab whose instances were all polled. Raises Expected."""
    async with watched_lab(folder, models) as (client, _):
        yield client


@asynccontextmanager
async def watched_lab(
    folder: Path, models: list[Json], more: Sequence[str] = ()
) -> AsyncIterator[tuple[FrontEndClient, Lab]]:
    """Yield such a client with the lab. Raises Expected.

    ``more`` are the keys of services beside those of the demo.
    """
    services = (*DEMO_SERVICES, *more)
    async with AsyncExitStack() as opened:
        lab = await opened.enter_async_context(
            Lab(services=services, real_alertmanager=False, is_alerting=False)
        )
        session = await opened.enter_async_context(ClientSession())
        steward = Steward(session, folder)
        await steward.write_settings({**_settings(lab, services), "models": models})
        opened.push_async_callback(steward.close)
        await steward.start()
        client = FrontEndClient(session, steward.url, await steward.token())
        opened.push_async_callback(client.close)
        await client.start()
        await client.wait_for(lambda: _is_polled(client, services), START_SECONDS)
        away = [one.name for one in client.instances.values() if one.status is not InstanceStatus.OK]
        expect(not away, f"all instances of the lab answer, but not {away}")
        yield client, lab


def _settings(lab: Lab, services: Sequence[str]) -> JsonObject:
    people: list[Json] = [
        {"id": "alex", "name": "Alex", "role": "owner", "ha_user_id": USERS[Speaks.OWNER]},
        {"id": "kim", "name": "Kim", "role": "guest", "ha_user_id": USERS[Speaks.CHILD]},
    ]
    found = settings_for(lab, people, services)
    instances = found["instances"]
    if isinstance(instances, list):
        found["instances"] = [_slow(one) for one in instances if isinstance(one, dict)]
    return {"people": people, "instances": found["instances"]}


def _slow(instance: JsonObject) -> JsonObject:
    settings = instance["settings"]
    known = settings if isinstance(settings, dict) else {}
    return {**instance, "settings": {**known, "poll_seconds": POLL_SECONDS}}


def _is_polled(client: FrontEndClient, services: Sequence[str]) -> bool:
    return len(client.snapshots) == len(services) == len(client.instances)
