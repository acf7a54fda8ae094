"""The description of a program of the family, from what makes it different."""

from typing import Any, Final

from ...sdk.description import MEDIA, Covers, Preserves, Sensor, Service, Versions, Work
from ...sdk.display import count, critical, flag, gibibytes, problem, shows, started, warning
from ...sdk.fields import TLS_SETTINGS, url_field
from . import actions, tools
from .client import API_KEY, ServarrClient
from .models import ProgramState, QueueState

PROGRAM_SENSORS: Final[tuple[Sensor[ProgramState], ...]] = (
    count("health_errors", "Health errors", lambda state: state.count("error"), "mdi:heart-broken"),
    count("health_warnings", "Health warnings", lambda state: state.count("warning"), "mdi:heart-half-full"),
    started(lambda state: state.status.start_time),
)
QUEUE_SENSORS: Final[tuple[Sensor[QueueState], ...]] = (
    shows(Work.DOWNLOADING, count("queue_size", "Queue", lambda s: s.queue.total_count, "mdi:download")),
    flag("queue_errors", "Queue errors", lambda state: state.queue.has_errors, "problem"),
    flag("queue_warnings", "Queue warnings", lambda state: state.queue.has_warnings, "problem"),
    count("failed_downloads", "Failed downloads", lambda state: state.number("failed"), "mdi:download-off"),
    count("blocked_imports", "Blocked imports", lambda state: state.number("blocked"), "mdi:import"),
    count("stuck_downloads", "Stuck downloads", lambda state: state.number("stuck"), "mdi:timer-sand"),
    count("missing", "Missing", lambda state: state.missing, "mdi:magnify"),
    problem("root_folders", "Root folders", QueueState.root_folder_gone),
    gibibytes("free_disk", "Least free disk space", lambda state: state.least_free),
)


def servarr[S: ProgramState](
    *, key: str, icon: str, port: int, state: type[S], api: str = "v3", understood: tuple[str, str]
) -> Service[ServarrClient, S]:
    """Return the description of one program; relatives add to it with ``extended``.

    ``understood`` are the first and the last version whose answers are understood.
    """
    return Service(
        key=key,
        category=MEDIA,
        suite="arr-suite",
        manufacturer="Servarr",
        icon=icon,
        settings=(url_field(f"http://{key}.example.org:{port}"), API_KEY, *TLS_SETTINGS),
        connect=lambda access: ServarrClient(access, api),
        poll=state.poll,
        version=lambda polled: polled.status.version,
        identity=lambda polled: polled.status.start_time.isoformat(),
        sensors=PROGRAM_SENSORS,
        checks=(warning("health_error", "Health error", ProgramState.health_error),),
        tools=(tools.health, tools.recent_log),
        actions=(actions.RESTART, actions.CHECK_HEALTH, actions.BACKUP),
        preserves=Preserves(
            action="backup",
            covers=Covers.APPLICATION,
            by_hand=t"Restore it in the program under System, Backup.",
        ),
        understood=Versions(*understood),
    )


def downloader(library: actions.Library, **program: Any) -> Service[ServarrClient, QueueState]:
    """Return the description of a program that downloads: with queue, disks and a library.

    ``program`` is what ``servarr`` takes.
    """
    return servarr(state=QueueState, **program).extended(
        sensors=QUEUE_SENSORS,
        checks=(
            warning("failed_downloads", "Failed downloads", QueueState.failed),
            warning("import_blocked", "Import blocked", QueueState.import_blocked),
            warning("queue_stuck", "Queue stuck", QueueState.stuck),
            critical("root_folder_gone", "Root folder gone", QueueState.root_folder_gone),
        ),
        tools=(tools.queue, tools.disk_space, tools.missing(library.items)),
        actions=(*actions.library_actions(library), actions.REFRESH_DOWNLOADS, actions.CLEAR_FAILED),
    )
