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
"""The capability of actions after which the target runs as after any other start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """What an action would change, and what must be known to probe or undo it later.

    ``baseline`` is kept in the journal: small, plain values without secrets. An approval is bound to it,
    but not to its keys in ``unbound``, which only tell what the action makes from what was there before
    it. They are read again when the approved plan is made again, just before it is carried out.
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
    """What a probe read about a change whose answer was lost.

    NOT_SEEN: it did not happen so far, and still may. NOT_DONE needs proof: it did not happen and
    will not, such as a job of ours that failed. UNKNOWN: what was read does not show it. UNKNOWABLE: nothing
    that can be read will ever show it, so it is not looked for again. BEGUN: a part was done, and nothing
    is under way any more: an action that is ``deduplicated`` is sent again, which ends it or takes it back.
    """

    DONE = "done"
    NOT_SEEN = "not_seen"
    NOT_DONE = "not_done"
    UNKNOWN = "unknown"
    UNKNOWABLE = "unknowable"
    BEGUN = "begun"


type Latest[C: Client] = Callable[[C, Call, Mapping[str, Value]], Awaitable[float]]
"""Returns within how many seconds after a request its effect and its result are to be seen."""


type InDoubt = Callable[[Call, Mapping[str, Value]], Text]
"""Returns what was sent and where a person sees how it ended. The mapping is the baseline with what was
noted since."""


type Contains[C: Client] = Callable[[C, Call, Mapping[str, Value], str], Awaitable[bool]]
"""Reads whether a text that another service reports, such as the revision that it has deployed,
contains what an action made. The mapping is the baseline with what was noted since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo[C: Client]:
    """How an action is taken back: an action with a dry run of its own.

    ``dry_run`` returns what undoing would change now (nothing when it is undone already) and
    raises PreconditionFailed when somebody else changed it since. ``execute`` does it and
    returns a sentence. ``contains`` is what that of an action is, about what the undo made.
    ``deduplicated``: a second ``execute`` carries on where one that was interrupted ended. Only then it
    is sent again when the app stopped while it was sent.
    """

    dry_run: Callable[[C, Call, Mapping[str, Value]], Awaitable[tuple[Difference, ...]]]
    execute: Callable[[C, Call, Mapping[str, Value]], Awaitable[str]]
    contains: Contains[C] | None = None
    deduplicated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Action[C: Client]:
    """A change to the world. Only the executor calls anything here but ``dry_run``.

    * ``dry_run`` reads and returns what would change. It raises PreconditionFailed for what
      the precheck would refuse: such an action is not offered, and the reason is shown.
    * ``precheck`` raises PreconditionFailed when it must not be done now.
    * ``execute`` does it once and returns a sentence. Raises ServiceRefused,
      PreconditionFailed, ServiceUnreachable or ServiceUnauthorized when nothing changed for
      certain, EffectUnknown when that is not known.
    * ``probe`` reads once whether an earlier ``execute`` took effect. It does not wait: the
      executor asks again for some minutes, or longer when ``latest`` says so.
    * ``verify`` reads the goal back; its result may be unknown. It is read again while ``latest`` says
      that it may take that long, and until the time for it is over or the result is final.
    * ``undo`` brings the baseline back; None means that it cannot be undone.
    * ``in_doubt`` returns, without a read, what a person looks at while its end is not known.

    ``name`` is by default the key in words. ``interrupts``: what runs in the target is interrupted.
    The risk is then high for the guest that Home Assistant or the app runs in. ``capability`` is the
    name by which runbooks ask any service for it, by default the key, or the key without ``scope`` at
    its end, if that is one ("" for none); without ``icon`` it gives the icon. ``needs`` names the
    rights (see Service.rights) it cannot do without.
    ``outputs`` are values for later steps: ``execute`` notes each of them with ``Call.note``.
    ``contains`` is given when other services deploy what it makes: later steps wait for that.
    ``deduplicated``: the service itself refuses or ignores a second ``execute`` with the same
    baseline, also while the first is under way (such as a write with the version it is based on).
    Only then it is sent again when the app stopped while it was sent.
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
        """Whether a second time leaves what the first one left: what is ignored then, and a restart."""
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
