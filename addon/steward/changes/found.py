"""What sources of updates return: one update of one target each, and how it is applied."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from homelab_steward.contract.changes import ChangeSource, PackageChange, WayBack
from homelab_steward.contract.state import TargetRef

from ..agent.plans.change_plans import WaitStep
from ..agent.requests.request_plan import PlanStep
from ..sdk.description import DataPlace, Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One update that a source offers.

    ``id`` names it in its source and stays the same when another revision follows: a container, an
    entity, the number of a pull request. ``revision`` is what exactly is applied: a version, a digest
    or a commit; the arguments of ``steps`` contain it. The steps are carried out in order, and one
    that fails takes back those before it; without steps the update is only shown, and ``left_out``
    says why. ``watched`` are further targets whose state tells whether it went well. The updates of
    ``couples`` are applied in the same run, because these targets must have versions that fit.
    ``notes`` (Markdown) and ``title`` come from outside; ``label`` is shown instead of the title, "" for
    the title itself. ``labels`` are those by which the owner's policy groups updates. ``requested``: a
    person asked for it, so that it is not held. ``places`` is where the target keeps data that the steps
    do not copy, None when that is not known. ``identity`` tells the real thing from others; ``same`` are
    other targets that are the same thing, and ``twin`` is the title of another update that may be the same.
    ``withdrawn`` is what says that it was withdrawn.
    """

    id: str
    source: ChangeSource
    target: TargetRef
    title: str
    label: str = ""
    packages: tuple[PackageChange, ...]
    revision: str
    notes: str = ""
    repository: str | None = None
    published_at: datetime | None = None
    url: str | None = None
    steps: tuple[PlanStep | WaitStep, ...] = ()
    left_out: str = ""
    watched: tuple[TargetRef, ...] = ()
    way_back: WayBack = WayBack.NONE
    way_back_text: str = ""
    couples: tuple[TargetRef, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    requested: bool = False
    places: tuple[DataPlace, ...] | None = ()
    identity: Identity | None = None
    same: tuple[TargetRef, ...] = ()
    twin: str = ""
    withdrawn: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """What a source offers now.

    ``unknown`` are ids of what could not be read, and ``unread`` the instances that could not: their
    updates stay as they are. Everything else that is not in ``found`` is not offered any more.
    """

    found: Sequence[Found]
    unknown: frozenset[str] = frozenset()
    unread: frozenset[str] = frozenset()


class Source(Protocol):
    """Finds updates. ``name`` is unique among the sources."""

    @property
    def name(self) -> str:
        """Return the name of the source, such as ``pull_requests``."""

    async def find(self) -> Offers:
        """Return all updates that are offered now. Raises StewardError when the source cannot be read."""
