"""Incidents and alerts in the store."""

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import Select
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import IntegrityError

from homelab_steward.contract.incidents import AlertStatus, IncidentStatus, Severity
from rig import records
from rig.databases import is_postgresql
from rig.inventory import NOW, box
from steward.store import incidents
from steward.store.incidents import CHUNK, IncidentFilter
from steward.store.store import Store, Unit

RESOLVED = AlertStatus.RESOLVED
STATUSES = [
    IncidentStatus.OPEN,
    IncidentStatus.WAITING,
    IncidentStatus.RESOLVED,
    IncidentStatus.IGNORED,
    IncidentStatus.UNSOLVED,
]

SECOND = timedelta(seconds=1)


async def put(unit: Unit) -> None:
    for number, status in enumerate(STATUSES, 1):
        row = records.incident(
            records.stored_alert(target=box()),
            id=f"i{number}",
            number=number,
            status=status,
            group_key="even" if number % 2 == 0 else "odd",
        )
        await incidents.save_incident(unit.connection, row)


async def test_incident_round_trip(store: Store) -> None:
    whole = records.incident(records.stored_alert(target=box(), labels={"a": "ü"}), target=box())
    async with store.change() as unit:
        await incidents.save_incident(unit.connection, whole)
        assert await incidents.incident(unit.connection, "incident") == whole
        assert await incidents.incident(unit.connection, "unknown") is None
        changed = replace(whole, status=IncidentStatus.RESOLVED, group_key="other")
        await incidents.save_incident(unit.connection, changed)
        assert await incidents.incident(unit.connection, "incident") == changed
        assert await incidents.latest_in_group(unit.connection, "group") is None
        assert await incidents.latest_in_group(unit.connection, "other") == changed


async def test_incident_queries(store: Store) -> None:
    async with store.change() as unit:
        connection = unit.connection
        assert await incidents.next_number(connection) == 1
        await put(unit)
        assert await incidents.next_number(connection) == 6
        waiting = await incidents.incidents_in(connection, [IncidentStatus.WAITING, IncidentStatus.OPEN])
        assert [one.number for one in waiting] == [1, 2]
        assert await incidents.incidents_in(connection, []) == ()
        newest = await incidents.newest_incidents(connection, 3)
        assert [one.number for one in newest] == [5, 4, 3]
        open_now = await incidents.newest_incidents(connection, 10, open_only=True)
        assert [one.number for one in open_now] == [5, 2, 1]
        latest = await incidents.latest_in_group(connection, "odd")
        assert latest is not None
        assert latest.number == 5
        assert await incidents.latest_in_group(connection, "none") is None


async def test_pages_of_incidents(store: Store) -> None:
    async with store.change() as unit:
        connection = unit.connection
        await put(unit)
        found, total = await incidents.incident_page(connection, IncidentFilter(), 2)
        assert ([one.number for one in found], total) == ([5, 4], 5)
        found, total = await incidents.incident_page(connection, IncidentFilter(), 10, before=4)
        assert ([one.number for one in found], total) == ([3, 2, 1], 5)


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        (IncidentFilter(statuses=(IncidentStatus.WAITING, IncidentStatus.UNSOLVED)), [7, 6, 5, 2]),
        (IncidentFilter(severities=(Severity.CRITICAL,)), [7, 6]),
        (IncidentFilter(category="storage"), [7, 6]),
        (IncidentFilter(text="TANK"), [6]),
        (IncidentFilter(text="100%"), [7]),
        (IncidentFilter(text="%"), [7]),
        (IncidentFilter(text="_"), []),
        (IncidentFilter(problems_only=True, category="storage"), [6]),
        (IncidentFilter(severities=(Severity.INFO,)), []),
    ],
)
async def test_filters_of_incidents(wanted: IncidentFilter, numbers: list[int], store: Store) -> None:
    async with store.change() as unit:
        await put(unit)
        other = replace(
            records.incident(records.stored_alert(target=box()), id="i6", number=6),
            title="Pool tank is degraded",
            severity=Severity.CRITICAL,
            category="storage",
        )
        asked = replace(other, id="i7", number=7, title="Scrub is at 100%", is_request=True)
        await incidents.save_incidents(unit.connection, [other, asked])
        found, total = await incidents.incident_page(unit.connection, wanted, 10)
        assert [one.number for one in found] == numbers
        assert total == len(numbers)


async def test_queries_with_more_values_than_a_chunk(store: Store) -> None:
    async with store.change() as unit:
        connection = unit.connection
        await put(unit)
        ids = [f"x{number}" for number in range(CHUNK)] + ["i3", "i1"]
        assert {one.number for one in await incidents.incidents_by_id(connection, ids)} == {1, 3}
        assert await incidents.incidents_by_id(connection, []) == ()
        groups = [f"x{number}" for number in range(CHUNK * 2)] + ["odd", "even"]
        recent = await incidents.recent_in_groups(connection, groups, NOW + timedelta(days=1))
        assert [one.number for one in recent] == [5, 2, 1], "those that are open"
        assert await incidents.recent_in_groups(connection, ["none"], NOW) == []


async def test_incident_number_is_unique(store: Store) -> None:
    async def twice() -> None:
        async with store.change() as unit:
            await incidents.save_incident(unit.connection, records.incident(id="a"))
            await incidents.save_incident(unit.connection, records.incident(id="b"))

    with pytest.raises(IntegrityError):
        await twice()


async def test_alert_queries(store: Store) -> None:
    rows = [
        records.stored_alert("a", incident_id="i1", received_at=NOW + timedelta(seconds=2)),
        records.stored_alert("b", incident_id="i1", status=RESOLVED, received_at=NOW),
        records.stored_alert("c", incident_id="i2"),
        records.stored_alert("a", source="other"),
    ]
    async with store.change() as unit:
        connection = unit.connection
        await incidents.save_alerts(connection, [])
        await incidents.save_alerts(connection, rows)
        many = [f"x{number}" for number in range(CHUNK)] + ["a", "b"]
        found = await incidents.alerts_by_fingerprint(connection, "am", many)
        assert found == {"a": rows[0], "b": rows[1]}
        assert await incidents.alerts_by_fingerprint(connection, "am", []) == {}
        assert {one.fingerprint for one in await incidents.firing_of(connection, "am")} == {"a", "c"}
        assert await incidents.firing_of(connection, "none") == ()
        assert await incidents.alerts_of(connection, "i1") == (rows[1], rows[0])
        assert await incidents.alerts_of(connection, "i1", 1) == (rows[1],)
        assert await incidents.count_in(connection, "i1") == (2, 1)
        assert await incidents.count_in(connection, "none") == (0, 0)
        moved = replace(rows[0], incident_id="i2", status=RESOLVED)
        await incidents.save_alerts(connection, [moved])
        assert await incidents.count_in(connection, "i1") == (1, 0)
        assert await incidents.count_in(connection, "i2") == (2, 1)


async def test_incidents_of_groups_that_were_closed_lately(store: Store) -> None:
    async with store.change() as unit:
        connection = unit.connection
        closed = [
            replace(
                records.incident(id=f"i{number}", number=number, group_key="g", status=status),
                updated_at=NOW + number * SECOND,
            )
            for number, status in enumerate((IncidentStatus.RESOLVED, IncidentStatus.IGNORED) * 2, 1)
        ]
        await incidents.save_incidents(connection, closed)
        recent = await incidents.recent_in_groups(connection, ["g"], NOW + 2 * SECOND)
        assert [one.number for one in recent] == [4, 3, 2]


async def test_alert_counts_of_many_incidents(store: Store) -> None:
    firing, resolved = AlertStatus.FIRING, AlertStatus.RESOLVED
    result = {"i1": [firing, resolved, resolved], "i2": [resolved], f"i{CHUNK}": [firing, firing]}
    rows = [
        records.stored_alert(fingerprint=f"{key}-{number}", incident_id=key, status=status)
        for key, statuses in result.items()
        for number, status in enumerate(statuses)
    ]
    async with store.change() as unit:
        await incidents.save_alerts(unit.connection, rows)
        ids = [f"i{number}" for number in range(CHUNK + 1)]
        counted = await incidents.counts_in(unit.connection, ids)
        assert counted == {"i1": (3, 1), "i2": (1, 0), f"i{CHUNK}": (2, 2)}
        assert await incidents.counts_in(unit.connection, []) == {}
        assert await incidents.count_in(unit.connection, "i3") == (0, 0)


async def test_many_incidents_round_trip(store: Store) -> None:
    rows = [records.incident(id=f"i{number}", number=number) for number in range(1, CHUNK + 3)]
    async with store.change() as unit:
        await incidents.save_incidents(unit.connection, rows)
        changed = [replace(one, status=IncidentStatus.WAITING) for one in rows[:2]]
        await incidents.save_incidents(unit.connection, changed)
        await incidents.save_incidents(unit.connection, [])
        found = await incidents.incidents_by_id(unit.connection, [one.id for one in rows])
    assert sorted(found, key=lambda one: one.number) == [*changed, *rows[2:]]


@pytest.mark.parametrize("seed", range(5))
async def test_the_newest_closed_problems_with_when_they_were_changed(store: Store, seed: int) -> None:
    random = Random(seed)  # noqa: S311 - test data
    rows = [
        replace(
            records.incident(id=f"i{number}", number=number, status=random.choice(STATUSES)),
            updated_at=NOW + random.randrange(1000) * SECOND,
            is_request=random.random() < 1 / 3,
        )
        for number in random.sample(range(1000), 60)
    ]
    async with store.change() as unit:
        await incidents.save_incidents(unit.connection, rows)
    closed = [one for one in rows if one.status in incidents.CLOSED and not one.is_request]
    closed.sort(key=lambda one: one.number, reverse=True)
    assert closed
    async with store.read() as connection:
        for most in (0, 1, len(closed) - 1, len(closed), 500):
            found = await incidents.closed_problems(connection, most)
            assert [*found.items()] == [(one.id, one.updated_at) for one in closed[:most]]


async def test_the_digest_of_closed_problems_changes_with_each_of_them(store: Store) -> None:
    resolved, opened = (
        records.incident(id=f"i{number}", number=number, status=status, group_key=f"g{number}")
        for number, status in enumerate((IncidentStatus.RESOLVED, IncidentStatus.OPEN), 1)
    )
    found: list[tuple[object, ...]] = []
    for row in (
        resolved,
        replace(resolved, updated_at=resolved.updated_at + SECOND),
        opened,
        replace(opened, status=IncidentStatus.IGNORED),
        replace(resolved, updated_at=resolved.updated_at - SECOND),
        replace(resolved, is_request=True),
    ):
        async with store.change() as unit:
            await incidents.save_incident(unit.connection, row)
            found.append(await incidents.closed_digest(unit.connection, 500))
    assert found[2] == found[1], "an open problem is not closed"
    assert len(set(found)) == len(found) - 1


@pytest.mark.skipif(is_postgresql(), reason="the plan of SQLite")
@pytest.mark.parametrize("selected", [incidents.CLOSED_PROBLEMS, incidents.CLOSED_DIGEST])
async def test_which_problems_were_changed_is_read_from_an_index(store: Store, selected: Select[Any]) -> None:
    query = selected.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    statement = str(query).replace(":most", "500")
    async with store.read() as connection:
        rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}")
        plan = [row.detail for row in rows]
    assert "SEARCH incidents USING COVERING INDEX ix_incidents_is_request_number (is_request=?)" in plan
    assert not any("TEMP B-TREE" in one for one in plan)
