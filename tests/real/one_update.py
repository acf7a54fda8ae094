"""Updates one container, as a process of its own that can be killed: SOCKET NAME VERSION BASELINE."""

import asyncio
import json
import sys

from aiohttp import ClientSession

from homelab_steward.contract.state import TargetRef
from steward.clock import SystemClock
from steward.sdk.access import Access
from steward.sdk.description import Call
from steward.services.docker import SERVICE
from steward.services.docker.client import DockerClient


async def main(socket: str, name: str, version: str, baseline: str) -> None:
    """Execute the action."""
    action = next(one for one in SERVICE.actions if one.key == "update")
    target = TargetRef(instance_id="docker", kind="container", id=name, name=name)
    call = Call(target=target, arguments={"version": version})
    async with ClientSession() as session:
        settings = {"address": f"unix://{socket}"}
        client = DockerClient(Access(settings=settings, session=session, clock=SystemClock()))
        await action.execute(client, call, json.loads(baseline))
        await client.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
