"""An incident that is critical or lasts has a topic of its own, from its opening to its end."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from homelab_steward.contract.incidents import ApprovalRequest, Incident, IncidentStatus, Severity
from homelab_steward.contract.state import FrontEndState
from lab.faults import FaultKind
from lab.telegram import GROUP_ID, Message
from steward.telegram import tables
from steward.telegram.incident_threads import MOST_OPEN
from steward.telegram.incident_topics import IncidentTopics, WantedTopic
from steward.telegram.markup import units
from steward.telegram.topic_names import incident_topic_name, own_topic_at, topic_link

from .rig import FAST, TelegramRig, open_front_end, open_rig
from .samples import NOON, decided, incident, request, run
from .test_obstacles import becomes, card_of, cards, place, press_succeeds

HALF = timedelta(minutes=30)
TITLE = "Memory of radarr at 95 %"
CRITICAL = f"🔔 12 · {TITLE}"


async def lasting(rig: TelegramRig) -> tuple[ApprovalRequest, Message]:
    """Ask about an incident that has lasted for an hour; return its card in its own topic."""
    asked = await rig.ask()
    rig.publish(replace(incident(asked), opened_at=NOON - timedelta(hours=1)))
    await rig.forum.wait_for(lambda: [one for one in cards(rig) if place(rig, one) == CRITICAL])
    return asked, await card_of(rig, TITLE)


async def named(rig: TelegramRig, name: str) -> None:
    await rig.forum.wait_for(lambda: name in [one.name for one in rig.forum.topics])


def calls(rig: TelegramRig, method: str) -> int:
    return sum(1 for one in rig.telegram.requests if one.path.endswith(method))


@pytest.mark.parametrize(
    ("changes", "after", "expected"),
    [
        ({}, HALF, NOON + HALF),
        ({}, timedelta(0), NOON),
        ({}, None, None),
        ({"severity": Severity.CRITICAL}, HALF, NOON),
        ({"severity": Severity.CRITICAL}, None, None),
        ({"is_request": True}, HALF, None),
        ({"muted": "Muted: Olga accepted it."}, HALF, None),
        ({"status": IncidentStatus.RESOLVED}, HALF, None),
        ({"status": IncidentStatus.IGNORED}, HALF, None),
        ({"status": IncidentStatus.UNSOLVED}, HALF, NOON + HALF),
    ],
)
def test_when_an_incident_gets_its_topic(
    changes: dict[str, object], after: timedelta | None, expected: object
) -> None:
    assert own_topic_at(replace(incident(request()), **changes), after) == expected  # type: ignore[arg-type]


@given(st.text(min_size=1, max_size=400), st.sampled_from(IncidentStatus), st.sampled_from(Severity))
def test_a_name_is_one_line_that_telegram_accepts(
    title: str, status: IncidentStatus, severity: Severity
) -> None:
    name = incident_topic_name(replace(incident(None), title=title, status=status, severity=severity))
    assert 0 < units(name) <= 128
    assert len(name.splitlines()) == 1
    assert " 12 · " in name or name.endswith("12 ·")


def test_names_show_the_state() -> None:
    one = incident(request(), status=IncidentStatus.OPEN)
    names = [incident_topic_name(replace(one, status=status)).split()[0] for status in IncidentStatus]
    assert names == ["🟠", "🟠", "🔔", "🕒", "⚙️", "❗", "🔕", "✅"]
    assert topic_link(GROUP_ID, 7) == "https://t.me/c/2200000042/7"
    assert topic_link(-4200, 7) == ""


async def test_critical_incident_opens_its_topic_at_once(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig, own_topic_after=HALF):
        await rig.ask(severity=Severity.CRITICAL)
        card = await card_of(rig, TITLE)
        assert place(rig, card) == CRITICAL
        line = await rig.card("Critical Alerts")
        thread = rig.forum.topic(CRITICAL).thread_id
        assert (card.is_silent, line.is_silent) == (False, True)
        assert line.text == f"{CRITICAL} has a topic of its own. https://t.me/c/2200000042/{thread}"
        assert len(cards(rig)) == 1


async def test_lasting_incident_moves_to_its_topic_and_ends_there(tmp_path: Path) -> None:
    async with open_rig(tmp_path, speed=50) as rig, open_front_end(rig, own_topic_after=HALF):
        asked = await rig.ask()
        old = await card_of(rig, TITLE)
        assert place(rig, old) == "Media"
        rig.publish(replace(incident(asked), opened_at=NOON - timedelta(hours=1)))
        await rig.text(old, "Incident 12: “Memory of radarr at 95 %” continues in a topic of its own.")
        assert rig.forum.message(old.message_id).buttons == ()
        await rig.forum.wait_for(lambda: cards(rig))
        card = await card_of(rig, TITLE)
        assert place(rig, card) == CRITICAL
        assert (old.is_silent, card.is_silent) == (False, True)
        await press_succeeds(rig, card, "a1")
        about = replace(incident(decided(asked)), opened_at=NOON - timedelta(hours=1))
        rig.publish(replace(about, status=IncidentStatus.ACTING))
        await named(rig, f"⚙️ 12 · {TITLE}")
        rig.publish(replace(about, status=IncidentStatus.RESOLVED, run=run(asked), resolution="fixed"))
        await named(rig, f"✅ 12 · {TITLE}")
        await rig.forum.wait_for(lambda: rig.forum.topic(f"✅ 12 · {TITLE}").is_closed)
        line = (await rig.card("Resolved")).text
        assert line.startswith("✅ Incident 12: ")
        assert line.endswith(f" https://t.me/c/2200000042/{card.thread_id}")
        assert [one.text for one in rig.forum.in_topic("Media")] == [rig.forum.message(old.message_id).text]
        rig.publish(replace(about, status=IncidentStatus.UNSOLVED, round=2))
        await rig.forum.wait_for(lambda: not rig.forum.topic(f"✅ 12 · {TITLE}").is_closed)
        await named(rig, f"❗ 12 · {TITLE}")


async def test_topic_opens_when_its_time_comes(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig, own_topic_after=timedelta(seconds=0.3)):
        asked = await rig.ask()
        rig.publish(replace(incident(asked), opened_at=rig.clock.now()))
        await rig.forum.wait_for(lambda: [one for one in cards(rig) if place(rig, one) == CRITICAL])
        rig.publish(replace(incident(asked), status=IncidentStatus.RESOLVED))
        await named(rig, f"✅ 12 · {TITLE}")


async def test_request_of_a_person_and_what_is_over_get_no_topic(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig, own_topic_after=timedelta(0)):
        await rig.forum.wait_for(lambda: len(rig.forum.topics) == 7)
        asked = request()
        await rig.store(asked)
        rig.publish(replace(incident(asked), is_request=True))
        card = await card_of(rig, TITLE)
        assert place(rig, card) == "Media"
        rig.publish(replace(incident(asked), status=IncidentStatus.RESOLVED))
        await rig.card("Resolved")
        assert len(rig.forum.topics) == 7


async def test_topic_is_opened_once_over_a_restart(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        async with open_front_end(rig, own_topic_after=HALF):
            asked, card = await lasting(rig)
        async with open_front_end(rig, own_topic_after=HALF):
            await press_succeeds(rig, card, "a1")
            rig.publish(replace(incident(decided(asked)), status=IncidentStatus.RESOLVED))
            await named(rig, f"✅ 12 · {TITLE}")
        assert len([one for one in rig.forum.topics if TITLE in one.name]) == 1
        assert len(rig.forum.in_topic(f"✅ 12 · {TITLE}")) == 1


async def test_what_is_written_in_the_topic_is_a_comment(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig, own_topic_after=HALF):
        asked, card = await lasting(rig)
        said = rig.forum.send_text("family", "I pulled the cable, sorry", CRITICAL)
        await rig.forum.wait_for(lambda: rig.forum.reactions.get(said.message_id))
        rig.forum.send_text("owner", "snooze 2h", reply_to=card)
        await rig.text(card, "💤 Snoozed until 14:0")
        rig.forum.send_text("owner", "help", CRITICAL)
        await rig.forum.wait_for(lambda: len(rig.forum.in_topic(CRITICAL)) == 6)
        assert place(rig, rig.forum.messages[-1]) == CRITICAL
        rig.forum.send_text("stranger", "let me in", CRITICAL)
        await becomes(lambda: rig.events == ["telegram.message_refused"])
        assert [(one.incident_id, one.text) for one in rig.comments] == [
            (asked.incident_id, "I pulled the cable, sorry")
        ]


@pytest.mark.parametrize(
    ("status", "more"), [(429, {"retry_after": 900}), (429, {"retry_after": 5}), (400, {}), (502, {})]
)
async def test_without_a_topic_the_card_goes_to_the_standing_one(
    tmp_path: Path, status: int, more: dict[str, object]
) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig, own_topic_after=HALF):
        await rig.forum.wait_for(lambda: len(rig.forum.topics) == 7)
        rig.fault(FaultKind.STATUS, "/createForumTopic", status=status, **more)
        await rig.ask(severity=Severity.CRITICAL)
        card = await card_of(rig, TITLE)
        assert place(rig, card) == "Critical Alerts"
        await press_succeeds(rig, card, "a1")
        assert len(cards(rig)) <= 1


async def test_without_the_right_to_manage_topics_only_new_names_are_missing(tmp_path: Path) -> None:
    async with open_rig(tmp_path, speed=50) as rig, open_front_end(rig, own_topic_after=HALF) as made:
        asked, card = await lasting(rig)
        await rig.forum.wait_for(lambda: len(rig.forum.topics) == 8)
        rig.forum.can_manage_topics = False
        rig.publish(replace(incident(asked), status=IncidentStatus.ACTING))
        await becomes(lambda: "cannot be renamed or closed" in made.status.reason)
        second = await rig.ask("a2", severity=Severity.CRITICAL, title="Disk is full")
        assert place(rig, await card_of(rig, "Disk is full")) == "Critical Alerts"
        await becomes(lambda: any("no topics of their own" in one for one in made.status.problems))
        await press_succeeds(rig, card, "a1")
        rig.forum.set_rights(can_manage_topics=True)
        await named(rig, f"⚙️ 12 · {TITLE}")
        await becomes(lambda: made.status.state is FrontEndState.OK)
        rig.publish(replace(incident(second), status=IncidentStatus.RESOLVED))
        await rig.card("Resolved")
        assert len([one for one in rig.forum.topics if TITLE in one.name]) == 1


async def test_without_topics_in_the_group_everything_goes_to_the_group(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig, own_topic_after=HALF):
        asked, _ = await lasting(rig)
        rig.forum.is_forum = False
        await rig.ask("a2", severity=Severity.CRITICAL, title="Disk is full")
        assert place(rig, await card_of(rig, "Disk is full")) == "General"
        again = await rig.ask("a3", incident_id=asked.incident_id, title="Second round")
        await press_succeeds(rig, await card_of(rig, "Second round"), again.id)


async def test_deleted_topic_is_created_again_with_its_waiting_request(tmp_path: Path) -> None:
    async with open_rig(tmp_path, speed=50) as rig, open_front_end(rig, own_topic_after=HALF):
        _, card = await lasting(rig)
        rig.forum.drop_topic(CRITICAL)
        await rig.forum.wait_for(lambda: cards(rig))
        again = await card_of(rig, TITLE)
        assert again.message_id != card.message_id
        await rig.forum.wait_for(lambda: CRITICAL in [one.name for one in rig.forum.topics])
        assert place(rig, again) == CRITICAL
        await press_succeeds(rig, again, "a1")
        assert len(cards(rig)) <= 1


async def test_deleted_topic_of_an_incident_that_is_over_stays_deleted(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig, own_topic_after=HALF) as made:
        asked, _ = await lasting(rig)
        rig.forum.drop_topic(CRITICAL)
        rig.publish(replace(incident(decided(asked)), status=IncidentStatus.RESOLVED))
        await rig.card("Resolved")
        await becomes(lambda: calls(rig, "editForumTopic") == 1)
        assert [one for one in rig.forum.topics if TITLE in one.name] == []
        assert made.status.state is FrontEndState.OK


async def test_closed_topic_without_rights_sends_the_next_card_to_the_standing_one(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig, own_topic_after=HALF):
        asked, _ = await lasting(rig)
        rig.forum.close_topic(CRITICAL)
        rig.forum.can_manage_topics = False
        again = await rig.ask("a2", incident_id=asked.incident_id, title="Second round")
        card = await card_of(rig, "Second round")
        assert place(rig, card) == "Media"
        await press_succeeds(rig, card, again.id)


@pytest.mark.parametrize("kind", [FaultKind.RESET, FaultKind.STATUS, FaultKind.GARBAGE])
async def test_failed_renaming_is_repeated(tmp_path: Path, kind: FaultKind) -> None:
    async with open_rig(tmp_path, speed=50) as rig, open_front_end(rig, own_topic_after=HALF):
        asked, _ = await lasting(rig)
        rig.fault(kind, "/editForumTopic", times=2)
        rig.publish(replace(incident(asked), status=IncidentStatus.UNSOLVED))
        await named(rig, f"❗ 12 · {TITLE}")


async def test_telegram_limits_the_renaming(tmp_path: Path) -> None:
    async with open_rig(tmp_path, speed=50) as rig, open_front_end(rig, own_topic_after=HALF) as made:
        asked, _ = await lasting(rig)
        rig.fault(FaultKind.STATUS, "/editForumTopic", times=1, status=429, retry_after=90)
        rig.publish(replace(incident(asked), status=IncidentStatus.ACTING))
        await becomes(lambda: "cannot be renamed" in made.status.reason)
        began = rig.clock.monotonic()
        await named(rig, f"⚙️ 12 · {TITLE}")
        assert rig.clock.monotonic() - began >= 80
        before = calls(rig, "editForumTopic")
        for status in (IncidentStatus.UNSOLVED, IncidentStatus.ACTING, IncidentStatus.UNSOLVED):
            rig.publish(replace(incident(asked), status=status))
        await named(rig, f"❗ 12 · {TITLE}")
        assert calls(rig, "editForumTopic") == before + 1


async def test_many_incidents_share_the_limit_of_new_topics(tmp_path: Path) -> None:
    limits = replace(FAST, topics_per_minute=2)
    async with open_rig(tmp_path) as rig, open_front_end(rig, own_topic_after=HALF, limits=limits):
        for number in range(6):
            await rig.ask(f"a{number}", severity=Severity.CRITICAL, title=f"Disk {number} is full")
        await rig.forum.wait_for(lambda: len(cards(rig)) == 6)
        places = [place(rig, one) for one in cards(rig)]
        assert (places.count(CRITICAL), places.count("Critical Alerts")) == (2, 4)


async def test_topics_are_new_in_the_supergroup(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig, own_topic_after=HALF):
        asked, card = await lasting(rig)
        rig.forum.migrate(GROUP_ID - 1)
        rig.publish(replace(incident(asked), status=IncidentStatus.WAITING, title="Memory"))
        rig.forum.send_text("owner", "/status")
        await rig.forum.wait_for(
            lambda: [one for one in cards(rig) if one.chat_id == GROUP_ID - 1 and one != card]
        )
        assert cards(rig)[-1].thread_id is not None


async def test_notice_of_an_unsolved_incident_moves_too(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig, open_front_end(rig, own_topic_after=HALF):
        about: Incident = incident(None)
        rig.publish(about)
        old = await rig.card()
        rig.publish(replace(about, opened_at=NOON - timedelta(hours=1)))
        await rig.text(old, "continues in a topic of its own")
        name = f"❗ 12 · {TITLE}"
        await named(rig, name)
        await rig.forum.wait_for(lambda: rig.forum.in_topic(name))
        assert "Not solved" in rig.forum.in_topic(name)[0].text


async def add_topic(rig: TelegramRig, name: str, age: timedelta, *, is_over: bool = False) -> IncidentTopics:
    """Store a created topic of an incident that changed ``age`` ago."""
    rows = IncidentTopics(rig.database, rig.clock, GROUP_ID)
    async with rig.database.write() as connection:
        wanted = WantedTopic(incident_id=name, standing="media", name=name, is_over=is_over)
        await rows.save(connection, wanted, is_announced=True)
        changed = update(tables.incident_topics).where(tables.incident_topics.c.incident_id == name)
        shown = {"thread_id": 100_000 + int(name[1:]), "shown_name": name, "is_closed": is_over}
        await connection.execute(changed.values(changed_at=rig.clock.now() - age, **shown))
    return rows


async def test_at_most_fifty_topics_of_incidents_are_open(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        for number in range(MOST_OPEN):
            await add_topic(rig, f"i{number}", timedelta(0))
        async with open_front_end(rig, own_topic_after=HALF):
            await rig.ask(severity=Severity.CRITICAL)
            assert place(rig, await card_of(rig, TITLE)) == "Critical Alerts"
            await add_topic(rig, "i0", timedelta(0), is_over=True)
            await rig.ask("a2", severity=Severity.CRITICAL, title="Disk is full")
            assert place(rig, await card_of(rig, "Disk is full")) == CRITICAL


async def test_topics_that_are_over_are_forgotten_after_half_a_year(tmp_path: Path) -> None:
    async with open_rig(tmp_path) as rig:
        rows = await add_topic(rig, "i1", timedelta(days=181), is_over=True)
        await add_topic(rig, "i2", timedelta(days=179), is_over=True)
        await add_topic(rig, "i3", timedelta(days=181))
        async with open_front_end(rig, own_topic_after=HALF):
            await rig.ask()
            await card_of(rig, TITLE)
            while await rows.get("i1") is not None:  # noqa: ASYNC110 - the table has no event
                await asyncio.sleep(0)
        assert await rows.get("i2") is not None
        assert await rows.get("i3") is not None
