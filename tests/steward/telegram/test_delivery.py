"""Delivery under faults, rate limits, crashes and alert storms loses no message."""

import asyncio
import logging
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, update

from homelab_steward.contract.incidents import ApprovalStatus, IncidentStatus, Severity
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.state import FrontEndState
from lab.changes import Changes as LabChanges
from lab.faults import FaultKind
from lab.telegram.updates import Webhook
from rig.clocks import HANGING
from steward.telegram import tables
from steward.telegram.chat import Chat
from steward.telegram.current_chat import CurrentChat
from steward.telegram.message_forms import Rendering
from steward.telegram.send_queue import OutgoingMessage
from steward.telegram.settings import Limits, TelegramSettings

from .rig import FAST, KEY, TelegramRig, open_front_end, open_rig
from .samples import diagnosis, incident, request

SLOW = 4.0
"""A speed at which a minute of the limits is longer than a busy machine needs for what comes before."""


async def ready(rig: TelegramRig) -> None:
    await rig.forum.wait_for(lambda: len(rig.forum.topics) == 7)


async def test_429_pauses_the_sender_but_not_presses(tmp_path: Path) -> None:
    async with open_rig(tmp_path, speed=10) as rig, open_front_end(rig):
        await rig.ask("a1")
        card = await rig.card()
        rig.fault(FaultKind.STATUS, "/sendMessage", times=1, status=429, retry_after=7)
        began = rig.clock.monotonic()
        rig.clock.run_at(0)
        await rig.ask("a2")
        await rig.forum.wait_for(lambda: any(one.status == 429 for one in rig.telegram.requests))
        answer = await rig.forum.wait_for_answer(rig.forum.press(card.message_id, "1"))
        assert answer.text.endswith("working…")
        rig.clock.run_at(10)
        await rig.card(number=1)
        assert rig.clock.monotonic() - began >= 7


@pytest.mark.parametrize("kind", [FaultKind.RESET, FaultKind.STATUS, FaultKind.HTML, FaultKind.GARBAGE])
async def test_broken_answers_are_retried(tmp_path: Path, kind: FaultKind) -> None:
    async with open_rig(tmp_path, speed=20) as rig, open_front_end(rig) as made:
        await ready(rig)
        rig.fault(kind, "/sendMessage", times=3)
        await rig.ask()
        await rig.card()
        await _until(lambda: made.status.state is FrontEndState.OK)
        await _until_recorded(rig)
        assert len(rig.forum.messages) == 1


async def test_network_failure_sets_status_and_loses_nothing(tmp_path: Path) -> None:
    async with open_rig(tmp_path, speed=20) as rig, open_front_end(rig) as made:
        await ready(rig)
        rig.fault(FaultKind.REFUSED)
        for number in range(5):
            await rig.ask(f"a{number}")
        await _until(lambda: made.status.state is FrontEndState.DOWN)
        assert made.status.reason.startswith("Telegram cannot be reached")
        rig.telegram.faults.clear("telegram")
        await rig.card(number=4)
        await _until(lambda: made.status.state is FrontEndState.OK)
        assert len(rig.forum.messages) == 5


async def test_changes_of_an_hour_without_network_are_one_message_each(tmp_path: Path) -> None:
    async with open_rig(tmp_path, speed=5_000) as rig, open_front_end(rig) as made:
        await ready(rig)
        rig.fault(FaultKind.REFUSED)
        asked = [await rig.ask(f"a{number}") for number in range(5)]
        for number in range(40):
            for one in asked:
                rig.publish(incident(one, diagnosis=diagnosis(f"finding {number} of {one.id}")))
        await _until_text(rig, "finding 39 of a4")
        while rig.clock.monotonic() < 3_600:  # noqa: ASYNC110 - the clock has no event
            await asyncio.sleep(0.01)
        async with rig.database.read() as connection:
            assert len((await connection.execute(select(tables.outbox.c.id))).all()) == 5
        rig.telegram.faults.clear("telegram")
        await rig.card(number=4)
        await _until(lambda: made.status.state is FrontEndState.OK)
        await _until_recorded(rig)
        texts = [one.text for one in rig.forum.messages]
        assert [f"finding 39 of a{number}" in "".join(texts) for number in range(5)] == [True] * 5
        assert len(texts) == 5
        assert sum(one.edits for one in rig.forum.messages) <= len(asked), "at most for what came after"


async def test_starts_without_network(tmp_path: Path) -> None:
    async with open_rig(tmp_path, speed=20) as rig:
        rig.fault(FaultKind.REFUSED)
        async with open_front_end(rig) as made:
            assert made.status.state is FrontEndState.DOWN
            await rig.ask()
            await rig.clock.sleep(2)
            rig.telegram.faults.clear("telegram")
            # While its topic cannot be created, a card goes to another one.
            await rig.forum.wait_for(lambda: [one for one in rig.forum.messages if one.buttons])
            await _until(lambda: made.status.state is FrontEndState.OK)


async def test_wrong_token_sets_status_and_is_never_shown(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    async with open_rig(tmp_path, speed=20) as rig:
        secret = "AAE-this-is-the-secret-half"
        async with open_front_end(rig, token=f"12345:{secret}") as made:
            await rig.ask()
            await _until(lambda: "rejects the bot token" in made.status.reason)
            assert made.status.state is FrontEndState.DOWN
            rig.fault(FaultKind.REFUSED)
            await rig.clock.sleep(20)
        assert 300.0 in rig.clock.slept
        assert secret not in caplog.text
        assert secret not in capsys.readouterr().out
        assert secret not in repr(made.status)


async def test_token_is_not_in_any_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="httpx")
    # A library that configures logging in an earlier test may have turned this logger off.
    monkeypatch.setattr(logging.getLogger("httpx"), "disabled", False)
    monkeypatch.setattr(logging.getLogger("httpx"), "propagate", True)
    async with open_rig(tmp_path) as rig:
        async with open_front_end(rig):
            await rig.ask()
            await rig.card()
            logging.getLogger("httpx").warning("odd answer of %s", f"/bot{rig.telegram.token}/getMe")
        secret = rig.telegram.token.partition(":")[2]
        assert "odd answer of /bot7000000001:[redacted]/getMe" in caplog.text
        assert secret not in caplog.text
        logging.getLogger("httpx").warning("after %s", secret)
        assert f"after {secret}" in caplog.text, "closing the front end removes the filter"


async def test_second_consumer_sets_status_and_cards_are_sent(tmp_path: Path) -> None:
    async with open_rig(tmp_path, speed=10) as rig, open_front_end(rig) as made:
        await ready(rig)
        other = asyncio.create_task(rig.telegram.updates.poll(0, 100, 30))
        await _until(lambda: made.status.state is FrontEndState.DEGRADED)
        assert "Another program reads the updates of this bot" in made.status.reason
        await rig.ask()
        card = await rig.card()
        await asyncio.gather(other, return_exceptions=True)
        await rig.forum.wait_for_answer(rig.forum.press(card.message_id, "1"))
        await _until(lambda: made.status.state is FrontEndState.OK)


async def test_foreign_webhook_sets_status(tmp_path: Path) -> None:
    async with open_rig(tmp_path, speed=10) as rig, open_front_end(rig) as made:
        await _until(lambda: made.status.state is FrontEndState.OK)
        rig.fault(FaultKind.RESET, "/getUpdates", times=1)
        rig.telegram.updates.set_webhook(Webhook(url="http://127.0.0.1:9/other"))
        rig.telegram.updates._poll += 1
        rig.telegram.updates._changes.notify()
        await _until(lambda: "has set a webhook" in made.status.reason)
        assert made.status.state is FrontEndState.DEGRADED


async def test_bot_removed_from_the_chat_sets_status(tmp_path: Path) -> None:
    async with open_rig(tmp_path, speed=20) as rig, open_front_end(rig) as made:
        await ready(rig)
        rig.forum.is_member = False
        await rig.ask()
        await _until(lambda: "bot was kicked" in made.status.reason)
        assert made.status.state is FrontEndState.DOWN
        rig.forum.is_member = True
        await rig.card()


async def test_deleted_topic_is_created_again_once(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        await ready(rig)
        await rig.ask("a1")
        await rig.card()
        before = rig.forum.topic("Media").thread_id
        rig.forum.drop_topic("Media")
        await rig.ask("a2")
        card = await rig.card()
        assert card.thread_id != before
        await rig.ask("a3")
        await rig.card(number=1)
        assert [one.name for one in rig.forum.topics].count("Media") == 1


async def test_created_again_topic_is_stored(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        async with open_front_end(rig):
            await ready(rig)
        rig.forum.drop_topic("Media")
        for name in ("a1", "a2"):
            async with open_front_end(rig):
                await rig.ask(name)
                await rig.card(number=0 if name == "a1" else 1)
        assert [one.name for one in rig.forum.topics].count("Media") == 1


async def test_card_is_sent_when_the_topic_is_deleted_each_time(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig) as made:
        await ready(rig)
        make = rig.forum.make_topic

        def make_and_delete(name: str, *more: object) -> object:
            topic = make(name, *more)  # type: ignore[arg-type]
            rig.forum.drop_topic(name)
            return topic

        rig.forum.make_topic = make_and_delete  # type: ignore[assignment,method-assign]
        rig.forum.drop_topic("Media")
        await rig.ask()
        await rig.card("General")
        assert made.status.state is FrontEndState.DEGRADED


async def test_closed_topic_sends_to_the_chat_and_sets_status(tmp_path: Path) -> None:
    async with open_rig(tmp_path, speed=1000) as rig, open_front_end(rig) as made:
        await ready(rig)
        rig.forum.put_topic(replace(rig.forum.topic("Media"), is_closed=True))
        rig.forum.can_manage_topics = False
        await rig.ask()
        await rig.card("General")
        assert made.status.state is FrontEndState.DEGRADED
        assert "TOPIC_CLOSED" in made.status.reason.upper()
        rig.forum.put_topic(replace(rig.forum.topic("Media"), is_closed=False))
        await rig.clock.sleep(601)
        await rig.ask("a2")
        await rig.card("Media")
        await _until(lambda: made.status.state is FrontEndState.OK)


async def test_429_of_the_poll_pauses_polling(tmp_path: Path) -> None:
    async with open_rig(tmp_path, speed=20) as rig:
        rig.fault(FaultKind.STATUS, "/getUpdates", times=1, status=429, retry_after=11)
        async with open_front_end(rig):
            await rig.ask()
            card = await rig.card()
            await rig.forum.wait_for_answer(rig.forum.press(card.message_id, "1"))
            assert 11.0 in rig.clock.slept


async def test_missing_right_to_create_topics_sends_to_the_chat_and_sets_status(tmp_path: Path) -> None:
    async with open_rig(tmp_path, speed=1000) as rig:
        rig.forum.can_manage_topics = False
        async with open_front_end(rig) as made:
            await rig.ask(severity=Severity.CRITICAL)
            card = await rig.card("General")
            assert len(card.buttons) == 5
            assert made.status.state is FrontEndState.DEGRADED
            assert "Not enough rights" in made.status.reason
            assert rig.forum.topics == []
            await rig.forum.wait_for_answer(rig.forum.press(card.message_id, "Ignore"))
            rig.forum.can_manage_topics = True
            await ready(rig)
            await _until(lambda: made.status.state is FrontEndState.OK)


async def test_crash_before_the_send_loses_nothing(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        rig.fault(FaultKind.HANG, "/sendMessage")
        async with open_front_end(rig):
            await rig.ask()
            await _until_rows(rig, lambda count: count == 1)
        rig.telegram.faults.clear("telegram")
        async with open_front_end(rig):
            await rig.card()


async def test_lost_answer_sends_no_second_card(tmp_path: Path) -> None:
    async with open_rig(tmp_path, speed=20) as rig, open_front_end(rig) as made:
        await ready(rig)
        rig.fault(FaultKind.ANSWER_LOST, "/sendMessage", times=1)
        await rig.ask()
        await _until(lambda: made.status.state is FrontEndState.DEGRADED)
        await _until_recorded(rig)
        assert [len(one.buttons) for one in rig.forum.messages] == [5]


async def test_unchanged_message_is_no_failure(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig) as made:
        await rig.ask()
        await rig.card()
        await _until_recorded(rig)
        async with rig.database.write() as connection:
            await connection.execute(update(tables.outbox).values(waiting=True, version=7))
        await rig.ask("a2")
        await rig.card(number=1)
        await _until_recorded(rig)
        assert made.status.state is FrontEndState.OK
        assert all(one.edits == 0 for one in rig.forum.messages)


async def test_deleted_message_is_marked_as_failed(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig) as made:
        asked = await rig.ask()
        card = await rig.card()
        await _until_recorded(rig)
        rig.forum.delete(card.message_id)
        await rig.end(asked, ApprovalStatus.SUPERSEDED)
        await rig.ask("a2")
        await rig.card()
        await _until_recorded(rig)
        assert made.status.state is FrontEndState.OK
        async with rig.database.read() as connection:
            failure = await connection.scalar(
                select(tables.outbox.c.failure).where(tables.outbox.c.approval_id == "a1")
            )
        assert failure is not None
        assert "Message to edit not found" in failure


async def test_several_changes_result_in_one_edit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig) as made:
        asked = await rig.ask()
        card = await rig.card()
        await rig.forum.wait_for_answer(rig.forum.press(card.message_id, "1"))
        before = (await rig.text(card, "Working…")).edits
        await _until_recorded(rig)
        edit, proceed = made._chat.edit, asyncio.Event()

        async def wait_and_edit(message_id: int, message: Rendering) -> None:
            await proceed.wait()
            await edit(message_id, message)

        monkeypatch.setattr(made._chat, "edit", wait_and_edit)
        for number in range(20):
            rig.publish(incident(asked, resolution=f"try {number}", status=IncidentStatus.UNSOLVED))
            await _until_text(rig, f"try {number}\n")
        proceed.set()
        card = await rig.text(card, "try 19\n")
        assert card.edits <= before + 2, "the edit that was waiting, and the latest text"


async def test_cards_above_the_limit_are_held_and_counted(tmp_path: Path) -> None:
    limits = replace(FAST, cards_per_minute=4)
    async with open_rig(tmp_path, speed=20) as rig, open_front_end(rig, limits=limits):
        await ready(rig)
        rig.clock.run_at(SLOW)
        for number in range(12):
            await rig.ask(f"a{number:02}")
        await rig.forum.wait_for(lambda: _digest(rig) == "8 more incidents are waiting. Open Home Assistant.")
        assert _cards(rig) == 4
        await rig.ask("critical", severity=Severity.CRITICAL)
        await rig.card("Critical Alerts")
        first = next(one for one in rig.forum.in_topic("Media") if "more incidents" in one.text)
        rig.clock.run_at(20)
        await rig.forum.wait_for(lambda: _cards(rig) == 8)
        await rig.forum.wait_for(lambda: _cards(rig) == 12)
        await rig.forum.wait_for(
            lambda: rig.forum.message(first.message_id).text.startswith("No more incidents")
        )
        assert len(rig.forum.in_topic("Media")) == 13, "one summary, edited in place"


async def test_held_cards_of_closed_requests_are_not_sent(tmp_path: Path) -> None:
    limits = replace(FAST, cards_per_minute=2)
    async with open_rig(tmp_path, speed=50) as rig, open_front_end(rig, limits=limits):
        await ready(rig)
        rig.clock.run_at(SLOW)
        asked = [await rig.ask(f"a{number}") for number in range(6)]
        await rig.forum.wait_for(lambda: _digest(rig) == "4 more incidents are waiting. Open Home Assistant.")
        for one in asked[2:]:
            await rig.end(one, ApprovalStatus.SUPERSEDED)
        await rig.forum.wait_for(lambda: (_digest(rig) or "").startswith("No more"))
        rig.clock.run_at(50)
        await rig.clock.sleep(130)
        assert _cards(rig) == 2


async def test_held_cards_survive_a_restart(tmp_path: Path) -> None:
    limits = replace(FAST, cards_per_minute=2)
    async with open_rig(tmp_path, speed=20) as rig:
        async with open_front_end(rig, limits=limits):
            await ready(rig)
            rig.clock.run_at(SLOW)
            for number in range(5):
                await rig.ask(f"a{number}")
            await rig.forum.wait_for(
                lambda: _digest(rig) == "3 more incidents are waiting. Open Home Assistant."
            )
        rig.clock.run_at(20)
        async with open_front_end(rig, limits=limits):
            await rig.forum.wait_for(lambda: _cards(rig) == 5)
            await rig.forum.wait_for(lambda: (_digest(rig) or "").startswith("No more"))
        assert len(rig.forum.in_topic("Media")) == 6


async def test_sending_stays_within_limits_and_urgent_cards_are_first(tmp_path: Path) -> None:
    limits = Limits(per_second=1.0, burst=5, per_minute=20, reserved=3, cards_per_minute=100)
    async with open_rig(tmp_path, speed=20) as rig, open_front_end(rig, limits=limits):
        await ready(rig)
        for number in range(40):
            await rig.ask(f"a{number}")
        await rig.ask("critical", severity=Severity.CRITICAL)
        critical = await rig.card("Critical Alerts")
        await rig.forum.wait_for(lambda: len(rig.forum.messages) == 41)
        order = [one.message_id for one in rig.forum.messages]
        assert order.index(critical.message_id) < 40, "it was stored last and sent earlier"
        pairs = zip(rig.sent_at, rig.sent_at[20:], strict=False)
        # What the machine delays the first of two by is missing between them: 250 ms are five seconds.
        assert all(later - one >= 55 for one, later in pairs), "20 in any minute"


async def test_waiting_resolved_lines_are_sent_as_one_message(tmp_path: Path) -> None:
    limits = Limits(per_second=1_000.0, burst=1_000, per_minute=13, reserved=3, cards_per_minute=100)
    async with open_rig(tmp_path, speed=20) as rig, open_front_end(rig, limits=limits):
        await ready(rig)
        asked = [await rig.ask(f"a{number}") for number in range(10)]
        await rig.card(number=9)
        rig.clock.run_at(0)
        for one in asked:
            await rig.end(one, ApprovalStatus.SUPERSEDED)
            rig.publish(incident(one, status=IncidentStatus.RESOLVED, resolution=f"done {one.id}"))
        await _until_text(rig, "done a9")
        rig.clock.run_at(20)
        line = await rig.forum.wait_for(lambda: rig.forum.in_topic("Resolved"))
        assert len(line) == 1
        assert [text.split()[-1] for text in line[0].text.splitlines()] == [one.id for one in asked]


async def test_card_is_written_when_the_store_recovers(tmp_path: Path) -> None:
    async with open_rig(tmp_path, speed=20) as rig, open_front_end(rig):
        await ready(rig)
        await rig.store(asked := request())
        rig.incidents[asked.incident_id] = incident(asked)
        rig.is_store_down = True
        rig.changes.publish(RowKind.APPROVAL, asked.id, asked)
        await rig.clock.sleep(5)
        assert rig.forum.messages == []
        rig.is_store_down = False
        await rig.card()


async def test_failed_task_sets_status_and_is_restarted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_rig(tmp_path, speed=5) as rig, open_front_end(rig) as made:
        await ready(rig)
        look = made._outbox.first_of_lanes
        failures = iter([ZeroDivisionError("a defect")])

        async def fail_once(postponed: Collection[int]) -> tuple[OutgoingMessage, ...]:
            for failure in failures:
                raise failure
            return await look(postponed)

        monkeypatch.setattr(made._outbox, "first_of_lanes", fail_once)
        await rig.ask()
        await _until(lambda: made.status.state is FrontEndState.DEGRADED)
        assert made.status.reason == "Internal error: ZeroDivisionError"
        await rig.card()
        await _until(lambda: made.status.state is FrontEndState.OK)


async def test_private_chat_works_without_topics(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        rig.forum.send_private("owner", "/start")
        async with open_front_end(rig, chat_id=1001) as made:
            await rig.ask(category="media")
            card = await rig.forum.wait_for(
                lambda: next((one for one in rig.forum.messages if one.buttons), None)
            )
            assert card is not None
            assert card.chat_id == 1001
            assert made.status.state is FrontEndState.DEGRADED
            await rig.forum.wait_for_answer(rig.forum.press(card.message_id, "1"))
        assert rig.effects == ["a1 approve 1"]


async def test_constructor_and_close_do_no_io(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        settings = TelegramSettings(token="1:x", chat_id=-1, signing_key=KEY, api_base=rig.telegram.url)
        await Chat(settings, CurrentChat(rig.database, -1)).close()
        async with open_front_end(rig):
            pass
        assert "1:x" not in repr(settings)


def _digest(rig: TelegramRig) -> str | None:
    found = [one.text for one in rig.forum.in_topic("Media") if "more incidents" in one.text]
    found += [one.text for one in rig.forum.in_topic("Media") if one.text.startswith("No more")]
    return found[0] if found else None


def _cards(rig: TelegramRig) -> int:
    return sum(1 for one in rig.forum.in_topic("Media") if "Runbook" in one.text)


async def _until(condition: Callable[[], object]) -> None:
    await LabChanges().wait_for(condition)


async def _until_recorded(rig: TelegramRig) -> None:
    """Wait until the outbox has no waiting rows."""
    await _until_rows(rig, lambda count: count == 0)


async def _until_rows(rig: TelegramRig, is_enough: Callable[[int], bool]) -> None:
    async with asyncio.timeout(HANGING):
        while True:
            async with rig.database.read() as connection:
                rows = await connection.execute(select(tables.outbox.c.id).where(tables.outbox.c.waiting))
                if is_enough(len(rows.all())):
                    return
            await asyncio.sleep(0.01)


async def _until_text(rig: TelegramRig, text: str) -> None:
    """Wait until a message in the outbox contains ``text``."""
    async with asyncio.timeout(HANGING):
        while True:
            async with rig.database.read() as connection:
                if any(text in one for one in await connection.scalars(select(tables.outbox.c.text))):
                    return
            await asyncio.sleep(0.01)
