"""What is known about an update before it is judged, and what was read in its notes."""

from dataclasses import dataclass
from datetime import datetime

from homelab_steward.contract.changes import Distance, ReleaseState

from .breaking import Judgement
from .found import Found
from .note_signs import NoteSigns
from .pull_request_text import Notes, PullRequestUpdates
from .relevance import Match, PastProblem, Touched


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What was looked up about an update.

    ``notes`` are those of the versions in between, the newest first. ``is_complete`` is whether they are
    those of all versions of all packages; else ``missing`` is why they are not. ``fixed`` are
    vulnerabilities that only the running version has. ``uses`` are names of environment variables, labels,
    and ports of the target, with ``has_all_variables`` all of its variables. ``problems`` are those of its
    last 60 days, ``names`` further names of it. ``withdrawn`` is what says that the version was withdrawn,
    ``release`` whether its project has a release of it.
    """

    now: datetime
    notes: tuple[Notes, ...] = ()
    is_complete: bool = False
    missing: str = ""
    published_at: datetime | None = None
    running_since: datetime | None = None
    fixed: tuple[str, ...] = ()
    uses: frozenset[str] = frozenset()
    has_all_variables: bool = False
    problems: tuple[PastProblem, ...] = ()
    names: tuple[str, ...] = ()
    withdrawn: str = ""
    release: ReleaseState = ReleaseState.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadNotes:
    """What was read in the notes. ``pull`` is the pull request that they come from, if it is one.

    ``is_untouched``: they name environment variables, and none of them is set here.
    """

    judgement: Judgement
    signs: NoteSigns
    pull: PullRequestUpdates | None = None
    fixes: tuple[Match, ...] = ()
    touched: tuple[Touched, ...] = ()
    is_untouched: bool = False
    texts: tuple[Notes, ...] = ()


def is_rebuild(found: Found) -> bool:
    """Return whether only the content of the same version is another one."""
    return bool(found.packages) and all(
        one.distance is Distance.DIGEST and one.old == one.new for one in found.packages
    )


def published(found: Found, facts: Facts) -> datetime | None:
    """Return when the version was published; an image of it may be built later."""
    return facts.published_at or found.published_at


def days(now: datetime, since: datetime | None) -> int | None:
    """Return the whole days since a time, None when it is not known or in the future."""
    return None if since is None or since > now else (now - since).days
