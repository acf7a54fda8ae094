"""What is described once for all monitors that list what they watch with a status."""

from collections.abc import Callable, Mapping
from typing import Any

from ...sdk.categories import MONITORING
from ...sdk.coverage import Gaps
from ...sdk.description import AlertSource, Call, Check, ReadAlerts, ResourceKind, Role, Sensor, Service, Tool
from ...sdk.lists import list_tool
from ...sdk.sensors import choice, flag
from .watched import Status, Watched, blind_check, count_sensors


async def _poll(client: Any, gaps: Gaps) -> Any:
    return await client.poll(gaps)


async def _read_alerts(client: Any) -> ReadAlerts:
    found: ReadAlerts = await client.read_alerts()
    return found


def watched_kind(
    key: str,
    name: str,
    *more: Sensor[Watched[Any]],
    labels: Callable[[Watched[Any]], Mapping[str, str]] | None = None,
    **own: Any,
) -> ResourceKind[Any, Watched[Any]]:
    """Return the kind of resource that a monitor watches; ``more`` are its sensors besides its status.

    Without ``labels`` its alerts are about what is watched, and not about the monitor's item.
    """
    naming = {"about": lambda one: one.labels} if labels is None else {"labels": labels}
    return ResourceKind(
        key=key,
        name=name,
        items=lambda state: state.overview.watched,
        id=lambda one: one.key,
        title=lambda one: one.name,
        sensors=(
            flag("up", "Up", lambda one: one.is_up, "connectivity"),
            choice("status", "Status", lambda one: one.status, tuple(Status), enabled=False),
            *more,
        ),
        **naming,
        **own,
    )


def status_tool(key: str, name: str, line: Callable[[Watched[Any]], str]) -> Tool[Any]:
    """Return the tool that lists all that is watched, what is down first."""

    async def read(client: Any, gaps: Gaps, _: Call) -> list[str]:
        return [line(one) for one in (await client.poll(gaps)).overview.worst_first()]

    text = f"All {name.lower()}, those that are down first."
    return list_tool(key, name, text, read, limit=50, capability="status")


def monitor_service(
    *,
    name: str,
    what: tuple[str, str],
    parse: Callable[..., Any] | None = None,
    line: Callable[[Watched[Any]], str] = str,
    sensors: tuple[Sensor[Any], ...] = (),
    checks: tuple[Check[Any], ...] = (),
    tools: tuple[Tool[Any], ...] = (),
    blind: Check[Any] | None = None,
    **own: Any,
) -> Service[Any, Any]:
    """Return the description of a monitor; ``own`` are fields of Service that only it has.

    ``what`` is how the things that it watches are called in keys and in names. Its client offers
    ``poll`` and ``read_alerts``, its state an ``overview``; ``parse`` reads its webhook. ``line`` is how
    its list shows one of them. ``blind`` finds a monitor that reports
    nothing, in place of the usual check.
    """
    return Service(
        name=name,
        category=MONITORING,
        role=Role.MONITOR,
        poll=_poll,
        sensors=(*count_sensors(*what), *sensors),
        checks=(blind or blind_check(name), *checks),
        tools=(status_tool(*what, line), *tools),
        alerts=AlertSource(parse=parse, read=_read_alerts),
        **own,
    )
