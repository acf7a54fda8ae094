"""Searches runbooks and past incidents for people and tools. It reads only."""

from collections.abc import Callable, Mapping
from typing import Final

from homelab_steward.contract.records import FoundRunbook, SearchQuery, SearchResult

from ...runbooks.matching import RunbookIndex
from ...runbooks.model import Runbook
from ...store.storable_text import storable
from ...texts import household
from ..requests.proposer import PLACE
from .past_incidents import PastIncidents

MOST_FOUND: Final = 10
LONGEST_QUERY: Final = 2_000
LONGEST_EXCERPT: Final = 400


class RecordSearch:
    """The search that the panel, Assist, and the MCP bridge offer."""

    def __init__(
        self,
        library: Mapping[str, Runbook],
        index: RunbookIndex,
        past: PastIncidents,
        clean: Callable[[str], str],
    ) -> None:
        """``clean`` removes secrets."""
        self._library = library
        self._index = index
        self._past = past
        self._clean = clean

    async def find(self, query: SearchQuery) -> SearchResult:
        """Return the runbooks and the past incidents that fit, best first."""
        text, most = query.text[:LONGEST_QUERY], max(1, min(query.limit, MOST_FOUND))
        await self._index.build()
        vector = await self._index.vector_of(text)
        scores = list(self._index.search(text, vector).items())[:most]
        return SearchResult(
            runbooks=tuple(self._found(self._library[key], score) for key, score in scores),
            incidents=await self._past.search(text, most),
        )

    def _found(self, runbook: Runbook, score: float) -> FoundRunbook:
        names = household()
        labels = (names.name(one.label) for one in runbook.recipes)
        return FoundRunbook(
            id=runbook.id,
            title=runbook.title,
            score=round(score, 2),
            text=storable(self._clean(_excerpt(runbook.text)), LONGEST_EXCERPT),
            options=tuple(PLACE.sub(lambda found: found[1], one) for one in labels),
        )


def _excerpt(text: str) -> str:
    """Return a text without its first heading, as one line."""
    lines = text.splitlines()
    return " ".join(" ".join(lines[1:] if lines[:1] and lines[0].startswith("#") else lines).split())
