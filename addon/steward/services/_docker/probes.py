"""Looks at what only a program on the engine sees, by a container of an image that is there already."""

import re
from collections.abc import Sequence
from typing import Any, Final

from ...errors import ServiceRefused
from .client import DRILL, frames
from .engine import Engine, Raw
from .kept import FOLDER

MEMORY: Final = 64 * 1024**2
LISTENS: Final = "0A"
"""The state of a socket that waits for connections."""

KIB: Final = 1024
_SPACE: Final = re.compile(r"^\S+\s+\d+\s+\d+\s+(\d+)\s+\d+%", re.MULTILINE)


async def free_space(engine: Engine, image: str, volume: str, mark: str) -> int | None:
    """Return the free bytes where a volume is, None when the image has no program that tells it."""
    host = {"Binds": [f"{volume}:{FOLDER}:ro"], "NetworkMode": "none"}
    text = await _written(engine, image, mark, ["df", "-Pk", FOLDER], host)
    found = _SPACE.search(text or "")
    return None if found is None else int(found[1]) * KIB


async def listening_ports(engine: Engine, image: str, container: str) -> frozenset[int] | None:
    """Return the TCP ports on which a container listens, None when the image cannot tell it."""
    host = {"NetworkMode": f"container:{container}"}
    text = await _written(engine, image, container, ["cat", "/proc/net/tcp", "/proc/net/tcp6"], host)
    return None if text is None else frozenset(_ports(text))


def _ports(text: str) -> list[int]:
    rows = [line.split() for line in text.splitlines()]
    return [
        int(row[1].rpartition(":")[2], 16)
        for row in rows
        if len(row) > 3 and row[3] == LISTENS and ":" in row[1]  # noqa: PLR2004
    ]


async def _written(
    engine: Engine, image: str, mark: str, command: Sequence[str], host: dict[str, Any]
) -> str | None:
    """Return what a program writes that changes nothing, None when the image does not have it."""
    name = f"{mark}-look"
    limits: Raw = {
        "CapDrop": ["ALL"],
        "Memory": MEMORY,
        "PidsLimit": 16,
        "ReadonlyRootfs": True,
        "RestartPolicy": {"Name": "no"},
    }
    body: Raw = {
        "Image": image,
        "Entrypoint": list(command),
        "Cmd": [],
        "Healthcheck": {"Test": ["NONE"]},
        "Labels": {DRILL: mark},
        "HostConfig": limits | host,
    }
    await engine.discard(name)
    await engine.post("containers/create", body, name=name)
    try:
        await engine.post(f"containers/{name}/start")
        await engine.post(f"containers/{name}/wait")
        data = await engine.client.data(f"{engine.root}/containers/{name}/logs", stdout=True)
    except ServiceRefused:
        return None
    finally:
        await engine.discard(name)
    return b"".join(frames(data)).decode(errors="replace")
