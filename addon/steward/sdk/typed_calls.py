"""Calls with typed answers: one object, a list, one page of a list, the answer to a change."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ..errors import EffectUnknown, ServiceMalformed
from .coverage import Gaps
from .parse import at, parse, parse_items

MOST_PAGES: Final = 50

type Parameter = str | int | float | bool
"""A query parameter. Booleans are sent as true and false."""


@dataclass(frozen=True, slots=True)
class Page[T]:
    """One page of a list, and the service's own count of all items."""

    items: tuple[T, ...]
    total: int


class TypedCalls(ABC):
    """Typed calls for a client that gets and sends decoded JSON.

    ``below`` is the path of the content in the answer. Errors and gaps have the path of the request.
    """

    @abstractmethod
    async def get(self, path: str, /, **query: Parameter | None) -> object:
        """Return the decoded JSON of a GET. Raises ServiceError."""

    @abstractmethod
    async def send(
        self,
        method: str,
        path: str,
        body: object = None,
        /,
        *,
        form: Mapping[str, Parameter] | None = None,
        **query: Parameter | None,
    ) -> object:
        """Send a change once and return the decoded JSON. Raises ServiceError."""

    def opened(self, answer: object, gaps: Gaps, part: str) -> object:  # noqa: ARG002
        """Return the content of an answer; parts that the answer reports as missing are gaps of ``part``.

        By default the content is the answer. The client of a service that wraps its answers, with an
        error or warnings beside the content, overrides this method, which may raise ServiceError.
        """
        return answer

    async def one[T](self, kind: type[T], path: str, /, *, below: str = "", **query: Parameter | None) -> T:
        """Return the object in the answer to a GET. Raises as ``get`` does, and ServiceMalformed."""
        return parse(kind, at(self.opened(await self.get(path, **query), Gaps(), path), below), path)

    async def many[T](
        self, kind: type[T], path: str, gaps: Gaps, /, *, below: str = "", **query: Parameter | None
    ) -> tuple[T, ...]:
        """Return the list in the answer to a GET; an invalid item is a gap. Raises as ``one`` does."""
        answer = self.opened(await self.get(path, **query), gaps, path)
        return parse_items(kind, at(answer, below), gaps, path)

    async def whole[T](
        self, kind: type[T], path: str, /, *, below: str = "", **query: Parameter | None
    ) -> tuple[T, ...]:
        """Return the list in the answer to a GET. Raises as ``one`` does, also for one invalid item."""
        gaps = Gaps()
        found = await self.many(kind, path, gaps, below=below, **query)
        if reason := gaps.of(path):
            raise ServiceMalformed(f"{path}: {reason}")
        return found

    async def page[T](
        self, kind: type[T], path: str, gaps: Gaps, /, *, below: str, total: str, **query: Parameter | None
    ) -> Page[T]:
        """Return one page of a list; ``total`` is the path of the service's count. Raises as ``one`` does."""
        answer = self.opened(await self.get(path, **query), gaps, path)
        return Page(parse_items(kind, at(answer, below), gaps, path), parse(int, at(answer, total), path))

    async def sent[T](
        self,
        kind: type[T],
        method: str,
        path: str,
        body: object = None,
        /,
        *,
        form: Mapping[str, Parameter] | None = None,
        below: str = "",
    ) -> T:
        """Send a change and return its answer.

        Raises as ``send`` does, and EffectUnknown for an answer that is not understood.
        """
        answer = await self.send(method, path, body, form=form)
        try:
            return parse(kind, at(answer, below), path)
        except ServiceMalformed as err:
            raise EffectUnknown(f"{method} {err}") from err

    async def pages(
        self,
        path: str,
        /,
        *,
        rows: str,
        page: str = "page",
        size: tuple[str, int] = ("pageSize", 100),
        first: int = 1,
        total: str = "",
        **query: Parameter | None,
    ) -> list[object]:
        """Return the rows of all pages.

        ``total`` is the path of the service's own count of rows. Without it the pages end with
        an empty one, because the service may limit the size of pages.

        Raises as :meth:`get` does, and ServiceMalformed when there are more than MOST_PAGES pages, or
        fewer rows than the service counts.
        """
        found: list[object] = []
        for number in range(first, first + MOST_PAGES):
            answer = await self.get(path, **{**query, page: number, size[0]: size[1]})
            piece = answer.get(rows) if rows and isinstance(answer, dict) else answer
            if not isinstance(piece, list):
                raise ServiceMalformed(t"{path}: the page has no list {rows}")
            found += piece
            count = at(answer, total) if total else None
            if isinstance(count, int) and len(found) < count and not piece:
                raise ServiceMalformed(t"{path}: the service counts {count} and lists {len(found)}")
            if not piece or (isinstance(count, int) and len(found) >= count):
                return found
        raise ServiceMalformed(t"{path}: more than {MOST_PAGES} pages")
