"""The description of a program of the family, from what makes it different."""

from functools import partial
from typing import Final

from homelab_steward.contract.incidents import Severity

from ...sdk.access import TLS_SETTINGS, url_field
from ...sdk.categories import MEDIA
from ...sdk.description import Check, Sensor, Service
from ...sdk.format import brief
from ...sdk.sensors import count, diagnostic, flag, gibibytes, since
from . import actions, tools
from .client import API_KEY, ServarrClient, poll
from .models import HealthLevel, ProgramState, QueueState

PROGRAM_SENSORS: Final[tuple[Sensor[ProgramState], ...]] = (
    count("health_errors", "Health errors", lambda state: state.count(HealthLevel.ERROR), "mdi:heart-broken"),
    count(
        "health_warnings",
        "Health warnings",
        lambda state: state.count(HealthLevel.WARNING),
        "mdi:heart-half-full",
    ),
    since("started_at", "Running since", lambda state: state.status.start_time),
    diagnostic("version", "Version", lambda state: state.status.version),
)
QUEUE_SENSORS: Final[tuple[Sensor[QueueState], ...]] = (
    count("queue_size", "Queue", lambda state: state.queue.total_count, "mdi:download"),
    flag("queue_errors", "Queue errors", lambda state: state.queue.has_errors, "problem"),
    flag("queue_warnings", "Queue warnings", lambda state: state.queue.has_warnings, "problem"),
    gibibytes("free_disk", "Least free disk space", lambda state: state.least_free),
)


def _health_error(state: ProgramState) -> str | None:
    if not state.count(HealthLevel.ERROR):
        return None
    return "; ".join(brief(one.message) for one in state.health if one.level is HealthLevel.ERROR)


def _queue_stuck(state: QueueState) -> str | None:
    if state.queue.has_errors:
        return "Downloads in the queue have failed"
    return "Downloads in the queue are stuck" if state.queue.has_warnings else None


HEALTH_CHECK: Final = Check[ProgramState](
    key="health_error", name="Health error", severity=Severity.WARNING, problem=_health_error
)
QUEUE_CHECK: Final = Check[QueueState](
    key="queue_stuck", name="Queue stuck", severity=Severity.WARNING, problem=_queue_stuck
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
        manufacturer="Servarr",
        icon=icon,
        settings=(url_field(f"http://{key}.example.org:{port}"), API_KEY, *TLS_SETTINGS),
        connect=lambda access: ServarrClient(access, api, unknown_items=unknown_items),
        poll=partial(poll, state),
        version=lambda polled: polled.status.version,
        sensors=PROGRAM_SENSORS,
        checks=(HEALTH_CHECK,),
        tools=(tools.health(name), tools.log(name)),
        actions=(actions.restart(name),),
    )


def downloader(
    *, key: str, name: str, icon: str, port: int, unknown_items: str, missing: tuple[str, str]
) -> Service[ServarrClient, QueueState]:
    """Return the description of a program that downloads: with queue, disks and search.

    ``missing`` is the command that searches for wanted items, and what they are called.
    """
    program = servarr(key=key, name=name, icon=icon, port=port, state=QueueState, unknown_items=unknown_items)
    return program.extended(
        sensors=QUEUE_SENSORS,
        checks=(QUEUE_CHECK,),
        tools=(tools.QUEUE, tools.DISK_SPACE),
        actions=(actions.search_missing(*missing),),
    )
