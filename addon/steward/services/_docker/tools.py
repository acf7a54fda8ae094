"""What can be asked about a container. Environment and command lines are left out: they hold secrets."""

import re
from collections.abc import Collection, Iterable
from functools import partial
from typing import Final

from ...sdk.answers import Item, parse
from ...sdk.description import Call, Gaps
from ...sdk.display import brief, list_tool, size
from ...sdk.fields import number_field
from .client import ContainerClient
from .models import NANO, NEVER, Details, Image

COLOUR: Final = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
MOST_LINES: Final = 200
LINES: Final = number_field("lines", "Lines", default=50, least=1, most=MOST_LINES)
TO_SECONDS: Final = len("2026-01-01T00:00:00")


class Processes(Item, rename="pascal"):
    """The output of ``ps``: the columns and one row per process."""

    titles: tuple[str, ...]
    processes: tuple[tuple[str, ...], ...] = ()


def _shown(lines: list[str]) -> list[str]:
    """Return log lines with their time to the second, without colours."""
    parts = (COLOUR.sub("", line).partition(" ") for line in lines)
    return [f"{time[:TO_SECONDS]} {brief(text)}" for time, _, text in parts]


async def _log(client: ContainerClient, _: Gaps, call: Call) -> list[str]:
    return _shown(await client.log(call, await client.inspect(call), int(call.number("lines"))))


async def _before_end(client: ContainerClient, _: Gaps, call: Call) -> list[str]:
    details = await client.inspect(call)
    end, started = details.state.finished_at, details.state.started_at
    if end.year == NEVER:
        return []
    # The engine stamps the last lines later than the end: they reach to the next start.
    lines = await client.log(
        call, details, int(call.number("lines")), until=started if started > end else None
    )
    cause = "out of memory" if details.state.is_oom_killed else f"exit code {details.state.exit_code}"
    known = "" if details.is_up else f" ({cause})"
    return [f"Ended at {end:%Y-%m-%d %H:%M:%S} UTC{known}", *(_shown(lines) or ["The log is empty"])]


async def _status(client: ContainerClient, _: Gaps, call: Call) -> list[str]:
    return _facts(await client.inspect(call))


def _facts(details: Details) -> list[str]:
    state, limit = details.state, details.host_config.memory
    policy = details.host_config.restart_policy.name or "no"
    facts = {
        "State": state.status,
        "Started": "never" if state.started_at.year == NEVER else f"{state.started_at:%Y-%m-%d %H:%M:%S} UTC",
        "Exit code": "" if details.is_up else str(state.exit_code),
        "Error": brief(state.error),
        "Out of memory": "yes" if state.is_oom_killed else "",
        "Health": state.health.status if details.is_up else "",
        "Last health check": brief(state.health.log[-1].output) if state.health.log else "",
        "Restart policy": f"{policy}, restarted {details.restart_count} times",
        "Memory limit": size(limit) if limit else "none",
        "CPU limit": f"{details.host_config.nano_cpus / NANO:g} cores"
        if details.host_config.nano_cpus
        else "none",
        "Image": details.config.image,
        "Image ID": details.image_id,
        "Compose": f"{details.config.compose('project')}/{details.config.compose('service')}".strip("/"),
    }
    return [f"{name}: {text}" for name, text in facts.items() if text]


def image_lines(images: Iterable[Image], used: Collection[str], where: str = "") -> list[str]:
    """Return images with their digests, those that a container uses first."""
    lines = {
        f"{where}{', '.join(one.repo_tags) or 'without a name'}: "
        f"{', '.join(digest.partition('@')[2] for digest in one.repo_digests) or 'built here'}, "
        f"{size(one.size) if one.size is not None else 'size not reported'}": one.id in used
        for one in images
    }
    return [
        f"{line}, {'used' if lines[line] else 'not used'}"
        for line in sorted(lines, key=lambda one: not lines[one])
    ]


async def _processes(client: ContainerClient, _: Gaps, call: Call) -> list[str]:
    found = parse(Processes, await client.top(call), "processes")
    return [" ".join(row) for row in (found.titles, *found.processes)]


_TOOL: Final = partial(list_tool, scope="container")
_LOG: Final = partial(_TOOL, limit=MOST_LINES + 1, arguments=(LINES,))
TOOLS: Final = (
    _LOG("logs", "Log", "The last lines that it wrote.", _log, empty=t"The log is empty"),
    _LOG(
        "before_end",
        "Log before the last end",
        "The last lines that it wrote before it ended or was restarted last.",
        _before_end,
        empty=t"It has not ended since it was created",
    ),
    _TOOL("status", "Status", "State, health, restarts, limits and image.", _status),
    _TOOL("processes", "Processes", "What runs in it, with CPU and memory.", _processes, limit=50),
)
