"""Tools that list items: the worst first, with the number of the others and the gaps."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypedDict, Unpack, overload

from homelab_steward.contract.catalogue import Field

from ..errors import ServiceUnreachable
from ..texts import Text, household, translate
from .coverage import Gaps
from .description import Answer, Call, Client, Tool
from .format import listing
from .readings import NotKnown, worded


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a list in their order. ``total`` is set when there are more items in all."""

    shown: Sequence[str]
    total: int | None = None


def worst_first[T](items: Iterable[T], is_bad: Callable[[T], bool]) -> list[T]:
    """Return the bad items, then those that are not known, then the others; each group in its order.

    ``is_bad`` may raise NotKnown.
    """

    def rank(item: T) -> int:
        try:
            return 0 if is_bad(item) else 2
        except NotKnown:
            return 1

    return sorted(items, key=rank)


def stated[T](
    items: Iterable[T],
    title: Callable[[T], str],
    problem: Callable[[T], Text | None],
    fine: Callable[[T], str] = lambda _: "fine",
) -> list[str]:
    """Return a line for each item: its title, and its problem or ``fine``; the worst first.

    When one of them raises NotKnown, the line has the reason.
    """

    def state(item: T) -> Text:
        return problem(item) or fine(item)

    found = worst_first(items, lambda item: problem(item) is not None)
    return [f"{title(item)}: {worded(partial(state, item))}" for item in found]


type Read[C: Client] = Callable[[C, Gaps, Call], Awaitable[Iterable[str] | Lines]]
"""Reads the lines of a list. Parts that it cannot read are gaps."""


class ListTool(TypedDict, total=False):
    """The optional fields of a tool that lists items.

    ``title`` is that of the answer, by default the tool's and the target's name. ``empty`` is the text of
    an empty list, ``limit`` the most lines that are shown. See Tool for the others.
    """

    title: Callable[[Call], str]
    empty: Text
    limit: int
    scope: str | None
    arguments: tuple[Field, ...]
    capability: str | None
    needs: tuple[str, ...]
    is_sent_out: bool
    is_owner_only: bool


@overload
def list_tool[C: Client](
    key: str, name: str, description: str, read: Read[C], **about: Unpack[ListTool]
) -> Tool[C]: ...
@overload
def list_tool[C: Client](
    key: str, name: str, description: str, **about: Unpack[ListTool]
) -> Callable[[Read[C]], Tool[C]]: ...
def list_tool(key: str, name: str, description: str, read: Read[Any] | None = None, **about: Any) -> Any:
    """Return the tool that lists the lines of ``read``; without ``read``, return its decorator.

    The answer has the number of lines that are left out, and the gaps of ``read``.
    """

    def described(read: Read[Any]) -> Tool[Any]:
        return _list_tool(key, name, description, read, **about)

    return described if read is None else described(read)


def _title(name: str, target: str) -> str:
    shown = household().name(name)
    return translate(t"{shown} of {target}")


def _list_tool[C: Client](
    key: str,
    name: str,
    description: str,
    read: Read[C],
    *,
    title: Callable[[Call], str] | None = None,
    empty: Text = t"There are none",
    limit: int = 20,
    **about: Any,
) -> Tool[C]:
    async def answer(client: C, call: Call) -> Answer:
        gaps = Gaps()
        try:
            found = await read(client, gaps, call)
        except NotKnown as err:
            raise ServiceUnreachable(str(err)) from err
        lines = found if isinstance(found, Lines) else Lines(tuple(found))
        text = listing(lines.shown, translate(empty), limit, lines.total)
        missing = "; ".join(dict.fromkeys(gap.reason for gap in gaps.coverage.gaps))
        note = f"\n{translate(t'This may be incomplete or wrong: {missing}')}" if missing else ""
        return Answer(title=title(call) if title else _title(name, call.target.name), text=text + note)

    return Tool(key=key, name=name, description=description, read=answer, **about)
