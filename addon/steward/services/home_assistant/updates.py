"""Update entities of Home Assistant: what they offer, and what can be taken back."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from homelab_steward.contract.changes import WayBack
from homelab_steward.contract.home import HomeReport, HomeUpdate

from ...clock import Clock
from ...sdk.answers import NotKnown, known
from ...sdk.description import Installs, Newer, Updates
from ...texts import Text

INSTALL: Final = "install_update"
INSTALL_VERSION: Final = "install_version"
VERSION: Final = "version"

_SUPERVISOR: Final = "hassio"
_OWN_SOURCES: Final = {
    "Home Assistant Core": "https://github.com/home-assistant/core",
    "Home Assistant Operating System": "https://github.com/home-assistant/operating-system",
    "Home Assistant Supervisor": "https://github.com/home-assistant/supervisor",
}
INTEGRATION: Final = "integration"
APP: Final = "app"
"""Kinds of items that an update may break."""

_RESTARTS_ALL: Final = frozenset({"Home Assistant Core", "Home Assistant Operating System"})
"""After these updates all integrations are set up again."""

MINUTE: Final = 60.0
_TAKES: Final = {
    "Home Assistant Core": 30 * MINUTE,
    "Home Assistant Operating System": 60 * MINUTE,
}
FIRMWARE_TAKES: Final = 30 * MINUTE
OTHER_TAKES: Final = 15 * MINUTE
"""Seconds that an installation may take. A device on a battery loads its firmware slowly."""

STANDS_STILL: Final = 10 * MINUTE
"""After so many seconds with the same percentage an installation does not get further."""

_ON_GITHUB: Final = re.compile(r"https://github\.com/[\w.-]+/[\w.-]+(?=/|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedUpdate:
    """An update entity in one poll. ``notes`` are its release notes, None before they were read.

    ``watched`` are the kinds and ids of what has to work after it: its app, its integration, or, for Home
    Assistant itself, all integrations.
    """

    entry: HomeUpdate
    notes: str | None = None
    watched: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """The name of what is updated: many devices have the same firmware."""
        title, device = self.entry.title, self.entry.device
        if device is None or device in title:
            return title
        return device if title in device else f"{title} ({device})"


def problem(update: ReportedUpdate) -> str | None:
    """Return why the last installation failed. Raises NotKnown while one runs."""
    if update.entry.in_progress:
        raise NotKnown(t"It is being installed")
    return update.entry.failure


def newer(update: ReportedUpdate) -> Newer | None:
    """Return the version that waits, None when none does or a person skipped it. Raises NotKnown.

    What a device installs by itself, or Home Assistant cannot install, is not offered.
    """
    entry = update.entry
    if entry.in_progress:
        raise NotKnown(t"It is being installed")
    if not known(entry.is_waiting) or not entry.can_install or entry.installs_itself:
        return None
    latest = known(entry.latest)
    if entry.has_notes and update.notes is None:
        raise NotKnown(t"The release notes are being read")
    way_back, text = _way_back(entry)
    return Newer(
        version=latest,
        revision=latest,
        installed=entry.installed,
        notes=update.notes or entry.summary or "",
        url=entry.release_url,
        repository=_repository(entry),
        package=entry.title if entry.is_firmware else "",
        action=INSTALL_VERSION if can_go_back(entry) else None,
        way_back=way_back,
        way_back_text=text,
        labels=_labels(entry),
        watched=update.watched,
    )


def watched_items(entry: HomeUpdate, report: HomeReport) -> Iterator[tuple[str, str]]:
    """Yield the kinds and ids of what shows whether an update went well."""
    if entry.integration != _SUPERVISOR:
        yield from [] if entry.entry is None else [(INTEGRATION, entry.entry)]
    elif entry.app is not None:
        yield APP, entry.app
    elif entry.title in _RESTARTS_ALL:
        yield from ((INTEGRATION, one.id) for one in report.integrations)


def takes(entry: HomeUpdate) -> float:
    """Return the seconds that an installation of this may take when it reports no progress."""
    if entry.integration == _SUPERVISOR and entry.title in _TAKES:
        return _TAKES[entry.title]
    return FIRMWARE_TAKES if entry.is_firmware else OTHER_TAKES


def can_go_back(entry: HomeUpdate) -> bool:
    """Return whether the version that is installed can be installed again."""
    return entry.can_choose_version and entry.installed is not None


def _way_back(entry: HomeUpdate) -> tuple[WayBack, Text]:
    if can_go_back(entry) and entry.can_backup:
        return WayBack.IMAGE, (
            t"Version {entry.installed} can be installed again. "
            t"A backup is created first: a person can restore it in Home Assistant."
        )
    if can_go_back(entry):
        return WayBack.IMAGE, t"Version {entry.installed} can be installed again, without its data."
    if entry.can_backup:
        return WayBack.BACKUP, t"A backup is created first: a person can restore it in Home Assistant."
    return WayBack.NONE, t"It cannot be taken back."


def _repository(entry: HomeUpdate) -> str | None:
    if entry.integration == _SUPERVISOR and entry.title in _OWN_SOURCES:
        return _OWN_SOURCES[entry.title]
    found = _ON_GITHUB.match(entry.release_url or "")
    return found[0] if found else None


def _labels(entry: HomeUpdate) -> Mapping[str, str]:
    """Return what groups the update: devices of one model are one group, so that one is tried first."""
    found = {"integration": entry.integration or "", "model": entry.model or ""}
    if entry.is_firmware or entry.model:
        found["group"] = " ".join(filter(None, (entry.integration, entry.model or entry.title)))
    return {key: value for key, value in found.items() if value}


class InstallProgress:
    """Remembers when installations got further, by their percentages."""

    def __init__(self, clock: Clock) -> None:
        """Nothing was seen yet."""
        self._clock = clock
        self._seen: dict[str, tuple[float, float]] = {}

    def moves(self, entry: HomeUpdate) -> bool:
        """Return whether an installation got further within the last minutes."""
        now, percentage = self._clock.monotonic(), entry.percentage
        if percentage is None:
            return False
        before, at = self._seen.get(entry.id, (None, now))
        if percentage != before:
            at = now
        self._seen[entry.id] = (percentage, at)
        return now - at < STANDS_STILL


UPDATES: Final = Updates(action=INSTALL, newer=newer, arguments={VERSION: Installs.VERSION})
