"""The client of a TrueNAS: its login, what its errors mean, and its jobs."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final, override

from ...errors import (
    InvalidSetting,
    PreconditionFailed,
    ServiceError,
    ServiceForbidden,
    ServiceMalformed,
    ServiceNotFound,
    ServiceRefused,
    ServiceUnauthorized,
)
from ...sdk.answers import parse_items
from ...sdk.client import Parameter
from ...sdk.description import Access, Call, Gaps
from ...sdk.fields import secret_field
from ...sdk.http import Attempt
from ...sdk.json_rpc import Connection, JsonRpc
from ...sdk.kits import Job
from .models import JobRow

API_KEY: Final = secret_field(
    "api_key", "API key", "Of a user of its own. TrueNAS revokes a key that is sent without TLS."
)
MOST_JOBS: Final = 200
MOST_SNAPSHOTS: Final = 2000
PROPERTIES: Final = ("used", "available", "quota", "usedbysnapshots")

_REASONS: Final[dict[str, type[ServiceError]]] = {
    "ENOTAUTHENTICATED": ServiceUnauthorized,
    **dict.fromkeys(("EACCES", "EPERM"), ServiceForbidden),
    **dict.fromkeys(("ENOENT", "ENOMETHOD"), ServiceNotFound),
    **dict.fromkeys(("EINVAL", "EEXIST", "EBUSY"), ServiceRefused),
}
"""What the names of errors mean that TrueNAS gives before it changes anything."""


class TrueNasClient(JsonRpc):
    """One TrueNAS. Long work is a job: a call that starts one returns its number."""

    parameters: ClassVar[Mapping[str, tuple[object, ...]]] = {
        "pool.dataset.query": ([], {"extra": {"properties": PROPERTIES}}),
        "core.get_jobs": ([], {"order_by": ["-id"], "limit": MOST_JOBS}),
    }

    def __init__(self, access: Access) -> None:
        """Open nothing. Raises InvalidSetting, also for an address without TLS."""
        super().__init__(access, "api/current")
        self._api_key = access.text("api_key")
        if access.address.scheme != "https":
            raise InvalidSetting("url", "must begin with https://")

    @override
    async def log_in(self, connection: Connection) -> None:
        if await self.ask(connection, "auth.login_with_api_key", self._api_key) is not True:
            raise ServiceUnauthorized(t"TrueNAS refused the API key")

    @override
    def refusal(self, attempt: Attempt, code: int, text: str, data: Mapping[str, Any]) -> ServiceError:
        kind = _REASONS.get(str(data.get("errname")))
        return kind(f"{attempt.where}: {text}") if kind else super().refusal(attempt, code, text, data)

    async def started(self, method: str, *parameters: Parameter) -> str:
        """Start a job and return its number."""
        return str(await self.sent(int, "CALL", method, [*parameters]))

    async def jobs(self, gaps: Gaps) -> tuple[JobRow, ...]:
        """Return the newest jobs, newest first."""
        return await self.many(JobRow, "core.get_jobs", gaps)

    async def job(self, number: str) -> Job:
        """Return a job by its number."""
        rows = await self.call("core.get_jobs", [["id", "=", int(number)]])
        found = parse_items(JobRow, rows, Gaps(), "core.get_jobs")
        if not found:
            raise ServiceMalformed(t"core.get_jobs: job {number} is not listed")
        return found[0].job

    async def newest_job(self, method: str, subject: object) -> Job | None:
        """Return the newest job of a method that is about ``subject``, None when there is none."""
        found = (one for one in await self.jobs(Gaps()) if one.method == method)
        return next((one.job for one in found if one.arguments[:1] == (subject,)), None)

    async def snapshots(self, call: Call) -> tuple[str, ...]:
        """Return the names of the target's snapshots, newest first. Raises PreconditionFailed."""
        options = {"select": ["snapshot_name"], "order_by": ["-createtxg"], "limit": MOST_SNAPSHOTS + 1}
        rows = await self.call("pool.snapshot.query", [["dataset", "=", call.target.id]], options)
        gaps = Gaps()
        found = parse_items(dict[str, str], rows, gaps, "pool.snapshot.query")
        names = tuple(one["snapshot_name"] for one in found if "snapshot_name" in one)
        if len(names) > MOST_SNAPSHOTS:
            raise PreconditionFailed(t"{call.target.name} has more than {MOST_SNAPSHOTS} snapshots")
        if (reason := gaps.of("pool.snapshot.query")) or len(names) < len(found):
            raise ServiceMalformed(reason or "pool.snapshot.query: a snapshot has no name")
        return names
