"""What can be asked of Home Assistant."""

from typing import Final

from homelab_steward.contract.catalogue import Field, SettingKind
from homelab_steward.contract.home import HomeEntity, HomeLogEntry, HomePart, HomeReport, HomeUpdate

from ...sdk.description import Answer, Call, Tool
from ...sdk.format import brief, listing
from .client import HomeAssistantClient

MOST: Final = 50


def _answer(title: str, lines: list[str], report: HomeReport, *parts: HomePart) -> Answer:
    """Return the lines, with what is missing from the parts that they come from."""
    missing = [gap.reason for gap in report.gaps if gap.part in parts]
    note = f"\nThis may not be all: {'; '.join(missing)}" if missing else ""
    return Answer(title=title, text=listing(lines, "There are none", MOST) + note)


async def _entities(client: HomeAssistantClient, call: Call) -> Answer:
    report = await client.home.report(HomePart.ENTITIES, HomePart.AREAS)
    areas = {one.id: one.name for one in report.areas}
    wanted = {key: str(call.arguments.get(key) or "").lower() for key in ("text", "area", "domain")}

    def fits(one: HomeEntity) -> bool:
        place = areas.get(one.area or "", "")
        return (
            wanted["text"] in f"{one.name} {one.id}".lower()
            and wanted["area"] in place.lower()
            and wanted["domain"] in ("", one.domain)
        )

    def line(one: HomeEntity) -> str:
        place = f", {areas[one.area]}" if one.area in areas else ""
        return brief(f"{one.name} ({one.id}{place}): {one.state} {one.unit or ''}".rstrip())

    found = [line(one) for one in report.entities if fits(one)]
    return _answer("Entities", found, report, HomePart.ENTITIES, HomePart.AREAS)


async def _log(client: HomeAssistantClient, _: Call) -> Answer:
    report = await client.home.report(HomePart.LOG)
    lines = [_entry(one) for one in report.log]
    return _answer("System log", lines, report, HomePart.LOG)


def _entry(one: HomeLogEntry) -> str:
    times = f", {one.count} times" if one.count > 1 else ""
    return brief(f"{one.last_at:%Y-%m-%d %H:%M:%S} UTC{times}, {one.level} {one.source}: {one.message}", 500)


async def _updates(client: HomeAssistantClient, _: Call) -> Answer:
    report = await client.home.report(HomePart.UPDATES)
    lines = [_update(one) for one in sorted(report.updates, key=lambda one: one.is_waiting is not True)]
    return _answer("Updates", lines, report, HomePart.UPDATES)


def _update(one: HomeUpdate) -> str:
    status = {True: "waits", False: "up to date or skipped", None: "not known"}[one.is_waiting]
    more = [
        "being installed" if one.in_progress else status,
        *([f"the last installation failed: {one.failure}"] if one.failure else []),
        *([one.release_url] if one.release_url and one.is_waiting else []),
    ]
    return brief(f"{one.title} ({one.id}): {one.installed} → {one.latest}, {', '.join(more)}")


async def _repairs(client: HomeAssistantClient, _: Call) -> Answer:
    report = await client.home.report(HomePart.REPAIRS)
    lines = [
        brief(f"{one.severity}, {one.domain}: {one.title}{' (ignored)' if one.ignored else ''}")
        for one in report.repairs
    ]
    return _answer("Repairs", lines, report, HomePart.REPAIRS)


async def _backups(client: HomeAssistantClient, _: Call) -> Answer:
    report = await client.home.report(HomePart.BACKUPS)
    backups = report.backups
    if backups is None:
        return _answer("Automatic backups", [], report, HomePart.BACKUPS)
    times = {
        "Last completed": backups.last_success_at,
        "Last started": backups.last_attempt_at,
        "Next": backups.next_at,
    }
    lines = [f"{name}: {f'{at:%Y-%m-%d %H:%M} UTC' if at else 'none'}" for name, at in times.items()]
    running = ["A backup is being created"] if backups.is_running else []
    return Answer(title="Automatic backups", text="\n".join([*lines, *running, *backups.problems]))


async def _areas(client: HomeAssistantClient, _: Call) -> Answer:
    report = await client.home.report(HomePart.AREAS)
    return _answer("Areas", sorted(one.name for one in report.areas), report, HomePart.AREAS)


def _filter(key: str, name: str, description: str) -> Field:
    return Field(key=key, kind=SettingKind.TEXT, name=name, description=description, required=False)


TOOLS: Final = (
    Tool(
        key="entities",
        name="Entities",
        description="Entities with their state, found by text, area and domain.",
        read=_entities,
        arguments=(
            _filter("text", "Text", "Part of the name or entity ID"),
            _filter("area", "Area", "Part of the area's name"),
            _filter("domain", "Domain", "Such as light or sensor"),
        ),
    ),
    Tool(
        key="system_log",
        name="System log",
        description="Warnings and errors of Home Assistant, newest first.",
        read=_log,
        capability="logs",
    ),
    Tool(
        key="updates",
        name="Updates",
        description="Installed and newest versions; those that wait first.",
        read=_updates,
    ),
    Tool(
        key="repairs",
        name="Repairs",
        description="What Home Assistant asks a person to repair.",
        read=_repairs,
        capability="health",
    ),
    Tool(
        key="backups",
        name="Backups",
        description="When automatic backups were created, and what failed.",
        read=_backups,
        capability="backup",
    ),
    Tool(key="areas", name="Areas", description="The areas of the home.", read=_areas),
)
