"""Refusals of every client are in the audit log of the running app, with who it was."""

import asyncio
import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest
from aiohttp import ClientSession

from demo.waiting import becomes
from e2e.rig import SPEAKER, E2eRig
from homelab_steward.contract.commands import ReportRefusal
from homelab_steward.contract.errors import ContractError
from homelab_steward.contract.state import FrontEnd, Speaker

QUICK = 60.0
MALLORY = Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id="mallory")


async def test_refusals_are_audited(rig: E2eRig) -> None:
    await rig.lab.start_story(climb_seconds=0.3)
    request = await rig.asked()
    card = await rig.card(request)
    report = ReportRefusal(
        approval_id=request.id, speaker=MALLORY, press="1", reason="foreign", at=datetime.now(UTC)
    )
    await rig.front_end.report_refusal(report)
    with pytest.raises(ContractError):
        await rig.front_end.approve(request, 1, MALLORY)
    forum = rig.lab.telegram.forum
    await forum.wait_for_answer(forum.press(card.message_id, "1 ", "stranger"))
    await forum.wait_for_answer(forum.forge_press(card.message_id, "forged", "stranger"))
    async with ClientSession() as session, session.get(f"{rig.steward.url}/metrics") as response:
        assert response.status == 401

    async def are_audited() -> bool:
        return {"http.refused", "press.refused"} <= {event for event, _ in await refusals(rig)}

    await becomes(are_audited, QUICK, "entries of all refusals")
    found = await refusals(rig)
    stranger = str(forum.users["stranger"].id)
    who = {
        (event, str(body.get("user") or body.get("telegram_user_id") or body.get("address")))
        for event, body in found
    }
    assert who == {
        ("press.refused", "mallory"),
        ("approval.refused", "mallory"),
        ("approval.refused", stranger),
        ("telegram.press_forged", stranger),
        ("http.refused", "127.0.0.1"),
    }
    assert not rig.lab.world.effects
    await rig.front_end.approve(request, 1, SPEAKER)


def source(body: dict[str, object]) -> str:
    return next(str(body[key]) for key in ("user", "telegram_user_id", "address") if key in body)


async def refusals(rig: E2eRig) -> list[tuple[str, dict[str, object]]]:
    return await asyncio.to_thread(_refusals, rig)


def _refusals(rig: E2eRig) -> list[tuple[str, dict[str, object]]]:
    """Return (event, body) of the refusals in the audit log."""
    path = rig.steward.data_dir / "steward.db"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        rows = connection.execute("SELECT event, body FROM audit ORDER BY position").fetchall()
    wanted = ("refused", "press_forged", "press_foreign")
    return [(event, json.loads(body)) for event, body in rows if event.endswith(wanted)]
