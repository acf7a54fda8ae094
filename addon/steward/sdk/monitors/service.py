"""The shared parts of the descriptions of monitors that list items with a status."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ..alarms import Status
from ..coverage import Gaps
from ..description import (
    MONITORING,
    AlertSource,
    Call,
    Check,
    ResourceKind,
    Role,
    Sensor,
    Service,
    Testifies,
    Tool,
)
from ..display import choice, flag, list_tool
from .testifying import watched_testifies
from .watched import Watched, blind_check, count_sensors


def watched_kind(
    key: str,
    name: str,
    *more: Sensor[Watched[Any]],
    labels: Callable[[Watched[Any]], Mapping[str, str]] | None = None,
    enabled: bool = True,
    testifies: Testifies[Watched[Any]] | None = None,
    **own: Any,
) -> ResourceKind[Any, Watched[Any]]:
    """Return the kind of a monitor's items; ``more`` are its sensors besides those of the status.

    Without ``labels`` its alerts are about the watched target, and not about the monitor's item. Without
    ``enabled`` none of its sensors is enabled by default. ``testifies`` declares its reports about devices,
    by default whether the service at the address in its labels works.
    """
    sensors = (
        flag("up", "Up", lambda one: one.is_up, "connectivity"),
        choice("status", "Status", lambda one: one.status, tuple(Status), enabled=False),
        *more,
    )
    naming = {"about": lambda one: one.labels} if labels is None else {"labels": labels}
    return ResourceKind(
        key=key,
        name=name,
        items=lambda state: state.overview.watched,
        id=lambda one: one.key,
        title=lambda one: one.name,
        testifies=(testifies or watched_testifies(),),
        sensors=sensors if enabled else tuple(replace(one, enabled_by_default=False) for one in sensors),
        **naming,
        **own,
    )


def status_tool(key: str, name: str, line: Callable[[Watched[Any]], str]) -> Tool[Any]:
    """Return the tool that lists all items of a monitor, those that are down first."""

    async def read(client: Any, gaps: Gaps, _: Call) -> list[str]:
        return [line(one) for one in (await client.poll(gaps)).overview.worst_first()]

    text = f"All {name.lower()}, those that are down first."
    return list_tool(key, name, text, read, limit=50, capability="status")


def monitor_service(
    *,
    name: str,
    what: tuple[str, str],
    connect: type[Any],
    parse: Callable[..., Any] | None = None,
    line: Callable[[Watched[Any]], str] = str,
    blind: Check[Any] | None = None,
    **own: Any,
) -> Service[Any, Any]:
    """Return the description of a monitor; ``own`` are fields of Service that only it has.

    ``what`` is the word for its items in keys and in names. Its client offers ``poll`` and
    ``read_alerts``, its state an ``overview``; ``parse`` reads its webhook. ``line`` returns the line of an
    item in the list. ``blind`` is a check for a monitor that reports nothing, in place of the usual one.
    """
    return Service(
        name=name,
        category=MONITORING,
        role=Role.MONITOR,
        connect=connect,
        poll=connect.poll,
        sensors=count_sensors(*what),
        checks=(blind or blind_check(name),),
        tools=(status_tool(*what, line),),
        alerts=AlertSource(parse=parse, read=connect.read_alerts),
        **own,
    )
