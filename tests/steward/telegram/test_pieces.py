"""Rate limits, retries, errors, settings, pruning and the outbox."""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from telegram import error

from homelab_steward.contract.incidents import IncidentStatus, Severity
from rig.clocks import HANGING
from steward.sdk.categories import INFRASTRUCTURE
from steward.telegram import errors, tables
from steward.telegram.buttons import ButtonCodec, new_short_id
from steward.telegram.callback_store import Answer, CallbackStore
from steward.telegram.card_renderer import CardRenderer, card_key
from steward.telegram.card_sync import CardSync
from steward.telegram.card_throttle import CardThrottle
from steward.telegram.delivery import Delivery
from steward.telegram.drafts import Draft, Kind, Priority
from steward.telegram.errors import TelegramFailure, to_failure
from steward.telegram.incident_topics import IncidentTopics
from steward.telegram.incoming import Press
from steward.telegram.outbox import Outbox
from steward.telegram.rate_limit import RateLimit, retry_delay
from steward.telegram.send_queue import OutgoingMessage
from steward.telegram.sender import next_message
from steward.telegram.settings import Limits, Mode, TelegramSettings
from steward.telegram.status import StatusBoard
from steward.telegram.topic_names import CRITICAL, incident_key, topic_of_request
from steward.telegram.topic_names import RESOLVED as RESOLVED_TOPIC
from steward.telegram.topics import CREATION_RETRY, TopicThreads

from .rig import KEY, FastClock, TelegramRig, open_front_end, open_rig
from .samples import CATALOGUE, incident, option, request

RESOLVED: Final = IncidentStatus.RESOLVED


@given(st.lists(st.floats(0, 5), min_size=1, max_size=120), st.booleans())
def test_rate_never_exceeds_its_limits(gaps: list[float], urgent: bool) -> None:  # noqa: FBT001 - by hypothesis
    limits = Limits(per_second=1.0, burst=5, per_minute=20, reserved=3)
    rate_limit = RateLimit(limits, is_group=True)
    now, sent = 0.0, []
    for gap in gaps:
        now += gap
        if rate_limit.wait(now) == 0 and rate_limit.may_send(now, urgent=urgent):
            rate_limit.note(now, send=True)
            sent.append(now)
    most = 20 if urgent else 17
    for first in sent:
        assert sum(1 for one in sent if first <= one < first + 60) <= most
        assert sum(1 for one in sent if first <= one < first + 10) <= 5 + 10


@given(st.floats(0, 2 * CREATION_RETRY))
def test_a_missing_topic_is_created_now_or_has_a_time(now: float) -> None:
    """The clock goes on between the two questions, and the sender waits for the time it got."""
    clock: Any = SimpleNamespace(monotonic=lambda: 0.0)
    unused: Any = None
    board = StatusBoard(clock, UTC, lambda _status: None, ())
    topics = TopicThreads(unused, 1, unused, clock, board, {RESOLVED_TOPIC: "Resolved"}, unused)
    topics.postpone(RESOLVED_TOPIC)
    clock.monotonic = lambda: 100.0
    wait = topics.next_try(now)
    assert (topics.missing(now) is None) == (wait > 0)
    assert topics.missing(now + wait) == RESOLVED_TOPIC


async def test_a_late_answer_about_a_former_group_is_not_followed() -> None:
    current: Any = SimpleNamespace(id=-2)
    unused: Any = None
    delivery = Delivery(unused, unused, current, unused, unused, unused, unused)
    await delivery.migrate(-1, -3)
    assert current.id == -2


def test_a_slow_rate_never_waits() -> None:
    rate_limit = RateLimit(Limits(), is_group=True)
    for number in range(30):
        now = number * 10.0
        assert rate_limit.wait(now) == 0
        assert rate_limit.may_send(now, urgent=False)
        rate_limit.note(now, send=True)


def test_only_groups_are_limited_per_minute() -> None:
    group, private = RateLimit(Limits(), is_group=True), RateLimit(Limits(), is_group=False)
    for rate_limit in (group, private):
        for _ in range(20):
            rate_limit.note(0.0, send=True)
    assert not group.may_send(1.0, urgent=True)
    assert group.next_send(1.0) == 59.0
    assert private.may_send(1.0, urgent=False)
    assert group.may_send(60.0, urgent=False)


def test_retries_double_to_a_minute_with_jitter() -> None:
    assert [retry_delay(one, 0.0) for one in (1, 2, 3, 7, 10_000)] == [1.0, 2.0, 4.0, 60.0, 60.0]
    assert retry_delay(3, 1.0) == 2.0


def caused_by(cause: Exception) -> error.NetworkError:
    """Return the error that the library raises for one of httpx."""
    raised = error.NetworkError(str(cause))
    raised.__cause__ = cause
    return raised


@pytest.mark.parametrize(
    ("given", "kind", "text"),
    [
        (error.InvalidToken("Unauthorized"), errors.TokenRefused, "@BotFather"),
        (error.Conflict("terminated by other getUpdates request"), errors.OtherConsumer, "reads the updates"),
        (error.Conflict("can't use getUpdates while webhook is active"), errors.OtherConsumer, "a webhook"),
        (error.ChatMigrated(-100123), errors.Migrated, "supergroup"),
        (error.Forbidden("bot was kicked"), errors.ChatRefused, "bot was kicked"),
        (error.TimedOut(), errors.Unreachable, "in time"),
        (error.NetworkError("Bad Gateway"), errors.Unreachable, "Bad Gateway"),
        (caused_by(httpx.ReadTimeout("late")), errors.Unreachable, "late"),
        (caused_by(httpx.ConnectTimeout("late")), errors.NotConnected, "late"),
        (caused_by(httpx.ConnectError("refused")), errors.NotConnected, "refused"),
        (error.TelegramError("Invalid server response"), errors.Unreachable, "cannot be read"),
        (error.BadRequest("Message thread not found"), errors.TopicGone, ""),
        (error.BadRequest("TOPIC_DELETED"), errors.TopicGone, ""),
        (error.BadRequest("TOPIC_CLOSED"), errors.TopicUnusable, ""),
        (error.BadRequest("Message is not modified: same"), errors.MessageUnchanged, ""),
        (error.BadRequest("Message to edit not found"), errors.MessageGone, ""),
        (error.BadRequest("Message can't be edited"), errors.NotOwn, ""),
        (error.BadRequest("Message to be replied not found"), errors.ReplyGone, ""),
        (error.BadRequest("Chat not found"), errors.ChatRefused, ""),
        (error.BadRequest("Not enough rights to send text messages"), errors.ChatRefused, ""),
        (error.BadRequest("Can't parse entities"), errors.Refused, "Can't parse entities"),
    ],
)
def test_library_error_is_translated(
    given: error.TelegramError, kind: type[TelegramFailure], text: str
) -> None:
    found = to_failure(given, given.message, -7)
    assert type(found) is kind
    assert text in str(found)


@pytest.mark.parametrize("is_timedelta", ["true", "false"])
@pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
def test_retry_pause_is_read_as_number_or_timedelta(
    monkeypatch: pytest.MonkeyPatch, is_timedelta: str
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", is_timedelta)
    found = to_failure(error.RetryAfter(7), "", -7)
    assert isinstance(found, errors.TooFast)
    assert found.seconds == 7.0


@pytest.mark.parametrize(
    "wrong",
    [
        {"token": ""},
        {"signing_key": b"short"},
        {"mode": Mode.WEBHOOK},
        {"mode": Mode.WEBHOOK, "webhook_url": "https://x"},
        {"mode": Mode.WEBHOOK, "webhook_secret": "x"},
    ],
)
def test_invalid_settings_are_refused(wrong: dict[str, object]) -> None:
    right = {"token": "1:x", "chat_id": -1, "signing_key": KEY}
    TelegramSettings(**right)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"^\w+( and \w+)?: "):
        TelegramSettings(**(right | wrong))  # type: ignore[arg-type]


def test_repr_of_settings_has_no_secret() -> None:
    shown = repr(
        TelegramSettings(
            token="1:topsecret",
            chat_id=-1,
            signing_key=b"topsecret" * 4,
            webhook_url="https://x",
            webhook_secret="topsecret",
        )
    )
    assert "topsecret" not in shown


async def test_old_presses_and_buttons_are_deleted(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        callbacks = CallbackStore(rig.database, rig.clock, -1)
        asked, short_id = request(), new_short_id()
        async with rig.database.write() as connection:
            await callbacks.issue(connection, short_id, asked)
        with pytest.raises(IntegrityError):
            async with rig.database.write() as connection:
                await callbacks.issue(connection, new_short_id(), asked)
        async with rig.database.read() as connection:
            assert await callbacks.short_ids(connection, [asked.id, "another"]) == {asked.id: short_id}
        press = Press(callback_id="1", user_id=2, chat_id=-1, message_id=None, data="")
        await callbacks.record(press, Answer("text"), short_id)
        assert await callbacks.recorded_answer("1") == Answer("text")
        later = rig.clock.now() + timedelta(days=1)
        await callbacks.prune(later, later - timedelta(days=2))
        assert await callbacks.recorded_answer("1") is None
        issued = await callbacks.find(short_id)
        assert issued is not None
        assert issued.is_used
        await callbacks.prune(later, later)
        assert await callbacks.find(short_id) is None


async def test_buttons_of_another_chat_are_not_found(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        asked, short_id = request(), new_short_id()
        elsewhere = CallbackStore(rig.database, rig.clock, -2)
        async with rig.database.write() as connection:
            await CallbackStore(rig.database, rig.clock, -1).issue(connection, short_id, asked)
        async with rig.database.read() as connection:
            assert await elsewhere.short_ids(connection, [asked.id]) == {}
        assert await elsewhere.find(short_id) is None


class Counted:
    """Calls a function and counts the calls."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self.count = 0
        self._call = call

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        self.count += 1
        return self._call(*arguments, **named)


async def first_of(outbox: Outbox, postponed: Collection[int] = ()) -> OutgoingMessage | None:
    """Return the most urgent message that waits."""
    return next_message(await outbox.first_of_lanes(postponed), Priority.LINE, (), {})


def card_sync_of(rig: TelegramRig) -> tuple[CardSync, Outbox, CallbackStore]:
    """Return a card sync that does not run, and the stores it writes to."""
    outbox, callbacks = Outbox(rig.database, rig.clock, -1), CallbackStore(rig.database, rig.clock, -1)
    throttle, renderer = (
        CardThrottle(outbox, rig.clock, 20),
        CardRenderer(ButtonCodec(KEY, -1), UTC, CATALOGUE, None),
    )
    topics = IncidentTopics(rig.database, rig.clock, -1)
    card_sync = CardSync(outbox, throttle, callbacks, renderer, rig, rig.changes, rig.clock, topics)
    return card_sync, outbox, callbacks


async def test_card_update_is_one_read_and_one_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_rig(tmp_path) as rig:
        card_sync, _, _ = card_sync_of(rig)
        asked = await rig.ask()
        queries, writes = Counted(rig.database.read), Counted(rig.database.write)
        monkeypatch.setattr(rig.database, "read", queries)
        monkeypatch.setattr(rig.database, "write", writes)
        card_sync.refresh(asked.incident_id, asked.id)
        await card_sync._update_next()
        assert (queries.count, writes.count) == (1, 1)
        card_sync.refresh(asked.incident_id, asked.id)
        await card_sync._update_next()
        assert (queries.count, writes.count) == (2, 1), "the card is up to date"
        rig.publish(replace(rig.incidents[asked.incident_id], title="Another title", status=RESOLVED))
        card_sync.refresh(asked.incident_id, asked.id)
        await card_sync._update_next()
        assert (queries.count, writes.count) == (3, 2), "resolved line and final card in one write"


async def test_failed_write_is_retried(tmp_path: Path) -> None:
    """Buttons and card are stored in one transaction."""
    async with open_rig(tmp_path) as rig:
        outbox, callbacks = Outbox(rig.database, rig.clock, -1), CallbackStore(rig.database, rig.clock, -1)
        throttle, renderer = (
            CardThrottle(outbox, rig.clock, 20),
            CardRenderer(ButtonCodec(KEY, -1), UTC, CATALOGUE, None),
        )
        topics = IncidentTopics(rig.database, rig.clock, -1)
        card_sync = CardSync(outbox, throttle, callbacks, renderer, rig, rig.changes, rig.clock, topics)
        asked = await rig.ask()
        draft = Draft(key=card_key(asked.id), kind=Kind.LINE, topic="media", priority=Priority.LINE, text="")
        await outbox.put(draft)
        card_sync.refresh(asked.incident_id, asked.id)
        with pytest.raises(IntegrityError):
            await card_sync._update_next()
        async with rig.database.read() as connection:
            assert await callbacks.short_ids(connection, [asked.id]) == {}
        async with rig.database.write() as connection:
            await connection.execute(delete(tables.outbox))
        await card_sync._update_next()
        item = await first_of(outbox)
        assert item is not None
        assert item.buttons


async def test_final_messages_are_deleted_and_open_ones_kept(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig):
        done = await rig.ask("a1")
        await rig.card()
        await rig.ask("a2")
        await rig.card(number=1)
        await rig.clock.sleep(0.2)
        rig.publish(incident(done, status=IncidentStatus.RESOLVED))
        await rig.card("Resolved")
        await rig.clock.sleep(0.2)
        outbox = Outbox(rig.database, rig.clock, rig.telegram.chat_id)
        await outbox.prune(rig.clock.now() + timedelta(days=1))
        async with rig.database.read() as connection:
            keys = await connection.scalars(select(tables.outbox.c.key))
            assert list(keys) == ["approval:a2"]


async def test_message_that_is_moved_while_it_is_sent_points_to_its_topic(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        outbox = Outbox(rig.database, rig.clock, -1)
        draft = Draft(
            key="k", kind=Kind.CARD, topic="media", priority=Priority.CARD, text="card", incident_id="i1"
        )
        await outbox.put(draft)
        item = await first_of(outbox)
        assert item is not None
        async with outbox.writing() as drafts:
            await drafts.move("k", "moved")
        outbox.changed.clear()
        await outbox.sent([item.id], item, 7, 70)
        assert outbox.changed.is_set()
        found = {one.text: one for one in await outbox.first_of_lanes(())}
        assert found.keys() == {"moved", "card"}
        assert found["moved"].message_id == 7
        again = found["card"]
        assert (again.id, again.message_id, again.topic) == (item.id, None, incident_key("i1"))
        await outbox.sent([again.id], again, 8, 80)
        await outbox.edited(found["moved"])
        assert await outbox.first_of_lanes(()) == ()


async def test_message_that_is_moved_before_it_is_found_again_points_to_its_topic(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        outbox = Outbox(rig.database, rig.clock, -1)
        draft = Draft(
            key="k", kind=Kind.CARD, topic="media", priority=Priority.CARD, text="card", incident_id="i1"
        )
        await outbox.put(draft)
        (item,) = await outbox.first_of_lanes(())
        await outbox.set_attempt(item.id, "{}")
        async with outbox.writing() as drafts:
            await drafts.move("k", "moved")
        outbox.changed.clear()
        await outbox.found(item.id, 1, 7, 70, is_own=item.is_own)
        assert outbox.changed.is_set()
        found = {one.text: one for one in await outbox.first_of_lanes(())}
        assert {text: one.message_id for text, one in found.items()} == {"moved": 7, "card": None}
        again = found["card"]
        assert (again.topic, again.is_tried) == (incident_key("i1"), False)
        await outbox.set_attempt(again.id, "{}")
        await outbox.found(again.id, 1, 8, 80, is_own=again.is_own)
        await outbox.edited(found["moved"])
        assert await outbox.first_of_lanes(()) == ()


async def test_message_that_is_moved_before_it_is_sent_is_sent_once(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        outbox = Outbox(rig.database, rig.clock, -1)
        draft = Draft(
            key="k", kind=Kind.CARD, topic="media", priority=Priority.CARD, text="card", incident_id="i1"
        )
        await outbox.put(draft)
        async with outbox.writing() as drafts:
            await drafts.move("k", "moved")
        (item,) = await outbox.first_of_lanes(())
        assert item.topic == incident_key("i1")
        await outbox.sent([item.id], item, 7, 70)
        assert await outbox.first_of_lanes(()) == ()


async def test_failed_message_is_sent_after_the_others(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        outbox = Outbox(rig.database, FastClock(), -1)
        for number in range(3):
            await outbox.put(
                Draft(
                    key=str(number), kind=Kind.CARD, topic="media", priority=Priority.CARD, text=str(number)
                )
            )
        first = await first_of(outbox)
        assert first is not None
        order = []
        for postponed in ([first.id], [first.id], []):
            item = await first_of(outbox, postponed)
            assert item is not None
            order.append(item.text)
            await outbox.sent([item.id], item, len(order), None)
        assert order == ["1", "2", "0"]
        async with rig.database.read() as connection:
            assert await connection.scalar(select(func.count()).where(tables.outbox.c.waiting)) == 0


async def test_change_during_a_send_is_sent_afterwards(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        outbox = Outbox(rig.database, FastClock(), -1)

        def draft(text: str) -> Draft:
            return Draft(key="k", kind=Kind.CARD, topic="media", priority=Priority.CARD, text=text)

        await outbox.put(draft("one"))
        item = await first_of(outbox)
        assert item is not None
        await outbox.put(draft("two"))
        await outbox.sent([item.id], item, 77, None)
        again = await first_of(outbox)
        assert again is not None
        assert (again.text, again.message_id) == ("two", 77)
        await outbox.sent([again.id], again, 77, None)
        assert await first_of(outbox) is None


async def test_card_closed_during_a_send_has_no_buttons_afterwards(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        outbox = Outbox(rig.database, FastClock(), -1)
        open_card = Draft(
            key="k",
            kind=Kind.CARD,
            topic="media",
            priority=Priority.CARD,
            text="open",
            buttons=((("1", "data"),),),
        )
        closed = Draft(key="k", kind=Kind.CARD, topic="media", priority=Priority.CARD, text="closed")
        await outbox.put(open_card)
        item = await first_of(outbox)
        assert item is not None
        async with outbox.writing() as drafts:
            await drafts.put(closed, only_if_sent=True)
        assert await first_of(outbox) is None, "an unsent card is dropped"
        await outbox.sent([item.id], item, 5, None)
        again = await first_of(outbox)
        assert again is not None
        assert (again.text, again.buttons) == ("closed", ())


def test_burst_is_followed_by_one_call_per_second() -> None:
    rate_limit = RateLimit(Limits(per_second=1.0, burst=5), is_group=True)
    for _ in range(5):
        assert rate_limit.wait(100.0) == 0
        rate_limit.note(100.0, send=False)
    assert rate_limit.wait(100.0) == 1.0
    assert rate_limit.wait(100.25) == 0.75
    assert rate_limit.wait(101.0) == 0


async def test_held_cards_without_a_summary_are_released(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        outbox = Outbox(rig.database, rig.clock, -1)
        card = Draft(key="k", kind=Kind.CARD, topic="media", priority=Priority.CARD, text="held")
        await outbox.put(card, held=True)
        assert await first_of(outbox) is None
        throttle = asyncio.create_task(CardThrottle(outbox, rig.clock, 20).run())
        outbox.changed.clear()
        await asyncio.wait_for(outbox.changed.wait(), HANGING)
        throttle.cancel()
        await asyncio.gather(throttle, return_exceptions=True)
        item = await first_of(outbox)
        assert item is not None
        assert item.text == "held"


@pytest.mark.parametrize(
    ("runbook", "topic"),
    [("change:c1", INFRASTRUCTURE.key), ("back:run", INFRASTRUCTURE.key), (None, "media")],
)
def test_all_requests_about_updates_are_in_one_topic(runbook: str | None, topic: str) -> None:
    asked = request(category="media", options=(replace(option(1), runbook_id=runbook),))
    assert topic_of_request(asked, INFRASTRUCTURE.key) == topic
    assert topic_of_request(asked, None) == "media"
    critical = replace(asked, severity=Severity.CRITICAL)
    assert topic_of_request(critical, INFRASTRUCTURE.key) == CRITICAL
