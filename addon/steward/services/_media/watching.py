"""Who watches what. It is the only place that reads names of people and titles."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Final

from ...sdk.description import Call, Gaps, Tool
from ...sdk.display import brief, list_tool
from .service import MediaClient

LONGEST: Final = 120
"""Characters of a title that are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One stream with its person and its title; a part of a series has both titles."""

    who: str | None
    titles: tuple[str | None, ...]
    player: str | None

    def __str__(self) -> str:
        title = brief(", ".join(filter(None, self.titles)), LONGEST)
        who = brief(self.who, 60) if self.who else "Somebody whose name is not reported"
        player = brief(self.player or "a player", 60)
        return f"{who} watches {title or 'something without a title'} on {player}"


def watching_tool[C: MediaClient](read: Callable[[C, Gaps], Awaitable[Iterable[Watched]]]) -> Tool[C]:
    """Return the tool that shows what ``read`` returns to owners."""

    async def lines(client: C, gaps: Gaps, _: Call) -> list[str]:
        return [str(one) for one in await read(client, gaps)]

    return list_tool(
        "watching",
        "Who watches",
        "Who watches what, with names and titles. Only owners may read it.",
        lines,
        empty=t"Nobody is watching",
        is_owner_only=True,
    )
