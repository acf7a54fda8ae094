"""What download clients share: their sensors, checks, tools and actions, from a few readings."""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from homelab_steward.contract.base import Value

from ...sdk.answers import State
from ...sdk.client import Rest
from ...sdk.description import MEDIA, Action, Call, Control, Gaps, Risk, Sensor, Service, Work
from ...sdk.display import Lines, Text, count, critical, data_rate, gibibytes, list_tool, shows, warning
from ...sdk.fields import number_field
from ...sdk.kits import About, Clear, Current, SetValue

KIB: Final = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """How facts are read of the state of a download client. Each may raise NotKnown.

    ``speed`` of all downloads together and its ``limit`` (0 for none) are in bytes per second, ``left``
    to be downloaded and ``free`` on the disk in bytes. ``queue_size`` and ``failed`` are counts of what
    is not finished and of what has failed. ``disk_full`` returns that the disk is full.
    """

    version: Callable[[Any], str]
    speed: Callable[[Any], float]
    queue_size: Callable[[Any], int]
    left: Callable[[Any], float]
    failed: Callable[[Any], int]
    limit: Callable[[Any], float]
    free: Callable[[Any], float]
    disk_full: Callable[[Any], Text | None]

    def have_failed(self, state: object) -> Text | None:
        """Return that downloads have failed. Raises NotKnown."""
        failed = self.failed(state)
        return t"Downloads that have failed: {failed}" if failed else None

    def limit_in_kib(self, state: object) -> int:
        """Return the speed limit in KiB/s. Raises NotKnown."""
        return round(self.limit(state) / KIB)

    def sensors(self) -> tuple[Sensor[Any], ...]:
        """Return the sensors that every download client has."""
        return (
            data_rate("speed", "Speed", self.speed, "mdi:speedometer"),
            shows(Work.DOWNLOADING, count("queue_size", "Queue", self.queue_size, "mdi:download")),
            Sensor[Any](
                key="speed_limit",
                name="Speed limit",
                value=self.limit_in_kib,
                unit="KiB/s",
                device_class="data_rate",
                diagnostic=True,
            ),
            gibibytes("queue_left", "Left to download", self.left),
            count("failed_downloads", "Failed downloads", self.failed, "mdi:download-off"),
            gibibytes("free_disk", "Free disk space", self.free),
        )


class DownloadClient(Rest):
    """What the tools and actions ask of a download client."""

    @abstractmethod
    async def listed(self, gaps: Gaps, *, failed: bool) -> Lines:
        """Return the downloads that have failed, or those that are not finished, the worst first."""

    @abstractmethod
    async def retryable(self, call: Call) -> Mapping[str, str]:
        """Return what has failed and can be tried again, by id. Raises ServiceMalformed for a gap."""

    @abstractmethod
    async def retry(self, ids: Sequence[str]) -> None:
        """Try what has failed again."""

    @abstractmethod
    async def set_limit(self, limit: int) -> None:
        """Set the speed limit in bytes per second, 0 for none."""


@list_tool("queue", "Download queue", "What is being downloaded.")
async def _queue(client: DownloadClient, gaps: Gaps, _: Call) -> Lines:
    return await client.listed(gaps, failed=False)


@list_tool("failed", "Failed downloads", "What has failed, and why.")
async def _failed(client: DownloadClient, gaps: Gaps, _: Call) -> Lines:
    return await client.listed(gaps, failed=True)


PAUSE: Final[About] = {
    "key": "pause",
    "name": "Pause downloads",
    "description": "Pauses everything that is being downloaded.",
    "risk": Risk.LOW,
    "blast_radius": "Nothing is downloaded until it is resumed",
}
RESUME: Final[About] = {
    "key": "resume",
    "name": "Resume downloads",
    "description": "Continues what is paused.",
    "risk": Risk.LOW,
    "blast_radius": "Downloads use the connection and the disk",
}


async def _set_limit(client: DownloadClient, _: Call, value: Value, __: Current) -> None:
    await client.set_limit(int(float(str(value))) * KIB)


RETRY: Final = Clear[DownloadClient](
    read=lambda client, call: client.retryable(call),
    remove=lambda client, _, ids: client.retry(ids),
    label=t"Failed downloads",
    before=t"failed",
    after=lambda _: "tried again",
).action(
    key="retry_failed",
    name="Retry failed downloads",
    description="Tries all failed downloads again.",
    risk=Risk.LOW,
    blast_radius="What is missing of them is downloaded again",
    capability="retry",
)
LIMIT: Final = Control.number(
    "speed_limit_control", "Speed limit", "speed_limit", action="set_speed_limit", argument="limit"
)


def _limit_action(state: type[State], facts: Facts) -> Action[DownloadClient]:
    """Return the action that sets the speed limit, which a poll reads."""

    async def read(client: DownloadClient, _: Call) -> Current:
        return Current(value=facts.limit_in_kib(await state.poll(client, Gaps())))

    return SetValue(
        argument="limit",
        label=t"Speed limit",
        read=read,
        write=_set_limit,
        unit="KiB/s",
        note="0 is no limit",
    ).action(
        key="set_speed_limit",
        description="Limits the speed of all downloads together.",
        risk=Risk.LOW,
        arguments=(number_field("limit", "Limit", "0: no limit", least=0, most=10_000_000, unit="KiB/s"),),
        blast_radius="Downloads take longer, or use more of the connection",
    )


def download_client(state: type[State], facts: Facts, **about: Any) -> Service[Any, Any]:
    """Return the description of a download client; ``about`` are the fields of Service that differ."""
    return Service(
        category=MEDIA,
        suite="arr-suite",
        version=facts.version,
        sensors=facts.sensors(),
        checks=(
            critical("download_disk_full", "Download disk full", facts.disk_full),
            warning("failed_downloads", "Failed downloads", facts.have_failed),
        ),
        tools=(_queue, _failed),
        poll=state.poll,
        actions=(_limit_action(state, facts), RETRY),
        controls=(LIMIT,),
        **about,
    )
