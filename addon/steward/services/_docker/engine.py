"""One engine as an update asks it, and the names and labels of what the updates of the app keep there."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from ...errors import (
    EffectUnknown,
    PreconditionFailed,
    ServiceNotFound,
    ServiceRefused,
    TemporaryFailure,
)
from ...sdk.answers import parse
from ...sdk.client import Parameter
from ...sdk.description import Call
from ...sdk.display import brief, size
from .client import KEPT_OF, ContainerClient
from .models import Details

Raw = dict[str, Any]

NAME: Final = "homelab-steward.name"
TAKEN: Final = "homelab-steward.taken"
"""Labels: the name of the container that something was kept of, and when (seconds)."""

NOT_OFFERED: Final = ("manifest unknown", "not found", "no matching manifest", "unsupported")
"""What engines say of an image that their registry does not have for them. All else may pass."""

IDLE: Final = 120.0
"""Seconds between two pieces of a pull or of an archive."""

TAR: Final = "application/x-tar"
LONGEST_LINE: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Engine:
    """The engine of a target. All methods raise ServiceError as those of Rest do."""

    client: ContainerClient
    root: str

    @classmethod
    async def of(cls, client: ContainerClient, call: Call) -> Engine:
        """Return the engine of a call's target. Raises ServiceError."""
        return cls(client, await client.root(call.target.id.rpartition("/")[0]))

    async def raw(self, path: str, **query: Parameter | None) -> Raw:
        """Return the object that a GET answers."""
        return parse(Raw, await self.client.late.get(f"{self.root}/{path}", **query), path)

    async def found(self, path: str) -> Raw | None:
        """Return the object that a GET answers, None when there is none."""
        try:
            return await self.raw(path)
        except ServiceNotFound:
            return None

    async def container(self, name: str) -> Details | None:
        """Return a container by its whole name or id, None when there is none."""
        raw = await self.found(f"containers/{name}/json")
        if raw is None:
            return None
        details = parse(Details, raw, name)
        # The engine finds containers by the beginning of an id too.
        return details if name in (details.name, details.id) else None

    async def post(self, path: str, body: object = None, **query: Parameter | None) -> object:
        """Send a change once."""
        return await self.client.pulling.send("POST", f"{self.root}/{path}", body, form=None, **query)

    async def delete(self, path: str, **query: Parameter | None) -> None:
        """Delete something; what is not there is fine."""
        with suppress(ServiceNotFound):
            await self.client.late.send("DELETE", f"{self.root}/{path}", None, form=None, **query)

    async def remove(self, container: str) -> None:
        """Remove a container that does not run, with its unnamed volumes if it never ran. Named ones stay."""
        await self.delete(f"containers/{container}")

    async def discard(self, container: str) -> None:
        """Remove a container of the app that never ran, with the unnamed volumes that its image declares."""
        await self.delete(f"containers/{container}", v=True, force=True)

    async def create_idle(
        self,
        name: str,
        image: str,
        labels: Mapping[str, str],
        binds: Sequence[str],
        env: Sequence[str] = (),
    ) -> None:
        """Create a container of the app that never runs."""
        host = {"Binds": list(binds), "NetworkMode": "none", "RestartPolicy": {"Name": "no"}}
        body: Raw = {
            "Image": image,
            # Never started; an image without a command cannot make a container without one.
            "Cmd": ["kept"],
            "Env": list(env),
            "Labels": dict(labels),
            "HostConfig": host,
        }
        await self.post("containers/create", body, name=name)

    async def stop(self, container: str) -> None:
        """Stop a container; one that is stopped is fine."""
        await self.post(f"containers/{container}/stop")

    async def rename(self, container: str, name: str) -> None:
        """Give a container another name."""
        await self.post(f"containers/{container}/rename", name=name)

    async def listed(self, **filters: list[str]) -> list[Raw]:
        """Return the rows of all containers that match the filters."""
        answer = await self.client.late.get(
            f"{self.root}/containers/json", all=True, filters=json.dumps(filters)
        )
        return parse(list[Raw], answer, "containers")

    async def kept_volumes(self, label: str) -> list[Raw]:
        """Return the rows of all volumes with a label."""
        answer = await self.raw("volumes", filters=json.dumps({"label": [label]}))
        return parse(list[Raw], answer.get("Volumes") or [], "volumes")

    async def networks(self, label: str) -> list[Raw]:
        """Return the rows of all networks with a label."""
        answer = await self.client.late.get(f"{self.root}/networks", filters=json.dumps({"label": [label]}))
        return parse(list[Raw], answer, "networks")

    async def kept(self) -> Mapping[str, Mapping[str, str]]:
        """Return the labels of everything that updates have kept here, by the ids of the containers."""
        rows = [*await self.kept_volumes(KEPT_OF), *await self.listed(label=[KEPT_OF])]
        labels = [parse(dict[str, str], row.get("Labels") or {}, "labels") for row in rows]
        return {one[KEPT_OF]: one for one in labels if one.get(KEPT_OF)}

    async def pull(self, image: str) -> None:
        """Pull an image. Raises PreconditionFailed with the engine's reason when it cannot."""
        name, mark, digest = image.partition("@")
        tag = digest
        if not mark:
            name, _, tag = image.rpartition(":")
        rest, problem = b"", ""
        pieces = self.client.pulling.stream(
            f"{self.root}/images/create", idle=IDLE, method="POST", fromImage=name, tag=tag
        )
        try:
            async for piece in pieces:
                *lines, rest = (rest + piece).split(b"\n")
                rest = rest[-LONGEST_LINE:]
                problem = next(filter(None, map(_problem, lines)), problem)
        except (EffectUnknown, ServiceRefused) as err:
            problem = str(err)
        problem = problem or _problem(rest)
        if problem:
            is_refused = any(one in problem.lower() for one in NOT_OFFERED)
            failure = PreconditionFailed if is_refused else TemporaryFailure
            raise failure(t"{image} cannot be pulled: {problem}")

    async def copy(self, source: str, target: str, folder: str) -> None:
        """Copy a folder of one container into the same folder of another, and read the copy back.

        It is copied piece by piece. The engine gives an archive of a container, or takes one, and not both
        at the same time: therefore there are two. Raises PreconditionFailed when the copy is not as long.
        """
        read = 0

        async def counted() -> AsyncIterator[bytes]:
            nonlocal read
            async for piece in self.archive(source, folder):
                read += len(piece)
                yield piece

        path = f"{self.root}/containers/{target}/archive"
        above = folder.rpartition("/")[0] or "/"
        await self.client.pulling.upload(path, counted(), kind=TAR, idle=IDLE, path=above)
        written = 0
        async for piece in self.archive(target, folder):
            written += len(piece)
        if written != read:
            raise PreconditionFailed(t"The copy has {size(written)} instead of {size(read)}")

    def archive(self, container: str, folder: str) -> AsyncIterator[bytes]:
        """Yield the pieces of the archive of a folder of a container."""
        path = f"{self.root}/containers/{container}/archive"
        return self.client.pulling.stream(path, idle=IDLE, path=folder)


def _problem(line: bytes) -> str:
    """Return the error in a line of an answer that is written while something goes on."""
    try:
        value = json.loads(line) if line.strip() else {}
    except ValueError:
        return ""
    return brief(str(value["error"])) if isinstance(value, dict) and value.get("error") else ""
