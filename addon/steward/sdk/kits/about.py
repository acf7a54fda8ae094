"""The fields that every kit passes to its action, and the functions that kits share."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final, NotRequired, Protocol, TypedDict

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Field, Risk

from ...clock import Clock
from ...errors import PreconditionFailed, ServiceUnreachable, StewardError
from ...texts import Text
from ..description import Available, Call, Client, InDoubt
from ..outputs import Output

IDENTITY: Final = "identity"
LOOK_AGAIN: Final = 0.5
"""Seconds between two reads of something that is expected to change."""


class TimedClient(Client, Protocol):
    """A client whose actions wait."""

    @property
    def clock(self) -> Clock:
        """The clock that actions wait with."""


class About(TypedDict):
    """The descriptive fields of an Action. See Action for their meaning."""

    key: str
    description: str
    risk: Risk
    name: NotRequired[str]
    scope: NotRequired[str | None]
    arguments: NotRequired[tuple[Field, ...]]
    outputs: NotRequired[tuple[Output, ...]]
    blast_radius: NotRequired[str]
    button: NotRequired[bool]
    icon: NotRequired[str | None]
    capability: NotRequired[str | None]
    interrupts: NotRequired[bool]
    needs: NotRequired[tuple[str, ...]]
    available: NotRequired[Available | None]
    deduplicated: NotRequired[bool]
    in_doubt: NotRequired[InDoubt | None]


type Refusal[C] = Callable[[C, Call], Awaitable[Text | None]]
"""Reads why an action must not be done now; returns the reason, None when it may be done."""


async def refuse[C](refusal: Refusal[C] | None, client: C, call: Call) -> None:
    """Raise PreconditionFailed when ``refusal`` gives a reason."""
    reason = await refusal(client, call) if refusal else None
    if reason is not None:
        raise PreconditionFailed(reason)


type Identity[C] = Callable[[C, Call], Awaitable[str]]
"""Reads what distinguishes a target from a later one with the same id."""


async def identified[C](identity: Identity[C] | None, client: C, call: Call) -> dict[str, Value]:
    """Return the identity as an entry for the baseline, {} when the action reads none."""
    return {IDENTITY: await identity(client, call)} if identity else {}


async def must_be_same[C](
    identity: Identity[C] | None, client: C, call: Call, baseline: Mapping[str, Value]
) -> None:
    """Raise PreconditionFailed when the target is not the one of the baseline."""
    if identity and await identity(client, call) != baseline.get(IDENTITY):
        raise PreconditionFailed(t"{call.target.name} was replaced in the meantime")


async def poll_until[T](
    clock: Clock,
    read: Callable[[], Awaitable[T]],
    is_reached: Callable[[T], bool],
    *,
    seconds: float,
    away: float,
    away_on: type[StewardError] | tuple[type[StewardError], ...] = ServiceUnreachable,
) -> T:
    """Return what was read once ``is_reached``, or the last value after ``seconds``.

    While reading raises ``away_on``, it is tried again for up to ``away`` seconds; then the
    exception is raised. While a service restarts, other answers are possible (a proxy's 404, a
    login page): callers that expect an absence pass ServiceError.
    """
    begin = clock.monotonic()
    while True:
        try:
            value = await read()
        except away_on:
            if clock.monotonic() - begin >= away:
                raise
        else:
            if is_reached(value) or clock.monotonic() - begin >= seconds:
                return value
        await clock.sleep(LOOK_AGAIN)
