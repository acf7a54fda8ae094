"""Tools that read, and the calls of tools and actions."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Field, ToolOffer
from homelab_steward.contract.state import TargetRef

from .capabilities import OF_TOOLS
from .client import Available, Client


async def _note_nothing(_: Mapping[str, Value]) -> None:
    """Do nothing: outside of a run there is no journal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One resolved use of a tool or an action: its target and its checked arguments.

    ``note`` adds plain values to the step's journaled baseline before it returns, such as
    the handle of a job that was just started: a probe after a crash finds them there.
    """

    target: TargetRef
    arguments: Mapping[str, Value] = field(default_factory=dict)
    note: Callable[[Mapping[str, Value]], Awaitable[None]] = field(default=_note_nothing, compare=False)

    def number(self, key: str) -> float:
        """Return a number argument (already checked against its field)."""
        value = self.arguments[key]
        if isinstance(value, bool) or not isinstance(value, int | float):
            message = f"{key} is not a number"
            raise TypeError(message)
        return float(value)

    def text(self, key: str) -> str:
        """Return an argument as text (already checked against its field)."""
        return str(self.arguments[key])

    def flag(self, key: str) -> bool:
        """Return a boolean argument (already checked against its field)."""
        return self.arguments[key] is True


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer of a tool. The text is for people and models, never for executable fields."""

    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool[C: Client]:
    """A question that is answered by reading only.

    ``capability`` is the name by which runbooks refer to it in every service (``health``, ``logs``,
    ``queue``, ``status``, ``tasks``), by default the key if that is a capability ("" for none).
    ``is_sent_out``: the texts in its arguments are sent to servers on the Internet, so a language model may
    only use words of the person. ``is_owner_only``: its answer is private, such as who watches what. Only
    people with the role owner can read it, and no diagnosis does.
    """

    key: str
    name: str
    description: str
    read: Callable[[C, Call], Awaitable[Answer]]
    scope: str | None = None
    arguments: tuple[Field, ...] = ()
    capability: str | None = None
    needs: tuple[str, ...] = ()
    available: Available | None = None
    is_sent_out: bool = False
    is_owner_only: bool = False

    def __post_init__(self) -> None:
        """Use the key as a missing capability if it is one."""
        if self.capability is None and self.key in OF_TOOLS:
            object.__setattr__(self, "capability", self.key)

    def offer(self) -> ToolOffer:
        """Return its catalogue entry."""
        return ToolOffer(
            key=self.key,
            name=self.name,
            description=self.description,
            scope=self.scope,
            arguments=self.arguments,
            capability=self.capability or None,
            is_sent_out=self.is_sent_out,
            is_owner_only=self.is_owner_only,
        )
