"""The tool that finds runbooks and past incidents for a problem."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from homelab_steward.contract.records import SearchQuery, SearchResult

from ..llm.messages import ToolSpec

LONGEST_PROBLEM: Final = 500

FIND_HELP: Final = ToolSpec(
    name="find_help",
    description="Runbooks that may fit a problem, and past incidents like it with what was done. Reads only.",
    schema={
        "type": "object",
        "properties": {"problem": {"type": "string", "description": "The problem, in the person's words"}},
        "required": ["problem"],
        "additionalProperties": False,
    },
)

type Search = Callable[[SearchQuery], Awaitable[SearchResult]]


@dataclass(frozen=True, slots=True)
class HelpSearch:
    """The search of one turn. Past incidents are for owners only: they name people."""

    search: Search
    includes_incidents: bool

    async def find(self, problem: str) -> tuple[str, bool]:
        """Return what fits a problem, and whether only an owner may read it."""
        found = await self.search(SearchQuery(text=problem[:LONGEST_PROBLEM]))
        incidents = found.incidents if self.includes_incidents else ()
        lines = [
            f"Runbook {one.title} may fit: {one.text} Options: {', '.join(one.options)}."
            for one in found.runbooks
        ]
        lines += [f"Incident {one.number} was similar: {one.title}. {one.text}." for one in incidents]
        return "\n".join(lines) or "No runbook and no past incident fits.", bool(incidents)
