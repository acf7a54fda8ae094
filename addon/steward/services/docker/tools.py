"""What can be asked about a container. Environment and command lines are left out: they hold secrets."""

import re
from typing import Final

from homelab_steward.contract.catalogue import Field, SettingKind

from ...sdk.description import Answer, Call, Tool
from ...sdk.format import brief, listing, size
from ...sdk.parse import Item, parse
from .client import DockerClient
from .models import NEVER, Details

COLOUR: Final = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
LINES: Final = Field(
    key="lines", kind=SettingKind.NUMBER, name="Lines", default=50, minimum=1, maximum=200, required=False
)
TO_SECONDS: Final = len("2026-01-01T00:00:00")


class Processes(Item, rename="pascal"):
    """The output of ``ps``: the columns and one row per process."""

    titles: tuple[str, ...]
    processes: tuple[tuple[str, ...], ...] = ()


def _shown(lines: list[str], empty: str) -> str:
    """Return log lines with their time to the second, without colours."""
    parts = (COLOUR.sub("", line).partition(" ") for line in lines)
    return listing([f"{time[:TO_SECONDS]} {brief(text)}" for time, _, text in parts], empty, limit=len(lines))


async def _log(client: DockerClient, call: Call) -> Answer:
    lines = await client.log(await client.inspect(call), int(call.number("lines")))
    return Answer(title=f"Log of {call.target.name}", text=_shown(lines, "The log is empty"))


async def _before_end(client: DockerClient, call: Call) -> Answer:
    details = await client.inspect(call)
    end, title = details.state.finished_at, f"Log of {call.target.name} before its last end"
    if end.year == NEVER:
        return Answer(title=title, text="It has not ended since it was created")
    # The engine stamps the last lines later than the end: they reach to the next start.
    started = details.state.started_at
    lines = await client.log(details, int(call.number("lines")), until=started if started > end else None)
    cause = "out of memory" if details.state.is_oom_killed else f"exit code {details.state.exit_code}"
    known = "" if details.is_up else f" ({cause})"
    text = _shown(lines, "The log is empty")
    return Answer(title=title, text=f"Ended at {end:%Y-%m-%d %H:%M:%S} UTC{known}\n{text}")


async def _status(client: DockerClient, call: Call) -> Answer:
    lines = list(_facts(await client.inspect(call)))
    return Answer(title=f"Status of {call.target.name}", text="\n".join(lines))


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
        "Image": details.config.image,
        "Compose": f"{details.config.compose('project')}/{details.config.compose('service')}".strip("/"),
    }
    return [f"{name}: {text}" for name, text in facts.items() if text]


async def _processes(client: DockerClient, call: Call) -> Answer:
    found = parse(Processes, await client.top(call), "processes")
    lines = [" ".join(found.titles), *(" ".join(row) for row in found.processes)]
    return Answer(title=f"Processes of {call.target.name}", text=listing(lines, "none", limit=50))


TOOLS: Final[tuple[Tool[DockerClient], ...]] = (
    Tool(
        key="logs",
        name="Log",
        description="The last lines that the container wrote.",
        read=_log,
        scope="container",
        arguments=(LINES,),
        capability="logs",
    ),
    Tool(
        key="before_end",
        name="Log before the last end",
        description="The last lines that the container wrote before it ended or was restarted last.",
        read=_before_end,
        scope="container",
        arguments=(LINES,),
    ),
    Tool(
        key="status",
        name="Status",
        description="State, health, restarts, limits and image of the container.",
        read=_status,
        scope="container",
        capability="status",
    ),
    Tool(
        key="processes",
        name="Processes",
        description="What runs in the container, with CPU and memory.",
        read=_processes,
        scope="container",
    ),
)
