"""The stored states of watched targets: whether they run, since when, and what is expected."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Row, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..store.upsert import upsert
from ..texts import english, translate
from .tables import target_states

LONGEST_ID: Final = 255
LONGEST_REASON: Final = 500
FIRST_SIGHT: Final = english("It was off when it was seen for the first time")

type TargetKey = tuple[str, str, str]
"""Instance, kind and id of a target."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetState:
    """The last seen state of a target.

    ``since`` is when it was first seen in this state. ``expected_off`` is why it is meant to be off,
    None when it is meant to run; ``until`` is when that expectation ends at the latest.
    """

    key: TargetKey
    is_up: bool
    since: datetime
    expected_off: str | None = None
    until: datetime | None = None

    def seen_up(self, now: datetime) -> TargetState:
        """Return the state of a target that runs. A start ends the expectation that it is off."""
        return self if self.is_up else TargetState(key=self.key, is_up=True, since=now)

    def seen_off(self, since: datetime, expected: str | None) -> TargetState:
        """Return the state of a target that was seen off, the first time at ``since``."""
        return replace(self, is_up=False, since=since, expected_off=self.expected_off or expected)

    def aged(self, now: datetime, off_for: timedelta) -> TargetState:
        """Return the state at a time: expectations end at ``until``, and begin after ``off_for`` off."""
        if self.until is not None and now >= self.until:
            return replace(self, expected_off=None, until=None)
        is_long = not self.is_up and now - self.since >= off_for
        if self.expected_off is None and is_long:
            return replace(self, expected_off=translate(t"It has been off for {span_in_days(off_for)}"))
        return self


def span_in_days(span: timedelta) -> str:
    """Return a span as a number of days."""
    days = span / timedelta(days=1)
    return translate(t"1 day") if days == 1 else translate(t"{days:g} days")


async def states_of(connection: AsyncConnection, instance_id: str) -> dict[TargetKey, TargetState]:
    """Return the states of an instance and its resources, by key."""
    rows = await connection.execute(select(target_states).where(target_states.c.instance_id == instance_id))
    return {state.key: state for state in map(_state, rows)}


async def state_of(connection: AsyncConnection, key: TargetKey) -> TargetState | None:
    """Return the state of one target, None when it is not watched."""
    columns = (target_states.c.instance_id, target_states.c.kind, target_states.c.target_id)
    is_it = [column == value for column, value in zip(columns, key, strict=True)]
    row = (await connection.execute(select(target_states).where(*is_it))).first()
    return _state(row) if row is not None else None


async def save(connection: AsyncConnection, states: Sequence[TargetState]) -> None:
    """Insert or replace states. A target whose id is too long to be stored is left out."""
    await upsert(
        connection,
        target_states,
        [
            {
                "instance_id": state.key[0],
                "kind": state.key[1],
                "target_id": state.key[2],
                "is_up": state.is_up,
                "since": state.since,
                "expected_off": state.expected_off and state.expected_off[:LONGEST_REASON],
                "until": state.until,
            }
            for state in states
            if len(state.key[2]) <= LONGEST_ID
        ],
    )


async def expect(
    connection: AsyncConnection,
    key: TargetKey,
    now: datetime,
    reason: str | None,
    until: datetime | None = None,
    *,
    only_off: bool = False,
) -> bool:
    """Write why a target is meant to be off, or with None that it is meant to run.

    Returns False when the target is not watched, and with ``only_off`` when it was seen running.
    """
    state = await state_of(connection, key)
    if state is None or (only_off and state.is_up):
        return False
    # When a person says that it is meant to run, the time until it counts as meant to be off begins again.
    since = now if reason is None and not state.is_up else state.since
    changed = replace(state, since=since, expected_off=reason, until=until if reason else None)
    await save(connection, [changed])
    return True


async def drop(connection: AsyncConnection, keys: Sequence[TargetKey]) -> None:
    """Delete the states of these targets."""
    for instance_id, kind, target_id in keys:
        await connection.execute(
            delete(target_states).where(
                target_states.c.instance_id == instance_id,
                target_states.c.kind == kind,
                target_states.c.target_id == target_id,
            )
        )


async def drop_all(connection: AsyncConnection, instance_id: str) -> None:
    """Delete the states of an instance and its resources."""
    await connection.execute(delete(target_states).where(target_states.c.instance_id == instance_id))


def _state(row: Row[tuple[object, ...]]) -> TargetState:
    return TargetState(
        key=(row.instance_id, row.kind, row.target_id),
        is_up=row.is_up,
        since=row.since,
        expected_off=row.expected_off,
        until=row.until,
    )
