"""Downloads fail, are stuck, paused, or not imported, and the disk or the library is gone."""

from lab.lab import Lab
from lab.replay import Answer
from lab.scenarios import FiringAlert, Scenario
from lab.wire import Json
from services._servarr import UNKNOWN, download, page
from services.sabnzbd import FAILED, HISTORY, QUEUE, history, queue

_QUEUE = f"GET /api/v3/queue{UNKNOWN}"
_FOLDERS = "GET /api/v3/rootfolder"


def _downloads(**changed: Json) -> dict[str, Answer]:
    return {_QUEUE: page(download(7, "Cold.Aisle.S01E02"), download(8, "Hot.Aisle.S01E01", **changed))}


_LOST = _downloads(status="failed", trackedDownloadState="failedPending")
_BLOCKED = _downloads(
    status="completed",
    trackedDownloadState="importBlocked",
    trackedDownloadStatus="warning",
    statusMessages=[{"title": "x", "messages": ["No space left on device"]}],
)
_STUCK = _downloads(trackedDownloadStatus="warning", status="warning")
_FINE: dict[str, Answer] = {_QUEUE: page(download(7, "Cold.Aisle.S01E02"))}
_UNMOUNTED: dict[str, Answer] = {_FOLDERS: [{"id": 1, "path": "/media/series", "accessible": False}]}
_MOUNTED: dict[str, Answer] = {_FOLDERS: [{"id": 1, "path": "/media/series", "accessible": True}]}
_FULL: dict[str, Answer] = {QUEUE: queue(diskspace1="2.10")}


async def _disk_has_space(lab: Lab) -> None:
    lab.replay("sabnzbd").state.answers[QUEUE] = queue()


async def _mounted_in_sonarr(lab: Lab) -> None:
    lab.replay("sonarr").state.answers.update(_MOUNTED)


SCENARIOS = (
    Scenario(
        runbook="downloads-failed",
        services=("sonarr",),
        breaks=_LOST,
        check="failed_downloads",
        recipe="clear",
        target="Sonarr",
        evidence="failedPending",
    ),
    Scenario(
        runbook="downloads-failed",
        services=("sabnzbd",),
        breaks={HISTORY: history(FAILED)},
        check="failed_downloads",
        recipe="retry",
        target="SABnzbd",
    ),
    Scenario(
        runbook="download-queue-stuck",
        services=("sonarr",),
        breaks=_STUCK,
        helps=_FINE,
        check="queue_stuck",
        recipe="refresh",
        target="Sonarr",
        evidence="Hot.Aisle",
    ),
    Scenario(
        runbook="download-queue-stuck",
        services=("sonarr",),
        breaks=_STUCK,
        helps=_FINE,
        check="queue_stuck",
        recipe="restart",
        target="Sonarr",
    ),
    Scenario(
        runbook="import-blocked",
        services=("sonarr",),
        breaks=_BLOCKED,
        helps=_FINE,
        check="import_blocked",
        recipe="import",
        target="Sonarr",
        evidence="No space left on device",
    ),
    Scenario(
        runbook="root-folder-gone",
        services=("sonarr",),
        breaks=_UNMOUNTED,
        helps=_MOUNTED,
        check="root_folder_gone",
        recipe="restart",
        target="Sonarr",
    ),
    Scenario(
        runbook="root-folder-gone",
        services=("sonarr", "docker"),
        breaks=_UNMOUNTED,
        helps=_mounted_in_sonarr,
        alert=FiringAlert(name="RootFolderMissing", labels={"job": "sonarr"}),
        recipe="restart-host",
        target="Sonarr",
    ),
    Scenario(
        runbook="downloads-paused",
        services=("sabnzbd",),
        breaks={QUEUE: queue(paused=True)},
        check="downloads_paused",
        recipe="resume",
        target="SABnzbd",
    ),
    Scenario(
        runbook="download-disk-full",
        services=("sabnzbd",),
        breaks={**_FULL, HISTORY: history(FAILED)},
        helps=_disk_has_space,
        check="download_disk_full",
        recipe="clear",
        target="SABnzbd",
    ),
)
