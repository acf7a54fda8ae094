"""What can be asked of Home Assistant."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Final

from homelab_steward.contract.home import HomeEntity, HomeLogEntry, HomePart, HomeReport, HomeUpdate

from ...sdk.description import Call, Gaps
from ...sdk.display import brief, list_tool, worst_first
from ...sdk.fields import text_field
from .client import HomeAssistantClient
from .models import app_problem, is_battery_low

MOST: Final = 50
PRIVATE: Final = frozenset({"person", "device_tracker", "media_player"})
PHONES: Final = "mobile_app"
STATELESS: Final = ("unavailable", "unknown")


async def _report(client: HomeAssistantClient, gaps: Gaps, *parts: HomePart) -> HomeReport:
    """Return the parts; what is missing from them is a gap."""
    report = await client.home.report(*parts)
    for gap in report.gaps:
        if gap.part in parts:
            gaps.add(gap.part, gap.reason)
    return report


def is_private(one: HomeEntity) -> bool:
    """Return whether an entity shows where people are or what they watch or hear."""
    return one.domain in PRIVATE or one.integration == PHONES


async def _entities(client: HomeAssistantClient, gaps: Gaps, call: Call) -> list[str]:
    found, line = await _found(client, gaps, call)
    private = Counter(one.domain for one in found if is_private(one))
    counts = [f"{domain}: {number} that only owners may see" for domain, number in sorted(private.items())]
    return [*counts, *(line(one) for one in found if not is_private(one))]


async def _private_entities(client: HomeAssistantClient, gaps: Gaps, call: Call) -> list[str]:
    found, line = await _found(client, gaps, call)
    return [line(one) for one in found if is_private(one)]


async def _found(
    client: HomeAssistantClient, gaps: Gaps, call: Call
) -> tuple[list[HomeEntity], Callable[[HomeEntity], str]]:
    """Return the entities that are asked for, those without a state first, and what writes one."""
    report = await _report(client, gaps, HomePart.ENTITIES, HomePart.AREAS)
    areas = {one.id: one.name for one in report.areas}
    keys = ("text", "area", "domain", "integration")
    wanted = {key: str(call.arguments.get(key) or "").lower() for key in keys}

    def fits(one: HomeEntity) -> bool:
        place = areas.get(one.area or "", "")
        return (
            wanted["text"] in f"{one.name} {one.id}".lower()
            and wanted["area"] in place.lower()
            and wanted["domain"] in ("", one.domain)
            and wanted["integration"] in ("", one.integration)
        )

    def line(one: HomeEntity) -> str:
        place = f", {areas[one.area]}" if one.area in areas else ""
        return brief(f"{one.name} ({one.id}{place}): {one.state} {one.unit or ''}".rstrip())

    found = [one for one in report.entities if fits(one)]
    return sorted(found, key=lambda one: one.state not in STATELESS), line


async def _log(client: HomeAssistantClient, gaps: Gaps, _: Call) -> list[str]:
    return [_entry(one) for one in (await _report(client, gaps, HomePart.LOG)).log]


def _entry(one: HomeLogEntry) -> str:
    times = f", {one.count} times" if one.count > 1 else ""
    return brief(f"{one.last_at:%Y-%m-%d %H:%M:%S} UTC{times}, {one.level} {one.source}: {one.message}", 500)


async def _updates(client: HomeAssistantClient, gaps: Gaps, _: Call) -> list[str]:
    report = await _report(client, gaps, HomePart.UPDATES)
    failed_first = sorted(report.updates, key=lambda one: (not one.failure, one.is_waiting is not True))
    return [_update(one) for one in failed_first]


def _update(one: HomeUpdate) -> str:
    status = {True: "waits", False: "up to date or skipped", None: "not known"}[one.is_waiting]
    more = [
        "being installed" if one.in_progress else status,
        *([f"the last installation failed: {one.failure}"] if one.failure else []),
        *([one.release_url] if one.release_url and one.is_waiting else []),
    ]
    return brief(f"{one.title} ({one.id}): {one.installed} → {one.latest}, {', '.join(more)}")


async def _release_notes(client: HomeAssistantClient, _: Gaps, call: Call) -> list[str]:
    notes = await client.home.release_notes(call.target.id)
    return [brief(line, 300) for line in notes.splitlines() if line.strip()][:MOST]


async def _repairs(client: HomeAssistantClient, gaps: Gaps, _: Call) -> list[str]:
    repairs = (await _report(client, gaps, HomePart.REPAIRS)).repairs
    return [
        brief(f"{one.severity}, {one.domain}: {one.title}{' (ignored)' if one.ignored else ''}")
        for one in sorted(repairs, key=lambda one: (one.ignored, one.severity != "critical"))
    ]


async def _backups(client: HomeAssistantClient, gaps: Gaps, _: Call) -> list[str]:
    backups = (await _report(client, gaps, HomePart.BACKUPS)).backups
    if backups is None:
        return []
    times = {
        "Last completed": backups.last_success_at,
        "Last started": backups.last_attempt_at,
        "Next": backups.next_at,
    }
    lines = [f"{name}: {f'{at:%Y-%m-%d %H:%M} UTC' if at else 'none'}" for name, at in times.items()]
    running = ["A backup is being created"] if backups.is_running else []
    return [*lines, *running, *backups.problems]


async def _areas(client: HomeAssistantClient, gaps: Gaps, _: Call) -> list[str]:
    return sorted(one.name for one in (await _report(client, gaps, HomePart.AREAS)).areas)


async def _apps(client: HomeAssistantClient, gaps: Gaps, _: Call) -> list[str]:
    apps = (await _report(client, gaps, HomePart.APPS)).apps
    starts = {True: "starts with the system", False: "is started by hand", None: ""}
    return [
        brief(", ".join(filter(None, (f"{one.name} {one.version or ''}: {one.state}", starts[one.starts]))))
        for one in worst_first(apps, lambda one: app_problem(one) is not None)
    ]


async def _app_log(client: HomeAssistantClient, _: Gaps, call: Call) -> list[str]:
    return [brief(line) for line in (await client.home.app_log(call.target.id)).splitlines()[-MOST:]]


async def _batteries(client: HomeAssistantClient, gaps: Gaps, _: Call) -> list[str]:
    batteries = (await _report(client, gaps, HomePart.BATTERIES)).batteries
    states = {True: "low", False: "not low", None: "not known"}
    return [
        f"{one.name}: {states[one.is_low] if one.level is None else f'{one.level:g} %'}"
        for one in worst_first(batteries, is_battery_low)
    ]


SEARCH: Final = (
    text_field("text", "Text", "Part of the name or entity ID", required=False),
    text_field("area", "Area", "Part of the area's name", required=False),
    text_field("domain", "Domain", "Such as light or sensor", required=False),
    text_field("integration", "Integration", "Such as tasmota or cast", required=False),
)
_LIST: Final = partial(list_tool, limit=MOST)
TOOLS: Final = (
    _LIST(
        "entities",
        "Entities",
        "Entities with their state, found by text, area, domain and integration; those without one first. "
        "People, their devices and media players are only counted.",
        _entities,
        arguments=SEARCH,
    ),
    _LIST(
        "private_entities",
        "People and media players",
        "Where people and their devices are, and what media players play. Only owners may read it.",
        _private_entities,
        arguments=SEARCH,
        is_owner_only=True,
    ),
    _LIST(
        "system_log",
        "System log",
        "Warnings and errors of Home Assistant, newest first.",
        _log,
        capability="logs",
    ),
    _LIST("updates", "Updates", "Installed and newest versions; those that failed or wait first.", _updates),
    _LIST(
        "release_notes",
        "Release notes",
        "What changes with a version that waits, as its makers wrote it.",
        _release_notes,
        scope="update",
    ),
    _LIST(
        "repairs", "Repairs", "What Home Assistant asks a person to repair.", _repairs, capability="health"
    ),
    _LIST(
        "backups",
        "Backups",
        "When automatic backups were created, and what failed.",
        _backups,
        capability="backup",
    ),
    _LIST("apps", "Apps", "The apps of Home Assistant OS; those that do not run first.", _apps),
    _LIST("app_log", "Log", "The last lines that an app wrote.", _app_log, scope="app", capability="logs"),
    _LIST("batteries", "Batteries", "The batteries of devices, low ones first.", _batteries),
    _LIST("areas", "Areas", "The areas of the home.", _areas),
)
