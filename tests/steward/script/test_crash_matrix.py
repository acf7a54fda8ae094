"""The crash matrix: what it finds in code, what it holds to be wrong, and what a power cut takes."""

import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crash.disk import DATABASES, Disk, cut_power, loses_something, restored_world, use_image
from crash.oracle import Record, judge
from crash.points import Points, hooked
from crash.scan import Place, places, wrong
from crash.world import MORE_MEMORY, Box, World
from homelab_steward.contract.incidents import JournalStep, Run, RunStatus, StepState
from rig.inventory import NOW, box
from steward.store.runs import Entry

SOURCE = """
class Store:
    async def keep(self):
        async with self._store.change(
            durable=True
        ) as unit:
            await ready.action.execute(1)

async def send(session):
    async with session.get("url"), self._session().request("PUT") as answer:
        write_whole(path, text)
    self.changes.write(1)
"""


def test_transactions_actions_sends_and_files_are_found(tmp_path: Path) -> None:
    (tmp_path / "store.py").write_text(SOURCE, encoding="utf-8")
    assert [(one.name, one.kind, one.first, one.last) for one in places(tmp_path)] == [
        ("store.py: Store.keep", "action", 7, 7),
        ("store.py: Store.keep", "transaction", 4, 6),
        ("store.py: send", "file", 11, 11),
        ("store.py: send", "send", 10, 10),
        ("store.py: send", "send", 10, 10),
    ]


PLACE = Place(file="a.py", function="A.b", kind="send", first=3, last=4)


@pytest.mark.parametrize(
    ("visited", "excused", "found"),
    [
        ({"a.py:4"}, {}, []),
        ({"a.py:5", "b.py:3"}, {}, ["no scenario visits a.py: A.b (send, line 3)"]),
        ((), {"a.py": "why"}, []),
        ({"a.py:3"}, {"a.py": "why"}, ["the excuse of a.py is not needed"]),
    ],
)
def test_a_place_is_visited_or_excused(visited: Any, excused: dict[str, str], found: list[str]) -> None:
    assert list(wrong([PLACE], visited, excused)) == found
    in_a_sample = [one for one in found if "not needed" not in one]
    assert list(wrong([PLACE], visited, excused, is_whole=False)) == in_a_sample


STEP = JournalStep(
    index=0, action="toy.set_memory", target=box(), title="", state=StepState.VERIFIED, changed_at=NOW
)
RUN = Run(
    id="run",
    incident_id="incident",
    approval_id="run",
    option=1,
    label="",
    plan_hash="",
    status=RunStatus.SUCCEEDED,
    steps=(STEP,),
    started_at=NOW,
)


def record(
    status: RunStatus = RunStatus.SUCCEEDED, state: StepState = StepState.VERIFIED, **changes: Any
) -> Record:
    entry = Entry(position=0, state=state, changed_at=NOW, baseline={}, detail="")
    values: dict[str, Any] = {
        "requests": (),
        "runs": {"run": (replace(RUN, status=status), (entry,))},
        "incidents": (),
        "leases": (),
        "broken_at": None,
        "is_settled": True,
        "is_paused": False,
    }
    return Record(**(values | changes))


def world(times: int = 1, **changes: Any) -> World:
    done = Counter({f"memory {MORE_MEMORY}": times} if times else {})
    return World(boxes={"radarr": Box(memory=MORE_MEMORY, effects=done)}, **changes)


@pytest.mark.parametrize(
    ("said", "there", "kinds"),
    [
        (record(), world(), []),
        (record(), world(2), ["doubled"]),
        (record(), world(0), ["false"]),
        (record(RunStatus.FAILED, StepState.FAILED), world(), ["false"]),
        (record(RunStatus.UNKNOWN, StepState.EFFECT_UNKNOWN), world(), []),
        (record(RunStatus.UNKNOWN, StepState.EFFECT_UNKNOWN), world(0), []),
        (record(RunStatus.UNDONE, StepState.UNDONE), world(), ["false"]),
        (record(is_settled=False), world(), ["lost"]),
        (record(leases=("radarr",)), world(), ["other"]),
        (record(broken_at=3), world(), ["other"]),
        (record(), world(answers={"request": "approved"}), ["false"]),
        (record(), world(taken={"alert radarr"}), ["lost"]),
        (record(), world(paused_after=1), ["false"]),
        (record(), world(pushed={"incident i": {"run_id": "run", "run": "failed"}}), ["false"]),
    ],
)
def test_what_is_doubled_lost_or_false(said: Record, there: World, kinds: Sequence[str]) -> None:
    found = judge(said, there, 0)
    every = {"doubled": found.doubled, "lost": found.lost, "false": found.false, "other": found.other}
    assert [kind for kind, texts in every.items() if texts] == list(kinds)


def test_an_incident_more_is_doubled_and_one_less_is_lost() -> None:
    assert judge(record(), world(), 1).lost == ["0 incidents instead of 1"]
    one: Any = type("Incident", (), {"alerts": ()})()
    assert judge(record(incidents=(one,)), world(), 0).doubled == ["1 incidents instead of 0"]


def rows(folder: Path) -> list[int]:
    with closing(sqlite3.connect(folder / DATABASES[0])) as connection:
        return [number for (number,) in connection.execute("SELECT number FROM numbers ORDER BY number")]


def test_an_image_has_what_was_committed_and_a_power_cut_takes_what_was_not_synced(tmp_path: Path) -> None:
    folder, images = tmp_path / "app", tmp_path / "images"
    folder.mkdir()
    points = Points(Disk(folder, {"here": True}), images=images, armed=True)
    with hooked(points), closing(sqlite3.connect(folder / DATABASES[0])) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE numbers (number INTEGER)")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for number, level in enumerate(("FULL", "NORMAL")):
            connection.execute(f"PRAGMA synchronous={level}")
            connection.execute("INSERT INTO numbers VALUES (?)", (number,))
            connection.commit()
    assert points.passed == ["before steward numbers", "after steward numbers"] * 2
    found = []
    for number in range(4):
        for is_cut in (False, True):
            use_image(images / str(number), copy := tmp_path / f"{number} {is_cut}")
            if is_cut:
                assert (cut_power(copy) > 0) is (number == 3)
            found.append(rows(copy))
    assert [loses_something(images / str(number)) for number in range(4)] == [False, False, False, True]
    assert found == [[], [], [0], [0], [0], [0], [0, 1], [0]]
    assert restored_world(tmp_path / "0 True") == {"here": True}
    assert restored_world(folder) is None
