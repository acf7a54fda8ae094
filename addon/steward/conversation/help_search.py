"""The tool that finds runbooks and past incidents for a problem."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from homelab_steward.contract.records import SearchQuery, SearchResult

from ..llm.messages import ToolSpec
from ..texts import Texts

LONGEST_PROBLEM: Final = 500
MOST_SUGGESTED: Final = 2

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

    async def suggestion(self, problem: str, texts: Texts) -> tuple[str, bool] | None:
        """Return for a person which runbooks may fit and what was similar, None when nothing is found.

        Also returns whether only an owner may read it.
        """
        found = await self.search(SearchQuery(text=problem[:LONGEST_PROBLEM], limit=MOST_SUGGESTED))
        incidents = found.incidents[:1] if self.includes_incidents else ()
        titles = [texts.name(one.title) for one in found.runbooks]
        runbooks = texts.listed([texts(t"“{title}”") for title in titles], either=True)
        lines = [texts(t"A runbook may fit: {runbooks}.")] if titles else []
        lines += [
            texts("Similar: incident {number}, {what}", number=one.number, what=f"{one.text}.")
            for one in incidents
        ]
        return (" ".join(lines), bool(incidents)) if lines else None
