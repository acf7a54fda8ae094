"""Changes: their dry run, execution, probe, verification and undo."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import ActionOffer, Field, Risk
from homelab_steward.contract.incidents import CheckResult
from homelab_steward.contract.step_parts import Difference

from ...texts import Text
from ..format import in_words
from ..outputs import Output
from .capabilities import OF_ACTIONS
from .client import Available, Client
from .tools import Call

RESTART: Final = "restart"
"""The capability of actions that restart their target."""


ALSO_CHANGES: Final = "also_changes"
"""The key in the baseline of an action for the ids of further items that the action or its undo changes.

They are of the kind of its target, with commas in between. Fences of them hold too.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """The changes that an action would make, and the values that its probe and its undo need later.

    ``baseline`` is stored in the journal: small, plain values without secrets. An approval is bound to it,
    but not to its keys in ``unbound``, which only distinguish what the action makes from what existed
    before. They are read again when the approved plan is made again, just before it is carried out.
    """

    differences: tuple[Difference, ...]
    baseline: Mapping[str, Value]
    note: str = ""
    unbound: frozenset[str] = frozenset()

    @property
    def bound(self) -> Mapping[str, Value]:
        """The part of the baseline to which an approval is bound."""
        return {key: value for key, value in self.baseline.items() if key not in self.unbound}


class Effect(StrEnum):
    """The result of a probe for a change without an answer.

    NOT_SEEN: it has not happened so far, and still may. NOT_DONE: it is proven that it did not happen and
    will not, such as by a job that failed. UNKNOWN: this read does not show it. UNKNOWABLE: no read will
    ever show it, so it is not probed again. BEGUN: a part was done, and nothing is under way any more: a
    ``deduplicated`` action is sent again, which completes or reverts it.
    """

    DONE = "done"
    NOT_SEEN = "not_seen"
    NOT_DONE = "not_done"
    UNKNOWN = "unknown"
    UNKNOWABLE = "unknowable"
    BEGUN = "begun"


type Latest[C: Client] = Callable[[C, Call, Mapping[str, Value]], Awaitable[float]]
"""Returns within how many seconds after a request its effect and its result must be visible."""


type InDoubt = Callable[[Call, Mapping[str, Value]], Text]
"""Returns a text with what was sent and where a person sees how it ended. The mapping is the baseline with
the values noted since."""


type Contains[C: Client] = Callable[[C, Call, Mapping[str, Value], str], Awaitable[bool]]
"""Reads whether a text that another service reports, such as a deployed revision, contains the result of an
action. The mapping is the baseline with the values noted since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo[C: Client]:
    """How an action is undone: an action with a dry run of its own.

    ``dry_run`` returns the changes that undoing would make now (nothing when it is undone already)
    and raises PreconditionFailed when somebody else changed the target since. ``execute`` undoes it and
    returns a sentence. ``contains`` is like that of an action, for the result of the undo.
    ``deduplicated``: a second ``execute`` continues an interrupted one. Only then an undo is sent again
    when the app stopped while it was sent.
    """

    dry_run: Callable[[C, Call, Mapping[str, Value]], Awaitable[tuple[Difference, ...]]]
    execute: Callable[[C, Call, Mapping[str, Value]], Awaitable[str]]
    contains: Contains[C] | None = None
    deduplicated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Action[C: Client]:
    """A change of a service. Only the executor calls its functions, except ``dry_run``.

    * ``dry_run`` reads and returns the changes that would be made. It raises PreconditionFailed in
      the cases that the precheck refuses: then the action is not offered, and the reason is shown.
    * ``precheck`` raises PreconditionFailed when the action must not be done now.
    * ``execute`` makes the change once and returns a sentence. Raises ServiceRefused,
      PreconditionFailed, ServiceUnreachable or ServiceUnauthorized when nothing changed for
      certain, EffectUnknown when that is not known.
    * ``probe`` reads once whether an earlier ``execute`` took effect. It does not wait: the
      executor probes again for some minutes, or for as long as ``latest`` returns.
    * ``verify`` reads whether the goal is reached; the result may be unknown. It is read again until the
      result is final or the time that ``latest`` returns is over.
    * ``undo`` restores the baseline; None means that the action cannot be undone.
    * ``in_doubt`` returns, without a read, a text with what a person has to check while the end is not known.

    ``name`` is by default the key in words. ``interrupts``: programs in the target are interrupted.
    The risk is then high for the guest that Home Assistant or the app runs in. ``capability`` is the
    name by which runbooks refer to it in every service, by default the key, or the key without
    ``scope`` at its end, if that is a capability ("" for none); it also gives the default ``icon``.
    ``needs`` has the keys of the rights (see Service.rights) that the action needs.
    ``outputs`` are values for later steps: ``execute`` notes each of them with ``Call.note``.
    ``contains`` is set when other services deploy the result of the action: later steps wait for that.
    ``deduplicated``: the service itself refuses or ignores a second ``execute`` with the same
    baseline, also while the first is under way (such as a write with the version it is based on).
    Only then an action is sent again when the app stopped while it was sent.
    """

    key: str
    description: str
    risk: Risk
    dry_run: Callable[[C, Call], Awaitable[DryRun]]
    precheck: Callable[[C, Call, Mapping[str, Value]], Awaitable[None]]
    execute: Callable[[C, Call, Mapping[str, Value]], Awaitable[str]]
    probe: Callable[[C, Call, Mapping[str, Value]], Awaitable[Effect]]
    verify: Callable[[C, Call, Mapping[str, Value]], Awaitable[CheckResult]]
    undo: Undo[C] | None = None
    contains: Contains[C] | None = None
    deduplicated: bool = False
    latest: Latest[C] | None = None
    in_doubt: InDoubt | None = None
    name: str = ""
    scope: str | None = None
    arguments: tuple[Field, ...] = ()
    outputs: tuple[Output, ...] = ()
    blast_radius: str = ""
    button: bool = False
    icon: str | None = None
    capability: str | None = None
    interrupts: bool = False
    needs: tuple[str, ...] = ()
    available: Available | None = None

    def __post_init__(self) -> None:
        """Take name and capability from the key: "Start package" and "start" from "start_package"."""
        object.__setattr__(self, "name", self.name or in_words(self.key))
        if self.capability is None:
            verbs = (self.key, self.key.removesuffix(f"_{self.scope}"))
            object.__setattr__(self, "capability", next((one for one in verbs if one in OF_ACTIONS), None))

    @property
    def reversible(self) -> bool:
        """Whether it can be undone."""
        return self.undo is not None

    @property
    def repeatable(self) -> bool:
        """Whether doing the action twice has the same result: it is deduplicated, or a restart."""
        return self.deduplicated or self.capability == RESTART

    def offer(self) -> ActionOffer:
        """Return its catalogue entry."""
        return ActionOffer(
            key=self.key,
            name=self.name,
            description=self.description,
            risk=self.risk,
            reversible=self.reversible,
            scope=self.scope,
            arguments=self.arguments,
            button=self.button,
            icon=self.icon or OF_ACTIONS.get(self.capability or ""),
            capability=self.capability or None,
        )
