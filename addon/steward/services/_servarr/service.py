"""The description of a program of the family, from what makes it different."""

from functools import partial
from typing import Final

from ...sdk.categories import MEDIA
from ...sdk.checks import warning
from ...sdk.description import Sensor, Service
from ...sdk.fields import TLS_SETTINGS, url_field
from ...sdk.sensors import count, diagnostic, flag, gibibytes, since
from . import actions, tools
from .client import API_KEY, ServarrClient, poll
from .models import ProgramState, QueueState

PROGRAM_SENSORS: Final[tuple[Sensor[ProgramState], ...]] = (
    count("health_errors", "Health errors", lambda state: state.count("error"), "mdi:heart-broken"),
    count("health_warnings", "Health warnings", lambda state: state.count("warning"), "mdi:heart-half-full"),
    since("started_at", "Running since", lambda state: state.status.start_time),
    diagnostic("version", "Version", lambda state: state.status.version),
)
QUEUE_SENSORS: Final[tuple[Sensor[QueueState], ...]] = (
    count("queue_size", "Queue", lambda state: state.queue.total_count, "mdi:download"),
    flag("queue_errors", "Queue errors", lambda state: state.queue.has_errors, "problem"),
    flag("queue_warnings", "Queue warnings", lambda state: state.queue.has_warnings, "problem"),
    gibibytes("free_disk", "Least free disk space", lambda state: state.least_free),
)


def servarr[S: ProgramState](
    *, key: str, name: str, icon: str, port: int, state: type[S], api: str = "v3", unknown_items: str = ""
) -> Service[ServarrClient, S]:
    """Return the description of one program; relatives add to it with ``extended``.

    ``unknown_items`` is the query parameter that includes queue items without a film or series.
    """
    return Service(
        key=key,
        name=name,
        category=MEDIA,
        suite="arr-suite",
        manufacturer="Servarr",
        icon=icon,
        settings=(url_field(f"http://{key}.example.org:{port}"), API_KEY, *TLS_SETTINGS),
        connect=lambda access: ServarrClient(access, api, unknown_items=unknown_items),
        poll=partial(poll, state),
        version=lambda polled: polled.status.version,
        identity=lambda polled: polled.status.start_time.isoformat(),
        sensors=PROGRAM_SENSORS,
        checks=(warning("health_error", "Health error", ProgramState.health_error),),
        tools=(tools.HEALTH, tools.LOG),
        actions=(actions.RESTART,),
    )


def downloader(
    *,
    key: str,
    name: str,
    icon: str,
    port: int,
    api: str = "v3",
    unknown_items: str,
    missing: tuple[str, str],
) -> Service[ServarrClient, QueueState]:
    """Return the description of a program that downloads: with queue, disks and search.

    ``missing`` is the command that searches for wanted items, and what they are called.
    """
    program = partial(servarr, state=QueueState, api=api, unknown_items=unknown_items)
    return program(key=key, name=name, icon=icon, port=port).extended(
        sensors=QUEUE_SENSORS,
        checks=(warning("queue_stuck", "Queue stuck", QueueState.queue_stuck),),
        tools=(tools.QUEUE, tools.DISK_SPACE),
        actions=(actions.search_missing(*missing),),
    )
