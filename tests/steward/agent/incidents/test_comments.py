"""Comments of people on incidents: who may write them, and what is kept."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from homelab_steward.contract.commands import AddComment
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.state import FrontEnd
from rig import records
from rig.agent_rig import opened_store
from rig.inventory import NOW, ToyPeople, speaker
from steward.agent.incidents.comments import LONGEST, MOST, Comments
from steward.clock import ManualClock
from steward.store import incidents
from steward.store.store import Store


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with opened_store(tmp_path) as store:
        async with store.change() as unit:
            await incidents.save_incident(unit.connection, records.incident(records.stored_alert()))
        yield store


def said(text: str, user: str = "2", front_end: FrontEnd = FrontEnd.TELEGRAM) -> AddComment:
    return AddComment(incident_id="incident", speaker=speaker(user, front_end), text=text)


async def test_a_comment_is_stored_published_and_audited(store: Store) -> None:
    comments = Comments(store, ToyPeople(), ManualClock(NOW))
    with store.changes.watch(RowKind.INCIDENT) as watch:
        answer = await comments.add(said("  The disk is\nfrom 2019.\u202e "))
        event: Any = await watch.next()
    async with store.read() as connection:
        stored = await incidents.incident(connection, "incident")
        rows = (await connection.exec_driver_sql("SELECT event, body FROM audit")).all()
    assert answer == stored == event.incident
    (comment,) = answer.comments
    assert (comment.person_name, comment.text) == ("Max", "The disk is\nfrom 2019.")
    assert (comment.via, comment.at) == (FrontEnd.TELEGRAM, NOW)
    assert [row.event for row in rows] == ["incident.commented"]
    assert "2019" not in str(rows[0].body), "the audit log says that there is a comment, not what it is"


async def test_long_comments_are_cut_and_old_ones_dropped(store: Store) -> None:
    comments = Comments(store, ToyPeople(), ManualClock(NOW))
    answers = [await comments.add(said(f"{number} " + "x" * 2 * LONGEST, "3")) for number in range(MOST + 2)]
    answer = answers[-1]
    assert [one.text.split(" ")[0] for one in answer.comments] == [str(n) for n in range(2, MOST + 2)]
    assert all(len(one.text) <= LONGEST for one in answer.comments)


@pytest.mark.parametrize(
    ("request_", "code", "event"),
    [
        (said("x", "99"), ErrorCode.FORBIDDEN, ["incident.comment_refused"]),
        (said("x", "1", FrontEnd.MCP), ErrorCode.FORBIDDEN, ["incident.comment_refused"]),
        (said(" \u200b\n"), ErrorCode.INVALID_ARGUMENT, []),
        (AddComment(incident_id="none", speaker=speaker(), text="x"), ErrorCode.NOT_FOUND, []),
    ],
)
async def test_what_is_refused(store: Store, request_: AddComment, code: ErrorCode, event: list[str]) -> None:
    with pytest.raises(ContractError) as caught:
        await Comments(store, ToyPeople(), ManualClock(NOW)).add(request_)
    assert caught.value.code is code
    async with store.read() as connection:
        found = [row.event for row in await connection.exec_driver_sql("SELECT event FROM audit")]
    assert found == event


async def test_a_comment_that_is_sent_again_is_stored_once(store: Store) -> None:
    """After a crash between the commit and its confirmation the front end sends it again."""
    comments, sent = Comments(store, ToyPeople(), ManualClock(NOW)), replace(said("Seen"), key="-100:7")
    first = await comments.add(sent)
    sequence = store.changes.sequence
    assert await comments.add(sent) == first
    assert store.changes.sequence == sequence
    for other in (replace(sent, key="-100:8"), said("Seen"), said("Seen"), said("Seen", "1", FrontEnd.PANEL)):
        first = await comments.add(other)
    assert len(first.comments) == 5
    other_front_end = replace(sent, speaker=speaker("1", FrontEnd.PANEL))
    assert len((await comments.add(other_front_end)).comments) == 6
