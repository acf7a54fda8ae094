"""SABnzbd: the Usenet download client, its queue, failed downloads, disks and warnings."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from ...errors import EffectUnknown, ServiceError, ServiceMalformed, ServiceRefused
from ...sdk.answers import Busy, Item, State, known, many, one
from ...sdk.client import Key, Parameter
from ...sdk.description import Call, Control, Gaps, Risk, Versions
from ...sdk.display import GIB, MIB, Lines, Text, brief, count, flag, list_tool, percentage, size, warning
from ...sdk.fields import TLS_SETTINGS, secret_field, url_field
from ...sdk.http import plain
from ...sdk.kits import Clear, Switch, Turn
from .._download_client import KIB, PAUSE, RESUME, DownloadClient, Facts, download_client

API_KEY: Final = secret_field(
    "api_key",
    "API key",
    "In Config, General. It has all rights; the NZB key is not enough to read the queue.",
)
FULL: Final = 95.0
"""Percent of a disk from which on a download may not fit."""

MOST_READ: Final = 100


class Job(Item, rename=None):
    """One download of the queue. Sizes in MiB."""

    filename: str = ""
    status: str = ""
    mbleft: float | None = None

    def __str__(self) -> str:
        left = "size not known" if self.mbleft is None else f"{size(self.mbleft * MIB)} left"
        return f"{brief(self.filename, 100)}: {self.status or 'state not known'}, {left}"


class Failed(Item, rename=None):
    """One download of the history that has failed.

    ``retry`` is 1 when it can be tried again, ``loaded`` is set while its post-processing is under way.
    """

    id: str = msgspec.field(name="nzo_id")
    name: str = ""
    fail_message: str = ""
    retry: int | None = None
    loaded: bool | None = None

    def __str__(self) -> str:
        return f"{brief(self.name, 100)}: {brief(self.fail_message, 200) or 'no reason given'}"


class Message(Item, rename=None):
    """One warning or error of the program."""

    type: str = ""
    text: str = ""


class Queue(Item, rename=None):
    """The queue and the program. Disks in GiB: 1 is for incomplete downloads, 2 for complete ones."""

    version: str
    paused: bool
    noofslots_total: int
    kbpersec: float | None = None
    mbleft: float | None = None
    pause_int: str = "0"
    speedlimit_abs: float | None = None
    have_warnings: int | None = None
    diskspace1: float | None = None
    diskspace2: float | None = None
    diskspacetotal1: float | None = None
    diskspacetotal2: float | None = None

    @property
    def used_share(self) -> float:
        """How full the fuller of both disks is, in percent. Raises NotKnown."""
        pairs = ((self.diskspace1, self.diskspacetotal1), (self.diskspace2, self.diskspacetotal2))
        totals = [(known(free), known(total)) for free, total in pairs]
        return max(round(100 * (1 - free / total), 1) if total else 0.0 for free, total in totals)


class SabnzbdState(State):
    """Everything that one poll reads."""

    queue = one("queue", Queue, below="queue", limit=1)
    failures = many(
        "history",
        Failed,
        below="history.slots",
        total="history.noofslots",
        optional=True,
        failed_only=1,
        limit=MOST_READ,
    )

    def paused(self) -> Text | None:
        """Return that downloads wait because the queue is paused. Raises Busy while it is for a time only."""
        queue_size = self.queue.noofslots_total
        if not self.queue.paused or not queue_size:
            return None
        if self.queue.pause_int != "0":
            raise Busy(t"Paused for {self.queue.pause_int} minutes")
        return t"Paused with {queue_size} downloads in the queue"

    def disk_full(self) -> Text | None:
        """Return that a disk is full. Raises NotKnown."""
        share = self.queue.used_share
        return t"The fuller disk is {share:g} % full" if share >= FULL else None


FACTS: Final = Facts(
    version=lambda state: state.queue.version,
    speed=lambda state: known(state.queue.kbpersec) * KIB,
    queue_size=lambda state: state.queue.noofslots_total,
    left=lambda state: known(state.queue.mbleft) * MIB,
    failed=lambda state: len(state.failures),
    limit=lambda state: known(state.queue.speedlimit_abs),
    free=lambda state: min(known(state.queue.diskspace1), known(state.queue.diskspace2)) * GIB,
    disk_full=SabnzbdState.disk_full,
)


class SabnzbdClient(DownloadClient):
    """One SABnzbd: all commands have the same path."""

    auth = Key("apikey", (API_KEY,), query=True)

    async def get(self, path: str, /, **query: Parameter | None) -> object:
        """Return the answer to a command. Raises as Rest.get does."""
        answer = await super().get("api", mode=path, output="json", **query)
        if isinstance(answer, Mapping) and "error" in answer:
            raise ServiceRefused(f"{path}: {plain(str(answer['error']))}")
        return answer

    async def command(self, mode: str, **query: str | int) -> None:
        """Send a command that changes something. Raises as Rest.send does."""
        answer = await self.send("POST", "api", None, form=None, mode=mode, output="json", **query)
        if not isinstance(answer, Mapping) or "status" not in answer:
            raise EffectUnknown(t"{mode}: the answer has no status")
        if answer["status"] is False:
            raise ServiceRefused(f"{mode}: {plain(str(answer.get('error', 'refused')))}")

    async def now(self) -> Queue:
        """Return the state of the queue."""
        return await SabnzbdState.queue.whole(self)

    async def listed(self, gaps: Gaps, *, failed: bool) -> Lines:
        """Return the downloads of the history that have failed, or those of the queue in their order."""
        if failed:
            return Lines([str(one) for one in await SabnzbdState.failures.now(self, gaps)])
        page = await self.page(
            Job, "queue", gaps, below="queue.slots", total="queue.noofslots_total", limit=20
        )
        return Lines([str(one) for one in page.items], page.total)

    async def failures(self) -> dict[str, Failed]:
        """Return the failed downloads by id. Raises ServiceMalformed while not all can be read."""
        return {one.id: one for one in await SabnzbdState.failures.whole(self)}

    async def deletable(self, _: Call) -> dict[str, str]:
        """Return the failed downloads by id. Raises as ``failures`` does."""
        return {key: brief(one.name, 100) for key, one in (await self.failures()).items()}

    async def retryable(self, _: Call) -> dict[str, str]:
        """Return the failed downloads that can be tried again. Raises as ``failures`` does."""
        found = await self.failures()
        if any(one.retry is None or one.loaded is None for one in found.values()):
            raise ServiceMalformed(t"history: it is not reported what can be tried again")
        return {key: brief(one.name, 100) for key, one in found.items() if one.retry and not one.loaded}

    async def retry(self, ids: Sequence[str]) -> None:
        """Put failed downloads into the queue again, one after the other."""
        for done, key in enumerate(ids):
            try:
                await self.command("retry", value=key)
            except ServiceError as err:
                if not done:
                    raise
                raise EffectUnknown(
                    t"{done} of {len(ids)} are tried again, the others are not: {err}"
                ) from err

    async def delete(self, _: Call, ids: Sequence[str]) -> None:
        """Delete failed downloads with their files."""
        await self.command("history", name="delete", del_files=1, value=",".join(ids))

    async def set_limit(self, limit: int) -> None:
        """Set the speed limit."""
        await self.command("config", name="speedlimit", value=f"{limit // KIB}K")

    async def is_running(self, _: Call) -> bool:
        """Return whether the queue is not paused."""
        return not (await self.now()).paused


@list_tool("warnings", "Warnings", "The newest warnings and errors.", capability="health")
async def _warnings(client: SabnzbdClient, gaps: Gaps, _: Call) -> list[str]:
    found = await client.many(Message, "warnings", gaps, below="warnings")
    return [f"{one.type}: {brief(one.text)}" for one in reversed(found)]


SWITCH: Final = Switch[SabnzbdClient](
    is_on=SabnzbdClient.is_running,
    on=Turn(to=True, run=lambda client, _: client.command("resume")),
    off=Turn(to=False, run=lambda client, _: client.command("pause")),
    words=(t"paused", t"running"),
    label=t"Queue",
)
SERVICE: Final = download_client(
    SabnzbdState,
    FACTS,
    key="sabnzbd",
    name="SABnzbd",
    icon="mdi:download",
    settings=(url_field("http://sabnzbd.example.org:8080"), API_KEY, *TLS_SETTINGS),
    connect=SabnzbdClient,
    understood=Versions("3.7", "5.1"),
    tested="SABnzbd 3.7.1",
).extended(
    sensors=(
        flag("active", "Queue running", lambda state: not state.queue.paused, "running"),
        count("warnings", "Warnings", lambda state: state.queue.have_warnings, "mdi:alert"),
        percentage("disk_share", "Disk usage", lambda state: state.queue.used_share, "mdi:harddisk"),
    ),
    checks=(warning("downloads_paused", "Downloads paused", SabnzbdState.paused),),
    tools=(_warnings,),
    actions=(
        SWITCH.turn_off(**PAUSE),
        SWITCH.turn_on(**RESUME),
        Clear(
            read=SabnzbdClient.deletable,
            remove=SabnzbdClient.delete,
            label=t"Failed downloads",
            note=t"Their incomplete files are deleted.",
        ).action(
            key="clear_failed",
            name="Clear failed downloads",
            description="Removes the failed downloads from the history.",
            risk=Risk.MEDIUM,
            blast_radius="Failed downloads and their files are deleted",
        ),
    ),
    controls=(Control.switch("queue_running", "Queue", "active", on="resume", off="pause"),),
)
