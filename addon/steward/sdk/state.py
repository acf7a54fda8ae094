"""The state of a service as one poll reads it: declared endpoint by endpoint."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from contextvars import ContextVar
from datetime import datetime
from typing import Any, Final, Protocol, Self, overload

from ..clock import Clock
from ..errors import ServiceError, ServiceMalformed, ServiceRefused
from ..tasks import task_group
from .coverage import Gaps
from .parse import at, parse, parse_items
from .readings import NOT_REPORTED, NotKnown, Unknown
from .typed_calls import Parameter

_USED: Final[ContextVar[set[str] | None]] = ContextVar("used endpoints", default=None)


class Reader(Protocol):
    """What endpoints are read with: a Rest client, or one with the same methods."""

    @property
    def clock(self) -> Clock:
        """The clock that says when it is read."""

    def opened(self, answer: object, gaps: Gaps, part: str) -> object:
        """Return the content of an answer."""

    async def get(self, path: str, /, **query: Parameter | None) -> object:
        """Return the decoded JSON of a GET."""


class Endpoint[T]:
    """One endpoint of a state. Reading the attribute raises NotKnown when it could not be read."""

    def __init__(
        self,
        path: str,
        understand: Callable[[object, Gaps, str], T],
        *,
        optional: bool,
        query: Mapping[str, Parameter],
        absent: T | Unknown | None = None,
    ) -> None:
        """Without ``optional`` a failure fails the poll; with it, it is a gap.

        ``absent`` is what is read of a service that refuses this request because it has no such
        endpoint; None when that is a failure.
        """
        self._path = path
        self._understand = understand
        self._query = query
        self._absent = absent
        self.name = path
        self.is_optional = optional

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, state: None, owner: type) -> Self: ...
    @overload
    def __get__(self, state: State, owner: type) -> T: ...
    def __get__(self, state: State | None, owner: type) -> Self | T:
        """Return what was read. Raises NotKnown with the reason why it is not there."""
        if state is None:
            return self
        used = _USED.get()
        if used is not None:
            used.add(self.name)
        value: T | Unknown = state.values[self.name]
        if isinstance(value, Unknown):
            raise NotKnown(value.reason)
        return value

    async def read(self, reader: Reader, gaps: Gaps) -> T | Unknown:
        """Return what the endpoint answers. Raises ServiceError unless it is optional."""
        try:
            return await self.now(reader, gaps)
        except ServiceError as err:
            if self._absent is not None and isinstance(err, ServiceRefused):
                return self._absent
            if not self.is_optional:
                raise
            gaps.add(self.name, str(err))
            return Unknown(str(err))

    async def now(self, reader: Reader, gaps: Gaps) -> T:
        """Return what this endpoint alone answers, for a tool or an action. Raises ServiceError."""
        answer = reader.opened(await reader.get(self._path, **self._query), gaps, self.name)
        return self._understand(answer, gaps, self.name)

    async def whole(self, reader: Reader) -> T:
        """Return the same; that something of it cannot be read is an error too."""
        gaps = Gaps()
        found = await self.now(reader, gaps)
        self._must_be_whole(gaps)
        return found

    async def find[Item](
        self: Endpoint[tuple[Item, ...]], reader: Reader, is_it: Callable[[Item], bool]
    ) -> Item | None:
        """Return the first item that is it, None when there is certainly none. Raises ServiceError."""
        gaps = Gaps()
        found = next(filter(is_it, await self.now(reader, gaps)), None)
        if found is None:
            self._must_be_whole(gaps)
        return found

    async def listed[Item](
        self: Endpoint[tuple[Item, ...]], reader: Reader, is_it: Callable[[Item], bool], name: str
    ) -> Item:
        """Return the same. Raises ServiceError, with ``name`` when there is none."""
        found = await self.find(reader, is_it)
        if found is None:
            path = self._path
            raise ServiceMalformed(t"{path}: {name} is not listed")
        return found

    def _must_be_whole(self, gaps: Gaps) -> None:
        if reason := gaps.of(self.name):
            raise ServiceMalformed(t"{self._path}: {reason}")


def one[T](
    path: str,
    kind: type[T],
    *,
    below: str = "",
    optional: bool = False,
    may_be_absent: bool = False,
    **query: Parameter,
) -> Endpoint[T]:
    """Return an endpoint that answers one object, found ``below`` a path in the answer.

    A service that refuses the request has no such endpoint: with ``may_be_absent`` that is no gap.
    """

    def understand(answer: object, _: Gaps, name: str) -> T:
        return parse(kind, at(answer, below), name)

    absent = Unknown(NOT_REPORTED) if may_be_absent else None
    return Endpoint(path, understand, optional=optional, query=query, absent=absent)


def many[T](
    path: str,
    kind: type[T],
    *,
    below: str = "",
    total: str = "",
    optional: bool = False,
    may_be_absent: bool = False,
    **query: Parameter,
) -> Endpoint[tuple[T, ...]]:
    """Return an endpoint that answers a list; an odd item costs that item and is a gap.

    ``total`` is the path of the source's own count: a shorter list is a gap, and with 0 the list may be
    missing. A service that refuses
    the request has no such endpoint: with ``may_be_absent`` its list is empty.
    """

    def understand(answer: object, gaps: Gaps, name: str) -> tuple[T, ...]:
        rows = _rows(answer, below, total)
        items = parse_items(kind, rows, gaps, name)
        count = parse(int, at(answer, total), name) if total else None
        if count is not None and isinstance(rows, list) and len(rows) < count:
            gaps.add(name, f"the service counts {count} and lists {len(rows)}")
        return items

    absent = () if may_be_absent else None
    return Endpoint(path, understand, optional=optional, query=query, absent=absent)


def _rows(answer: object, below: str, total: str) -> object:
    """Return the list of an answer; without one, an empty list if the service counts 0 items."""
    try:
        return at(answer, below)
    except ServiceMalformed:
        with suppress(ServiceMalformed):
            if total and parse(int, at(answer, total), total) == 0:
                return ()
        raise


class State:
    """Base of a service's state: its endpoints are class attributes, read at the same time.

    ``gaps`` is what the poll could not read: a list with a gap lacks items. ``now`` is when it ended.
    """

    now: datetime

    def __init__(self, **values: Any) -> None:
        """Take what each endpoint answered (or Unknown); a missing one is unknown."""
        self.values: Mapping[str, Any] = {
            name: values.get(name, Unknown("It was not read")) for name in self._endpoints()
        }
        self.gaps = Gaps()

    @classmethod
    async def poll(cls, reader: Reader, gaps: Gaps, *only: str) -> Self:
        """Read every endpoint, or ``only`` those with these names, none of which is optional then.

        Raises ServiceError when one that is not optional fails.
        """
        async with task_group() as calls:
            tasks = {
                name: calls.create_task(endpoint.now(reader, gaps) if only else endpoint.read(reader, gaps))
                for name, endpoint in cls._endpoints().items()
                if not only or name in only
            }
        state = cls(**{name: task.result() for name, task in tasks.items()})
        state.gaps, state.now = gaps, reader.clock.now()
        state.complete(reader)
        return state

    def complete(self, client: Any) -> None:
        """Take from the client what no endpoint answers, such as a setting. By default that is nothing."""

    def read_or[T](self, endpoint: Endpoint[T], default: T) -> T:
        """Return what an endpoint answered, ``default`` when it could not be read.

        What is computed from the default does not count as incomplete.
        """
        is_unknown = isinstance(self.values[endpoint.name], Unknown)
        return default if is_unknown else endpoint.__get__(self, type(self))

    @classmethod
    def _endpoints(cls) -> dict[str, Endpoint[Any]]:
        return {
            name: attribute
            for owner in reversed(cls.__mro__)
            for name, attribute in vars(owner).items()
            if isinstance(attribute, Endpoint)
        }


def computed[T](state: object, compute: Callable[[], T]) -> tuple[T, str | None]:
    """Return what ``compute`` returns, and why a list of ``state`` that it used lacks items.

    Raises what ``compute`` raises. The reason is None when nothing is missing or not known.
    """
    used: set[str] = set()
    token = _USED.set(used)
    try:
        value = compute()
    finally:
        _USED.reset(token)
    if not isinstance(state, State):
        return value, None
    return value, next(filter(None, map(state.gaps.of, sorted(used))), None)
