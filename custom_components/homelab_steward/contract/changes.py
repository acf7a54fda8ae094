"""Changes: updates that were found, what is known about each, and how far each is."""

from dataclasses import dataclass
from enum import StrEnum

from .base import Many, Message, Timestamp
from .state import Speaker, TargetRef


class ChangeSource(StrEnum):
    """Where an update comes from."""

    HOME_ASSISTANT = "home_assistant"
    IMAGE = "image"
    PULL_REQUEST = "pull_request"
    SERVICE = "service"


class Distance(StrEnum):
    """What changes between two versions, as semantic versioning names it."""

    DIGEST = "digest"
    """The same tag with another content."""

    PATCH = "patch"
    MINOR = "minor"
    MAJOR = "major"
    UNKNOWN = "unknown"
    """Dates, hashes and names say nothing about compatibility."""


class ChangeLevel(StrEnum):
    """The judgement of an update. UNKNOWN is never treated as safe."""

    SAFE = "safe"
    CAREFUL = "careful"
    BREAKING = "breaking"
    UNKNOWN = "unknown"


class WayBack(StrEnum):
    """What can be taken back.

    BACKUP: a backup exists that a person has to restore. SNAPSHOT: a snapshot of where the data is exists,
    and a person is asked before it is rolled back to, because more goes back than this update.
    """

    DATA = "data"
    IMAGE = "image"
    REVERT = "revert"
    BACKUP = "backup"
    SNAPSHOT = "snapshot"
    NONE = "none"


class ChangeStatus(StrEnum):
    """How far an update is.

    HELD until its time, READY to be asked about, ASKED while a request waits, DEFERRED by a person,
    APPLYING and WATCHING while its run lasts. DONE, WENT_BACK, FAILED, REJECTED, GONE (the source
    does not offer it any more), and BLOCKED (this version failed here before) are final until
    another version is offered.
    """

    HELD = "held"
    READY = "ready"
    ASKED = "asked"
    DEFERRED = "deferred"
    APPLYING = "applying"
    WATCHING = "watching"
    DONE = "done"
    WENT_BACK = "went_back"
    FAILED = "failed"
    REJECTED = "rejected"
    BLOCKED = "blocked"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageChange(Message):
    """One package in another version; ``old`` is None when it is not known or was not pinned."""

    name: str
    old: str | None
    new: str
    distance: Distance = Distance.UNKNOWN


class ReleaseState(StrEnum):
    """Whether the forge of a project lists a release of a version. DELETED: it did at an earlier look."""

    UNKNOWN = "unknown"
    LISTED = "listed"
    ABSENT = "absent"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment(Message):
    """What is known about an update before it is asked about.

    ``reasons`` are sentences, the most important first. ``breaking`` are lines of the release notes
    that name a breaking change, ``security`` the advisories that it mends. ``age_days`` is how old the
    new version is, ``stable_days`` how long the running one ran. ``matches`` is what of it concerns
    this homelab. ``notes`` is an excerpt of the release notes: text from outside, only shown.
    ``missing`` is why the notes, or a part of them, are not known, "" when they are. ``withdrawn`` is what
    says that the version was withdrawn, "" for nothing. ``release`` is whether its project has a release
    of it.
    """

    level: ChangeLevel
    at: Timestamp
    reasons: Many[str] = ()
    breaking: Many[str] = ()
    security: Many[str] = ()
    matches: Many[str] = ()
    age_days: int | None = None
    stable_days: int | None = None
    notes: str = ""
    missing: str = ""
    summary: str = ""
    withdrawn: str = ""
    release: ReleaseState = ReleaseState.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Change(Message):
    """One update of one target.

    ``revision`` is what exactly is applied: a version, a digest or a commit. Another revision is
    another change. ``until`` is the end of HELD and DEFERRED. ``group`` is that of the owner's policy.
    ``way_back_text`` says in a sentence what can be taken back. ``reason`` is why it waits now, ``result``
    is how it ended, with figures. ``offer`` names it in its source and is the same for all revisions;
    ``applied_with`` is the id of the update in whose run it is applied, None for its own. ``watched`` are
    further targets whose state says whether it went well. ``kept`` says in sentences which copies of its data
    exist and until when, "" without any. ``wave`` is the place of its wave in
    its group, from 1; 0 when it waits for no others and none wait for it. ``tries`` is how often it could not
    be applied for a reason that passes.
    """

    id: str
    source: ChangeSource
    target: TargetRef
    title: str
    packages: Many[PackageChange]
    revision: str
    status: ChangeStatus
    found_at: Timestamp
    updated_at: Timestamp
    category: str
    group: str = ""
    distance: Distance = Distance.UNKNOWN
    assessment: Assessment | None = None
    way_back: WayBack = WayBack.NONE
    way_back_text: str = ""
    until: Timestamp | None = None
    approval_id: str | None = None
    incident_id: str | None = None
    url: str | None = None
    reason: str = ""
    result: str = ""
    offer: str = ""
    applied_with: str | None = None
    watched: Many[TargetRef] = ()
    kept: str = ""
    wave: int = 0
    tries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeCommand(Message):
    """``changes.ask``, ``changes.defer``, ``changes.reject``, ``changes.offer_again``: about one change.

    ``days`` is for how long it is deferred.
    """

    speaker: Speaker
    id: str
    days: int = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeQuery(Message):
    """``changes.list``: up to ``limit`` updates that are not over, and with ``is_all`` those that are.

    ``begins`` are the first characters of their ids, "" for all.
    """

    is_all: bool = False
    limit: int = 200
    begins: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes(Message):
    """Updates, those that are not over first, the last changed first. ``more`` are further ones."""

    changes: Many[Change]
    more: int = 0
