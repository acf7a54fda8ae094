"""Reads a service once with given settings and stores nothing, for forms of a terminal and for the doctor."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

import aiohttp

from homelab_steward.contract.base import Value
from homelab_steward.contract.state import Instance, InstanceStatus, Snapshot

from ..clock import Clock
from ..errors import InvalidSetting, ServiceRefused, StewardError
from ..sdk.access import Access
from ..sdk.description import AnyService
from .polling import Clean, close_client, evaluate, read, status_of


async def try_service(
    service: AnyService,
    instance_id: str,
    settings: Mapping[str, Value],
    session: aiohttp.ClientSession,
    clock: Clock,
    clean: Clean,
) -> Snapshot:
    """Return the readings of one poll; ``settings`` include the secrets.

    Raises ServiceError, also when a setting turns out to be wrong.
    """
    try:
        client = service.connect(Access(settings=settings, session=session, clock=clock))
    except InvalidSetting as err:
        raise ServiceRefused(str(err)) from err
    try:
        poll = await read(service, client)
        if poll.problem is not None:
            raise poll.problem
        return evaluate(service, instance_id, poll, clock.now(), clean).snapshot
    except InvalidSetting as err:
        raise ServiceRefused(str(err)) from err
    finally:
        await asyncio.shield(close_client(client, instance_id))


def tried(instance: Instance, found: Snapshot | StewardError) -> Instance:
    """Return an instance with the result of a try: its version, or why it could not be read."""
    if isinstance(found, StewardError):
        return replace(instance, status=status_of(found), error=str(found))
    return replace(instance, status=InstanceStatus.OK, version=found.version)
