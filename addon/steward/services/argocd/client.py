"""The client: applications, syncs, and what the token may do."""

from typing import Final

import orjson

from ...errors import EffectUnknown, PreconditionFailed, ServiceError, ServiceMalformed, ServiceNotFound
from ...sdk.answers import Item, at, parse
from ...sdk.client import Rest, bearer
from ...sdk.description import Call, Gaps
from ...sdk.fields import secret_field
from ...sdk.format import brief
from ...sdk.kits import Job, poll_until
from .models import Application, ArgoState, Operation

TOKEN: Final = secret_field("token", "Token", "Of an account or project role; read-only is enough to watch.")
SEEN: Final = 30.0
"""Seconds until Argo CD begins a sync that was asked for."""

TAKES: Final = 300.0
"""Seconds that a sync may take."""


class Answer(Item):
    """Whether the token may do something: yes or no."""

    value: str


class ArgoClient(Rest):
    """One Argo CD."""

    auth = bearer(TOKEN)

    async def poll(self, gaps: Gaps) -> ArgoState:
        """Return the state. Raises ServiceError."""
        state = await ArgoState.poll(self, gaps)
        projects = {one.spec.project: one.metadata.name for one in state.applications}
        try:
            paths = [f"api/v1/account/can-i/applications/sync/{one}/{name}" for one, name in projects.items()]
            answers = [(await self.one(Answer, path)).value for path in paths]
            state.may_sync = "yes" in answers or (None if not answers else False)
        except ServiceError as err:
            gaps.add("rights", str(err))
        return state

    async def application(self, call: Call) -> Application:
        """Return the target. Raises PreconditionFailed when it is gone."""
        namespace, _, name = call.target.id.partition("/")
        try:
            return await self.one(Application, f"api/v1/applications/{name}", appNamespace=namespace)
        except ServiceNotFound as err:
            raise PreconditionFailed(t"There is no {call.target.name} any more") from err

    async def refresh(self, call: Call) -> None:
        """Let Argo CD look for a new commit now, as it does every few minutes. Changes nothing."""
        namespace, _, name = call.target.id.partition("/")
        await self.get(f"api/v1/applications/{name}", appNamespace=namespace, refresh="normal")

    async def operate(self, call: Call, what: str, **body: object) -> Operation:
        """Start a sync or a rollback, and return it once it runs. Raises as Rest.send does."""
        before = (await self.application(call)).status.operation_state
        namespace, _, name = call.target.id.partition("/")
        await self.send("POST", f"api/v1/applications/{name}/{what}", {"appNamespace": namespace, **body})

        async def read() -> Operation | None:
            return (await self.application(call)).status.operation_state

        try:
            begun = await poll_until(
                self.clock,
                read,
                lambda now: now is not None and (before is None or now.started_at > before.started_at),
                seconds=SEEN,
                away=SEEN,
            )
        except ServiceError as err:
            raise EffectUnknown(t"It was asked for, and cannot be read: {err}") from err
        if begun is None or begun == before:
            raise EffectUnknown(t"It was asked for, and was not begun so far")
        return begun

    async def job(self, call: Call, handle: str) -> Job:
        """Return a sync. Raises ServiceMalformed when a newer one replaced it."""
        operation = (await self.application(call)).status.operation_state
        if operation is None or operation.job.handle != handle:
            raise ServiceMalformed(t"A newer sync has replaced it")
        return operation.job

    async def newest(self, call: Call) -> Job | None:
        """Return the last sync."""
        operation = (await self.application(call)).status.operation_state
        return operation.job if operation else None

    async def log(self, call: Call, lines: int) -> list[str]:
        """Return the last lines of the application's pods."""
        namespace, _, name = call.target.id.partition("/")
        path = f"api/v1/applications/{name}/logs"
        text = await self.text(path, appNamespace=namespace, tailLines=lines, follow=False)
        return [line for one in text.splitlines() if (line := _log_line(one, path))]


class _Entry(Item):
    content: str = ""
    pod_name: str = ""


def _log_line(line: str, path: str) -> str:
    try:
        entry = parse(_Entry, at(orjson.loads(line), "result"), path)
    except orjson.JSONDecodeError as err:
        raise ServiceMalformed(t"{path}: a line is not JSON") from err
    return f"{entry.pod_name}: {brief(entry.content)}" if entry.content else ""
