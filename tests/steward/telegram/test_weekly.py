"""The weekly report is sent once to its topic, and answers the command in the language of the person."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import IncidentStatus, Severity
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.reports import ReportedIncident, WeekFigures
from lab.telegram import Message
from steward.store import reports

from ..trends.test_charts import pixels
from .rig import TelegramRig, open_front_end, open_rig
from .samples import NOON, weekly_report
from .test_commands import processed
from .test_pins import reply


async def stored(rig: TelegramRig) -> None:
    async with rig.database.write() as connection:
        await reports.add(connection, rig.steward.report, 10)


async def published(rig: TelegramRig) -> None:
    await stored(rig)
    rig.changes.publish(RowKind.REPORT, rig.steward.report.id, rig.steward.report)


async def sent(rig: TelegramRig, count: int) -> list[Message]:
    await rig.forum.wait_for(
        lambda: (
            "Weekly Reports" in [one.name for one in rig.forum.topics]
            and len(rig.forum.in_topic("Weekly Reports")) == count
        )
    )
    return rig.forum.in_topic("Weekly Reports")


async def test_report_is_sent_once_with_its_picture(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        async with open_front_end(rig):
            await published(rig)
            text, picture = await sent(rig, 2)
            rig.changes.publish(RowKind.REPORT, rig.steward.report.id, rig.steward.report)
            assert "Memory of radarr at 95 %" in text.text
            assert picture.file is not None
            assert (picture.file.kind, picture.text) == ("photo", "🟦 Opened  🟧 Resolved")
            assert picture.reply_to == text.message_id
            assert pixels(picture.file.content)
        async with open_front_end(rig):
            rig.forum.send_text("owner", "/help")
            await reply(rig, "/weekly", "General")
            await sent(rig, 2)


async def test_report_that_was_made_before_a_crash_is_sent_at_the_start(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        await stored(rig)
        async with open_front_end(rig):
            await sent(rig, 2)


async def test_old_report_is_not_sent_at_the_start(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        rig.steward.report = weekly_report(made_at=NOON - timedelta(days=2))
        await stored(rig)
        async with open_front_end(rig):
            rig.forum.send_text("owner", "/help")
            await reply(rig, "/weekly", "General")
            await sent(rig, 0)


async def test_nothing_to_say_is_one_line(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        rig.steward.report = weekly_report(week=WeekFigures(), days=(), incidents=())
        await published(rig)
        (text,) = await sent(rig, 1)
        assert len(text.text.splitlines()) == 2


async def test_long_report_is_a_file_too(tmp_path: Path) -> None:
    one = ReportedIncident(
        id="i",
        number=1,
        title="<b>" + "x" * 250,
        severity=Severity.INFO,
        status=IncidentStatus.OPEN,
        opened_at=NOON,
    )
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        many = tuple(replace(one, number=number) for number in range(20))
        rig.steward.report = weekly_report(incidents=many)
        await published(rig)
        text, file, _ = await sent(rig, 3)
        assert text.text.endswith("more lines: the file has all of it")
        assert file.file is not None
        assert file.file.name == "weekly-2026-11-21.md"
        assert file.file.content.decode().startswith("# ")


async def test_weekly_is_answered_in_the_language_of_the_person(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        rig.people[1002] = replace(rig.people[1002], language="de")
        said = rig.forum.send_text("family", "Wochenbericht")
        await rig.forum.wait_for(lambda: len(rig.forum.in_topic("General")) == 3)
        assert rig.forum.messages[-1].text == "🟦 Neu  🟧 Gelöst"
        assert [one.language for one in rig.steward.reports] == ["de"]
        rig.forum.deliver_again(said)
        await processed(rig)
        assert len(rig.forum.messages) == 3


@pytest.mark.parametrize("code", [ErrorCode.INTERNAL, ErrorCode.NOT_FOUND])
async def test_failed_report_is_answered(tmp_path: Path, code: ErrorCode) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        rig.steward.failure = ContractError(code, "There is none.")
        rig.forum.send_text("owner", "/weekly")
        text = "cannot process this now" if code is ErrorCode.INTERNAL else "There is none. Nothing was done."
        await reply(rig, text, "General")
