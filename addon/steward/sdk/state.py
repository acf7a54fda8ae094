"""The state of a service that one poll reads, declared as a class of endpoints."""

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
    """The interface that endpoints are read with: a Rest client, or one with the same methods."""

    @property
    def clock(self) -> Clock:
        """The clock for the time of the poll."""

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
        """Without ``optional`` a failure of the endpoint fails the poll; with it, the failure is a gap.

        ``absent`` is the value when the service refuses the request because it has no such endpoint;
        None when that is a failure.
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
        """Return the value that was read. Raises NotKnown with the reason when it was not."""
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
        """Return the value of the endpoint. Raises ServiceError unless it is optional."""
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
        """Read this endpoint alone, for a tool or an action, and return its value. Raises ServiceError."""
        answer = reader.opened(await reader.get(self._path, **self._query), gaps, self.name)
        return self._understand(answer, gaps, self.name)

    async def whole(self, reader: Reader) -> T:
        """Return the value like :meth:`now`. Raises ServiceMalformed when a part of it cannot be read."""
        gaps = Gaps()
        found = await self.now(reader, gaps)
        self._must_be_whole(gaps)
        return found

    async def find[Item](
        self: Endpoint[tuple[Item, ...]], reader: Reader, is_it: Callable[[Item], bool]
    ) -> Item | None:
        """Return the first item that ``is_it`` accepts, None for certainly none. Raises ServiceError."""
        gaps = Gaps()
        found = next(filter(is_it, await self.now(reader, gaps)), None)
        if found is None:
            self._must_be_whole(gaps)
        return found

    async def listed[Item](
        self: Endpoint[tuple[Item, ...]], reader: Reader, is_it: Callable[[Item], bool], name: str
    ) -> Item:
        """Return the item like :meth:`find`. Raises ServiceError, with ``name`` when it is not listed."""
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
    """Return an endpoint with one object, at the path ``below`` in the answer.

    With ``may_be_absent`` a refused request means that the service has no such endpoint, which is no gap.
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
    """Return an endpoint with a list; an invalid item is left out and is a gap.

    ``total`` is the path of the service's own count: a shorter list is a gap, and with 0 the list may be
    missing. With ``may_be_absent`` a refused request means that the service has no such endpoint, and the
    list is empty.
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
    """Base class of a service's state: its endpoints are class attributes, which are read concurrently.

    ``gaps`` are the parts that the poll could not read: a list with a gap is incomplete. ``now`` is when the
    poll ended.
    """

    now: datetime

    def __init__(self, **values: Any) -> None:
        """``values`` has the value of each endpoint, or Unknown; a missing one is unknown."""
        self.values: Mapping[str, Any] = {
            name: values.get(name, Unknown("It was not read")) for name in self._endpoints()
        }
        self.gaps = Gaps()

    @classmethod
    async def poll(cls, reader: Reader, gaps: Gaps, *only: str) -> Self:
        """Read every endpoint, or ``only`` those with these names, which are not optional then.

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
        """Add values of the client that no endpoint has, such as a setting. By default nothing is added."""

    def read_or[T](self, endpoint: Endpoint[T], default: T) -> T:
        """Return the value of an endpoint, ``default`` when it could not be read.

        A reading that is computed from the default does not count as incomplete.
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
    """Return the result of ``compute``, and why a list of ``state`` that it used is incomplete.

    Raises what ``compute`` raises. The reason is None when all lists that it used are complete.
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
