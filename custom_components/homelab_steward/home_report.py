"""Builds the report about Home Assistant that the app gets, without blocking the event loop."""

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from homeassistant.components.system_log import LogErrorHandler
from homeassistant.const import (
    ATTR_DEVICE_CLASS,
    ATTR_UNIT_OF_MEASUREMENT,
    STATE_OFF,
    STATE_ON,
    STATE_UNAVAILABLE,
    Platform,
    __version__,
)
from homeassistant.core import CoreState, HomeAssistant, State, callback
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN
from .contract.home import (
    REPORT_BYTES,
    HomeArea,
    HomeBackups,
    HomeBattery,
    HomeEntity,
    HomeFactState,
    HomeIntegration,
    HomeJob,
    HomeLogEntry,
    HomePart,
    HomeRepair,
    HomeReport,
)
from .contract.state import Gap
from .home_apps import supervised_apps
from .home_database import async_read_database
from .home_updates import cut, device_of, integration_of, read_update, text_of
from .home_witnesses import async_read_witnesses

SYSTEM_LOG: Final = "system_log"
BACKUP: Final = "backup"
CREATING: Final = "create_backup"
"""The state of the backup manager while it creates a backup."""

BATTERY: Final = "battery"
CHARGED: Final = frozenset({"mobile_app"})
"""Integrations whose batteries people charge themselves every day."""

SLICE: Final = 200
"""Entities that are read before other tasks get their turn."""

MOST_ENTITIES: Final = 2000
MOST_INTEGRATIONS: Final = 500
MOST_BATTERIES: Final = 300
MOST_WITNESSES: Final = 500
MOST_UPDATES: Final = 300
MOST_REPAIRS: Final = 200
MOST_LOG_ENTRIES: Final = 100
LONGEST_MESSAGE: Final = 1000
LOG_SPAN: Final = timedelta(hours=1)
"""How far back the log must reach, so that the errors of the last hour can be counted."""


@dataclass(slots=True, kw_only=True)
class HomeMemory:
    """What Home Assistant itself does not keep about its present run."""

    started_at: datetime = field(default_factory=dt_util.utcnow)
    failures: dict[str, str] = field(default_factory=dict)
    jobs: dict[tuple[str, str], HomeJob] = field(default_factory=dict)
    reloaded: dict[str, datetime] = field(default_factory=dict)


MEMORY: Final[HassKey[HomeMemory]] = HassKey(f"{DOMAIN}_home")


@callback
def is_own(hass: HomeAssistant, entity_id: str) -> bool:
    """Return whether an entity is one of the steward's own, which would report itself."""
    entry = er.async_get(hass).async_get(entity_id)
    return entry is not None and entry.platform == DOMAIN


async def async_build_report(
    hass: HomeAssistant,
    parts: Collection[str],
    *,
    allows_actions: bool = True,
    facts: tuple[HomeFactState, ...] = (),
) -> HomeReport:
    """Return a report that holds the lists named by ``parts``, and ``facts``."""
    states = [state async for state in _async_states(hass)]
    report = HomeReport(
        made_at=dt_util.utcnow(),
        started_at=hass.data[MEMORY].started_at,
        version=__version__,
        is_running=hass.state is CoreState.running,
        safe_mode=hass.config.safe_mode,
        recovery_mode=hass.config.recovery_mode,
        allows_actions=allows_actions,
        parts=tuple(parts),
        entity_count=len(states),
        unavailable_count=sum(state.state == STATE_UNAVAILABLE for state in states),
        areas=(),
        entities=(),
        updates=(),
        repairs=(),
        log=(),
        backups=None,
        integrations=(),
        gaps=(),
        jobs=tuple(hass.data[MEMORY].jobs.values()),
        facts=facts,
    )
    for part, read in _READERS.items():
        if part in parts:
            found, gap = await read(hass, states)
            gaps = report.gaps if gap is None else (*report.gaps, Gap(part=part, reason=gap))
            report = replace(report, **{part: found, "gaps": gaps})
    return _fitting(report)


async def _async_states(hass: HomeAssistant) -> AsyncIterator[State]:
    """Yield the states of all entities but the steward's own."""
    for number, state in enumerate(hass.states.async_all()):
        if number % SLICE == 0:
            await asyncio.sleep(0)
        if not is_own(hass, state.entity_id):
            yield state


type Found = tuple[Any, str | None]
"""One part of a report, and what is missing from it."""


async def _async_areas(hass: HomeAssistant, _: Iterable[State]) -> Found:
    areas = ar.async_get(hass).async_list_areas()
    return tuple(HomeArea(id=one.id, name=one.name) for one in areas), None


async def _async_entities(hass: HomeAssistant, states: list[State]) -> Found:
    found: list[HomeEntity] = []
    for number, state in enumerate(states[:MOST_ENTITIES]):
        if number % SLICE == 0:
            await asyncio.sleep(0)
        found.append(
            HomeEntity(
                id=state.entity_id,
                name=cut(state.name),
                domain=state.domain,
                area=_area(hass, state.entity_id),
                state=state.state,
                unit=text_of(state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)),
                device_class=text_of(state.attributes.get(ATTR_DEVICE_CLASS)),
                available=state.state != STATE_UNAVAILABLE,
                integration=integration_of(hass, state.entity_id),
            )
        )
    return tuple(found), _left_out(len(states), MOST_ENTITIES, "entities")


async def _async_batteries(hass: HomeAssistant, states: Iterable[State]) -> Found:
    found = [
        HomeBattery(
            id=state.entity_id,
            name=cut(state.name),
            level=_level(state),
            is_low={STATE_ON: True, STATE_OFF: False}.get(state.state),
        )
        for state in states
        if state.attributes.get(ATTR_DEVICE_CLASS) == BATTERY
        and state.domain in (Platform.SENSOR, Platform.BINARY_SENSOR)
        and integration_of(hass, state.entity_id) not in CHARGED
    ]
    return tuple(found[:MOST_BATTERIES]), _left_out(len(found), MOST_BATTERIES, "batteries")


def _level(state: State) -> float | None:
    """Return the charge in percent, None when it is not known."""
    try:
        level = float(state.state)
    except ValueError:
        return None
    return level if math.isfinite(level) else None


async def _async_apps(hass: HomeAssistant, _: Iterable[State]) -> Found:
    return supervised_apps(hass)


async def _async_witnesses(hass: HomeAssistant, states: list[State]) -> Found:
    found = await async_read_witnesses(hass, states)
    return tuple(found[:MOST_WITNESSES]), _left_out(len(found), MOST_WITNESSES, "witnesses")


async def _async_database(hass: HomeAssistant, _: Iterable[State]) -> Found:
    return await async_read_database(hass)


def _area(hass: HomeAssistant, entity_id: str) -> str | None:
    """Return the ID of the area of an entity or of its device."""
    entry = er.async_get(hass).async_get(entity_id)
    if entry is None or entry.area_id is not None:
        return entry.area_id if entry else None
    device = device_of(hass, entity_id)
    return device.area_id if device else None


async def _async_updates(hass: HomeAssistant, states: Iterable[State]) -> Found:
    failures = hass.data[MEMORY].failures
    found = [read_update(hass, state, failures) for state in states if state.domain == Platform.UPDATE]
    return tuple(found[:MOST_UPDATES]), _left_out(len(found), MOST_UPDATES, "updates")


async def _async_repairs(hass: HomeAssistant, _: Iterable[State]) -> Found:
    registry = ir.async_get(hass)
    issues = [
        issue
        for issue in registry.issues.values()
        if issue.active and issue.domain != DOMAIN and not registry.async_is_hidden(issue)
    ]
    titles = await _async_titles(hass, issues)
    repairs = tuple(
        HomeRepair(
            id=f"{issue.domain}/{issue.issue_id}",
            domain=issue.domain,
            severity=issue.severity or ir.IssueSeverity.WARNING,
            title=title,
            fixable=bool(issue.is_fixable),
            ignored=issue.dismissed_version is not None,
        )
        for issue, title in zip(issues[:MOST_REPAIRS], titles, strict=False)
    )
    return repairs, _left_out(len(issues), MOST_REPAIRS, "repairs")


async def _async_titles(hass: HomeAssistant, issues: Iterable[ir.IssueEntry]) -> list[str]:
    """Return the translated title of each issue, else its key."""
    domains = {issue.issue_domain or issue.domain for issue in issues}
    texts = await async_get_translations(hass, hass.config.language, "issues", domains) if domains else {}
    return [_title(texts, issue) for issue in issues]


def _title(texts: Mapping[str, str], issue: ir.IssueEntry) -> str:
    key = issue.translation_key or issue.issue_id
    template = texts.get(f"component.{issue.issue_domain or issue.domain}.issues.{key}.title", key)
    try:
        return cut(template.format(**(issue.translation_placeholders or {})))
    except IndexError, KeyError, ValueError:
        return cut(template)


async def _async_log(hass: HomeAssistant, _: Iterable[State]) -> Found:
    handler = hass.data.get(SYSTEM_LOG)
    if not isinstance(handler, LogErrorHandler):
        return (), "The system log integration is not set up"
    entries = tuple(handler.records.values())
    found = tuple(
        HomeLogEntry(
            level=one.level,
            source=one.name,
            message=one.message[-1][:LONGEST_MESSAGE],
            count=one.count,
            first_at=datetime.fromtimestamp(one.first_occurred, UTC),
            last_at=datetime.fromtimestamp(one.timestamp, UTC),
        )
        for one in reversed(entries[-MOST_LOG_ENTRIES:])
    )
    most = min(handler.records.maxlen, MOST_LOG_ENTRIES)
    is_short = len(entries) >= most and found[-1].last_at > dt_util.utcnow() - LOG_SPAN
    return found, f"It holds only the last {most} different messages" if is_short else None


async def _async_backups(hass: HomeAssistant, _: Iterable[State]) -> Found:
    if BACKUP not in hass.config.components:
        return None, "The backup integration is not set up"
    # Its requirements are installed only where it is set up.
    from homeassistant.components import backup  # noqa: PLC0415

    manager = backup.async_get_manager(hass)
    config, last = manager.config.data, manager.last_action_event
    problems = [
        issue.translation_key or issue.issue_id
        for issue in ir.async_get(hass).issues.values()
        if issue.active and issue.domain == BACKUP
    ]
    if isinstance(last, backup.CreateBackupEvent) and last.state is backup.CreateBackupState.FAILED:
        problems.append(f"The last backup failed: {last.reason or 'no reason given'}")
    return HomeBackups(
        last_attempt_at=_utc(config.last_attempted_automatic_backup),
        last_success_at=_utc(config.last_completed_automatic_backup),
        next_at=_utc(config.schedule.next_automatic_backup),
        is_running=manager.state.value == CREATING,
        has_location=bool(config.create_backup.agent_ids),
        problems=tuple(map(cut, problems)),
    ), None


async def _async_integrations(hass: HomeAssistant, _: Iterable[State]) -> Found:
    entries = [
        entry
        for entry in hass.config_entries.async_entries(include_ignore=False, include_disabled=False)
        if entry.domain != DOMAIN
    ]
    found = tuple(
        HomeIntegration(
            id=entry.entry_id,
            domain=entry.domain,
            title=cut(entry.title),
            state=entry.state.value,
            reason=text_of(entry.reason),
            reloaded_at=hass.data[MEMORY].reloaded.get(entry.entry_id),
        )
        for entry in entries[:MOST_INTEGRATIONS]
    )
    return found, _left_out(len(entries), MOST_INTEGRATIONS, "integrations")


type Reader = Callable[[HomeAssistant, list[State]], Awaitable[Found]]

_READERS: Final[Mapping[HomePart, Reader]] = {
    HomePart.AREAS: _async_areas,
    HomePart.ENTITIES: _async_entities,
    HomePart.UPDATES: _async_updates,
    HomePart.REPAIRS: _async_repairs,
    HomePart.LOG: _async_log,
    HomePart.BACKUPS: _async_backups,
    HomePart.INTEGRATIONS: _async_integrations,
    HomePart.APPS: _async_apps,
    HomePart.BATTERIES: _async_batteries,
    HomePart.DATABASE: _async_database,
    HomePart.WITNESSES: _async_witnesses,
}


def _fitting(report: HomeReport) -> HomeReport:
    """Return a report that the app can receive: entities are left out until it is short enough."""
    while report.entities and len(report.to_json()) > REPORT_BYTES:
        kept = report.entities[: len(report.entities) // 2]
        gap = Gap(
            part=HomePart.ENTITIES,
            reason=f"{report.entity_count - len(kept)} of {report.entity_count} entities are left out",
        )
        others = (one for one in report.gaps if one.part != HomePart.ENTITIES)
        report = replace(report, entities=kept, gaps=(*others, gap))
    return report


def _left_out(count: int, most: int, what: str) -> str | None:
    return f"{count - most} of {count} {what} are left out" if count > most else None


def _utc(at: datetime | None) -> datetime | None:
    """Return a time in UTC: as text it is then the same here and in the app."""
    return None if at is None else dt_util.as_utc(at)
