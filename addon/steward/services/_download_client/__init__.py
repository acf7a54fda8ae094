"""What download clients share: their sensors, checks, tools and actions, from a few readings."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Final

from homelab_steward.contract.base import Value

from ...sdk.categories import MEDIA
from ...sdk.checks import critical, warning
from ...sdk.description import Action, Call, Control, Gaps, Risk, Sensor, Service
from ...sdk.fields import number_field
from ...sdk.kits.about import About
from ...sdk.kits.clear import Clear
from ...sdk.kits.set_value import Current, SetValue
from ...sdk.lists import Lines, list_tool
from ...sdk.readings import known
from ...sdk.rest import Rest
from ...sdk.sensors import count, data_rate, gibibytes
from ...sdk.state import State
from ...texts import Text

KIB: Final = 1024


class DownloadState(State, ABC):
    """What a poll of a download client reads. All of it may raise NotKnown."""

    @property
    @abstractmethod
    def version(self) -> str:
        """The version of the program."""

    @property
    @abstractmethod
    def speed(self) -> float:
        """Bytes per second of all downloads together."""

    @property
    @abstractmethod
    def queue_size(self) -> int:
        """How many downloads are not finished."""

    @property
    @abstractmethod
    def left(self) -> float:
        """Bytes that are still to be downloaded."""

    @property
    @abstractmethod
    def failed_count(self) -> int:
        """How many downloads have failed."""

    @property
    @abstractmethod
    def limit(self) -> float:
        """The speed limit in bytes per second, 0 when there is none."""

    @property
    @abstractmethod
    def free(self) -> float:
        """Bytes free on the disk for downloads."""

    @abstractmethod
    def disk_full(self) -> Text | None:
        """Return that the disk for downloads is full."""

    def failed(self) -> Text | None:
        """Return that downloads have failed. Raises NotKnown."""
        failed = known(self.failed_count)
        return t"Downloads that have failed: {failed}" if failed else None


class DownloadClient(Rest):
    """What the tools and actions ask of a download client."""

    @abstractmethod
    async def queue(self, gaps: Gaps) -> Lines:
        """Return the downloads that are not finished, the worst first."""

    @abstractmethod
    async def failed(self, gaps: Gaps) -> Lines:
        """Return the downloads that have failed, each with its reason."""

    @abstractmethod
    async def retryable(self, call: Call) -> Mapping[str, str]:
        """Return what has failed and can be tried again, by id. Raises ServiceMalformed for a gap."""

    @abstractmethod
    async def retry(self, ids: Sequence[str]) -> None:
        """Try what has failed again."""

    @abstractmethod
    async def limit(self) -> float:
        """Return the speed limit in bytes per second, 0 when there is none."""

    @abstractmethod
    async def set_limit(self, limit: int) -> None:
        """Set the speed limit in bytes per second, 0 for none."""


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


async def _limit(client: DownloadClient, _: Call) -> Current:
    return Current(value=round(await client.limit() / KIB))


async def _set_limit(client: DownloadClient, _: Call, value: Value, __: Current) -> None:
    await client.set_limit(int(float(str(value))) * KIB)


ACTIONS: Final[tuple[Action[DownloadClient], ...]] = (
    SetValue(
        argument="limit",
        label=t"Speed limit",
        read=_limit,
        write=_set_limit,
        unit="KiB/s",
        note="0 is no limit",
    ).action(
        key="set_speed_limit",
        name="Set speed limit",
        description="Limits the speed of all downloads together.",
        risk=Risk.LOW,
        arguments=(number_field("limit", "Limit", "0: no limit", least=0, most=10_000_000, unit="KiB/s"),),
        blast_radius="Downloads take longer, or use more of the connection",
    ),
    Clear[DownloadClient](
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
    ),
)
LIMIT: Final = Sensor[DownloadState](
    key="speed_limit",
    name="Speed limit",
    value=lambda state: round(state.limit / KIB),
    unit="KiB/s",
    device_class="data_rate",
    diagnostic=True,
)
SENSORS: Final[tuple[Sensor[DownloadState], ...]] = (
    data_rate("speed", "Speed", lambda state: state.speed, "mdi:speedometer"),
    count("queue_size", "Queue", lambda state: state.queue_size, "mdi:download"),
    LIMIT,
    gibibytes("queue_left", "Left to download", lambda state: state.left),
    count("failed_downloads", "Failed downloads", lambda state: state.failed_count, "mdi:download-off"),
    gibibytes("free_disk", "Free disk space", lambda state: state.free),
)


def download_client(**about: Any) -> Service[Any, Any]:
    """Return the description of a download client; ``about`` are the fields of Service that differ."""
    return Service[DownloadClient, DownloadState](
        category=MEDIA,
        suite="arr-suite",
        version=lambda state: state.version,
        sensors=SENSORS,
        checks=(
            critical("download_disk_full", "Download disk full", lambda state: state.disk_full()),
            warning("failed_downloads", "Failed downloads", DownloadState.failed),
        ),
        tools=(
            list_tool(
                "queue",
                "Download queue",
                "What is being downloaded.",
                lambda client, gaps, _: client.queue(gaps),
            ),
            list_tool(
                "failed",
                "Failed downloads",
                "What has failed, and why.",
                lambda client, gaps, _: client.failed(gaps),
            ),
        ),
        actions=ACTIONS,
        controls=(
            Control.number(
                "speed_limit_control",
                "Speed limit",
                "speed_limit",
                action="set_speed_limit",
                argument="limit",
            ),
        ),
        **about,
    )
