"""What a user of Home Assistant may see in the panel, and the rows as the panel gets them."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from homeassistant.auth.models import User

from .change_rows import OVER, RUNNING
from .contract.catalogue import Catalogue
from .contract.changes import ChangeStatus
from .contract.foreign_tools import FOREIGN_TOOLS_ID
from .contract.mode import MODE_ID
from .contract.plain_text import cleaned
from .contract.protocol import RowKind
from .contract.state import Instance, Person, Role
from .foreign_tool_rows import shown_report
from .steward_state import StewardState


class Access(StrEnum):
    """How much a user may see.

    FULL is for administrators of Home Assistant and owners. VIEW is for the other known people: no
    addresses, audit log, models, tools of other servers, or other people. NONE is for users whom the
    app does not know.
    """

    NONE = "none"
    VIEW = "view"
    FULL = "full"


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """A user who looks at the panel, and the person that the app knows by the user's id."""

    user: User
    person: Person | None

    @property
    def access(self) -> Access:
        """Return how much this user may see."""
        if not self.user.is_active:
            return Access.NONE
        if self.user.is_admin or (self.person is not None and self.person.role is Role.OWNER):
            return Access.FULL
        return Access.NONE if self.person is None else Access.VIEW

    def to_dict(self) -> dict[str, Any]:
        """Return the viewer as plain JSON types."""
        return {
            "user_id": self.user.id,
            "name": self.user.name,
            "is_admin": self.user.is_admin,
            "access": self.access.value,
            "person": self.person.to_dict() if self.person else None,
        }


def viewer_of(user: User, state: StewardState) -> Viewer:
    """Return the viewer for a signed-in user."""
    return Viewer(user=user, person=state.person_of_user(user.id))


type Rows = dict[str, dict[str, Any]]

MOST_CHANGES: Final = 200
"""Updates that a panel gets at first; its page reads the others in parts."""

ACTIVE: Final = frozenset({ChangeStatus.ASKED, *RUNNING})

_LONG: Final[dict[str, Any]] = {
    "diagnosis": None,
    "proposal": None,
    "run": None,
    "write_up": "",
    "alerts": [],
}
"""The fields of an incident that a list does not show."""


_FROM_OUTSIDE: Final = frozenset({RowKind.INCIDENT, RowKind.APPROVAL, RowKind.CHANGE})
"""Rows with texts of monitors, logs, and release notes."""


def shown_rows(state: StewardState, kind: RowKind, viewer: Viewer) -> Rows:
    """Return the rows of a kind that the viewer may see, by id.

    Incidents and updates are brief: a change of one sends the whole row.
    """
    if kind is RowKind.CATALOGUE:
        return {state.catalogue.digest: _used(state).to_dict()}
    if kind is RowKind.MODE:
        return {MODE_ID: state.mode.to_dict()}
    if kind is RowKind.FOREIGN_TOOLS:
        report = _plain_row(state, kind, FOREIGN_TOOLS_ID, viewer)
        return {} if report is None else {FOREIGN_TOOLS_ID: report}
    keys = _first_changes(state) if kind is RowKind.CHANGE else _table(state, kind)
    shown = ((key, _plain_row(state, kind, key, viewer)) for key in keys)
    return {key: _inert(kind, _brief(kind, row)) for key, row in shown if row is not None}


def _brief(kind: RowKind, row: dict[str, Any]) -> dict[str, Any]:
    """Return a row without what a list does not show."""
    if kind is RowKind.INCIDENT:
        return row | {"brief": True, **_LONG}
    if kind is RowKind.CHANGE and row["assessment"] is not None:
        return row | {"brief": True, "assessment": row["assessment"] | {"notes": ""}}
    return row


def _first_changes(state: StewardState) -> list[str]:
    """Return the ids of the updates that a panel gets at first, those that are under way before others."""
    rows = sorted(state.changes.values(), key=lambda one: one.updated_at, reverse=True)
    rows.sort(key=lambda one: (one.status not in ACTIVE, one.status in OVER))
    return [one.id for one in rows[:MOST_CHANGES]]


def shown_row(state: StewardState, kind: RowKind, key: str, viewer: Viewer) -> dict[str, Any] | None:
    """Return one row as the viewer may see it, None when there is none or it is not shown."""
    row = _plain_row(state, kind, key, viewer)
    return None if row is None else _inert(kind, row)


def _inert(kind: RowKind, row: dict[str, Any]) -> dict[str, Any]:
    """Return a row whose texts from outside have no hidden characters."""
    return {key: cleaned(value) for key, value in row.items()} if kind in _FROM_OUTSIDE else row


def _plain_row(state: StewardState, kind: RowKind, key: str, viewer: Viewer) -> dict[str, Any] | None:
    if viewer.access is Access.NONE:
        return None
    if kind in _SINGLE:
        return _single(state, kind, viewer)
    row = _table(state, kind).get(key)
    if row is None:
        return None
    if viewer.access is Access.VIEW:
        if isinstance(row, Person) and row != viewer.person:
            return None
        if isinstance(row, Instance):
            row = replace(row, settings={})
    plain: dict[str, Any] = row.to_dict()
    return plain


_SINGLE: Final = frozenset({RowKind.CATALOGUE, RowKind.MODE, RowKind.FOREIGN_TOOLS})
"""The kinds that have one row."""


def _single(state: StewardState, kind: RowKind, viewer: Viewer) -> dict[str, Any] | None:
    """Return the row of a kind that has one."""
    if kind is RowKind.CATALOGUE:
        return _used(state).to_dict()
    if kind is RowKind.MODE:
        return state.mode.to_dict()
    if state.foreign_tools is None or viewer.access is not Access.FULL:
        return None
    return shown_report(state.foreign_tools)


def _table(state: StewardState, kind: RowKind) -> Any:
    """Return the rows of a kind by id."""
    return {
        RowKind.INSTANCE: state.instances,
        RowKind.SNAPSHOT: state.snapshots,
        RowKind.INCIDENT: state.incidents,
        RowKind.APPROVAL: state.approvals,
        RowKind.STATISTICS: state.statistics,
        RowKind.PERSON: state.people,
        RowKind.FRONT_END: state.front_ends,
        RowKind.MAINTENANCE: state.windows,
        RowKind.CHANGE: state.changes,
    }.get(kind, {})


def _used(state: StewardState) -> Catalogue:
    """Return the catalogue with the services that are set up, without what the panel does not show."""
    used = {one.service for one in state.instances.values()}
    services = tuple(
        replace(one, settings=(), tools=()) for one in state.catalogue.services if one.key in used
    )
    return replace(state.catalogue, services=services)
